//! What an index of a large city costs: run it with `-- --ignored --nocapture`.

use std::{fs, time::Instant};

use identity::{Index, Query};

use crate::people::{Chance, Names};

const PEOPLE: usize = 200_000;

/// Memory of this process, as the kernel counts it.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    let kilobytes = line.split_whitespace().nth(1).and_then(|number| number.parse().ok());
    kilobytes.map_or(0, |kilobytes: usize| kilobytes * 1024)
}

#[test]
#[ignore = "takes a minute without optimisation, and asserts no time"]
fn two_hundred_thousand_people() {
    let (names, mut chance) = (Names::read(), Chance::new(4));
    let before = resident();
    let started = Instant::now();
    let mut index = Index::default();
    for number in 0..PEOPLE {
        index.put(number as u128, &names.person(&mut chance).identity());
    }
    println!("{PEOPLE} entries in {:?}", started.elapsed());
    println!("{} bytes an entry by its own account", index.bytes() / PEOPLE);
    println!("{} bytes an entry by the kernel's", (resident() - before) / PEOPLE);
    let mut taken: Vec<_> = (0..1_000)
        .map(|_| {
            let person = names.person(&mut chance);
            let query = Query::of(&format!("{}{}", person.family.1, person.given.1), "");
            let query = query.expect("a question");
            let started = Instant::now();
            let hits = index.search(&query).len();
            (started.elapsed(), hits)
        })
        .collect();
    taken.sort();
    println!("a whole name: median {:?}, slowest {:?}", taken[500].0, taken[999].0);
    let started = Instant::now();
    let hits = index.search(&Query::of("さとう", "").expect("a question")).len();
    println!("a common surname, {hits} entries: {:?}", started.elapsed());
    let started = Instant::now();
    let pairs = index.candidates().len();
    println!("{pairs} candidates: {:?}", started.elapsed());
    assert!(index.bytes() / PEOPLE <= 400, "an entry has become larger");
}
