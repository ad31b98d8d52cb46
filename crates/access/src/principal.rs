//! The one who is asking.

use casework::{AgencyId, ERASURE_OFFICER, IDENTITY_OFFICER, Viewer};
use contracts::Office;

/// A verified caller: which office's door they came through, for which agency, and who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The kind of agency.
    pub office: Office,
    /// The agency they work for.
    pub agency: AgencyId,
    /// A pseudonymous id of the member of staff.
    pub staff: String,
    /// What they may do beyond their office's everyday work.
    pub roles: Vec<String>,
}

impl Principal {
    /// The principal as the rules of disclosure see them.
    pub fn viewer(&self) -> Viewer {
        Viewer {
            office: self.office,
            agency: self.agency.clone(),
            is_identity_officer: self.is_identity_officer(),
        }
    }

    /// Whether they may put persons' files together and take them apart.
    pub fn is_identity_officer(&self) -> bool {
        self.is_officer(IDENTITY_OFFICER)
    }

    /// Whether they may have persons' records erased.
    pub fn is_erasure_officer(&self) -> bool {
        self.is_officer(ERASURE_OFFICER)
    }

    fn is_officer(&self, wanted: &str) -> bool {
        let has_role = self.roles.iter().any(|role| role == wanted);
        has_role && self.office == Office::Municipality
    }
}
