//! Who was erased stays erased: when a backup of the vault, of the log or of both comes back, when a
//! process dies between the erasure and the keys, and in every other process.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use access::{Principal, RandomIds, SettableClock, SystemClock};
use casework::{ERASURE_OFFICER, PersonId};
use contracts::{
    Event, Office,
    events::{PersonErased, PersonErasureRequested},
    municipality::{
        ErasePersonRequest, RequestPersonErasureRequest,
        municipality_service_client::MunicipalityServiceClient,
    },
    office::{CommandContext, CommandReply},
};
use event_log::{Append, EventLog, ExpectedVersion, Filter, NewEvent, StreamKey, StreamWrite};
use jiff::{SignedDuration, Timestamp};
use scenario::Scenario;
use tonic::{Request, Status, service::Routes, transport::Channel};
use tsunagi::{
    Config, DataFolder, House,
    config::{CountedFrom, ErasureGround, RetentionConfig},
    data_folder::MUNICIPALITY_ID,
    demonstration,
};
use vault::Subject;

const VAULT: &str = "vault.sqlite";
const LOG: &str = "log.sqlite";

/// The number of `PersonErased`.
const ERASED: u32 = 343;

/// The day on which everything happens after the person was registered.
const NOW: &str = "2021-09-06T03:00:00Z";

/// A data folder with somebody on file, and backups of its databases from before anything else.
struct Folder(tempfile::TempDir);

impl Folder {
    async fn with_somebody() -> (Self, PersonId) {
        let folder = Self(tempfile::tempdir().unwrap());
        DataFolder::at(folder.0.path()).prepare().unwrap();
        let house = folder.open().await;
        // Only the registration has happened by then.
        let registered: Timestamp = "2021-09-06T01:10:00Z".parse().unwrap();
        let today = scenario::today(registered);
        let agencies = Scenario::agencies().unwrap().on(today).unwrap();
        let script = agencies.and(Scenario::scenario_a().unwrap().on(today).unwrap());
        demonstration::load(&house, &script.until(registered)).await.unwrap();
        let person = somebody(&house).await;
        close(house).await;
        fs::create_dir(folder.path("backup")).unwrap();
        for database in [VAULT, LOG] {
            for file in files_of(database).filter(|file| folder.path(file).exists()) {
                fs::copy(folder.path(&file), folder.backup(&file)).unwrap();
            }
        }
        (folder, person)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn backup(&self, file: &str) -> PathBuf {
        self.path("backup").join(file)
    }

    fn config(&self) -> Config {
        let folder = DataFolder::at(self.0.path());
        let mut config = folder.config(([127, 0, 0, 1], 0).into()).unwrap();
        let years = BTreeMap::from([(ErasureGround::RecordedInError, 0)]);
        config.retention = Some(RetentionConfig { counted_from: CountedFrom::LastEntry, years });
        config
    }

    async fn open(&self) -> House {
        let clock = SettableClock::at(NOW.parse().unwrap());
        House::open(self.config(), Arc::new(clock)).await.unwrap()
    }

    /// A backup comes back, and nothing stays beside it.
    fn restore(&self, database: &str) {
        fs::remove_file(self.path(&format!("{database}-shm"))).ok();
        for file in files_of(database) {
            fs::remove_file(self.path(&file)).ok();
            if self.backup(&file).exists() {
                fs::copy(self.backup(&file), self.path(&file)).unwrap();
            }
        }
    }

    /// Whether the vault has the key, seen without any house.
    async fn vault_has_key(&self, person: &PersonId) -> bool {
        let vault = tsunagi::master_key::open_vault(&self.config().vault).await.unwrap();
        vault.key(&subject(person)).await.unwrap().is_some()
    }
}

/// The file of a database, and its write-ahead log.
fn files_of(database: &str) -> impl Iterator<Item = String> {
    ["", "-wal"].iter().map(move |suffix| format!("{database}{suffix}"))
}

fn subject(person: &PersonId) -> Subject {
    Subject::new("person", person.as_str())
}

async fn somebody(house: &House) -> PersonId {
    let events = house.log.read(0, 100).await.unwrap();
    let of_person = events.iter().find(|event| event.stream.category == "person");
    PersonId::from(of_person.expect("somebody is registered").stream.key.as_str())
}

async fn close(house: House) {
    house.log.clone().close().await;
    house.reads.clone().close().await;
}

async fn has_key(house: &House, person: &PersonId) -> bool {
    house.vault.key(&subject(person)).await.unwrap().is_some()
}

async fn erased_in_log(house: &House) -> usize {
    let events = house.log.read(0, 1_000).await.unwrap();
    events.iter().filter(|event| event.type_no == ERASED).count()
}

fn by<R>(house: &House, officer: &str, message: R) -> Request<R> {
    let principal = Principal {
        office: Office::Municipality,
        agency: MUNICIPALITY_ID.into(),
        staff: officer.to_owned(),
        roles: vec![ERASURE_OFFICER.to_owned()],
    };
    let now = house.clock().now();
    let token = house.issuer().unwrap().issue(&principal, now, now + SignedDuration::from_hours(1));
    let mut request = Request::new(message);
    let header = format!("Bearer {token}").parse().unwrap();
    request.metadata_mut().insert("authorization", header);
    request
}

fn about(person: &PersonId) -> Option<CommandContext> {
    let request_id = RandomIds::random().to_string();
    Some(CommandContext { request_id, person_id: person.to_string(), ..Default::default() })
}

async fn city(house: &House) -> MunicipalityServiceClient<Routes> {
    MunicipalityServiceClient::new(house.office(Office::Municipality).await.unwrap().into_routes())
}

/// Two officers have the person erased.
async fn erase(house: &House, person: &PersonId) -> Result<CommandReply, Status> {
    let mut city = city(house).await;
    let erasure = request(house, &mut city, person).await?;
    Ok(city.erase_person(by(house, "officer-2", erasure)).await?.into_inner())
}

/// One officer asks for it: the approval that another one has to give.
async fn request(
    house: &House,
    city: &mut MunicipalityServiceClient<Routes>,
    person: &PersonId,
) -> Result<ErasePersonRequest, Status> {
    let ground = contracts::events::ErasureGround::RecordedInError.into();
    let erasure = Some(PersonErasureRequested { ground, ..Default::default() });
    let request = RequestPersonErasureRequest { context: about(person), erasure };
    let reply = city.request_person_erasure(by(house, "officer-1", request)).await?.into_inner();
    let body = reply.recorded.into_iter().next().and_then(|recorded| recorded.body);
    let Some(Event::PersonErasureRequested(requested)) = body.and_then(|body| body.event) else {
        panic!("no request")
    };
    let erasure = PersonErased { erasure_id: requested.erasure_id, ..Default::default() };
    Ok(ErasePersonRequest { context: about(person), erasure: Some(erasure) })
}

/// What is left when a process dies between the erasure in the log and the keys.
async fn append_erasure_alone(house: &House, person: &PersonId) {
    let erased = Event::from(PersonErased {
        erased_on: "2021-09-06".into(),
        person_ids: vec![person.to_string()],
        ..Default::default()
    });
    let now = house.clock().now();
    let new = NewEvent {
        event_id: RandomIds::random(),
        type_no: erased.number(),
        case_id: None,
        agency: MUNICIPALITY_ID.into(),
        staff: "officer-2".into(),
        on_behalf_of: None,
        correlation_id: RandomIds::random(),
        causation_id: None,
        occurred_on: casework::today(now),
        body: erased.to_bytes(),
        sealed: Vec::new(),
    };
    let stream = StreamKey::new("person", person.as_str());
    let write = StreamWrite { stream, expected: ExpectedVersion::Any, events: vec![new] };
    let append = Append {
        producer: "test".into(),
        request_id: RandomIds::random(),
        digest: [0; 32],
        recorded_at: now,
        writes: vec![write],
        unless_changed: None,
    };
    house.log.append(append).await.unwrap();
}

#[tokio::test]
async fn an_older_vault_loses_the_keys_again() {
    let (folder, person) = Folder::with_somebody().await;
    let house = folder.open().await;
    erase(&house, &person).await.unwrap();
    close(house).await;
    assert!(!folder.vault_has_key(&person).await);
    folder.restore(VAULT);
    assert!(folder.vault_has_key(&person).await, "the backup brings it back");
    let house = folder.open().await;
    assert!(!has_key(&house, &person).await);
    close(house).await;
    assert!(!folder.vault_has_key(&person).await);
}

#[tokio::test]
async fn an_older_log_does_not_bring_anybody_back_and_takes_the_erasure_anew() {
    let (folder, person) = Folder::with_somebody().await;
    let house = folder.open().await;
    erase(&house, &person).await.unwrap();
    close(house).await;
    folder.restore(LOG);
    let house = folder.open().await;
    assert_eq!(erased_in_log(&house).await, 0);
    assert!(!has_key(&house, &person).await);
    assert!(house.erasures.watch().borrow().contains(&person), "the ledger knows");
    // Though the keys are gone already, the officers can say it to the log again.
    erase(&house, &person).await.unwrap();
    assert_eq!(erased_in_log(&house).await, 1);
    close(house).await;
}

#[tokio::test]
async fn where_both_are_older_the_ledger_remembers() {
    let (folder, person) = Folder::with_somebody().await;
    let house = folder.open().await;
    erase(&house, &person).await.unwrap();
    close(house).await;
    let restore = || [VAULT, LOG].map(|database| folder.restore(database));
    restore();
    let house = folder.open().await;
    assert!(!has_key(&house, &person).await);
    close(house).await;

    // It is the ledger that does it: without it, the person is back.
    fs::remove_file(folder.path("erasures.jsonl")).unwrap();
    restore();
    let house = folder.open().await;
    assert!(has_key(&house, &person).await);
    close(house).await;
}

#[tokio::test]
async fn a_ledger_that_was_lost_is_written_anew_from_the_log() {
    let (folder, person) = Folder::with_somebody().await;
    let house = folder.open().await;
    erase(&house, &person).await.unwrap();
    close(house).await;
    let ledger = folder.path("erasures.jsonl");
    let written = fs::read(&ledger).unwrap();
    fs::remove_file(&ledger).unwrap();
    close(folder.open().await).await;
    assert_eq!(fs::read(&ledger).unwrap(), written);
    assert!(String::from_utf8(written).unwrap().contains(person.as_str()));
}

#[tokio::test]
async fn what_died_between_the_erasure_and_the_keys_is_done_by_others_and_at_the_next_start() {
    let (folder, person) = Folder::with_somebody().await;
    let other = folder.open().await;
    let mut watching = other.erasures.watch();
    append_erasure_alone(&other, &person).await;
    // One that lives does it for the one that died.
    watching.wait_for(|erased| erased.contains(&person)).await.unwrap();
    assert!(!has_key(&other, &person).await);
    close(other).await;
    folder.restore(VAULT);
    fs::remove_file(folder.path("erasures.jsonl")).unwrap();
    assert!(folder.vault_has_key(&person).await, "as if it had died in between");
    let house = folder.open().await;
    assert!(!has_key(&house, &person).await);
    close(house).await;
}

#[tokio::test]
async fn every_process_that_follows_the_log_forgets_the_key() {
    let (folder, person) = Folder::with_somebody().await;
    let (here, elsewhere) = (folder.open().await, folder.open().await);
    assert!(has_key(&elsewhere, &person).await, "it is at hand there from now on");
    let mut watching = elsewhere.erasures.watch();
    erase(&here, &person).await.unwrap();
    watching.wait_for(|erased| erased.contains(&person)).await.unwrap();
    assert!(!has_key(&elsewhere, &person).await);
    let both: [BTreeSet<_>; 2] =
        [&here, &elsewhere].map(|house| (**house.erasures.watch().borrow()).clone());
    assert_eq!(both[0], both[1]);
    for house in [here, elsewhere] {
        close(house).await;
    }
}

/// The municipality's office by the real binary, on the folder's files: the process, and where it
/// listens.
fn serve_municipality(folder: &Folder) -> (Child, String) {
    let path = folder.path("municipality.toml");
    fs::write(&path, toml::to_string(&folder.config()).unwrap()).unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_tsunagi"))
        .args(["serve", "municipality", "--config"])
        .arg(path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().rsplit(' ').next().unwrap().to_owned();
    (process, format!("http://{address}"))
}

/// Killed when the erasure is in the log and the key is not destroyed yet: it waits for the ledger,
/// which somebody else holds.
#[tokio::test]
async fn what_is_killed_between_the_erasure_and_the_keys_is_done_at_the_next_start() {
    let (folder, person) = Folder::with_somebody().await;
    let house = folder.open().await.with_clock(Arc::new(SystemClock));
    let erasure = request(&house, &mut city(&house).await, &person).await.unwrap();
    let approval = by(&house, "officer-2", erasure);
    close(house).await;

    let (mut process, address) = serve_municipality(&folder);
    let ledger = File::create(folder.path("erasures.jsonl")).unwrap();
    ledger.lock().unwrap();
    let channel = Channel::from_shared(address).unwrap().connect().await.unwrap();
    let mut city = MunicipalityServiceClient::new(channel);
    let answer = tokio::spawn(async move { city.erase_person(approval).await });
    let log = EventLog::open(&folder.config().log.url).await.unwrap();
    let erased = Filter { types: vec![ERASED], ..Filter::all() };
    log.follow_filtered(erased, 0).next().await.unwrap();
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(answer.await.unwrap().is_err(), "nobody was told that it is done");
    log.close().await;
    drop(ledger);

    assert!(folder.vault_has_key(&person).await, "it was killed in between");
    let house = folder.open().await;
    assert!(!has_key(&house, &person).await);
    close(house).await;
}
