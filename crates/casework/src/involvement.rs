//! Who takes part in a person's support, and what each sees of it.
//!
//! One rule, asked by the desk before it appends and by the gateway before it shows. What an
//! agency sees is decided for the moment of reading: a consent withdrawn today hides what was visible
//! yesterday, and broken glass is whole again after an hour.

mod parties;

use contracts::{Event, Office, Sight, Topic};
use jiff::{Timestamp, civil::Date};

use crate::{
    AgencyId, BreakGlass, Emergency, EmergencyId, Moment, PersonFile, Recorded, ReferralId,
    Standing,
    calendar::end_of_day,
    erasing::is_of_erasure,
    merging::is_of_merging,
    person_file::{break_glass_id, is_of_break_glass},
};

/// The role of those who watch over the record of reads, at the municipality.
pub const PRIVACY_OFFICER: &str = "privacy-officer";

/// The one who wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The kind of agency.
    pub office: Office,
    /// The agency.
    pub agency: AgencyId,
    /// Whether it is one of those who put persons' files together and take them apart.
    pub is_identity_officer: bool,
    /// The code of the member of staff, for the one thing that is not their whole agency's: glass
    /// that they broke.
    pub staff: String,
}

/// What a viewer sees of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    /// Nothing, not even that it exists.
    Hidden,
    /// Date, kind and agency.
    Stub,
    /// The clear content; sealed parts stay closed.
    Clear,
    /// The whole content.
    Full,
}

/// The involvement of agencies with one person, as the file says.
#[derive(Clone, Copy)]
pub struct Involvement<'a> {
    file: &'a PersonFile,
}

impl<'a> Involvement<'a> {
    pub(crate) fn of(file: &'a PersonFile) -> Self {
        Self { file }
    }

    /// Whether a consent in force lets the agency see this topic.
    pub fn consent_covers(&self, agency: &AgencyId, topic: Topic, day: Date) -> bool {
        self.file.consents.values().any(|consent| consent.covers(agency, topic, day))
    }

    /// What the viewer sees of an event of this person at this moment. Agencies always see what they
    /// recorded themselves; but that persons were merged, only identity officers. Of a person who
    /// was erased nobody sees anything, and nobody reads of erasing.
    pub fn sees(&self, viewer: &Viewer, recorded: &Recorded, moment: impl Into<Moment>) -> Seen {
        if self.file.erased_on.is_some() || is_of_erasure(&recorded.event) {
            return Seen::Hidden;
        }
        let moment = moment.into();
        if recorded.agency == viewer.agency {
            let is_theirs = viewer.is_identity_officer || !is_of_merging(&recorded.event);
            return if is_theirs { Seen::Full } else { Seen::Hidden };
        }
        let (agency, case, day) = (&viewer.agency, recorded.case_id.as_ref(), moment.day);
        if self.oversees(agency, recorded) {
            return Seen::Full;
        }
        let breaks_glass = self.glass(viewer, moment).is_some();
        let is_party = self.is_party(agency, case, day)
            || self.is_asked(agency, case)
            || self.led_until_after(agency, recorded)
            || (self.has_open_stay(agency) && is_addressed_to(recorded, agency))
            || self.is_told(agency, recorded);
        let needs_no_consent = breaks_glass || self.answers_with(viewer, recorded, day);
        if !is_party && !needs_no_consent {
            return Seen::Hidden;
        }
        let sees_as = |office| self.sees_as(office, agency, recorded, needs_no_consent, day);
        let own = sees_as(viewer.office);
        if viewer.office != Office::SupportCenter && self.stands_in_as_lead(agency, recorded) {
            return own.max(sees_as(Office::SupportCenter));
        }
        own
    }

    /// The use of break-glass access by which the viewer sees the person at this moment what an
    /// involved agency with a consent would see.
    pub fn glass(&self, viewer: &Viewer, moment: impl Into<Moment>) -> Option<&'a BreakGlass> {
        let at = moment.into().at?;
        self.file.glass_broken_by(&viewer.agency, &viewer.staff, at)
    }

    /// Until when what the viewer sees at this moment holds, if nothing comes to the person: rules ask
    /// for the day, and broken glass lasts for minutes.
    pub fn holds_until(&self, viewer: &Viewer, moment: Moment) -> Timestamp {
        let end_of_day = end_of_day(moment.day);
        self.glass(viewer, moment).map_or(end_of_day, |used| used.ends_at().min(end_of_day))
    }

    /// Whether the event tells of break-glass access to those who review it. They need no consent
    /// for that, and go on seeing it after the emergency.
    fn oversees(&self, agency: &AgencyId, recorded: &Recorded) -> bool {
        if !is_of_break_glass(&recorded.event) {
            return false;
        }
        let used = break_glass_id(&recorded.event).and_then(|id| self.file.break_glass.get(&id));
        used.is_some_and(|used| self.file.reviewers(used).contains(&agency))
    }

    /// What a party, or who needs no consent in an emergency, sees in the place that this office has
    /// in the declarations.
    fn sees_as(
        &self,
        office: Office,
        agency: &AgencyId,
        recorded: &Recorded,
        needs_no_consent: bool,
        day: Date,
    ) -> Seen {
        let kind = recorded.event.kind();
        let declared = kind.sight(office, self.track_of(recorded).as_deref());
        match declared {
            Sight::Unspecified | Sight::None | Sight::Own | Sight::Aggregate => Seen::Hidden,
            Sight::Public => Seen::Clear,
            _ if !needs_no_consent && !self.consent_covers(agency, kind.options.topic(), day) => {
                Seen::Hidden
            }
            _ => self.sees_with_consent(office, agency, recorded, declared, day),
        }
    }

    /// Whether the viewer, although not shown this event, knows of it: a party whom consent covers
    /// knows that the case was opened, by whom and on which track.
    pub fn knows_case(
        &self,
        viewer: &Viewer,
        recorded: &Recorded,
        moment: impl Into<Moment>,
    ) -> bool {
        let moment = moment.into();
        if !matches!(recorded.event, Event::CaseOpened(_)) {
            return false;
        }
        let day = moment.day;
        let (agency, case) = (&viewer.agency, recorded.case_id.as_ref());
        let shares = self.is_party(agency, case, day)
            || self.is_asked(agency, case)
            || self.led_until_after(agency, recorded);
        (shares && self.consent_covers(&viewer.agency, Topic::Frame, day))
            || self.glass(viewer, moment).is_some()
    }

    /// Whether the event tells the viewer of an open emergency that it answers: then nobody waits
    /// for a consent, which there may be nobody to give. A hospital answers only where it was told.
    fn answers_with(&self, viewer: &Viewer, recorded: &Recorded, day: Date) -> bool {
        if !recorded.event.kind().options.shown_in_emergency {
            return false;
        }
        let id = recorded.event.emergency().map(EmergencyId::from);
        let emergency = id.and_then(|id| self.file.emergencies.get(&id));
        emergency.is_some_and(|emergency| {
            let (agency, case) = (&viewer.agency, recorded.case_id.as_ref());
            // Whom its events name, the emergency knows; one that was retracted has let nobody in.
            let helps = self.is_party(agency, case, day) && viewer.office != Office::Hospital;
            (helps && emergency.is_open()) || self.answers(&viewer.agency, emergency)
        })
    }

    /// Whether the agency answers the emergency as long as it is open: it recorded the call, was
    /// told of it, or is mainly responsible for the person.
    pub fn answers(&self, agency: &AgencyId, emergency: &Emergency) -> bool {
        let is_called = emergency.reported_by == *agency || emergency.informed.contains(agency);
        let is_responsible = self.file.primary_supporter.as_ref() == Some(agency);
        emergency.is_open() && (is_called || is_responsible)
    }

    fn sees_with_consent(
        &self,
        office: Office,
        agency: &AgencyId,
        recorded: &Recorded,
        declared: Sight,
        day: Date,
    ) -> Seen {
        match declared {
            Sight::Full if office == Office::Hospital => {
                if self.falls_to(agency, recorded, day) {
                    Seen::Full
                } else {
                    Seen::Hidden
                }
            }
            Sight::Full => Seen::Full,
            Sight::Addressee if is_addressed_to(recorded, agency) => Seen::Full,
            Sight::Addressee | Sight::Stub => Seen::Stub,
            _ => Seen::Hidden,
        }
    }

    /// Whether an event falls to a hospital: it is addressed to it, it happened during a stay
    /// there, or it happened before and still stands.
    ///
    /// A hospital says itself from when on somebody is there. So a stay does not reach back to
    /// what was on file before the stay was, unless others have let the hospital in.
    fn falls_to(&self, hospital: &AgencyId, recorded: &Recorded, day: Date) -> bool {
        let stands = recorded.event.kind().options.standing;
        let let_in = self.was_let_in(hospital, recorded.case_id.as_ref(), day);
        let mut own = self.file.episodes.iter().filter(|episode| episode.hospital == *hospital);
        is_addressed_to(recorded, hospital)
            || self.answers_referral_of(hospital, recorded)
            || own.any(|episode| {
                let happened_before = recorded.occurred_on <= episode.admitted_on;
                let reaches = let_in || stands || episode.recorded_at < recorded.position;
                (reaches && episode.includes(recorded.occurred_on)) || (stands && happened_before)
            })
    }

    /// Whether the event answers or ends a referral of this hospital's, which has to learn of that
    /// also when the person has left.
    fn answers_referral_of(&self, hospital: &AgencyId, recorded: &Recorded) -> bool {
        let id = match &recorded.event {
            Event::ReferralReturned(event) => &event.referral_id,
            Event::ReferralAccepted(event) => &event.referral_id,
            Event::ReferralDeclined(event) => &event.referral_id,
            Event::ReferralLapsed(event) => &event.referral_id,
            _ => return false,
        };
        let referral = self.file.referrals.get(&ReferralId::from(id.as_str()));
        referral.is_some_and(|referral| referral.from == *hospital)
    }

    fn track_of(&self, recorded: &Recorded) -> Option<String> {
        let case = self.file.cases.get(recorded.case_id.as_ref()?)?;
        Some(case.track_at(recorded.position).as_str_name().to_owned())
    }
}

/// What a viewer sees of an event as it stands: of one that was retracted others are told no more
/// than that, since it may never have been anybody's business but the recorder's.
pub fn seen_of(
    file: &PersonFile,
    viewer: &Viewer,
    recorded: &Recorded,
    standing: Option<Standing>,
    moment: impl Into<Moment>,
) -> Seen {
    let seen = file.involvement().sees(viewer, recorded, moment);
    let is_own = recorded.agency == viewer.agency;
    if standing == Some(Standing::Retracted) && !is_own { seen.min(Seen::Stub) } else { seen }
}

/// What the viewer sees of an event that lies in no person's stream: what its declaration says, and
/// of its own everything.
pub fn sees_record(viewer: &Viewer, recorded: &Recorded) -> Seen {
    if recorded.agency == viewer.agency {
        return Seen::Full;
    }
    match recorded.event.kind().sight(viewer.office, None) {
        Sight::Full => Seen::Full,
        Sight::Addressee if is_addressed_to(recorded, &viewer.agency) => Seen::Full,
        Sight::Public => Seen::Clear,
        Sight::Addressee | Sight::Stub => Seen::Stub,
        Sight::Unspecified | Sight::None | Sight::Own | Sight::Aggregate => Seen::Hidden,
    }
}

/// Whether the event names this agency in a field that is declared an addressee.
fn is_addressed_to(recorded: &Recorded, agency: &AgencyId) -> bool {
    recorded.event.addressees().iter().any(|addressee| addressee == agency.as_str())
}
