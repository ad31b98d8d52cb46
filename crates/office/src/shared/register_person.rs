//! Registers a person. Whether somebody similar is known makes no difference to the answer.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::PersonRegistered;

/// Records the registration; the month of birth stays clear, so that ages can be counted.
pub fn decide(
    _file: &PersonFile,
    mut person: PersonRegistered,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    if person.birth_month.is_empty() {
        person.birth_month = person.birth_date.get(..7).unwrap_or_default().to_owned();
    }
    Ok(Decided::of_person(person.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::given;

    #[test]
    fn a_person_is_registered_with_the_month_of_birth_in_the_clear() {
        let person = PersonRegistered {
            registered_on: "2025-04-01".into(),
            family_name: "架空".into(),
            given_name: "一郎".into(),
            birth_date: "1967-03-09".into(),
            residence_ward: "14107".into(),
            ..Default::default()
        };
        let decided = given().by("hospital-a").when(decide, person).records(&["PersonRegistered"]);
        let registered = PersonRegistered::try_from(decided[0].clone()).unwrap();
        assert_eq!(registered.birth_month, "1967-03");
    }
}
