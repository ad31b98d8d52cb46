//! The data folder of `tsunagi up`: one file per thing, keys readable by their owner alone.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Read, Write},
    net::SocketAddr,
    num::NonZeroU32,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use access::Issuer;
use anyhow::{Context, ensure};
use vault::MasterKey;
use zeroize::Zeroizing;

use crate::{
    config::{
        AccountsConfig, Config, GatewayConfig, HeadsConfig, LogConfig, PatienceConfig, TokenConfig,
        VaultConfig, heads_interval_seconds,
    },
    heads,
};

/// The issuer of development tokens.
const DEVELOPMENT_ISSUER: &str = "tsunagi-development";

/// Who tries the house out makes a token in the morning and has it all week.
const DEVELOPMENT_LIFE_MINUTES_MAX: NonZeroU32 = NonZeroU32::new(7 * 24 * 60).unwrap();

/// The municipality of the demonstration and of a fresh data folder.
pub const MUNICIPALITY_ID: &str = "municipality-kakuu";
/// Its name.
pub const MUNICIPALITY_NAME: &str = "架空市";

/// A folder that holds all that one process needs.
#[derive(Debug, Clone)]
pub struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// The folder at this path, which need not exist yet.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder and its keys where they are missing.
    pub fn prepare(&self) -> anyhow::Result<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.path)
            .with_context(|| format!("cannot make the data folder {}", self.path.display()))?;
        if !self.master_key().exists() {
            MasterKey::generate(&self.master_key()).context("cannot make the master key")?;
        }
        if !self.private_key().exists() {
            write_for_owner(&self.private_key(), &Issuer::generate_key())?;
        }
        if !self.key_set().exists() {
            let key = fs::read(self.private_key()).context("cannot read the issuer's key")?;
            let issuer = Issuer::new("", "", &key).context("the issuer's key is no key")?;
            write_for_owner(&self.key_set(), issuer.key_set_json().as_bytes())?;
        }
        heads::make_keys(&self.heads("heads.jsonl"))
    }

    /// The configuration of a process that works on this folder alone.
    pub fn config(&self, listen: SocketAddr) -> anyhow::Result<Config> {
        let folder = self.path.canonicalize().context("the data folder does not exist")?;
        let sqlite = |name: &str| format!("sqlite:{}", folder.join(name).display());
        Ok(Config {
            listen,
            log: LogConfig {
                url: sqlite("log.sqlite"),
                patience: PatienceConfig::default(),
                heads: Some(self.heads("heads.jsonl")),
            },
            vault: VaultConfig {
                url: sqlite("vault.sqlite"),
                master_key: self.master_key(),
                erasures: Some(self.path.join("erasures.jsonl")),
            },
            reads: LogConfig {
                url: sqlite("reads.sqlite"),
                patience: PatienceConfig::default(),
                heads: Some(self.heads("reads-heads.jsonl")),
            },
            tokens: TokenConfig {
                issuer: DEVELOPMENT_ISSUER.to_owned(),
                audience: MUNICIPALITY_ID.to_owned(),
                key_set: self.key_set(),
                life_minutes_max: DEVELOPMENT_LIFE_MINUTES_MAX,
                private_key: Some(self.private_key()),
            },
            tls: None,
            retention: None,
            gateway: Some(GatewayConfig {
                read_model: folder.join("read-model.sqlite"),
                accesses: None,
                offices: BTreeMap::new(),
            }),
            accounts: Some(AccountsConfig {
                url: sqlite("accounts.sqlite"),
                forwarded_by: Vec::new(),
                provider: None,
            }),
            development: true,
        })
    }

    /// One key signs for both logs: a head names the log it is of.
    fn heads(&self, file: &str) -> HeadsConfig {
        HeadsConfig {
            file: self.path.join(file),
            private_key: self.path.join("heads.key"),
            public_key: self.path.join("heads.pub"),
            interval_seconds: heads_interval_seconds(),
        }
    }

    fn master_key(&self) -> PathBuf {
        self.path.join("master.key")
    }

    fn private_key(&self) -> PathBuf {
        self.path.join("issuer.key")
    }

    fn key_set(&self) -> PathBuf {
        self.path.join("issuer.jwks.json")
    }
}

/// Permission bits that let others than the owner near a file.
const OTHERS: u32 = 0o077;

/// Reads a key that nobody but its owner may use.
pub(crate) fn read_of_owner(path: &Path) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    let name = path.display();
    let mut file = File::open(path).with_context(|| format!("cannot open the key {name}"))?;
    let mode = file.metadata()?.mode() & OTHERS;
    ensure!(mode == 0, "the key {name} may be used by others than its owner: chmod 600 {name}");
    let mut key = Zeroizing::new(Vec::new());
    file.read_to_end(&mut key).with_context(|| format!("cannot read the key {name}"))?;
    Ok(key)
}

/// Writes a new file that its owner alone may read, durable before this returns.
pub(crate) fn write_for_owner(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("cannot make {}", path.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}
