//! What is read from files, and read again when they have changed.

use std::{
    error::Error,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

/// How often the files are looked at: what was taken out of them counts no longer after this time.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Something that is made from files and follows them, so that keys and certificates can be
/// exchanged under a running house. Looking costs a few microseconds once a second, when it is asked.
pub struct Watched<T> {
    files: Vec<PathBuf>,
    read: Box<dyn Fn() -> Result<T, Failure> + Send + Sync>,
    held: Mutex<Held<T>>,
}

type Failure = Box<dyn Error + Send + Sync>;

struct Held<T> {
    value: Arc<T>,
    seen: Vec<Option<Version>>,
    looked_at: Instant,
}

/// What tells one version of a file from the next.
#[derive(PartialEq, Eq)]
struct Version {
    modified: SystemTime,
    length: u64,
    inode: u64,
}

impl<T> Watched<T> {
    /// Reads what these files hold. Later on, files that cannot be read change nothing: that is an
    /// error in the log output.
    pub fn open<E>(
        files: Vec<PathBuf>,
        read: impl Fn() -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<Self, E>
    where
        E: Error + Send + Sync + 'static,
    {
        // The versions first: what is written in between is read again, and never overlooked.
        let seen = versions(&files);
        let held = Held { value: Arc::new(read()?), seen, looked_at: Instant::now() };
        let read = Box::new(move || read().map_err(Failure::from));
        Ok(Self { files, read, held: Mutex::new(held) })
    }

    /// What the files said at most a second ago; the same `Arc` as long as it is the same.
    pub fn current(&self) -> Arc<T> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.looked_at.elapsed() >= LOOK_EVERY {
            self.look(&mut held);
        }
        held.value.clone()
    }

    fn look(&self, held: &mut Held<T>) {
        held.looked_at = Instant::now();
        let now = versions(&self.files);
        if now == held.seen {
            return;
        }
        match (self.read)() {
            Ok(value) => (held.value, held.seen) = (Arc::new(value), now),
            // Looked at again: what failed may be the reading, and not what is to be read.
            Err(error) => {
                let cause: &(dyn Error + 'static) = &*error;
                tracing::error!(error = cause, "the changed files {:?} are not used", self.files);
            }
        }
    }
}

fn versions(files: &[PathBuf]) -> Vec<Option<Version>> {
    files.iter().map(|file| version(file)).collect()
}

fn version(file: &Path) -> Option<Version> {
    let metadata = fs::metadata(file).ok()?;
    let modified = metadata.modified().ok()?;
    Some(Version { modified, length: metadata.len(), inode: metadata.ino() })
}
