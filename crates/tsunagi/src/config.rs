//! What an operator can set, for one process in production. Unknown keys are refused.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    path::PathBuf,
    time::Duration,
};

use anyhow::Context;
use contracts::events;
use event_log::{EventLog, LogError, Patience};
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
    /// How processes know one another. Without it, a process in production listens on its own
    /// machine only.
    pub tls: Option<TlsConfig>,
    /// How long records are kept; the municipality's office needs it, and erases nobody without it.
    pub retention: Option<RetentionConfig>,
    /// The gateway's own settings; services do not need them.
    pub gateway: Option<GatewayConfig>,
    /// Staff accounts, for the gateway and `tsunagi account`. Without them, and without the
    /// demonstration, nobody signs in to the console.
    pub accounts: Option<AccountsConfig>,
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
    /// How long a database server may be silent before it counts as out of reach.
    #[serde(default)]
    pub patience: PatienceConfig,
    /// Where this process keeps signed heads of the log; none are signed without it.
    pub heads: Option<HeadsConfig>,
}

impl LogConfig {
    /// Opens it.
    pub async fn open(&self) -> Result<EventLog, LogError> {
        EventLog::open_with(&self.url, self.patience.into()).await
    }
}

/// How long a database server is waited for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PatienceConfig {
    /// For the answer to one question.
    pub reading_seconds: NonZeroU32,
    /// For one batch of appends. It may have to wait ten seconds for others, and for a standby.
    pub writing_seconds: NonZeroU32,
}

impl Default for PatienceConfig {
    fn default() -> Self {
        Self {
            reading_seconds: const { NonZeroU32::new(10).unwrap() },
            writing_seconds: const { NonZeroU32::new(60).unwrap() },
        }
    }
}

impl From<PatienceConfig> for Patience {
    fn from(config: PatienceConfig) -> Self {
        let seconds = |seconds: NonZeroU32| Duration::from_secs(seconds.get().into());
        Self { reading: seconds(config.reading_seconds), writing: seconds(config.writing_seconds) }
    }
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

/// How long a token that was stolen is good for, at most.
fn token_life_minutes_max() -> NonZeroU32 {
    const { NonZeroU32::new(15).unwrap() }
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
    /// The file with the issuer's public keys: a JSON Web Key Set. It is read again when it changes.
    pub key_set: PathBuf,
    /// Tokens that are good for longer are not accepted.
    #[serde(default = "token_life_minutes_max")]
    pub life_minutes_max: NonZeroU32,
    /// The file with the issuer's private key (PKCS #8): for a gateway with accounts, which signs the
    /// tokens of its sessions with it, and in development. No office needs it.
    pub private_key: Option<PathBuf>,
}

/// Certificates: PEM files, read again when they change.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// This process's certificate, and those between it and the authority.
    pub certificate: PathBuf,
    /// Its private key, readable by its owner alone.
    pub private_key: PathBuf,
    /// The authorities that sign the certificates of processes and peers.
    pub authorities: PathBuf,
    /// The DNS names, in their certificates, of those who may connect. An office lets in nobody
    /// else; a gateway without peers asks for no certificates, as browsers have none.
    #[serde(default)]
    pub peers: Vec<String>,
}

/// What only the gateway needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayConfig {
    /// The local file of read models; it may be deleted at any time and is built anew.
    pub read_model: PathBuf,
    /// The local file by which it is answered who saw whom; the same holds for it. Without it, a
    /// file beside that of the read model.
    pub accesses: Option<PathBuf>,
    /// Where the console finds the offices: `hospital = "https://hospital.city.example:50051"`.
    #[serde(default)]
    pub offices: BTreeMap<String, String>,
}

impl GatewayConfig {
    /// Where the file of accesses lies.
    pub fn accesses(&self) -> PathBuf {
        let beside = || self.read_model.with_file_name("accesses.sqlite");
        self.accesses.clone().unwrap_or_else(beside)
    }
}

/// Where staff accounts lie.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountsConfig {
    /// A database of its own: `postgres://…`, or `sqlite:/path/accounts.sqlite` for one gateway.
    pub url: String,
    /// The addresses of proxies before the gateway. What they write into `X-Forwarded-For` is
    /// believed when attempts to sign in are counted by where they come from.
    #[serde(default)]
    pub forwarded_by: Vec<IpAddr>,
    /// An identity provider, for accounts that are linked to somebody there.
    pub provider: Option<ProviderConfig>,
}

/// An identity provider (OpenID Connect), and what is agreed with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderConfig {
    /// What staff call it.
    pub name: String,
    /// The issuer, to the letter as it calls itself.
    pub issuer: String,
    /// Who this house is there.
    pub client_id: String,
    /// `https://console.city.example/sign-in/oidc/callback`, as the provider knows it.
    pub redirect_uri: String,
    /// The file with the shared secret (`client_secret_basic`), readable by its owner alone.
    pub client_secret: Option<PathBuf>,
    /// In its place, the file with the private key (`private_key_jwt`): Ed25519 or P-256, PKCS #8.
    pub private_key: Option<PathBuf>,
    /// The `kid` by which the provider knows that key.
    pub key_id: Option<String>,
    /// The authorities (PEM) that sign the provider's certificate; those the machine trusts if none
    /// are named.
    pub authorities: Option<PathBuf>,
    /// Of these classes of authentication (`acr`) one must have been reached.
    #[serde(default)]
    pub acr: Vec<String>,
    /// All these methods (`amr`) must have been used. One of the two must be named: who signs in
    /// elsewhere shows a second factor as well.
    #[serde(default)]
    pub amr: Vec<String>,
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
