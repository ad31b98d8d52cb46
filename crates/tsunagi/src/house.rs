//! The house: log, keys, record of reads and tokens opened once, desks and doors given out.

use std::sync::Arc;

use access::{
    Agencies, Clock, Disclosure, ErasureLedger, Erasures, Issuer, KeySet, PositionCipher,
    TokenPolicy, Verifier,
};
use accounts::Accounts;
use anyhow::{Context, bail};
use casework::Retention;
use contracts::Office;
use event_log::EventLog;
use jiff::SignedDuration;
use office::{Desk, DeskParts, Doors, OfficeServer, Records, ServerOptions};
use vault::Vault;

use crate::{Config, data_folder::read_of_owner, master_key};

/// The five offices, in the order of their ports.
pub const OFFICES: [Office; 5] = [
    Office::Hospital,
    Office::SupportCenter,
    Office::CoreCenter,
    Office::WardOffice,
    Office::Municipality,
];

/// What every process of the house has open.
#[derive(Clone)]
pub struct House {
    /// The shared log.
    pub log: EventLog,
    /// The record of reads.
    pub reads: EventLog,
    /// The keys.
    pub vault: Vault,
    /// Who was erased.
    pub erasures: Erasures,
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
    agencies: Agencies,
    keys: KeySet,
}

impl House {
    /// Opens what the configuration names. The keys of all who were ever erased are destroyed again
    /// before anything else can be done.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let log = config.log.open().await.context("cannot open the log")?;
        let reads = config.reads.open().await;
        let reads = reads.context("cannot open the record of reads")?;
        let vault = master_key::open_vault(&config.vault).await?;
        let ledger = config.vault.erasures.as_deref();
        let ledger = ledger.map(|path| ErasureLedger::at(path, &vault));
        let erasures = Erasures::begin(&log, vault.clone(), ledger).await;
        let erasures = erasures.context("erased persons cannot be erased again")?;
        let keys = KeySet::in_file(&config.tokens.key_set);
        let keys = keys.context("cannot use the issuer's key set")?;
        let agencies = Agencies::of(log.clone());
        let config = Arc::new(config);
        Ok(Self { log, reads, vault, erasures, config, clock, agencies, keys })
    }

    /// The same house at another time of day.
    #[must_use]
    pub fn with_clock(&self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self.clone() }
    }

    /// The configuration it was opened with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The time of day in this house.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// Who may come in.
    pub fn verifier(&self) -> Verifier {
        let tokens = &self.config.tokens;
        let policy = TokenPolicy {
            issuer: tokens.issuer.clone(),
            audience: tokens.audience.clone(),
            keys: self.keys.clone(),
            life_max: SignedDuration::from_mins(tokens.life_minutes_max.get().into()),
        };
        Verifier::new(policy, self.clock.clone(), self.agencies.clone())
    }

    /// The issuer of development tokens.
    pub fn issuer(&self) -> anyhow::Result<Issuer> {
        if !self.config.development {
            bail!("tokens are handed out in development only");
        }
        self.signer()
    }

    /// The issuer of the tokens of sessions.
    pub fn signer(&self) -> anyhow::Result<Issuer> {
        let tokens = &self.config.tokens;
        let path = tokens.private_key.as_ref().context("[tokens] names no private_key")?;
        let key = read_of_owner(path).context("cannot use the issuer's private key")?;
        Issuer::new(&tokens.issuer, &tokens.audience, &key).context("the issuer's key is no key")
    }

    /// The staff accounts; none where the configuration has none.
    pub async fn accounts(&self) -> anyhow::Result<Option<Accounts>> {
        let Some(settings) = &self.config.accounts else { return Ok(None) };
        let sealing = self.vault.derive(Accounts::SEALING_PURPOSE);
        let attempts = self.vault.derive(Accounts::ATTEMPTS_PURPOSE);
        let opened = Accounts::open(&settings.url, &sealing, &attempts, self.clock.clone());
        Ok(Some(opened.await.context("cannot open the accounts")?))
    }

    /// What the gateway is made of, read models aside.
    pub fn disclosure(&self) -> Disclosure {
        Disclosure::new(self.vault.clone(), self.reads.clone(), self.clock.clone())
    }

    /// The register of agencies.
    pub fn agencies(&self) -> Agencies {
        self.agencies.clone()
    }

    /// How log positions look from outside.
    pub fn positions(&self) -> PositionCipher {
        PositionCipher::new(self.vault.derive(PositionCipher::PURPOSE))
    }

    /// An office with its desk, ready to be served or to be called in process.
    pub async fn office(&self, office: Office) -> anyhow::Result<OfficeServer> {
        let options = ServerOptions { reflection: self.config.development };
        let desk = self.desk(office);
        let records = Records::service(desk.clone(), self.disclosure(), doors(office, &desk));
        let server = match office {
            Office::Hospital => OfficeServer::new(hospital::Hospital::service(desk), options).await,
            Office::SupportCenter => supporting(&desk, options).await,
            Office::CoreCenter => {
                let own = core_center::CoreCenter::service(desk.clone());
                supporting(&desk, options).await.with(own).await
            }
            Office::WardOffice => {
                let own = ward_office::WardOffice::service(desk.clone());
                supporting(&desk, options).await.with(own).await
            }
            Office::Municipality => {
                OfficeServer::new(municipality::Municipality::service(desk), options).await
            }
            Office::Unspecified => bail!("there is no such office"),
        };
        Ok(server.with(records).await)
    }

    fn desk(&self, office: Office) -> Desk {
        Desk::new(DeskParts {
            office,
            log: self.log.clone(),
            vault: self.vault.clone(),
            verifier: self.verifier(),
            agencies: self.agencies.clone(),
            disclosure: self.disclosure(),
            clock: self.clock.clone(),
            erasures: self.erasures.clone(),
            retention: self.config.retention.as_ref().map(Retention::from).unwrap_or_default(),
        })
    }
}

/// The doors through which an office's imports go.
fn doors(office: Office, desk: &Desk) -> Vec<Arc<dyn Doors>> {
    let desk = desk.clone();
    let supporting = || -> Vec<Arc<dyn Doors>> {
        let support = support_center::SupportCenter::from(desk.clone());
        vec![Arc::new(support), Arc::new(emergency::Emergency::from(desk.clone()))]
    };
    match office {
        Office::Hospital => vec![Arc::new(hospital::Hospital::from(desk))],
        Office::SupportCenter => supporting(),
        Office::CoreCenter => {
            let own: Arc<dyn Doors> = Arc::new(core_center::CoreCenter::from(desk.clone()));
            [vec![own], supporting()].concat()
        }
        Office::WardOffice => {
            let own: Arc<dyn Doors> = Arc::new(ward_office::WardOffice::from(desk.clone()));
            [vec![own], supporting()].concat()
        }
        Office::Municipality => vec![Arc::new(municipality::Municipality::from(desk))],
        Office::Unspecified => Vec::new(),
    }
}

/// What the three agencies of a ward have in common: whoever is mainly responsible for a person
/// does what a support center does, and each of them may have to answer an emergency.
async fn supporting(desk: &Desk, options: ServerOptions) -> OfficeServer {
    let support = support_center::SupportCenter::service(desk.clone());
    OfficeServer::new(support, options)
        .await
        .with(emergency::Emergency::service(desk.clone()))
        .await
}
