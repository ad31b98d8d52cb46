//! Records that the ward office was told of a medical way that may be taken.

use casework::{AgencyId, Context, Decided, PersonFile, Refusal};
use contracts::{Office, events::WardOfficeNotified};

use crate::in_emergency::beside;

/// Records it for an emergency on file. From then on that ward office answers the emergency too.
pub fn decide(
    file: &PersonFile,
    notification: WardOfficeNotified,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let told = AgencyId::from(notification.ward_office_agency_id.as_str());
    let registered = context.agencies.active(&told).ok_or(Refusal::UnknownAgency)?;
    if registered.office != Office::WardOffice {
        return Err(Refusal::WrongKindOfAgency);
    }
    beside(file.emergency(&notification.emergency_id)?, notification, context)
}

#[cfg(test)]
mod tests {
    use contracts::events::EmergencyRoute;
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{emergency_of, given_emergency, told};

    #[test]
    fn whoever_was_told_answers_the_emergency() {
        let day = "2025-06-10".parse().unwrap();
        let ward = AgencyId::from("ward-a");
        assert!(!given_emergency().file().involvement().takes_part(&ward, day));
        let given = given_emergency().after(decide, told(EmergencyRoute::MedicalShortStay));
        assert!(given.file().involvement().takes_part(&ward, day));
        let notices = emergency_of(&given.file()).notices.clone();
        assert_eq!(notices[&EmergencyRoute::MedicalShortStay].to, ward);
    }

    #[test]
    fn only_a_ward_office_is_told_about_an_emergency_on_file() {
        let mut to = told(EmergencyRoute::MedicalShortStay);
        to.ward_office_agency_id = "core-a".into();
        given_emergency().when(decide, to.clone()).refuses(Refusal::WrongKindOfAgency);
        to.ward_office_agency_id = "nobody".into();
        given_emergency().when(decide, to.clone()).refuses(Refusal::UnknownAgency);
        to.ward_office_agency_id = "ward-a".into();
        to.emergency_id = UNKNOWN.into();
        given_emergency().when(decide, to).refuses(Refusal::UnknownEmergency);
    }
}
