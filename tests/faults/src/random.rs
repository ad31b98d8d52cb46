//! Chance with a printed seed: a failure is then a number that can be tried again.

use std::collections::hash_map::RandomState;
use std::env;
use std::hash::{BuildHasher, Hasher};

/// Set it to the seed of a run to have the same choices again.
const SEED_VARIABLE: &str = "TSUNAGI_FAULTS_SEED";

/// SplitMix64: small, and good enough to choose moments with.
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    /// The numbers that follow from this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed of this run: what the environment names, else a fresh one.
    ///
    /// # Panics
    /// When the environment names something that is no number.
    #[must_use]
    pub fn seed_of_run() -> u64 {
        match env::var(SEED_VARIABLE) {
            Ok(named) => named.parse().expect("TSUNAGI_FAULTS_SEED must be a number"),
            // The standard library keys its hash maps from the system's randomness.
            Err(_) => RandomState::new().build_hasher().finish(),
        }
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of 0 … `count` − 1.
    pub fn below(&mut self, count: u64) -> u64 {
        self.number() % count
    }

    /// True once in `count` times.
    pub fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_published_numbers() {
        let mut random = Random::seeded(1_234_567);
        assert_eq!(random.number(), 6_457_827_717_110_365_317);
        assert_eq!(random.number(), 3_203_168_211_198_807_973);
    }
}
