//! The gateway of a house: its read model, its way to the offices, and the ways in.

use std::{collections::BTreeSet, net::IpAddr, sync::Arc};

use anyhow::{Context, bail, ensure};
use casework::PersonId;
use gateway::{AccountSignIn, DemoPersona, DemoSignIn, Gateway, GatewayParts, Offices, WayIn};
use jiff::SignedDuration;
use scenario::Personas;
use tokio::sync::watch;
use tonic::transport::{Channel, Endpoint, Uri};

use crate::{House, OFFICES, Tls, demonstration::principal_of, provider};

/// How long a demo user stays signed in.
const DEMO_SESSION: SignedDuration = SignedDuration::from_hours(12);

/// The gateway of a house at work, ready to be served.
pub async fn gateway(house: &House, offices: Offices) -> anyhow::Result<Gateway> {
    let settings = house.config().gateway.as_ref().context("the gateway needs [gateway]")?;
    let gateway = Gateway::start(GatewayParts {
        log: house.log.clone(),
        disclosure: house.disclosure(),
        verifier: house.verifier(),
        agencies: house.agencies(),
        positions: house.positions(),
        clock: house.clock(),
        read_model_path: settings.read_model.clone(),
        reads: house.reads.clone(),
        accesses_path: settings.accesses(),
        development: house.config().development,
        ways_in: ways_in(house).await?,
        offices,
    })
    .await?;
    tokio::spawn(forget_the_erased(gateway.clone(), house.erasures.watch()));
    Ok(gateway)
}

/// Whoever is erased is found by name no more: at once, not when they are next looked for.
async fn forget_the_erased(gateway: Gateway, mut erased: watch::Receiver<Arc<BTreeSet<PersonId>>>) {
    loop {
        let all = erased.borrow_and_update().clone();
        all.iter().for_each(|person| gateway.forget(person));
        if erased.changed().await.is_err() {
            return;
        }
    }
}

/// The way to the offices that the configuration names.
pub fn configured_offices(house: &House, tls: Option<&Tls>) -> anyhow::Result<Offices> {
    let named = house.config().gateway.as_ref().map(|gateway| gateway.offices.clone());
    let mut offices = Offices::none();
    for (name, address) in named.unwrap_or_default() {
        let office = contracts::office_from_name(&name);
        let office = office.with_context(|| format!("[gateway.offices] names no office {name}"))?;
        let address: Uri = address
            .parse()
            .with_context(|| format!("the address of {name} in [gateway.offices] is not valid"))?;
        offices = offices.reaching(office, channel(address, tls).context(name)?);
    }
    Ok(offices)
}

/// Tokens and what is written with them go over the machine's own network only, unless the
/// office has shown its certificate.
pub(crate) fn channel(address: Uri, tls: Option<&Tls>) -> anyhow::Result<Channel> {
    match (address.scheme_str(), tls) {
        (Some("https"), Some(tls)) => Ok(tls.channel(&address)),
        (Some("https"), None) => bail!("https needs [tls]"),
        _ if is_local(&address) => Ok(Endpoint::from(address).connect_lazy()),
        _ => bail!("an office on another machine is reached by https"),
    }
}

fn is_local(address: &Uri) -> bool {
    let host = address.host().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// How people come into the console.
async fn ways_in(house: &House) -> anyhow::Result<Vec<WayIn>> {
    let demo = demo_sign_in(house).await?.map(WayIn::Demo);
    let accounts = account_sign_in(house).await?.map(WayIn::Accounts);
    Ok(demo.into_iter().chain(accounts).collect())
}

async fn account_sign_in(house: &House) -> anyhow::Result<Option<AccountSignIn>> {
    let Some(accounts) = house.accounts().await? else { return Ok(None) };
    let issuer = house.signer().context("a gateway with [accounts] signs tokens")?;
    let settings = house.config().accounts.as_ref();
    let forwarded_by = settings.map(|settings| settings.forwarded_by.as_slice());
    let way = AccountSignIn::new(accounts, issuer, forwarded_by.unwrap_or_default());
    match settings.and_then(|settings| settings.provider.as_ref()) {
        Some(config) => Ok(Some(way.with_provider(provider::sign_in(house, config)?))),
        None => Ok(Some(way)),
    }
}

/// The personas of the demonstration, shown by the names of their agencies as far as the register
/// knows them.
async fn demo_sign_in(house: &House) -> anyhow::Result<Option<DemoSignIn>> {
    if !house.config().development || house.config().tokens.private_key.is_none() {
        return Ok(None);
    }
    let issuer = house.issuer()?;
    let clock = house.clock();
    let register = house.agencies().current().await?;
    let all = Personas::demonstration()?;
    let known = all.iter().filter_map(|(key, persona)| {
        let principal = principal_of(persona);
        let agency = register.active(&principal.agency)?;
        let name = if principal.is_identity_officer() {
            format!("{}（本人記録の統合担当・{}）", agency.name, principal.staff)
        } else {
            agency.name.clone()
        };
        Some(DemoPersona { key: key.to_owned(), name, principal })
    });
    let mut personas: Vec<_> = known.collect();
    ensure!(!personas.is_empty(), "no agency of the demonstration is registered");
    let rank =
        |persona: &DemoPersona| OFFICES.iter().position(|of| *of == persona.principal.office);
    personas.sort_by_key(|persona| (rank(persona), persona.key.clone()));
    let issue = move |principal: &access::Principal| {
        let now = clock.now();
        issuer.issue(principal, now, now + DEMO_SESSION)
    };
    Ok(Some(DemoSignIn { personas, issue: Arc::new(issue) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_leaves_the_machine_by_tls_alone() {
        let refused = |address: &'static str| channel(Uri::from_static(address), None).is_err();
        for local in ["http://127.0.0.1:50051", "http://[::1]:50051", "http://localhost:50051"] {
            assert!(!refused(local), "{local}");
        }
        for open in [
            "http://hospital.city.example:50051",
            "http://127.0.0.1.example:50051",
            "http://10.0.0.9:50051",
            "https://hospital.city.example:50051",
            "/50051",
        ] {
            assert!(refused(open), "{open}");
        }
    }
}
