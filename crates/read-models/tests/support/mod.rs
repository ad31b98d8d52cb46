//! A small world: a real log, a real vault, and events written as the offices write them.
#![allow(dead_code, reason = "each test file uses its part of it")]

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use access::{Clock, Disclosure, Principal, SettableClock};
use casework::{AgencyId, CaseId, PersonId, Viewer};
use contracts::{
    Event, Office, Topic,
    events::{
        AgencyRegistered, CaseOpened, ConsentGiven, ConsentWithdrawn, InpatientEpisodeOpened,
        PatientDischarged, PersonRegistered, ReferralAccepted, ReferralSubmitted, Track,
        WardVisitRecorded,
    },
};
use event_log::{Append, EventLog, ExpectedVersion, NewEvent, StreamKey, StreamWrite};
use jiff::civil::Date;
use tempfile::TempDir;
use uuid::Uuid;
use vault::{MasterKey, SealContext, Subject, Vault};

pub const HOSPITAL: &str = "hospital-kakuu-minato";
pub const CENTER: &str = "center-kakuu-isogo";
pub const WARD_OFFICE: &str = "ward-office-kakuu";
pub const OTHER_CENTER: &str = "center-kakuu-naka";
pub const CITY: &str = "city-kakuu";

/// All of them.
pub const AGENCIES: [&str; 5] = [HOSPITAL, CENTER, OTHER_CENTER, WARD_OFFICE, CITY];

pub const PERSON: Uuid = Uuid::from_u128(0xA);
pub const CASE: Uuid = Uuid::from_u128(0xC);
pub const EPISODE: &str = "00000000-0000-0000-0000-00000000000e";
pub const CONSENT: &str = "00000000-0000-0000-0000-0000000000c0";
pub const REFERRAL: &str = "00000000-0000-0000-0000-00000000000f";

pub struct World {
    pub folder: TempDir,
    pub log: EventLog,
    pub reads: EventLog,
    /// The record of reads as the gateway's index follows it.
    pub indexed: EventLog,
    pub vault: Vault,
    pub clock: SettableClock,
    next: AtomicU64,
}

impl World {
    /// An empty log on 1 June 2025, 09:00 in Tokyo, with its agencies registered.
    pub async fn with_agencies() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
        let reads = EventLog::open(&address("reads.sqlite")).await.unwrap();
        let world = Self {
            log: EventLog::open(&address("log.sqlite")).await.unwrap(),
            indexed: reads.clone(),
            reads,
            vault: Vault::open(&address("vault.sqlite"), MasterKey::from_bytes([7; 32]))
                .await
                .unwrap(),
            clock: SettableClock::at("2025-06-01T00:00:00Z".parse().unwrap()),
            next: AtomicU64::new(1),
            folder,
        };
        for (id, name, office) in [
            (HOSPITAL, "架空みなと病院", Office::Hospital),
            (CENTER, "架空磯子センター", Office::SupportCenter),
            (OTHER_CENTER, "架空中センター", Office::SupportCenter),
            (WARD_OFFICE, "架空区福祉保健センター", Office::WardOffice),
            (CITY, "架空市", Office::Municipality),
        ] {
            let event = AgencyRegistered {
                agency_id: id.into(),
                registered_on: "2025-04-01".into(),
                name: name.into(),
                kind: office.into(),
                ..AgencyRegistered::default()
            };
            let stream = StreamKey::new("agency", id);
            world.append(stream, CITY, None, "2025-04-01", event.into()).await;
        }
        world
    }

    /// The same, with an index that follows nothing: it works in the background, where a test that
    /// counts statements cannot tell its own from others.
    pub async fn unindexed(self) -> Self {
        let nothing = format!("sqlite:{}", self.folder.path().join("nothing.sqlite").display());
        Self { indexed: EventLog::open(&nothing).await.unwrap(), ..self }
    }

    pub fn set_day(&self, day: &str) {
        self.clock.set(format!("{day}T00:00:00Z").parse().unwrap());
    }

    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clock.clone())
    }

    pub fn disclosure(&self) -> Disclosure {
        Disclosure::new(self.vault.clone(), self.reads.clone(), self.clock())
    }

    pub fn read_model_path(&self) -> PathBuf {
        self.folder.path().join("read-model.sqlite")
    }

    /// Appends an event about the person, sealed as the desk seals it.
    pub async fn record(
        &self,
        agency: &str,
        case: Option<Uuid>,
        day: &str,
        event: impl Into<Event>,
    ) -> u64 {
        self.record_about(PERSON, agency, case, day, event).await
    }

    pub async fn record_about(
        &self,
        person: Uuid,
        agency: &str,
        case: Option<Uuid>,
        day: &str,
        event: impl Into<Event>,
    ) -> u64 {
        let stream = StreamKey::new("person", person.to_string());
        self.append(stream, agency, case, day, event.into()).await
    }

    /// Appends an event that lies in no person's stream.
    pub async fn record_in(
        &self,
        (category, key): (&str, &str),
        agency: &str,
        day: &str,
        event: impl Into<Event>,
    ) -> u64 {
        self.append(StreamKey::new(category, key), agency, None, day, event.into()).await
    }

    async fn append(
        &self,
        stream: StreamKey,
        agency: &str,
        case: Option<Uuid>,
        day: &str,
        event: Event,
    ) -> u64 {
        let event_id = self.next_id();
        let split = event.split();
        let subject = Subject::new(stream.category.clone(), stream.key.clone());
        let context = SealContext { event_id, type_no: event.number(), subject: &subject };
        let key = self.vault.ensure_key(&subject).await.unwrap();
        let sealed = key.seal(&context, &split.personal);
        self.append_raw(
            stream,
            NewEvent {
                event_id,
                type_no: event.number(),
                case_id: case,
                agency: agency.into(),
                staff: "s-aoi".into(),
                on_behalf_of: None,
                correlation_id: event_id,
                causation_id: None,
                occurred_on: day.parse::<Date>().unwrap(),
                body: split.clear,
                sealed,
            },
        )
        .await
    }

    pub async fn append_raw(&self, stream: StreamKey, event: NewEvent) -> u64 {
        let append = Append {
            producer: "test".into(),
            request_id: self.next_id(),
            digest: [0; 32],
            recorded_at: self.clock.now(),
            writes: vec![StreamWrite {
                stream,
                expected: ExpectedVersion::Any,
                events: vec![event],
            }],
            unless_changed: None,
        };
        self.log.append(append).await.unwrap().last_position
    }

    pub fn next_id(&self) -> Uuid {
        Uuid::from_u128(0x5EED_0000 + u128::from(self.next.fetch_add(1, Ordering::Relaxed)))
    }

    /// Registration, stay, consent and referral: 2025-05-01 … 2025-05-08.
    pub async fn refer(&self) -> u64 {
        self.record(HOSPITAL, None, "2025-05-01", registration()).await;
        self.record(HOSPITAL, None, "2025-05-01", admission("2025-05-01")).await;
        self.record(HOSPITAL, None, "2025-05-07", consent(&[HOSPITAL, CENTER])).await;
        self.record(HOSPITAL, Some(CASE), "2025-05-08", referral()).await
    }

    /// An event with a body that is none.
    pub async fn record_bytes(&self, person: Uuid, agency: &str, event: Event, body: &[u8]) -> u64 {
        let event_id = self.next_id();
        let event = NewEvent {
            event_id,
            type_no: event.number(),
            case_id: None,
            agency: agency.into(),
            staff: "s-aoi".into(),
            on_behalf_of: None,
            correlation_id: event_id,
            causation_id: None,
            occurred_on: "2025-05-09".parse().unwrap(),
            body: body.to_vec(),
            sealed: vec![],
        };
        self.append_raw(StreamKey::new("person", person.to_string()), event).await
    }

    /// And then its acceptance, the opening of the case and two visits.
    pub async fn support(&self) -> u64 {
        self.refer().await;
        self.support_after_referral().await
    }

    /// The acceptance, the opening of the case and two visits.
    pub async fn support_after_referral(&self) -> u64 {
        self.record(CENTER, Some(CASE), "2025-05-15", acceptance()).await;
        self.record(CENTER, Some(CASE), "2025-05-15", opening()).await;
        self.record(CENTER, Some(CASE), "2025-05-20", visit("2025-05-20", "一回目の面談")).await;
        self.record(CENTER, Some(CASE), "2025-05-27", visit("2025-05-27", "二回目の面談")).await
    }

    pub async fn withdraw_consent(&self, day: &str) -> u64 {
        let event = ConsentWithdrawn { consent_id: CONSENT.into(), withdrawn_on: day.into() };
        self.record(HOSPITAL, None, day, event).await
    }
}

pub fn person_id() -> PersonId {
    PersonId::from(PERSON.to_string())
}

pub fn case_id() -> CaseId {
    CaseId::from(CASE.to_string())
}

pub fn viewer(agency: &str) -> Viewer {
    principal(agency).viewer()
}

pub fn principal(agency: &str) -> Principal {
    let office = match agency {
        HOSPITAL => Office::Hospital,
        WARD_OFFICE => Office::WardOffice,
        CITY => Office::Municipality,
        _ => Office::SupportCenter,
    };
    Principal { office, agency: AgencyId::from(agency), staff: "s-reader".into(), roles: vec![] }
}

pub fn registration() -> PersonRegistered {
    PersonRegistered {
        registered_on: "2025-05-01".into(),
        family_name: "架空".into(),
        given_name: "一郎".into(),
        residence_ward: "isogo".into(),
        ..PersonRegistered::default()
    }
}

pub fn admission(day: &str) -> InpatientEpisodeOpened {
    InpatientEpisodeOpened {
        episode_id: EPISODE.into(),
        admitted_on: day.into(),
        unit: "東2病棟".into(),
        residence_ward: "isogo".into(),
        ..InpatientEpisodeOpened::default()
    }
}

pub fn consent(agencies: &[&str]) -> ConsentGiven {
    ConsentGiven {
        consent_id: CONSENT.into(),
        given_on: "2025-05-07".into(),
        topics: vec![Topic::Referral.into(), Topic::Support.into(), Topic::Housing.into()],
        agency_ids: agencies.iter().map(|id| (*id).to_owned()).collect(),
        ..ConsentGiven::default()
    }
}

pub fn referral() -> ReferralSubmitted {
    ReferralSubmitted {
        referral_id: REFERRAL.into(),
        submitted_on: "2025-05-08".into(),
        episode_id: EPISODE.into(),
        to_agency_id: CENTER.into(),
        track_requested: Track::DischargeSupport.into(),
        wishes: "磯子区で暮らしたい".into(),
        ..ReferralSubmitted::default()
    }
}

pub fn acceptance() -> ReferralAccepted {
    ReferralAccepted {
        referral_id: REFERRAL.into(),
        accepted_on: "2025-05-15".into(),
        track: Track::DischargeSupport.into(),
        ..ReferralAccepted::default()
    }
}

pub fn opening() -> CaseOpened {
    CaseOpened {
        opened_on: "2025-05-15".into(),
        track: Track::DischargeSupport.into(),
        referral_id: REFERRAL.into(),
    }
}

pub fn visit(day: &str, summary: &str) -> WardVisitRecorded {
    WardVisitRecorded {
        visited_on: day.into(),
        summary: summary.into(),
        ..WardVisitRecorded::default()
    }
}

pub fn discharge(day: &str) -> PatientDischarged {
    PatientDischarged {
        episode_id: EPISODE.into(),
        discharged_on: day.into(),
        ..PatientDischarged::default()
    }
}
