//! Every other event of the catalogue, and what becomes of events afterwards.

use casework::AgencyId;
use contracts::{
    Event, EventKind,
    annotations::{Nature, Reference, Subject},
    catalogue,
    events::*,
};

use crate::history::{AGENCIES, History};

impl History {
    pub(super) fn correct_something(&mut self, one: u8, other: u8) -> Option<()> {
        let (original, now) = self.some_fact(one)?;
        let (day, bits) = (self.lately(other).to_string(), other.rotate_left(2));
        let event = match now.event.clone() {
            Event::ConsentGiven(event) => ConsentGiven {
                agency_ids: Self::some(bits),
                topics: Self::topics(other),
                given_on: day,
                ..event
            }
            .into(),
            Event::ConsentScopeChanged(event) => {
                ConsentScopeChanged { agency_ids: Self::some(bits), changed_on: day, ..event }
                    .into()
            }
            Event::ConsentWithdrawn(event) => {
                ConsentWithdrawn { withdrawn_on: day, ..event }.into()
            }
            Event::InpatientEpisodeOpened(event) => {
                InpatientEpisodeOpened { admitted_on: day, ..event }.into()
            }
            Event::PatientDischarged(event) => {
                PatientDischarged { discharged_on: day, ..event }.into()
            }
            Event::EmergencyReported(event) => {
                EmergencyReported { informed_agency_ids: Self::some(bits), ..event }.into()
            }
            other if is_free(other.kind()) => {
                self.written(other.kind(), bits, other.emergency().as_deref())
            }
            _ => return None,
        };
        self.correct(&original, &event);
        Some(())
    }

    /// A fact at any time, but the call for help not while something done about it stands; an act
    /// only as the last one.
    pub(super) fn retract_something(&mut self, one: u8, other: u8) -> Option<()> {
        if other.is_multiple_of(3) {
            let last = self.events.last()?.clone();
            let may_be = matches!(
                last.event,
                Event::CareTeamMemberAdded(_)
                    | Event::CareTeamMemberRemoved(_)
                    | Event::CaseHandedOver(_)
                    | Event::TrackChanged(_)
                    | Event::ReferralEscalated(_)
            );
            may_be.then(|| self.retract(&last))?;
            return Some(());
        }
        let (original, _) = self.some_fact(one)?;
        (!matches!(original.event, Event::EmergencyReported(_))).then(|| self.retract(&original))
    }

    /// Any event that changes nothing about who sees what: all of them but those above.
    pub(super) fn happen(&mut self, one: u8, other: u8, third: u8) -> Option<()> {
        let kinds: Vec<_> = catalogue().kinds().iter().filter(|kind| is_free(kind)).collect();
        let kind = kinds[(usize::from(one) * 256 + usize::from(other)) % kinds.len()];
        let offices = AGENCIES[..6].iter().filter(|(_, office)| kind.may_be_appended_by(*office));
        let recorders: Vec<_> = offices.map(|(id, _)| *id).collect();
        let by = *recorders.get(usize::from(third) % recorders.len().max(1))?;
        let emergencies: Vec<_> = self.file.emergencies.keys().map(ToString::to_string).collect();
        let emergency = emergencies.get(usize::from(third) % emergencies.len().max(1)).cloned();
        let is_act = kind.nature() == Nature::Act;
        // What is decided within a case is decided while it is open.
        let case = match third % 3 {
            0 => None,
            _ => self.any_case(other, |case| case.is_open() || !is_act),
        };
        let event = self.written(kind, one ^ third, emergency.as_deref());
        let on = self.lately(third / 6);
        self.record(by, case.as_ref(), on, event);
        Some(())
    }

    /// An event of this kind with nothing in it but whom it names, and its emergency. A medical
    /// summary goes to those who answer the emergency already.
    fn written(&self, kind: &EventKind, bits: u8, emergency: Option<&str>) -> Event {
        let mut event = kind.decode(&[]).expect("an empty message");
        let is_summary = kind.name == "MedicalSummaryShared";
        let answering = |agency: &String| {
            let emergencies = &self.file.emergencies;
            let found = emergency.and_then(|id| emergencies.get(&id.into()));
            let involvement = self.file.involvement();
            found.is_some_and(|found| involvement.answers(&AgencyId::from(agency.as_str()), found))
        };
        for field in &kind.fields {
            let options = &field.options;
            if options.reference() == Reference::Emergency {
                event = event.with_text(field.number, emergency.unwrap_or_default());
            } else if options.addressee {
                let named = Self::some(bits & 0b1011_0110);
                let mut named = named
                    .into_iter()
                    .filter(|it| !is_summary || emergency.is_none() || answering(it));
                event = event.with_text(field.number, &named.next().unwrap_or_default());
            }
        }
        event
    }
}

/// Whether who sees what does not depend on what the event says, but for those whom it names.
pub fn is_free(kind: &EventKind) -> bool {
    let decides = [
        "BreakGlassAccessUsed",
        "BreakGlassAccessReviewed",
        "PersonErasureRequested",
        "PersonErasureDeclined",
        "PersonErased",
        "PersonRegistered",
        "ConsentGiven",
        "ConsentScopeChanged",
        "ConsentWithdrawn",
        "CareTeamMemberAdded",
        "CareTeamMemberRemoved",
        "InpatientEpisodeOpened",
        "PatientReadmitted",
        "PatientDischarged",
        "PatientTransferred",
        "DeathRecorded",
        "ReferralSubmitted",
        "ReferralReturned",
        "ReferralSupplemented",
        "ReferralAccepted",
        "ReferralDeclined",
        "ReferralWithdrawn",
        "ReferralLapsed",
        "ReferralEscalated",
        "CaseOpened",
        "CaseClosed",
        "CaseReopened",
        "TrackChanged",
        "CaseHandedOver",
        "CaseHandoverAccepted",
        "CaseHandoverDeclined",
        "CaseHandoverWithdrawn",
        "EarlyConsultationRequested",
        "EarlyConsultationJoined",
        "EarlyConsultationDeclined",
        "EarlyConsultationConcluded",
        "EarlyConsultationLapsed",
        "EmergencyReported",
        "EmergencyClosed",
        "PrimarySupporterAssigned",
        "PrimarySupporterChanged",
        "EventCorrected",
        "EventRetracted",
        "PersonsMergeProposed",
        "PersonsMerged",
        "PersonsMergeDeclined",
        "PersonsUnmerged",
    ];
    kind.subject() == Subject::Person && !decides.contains(&kind.name.as_str())
}
