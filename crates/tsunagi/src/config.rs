//! What an operator can set, for one process in production. Unknown keys are refused.

use std::{collections::BTreeMap, net::SocketAddr, num::NonZeroU32, path::PathBuf};

use anyhow::Context;
use contracts::events;
use serde::{Deserialize, Serialize};

/// The configuration of a process.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where this process listens.
    pub listen: SocketAddr,
    /// The shared log.
    pub log: LogConfig,
    /// The keys that seal personal fields.
    pub vault: VaultConfig,
    /// The record of who read what.
    pub reads: LogConfig,
    /// Whose tokens open the doors.
    pub tokens: TokenConfig,
    /// How long records are kept; the municipality's office needs it, and erases nobody without it.
    pub retention: Option<RetentionConfig>,
    /// The gateway's own settings; services do not need them.
    pub gateway: Option<GatewayConfig>,
    /// Development only: services describe themselves, GraphiQL is served, tokens are handed out.
    #[serde(default)]
    pub development: bool,
}

/// Where a log lies.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// `postgres://…`, or `sqlite:/path/log.sqlite` for one process alone.
    pub url: String,
    /// Where this process keeps signed heads of the log; none are signed without it.
    pub heads: Option<HeadsConfig>,
}

/// How far a log has come, signed at intervals and kept outside its database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadsConfig {
    /// The file that grows by one line whenever a head is signed. It is worth most where whoever
    /// runs the database cannot reach it. Processes on one machine may share it.
    pub file: PathBuf,
    /// The file with the signing key: Ed25519 (PKCS #8), readable by its owner alone.
    pub private_key: PathBuf,
    /// The file with the public key, 32 raw bytes.
    pub public_key: PathBuf,
    /// How often a head is signed, if the log has moved.
    #[serde(default = "heads_interval_seconds")]
    pub interval_seconds: NonZeroU32,
}

/// What an attacker can cut off unseen is what was recorded since the last head.
pub(crate) fn heads_interval_seconds() -> NonZeroU32 {
    const { NonZeroU32::new(60).unwrap() }
}

/// Where the keys lie.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultConfig {
    /// A database of its own, with its own backups.
    pub url: String,
    /// The file with the master key: 32 bytes, readable by its owner alone.
    pub master_key: PathBuf,
    /// The file that remembers who was erased, should both databases ever be restored from backups
    /// that are older. It is worth most outside both.
    pub erasures: Option<PathBuf>,
}

/// How long records are kept before an erasure officer may have them erased. What a municipality
/// has to enter here its own rules say; nothing is set by the house.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionConfig {
    /// From when the years count.
    pub counted_from: CountedFrom,
    /// The years for each ground. On a ground that is not named here nobody is erased; 0: at once.
    #[serde(default)]
    pub years: BTreeMap<ErasureGround, u16>,
}

/// From when the years of retention count.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountedFrom {
    /// From the day after the last entry of the file.
    LastEntry,
    /// From the 1 April that follows the last entry.
    NextFiscalYear,
}

/// Why somebody is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErasureGround {
    /// The time of retention has ended.
    RetentionEnded,
    /// The person asked for it.
    RequestedByPerson,
    /// What is on file should never have been recorded.
    RecordedInError,
}

impl From<&RetentionConfig> for casework::Retention {
    fn from(config: &RetentionConfig) -> Self {
        let ground = |ground: &ErasureGround| match ground {
            ErasureGround::RetentionEnded => events::ErasureGround::RetentionEnded,
            ErasureGround::RequestedByPerson => events::ErasureGround::RequestedByPerson,
            ErasureGround::RecordedInError => events::ErasureGround::RecordedInError,
        };
        Self {
            counted_from: match config.counted_from {
                CountedFrom::LastEntry => casework::CountedFrom::LastEntry,
                CountedFrom::NextFiscalYear => casework::CountedFrom::NextFiscalYear,
            },
            years: config.years.iter().map(|(of, years)| (ground(of), *years)).collect(),
        }
    }
}

/// Whose tokens are accepted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenConfig {
    /// The issuer, as tokens name it.
    pub issuer: String,
    /// The audience, one per municipality.
    pub audience: String,
    /// The file with the issuer's Ed25519 public key, 32 raw bytes.
    pub public_key: PathBuf,
    /// The file with the issuer's private key (PKCS #8); development only.
    pub private_key: Option<PathBuf>,
}

/// What only the gateway needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayConfig {
    /// The local file of read models; it may be deleted at any time and is built anew.
    pub read_model: PathBuf,
    /// Where the console finds the offices: `hospital = "http://10.0.0.1:50051"`.
    #[serde(default)]
    pub offices: BTreeMap<String, String>,
}

impl Config {
    /// Reads a configuration file.
    pub fn load(path: &std::path::Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration {}", path.display()))?;
        toml::from_str(&text)
            .with_context(|| format!("the configuration {} is not valid", path.display()))
    }
}
