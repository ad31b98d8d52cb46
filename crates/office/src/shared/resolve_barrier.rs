//! Records that a barrier no longer stands in the way.

use casework::{Context, Decided, PersonFile, Refusal};
use contracts::events::BarrierResolved;

/// Records it for a barrier on file that the agency shares; a second end is flagged.
pub fn decide(
    file: &PersonFile,
    mut end: BarrierResolved,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let barrier = file.barrier(&end.barrier_id, context.case_id.as_ref())?;
    let case = barrier.case_id.clone();
    let is_party = file.involvement().is_party(&context.agency, case.as_ref(), context.today());
    if !is_party && barrier.owner != context.agency {
        return Err(Refusal::UnknownBarrier);
    }
    end.owner_agency_id = barrier.owner.to_string();
    Ok(Decided { events: vec![(case, end.into())] })
}

#[cfg(test)]
mod tests {
    use casework::Flag;

    use super::*;
    use crate::{
        shared::identify_barrier::tests::{BARRIER, given_barrier},
        testing::UNKNOWN,
    };

    fn end(on: &str) -> BarrierResolved {
        BarrierResolved { barrier_id: BARRIER.into(), resolved_on: on.into(), ..Default::default() }
    }

    #[test]
    fn it_ends_on_its_day() {
        let given = given_barrier().on("2025-06-01");
        let recorded: BarrierResolved = given.when(decide, end("2025-05-20")).records_one();
        assert_eq!(recorded.owner_agency_id, "center-a");
        let given = given_barrier().on("2025-06-01").after(decide, end("2025-05-20"));
        assert_eq!(given.file().open_barriers().count(), 0);
        let again = given.when(decide, end("2025-05-30"));
        again.flags(&[Flag::BarrierAlreadyResolved]);
    }

    #[test]
    fn an_end_before_the_beginning_is_flagged() {
        let given = given_barrier().on("2025-06-01");
        given.when(decide, end("2025-05-01")).flags(&[Flag::EndedBeforeItBegan]);
    }

    #[test]
    fn it_must_be_on_file_and_shared() {
        let unknown = BarrierResolved { barrier_id: UNKNOWN.into(), ..end("2025-05-15") };
        given_barrier().when(decide, unknown).refuses(Refusal::UnknownBarrier);
        let outsider = given_barrier().by("core-a").outside_cases();
        outsider.when(decide, end("2025-05-15")).refuses(Refusal::UnknownBarrier);
        let other_case = given_barrier().in_case(UNKNOWN);
        other_case.when(decide, end("2025-05-15")).refuses(Refusal::UnknownBarrier);
    }
}
