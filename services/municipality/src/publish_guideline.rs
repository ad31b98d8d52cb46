//! Brings out a guideline, or a new edition of it.

use casework::{AgencyRegister, Context, Decided, Refusal};
use contracts::events::GuidelinePublished;

/// Brings it out, unless this edition or a later one of the same name is out.
pub fn decide(
    register: &AgencyRegister,
    guideline: GuidelinePublished,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let edition = (guideline.edition, guideline.revision);
    if register.records.edition(&guideline.name).is_some_and(|before| edition <= before) {
        return Err(Refusal::EditionNotNewer);
    }
    Ok(Decided::of_register(guideline.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::GuidelineKind;
    use office::testing::{GivenAgencies, given_agencies};

    use super::*;

    fn guideline(edition: u32, revision: u32) -> GuidelinePublished {
        GuidelinePublished {
            name: "架空市地域移行ガイドライン".into(),
            kind: GuidelineKind::Guideline.into(),
            edition,
            revision,
            ..Default::default()
        }
    }

    fn given_published() -> GivenAgencies {
        given_agencies().event(guideline(2, 0))
    }

    #[test]
    fn editions_count_up() {
        given_agencies().when(decide, guideline(1, 0)).records(&["GuidelinePublished"]);
        for (edition, revision) in [(2, 1), (3, 0)] {
            let then = given_published().when(decide, guideline(edition, revision));
            then.records(&["GuidelinePublished"]);
        }
        for (edition, revision) in [(2, 0), (1, 8)] {
            let then = given_published().when(decide, guideline(edition, revision));
            then.refuses(Refusal::EditionNotNewer);
        }
    }

    #[test]
    fn each_guideline_counts_by_itself() {
        let other = GuidelinePublished { name: "架空市研修手引".into(), ..guideline(1, 0) };
        given_published().when(decide, other).records(&["GuidelinePublished"]);
    }
}
