//! What can happen next. Each step asks the rules whether it may, and tells file and ledger.

use casework::{AgencyId, CaseId};
use contracts::events::*;
use proptest::test_runner::TestCaseError;

use crate::{
    ledger::{Thread, Turn},
    world::{HOSPITALS, LEADS, TRACKS, World},
};

/// Which step, and two choices that mean what the step makes of them.
pub type Draw = (u8, u8, u8);

impl World {
    /// One more step, if the rules allow it, and all that must hold after it.
    pub fn step(&mut self, (kind, one, other): Draw) -> Result<(), TestCaseError> {
        let days = i64::from(other % 3);
        self.day = self.day.saturating_add(jiff::ToSpan::days(days));
        let before = (self.file.cases.len(), self.open_cases());
        let is_handover = matches!(kind % 32, 14..=23);
        let _: Option<()> = self.attempt(kind % 32, one, other);
        if is_handover {
            let after = (self.file.cases.len(), self.open_cases());
            proptest::prop_assert_eq!(before, after, "handing over changes no number of cases");
        }
        self.after_each_step()
    }

    fn open_cases(&self) -> usize {
        self.file.cases.values().filter(|case| case.is_open()).count()
    }

    /// None where the rules do not allow it.
    fn attempt(&mut self, kind: u8, one: u8, other: u8) -> Option<()> {
        match kind {
            0..=3 => self.refer(one, other),
            4 => self.answer(one, Turn::Sender),
            5 => self.supplement(one),
            6..=9 => self.answer(one, Turn::Accepted),
            10 => self.answer(one, Turn::Over),
            11 => self.take_back(one),
            12..=13 => self.open_without_referral(one, other),
            14..=17 => self.hand_over(one, other),
            18..=21 => self.accept(one),
            22 => self.decline(one),
            23 => self.withdraw(one),
            24 => self.close_or_reopen(one),
            25 => self.team(one, other),
            26..=27 => self.visit(one),
            28 => self.discharge_or_admit(one),
            29 => self.transfer(),
            30 => self.consent_or_withdraw(one),
            _ => self.die(one, other),
        }
    }

    fn pick(&self, one: u8, wanted: impl Fn(&Thread) -> bool) -> Option<CaseId> {
        let found: Vec<_> =
            self.ledger.threads.iter().filter(|(_, thread)| wanted(thread)).collect();
        let at = usize::from(one).checked_rem(found.len())?;
        Some(found[at].0.clone())
    }

    fn thread(&mut self, id: &CaseId) -> &mut Thread {
        self.ledger.threads.get_mut(id).expect("a thread of the ledger")
    }

    fn referral_of(&self, id: &CaseId) -> Option<(String, &'static str, &'static str)> {
        let referral = self.ledger.threads[id].referral.as_ref()?;
        let on_file = self.file.referrals.iter().find(|(_, one)| one.case_id == *id)?;
        Some((on_file.0.to_string(), referral.from, referral.to))
    }

    fn refer(&mut self, one: u8, other: u8) -> Option<()> {
        let (stay, from) = (self.open_stay()?, self.ledger.stay?);
        let (to, track) = (LEADS[usize::from(one % 2)], TRACKS[usize::from(other % 2)]);
        let open = self.file.referrals.values().any(|one| one.is_open() && one.track == track);
        let allowed = self.ledger.has_consent && !self.ledger.has_died && !open;
        (allowed && self.file.open_case_on(track).is_none()).then_some(())?;
        let id = CaseId::from(self.number("case"));
        let referral = ReferralSubmitted {
            referral_id: self.number("referral"),
            episode_id: stay.to_string(),
            to_agency_id: to.into(),
            track_requested: track.into(),
            ..Default::default()
        };
        self.record(from, Some(&id), referral);
        self.ledger.threads.insert(id, Thread::referred(from, to));
        Some(())
    }

    fn answer(&mut self, one: u8, turn: Turn) -> Option<()> {
        let waits = |thread: &Thread| {
            thread.referral.as_ref().is_some_and(|referral| referral.turn == Turn::Receiver)
        };
        let id = self.pick(one, waits)?;
        let (referral_id, _, to) = self.referral_of(&id)?;
        let track = self.file.cases[&id].track();
        match turn {
            Turn::Sender => {
                let returned = ReferralReturned { referral_id, ..Default::default() };
                self.record(to, Some(&id), returned);
            }
            Turn::Accepted => {
                let free = self.file.open_case_on(track).is_none() && !self.ledger.has_died;
                free.then_some(())?;
                let accepted =
                    ReferralAccepted { referral_id: referral_id.clone(), ..Default::default() };
                self.record(to, Some(&id), accepted);
                let opened = CaseOpened { track: track.into(), referral_id, ..Default::default() };
                self.record(to, Some(&id), opened);
                self.thread(&id).open(to);
            }
            _ => {
                let declined = ReferralDeclined { referral_id, ..Default::default() };
                self.record(to, Some(&id), declined);
            }
        }
        self.thread(&id).referral.as_mut()?.turn = turn;
        Some(())
    }

    fn supplement(&mut self, one: u8) -> Option<()> {
        let returned = |thread: &Thread| {
            thread.referral.as_ref().is_some_and(|referral| referral.turn == Turn::Sender)
        };
        let id = self.pick(one, returned)?;
        let (referral_id, from, _) = self.referral_of(&id)?;
        self.ledger.has_consent.then_some(())?;
        let supplement = ReferralSupplemented { referral_id, ..Default::default() };
        self.record(from, Some(&id), supplement);
        self.thread(&id).referral.as_mut()?.turn = Turn::Receiver;
        Some(())
    }

    /// The sender withdraws the referral, or it lapses.
    fn take_back(&mut self, one: u8) -> Option<()> {
        let open = |thread: &Thread| !thread.was_opened && thread.responsible().is_some();
        let id = self.pick(one, open)?;
        let (referral_id, from, to) = self.referral_of(&id)?;
        let submitted_on = self.file.referrals.values().find(|one| one.case_id == id)?.submitted_on;
        match self.file.outdated(submitted_on) {
            Some((cause, _)) => {
                let side = if one.is_multiple_of(2) { from } else { to };
                let cause = cause.into();
                let lapsed = ReferralLapsed { referral_id, cause, ..Default::default() };
                self.record(side, Some(&id), lapsed);
            }
            None => {
                let withdrawn = ReferralWithdrawn { referral_id, ..Default::default() };
                self.record(from, Some(&id), withdrawn);
            }
        }
        self.thread(&id).referral.as_mut()?.turn = Turn::Over;
        Some(())
    }

    fn open_without_referral(&mut self, one: u8, other: u8) -> Option<()> {
        let (agency, track) = (LEADS[usize::from(one % 4)], TRACKS[usize::from(other % 2)]);
        let free = self.file.open_case_on(track).is_none() && !self.ledger.has_died;
        free.then_some(())?;
        let id = CaseId::from(self.number("case"));
        self.record(agency, Some(&id), CaseOpened { track: track.into(), ..Default::default() });
        let mut thread = Thread::empty();
        thread.open(agency);
        self.ledger.threads.insert(id, thread);
        Some(())
    }

    fn hand_over(&mut self, one: u8, other: u8) -> Option<()> {
        let id = self.pick(one, |thread| thread.is_open)?;
        let sender = self.ledger.threads[&id].lead?;
        let receiver = LEADS[usize::from(other % 4)];
        let case = self.file.case_led(&id, &AgencyId::from(sender)).ok()?;
        let free = case.handover.is_none() && receiver != sender;
        (free && self.ledger.has_consent && !self.ledger.has_died).then_some(())?;
        let handover_id = self.number("handover");
        let to_agency_id = receiver.into();
        let handover = CaseHandedOver { handover_id, to_agency_id, ..Default::default() };
        self.record(sender, Some(&id), handover);
        self.thread(&id).asked = Some(receiver);
        Some(())
    }

    /// The case, the hand-over, who hands over and who is asked.
    fn asked(&self, one: u8) -> Option<(CaseId, String, &'static str, &'static str)> {
        let id = self.pick(one, |thread| thread.is_open && thread.asked.is_some())?;
        let thread = &self.ledger.threads[&id];
        let (sender, receiver) = (thread.lead?, thread.asked?);
        let handover = self.file.cases[&id].handover.as_ref()?.id.to_string();
        self.file.handover_to_answer(&id, &handover, &AgencyId::from(receiver)).ok()?;
        Some((id, handover, sender, receiver))
    }

    fn accept(&mut self, one: u8) -> Option<()> {
        let (id, handover_id, sender, receiver) = self.asked(one)?;
        (self.ledger.has_consent && !self.ledger.has_died).then_some(())?;
        let from_agency_id = sender.into();
        let accepted = CaseHandoverAccepted { handover_id, from_agency_id, ..Default::default() };
        self.record(receiver, Some(&id), accepted);
        let position = self.last_position();
        self.thread(&id).take_over(position);
        Some(())
    }

    fn decline(&mut self, one: u8) -> Option<()> {
        let (id, handover_id, sender, receiver) = self.asked(one)?;
        let from_agency_id = sender.into();
        let declined = CaseHandoverDeclined { handover_id, from_agency_id, ..Default::default() };
        self.record(receiver, Some(&id), declined);
        self.thread(&id).asked = None;
        Some(())
    }

    fn withdraw(&mut self, one: u8) -> Option<()> {
        let (id, handover_id, sender, receiver) = self.asked(one)?;
        let to_agency_id = receiver.into();
        let withdrawn = CaseHandoverWithdrawn { handover_id, to_agency_id, ..Default::default() };
        self.record(sender, Some(&id), withdrawn);
        self.thread(&id).asked = None;
        Some(())
    }

    fn close_or_reopen(&mut self, one: u8) -> Option<()> {
        let id = self.pick(one, |thread| thread.was_opened)?;
        let lead = self.ledger.threads[&id].lead?;
        let case = self.file.case(&id).ok()?;
        if case.is_open() {
            case.handover.is_none().then_some(())?;
            self.record(lead, Some(&id), CaseClosed::default());
            self.thread(&id).is_open = false;
        } else {
            let free = self.file.open_case_on(case.track()).is_none();
            (free && !self.ledger.has_died).then_some(())?;
            self.record(lead, Some(&id), CaseReopened::default());
            self.thread(&id).is_open = true;
        }
        Some(())
    }

    /// The lead adds an agency to the team, or takes one out of it.
    fn team(&mut self, one: u8, other: u8) -> Option<()> {
        let id = self.pick(one, |thread| thread.is_open)?;
        let lead = self.ledger.threads[&id].lead?;
        let agency = LEADS[usize::from(other % 4)];
        (agency != lead && self.ledger.has_consent).then_some(())?;
        let agency_id = agency.to_owned();
        if self.thread(&id).members.remove(agency) {
            let removed = CareTeamMemberRemoved { agency_id, ..Default::default() };
            self.record(lead, Some(&id), removed);
        } else {
            let added = CareTeamMemberAdded { agency_id, ..Default::default() };
            self.record(lead, Some(&id), added);
            self.thread(&id).members.insert(agency);
        }
        Some(())
    }

    fn visit(&mut self, one: u8) -> Option<()> {
        let id = self.pick(one, |thread| thread.is_open)?;
        let (lead, stay) = (self.ledger.threads[&id].lead?, self.open_stay()?);
        let visit = WardVisitRecorded { episode_id: stay.to_string(), ..Default::default() };
        self.record(lead, Some(&id), visit);
        Some(())
    }

    fn discharge_or_admit(&mut self, one: u8) -> Option<()> {
        (!self.ledger.has_died).then_some(())?;
        let Some(stay) = self.open_stay() else {
            self.admit(HOSPITALS[usize::from(one % 2)]);
            return Some(());
        };
        let hospital = self.ledger.stay.take()?;
        let home = PatientDischarged { episode_id: stay.to_string(), ..Default::default() };
        self.record(hospital, None, home);
        Some(())
    }

    fn transfer(&mut self) -> Option<()> {
        let (stay, from) = (self.open_stay()?, self.ledger.stay?);
        let to = if from == HOSPITALS[0] { HOSPITALS[1] } else { HOSPITALS[0] };
        let moved = PatientTransferred {
            episode_id: stay.to_string(),
            to_agency_id: to.into(),
            new_episode_id: self.number("stay"),
            ..Default::default()
        };
        self.record(from, None, moved);
        self.ledger.stay = Some(to);
        Some(())
    }

    fn consent_or_withdraw(&mut self, one: u8) -> Option<()> {
        if !self.ledger.has_consent {
            self.consent();
        } else if one.is_multiple_of(2) {
            let consent_id = format!("consent-{}", self.consent);
            let withdrawn = ConsentWithdrawn { consent_id, ..Default::default() };
            self.record(HOSPITALS[0], None, withdrawn);
            self.ledger.has_consent = false;
        }
        Some(())
    }

    /// Rare, since it ends nearly everything.
    fn die(&mut self, one: u8, other: u8) -> Option<()> {
        (one.is_multiple_of(4) && other.is_multiple_of(2) && !self.ledger.has_died).then_some(())?;
        self.record(HOSPITALS[0], None, DeathRecorded::default());
        (self.ledger.has_died, self.ledger.stay) = (true, None);
        Some(())
    }
}
