//! Persons on file, and the agencies around them, put into the log of a running house.

use acceptance::World;
use access::{Clock, RandomIds};
use contracts::{
    Office,
    events::{AgencyRegistered, PersonRegistered, ProviderRegistered, ResourceInquirySent, Track},
};
use event_log::{Append, ExpectedVersion, NewEvent, StreamKey, StreamWrite};
use uuid::Uuid;

use crate::standing::{
    beginning::{BEGUN, Line, beginning, line},
    relation::{OFFICES, Relation, agencies, agency, recorder},
};

/// A person around whom everybody stands in their relation.
pub struct Person {
    pub id: Uuid,
    pub case: Uuid,
    /// A provider, which no other call has touched.
    pub provider: Uuid,
    /// An inquiry to it.
    pub inquiry: Uuid,
}

impl Person {
    pub async fn on_file(world: &World) -> Self {
        let [id, case, provider, inquiry] = [(); 4].map(|()| RandomIds::random());
        let mut lines = beginning(Track::DischargeSupport, None);
        // Who registered the person as well takes part by that alone.
        for office in &OFFICES[..4] {
            let own = agency(*office, Relation::Own);
            lines.push(line(own, false, BEGUN, PersonRegistered::default()));
        }
        append(world, StreamKey::new("person", id.to_string()), Some(case), lines).await;
        let provider_id = provider.to_string();
        let registered =
            ProviderRegistered { provider_id: provider_id.clone(), ..Default::default() };
        let center = recorder(Office::CoreCenter);
        let sent = ResourceInquirySent {
            inquiry_id: inquiry.to_string(),
            provider_ids: vec![provider_id],
            ..Default::default()
        };
        for (id, line) in [
            (provider, line(&*center, false, BEGUN, registered)),
            (inquiry, line(&*center, false, BEGUN, sent)),
        ] {
            append(world, StreamKey::new("resource", id.to_string()), None, vec![line]).await;
        }
        Self { id, case, provider, inquiry }
    }
}

pub async fn register_agencies(world: &World) {
    for (id, office) in agencies() {
        let event = AgencyRegistered {
            agency_id: id.clone(),
            registered_on: BEGUN.into(),
            name: format!("架空の{id}"),
            kind: office.into(),
            ..Default::default()
        };
        let municipality = tsunagi::data_folder::MUNICIPALITY_ID;
        let lines = vec![line(municipality, false, BEGUN, event)];
        append(world, StreamKey::new("agency", id), None, lines).await;
    }
}

/// The lines hold nothing personal, so nothing is sealed.
async fn append(world: &World, stream: StreamKey, case: Option<Uuid>, lines: Vec<Line>) {
    let now = Clock::now(&world.clock);
    let events = lines.into_iter().map(|line| NewEvent {
        event_id: RandomIds::random(),
        type_no: line.event.kind().number,
        case_id: case.filter(|_| line.in_case),
        agency: line.by,
        staff: "s-aoi".into(),
        on_behalf_of: line.on_behalf_of.map(str::to_owned),
        correlation_id: RandomIds::random(),
        causation_id: None,
        occurred_on: line.on.parse().expect("a date"),
        body: line.event.split().clear,
        sealed: Vec::new(),
    });
    let events = events.collect();
    let append = Append {
        producer: "test".into(),
        request_id: RandomIds::random(),
        digest: [0; 32],
        recorded_at: now,
        writes: vec![StreamWrite { stream, expected: ExpectedVersion::Any, events }],
        unless_changed: None,
    };
    world.house.log.append(append).await.expect("appended");
}
