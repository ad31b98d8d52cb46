//! The matrix: for every event, every office and every relation, what was answered.

use std::collections::BTreeMap;

use contracts::{
    EventKind, Office, Sight,
    annotations::Subject,
    catalogue,
    events::{AgencyRegistered, Track},
};
use event_log::StreamKey;
use futures::{StreamExt, stream};

use crate::{
    house::{House, world::World},
    persons::{self, Person},
    reading::{Shown, entries_of_case, entries_of_records},
    standing::{
        beginning::{DAY, line},
        relation::{FOUNDER, OFFICES, Relation, agencies, agency, principal, recorder},
    },
};

/// The tracks on which some event is declared otherwise, and one on which none is.
pub const TRACKS: [Track; 5] = [
    Track::CommunityLife,
    Track::DischargeSupport,
    Track::CommunityTransition,
    Track::Jimokura,
    Track::FacilityTransition,
];

/// One cell's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub kind: u32,
    /// As a number, since tracks have no order of their own.
    pub track: i32,
    pub relation: Relation,
    pub office: i32,
}

/// The answers. Where nobody can stand so, there is none.
pub struct Matrix(pub BTreeMap<Place, Shown>);

/// Whether the event has a row of its own on this track.
pub fn has_row(kind: &EventKind, track: Track) -> bool {
    let declared = |of: &str| kind.options.sight_on_track.iter().any(|entry| entry.track == of);
    track == TRACKS[0] || declared(track.as_str_name())
}

impl Matrix {
    /// Puts everything on file, then asks everybody for everything.
    pub async fn asked() -> Self {
        let world = World::with_agencies().await;
        register(&world).await;
        let mut persons = Vec::new();
        for track in TRACKS {
            persons.extend(on_file(&world, track).await);
        }
        let records = records_on_file(&world).await;
        let house = House::open(world).await;
        let mut cells = BTreeMap::new();
        let answers = persons.iter().flat_map(|person| {
            let readers = readers(person);
            readers.into_iter().map(move |(office, relation)| (person, office, relation))
        });
        // Collected first: a stream over borrowed closures is more than the compiler follows.
        let answers: Vec<_> = answers.collect();
        let answers = stream::iter(answers).map(|(person, office, relation)| {
            let house = &house;
            async move {
                let case = person.case.to_string();
                let reader = principal(office, relation);
                (person, office, relation, entries_of_case(house, &reader, &case).await)
            }
        });
        let mut answers = answers.buffer_unordered(4);
        while let Some((person, office, relation, entries)) = answers.next().await {
            for sample in &person.samples {
                let is_theirs = sample.office.is_none_or(|of| of == office);
                if !is_theirs {
                    continue;
                }
                let found = entries.get(&house.positions.hide(sample.position));
                let shown = found.map_or(Shown::Nothing, |(shown, amended)| {
                    assert_eq!(*amended, sample.kind.options.amends, "{}", sample.kind.name);
                    *shown
                });
                let (kind, track) = (sample.kind.number, person.track.into());
                cells.insert(Place { kind, track, relation, office: office.into() }, shown);
            }
        }
        drop(answers);
        for (kind, relation, office, position) in records {
            let reader = principal(office, relation);
            let entries = entries_of_records(&house, &reader, &kind.name).await;
            let found = entries.get(&house.positions.hide(position));
            let shown = found.map_or(Shown::Nothing, |(shown, _)| *shown);
            let (kind, track) = (kind.number, TRACKS[0].into());
            cells.insert(Place { kind, track, relation, office: office.into() }, shown);
        }
        Self(cells)
    }

    pub fn cell(
        &self,
        kind: &EventKind,
        track: Track,
        relation: Relation,
        office: Office,
    ) -> Option<Shown> {
        let (track, office) = (track.into(), office.into());
        self.0.get(&Place { kind: kind.number, track, relation, office }).copied()
    }
}

async fn register(world: &World) {
    for (id, office) in agencies() {
        let event = AgencyRegistered {
            agency_id: id.clone(),
            registered_on: "2025-04-01".into(),
            name: format!("架空の{id}"),
            kind: office.into(),
            ..Default::default()
        };
        world.record_in(("agency", &id), "city-kakuu", "2025-04-01", event).await;
    }
}

fn readers(person: &Person) -> Vec<(Office, Relation)> {
    let relations = match person.samples.first().map(|sample| sample.relation) {
        None => return Vec::new(),
        Some(Relation::Own) => vec![Relation::Own],
        Some(Relation::Addressee) => vec![Relation::Addressee],
        Some(_) if person.lead.is_some() => vec![Relation::Lead],
        Some(_) => vec![
            Relation::Involved,
            Relation::WithoutConsent,
            Relation::Former,
            Relation::Called,
            Relation::Stranger,
        ],
    };
    let all = relations.into_iter().flat_map(|of| OFFICES.map(|office| (office, of)));
    all.filter(|(office, of)| *of != Relation::Lead || person.lead == Some(*office)).collect()
}

/// The persons of a track: with what leaves everybody in their place side by side, and one for each
/// other event.
async fn on_file(world: &World, track: Track) -> Vec<Person> {
    let of_persons = catalogue().kinds().iter();
    let of_persons = of_persons.filter(|kind| kind.subject() == Subject::Person);
    let kinds: Vec<_> = of_persons.filter(|kind| has_row(kind, track)).collect();
    let (inert, moving): (Vec<_>, Vec<_>) =
        kinds.into_iter().partition(|kind| persons::is_inert(kind));
    let groups = [inert].into_iter().chain(moving.into_iter().map(|kind| vec![kind]));
    let mut persons = Vec::new();
    for kinds in groups.filter(|kinds| !kinds.is_empty()) {
        let leads = OFFICES
            .map(Some)
            .into_iter()
            .filter(|office| office.is_some_and(|office| Relation::Lead.is_possible(office)));
        let plain = [Relation::Own, Relation::Addressee, Relation::Involved];
        let plain = plain.map(|relation| (None, relation));
        for (lead, relation) in plain.into_iter().chain(leads.map(|lead| (lead, Relation::Lead))) {
            persons.push(Person::on_file(world, track, lead, relation, &kinds).await);
        }
    }
    persons
}

type OnRecord = (&'static EventKind, Relation, Office, u64);

/// What lies in no person's stream: there is nobody whom it involves, so a reader recorded it, is
/// named by it, or is anybody else.
async fn records_on_file(world: &World) -> Vec<OnRecord> {
    let mut records = Vec::new();
    let kinds = catalogue().kinds().iter();
    for kind in kinds.filter(|kind| kind.subject() != Subject::Person) {
        let others = OFFICES.map(|office| (Relation::Stranger, office));
        let addressees = OFFICES.map(|office| (Relation::Addressee, office));
        let addressees = addressees.into_iter().filter(|_| persons::has_addressee(kind));
        let own = kind.options.appended_by().map(|office| (Relation::Own, office));
        for (relation, office) in own.chain(addressees).chain(others) {
            let by = match relation {
                Relation::Own => agency(office, relation),
                _ => recorder(kind.options.appended_by().next().unwrap()),
            };
            let named = if relation == Relation::Addressee {
                agency(office, relation)
            } else {
                FOUNDER.into()
            };
            let event = persons::sample(kind, TRACKS[0], &[named]);
            let category = if kind.subject() == Subject::Agency { "agency" } else { "resource" };
            let stream =
                StreamKey::new(category, format!("{category}-{}-{}", kind.number, records.len()));
            let line = line(by, false, DAY, event);
            let (position, _) = persons::append(world, &stream, world.next_id(), vec![line]).await;
            records.push((kind, relation, office, position));
        }
    }
    records
}

/// What the declaration and the decisions lead one to expect, put together here in a few lines; where the
/// answer differs, `explained.rs` must say why.
pub fn expected(kind: &EventKind, track: Track, relation: Relation, office: Office) -> Shown {
    let is_person = kind.subject() == Subject::Person;
    let declared = |office| match kind.sight(office, Some(track.as_str_name())) {
        Sight::Full => Shown::Full,
        Sight::Addressee if relation == Relation::Addressee => Shown::Full,
        Sight::Stub | Sight::Addressee => Shown::Stub,
        Sight::Public => Shown::Clear,
        _ => Shown::Nothing,
    };
    match relation {
        Relation::Own => Shown::Full,
        Relation::Lead => declared(office).max(declared(Office::SupportCenter)),
        Relation::Involved | Relation::Addressee => declared(office),
        Relation::Called if kind.options.shown_in_emergency => declared(office),
        Relation::Stranger if !is_person => declared(office),
        _ => Shown::Nothing,
    }
}
