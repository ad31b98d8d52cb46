//! Persons around whom everybody stands in one of the relations, each with events of the catalogue.
//!
//! What changes nothing about who sees what lies in one file, side by side; every other event has a
//! file of its own.

use casework::{AgencyId, CaseId, PersonFile, Recorded};
use contracts::{
    Event, EventKind, Office,
    annotations::{Date, Reference},
    events::{EventCorrected, EventRetracted, Track, WardVisitRecorded},
};
use event_log::{Append, ExpectedVersion, NewEvent, StreamKey, StreamWrite};
use jiff::Timestamp;
use prost_reflect::{Kind, ReflectMessage, Value, prost::Message};
use uuid::Uuid;
use vault::{SealContext, Subject};

use crate::{
    house::world::World,
    samples,
    standing::{
        beginning::{DAY, EMERGENCY, Line, beginning, line},
        relation::{NOBODY, OFFICES, Relation, agency, recorder},
    },
};

/// One event of the catalogue on file, and for whom it lies there.
pub struct Sample {
    pub kind: &'static EventKind,
    pub relation: Relation,
    /// The office for which it was recorded, where each has its own.
    pub office: Option<Office>,
    /// Where its entry lies; for an amendment, the entry whose mark it is.
    pub position: u64,
}

/// A person on file.
pub struct Person {
    pub case: Uuid,
    pub track: Track,
    pub lead: Option<Office>,
    pub samples: Vec<Sample>,
}

/// A sample of an event that names these agencies where it names addressees.
pub fn sample(kind: &'static EventKind, track: Track, named: &[String]) -> Event {
    let mut message = samples::filled(&samples::message_of(kind), |_| true);
    let fields: Vec<_> = message.descriptor().fields().collect();
    for field in fields {
        let options = samples::options_of(&field);
        let of_track = matches!(field.kind(), Kind::Enum(it) if it.name() == "Track");
        let is_new = options.assigned && options.reference() == Reference::Emergency;
        let values: Vec<Value> = match options.reference() {
            _ if options.date() == Date::Occurred => vec![Value::String(DAY.into())],
            _ if of_track => vec![Value::EnumNumber(track.into())],
            Reference::Agency if options.addressee => {
                named.iter().map(|id| Value::String(id.clone())).collect()
            }
            Reference::Agency => vec![Value::String(NOBODY.into())],
            Reference::Emergency if !is_new => vec![Value::String(EMERGENCY.into())],
            _ => continue,
        };
        let list = field.is_list();
        let Some(first) = values.first().cloned() else { continue };
        message.set_field(&field, if list { Value::List(values) } else { first });
    }
    kind.decode(&message.encode_to_vec()).expect("a sample decodes")
}

pub fn has_addressee(kind: &EventKind) -> bool {
    kind.agency_fields().any(|field| field.options.addressee)
}

/// Who records an event that others are to see.
pub fn recorder_of(kind: &EventKind) -> String {
    recorder(kind.options.appended_by().next().expect("every event is appended by somebody"))
}

/// Whether the event leaves everybody where they stand.
pub fn is_inert(kind: &'static EventKind) -> bool {
    let mut file = PersonFile::default();
    let mut lines = beginning(Track::CommunityLife, None);
    let event = sample(kind, Track::CommunityLife, &[NOBODY.to_owned()]);
    lines.push(line(recorder_of(kind), true, DAY, event));
    let mut before = String::new();
    let last = lines.len() - 1;
    for (at, line) in lines.into_iter().enumerate() {
        if at == last {
            before = standing(&file);
        }
        file.apply(&Recorded {
            position: at as u64 + 1,
            event_id: at.to_string(),
            case_id: line.in_case.then(|| CaseId::from("case")),
            agency: AgencyId::from(line.by),
            on_behalf_of: None,
            occurred_on: line.on.parse().expect("a date"),
            recorded_at: Timestamp::UNIX_EPOCH,
            event: line.event,
        });
    }
    !kind.options.amends
        && !casework::is_of_merging(&sample(kind, Track::Jimokura, &[]))
        && before == standing(&file)
}

fn standing(file: &PersonFile) -> String {
    let parties = (&file.consents, &file.teams, &file.episodes, &file.referrals, &file.cases);
    let called = (&file.consultations, &file.primary_supporter, &file.emergencies, &file.died_on);
    format!("{parties:?} {called:?}")
}

/// What is recorded of these events for readers in this relation.
pub fn recorded_for(
    kinds: &[&'static EventKind],
    track: Track,
    relation: Relation,
) -> Vec<(&'static EventKind, Option<Office>, Line)> {
    let mut lines = Vec::new();
    for kind in kinds {
        match relation {
            Relation::Own => {
                for office in kind.options.appended_by() {
                    let event = sample(kind, track, &[NOBODY.to_owned()]);
                    let own = agency(office, relation);
                    lines.push((*kind, Some(office), line(own, true, DAY, event)));
                }
            }
            Relation::Addressee if has_addressee(kind) => {
                for office in OFFICES {
                    let event = sample(kind, track, &[agency(office, relation)]);
                    lines.push((*kind, Some(office), line(recorder_of(kind), true, DAY, event)));
                }
            }
            Relation::Addressee => {}
            _ => {
                let told = OFFICES.map(|office| agency(office, Relation::Called));
                let reports = kind.name == "EmergencyReported";
                let named = if reports { told.into() } else { vec![NOBODY.to_owned()] };
                let event = sample(kind, track, &named);
                lines.push((*kind, None, line(recorder_of(kind), true, DAY, event)));
            }
        }
    }
    lines
}

impl Person {
    /// Puts a person with these events on file.
    pub async fn on_file(
        world: &World,
        track: Track,
        lead: Option<Office>,
        relation: Relation,
        kinds: &[&'static EventKind],
    ) -> Self {
        let (person, case) = (world.next_id(), world.next_id());
        let stream = StreamKey::new("person", person.to_string());
        append(world, &stream, case, beginning(track, lead)).await;
        let recorded = recorded_for(kinds, track, relation);
        if recorded.is_empty() {
            return Self { case, track, lead, samples: Vec::new() };
        }
        let mut samples = Vec::new();
        let (mut whose, mut lines) = (Vec::new(), Vec::new());
        for (kind, office, mut line) in recorded {
            if kind.options.amends {
                let target = line_of_visit(&line);
                let (position, id) = append(world, &stream, case, vec![target]).await;
                line.event = amending(kind, id);
                append(world, &stream, case, vec![line]).await;
                samples.push(Sample { kind, relation, office, position });
            } else {
                whose.push((kind, office));
                lines.push(line);
            }
        }
        if !lines.is_empty() {
            let count = lines.len() as u64;
            let (last, _) = append(world, &stream, case, lines).await;
            let positions = last + 1 - count..=last;
            let placed = whose.into_iter().zip(positions);
            samples.extend(placed.map(|((kind, office), position)| Sample {
                kind,
                relation,
                office,
                position,
            }));
        }
        Self { case, track, lead, samples }
    }
}

fn line_of_visit(amendment: &Line) -> Line {
    let visit =
        WardVisitRecorded {
            visited_on: DAY.into(), summary: "面談".into(), ..Default::default()
        };
    line(&*amendment.by, true, DAY, visit)
}

fn amending(kind: &EventKind, target: Uuid) -> Event {
    let (target_event_id, reason) = (target.to_string(), "誤記".to_owned());
    if kind.name == "EventRetracted" {
        let retracted_on = DAY.to_owned();
        return EventRetracted { target_event_id, retracted_on, reason }.into();
    }
    let visit: Event = WardVisitRecorded {
        visited_on: DAY.into(),
        summary: "面談の訂正".into(),
        ..Default::default()
    }
    .into();
    let split = visit.split();
    EventCorrected {
        target_event_id,
        corrected_on: DAY.to_owned(),
        reason,
        replacement_type: visit.number(),
        replacement_clear: split.clear,
        replacement_personal: split.personal,
    }
    .into()
}

/// Appends to a stream, sealed as the desk seals; the position and id of the last one.
pub async fn append(
    world: &World,
    stream: &StreamKey,
    case: Uuid,
    lines: Vec<Line>,
) -> (u64, Uuid) {
    let subject = Subject::new(stream.category.clone(), stream.key.clone());
    let key = world.vault.ensure_key(&subject).await.unwrap();
    let mut last = Uuid::nil();
    let events = lines.into_iter().map(|line| {
        let event_id = world.next_id();
        last = event_id;
        let (split, type_no) = (line.event.split(), line.event.number());
        let context = SealContext { event_id, type_no, subject: &subject };
        NewEvent {
            event_id,
            type_no,
            case_id: line.in_case.then_some(case),
            agency: line.by,
            staff: "s-aoi".into(),
            on_behalf_of: line.on_behalf_of.map(str::to_owned),
            correlation_id: event_id,
            causation_id: None,
            occurred_on: line.on.parse().unwrap(),
            sealed: if split.personal.is_empty() {
                vec![]
            } else {
                key.seal(&context, &split.personal)
            },
            body: split.clear,
        }
    });
    let events: Vec<_> = events.collect();
    let append = Append {
        producer: "test".into(),
        request_id: world.next_id(),
        digest: [0; 32],
        recorded_at: access::Clock::now(&world.clock),
        writes: vec![StreamWrite {
            stream: stream.clone(),
            expected: ExpectedVersion::Any,
            events,
        }],
        unless_changed: None,
    };
    (world.log.append(append).await.unwrap().last_position, last)
}
