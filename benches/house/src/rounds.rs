//! Ours and the peer's rounds in turns, so that a slow minute of the machine hits both.

use anyhow::Result;

/// What both sides reached, round by round.
pub struct Rounds {
    ours: Vec<f64>,
    peer: Vec<f64>,
}

impl Rounds {
    /// Ours, the peer, ours, the peer …
    pub async fn alternate(
        rounds: u32,
        mut ours: impl AsyncFnMut(u32) -> Result<f64>,
        mut peer: impl AsyncFnMut(u32) -> Result<f64>,
    ) -> Result<Self> {
        let mut all = Self { ours: Vec::new(), peer: Vec::new() };
        for round in 1..=rounds {
            all.ours.push(ours(round).await?);
            all.peer.push(peer(round).await?);
        }
        Ok(all)
    }

    /// Our median.
    pub fn ours(&self) -> f64 {
        median(&self.ours)
    }

    /// The peer's median.
    pub fn peer(&self) -> f64 {
        median(&self.peer)
    }
}

/// The middle one; of an even number, the mean of the two in the middle.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_round_does_not_move_the_median() {
        assert_eq!(median(&[9.0, 1.0, 10.0]), 9.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[tokio::test]
    async fn the_sides_take_turns() {
        let order = std::cell::RefCell::new(Vec::new());
        let rounds = Rounds::alternate(
            3,
            async |round| {
                order.borrow_mut().push(("ours", round));
                Ok(f64::from(round))
            },
            async |round| {
                order.borrow_mut().push(("peer", round));
                Ok(f64::from(round) * 10.0)
            },
        )
        .await
        .unwrap();
        assert_eq!(order.borrow()[..3], [("ours", 1), ("peer", 1), ("ours", 2)]);
        assert_eq!((rounds.ours(), rounds.peer()), (2.0, 20.0));
    }
}
