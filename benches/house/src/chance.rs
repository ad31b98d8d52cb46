//! Chance that repeats itself: the same seed gives every run and both sides the same choices.

/// SplitMix64: one addition and three multiplications a number, and no state to share.
pub struct Chance(u64);

impl Chance {
    /// Each client gets a seed of its own.
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`. That low numbers are more likely by one in 2^50 does not matter here.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("it is below a usize")
    }

    /// So many bytes that no compression makes smaller.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length.div_ceil(8)).flat_map(|_| self.next().to_le_bytes()).take(length).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_choices() {
        let draw = |seed| {
            let mut chance = Chance::seeded(seed);
            (chance.bytes(13), (0..100).map(|_| chance.below(7)).collect::<Vec<_>>())
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let (bytes, choices) = draw(3);
        assert_eq!(bytes.len(), 13);
        assert!((0..7).all(|wanted| choices.contains(&wanted)));
    }
}
