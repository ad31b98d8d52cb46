//! One wish to stop, heard by everything that runs.

use tokio::sync::watch;

/// Tells everything that runs when to stop. Cloning gives another listener.
#[derive(Debug, Clone)]
pub struct Shutdown {
    wish: watch::Receiver<bool>,
}

impl Shutdown {
    /// A wish that is spoken by sending `true`.
    pub fn on(wish: watch::Receiver<bool>) -> Self {
        Self { wish }
    }

    /// A wish that comes from the terminal (Ctrl-C) or from the supervisor (SIGTERM).
    pub fn on_signal() -> anyhow::Result<Self> {
        let (speak, wish) = watch::channel(false);
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::spawn(async move {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            let _ = speak.send(true);
        });
        Ok(Self { wish })
    }

    /// Waits until it is time to stop, or nobody is left who could say so.
    pub async fn wished(mut self) {
        let _ = self.wish.wait_for(|wished| *wished).await;
    }
}
