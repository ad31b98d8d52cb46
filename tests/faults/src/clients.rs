//! The clients: each asks one request after the other, and asks again, with the same request id,
//! until it knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::door::{Answer, Door, Entrance, Reply};
use crate::ledger::SharedLedger;
use crate::patience::patiently;
use crate::random::Random;
use crate::request::{Content, Request};

/// How long a client waits at most before it asks again, as a real one would.
const BACKOFF_MILLISECONDS_MAX: u64 = 20;

/// Clients at work.
pub struct Clients {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

struct Shared {
    run: u64,
    ledger: SharedLedger,
    entrance: Arc<Entrance>,
    next_number: AtomicU64,
    is_over: AtomicBool,
    /// Once in how many requests the reply gets lost; 0: never.
    losing_one_in: u64,
}

impl Clients {
    /// Sends `count` clients to work. Once in `losing_one_in` requests (0: never) the reply gets
    /// lost after the commit, and before that a client may grow impatient.
    #[must_use]
    pub fn start(
        count: u64,
        run: u64,
        ledger: SharedLedger,
        entrance: Arc<Entrance>,
        losing_one_in: u64,
    ) -> Self {
        let shared = Arc::new(Shared {
            run,
            ledger,
            entrance,
            next_number: AtomicU64::new(1),
            is_over: AtomicBool::new(false),
            losing_one_in,
        });
        let mut tasks = JoinSet::new();
        for client in 0..count {
            tasks.spawn(work(shared.clone(), Random::seeded(run ^ client)));
        }
        Self { shared, tasks }
    }

    /// Lets every client finish the request it is at.
    pub async fn finish(self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        patiently("the clients finish", self.tasks.join_all()).await;
    }
}

async fn work(shared: Arc<Shared>, mut random: Random) {
    while !shared.is_over.load(Ordering::SeqCst) {
        let number = shared.next_number.fetch_add(1, Ordering::SeqCst);
        let request = Request::new(shared.run, number, Content::Honest);
        shared.ledger.lock().ask(&request);
        if shared.losing_one_in > 0 && random.one_in(shared.losing_one_in) {
            shared.lose_and_forge(&request, &mut random).await;
        }
        shared.append_for_sure(&request, &mut random).await;
    }
}

impl Shared {
    /// Asks until it is known where the request lies.
    async fn append_for_sure(&self, request: &Request, random: &mut Random) {
        loop {
            let door = self.entrance.door(random.number()).await;
            match door.append(request, Reply::Sent).await {
                Answer::Appended(appended) => {
                    return self.ledger.lock().acknowledge(request, appended);
                }
                Answer::Unknown => self.ledger.lock().ask_again(),
                other => panic!("request {} must not be refused: {other:?}", request.number()),
            }
            sleep(Duration::from_millis(random.below(BACKOFF_MILLISECONDS_MAX))).await;
        }
    }

    /// Asks and does not learn; asks again, twice at once, and both must learn the same. Whoever
    /// then uses the same id for something else is refused.
    async fn lose_and_forge(&self, request: &Request, random: &mut Random) {
        let door = self.entrance.door(random.number()).await;
        let lost = door.append(request, Reply::Lost);
        // Every other client does not wait until the commit: its retry races its first question.
        if random.one_in(2) {
            assert_eq!(lost.await, Answer::Unknown);
            let again = (door.append(request, Reply::Sent), door.append(request, Reply::Sent));
            let (first, second) = tokio::join!(again.0, again.1);
            self.note_again(request, [first, second]);
        } else {
            let (_, first) = tokio::join!(lost, door.append(request, Reply::Sent));
            self.note_again(request, [first]);
        }
        self.forge(&door, request).await;
    }

    fn note_again<const COUNT: usize>(&self, request: &Request, answers: [Answer; COUNT]) {
        let mut ledger = self.ledger.lock();
        for answer in answers {
            ledger.ask_again();
            if let Answer::Appended(appended) = answer {
                ledger.acknowledge(request, appended);
            }
        }
    }

    async fn forge(&self, door: &Door, request: &Request) {
        let forged = Request::new(self.run, request.number(), Content::Forged);
        match door.append(&forged, Reply::Sent).await {
            Answer::Reused => self.ledger.lock().refuse_forgery(),
            other => panic!("a used request id with other content was answered: {other:?}"),
        }
    }
}
