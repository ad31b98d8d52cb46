//! Agencies, and the one who asks.

use async_graphql::{Enum, ID, SimpleObject};
use casework::{AgencyId, AgencyRegister};

/// The kind of an agency.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "contracts::Office", name = "Office")]
pub(crate) enum OfficeKind {
    /// Not registered.
    #[graphql(name = "UNKNOWN")]
    Unspecified,
    /// A hospital.
    Hospital,
    /// A support center for people with mental illness.
    SupportCenter,
    /// A core consultation center.
    CoreCenter,
    /// The health and welfare center of a ward.
    WardOffice,
    /// The municipality.
    Municipality,
}

/// An agency that works in this house.
#[derive(SimpleObject, Clone)]
pub(crate) struct Agency {
    /// Its id.
    id: ID,
    /// Its name.
    name: String,
    /// What kind of agency it is.
    office: OfficeKind,
    /// The ward it works in; none when it serves the whole city.
    ward: Option<String>,
}

impl Agency {
    /// The agency as the register has it; under its id when it is not registered.
    pub(crate) fn of(id: &AgencyId, register: &AgencyRegister) -> Self {
        match register.get(id) {
            Some(agency) => Self {
                id: ID::from(id.as_str()),
                name: agency.name.clone(),
                office: agency.office.into(),
                ward: Some(agency.ward.clone()).filter(|ward| !ward.is_empty()),
            },
            None => Self {
                id: ID::from(id.as_str()),
                name: id.to_string(),
                office: OfficeKind::Unspecified,
                ward: None,
            },
        }
    }
}

/// The one who asks.
#[derive(SimpleObject)]
pub(crate) struct Viewer {
    /// The office whose door they came through.
    pub(crate) office: OfficeKind,
    /// The agency they work for.
    pub(crate) agency: Agency,
    /// Their pseudonymous number.
    pub(crate) staff: String,
    /// Whether they put persons' files together and take them apart.
    pub(crate) is_identity_officer: bool,
}
