//! Which of two samples is the larger one, by ranks: no figure depends on how much larger.

/// How often a value of one sample is larger than one of the other (the area under the ROC curve, which
/// is Mann and Whitney's U by the number of pairs), and between what that lies with 95 % certainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Larger {
    /// From 0 to 1; 0.5 when the two cannot be told apart. Equal values count one half.
    pub share: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Larger {
    /// How often a value of `these` is larger than one of `those`. The interval is DeLong's (Biometrics
    /// 44, 1988): the variance of each value's own share, on both sides.
    pub fn of(these: &[f64], those: &[f64]) -> Self {
        let shares = shares_below(these, those);
        let share = mean(&shares);
        let others: Vec<_> = shares_below(those, these);
        let variance =
            variance(&shares) / shares.len() as f64 + variance(&others) / others.len() as f64;
        // 1.96: 95 % of a normal distribution lie within so many standard deviations.
        let half = 1.96 * variance.sqrt();
        Self { share, low: share - half, high: share + half }
    }

    /// Whether these two are taken for alike: within 0.02 of one half, or not proven otherwise.
    pub fn is_alike(&self) -> bool {
        (self.share - 0.5).abs() <= 0.02 || (self.low <= 0.5 && 0.5 <= self.high)
    }
}

/// For each value, how much of the other sample lies below it.
fn shares_below(values: &[f64], others: &[f64]) -> Vec<f64> {
    let mut sorted = others.to_vec();
    sorted.sort_by(f64::total_cmp);
    let share = |value: &f64| {
        let below = sorted.partition_point(|other| other < value);
        let not_above = sorted.partition_point(|other| other <= value);
        (below + not_above) as f64 / 2.0 / sorted.len() as f64
    };
    values.iter().map(share).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    squares / (values.len() - 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    fn sample(seed: u64, shift: f64) -> Vec<f64> {
        let mut chance = Chance::seeded(seed);
        (0..2_000).map(|_| chance.below(1_000_000) as f64 / 1e6 + shift).collect()
    }

    #[test]
    fn every_pair_counts_once_and_equal_ones_half() {
        // Of six pairs: 2>1, 4>1, 4>3, and 1=1 by half.
        let larger = Larger::of(&[1.0, 2.0, 4.0], &[1.0, 3.0]);
        assert!((larger.share - 3.5 / 6.0).abs() < 1e-12, "{larger:?}");
        assert_eq!(Larger::of(&[2.0, 3.0], &[0.0, 1.0]).share, 1.0);
    }

    #[test]
    fn one_distribution_is_alike_and_a_shifted_one_is_not() {
        let alike = Larger::of(&sample(1, 0.0), &sample(2, 0.0));
        assert!(alike.is_alike() && alike.high - alike.low < 0.04, "{alike:?}");
        // A uniform one shifted by d is larger in 1/2 + d - d²/2 of all pairs: 0.595 for d = 0.1.
        let shifted = Larger::of(&sample(3, 0.1), &sample(4, 0.0));
        assert!(!shifted.is_alike(), "{shifted:?}");
        assert!(shifted.low < 0.595 && 0.595 < shifted.high, "{shifted:?}");
    }
}
