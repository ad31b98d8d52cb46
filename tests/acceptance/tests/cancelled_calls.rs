//! Callers that go away, over the wire: deadlines pass, clients walk off, connections are cut.
//! Registering a person writes a key into the vault and an event into the log; whoever asks again
//! with the same request id must find one person, and the house must go on as if nothing happened.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use acceptance::World;
use contracts::{
    Office,
    events::PersonRegistered,
    hospital::{RegisterPersonRequest, hospital_service_client::HospitalServiceClient},
    office::CommandContext,
};
use faults::{Random, scaled};
use scenario::Scenario;
use sqlx::{Connection, PgConnection};
use tokio::{task::JoinSet, time::timeout};
use tonic::{Code, Request, transport::Channel};

const NOW: &str = "2026-11-21T00:00:00Z";
const CALLERS: u64 = 16;
/// How many calls share a connection before it is cut with whatever is in flight.
const CALLS_PER_CONNECTION: usize = 20;
/// Patience from 1 µs to 0.26 s, each doubling as likely as the next: some leave before they are
/// heard, some while the key or the event is written, a few stay.
const PATIENCE_DOUBLINGS_MAX: u64 = 19;

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    let world = World::on_sqlite(NOW.parse().unwrap()).await.unwrap();
    cancel_calls(world, "sqlite").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    let world = World::on_postgres(NOW.parse().unwrap()).await.unwrap();
    cancel_calls(world, "postgres").await;
    assert_eq!(sessions_in_a_transaction().await, 0, "sessions were left in a transaction");
}

async fn cancel_calls(world: World, store: &str) {
    let seed = Random::seed_of_run();
    println!("cancelled gRPC calls on {store} begins with seed {seed}");
    register_agencies(&world).await;
    let before = world.house.log.head().await.unwrap();
    let calls = scaled(600, 10_000);
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let hospital = Hospital::of(&world);
        let numbers: Vec<u64> = (caller..calls).step_by(CALLERS as usize).collect();
        callers.spawn(hospital.call_and_leave(numbers, Random::seeded(seed ^ caller)));
    }
    let answered: u64 = callers.join_all().await.into_iter().sum();
    let recorded = registrations(&world, before).await.len() as u64;
    let persons = ask_again(&world, calls).await;
    assert_eq!(persons, ask_again(&world, calls).await, "the same request, the same person");
    let registrations = registrations(&world, before).await;
    let (invented, doubled, missing) = compare(&registrations, &persons);
    println!(
        "cancelled gRPC calls on {store} (seed {seed}): calls {calls}, answered {answered}, \
         recorded {recorded} before and {} after asking again; missing {missing}, invented \
         {invented}, doubled {doubled}",
        registrations.len(),
    );
    assert!(answered < calls / 2, "most calls were to be left");
    assert!(recorded > answered, "some were recorded although nobody waited for it");
    assert_eq!((missing, invented, doubled), (0, 0, 0));
    world.house.log.verify(|_, _| {}).await.unwrap();
    world.stop().await.unwrap();
}

async fn register_agencies(world: &World) {
    let day = "2026-11-21".parse().unwrap();
    world.play(&Scenario::agencies().unwrap().on(day).unwrap()).await.unwrap();
    world.clock.set(NOW.parse().unwrap());
}

/// The hospital's office, and a token for it.
struct Hospital {
    address: String,
    token: String,
}

impl Hospital {
    fn of(world: &World) -> Self {
        let offices = &world.running.offices;
        let (_, address) = offices.iter().find(|(office, _)| *office == Office::Hospital).unwrap();
        Self { address: format!("http://{address}"), token: world.token("hospital").unwrap() }
    }

    async fn connect(&self) -> HospitalServiceClient<Channel> {
        let channel = Channel::from_shared(self.address.clone()).unwrap().connect().await;
        HospitalServiceClient::new(channel.unwrap())
    }

    fn request(&self, number: u64) -> Request<RegisterPersonRequest> {
        let mut request = Request::new(RegisterPersonRequest {
            context: Some(CommandContext { request_id: request_id(number), ..Default::default() }),
            person: Some(PersonRegistered {
                registered_on: "2026-11-20".into(),
                family_name: "架空".into(),
                given_name: format!("{number}番"),
                residence_ward: "14107".into(),
                ..Default::default()
            }),
        });
        let bearer = format!("Bearer {}", self.token).parse().unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
    }

    /// Asks and mostly leaves; tells how often it stayed until the answer.
    async fn call_and_leave(self, numbers: Vec<u64>, mut random: Random) -> u64 {
        let mut answered = 0;
        for numbers in numbers.chunks(CALLS_PER_CONNECTION) {
            let hospital = self.connect().await;
            // Dropped with the connection, which cuts off whatever is still in flight.
            let mut in_flight = JoinSet::new();
            for number in numbers {
                let (hospital, request) = (hospital.clone(), self.request(*number));
                match random.below(4) {
                    0 => drop(in_flight.spawn(call(hospital, request))),
                    _ => answered += u64::from(leave(hospital, request, &mut random).await),
                }
            }
        }
        answered
    }
}

async fn call(
    mut hospital: HospitalServiceClient<Channel>,
    request: Request<RegisterPersonRequest>,
) -> Result<String, Code> {
    let answer = hospital.register_person(request).await;
    answer.map(|reply| reply.into_inner().person_id).map_err(|status| status.code())
}

/// Calls with a deadline that the server knows of, or walks off without a word. Whether there was
/// an answer in time.
async fn leave(
    hospital: HospitalServiceClient<Channel>,
    mut request: Request<RegisterPersonRequest>,
    random: &mut Random,
) -> bool {
    let doublings = random.below(PATIENCE_DOUBLINGS_MAX);
    let patience = Duration::from_micros(1 + random.below(1 << doublings));
    if random.one_in(2) {
        return timeout(patience, call(hospital, request)).await.is_ok_and(|answer| answer.is_ok());
    }
    request.set_timeout(patience);
    match call(hospital, request).await {
        Ok(_) => true,
        Err(code) => {
            assert!(matches!(code, Code::DeadlineExceeded | Code::Cancelled), "{code:?}");
            false
        }
    }
}

fn request_id(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// Asks every request again until it has its answer: which person each of them registered.
async fn ask_again(world: &World, calls: u64) -> BTreeMap<String, String> {
    let hospital = Hospital::of(world);
    let client = hospital.connect().await;
    let mut persons = BTreeMap::new();
    for numbers in (0..calls).collect::<Vec<_>>().chunks(64) {
        let answers = numbers.iter().map(|number| call(client.clone(), hospital.request(*number)));
        let answers = futures::future::join_all(answers).await;
        for (number, person) in numbers.iter().zip(answers) {
            persons.insert(request_id(*number), person.expect("the house goes on"));
        }
    }
    persons
}

/// Which request led to which person's registration, in the order of the log.
async fn registrations(world: &World, after: u64) -> Vec<(String, String)> {
    let log = &world.house.log;
    let (mut registrations, mut after) = (Vec::new(), after);
    loop {
        let page = log.read(after, 500).await.unwrap();
        let Some(last) = page.last() else { return registrations };
        after = last.position;
        registrations.extend(
            page.into_iter().map(|event| (event.correlation_id.to_string(), event.stream.key)),
        );
    }
}

/// How many are invented, doubled and missing.
fn compare(
    registrations: &[(String, String)],
    persons: &BTreeMap<String, String>,
) -> (usize, usize, usize) {
    let recorded: HashSet<_> =
        registrations.iter().map(|(request, person)| (request.as_str(), person.as_str())).collect();
    let expected: HashSet<_> =
        persons.iter().map(|(request, person)| (request.as_str(), person.as_str())).collect();
    let requests: HashSet<_> = registrations.iter().map(|(request, _)| request).collect();
    let doubled = registrations.len() - requests.len();
    let invented = recorded.difference(&expected).count();
    (invented, doubled, expected.difference(&recorded).count())
}

/// Among the sessions of all databases that this process made.
async fn sessions_in_a_transaction() -> i64 {
    let server = std::env::var("TSUNAGI_TEST_POSTGRES").unwrap();
    let mut connection = PgConnection::connect(&server).await.unwrap();
    let sessions = "SELECT count(*) FROM pg_stat_activity \
         WHERE state LIKE 'idle in transaction%' AND starts_with(datname, $1)";
    let ours = format!("acceptance_{:x}_", std::process::id());
    sqlx::query_scalar(sessions).bind(ours).fetch_one(&mut connection).await.unwrap()
}
