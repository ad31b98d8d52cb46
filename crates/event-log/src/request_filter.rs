//! Which requests the log surely does not hold.
//!
//! Nearly every request is new, and asking the database so costs more than recording it. A Bloom
//! filter over all request ids of the log answers from memory: *no* is certain, *perhaps* is looked
//! up. With 24 bits or more an id and four probes, (1 - e^(-4/24))^4 = one new id in 1,800 is taken for
//! known by a full layer. A million requests lie in five layers of 2, 4 … 32 Mbit: 8 MB.

use std::hash::{BuildHasher, RandomState};

use uuid::Uuid;

const PROBES: u32 = 4;
const BITS_PER_REQUEST: usize = 24;

/// The first layer's room; each further one has twice the room of the one before.
const FIRST_ROOM: usize = 1 << 16;

/// All requests with a number up to `covers`.
pub(crate) struct RequestFilter {
    // Keyed anew in each process: nobody can choose ids that collide.
    hasher: RandomState,
    layers: Vec<Layer>,
    covers: u64,
}

struct Layer {
    bits: Vec<u64>,
    room: usize,
    held: usize,
}

impl RequestFilter {
    pub(crate) fn new() -> Self {
        Self { hasher: RandomState::new(), layers: vec![Layer::new(FIRST_ROOM)], covers: 0 }
    }

    /// The number of the last request it knows; it knows all before it.
    pub(crate) fn covers(&self) -> u64 {
        self.covers
    }

    /// Takes in the request with the next number.
    pub(crate) fn insert(&mut self, producer: &str, request_id: Uuid) {
        let hash = self.hash(producer, request_id);
        if self.last().held == self.last().room {
            let room = self.last().room * 2;
            self.layers.push(Layer::new(room));
        }
        let last = self.layers.last_mut().expect("there is always a layer");
        last.insert(hash);
        self.covers += 1;
    }

    /// False: no request up to `covers` is this one.
    pub(crate) fn may_hold(&self, producer: &str, request_id: Uuid) -> bool {
        let hash = self.hash(producer, request_id);
        self.layers.iter().any(|layer| layer.may_hold(hash))
    }

    fn last(&self) -> &Layer {
        self.layers.last().expect("there is always a layer")
    }

    fn hash(&self, producer: &str, request_id: Uuid) -> u64 {
        self.hasher.hash_one((producer, request_id))
    }
}

impl Layer {
    fn new(room: usize) -> Self {
        let words = (room * BITS_PER_REQUEST).next_power_of_two() / 64;
        Self { bits: vec![0; words], room, held: 0 }
    }

    fn insert(&mut self, hash: u64) {
        for (word, bit) in self.places(hash) {
            self.bits[word] |= bit;
        }
        self.held += 1;
    }

    fn may_hold(&self, hash: u64) -> bool {
        self.places(hash).all(|(word, bit)| self.bits[word] & bit != 0)
    }

    /// Four places from one hash: its halves, the second one added again and again.
    fn places(&self, hash: u64) -> impl Iterator<Item = (usize, u64)> + use<> {
        let (start, step) = (hash & 0xffff_ffff, (hash >> 32) | 1);
        // A power of two, so the rest of a division is a mask; it fits: it counts memory.
        let mask = (self.bits.len() * 64 - 1) as u64;
        (0..u64::from(PROBES)).map(move |probe| {
            let place = start.wrapping_add(probe.wrapping_mul(step)) & mask;
            ((place / 64) as usize, 1 << (place % 64))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(count: u128) -> RequestFilter {
        let mut filter = RequestFilter::new();
        for id in 0..count {
            filter.insert("hospital/aoba", Uuid::from_u128(id));
        }
        filter
    }

    #[test]
    fn what_it_was_told_it_never_denies() {
        let filter = filled(300_000);
        assert_eq!(filter.covers(), 300_000);
        assert_eq!(filter.layers.len(), 3, "it has grown twice");
        assert!((0..300_000).all(|id| filter.may_hold("hospital/aoba", Uuid::from_u128(id))));
    }

    #[test]
    fn what_it_was_not_told_it_nearly_always_denies() {
        let filter = filled(300_000);
        let unknown = (300_000..400_000).map(Uuid::from_u128);
        let wrong = unknown.filter(|id| filter.may_hold("hospital/aoba", *id)).count();
        assert!(wrong < 500, "{wrong} of 100000 were taken for known");
        let others = (0..100_000).map(Uuid::from_u128);
        let wrong = others.filter(|id| filter.may_hold("hospital/midori", *id)).count();
        assert!(wrong < 500, "{wrong} of another producer were taken for known");
    }
}
