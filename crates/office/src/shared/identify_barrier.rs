//! Records what stands in the way of a discharge, and who takes care of it.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::{BarrierIdentified, BarrierKind};

use super::explained;

/// Records it in the case that is named, or about the person. It is so, whoever takes care of it:
/// an agency that does not share the matter is flagged.
pub fn decide(
    file: &PersonFile,
    barrier: BarrierIdentified,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    if let Some(case) = &context.case_id {
        file.case(case)?;
    }
    explained(barrier.kind() == BarrierKind::Other, &barrier.note)?;
    Ok(Decided::as_asked(context, barrier.into()))
}

#[cfg(test)]
pub(crate) mod tests {
    use casework::{AgencyId, Flag, WorkKind, work_items};
    use contracts::events::PatientDischarged;

    use super::*;
    use crate::testing::{CASE, EPISODE, Given, UNKNOWN, given_case};

    pub(crate) const BARRIER: &str = "00000000-0000-4000-8000-0000000000b5";

    pub(crate) fn barrier(kind: BarrierKind, owner: &str) -> BarrierIdentified {
        BarrierIdentified {
            identified_on: "2025-05-15".into(),
            kind: kind.into(),
            owner_agency_id: owner.into(),
            ..Default::default()
        }
    }

    /// `center-a` takes care of the housing.
    pub(crate) fn given_barrier() -> Given {
        let housing = BarrierIdentified {
            barrier_id: BARRIER.into(),
            ..barrier(BarrierKind::Housing, "center-a")
        };
        given_case().in_case(CASE).event(housing)
    }

    #[test]
    fn several_stand_in_the_way_at_once_each_with_its_owner() {
        let given = given_case().after(decide, barrier(BarrierKind::Housing, "center-a"));
        let given = given.on("2025-05-20");
        let symptoms = BarrierIdentified {
            barrier_id: BARRIER.into(),
            ..barrier(BarrierKind::Symptoms, "hospital-a")
        };
        let file = given.event(symptoms).file();
        let items = work_items(&file, "2025-05-20".parse().unwrap());
        let owners: Vec<_> = items
            .iter()
            .filter(|item| item.kind == WorkKind::BarrierToOvercome)
            .map(|item| item.agency.clone())
            .collect();
        assert_eq!(owners.len(), 2);
        for owner in ["center-a", "hospital-a"] {
            assert!(owners.contains(&AgencyId::from(owner)));
        }
    }

    #[test]
    fn an_owner_who_does_not_share_the_matter_is_flagged() {
        let outside = barrier(BarrierKind::Money, "ward-a");
        given_case().when(decide, outside).flags(&[Flag::OwnerNotInvolved]);
    }

    #[test]
    fn another_kind_is_put_into_words() {
        let mut other = barrier(BarrierKind::Other, "center-a");
        given_case().when(decide, other.clone()).refuses(Refusal::NoteRequired);
        other.note = "説明".into();
        given_case().when(decide, other).records(&["BarrierIdentified"]);
    }

    #[test]
    fn the_case_must_be_on_file() {
        let elsewhere = given_case().in_case(UNKNOWN);
        let housing = barrier(BarrierKind::Housing, "center-a");
        elsewhere.when(decide, housing).refuses(Refusal::UnknownCase);
    }

    #[test]
    fn going_home_with_one_is_flagged_and_ends_it() {
        fn go_home(
            _: &PersonFile,
            home: PatientDischarged,
            _: &mut Context<'_>,
        ) -> Result<Decided, Refusal> {
            Ok(Decided::of_person(home.into()))
        }
        let home = PatientDischarged { episode_id: EPISODE.into(), ..Default::default() };
        let given = || given_barrier().by("hospital-a");
        let flags = given().when(go_home, home.clone());
        flags.flags(&[Flag::BarriersOpen, Flag::UnexpectedInCase]);
        assert_eq!(given().event(home).file().open_barriers().count(), 0);
    }
}
