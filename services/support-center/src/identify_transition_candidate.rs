//! Counts a person among those who could move into the community.
//!
//! The rule about the length of the stay is stated by the subcommittee for transition and
//! settlement of Niiza City, for its own programme only.

use casework::{Context, Decided, EpisodeId, PersonFile, Refusal};
use contracts::events::{Track, TransitionCandidateIdentified};
use jiff::ToSpan;

/// Names a person in hospital. For Jimokura the stay, transfers included, has lasted a year.
pub fn decide(
    file: &PersonFile,
    mut candidate: TransitionCandidateIdentified,
    context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    file.at_work(context.case_id.as_ref())?;
    let id = EpisodeId::from(candidate.episode_id.as_str());
    let stay = file.episode(&id).ok_or(Refusal::UnknownEpisode)?;
    if stay.ended.is_some() {
        return Err(Refusal::EpisodeEnded);
    }
    let since = file.in_hospital_since(&id).ok_or(Refusal::UnknownEpisode)?;
    let a_year_on = since.saturating_add(1.year());
    if candidate.programme() == Track::Jimokura && context.today() < a_year_on {
        return Err(Refusal::JimokuraNeedsAYear);
    }
    candidate.in_hospital_since = since.to_string();
    Ok(Decided::as_asked(context, candidate.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::{InpatientEpisodeOpened, PatientTransferred};
    use office::testing::{
        EPISODE, Given, SECOND_EPISODE, UNKNOWN, given_case, given_discharged, given_inpatient,
        refuses_unless_at_work,
    };

    use super::*;

    fn candidate(episode: &str, programme: Track) -> TransitionCandidateIdentified {
        TransitionCandidateIdentified {
            episode_id: episode.into(),
            programme: programme.into(),
            ..Default::default()
        }
    }

    /// In `hospital-a` since 1 April 2025, in `hospital-b` since 1 October.
    fn given_transferred() -> Given {
        let moved = PatientTransferred {
            episode_id: EPISODE.into(),
            to_agency_id: "hospital-b".into(),
            new_episode_id: UNKNOWN.into(),
            ..Default::default()
        };
        let arrived = InpatientEpisodeOpened {
            episode_id: SECOND_EPISODE.into(),
            admitted_on: "2025-10-01".into(),
            ..Default::default()
        };
        given_inpatient().on("2025-10-01").event(moved).by("hospital-b").event(arrived)
    }

    #[test]
    fn for_jimokura_the_stay_has_lasted_a_year() {
        let jimokura = || candidate(EPISODE, Track::Jimokura);
        let given = || given_inpatient().by("center-a");
        given().on("2026-03-31").when(decide, jimokura()).refuses(Refusal::JimokuraNeedsAYear);
        let named: TransitionCandidateIdentified =
            given().on("2026-04-01").when(decide, jimokura()).records_one();
        assert_eq!(named.in_hospital_since, "2025-04-01");
    }

    #[test]
    fn the_refusal_names_its_source() {
        let refusal = Refusal::JimokuraNeedsAYear;
        assert!(refusal.japanese().contains("新座市 地域移行・定着支援部会"));
        assert!(refusal.english().contains("Niiza City"));
    }

    #[test]
    fn a_transfer_between_hospitals_does_not_begin_a_new_stay() {
        let given = given_transferred().on("2026-04-01").by("core-a");
        let named: TransitionCandidateIdentified =
            given.when(decide, candidate(SECOND_EPISODE, Track::Jimokura)).records_one();
        assert_eq!(named.in_hospital_since, "2025-04-01");
    }

    #[test]
    fn other_programmes_ask_for_no_length() {
        let other = candidate(EPISODE, Track::CommunityTransition);
        let given = given_inpatient().by("center-a");
        given.when(decide, other).records(&["TransitionCandidateIdentified"]);
    }

    #[test]
    fn the_stay_must_be_open() {
        let other = |episode: &str| candidate(episode, Track::CommunityTransition);
        given_inpatient().when(decide, other(UNKNOWN)).refuses(Refusal::UnknownEpisode);
        given_discharged().when(decide, other(EPISODE)).refuses(Refusal::EpisodeEnded);
        refuses_unless_at_work(given_case, decide, other(EPISODE));
    }
}
