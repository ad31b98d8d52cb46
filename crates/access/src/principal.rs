//! The one who is asking.

use casework::{
    ACCOUNT_OFFICER, AgencyId, ERASURE_OFFICER, IDENTITY_OFFICER, PRIVACY_OFFICER, Viewer,
};
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

/// Stands in the record of reads for the house itself. No token names such an agency: its code would
/// not be one.
const HOUSE: &str = "house:tsunagi";

impl Principal {
    /// A part of the house that opens something for its own work.
    pub fn of_house(part: &str) -> Self {
        Self {
            office: Office::Unspecified,
            agency: AgencyId::from(HOUSE),
            staff: format!("house:{part}"),
            roles: Vec::new(),
        }
    }

    /// The principal as the rules of disclosure see them.
    pub fn viewer(&self) -> Viewer {
        Viewer {
            office: self.office,
            agency: self.agency.clone(),
            is_identity_officer: self.is_identity_officer(),
            staff: self.staff.clone(),
        }
    }

    /// Whether they may ask who saw whom, of everybody in the municipality.
    pub fn is_privacy_officer(&self) -> bool {
        let has_role = self.roles.iter().any(|role| role == PRIVACY_OFFICER);
        has_role && self.office == Office::Municipality
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

    /// Whether they may end the access of others at their own agency.
    pub fn is_account_officer(&self) -> bool {
        self.roles.iter().any(|role| role == ACCOUNT_OFFICER)
    }
}
