//! Signs how far a log has come, at intervals, into a file outside its database: see
//! `event_log::heads` for what a head says, and `tsunagi log verify` for what it is good for.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Arc,
    time::Duration,
};

use access::{Clock, Issuer};
use anyhow::{Context, bail};
use event_log::{EventLog, HeadError, HeadSigner, SignedHead};
use tokio::{task::spawn_blocking, time::MissedTickBehavior};
use tracing::{debug, error};

use crate::{
    House, Shutdown,
    config::HeadsConfig,
    data_folder::{read_of_owner, write_for_owner},
};

/// A line has some 450 bytes; the last whole line lies within this many bytes from the end, even
/// if a torn one follows it.
const TAIL_BYTES: u64 = 4096;

/// Makes the signing key and its public key where they are missing.
pub fn make_keys(config: &HeadsConfig) -> anyhow::Result<()> {
    if !config.private_key.exists() {
        write_for_owner(&config.private_key, &Issuer::generate_key())?;
    }
    if !config.public_key.exists() {
        write_for_owner(&config.public_key, &signer(&config.private_key)?.key())?;
    }
    Ok(())
}

fn signer(path: &Path) -> anyhow::Result<HeadSigner> {
    let pkcs8 = read_of_owner(path)?;
    let name = path.display();
    HeadSigner::try_new(&pkcs8).with_context(|| format!("{name} is no Ed25519 key in PKCS #8"))
}

/// What became of an export.
pub enum Exported {
    /// This head was signed and written.
    Signed(SignedHead),
    /// The log stands where the last head does.
    NothingNew,
    /// The log has no event yet.
    Empty,
    /// Another process is writing a head at this moment.
    Busy,
}

/// Exports the heads of one log.
pub struct HeadsExport {
    log: EventLog,
    signer: HeadSigner,
    clock: Arc<dyn Clock>,
    config: HeadsConfig,
}

impl HeadsExport {
    /// The exports that a house was asked for: of the shared log, and of the record of reads.
    pub fn of_house(house: &House) -> anyhow::Result<Vec<Self>> {
        let config = house.config();
        let logs = [(&house.log, &config.log), (&house.reads, &config.reads)];
        let asked = logs.into_iter().filter_map(|(log, of)| Some((log, of.heads.as_ref()?)));
        asked.map(|(log, heads)| Self::try_new(log.clone(), heads, house.clock())).collect()
    }

    /// Reads the signing key.
    pub fn try_new(
        log: EventLog,
        config: &HeadsConfig,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        let signer = signer(&config.private_key)?;
        Ok(Self { log, signer, clock, config: config.clone() })
    }

    /// Exports at once, at every interval, and a last time before the house stops. What fails is
    /// said and tried again: the house goes on, since a head is a witness and not a condition.
    pub async fn run(self, shutdown: Shutdown) {
        let period = Duration::from_secs(self.config.interval_seconds.get().into());
        let mut interval = tokio::time::interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let stops = tokio::select! {
                _ = interval.tick() => false,
                () = shutdown.clone().wished() => true,
            };
            self.export_and_say().await;
            if stops {
                return;
            }
        }
    }

    async fn export_and_say(&self) {
        let file = self.config.file.display();
        match self.export().await {
            Ok(Exported::Signed(signed)) => {
                let position = signed.head.position;
                debug!(log.position = position, "signed the head at {position} into {file}");
            }
            Ok(Exported::NothingNew | Exported::Empty | Exported::Busy) => {}
            Err(failure) => error!("no head was signed into {file}: {failure:#}"),
        }
    }

    /// Signs the present head if it is news, and has it on the disk before it answers.
    ///
    /// Fails when the log no longer is what the last head says: then the log was cut off or set
    /// back while the house was running, and a new head would only cover that up.
    pub async fn export(&self) -> anyhow::Result<Exported> {
        let path = self.config.file.clone();
        let name = self.config.file.display();
        let opened = spawn_blocking(move || HeadsFile::lock(&path)).await?;
        let opened = opened.with_context(|| format!("cannot open {name}"))?;
        let Some(mut file) = opened else { return Ok(Exported::Busy) };
        let last = self.last_head(&file)?;
        if let Some(SignedHead { head, .. }) = &last
            && !self.log.agrees_with(head).await?
        {
            let position = head.position;
            bail!("the log is not what was signed at position {position}; tsunagi log verify");
        }
        let Some(head) = self.log.head_to_sign().await? else { return Ok(Exported::Empty) };
        if last.is_some_and(|last| last.head.position >= head.position) {
            return Ok(Exported::NothingNew);
        }
        let signed = self.signer.sign(head, self.clock.now());
        let line = signed.to_line();
        let written = spawn_blocking(move || file.append(&line)).await?;
        written.with_context(|| format!("cannot write to {name}"))?;
        Ok(Exported::Signed(signed))
    }

    /// The last head of this signer, if the file ends with one.
    fn last_head(&self, file: &HeadsFile) -> anyhow::Result<Option<SignedHead>> {
        let Some(line) = &file.last_line else { return Ok(None) };
        match SignedHead::parse(line, &[self.signer.key()]) {
            Ok(signed) => Ok(Some(signed)),
            // The key was exchanged: whoever verifies gives both.
            Err(HeadError::UnknownKey) => Ok(None),
            // A line that was torn when the power failed. It says nothing, and hides nothing.
            Err(HeadError::Malformed) => Ok(None),
            Err(forged) => bail!("the last line of {} {forged}", self.config.file.display()),
        }
    }
}

/// The file, for as long as no other process may write to it.
struct HeadsFile {
    file: File,
    last_line: Option<String>,
    /// It ends in the middle of a line.
    is_torn: bool,
}

impl HeadsFile {
    /// None: another process has it.
    fn lock(path: &Path) -> io::Result<Option<Self>> {
        let is_new = !path.exists();
        let mut options = OpenOptions::new();
        let mut file = options.read(true).append(true).create(true).mode(0o600).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        if is_new && let Some(folder) = path.parent().filter(|folder| folder.is_dir()) {
            File::open(folder)?.sync_all()?;
        }
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        let tail = String::from_utf8_lossy(&tail);
        let is_torn = !tail.is_empty() && !tail.ends_with('\n');
        let whole = tail.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let last_line = whole.lines().next_back().map(str::to_owned);
        Ok(Some(Self { file, last_line, is_torn }))
    }

    /// One write, so that a line is not mixed with another even where locks are ignored; durable
    /// before this returns. A torn line stays as it is, apart from what follows.
    fn append(&mut self, line: &str) -> io::Result<()> {
        let begin = if self.is_torn { "\n" } else { "" };
        self.file.write_all(format!("{begin}{line}").as_bytes())?;
        self.file.sync_data()
    }
}
