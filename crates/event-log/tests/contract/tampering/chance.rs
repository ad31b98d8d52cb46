//! Chance that can be repeated: splitmix64 from a seed.

/// Another seed can be set, to look further than a fixed one does or to see a failure again.
const SEED_VARIABLE: &str = "TSUNAGI_TEST_SEED";

pub struct Chance {
    pub seed: u64,
    state: u64,
}

impl Chance {
    /// The seed of the environment, or else this one.
    pub fn from_seed(seed: u64) -> Self {
        let chosen = std::env::var(SEED_VARIABLE).ok();
        let seed = chosen.map_or(seed, |chosen| chosen.parse().expect("a seed is a number"));
        Self { seed, state: seed }
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is small enough that nobody minds the bias.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// A number from `first` to `last`.
    pub fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.next() % (last - first + 1)
    }

    pub fn once_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }

    pub fn choose<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_be_bytes()[0]).collect()
    }
}
