//! The matrix of doors: every RPC, called at every office by an agency in every relation to a person.
//!
//! The calls go over the wire into a real house. `docs/doors.md` is printed from the answers; the test
//! fails when it differs, or when a call never got as far as the question who may. So a new RPC is either
//! covered as it is, or `requests.rs` must say what a valid request for it looks like.

#[path = "../../../../crates/contracts/tests/samples/mod.rs"]
mod samples;
#[path = "../../../../gateway/tests/standing/mod.rs"]
mod standing;

mod calls;
mod page;
mod persons;
mod requests;

use std::{collections::BTreeMap, env, fs, path::Path};

use acceptance::World;
use contracts::{Office, services};

use calls::{Answer, Caller, Rpc, Wire};
use futures::{StreamExt, stream};
use persons::Person;
use standing::relation::{OFFICES, Relation};

/// Those of the relations in which somebody can call; the order leaves to the last who is let in.
pub const RELATIONS: [Relation; 6] = [
    Relation::Stranger,
    Relation::Former,
    Relation::Called,
    Relation::WithoutConsent,
    Relation::Own,
    Relation::Involved,
];

/// By RPC and office: what each relation was answered.
pub type Doors = BTreeMap<(String, String), BTreeMap<i32, Vec<(Relation, Answer)>>>;

#[tokio::test(flavor = "multi_thread")]
async fn the_committed_page_is_what_the_offices_answer() {
    let world = World::on_sqlite("2025-06-01T03:00:00Z".parse().unwrap()).await.unwrap();
    persons::register_agencies(&world).await;
    let wire = Wire::to(&world);
    let calls: Vec<_> =
        rpcs().flat_map(|rpc| OFFICES.map(|office| (rpc.clone(), office))).collect();
    let answered = stream::iter(calls).map(|(rpc, office)| {
        let (world, wire) = (&world, &wire);
        async move {
            let relations = answers(world, wire, &rpc, office).await;
            (rpc, office, relations)
        }
    });
    let answered: Vec<_> = answered.buffer_unordered(4).collect().await;
    let mut doors = Doors::new();
    for (rpc, office, relations) in answered {
        let door = doors.entry((rpc.service, rpc.name)).or_default();
        door.insert(office.into(), relations);
    }
    world.stop().await.unwrap();
    every_call_came_to_the_question(&doors);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/doors.md");
    let page = page::written(&doors);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == page, "`cargo xtask golden` writes docs/doors.md anew");
}

/// Every RPC of every service, as the descriptors have it.
fn rpcs() -> impl Iterator<Item = Rpc> {
    services().flat_map(|service| {
        let methods: Vec<_> = service.descriptor.methods().collect();
        methods.into_iter().map(move |method| Rpc::of(&service.name, &method))
    })
}

/// A person for each RPC at each office: what one call brings about is not in the way of the next.
async fn answers(
    world: &World,
    wire: &Wire<'_>,
    rpc: &Rpc,
    office: Office,
) -> Vec<(Relation, Answer)> {
    let person = Person::on_file(world).await;
    let mut answers = Vec::new();
    for relation in RELATIONS {
        let caller = Caller { office, relation };
        let answer = calls::ask(wire, rpc, caller, &person).await;
        let is_served = answer != Answer::NotServed;
        answers.push((relation, answer));
        if !is_served {
            break;
        }
    }
    answers
}

fn every_call_came_to_the_question(doors: &Doors) {
    let mut failed = Vec::new();
    for ((service, rpc), offices) in doors {
        let answers = offices.values().flatten();
        let invalid = answers.filter_map(|(_, answer)| match answer {
            Answer::Invalid(why) => Some(why),
            _ => None,
        });
        if let Some(why) = invalid.min() {
            failed.push(format!("{service}.{rpc}: {why}"));
        }
    }
    assert!(
        failed.is_empty(),
        "say in requests.rs what a valid request is:\n{}",
        failed.join("\n")
    );
}
