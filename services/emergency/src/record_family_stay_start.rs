//! Records that a family moved into a place of its own for a while. Where that is stays sealed.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::FamilyEmergencyStayStarted;

/// Records it for a stay that was asked for.
pub fn decide(
    file: &PersonFile,
    stay: FamilyEmergencyStayStarted,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.family_stay(&stay.family_stay_id)?;
    Ok(Decided::as_asked(context, stay.into()))
}

#[cfg(test)]
mod tests {
    use casework::{RecordId, Seen, Viewer};
    use contracts::Office;
    use office::testing::UNKNOWN;

    use super::*;
    use crate::given::{FAMILY_STAY, family_moved_in, given_family_stay};

    #[test]
    fn a_stay_begins() {
        let given = given_family_stay().after(decide, family_moved_in(FAMILY_STAY));
        let stay = given.file().family_stays[&RecordId::from(FAMILY_STAY)].clone();
        assert_eq!(stay.started_on, Some("2025-06-10".parse().unwrap()));
    }

    #[test]
    fn the_stay_must_have_been_asked_for() {
        let unknown = family_moved_in(UNKNOWN);
        given_family_stay().when(decide, unknown).refuses(Refusal::UnknownFamilyStay);
    }

    /// Its declaration keeps the place with the ward office that recorded it.
    #[test]
    fn nobody_else_is_shown_where_it_is() {
        let given = given_family_stay().after(decide, family_moved_in(FAMILY_STAY));
        let (file, history) = (given.file(), given.history());
        let recorded = history.last().expect("the start of the stay");
        let sees = |office, agency: &str| {
            let viewer = Viewer {
                office,
                agency: agency.into(),
                is_identity_officer: false,
                staff: String::new(),
            };
            file.involvement().sees(
                &viewer,
                recorded,
                "2025-06-11".parse::<jiff::civil::Date>().unwrap(),
            )
        };
        assert_eq!(sees(Office::WardOffice, "ward-a"), Seen::Full);
        assert_eq!(sees(Office::SupportCenter, "center-a"), Seen::Stub);
        assert_eq!(sees(Office::Hospital, "hospital-a"), Seen::Hidden);
    }
}
