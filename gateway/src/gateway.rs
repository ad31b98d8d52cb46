//! The gateway: its read model, its schema, and the way a request takes through them.

mod places;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use access::{Agencies, Clock, Disclosure, Door, PositionCipher, Principal, Verifier};
use async_graphql::{Request, Response, ServerError};
use casework::PersonId;
use event_log::EventLog;
use futures::{Stream, StreamExt, stream};
use jiff::{Timestamp, civil::Date};
use read_models::{Accesses, ReadError, ReadModel};
use tokio::{sync::Semaphore, time::timeout};

use crate::{
    console::{AccountSignIn, DemoSignIn, Offices, WayIn, WaysIn},
    directory::Directory,
    gateway::places::Places,
    graphql::{
        self, Caller, Desk, HouseSchema, Mode, WorkCursors,
        codes::{self, Completion},
        limits,
    },
};

/// A request that takes longer is given up; its reader has long since gone.
const EXECUTION: Duration = Duration::from_secs(10);

/// Subscriptions that one gateway keeps open: each costs a task and a look at the file for every
/// event of its person.
const SUBSCRIPTIONS_MAX: usize = 512;

/// Those of one agency among them: nobody takes the others' places.
const SUBSCRIPTIONS_OF_ONE_MAX: usize = 64;

/// What a gateway is made of.
pub struct GatewayParts {
    /// The log to follow.
    pub log: EventLog,
    /// The door through which sealed parts are opened, with the record of reads behind it.
    pub disclosure: Disclosure,
    /// Who checks bearer tokens.
    pub verifier: Verifier,
    /// The register of agencies.
    pub agencies: Agencies,
    /// How positions look to outsiders.
    pub positions: PositionCipher,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The file of the read model; it is made anew whenever it does not fit the log.
    pub read_model_path: PathBuf,
    /// The record of reads, to answer who saw whom.
    pub reads: EventLog,
    /// The file that it is projected into; it is made anew whenever it does not fit.
    pub accesses_path: PathBuf,
    /// Whether the schema may be explored: introspection, and the GraphiQL page.
    pub development: bool,
    /// The ways into the console; without any, nobody signs in there.
    pub ways_in: Vec<WayIn>,
    /// The way from the console to the offices.
    pub offices: Offices,
}

/// The gateway could not start.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The read model could not be opened.
    #[error("the read model could not be opened")]
    ReadModel(#[from] ReadError),
}

/// A running gateway. Clones share everything.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

struct Inner {
    schema: HouseSchema,
    completion: Completion,
    desk: Arc<Desk>,
    log: EventLog,
    verifier: Verifier,
    subscriptions: Arc<Semaphore>,
    places: Arc<Places>,
    answered: AtomicU64,
    answered_with_errors: AtomicU64,
    development: bool,
    ways_in: WaysIn,
    offices: Offices,
}

impl Gateway {
    /// Opens the read model and starts to follow the log.
    pub async fn start(parts: GatewayParts) -> Result<Self, GatewayError> {
        let log = parts.log;
        let reads = ReadModel::open(&parts.read_model_path, log.clone(), parts.clock.clone());
        let directory = Directory::follow(log.clone(), parts.disclosure.clone());
        let desk = Arc::new(Desk {
            reads: reads.await?,
            accesses: Accesses::open(&parts.accesses_path, parts.reads).await?,
            directory,
            disclosure: parts.disclosure,
            agencies: parts.agencies,
            work_cursors: WorkCursors::new(&parts.positions),
            positions: parts.positions,
            clock: parts.clock,
        });
        let mode = if parts.development { Mode::Development } else { Mode::Production };
        let schema = graphql::schema(desk.clone(), mode);
        let inner = Inner {
            completion: Completion::of(&schema),
            schema,
            desk,
            log,
            verifier: parts.verifier,
            subscriptions: Arc::new(Semaphore::new(SUBSCRIPTIONS_MAX)),
            places: Arc::new(Places::of(SUBSCRIPTIONS_OF_ONE_MAX)),
            answered: AtomicU64::new(0),
            answered_with_errors: AtomicU64::new(0),
            development: parts.development,
            ways_in: WaysIn(parts.ways_in),
            offices: parts.offices,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs a query in process, for the console.
    pub async fn execute(&self, principal: Principal, request: Request) -> Response {
        self.run(Caller::new(principal, Door::Console), request).await
    }

    /// How far the read model has come, and what it knows.
    pub fn read_model(&self) -> &ReadModel {
        &self.inner.desk.reads
    }

    /// Forgets what a person is called, once their key was destroyed: nobody finds them by name any
    /// more. What is not told here is noticed when it cannot be opened, at the next start at the
    /// latest.
    pub fn forget(&self, person: &PersonId) {
        self.inner.desk.directory.forget(person);
    }

    /// Who checks bearer tokens.
    pub fn verifier(&self) -> &Verifier {
        &self.inner.verifier
    }

    pub(crate) async fn run(&self, caller: Caller, request: Request) -> Response {
        let answer = self.answer(caller, request).await;
        let response = self.inner.completion.complete(answer);
        self.inner.answered.fetch_add(1, Ordering::Relaxed);
        if response.is_err() {
            self.inner.answered_with_errors.fetch_add(1, Ordering::Relaxed);
        }
        response
    }

    async fn answer(&self, caller: Caller, mut request: Request) -> Response {
        if let Err(refusal) = limits::check(&mut request) {
            return Response::from_errors(vec![refusal]);
        }
        let (reader, owed) = (caller.principal.clone(), caller.owed.clone());
        let executed = async {
            let response = self.inner.schema.execute(caller.into_request(request)).await;
            if self.inner.desk.settle(&reader, &owed).await.is_err() {
                return unavailable("the read could not be recorded, so nothing is shown");
            }
            match self.inner.desk.still_holds(&owed.judged()).await {
                Ok(()) => response,
                Err(_) => unavailable("what was read may have changed meanwhile; try again"),
            }
        };
        timeout(EXECUTION, executed)
            .await
            .unwrap_or_else(|_| unavailable("the request took too long"))
    }

    /// What a subscription has to tell. Everything else has one answer, within its time.
    pub(crate) fn run_stream(
        &self,
        caller: Caller,
        mut request: Request,
    ) -> impl Stream<Item = Response> + Send + use<> {
        if !limits::is_subscription(&mut request) {
            let gateway = self.clone();
            return stream::once(async move { gateway.run(caller, request).await }).boxed();
        }
        let Some(place) = self.inner.places.take(&caller.principal.agency) else {
            let refused = unavailable("too many streams of your agency are open");
            return stream::iter([refused]).boxed();
        };
        let responses = self.inner.schema.execute_stream(caller.into_request(request));
        let gateway = self.clone();
        let responses = responses.map(move |response| {
            // Held until the stream is dropped, by its end or by the reader's.
            let _ = &place;
            gateway.inner.completion.complete(response)
        });
        responses.boxed()
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.inner.desk
    }

    pub(crate) fn log(&self) -> &EventLog {
        &self.inner.log
    }

    pub(crate) fn subscriptions(&self) -> Arc<Semaphore> {
        self.inner.subscriptions.clone()
    }

    pub(crate) fn open_subscriptions(&self) -> usize {
        SUBSCRIPTIONS_MAX - self.inner.subscriptions.available_permits()
    }

    /// Requests answered, and those among them that were answered with errors.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let inner = &self.inner;
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (count(&inner.answered), count(&inner.answered_with_errors))
    }

    /// Today in Asia/Tokyo.
    pub(crate) fn today(&self) -> Date {
        self.desk().today()
    }

    pub(crate) fn offices(&self) -> &Offices {
        &self.inner.offices
    }

    pub(crate) fn ways_in(&self) -> &WaysIn {
        &self.inner.ways_in
    }

    pub(crate) fn demo_sign_in(&self) -> Option<&DemoSignIn> {
        self.inner.ways_in.demo()
    }

    pub(crate) fn account_sign_in(&self) -> Option<&AccountSignIn> {
        self.inner.ways_in.accounts()
    }

    /// This moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.desk().clock.now()
    }

    /// Whether the console shows a demonstration.
    pub(crate) fn is_demo(&self) -> bool {
        self.demo_sign_in().is_some()
    }

    pub(crate) fn is_development(&self) -> bool {
        self.inner.development
    }
}

fn unavailable(message: &'static str) -> Response {
    let error = ServerError::new(message, None);
    Response::from_errors(vec![codes::with_code(error, codes::UNAVAILABLE)])
}
