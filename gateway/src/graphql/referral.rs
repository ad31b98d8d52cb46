//! The referral that a case began with.

use async_graphql::{Enum, ID, SimpleObject};
use casework::{AgencyRegister, CaseId, ReferralId, Seen};
use contracts::Event;
use read_models::PersonView;

use super::{agency::Agency, case::Track, scalars::Day};

/// Where a referral stands.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "casework::ReferralState")]
pub(crate) enum ReferralState {
    /// For the receiver's answer.
    Waiting,
    /// For the sender's supplement.
    Returned,
    /// The receiver takes it on.
    Accepted,
    /// The receiver does not.
    Declined,
    /// The sender took it back.
    Withdrawn,
    /// Nobody needs the answer any more.
    Lapsed,
}

/// A referral, for readers who see more of it than that it exists.
#[derive(SimpleObject)]
pub(crate) struct Referral {
    /// Its id.
    id: ID,
    /// Who refers.
    from: Agency,
    /// To whom.
    to: Agency,
    /// The programme asked for.
    track: Track,
    /// Where it stands, as far as the reader can know.
    state: ReferralState,
    /// When it was submitted.
    submitted_on: Day,
    /// How long the answer has been waited for; none once there is nothing to wait for.
    clock: Option<WaitingClock>,
}

/// The response clock of a referral, as far as the reader can know.
#[derive(SimpleObject)]
pub(crate) struct WaitingClock {
    /// Days since it was put to the side that has to answer.
    days: i64,
    /// How many of these days the answer was itself waiting for something.
    stalled_days: i64,
    /// What it waits for now: a value of the catalogue's StallReason.
    stalled_by: Option<&'static str>,
}

impl From<casework::WaitingClock> for WaitingClock {
    fn from(clock: casework::WaitingClock) -> Self {
        let casework::WaitingClock { days, stalled_days, stalled_by } = clock;
        let stalled_by = stalled_by.map(|reason| reason.as_str_name());
        Self { days, stalled_days, stalled_by }
    }
}

impl Referral {
    /// The latest of a case; none when the reader sees at most a stub of it.
    pub(crate) fn of_case(
        view: &PersonView,
        case: &CaseId,
        register: &AgencyRegister,
    ) -> Option<Self> {
        let of_case = |event: &&read_models::SeenEvent| {
            event.seen > Seen::Stub && event.recorded.case_id.as_ref() == Some(case)
        };
        let mut ids = view.events.iter().rev().filter(of_case).filter_map(|event| {
            let Event::ReferralSubmitted(submitted) = &event.recorded.event else { return None };
            Some(ReferralId::from(submitted.referral_id.as_str()))
        });
        let id = ids.next()?;
        let referral = view.file.referrals.get(&id)?;
        Some(Self {
            id: ID::from(id.as_str()),
            from: Agency::of(&referral.from, register),
            to: Agency::of(&referral.to, register),
            track: referral.track.into(),
            state: view.referral_state(&id)?.into(),
            submitted_on: Day(referral.submitted_on),
            clock: view.clock(&id).map(WaitingClock::from),
        })
    }
}
