//! Everything that a process logs, kept for a test to look through.

use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// What was logged so far. Clones share it.
#[derive(Clone, Default)]
pub struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    /// Captures everything from now on, at the finest level there is.
    ///
    /// # Panics
    /// When something else captures already: one process has one log.
    pub fn capture() -> Self {
        let printed = Self::default();
        let everything = EnvFilter::new("trace");
        let writer = printed.clone();
        tracing_subscriber::fmt().with_env_filter(everything).with_writer(writer).init();
        printed
    }

    /// The bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Printed {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
