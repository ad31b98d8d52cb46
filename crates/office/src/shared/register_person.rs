//! Registers a person. Whether somebody similar is known makes no difference to the answer.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::PersonRegistered;

/// Records the registration; the month of birth stays clear, so that ages can be counted. Where the
/// day is known, the month is that day's.
pub fn decide(
    _file: &PersonFile,
    mut person: PersonRegistered,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let birth_date = person.birth_date.clone();
    note_birth_month(&mut person, &birth_date);
    Ok(Decided::of_person(person.into()))
}

/// The month of the day of birth, where that is known.
pub(super) fn note_birth_month(person: &mut PersonRegistered, birth_date: &str) {
    if let Some(month) = birth_date.get(..7) {
        person.birth_month = month.to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::given;

    fn person(birth_date: &str, birth_month: &str) -> PersonRegistered {
        PersonRegistered {
            registered_on: "2025-04-01".into(),
            family_name: "架空".into(),
            given_name: "一郎".into(),
            birth_date: birth_date.into(),
            birth_month: birth_month.into(),
            residence_ward: "14107".into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_person_is_registered_with_the_month_of_birth_in_the_clear() {
        let cases = [
            ("1967-03-09", "", "1967-03"),
            ("1967-03-09", "1967-04", "1967-03"),
            ("", "1967-04", "1967-04"),
            ("", "", ""),
        ];
        for (birth_date, birth_month, expected) in cases {
            let then = given().by("hospital-a").when(decide, person(birth_date, birth_month));
            let registered: PersonRegistered = then.records_one();
            assert_eq!(registered.birth_month, expected);
        }
    }
}
