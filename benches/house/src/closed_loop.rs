//! Clients that each do one thing after the other, and what got done in a window of time.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::task::JoinSet;

/// One client. It waits for each answer before it asks again.
pub trait Client: Send + 'static {
    /// Does one thing and waits until it is durable.
    fn act(&mut self) -> impl Future<Output = Result<()>> + Send;
}

/// When it counts.
#[derive(Clone, Copy)]
pub struct Window {
    /// What is done in this time first is not counted: connections, caches and plans settle.
    pub warm_up: Duration,
    /// What is finished in this time is counted.
    pub measured: Duration,
}

/// What got done.
pub struct Load {
    /// How long each thing took, in seconds, shortest first.
    latencies: Vec<f64>,
    seconds: f64,
}

impl Load {
    /// Things done per second.
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds
    }

    /// The time within which this share (0 to 1) of all things was done, in milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        percentile(&self.latencies, share) * 1000.0
    }

    /// Tells the terminal how a round went, and gives its rate.
    pub fn said(&self, side: &str) -> f64 {
        let (half, most) = (self.percentile(0.5), self.percentile(0.99));
        println!("  {side}: {:.0}/s, p50 {half:.1} ms, p99 {most:.1} ms", self.rate());
        self.rate()
    }

    /// How many things were done inside the window.
    pub fn done(&self) -> u64 {
        self.latencies.len() as u64
    }
}

/// Lets all clients loop through the window. The first error ends it: a rate of failures is no rate.
pub async fn closed_loop(clients: Vec<impl Client>, window: Window) -> Result<Load> {
    let begin = Instant::now() + window.warm_up;
    let end = begin + window.measured;
    let mut running = JoinSet::new();
    for client in clients {
        running.spawn(one_client(client, begin, end));
    }
    let mut latencies = Vec::new();
    while let Some(finished) = running.join_next().await {
        latencies.extend(finished??);
    }
    ensure!(!latencies.is_empty(), "nothing got done");
    latencies.sort_by(f64::total_cmp);
    Ok(Load { latencies, seconds: window.measured.as_secs_f64() })
}

async fn one_client(mut client: impl Client, begin: Instant, end: Instant) -> Result<Vec<f64>> {
    let mut latencies = Vec::new();
    let mut started = Instant::now();
    while started < end {
        client.act().await?;
        let finished = Instant::now();
        if begin <= finished && finished < end {
            latencies.push((finished - started).as_secs_f64());
        }
        started = finished;
    }
    Ok(latencies)
}

/// Of sorted values, the one below which this share of them lies.
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let sorted: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(percentile(&sorted, 0.5), 50.0);
        assert_eq!(percentile(&sorted, 0.99), 99.0);
        assert_eq!(percentile(&sorted, 1.0), 100.0);
        assert_eq!(percentile(&[7.0], 0.01), 7.0);
    }

    struct Slow;

    impl Client for Slow {
        async fn act(&mut self) -> Result<()> {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(())
        }
    }

    #[tokio::test]
    async fn only_what_falls_into_the_window_counts() {
        let short = Duration::from_millis(200);
        let load = closed_loop(vec![Slow, Slow], Window { warm_up: short, measured: short }).await;
        let load = load.unwrap();
        assert!(load.rate() <= 2.0 / 0.005, "{}", load.rate());
        assert!(load.percentile(0.5) >= 5.0);
    }
}
