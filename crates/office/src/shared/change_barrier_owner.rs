//! Another agency takes care of a barrier from now on. It is told what it is about, so it must share
//! the matter and a consent must cover it.

use casework::{AgencyId, Context, Decided, PersonFile, Refusal};
use contracts::{Topic, events::BarrierOwnerChanged};

/// Gives an open barrier to another agency of the team.
pub fn decide(
    file: &PersonFile,
    mut change: BarrierOwnerChanged,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.alive()?;
    let barrier = file.barrier(&change.barrier_id, context.case_id.as_ref())?;
    if barrier.ended_on.is_some() {
        return Err(Refusal::BarrierResolved);
    }
    let owner = AgencyId::from(change.owner_agency_id.as_str());
    if owner == barrier.owner {
        return Err(Refusal::SameOwner);
    }
    let case = barrier.case_id.clone();
    let involvement = file.involvement();
    if !involvement.is_party(&context.agency, case.as_ref(), context.today()) {
        return Err(Refusal::UnknownBarrier);
    }
    let is_told = owner != context.agency;
    if is_told && !involvement.consent_covers(&owner, Topic::Support, context.today()) {
        return Err(Refusal::ConsentRequired);
    }
    if !involvement.is_party(&owner, case.as_ref(), context.today()) {
        return Err(Refusal::NotInTeam);
    }
    change.from_agency_id = barrier.owner.to_string();
    Ok(Decided { events: vec![(case, change.into())] })
}

#[cfg(test)]
mod tests {
    use casework::RecordId;
    use contracts::events::BarrierResolved;

    use super::*;
    use crate::{
        shared::identify_barrier::tests::{BARRIER, given_barrier},
        testing::UNKNOWN,
    };

    fn to(owner: &str) -> BarrierOwnerChanged {
        BarrierOwnerChanged {
            barrier_id: BARRIER.into(),
            owner_agency_id: owner.into(),
            ..Default::default()
        }
    }

    #[test]
    fn another_party_takes_care_from_now_on() {
        let given = given_barrier().after(decide, to("hospital-a"));
        let barrier = given.file().barriers[&RecordId::from(BARRIER)].clone();
        assert_eq!(barrier.owner, AgencyId::from("hospital-a"));
        let back: BarrierOwnerChanged = given.when(decide, to("center-a")).records_one();
        assert_eq!(back.from_agency_id, "hospital-a");
    }

    #[test]
    fn who_takes_care_shares_the_matter_and_is_covered() {
        given_barrier().when(decide, to("ward-a")).refuses(Refusal::NotInTeam);
        let withdrawn = given_barrier().consent_withdrawn();
        withdrawn.when(decide, to("hospital-a")).refuses(Refusal::ConsentRequired);
        given_barrier().when(decide, to("center-a")).refuses(Refusal::SameOwner);
    }

    #[test]
    fn only_a_party_gives_an_open_barrier_away() {
        let outsider = given_barrier().by("core-a").outside_cases();
        outsider.when(decide, to("hospital-a")).refuses(Refusal::UnknownBarrier);
        let unknown = BarrierOwnerChanged { barrier_id: UNKNOWN.into(), ..to("hospital-a") };
        given_barrier().when(decide, unknown).refuses(Refusal::UnknownBarrier);
        let resolved = BarrierResolved { barrier_id: BARRIER.into(), ..Default::default() };
        let ended = given_barrier().event(resolved);
        ended.when(decide, to("hospital-a")).refuses(Refusal::BarrierResolved);
        given_barrier().died().when(decide, to("hospital-a")).refuses(Refusal::PersonDied);
    }
}
