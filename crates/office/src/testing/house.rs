//! The small world on a real log and a real vault, for tests that go through the door.

use std::sync::Arc;

use access::{
    AGENCY_CATEGORY, Agencies, Clock, Disclosure, Erasures, Issuer, Principal, RandomIds,
    SettableClock, Verifier,
};
use casework::{AgencyId, ERASURE_OFFICER, IDENTITY_OFFICER, Retention};
use contracts::{
    Event, Office,
    events::{AgencyRegistered, AgencyRetired},
    office::CommandContext,
};
use event_log::{Append, EventLog, ExpectedVersion, NewEvent, StreamKey, StreamWrite};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use tonic::Request;
use vault::{MasterKey, Vault};

use super::{AGENCIES, STAFF, date, noon};
use crate::{Desk, DeskParts, found_municipality};

/// Who signs the tokens of the house, and for whom.
const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "tsunagi-test";

/// A log and a vault in a folder that goes with it, and the agencies of the small world in it. It
/// is 1 June 2025.
pub struct House {
    /// The shared log.
    pub log: EventLog,
    /// The record of reads.
    pub reads: EventLog,
    /// The keys.
    pub vault: Vault,
    /// The time of day.
    pub clock: SettableClock,
    /// Who was erased.
    pub erasures: Erasures,
    /// How long records are kept: at first nothing is set.
    pub retention: Retention,
    issuer: Issuer,
    agencies: Agencies,
    _folder: TempDir,
}

impl House {
    /// Opens it.
    pub async fn open() -> Self {
        let folder = TempDir::new().expect("a folder");
        let address = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
        let log = EventLog::open(&address("log.sqlite")).await.expect("a log");
        let reads = EventLog::open(&address("reads.sqlite")).await.expect("a log");
        let master = MasterKey::from_bytes([7; 32]);
        let vault = Vault::open(&address("vault.sqlite"), master).await.expect("a vault");
        let clock = SettableClock::at(noon(date("2025-06-01")));
        let issuer = issuer(&Issuer::generate_key());
        let agencies = Agencies::of(log.clone());
        let erasures = Erasures::begin(&log, vault.clone(), None).await.expect("nobody is erased");
        let retention = Retention::default();
        let house = Self {
            log,
            reads,
            vault,
            clock,
            erasures,
            retention,
            issuer,
            agencies,
            _folder: folder,
        };
        house.found().await;
        house
    }

    /// A desk of this office.
    pub fn desk(&self, office: Office) -> Desk {
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let policy = self.issuer.policy(SignedDuration::from_hours(24));
        let agencies = self.agencies.clone();
        let verifier = Verifier::new(policy, clock.clone(), agencies.clone());
        Desk::new(DeskParts {
            office,
            log: self.log.clone(),
            vault: self.vault.clone(),
            verifier,
            agencies,
            disclosure: self.disclosure(),
            clock,
            erasures: self.erasures.clone(),
            retention: self.retention.clone(),
        })
    }

    /// The door through which files are opened.
    pub fn disclosure(&self) -> Disclosure {
        Disclosure::new(self.vault.clone(), self.reads.clone(), Arc::new(self.clock.clone()))
    }

    /// A token of the house for an hour.
    pub fn token(&self, office: Office, agency: &str) -> String {
        self.token_with(office, agency, STAFF, false)
    }

    /// A token for this member of staff, who may be an identity officer.
    pub fn token_with(
        &self,
        office: Office,
        agency: &str,
        staff: &str,
        is_identity_officer: bool,
    ) -> String {
        let role = is_identity_officer.then_some(IDENTITY_OFFICER);
        self.token_of(office, agency, staff, role)
    }

    fn token_of(&self, office: Office, agency: &str, staff: &str, role: Option<&str>) -> String {
        let (staff, roles) = (staff.to_owned(), role.map(str::to_owned).into_iter().collect());
        let principal = Principal { office, agency: AgencyId::from(agency), staff, roles };
        token_by(&self.issuer, &principal, self.clock.now())
    }

    /// A request by an erasure officer of the municipality.
    pub fn by_erasure_officer<R>(&self, officer: &str, message: R) -> Request<R> {
        let (office, role) = (Office::Municipality, Some(ERASURE_OFFICER));
        with_token(&self.token_of(office, "municipality", officer, role), message)
    }

    /// A request by an identity officer of the municipality.
    pub fn by_officer<R>(&self, officer: &str, message: R) -> Request<R> {
        let token = self.token_with(Office::Municipality, "municipality", officer, true);
        with_token(&token, message)
    }

    /// A token that somebody else signed, and that is otherwise like one of the house.
    pub fn forged_token(&self, office: Office, agency: &str) -> String {
        let (agency, staff) = (AgencyId::from(agency), STAFF.to_owned());
        let principal = Principal { office, agency, staff, roles: Vec::new() };
        token_by(&issuer(&Issuer::generate_key()), &principal, self.clock.now())
    }

    /// A request by an agency of the small world.
    pub fn request<R>(&self, by: &str, message: R) -> Request<R> {
        let office = AGENCIES.iter().find(|(id, _)| *id == by).expect("of the small world").1;
        with_token(&self.token(office, by), message)
    }

    /// An agency of the small world is retired.
    pub async fn retire(&self, agency: &str) {
        let retired = AgencyRetired {
            agency_id: agency.into(),
            retired_on: casework::today(self.clock.now()).to_string(),
        };
        self.append(agency, retired.into()).await;
    }

    /// The last position of the log.
    pub async fn head(&self) -> u64 {
        self.log.head().await.expect("a head")
    }

    async fn found(&self) {
        let (municipality, others) = AGENCIES.split_last().expect("there are agencies");
        let name = "架空市";
        let founded =
            found_municipality(&self.log, &self.vault, &self.clock, municipality.0, name).await;
        founded.expect("the first event of the log");
        for (id, office) in others {
            let agency = AgencyRegistered {
                agency_id: (*id).into(),
                registered_on: "2025-04-01".into(),
                name: format!("架空の{id}"),
                kind: (*office).into(),
                ..Default::default()
            };
            self.append(id, agency.into()).await;
        }
    }

    async fn append(&self, agency: &str, event: Event) {
        let now = self.clock.now();
        let new = NewEvent {
            event_id: RandomIds::random(),
            type_no: event.kind().number,
            case_id: None,
            agency: "municipality".into(),
            staff: "staff-1".into(),
            on_behalf_of: None,
            correlation_id: RandomIds::random(),
            causation_id: None,
            occurred_on: casework::today(now),
            body: event.to_bytes(),
            sealed: Vec::new(),
        };
        let stream = StreamKey::new(AGENCY_CATEGORY, agency);
        let write = StreamWrite { stream, expected: ExpectedVersion::Any, events: vec![new] };
        let append = Append {
            producer: "test".into(),
            request_id: RandomIds::random(),
            digest: [0; 32],
            recorded_at: now,
            writes: vec![write],
            unless_changed: None,
        };
        self.log.append(append).await.expect("appended");
    }
}

/// The context of a new request about this person; empty: about nobody yet.
pub fn about(person: &str) -> CommandContext {
    CommandContext {
        request_id: RandomIds::random().to_string(),
        person_id: person.into(),
        ..Default::default()
    }
}

/// A request with this token.
pub fn with_token<R>(token: &str, message: R) -> Request<R> {
    let mut request = Request::new(message);
    let header = format!("Bearer {token}").parse().expect("a token is ASCII");
    request.metadata_mut().insert("authorization", header);
    request
}

fn issuer(key: &[u8]) -> Issuer {
    Issuer::new(ISSUER, AUDIENCE, key).expect("a key was generated")
}

fn token_by(issuer: &Issuer, principal: &Principal, now: Timestamp) -> String {
    issuer.issue(principal, now, now + SignedDuration::from_hours(1))
}
