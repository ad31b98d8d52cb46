//! A log that nobody would write: events of all kinds about many persons, drawn from a seed. The
//! rules take in whatever is recorded, so whatever is recorded must give one answer.

use casework::PersonId;
use contracts::{Event, events::*};
use event_log::{Append, ExpectedVersion, NewEvent, StreamKey, StreamWrite};
use jiff::{SignedDuration, Timestamp, civil::Date};
use uuid::Uuid;

use crate::support::{self, AGENCIES, World, consent};

/// A sequence of numbers that a seed determines (splitmix64).
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Draws events and appends them, some at a time.
pub struct Generator {
    pub chance: Chance,
    pub persons: usize,
    recorded_at: Timestamp,
}

impl Generator {
    pub fn new(seed: u64, persons: usize) -> Self {
        let recorded_at = "2025-04-01T00:00:00Z".parse().unwrap();
        Self { chance: Chance(seed), persons, recorded_at }
    }

    pub fn person_ids(&self) -> Vec<PersonId> {
        (0..self.persons).map(|number| PersonId::from(person(number).to_string())).collect()
    }

    /// The time at which what has been appended so far was recorded.
    pub fn recorded_at(&self) -> Timestamp {
        self.recorded_at
    }

    /// Appends so many events as one batch of the log.
    pub async fn append(&mut self, world: &World, events: usize) -> u64 {
        self.recorded_at += SignedDuration::from_hours(1);
        let mut drawn: Vec<(usize, NewEvent)> =
            (0..events).map(|_| self.draw(world.next_id())).collect();
        drawn.sort_by_key(|(number, _)| *number);
        let writes =
            drawn.chunk_by(|(one, _), (other, _)| one == other).map(|of_one| StreamWrite {
                stream: StreamKey::new("person", person(of_one[0].0).to_string()),
                expected: ExpectedVersion::Any,
                events: of_one.iter().map(|(_, event)| event.clone()).collect(),
            });
        let append = Append {
            producer: "test".into(),
            request_id: world.next_id(),
            digest: [0; 32],
            recorded_at: self.recorded_at,
            writes: writes.collect(),
            unless_changed: None,
        };
        world.log.append(append).await.unwrap().last_position
    }

    fn draw(&mut self, event_id: Uuid) -> (usize, NewEvent) {
        let number = self.chance.below(self.persons);
        let day: Date = "2025-01-01".parse().unwrap();
        let day = day + SignedDuration::from_hours(24 * self.chance.below(420) as i64);
        let event = self.event(number, &day.to_string());
        let split = event.split();
        let case = (self.chance.below(5) > 0).then(|| case(number, self.chance.below(2)));
        // The last person has an event that no version reads.
        let is_poison = number + 1 == self.persons && self.chance.below(10) == 0;
        let body = if is_poison { vec![0xFF; 3] } else { split.clear };
        let event = NewEvent {
            event_id,
            type_no: event.number(),
            case_id: case,
            agency: (*self.chance.of(&AGENCIES)).to_owned(),
            staff: "s-aoi".into(),
            on_behalf_of: (self.chance.below(9) == 0).then(|| AGENCIES[0].to_owned()),
            correlation_id: event_id,
            causation_id: None,
            occurred_on: day,
            body,
            sealed: vec![7; self.chance.below(40)],
        };
        (number, event)
    }

    fn event(&mut self, number: usize, day: &str) -> Event {
        let day = day.to_owned();
        let stay = format!("stay-{number}-{}", self.chance.below(3));
        let thing = format!("thing-{number}-{}", self.chance.below(3));
        let agency = || AGENCIES.map(str::to_owned);
        let to = (*self.chance.of(&AGENCIES)).to_owned();
        match self.chance.below(20) {
            0 => PersonRegistered { registered_on: day, ..support::registration() }.into(),
            1 | 2 => ConsentGiven { consent_id: thing, given_on: day, ..consent(&AGENCIES) }.into(),
            3 => ConsentWithdrawn { consent_id: thing, withdrawn_on: day }.into(),
            4 => ConsentScopeChanged {
                consent_id: thing,
                changed_on: day,
                topics: consent(&[]).topics,
                agency_ids: agency()[..self.chance.below(AGENCIES.len())].to_vec(),
            }
            .into(),
            5 => InpatientEpisodeOpened {
                episode_id: stay,
                admitted_on: day,
                residence_ward: "isogo".into(),
                ..Default::default()
            }
            .into(),
            6 => PatientDischarged { episode_id: stay, discharged_on: day, ..Default::default() }
                .into(),
            7 => ReferralSubmitted {
                referral_id: thing,
                submitted_on: day,
                episode_id: stay,
                to_agency_id: to,
                track_requested: Track::DischargeSupport.into(),
                ..Default::default()
            }
            .into(),
            8 => ReferralAccepted {
                referral_id: thing,
                accepted_on: day,
                track: Track::DischargeSupport.into(),
                ..Default::default()
            }
            .into(),
            9 => CaseOpened {
                opened_on: day,
                track: Track::DischargeSupport.into(),
                referral_id: thing,
            }
            .into(),
            10 => IndividualSupportPlanCreated {
                plan_id: thing,
                version: 1,
                created_on: day,
                ..Default::default()
            }
            .into(),
            11 => DischargePlanned {
                episode_id: stay,
                decided_on: day.clone(),
                planned_on: day,
                ..Default::default()
            }
            .into(),
            12 => CareTeamMemberAdded { agency_id: to, added_on: day, ..Default::default() }.into(),
            13 => SettlementSupportStarted { started_on: day, ..Default::default() }.into(),
            14 => CommunityStatusObserved {
                observed_on: day,
                days_after_discharge: 90,
                ..Default::default()
            }
            .into(),
            15 => BenefitApplicationReceived {
                application_id: thing,
                received_on: day,
                ..Default::default()
            }
            .into(),
            16 if self.chance.below(8) == 0 => {
                CaseClosed { closed_on: day, ..Default::default() }.into()
            }
            17 | 18 => self.in_emergency(thing, day),
            _ => WardVisitRecorded { visited_on: day, ..Default::default() }.into(),
        }
    }

    fn in_emergency(&mut self, emergency_id: String, day: String) -> Event {
        let to = (*self.chance.of(&AGENCIES)).to_owned();
        match self.chance.below(4) {
            0 | 1 => EmergencyReported {
                emergency_id,
                reported_on: day,
                informed_agency_ids: vec![to],
                ..Default::default()
            }
            .into(),
            2 => WardOfficeNotified {
                emergency_id,
                notified_on: day,
                ward_office_agency_id: to,
                ..Default::default()
            }
            .into(),
            _ => EmergencyClosed { emergency_id, closed_on: day, ..Default::default() }.into(),
        }
    }
}

fn person(number: usize) -> Uuid {
    Uuid::from_u128(0xAB00_0000 + number as u128)
}

fn case(number: usize, which: usize) -> Uuid {
    Uuid::from_u128(0xCA00_0000 + 2 * number as u128 + which as u128)
}
