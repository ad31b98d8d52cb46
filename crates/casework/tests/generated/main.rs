//! Hand-over loses nothing: checked over many generated histories.
//!
//! A history is a list of draws; a draw that the rules do not allow just then is skipped. So a
//! failure shrinks to the few steps that matter. Beside the file that is folded, a ledger keeps in
//! its own way who is responsible and who takes part; after every step the two must agree.
//!
//! `TSUNAGI_HISTORIES` sets how many, `TSUNAGI_HISTORIES_SEED` which ones; a failure names both.

mod checks;
mod ledger;
mod merging;
mod steps;
mod world;

use std::env;

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner},
};

use steps::Draw;
use world::World;

/// So many that the run takes seconds without optimisation.
const HISTORIES: u32 = 50_000;

/// The longest history, in draws; some of them are skipped.
const DRAWS_MAX: usize = 20;

#[test]
fn no_case_is_lost_or_shown_to_outsiders_whatever_is_handed_over() {
    let histories = from_environment("TSUNAGI_HISTORIES").unwrap_or(HISTORIES);
    let seed = from_environment("TSUNAGI_HISTORIES_SEED").unwrap_or(1);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let threads = u32::try_from(threads).unwrap_or(1);
    std::thread::scope(|scope| {
        let part =
            |number: u32| scope.spawn(move || run(histories.div_ceil(threads), seed, number));
        let parts: Vec<_> = (0..threads).map(part).collect();
        for part in parts {
            if let Err(failure) = part.join() {
                std::panic::resume_unwind(failure);
            }
        }
    });
}

fn run(histories: u32, seed: u32, number: u32) {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    bytes[4..8].copy_from_slice(&number.to_le_bytes());
    let config = Config { cases: histories, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let draws = vec(any::<Draw>(), 1..DRAWS_MAX);
    let outcome = TestRunner::new_with_rng(config, rng).run(&draws, |draws| {
        let mut world = World::begin();
        for draw in draws {
            world.step(draw)?;
        }
        world.at_the_end()
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(why, draws)) => {
            panic!("TSUNAGI_HISTORIES_SEED={seed}, part {number}: {why}\nsteps: {draws:?}")
        }
        Err(TestError::Abort(why)) => panic!("the run was given up: {why}"),
    }
}

fn from_environment(name: &str) -> Option<u32> {
    let text = env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is `{text}`; it must be a number")))
}

/// The generator is worth nothing if it never gets anywhere: chains of hand-overs are among what it
/// makes.
#[test]
fn the_histories_reach_chains_of_hand_overs() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut longest = 0;
    for _ in 0..2_000 {
        let tree = vec(any::<Draw>(), DRAWS_MAX).new_tree(&mut runner).expect("draws");
        let mut world = World::begin();
        for draw in proptest::strategy::ValueTree::current(&tree) {
            world.step(draw).expect("holds");
        }
        longest = longest.max(world.longest_chain());
    }
    assert!(longest >= 3, "no case was handed over more than {longest} times");
}
