//! What can happen next: the acts that the desk would let through, and any fact at any time.

mod cases;
mod referrals;
mod written;

use casework::AgencyId;
use contracts::{Topic, events::*};
use jiff::civil::Date;

use crate::history::{AGENCIES, Draw, HOSPITALS, History, LEADS};

const TRACKS: [Track; 3] = [Track::DischargeSupport, Track::Jimokura, Track::CommunityLife];

impl History {
    /// None where the rules do not allow it.
    pub fn attempt(&mut self, (kind, one, other, third): Draw) -> Option<()> {
        match kind % 64 {
            0..=4 => self.consent(one, other),
            5..=6 => self.change_scope(one, other, third)?,
            7..=8 => self.withdraw_consent(one, other)?,
            9..=13 => self.let_in(one, other)?,
            14 => self.let_go(one)?,
            15..=17 => self.admit(one, other),
            18..=19 => self.leave_hospital(one, other)?,
            20..=21 => self.transfer(one, other)?,
            22..=26 => self.refer(one, other)?,
            27..=31 => self.answer_referral(one, other)?,
            32 => self.escalate(one)?,
            33..=35 => self.open_case(one, other)?,
            36..=37 => self.change_case(one, other)?,
            38..=40 => self.hand_over(one, other)?,
            41..=43 => self.answer_handover(one, other)?,
            44..=46 => self.consult(one, other)?,
            47..=48 => self.report_emergency(one, other),
            49 => self.close_emergency(one)?,
            50 => self.name_supporter(one, other),
            51..=52 => self.correct_something(one, other)?,
            53 => self.retract_something(one, other)?,
            54 => self.die(one, other)?,
            55 => self.propose_merge(),
            _ => self.happen(one, other, third)?,
        }
        Some(())
    }

    fn change_scope(&mut self, one: u8, other: u8, third: u8) -> Option<()> {
        let consent_id = self.any_consent(one)?;
        let (topics, agency_ids) = (Self::topics(other), Self::some(other | third));
        let change = ConsentScopeChanged { consent_id, topics, agency_ids, ..Default::default() };
        let on = self.lately(third);
        self.record(AGENCIES[usize::from(one % 6)].0, None, on, change);
        Some(())
    }

    fn withdraw_consent(&mut self, one: u8, other: u8) -> Option<()> {
        let consent_id = self.any_consent(one)?;
        let withdrawal = ConsentWithdrawn { consent_id, ..Default::default() };
        let on = self.lately(other);
        self.record(AGENCIES[usize::from(other % 6)].0, None, on, withdrawal);
        Some(())
    }

    fn any_consent(&self, one: u8) -> Option<String> {
        let ids: Vec<_> = self.file.consents.keys().collect();
        Some(ids.get(usize::from(one) % ids.len().max(1))?.to_string())
    }

    fn let_go(&mut self, one: u8) -> Option<()> {
        let members = self.file.teams.iter().flat_map(|(case, team)| {
            let lead = case.as_ref().and_then(|id| self.file.cases.get(id)?.lead.clone());
            let others = team.keys().filter(move |agency| Some(*agency) != lead.as_ref());
            others.map(|agency| (case.clone(), agency.to_string()))
        });
        let members: Vec<_> = members.collect();
        let (case, agency_id) = members.get(usize::from(one) % members.len().max(1))?.clone();
        let removed = CareTeamMemberRemoved { agency_id: agency_id.clone(), ..Default::default() };
        self.record(&agency_id, case.as_ref(), self.day, removed);
        Some(())
    }

    pub fn admit(&mut self, one: u8, other: u8) {
        let (hospital, on) = (HOSPITALS[usize::from(one % 2)], self.lately(other));
        let episode_id = self.number("stay");
        if one.is_multiple_of(4) {
            let back = PatientReadmitted { episode_id, ..Default::default() };
            return self.record(hospital, None, on, back);
        }
        self.record(
            hospital,
            None,
            on,
            InpatientEpisodeOpened { episode_id, ..Default::default() },
        );
    }

    /// A stay that goes on; rarely one that has ended already, whose end is said otherwise.
    pub(super) fn any_stay(&self, one: u8) -> Option<(String, String, Date)> {
        let stays = self.file.episodes.iter();
        let stays = stays.filter(|stay| stay.ended.is_none() || one.is_multiple_of(8));
        let stays: Vec<_> = stays.collect();
        let stay = stays.get(usize::from(one) % stays.len().max(1))?;
        Some((stay.id.to_string(), stay.hospital.to_string(), stay.admitted_on))
    }

    fn leave_hospital(&mut self, one: u8, other: u8) -> Option<()> {
        let (episode_id, hospital, since) = self.any_stay(one)?;
        let on = self.lately(other).max(since);
        let home = PatientDischarged { episode_id, ..Default::default() };
        self.record(&hospital, None, on, home);
        Some(())
    }

    fn transfer(&mut self, one: u8, other: u8) -> Option<()> {
        let (episode_id, from, since) = self.any_stay(one)?;
        let to = HOSPITALS.into_iter().find(|hospital| *hospital != from)?;
        let moved = PatientTransferred {
            episode_id,
            to_agency_id: to.into(),
            new_episode_id: self.number("stay"),
            ..Default::default()
        };
        let on = self.lately(other).max(since);
        self.record(&from, None, on, moved);
        Some(())
    }

    fn report_emergency(&mut self, one: u8, other: u8) {
        let case = if one.is_multiple_of(2) { self.any_case(one, |_| true) } else { None };
        let reported = EmergencyReported {
            emergency_id: self.number("emergency"),
            informed_agency_ids: Self::some(one & other & 0b0101_1010),
            ..Default::default()
        };
        let on = self.lately(other);
        self.record(LEADS[usize::from(other % 4)], case.as_ref(), on, reported);
    }

    fn close_emergency(&mut self, one: u8) -> Option<()> {
        let open = self.file.emergencies.iter().find(|(_, emergency)| emergency.is_open())?;
        let closed = EmergencyClosed { emergency_id: open.0.to_string(), ..Default::default() };
        let case = open.1.case_id.clone();
        self.record(LEADS[usize::from(one % 4)], case.as_ref(), self.day, closed);
        Some(())
    }

    fn name_supporter(&mut self, one: u8, other: u8) {
        let to = LEADS[usize::from(one % 4)].to_owned();
        let on = self.lately(other);
        let Some(before) = self.file.primary_supporter.clone() else {
            let named = PrimarySupporterAssigned { supporter_agency_id: to, ..Default::default() };
            return self.record("ward-a", None, on, named);
        };
        let from_agency_id = before.to_string();
        let changed =
            PrimarySupporterChanged { from_agency_id, to_agency_id: to, ..Default::default() };
        self.record("ward-a", None, on, changed);
    }

    /// Rare, since it ends nearly everything.
    fn die(&mut self, one: u8, other: u8) -> Option<()> {
        (one.is_multiple_of(3) && self.file.died_on.is_none()).then_some(())?;
        let on = self.lately(other);
        self.record(AGENCIES[usize::from(other % 6)].0, None, on, DeathRecorded::default());
        Some(())
    }

    fn propose_merge(&mut self) {
        self.record("city", None, self.day, PersonsMergeProposed::default());
    }

    pub(super) fn consented(&self, agency: &str, topic: Topic) -> bool {
        self.file.involvement().consent_covers(&AgencyId::from(agency), topic, self.day)
    }
}
