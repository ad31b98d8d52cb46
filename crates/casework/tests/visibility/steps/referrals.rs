//! Referrals and early consultations.

use casework::{CaseId, ReferralId, ReferralState};
use contracts::{Topic, events::*};

use super::TRACKS;
use crate::history::{History, LEADS};

impl History {
    pub(super) fn refer(&mut self, one: u8, other: u8) -> Option<()> {
        let (stay, from, _) = self.any_stay(one | 1)?;
        let (to, track) = (LEADS[usize::from(one % 4)], TRACKS[usize::from(other % 3)]);
        let is_open = |referral: &casework::Referral| referral.is_open() && referral.track == track;
        let is_free = self.file.open_case_on(track).is_none();
        let is_free = is_free && !self.file.referrals.values().any(is_open);
        let consented = self.consented(to, Topic::Referral);
        (is_free && consented && self.file.died_on.is_none()).then_some(())?;
        let case = CaseId::from(self.number("case"));
        let referral = ReferralSubmitted {
            referral_id: self.number("referral"),
            episode_id: stay,
            to_agency_id: to.into(),
            track_requested: track.into(),
            ..Default::default()
        };
        self.record(&from, Some(&case), self.day, referral);
        Some(())
    }

    pub(super) fn answer_referral(&mut self, one: u8, other: u8) -> Option<()> {
        let waiting: Vec<_> =
            self.file.referrals.iter().filter(|(_, referral)| referral.is_open()).collect();
        let (id, referral) = waiting.get(usize::from(one) % waiting.len().max(1))?;
        let (id, referral): (ReferralId, _) = ((*id).clone(), (*referral).clone());
        let (referral_id, case, on) = (id.to_string(), referral.case_id.clone(), self.day);
        let (from, to) = (referral.from.to_string(), referral.to.to_string());
        if referral.state == ReferralState::Returned {
            match other % 4 {
                0 => self.record(
                    &from,
                    Some(&case),
                    on,
                    ReferralWithdrawn { referral_id, ..Default::default() },
                ),
                1 => self.record(
                    &from,
                    Some(&case),
                    on,
                    ReferralLapsed { referral_id, ..Default::default() },
                ),
                _ => self.record(
                    &from,
                    Some(&case),
                    on,
                    ReferralSupplemented { referral_id, ..Default::default() },
                ),
            }
            return Some(());
        }
        // By telephone, written down by whom it was told.
        let core = referral.escalated.as_ref().map(|(core, _)| core.to_string());
        let told = [Some(from.clone()), core][usize::from(other % 2)].clone();
        let by_telephone = told.filter(|_| one.is_multiple_of(3));
        let for_whom = by_telephone.as_ref().map(|_| to.as_str());
        let by = by_telephone.as_ref().unwrap_or(&to);
        match other % 8 {
            0 => self.record_for(
                by,
                for_whom,
                Some(&case),
                on,
                ReferralReturned { referral_id, ..Default::default() },
            ),
            1 => self.record_for(
                by,
                for_whom,
                Some(&case),
                on,
                ReferralDeclined { referral_id, ..Default::default() },
            ),
            2 => self.record(
                &from,
                Some(&case),
                on,
                ReferralWithdrawn { referral_id, ..Default::default() },
            ),
            3 => {
                let side = if one.is_multiple_of(2) { &from } else { &to };
                self.record(
                    side,
                    Some(&case),
                    on,
                    ReferralLapsed { referral_id, ..Default::default() },
                );
            }
            _ => {
                let is_free = self.file.open_case_on(referral.track).is_none();
                (is_free && self.file.died_on.is_none()).then_some(())?;
                let track = referral.track.into();
                let accepted = ReferralAccepted {
                    referral_id: referral_id.clone(),
                    track,
                    ..Default::default()
                };
                self.record_for(by, for_whom, Some(&case), on, accepted);
                let opened = CaseOpened { referral_id, track, ..Default::default() };
                self.record_for(by, for_whom, Some(&case), on, opened);
            }
        }
        Some(())
    }

    pub(super) fn escalate(&mut self, one: u8) -> Option<()> {
        let waiting = self.file.referrals.iter().find(|(_, referral)| referral.is_open())?;
        let (referral_id, case) = (waiting.0.to_string(), waiting.1.case_id.clone());
        let by = if one.is_multiple_of(2) { &waiting.1.from } else { &waiting.1.to };
        let (by, to) = (by.to_string(), "core-a");
        (by != to && self.consented(to, Topic::Referral)).then_some(())?;
        let asked =
            ReferralEscalated { referral_id, to_agency_id: to.into(), ..Default::default() };
        self.record(&by, Some(&case), self.day, asked);
        Some(())
    }

    /// An early consultation begins, is answered or ends.
    pub(super) fn consult(&mut self, one: u8, other: u8) -> Option<()> {
        let open: Vec<_> =
            self.file.consultations.iter().filter(|(_, asked)| asked.is_open()).collect();
        let Some((id, asked)) = open.get(usize::from(one) % open.len().max(1)) else {
            let (stay, from, _) = self.any_stay(one | 1)?;
            let to = LEADS[usize::from(other % 2)];
            self.consented(to, Topic::Referral).then_some(())?;
            let asked = EarlyConsultationRequested {
                consultation_id: self.number("consultation"),
                to_agency_id: to.into(),
                episode_id: stay,
                ..Default::default()
            };
            self.record(&from, None, self.day, asked);
            return Some(());
        };
        let (consultation_id, on) = (id.to_string(), self.day);
        let (from, to) = (asked.from.to_string(), asked.to.to_string());
        let hospital_agency_id = from.clone();
        let (side, other_agency_id) =
            if one.is_multiple_of(2) { (&from, to.clone()) } else { (&to, from.clone()) };
        match other % 4 {
            0 => {
                let joined = EarlyConsultationJoined {
                    consultation_id,
                    hospital_agency_id,
                    ..Default::default()
                };
                self.record(&to, None, on, joined);
            }
            1 => {
                let declined = EarlyConsultationDeclined {
                    consultation_id,
                    hospital_agency_id,
                    ..Default::default()
                };
                // Also by telephone, written down by the hospital.
                let (by, for_whom) =
                    if one.is_multiple_of(3) { (&from, Some(to.as_str())) } else { (&to, None) };
                self.record_for(by, for_whom, None, on, declined);
            }
            2 => {
                let concluded = EarlyConsultationConcluded {
                    consultation_id,
                    other_agency_id,
                    ..Default::default()
                };
                self.record(side, None, on, concluded);
            }
            _ => {
                let lapsed = EarlyConsultationLapsed {
                    consultation_id,
                    other_agency_id,
                    ..Default::default()
                };
                self.record(side, None, on, lapsed);
            }
        }
        Some(())
    }
}
