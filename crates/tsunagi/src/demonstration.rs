//! Fills an empty log with the demonstration: invented people, played through the real desks with
//! a clock that is set to the moment of each step.

use std::{collections::BTreeMap, sync::Arc};

use access::{Principal, SettableClock};
use anyhow::{Context, ensure};
use casework::AgencyId;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};
use office::found_municipality;
use scenario::{GrpcTransport, Persona, Personas, Player, Script};
use tonic::service::Routes;

use crate::{
    House, OFFICES,
    data_folder::{MUNICIPALITY_ID, MUNICIPALITY_NAME},
};

/// How long a token of the demonstration is good for: each is used at once.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(5);

/// Registers the municipality at position 1 of an empty log, on this moment.
pub async fn found(
    house: &House,
    now: Timestamp,
    municipality: &str,
    name: &str,
) -> anyhow::Result<()> {
    let head = house.log.head().await?;
    ensure!(head == 0, "the log is not empty");
    let clock = SettableClock::at(now);
    found_municipality(&house.log, &house.vault, &clock, municipality, name)
        .await
        .context("cannot register the municipality")
}

/// Plays a script on an empty log, as far as it lies before `now`.
pub async fn load(house: &House, script: &Script) -> anyhow::Result<()> {
    let first = script.steps().first().context("the demonstration is empty")?;
    found(house, first.at, MUNICIPALITY_ID, MUNICIPALITY_NAME).await?;
    let clock = SettableClock::at(first.at);
    let house = house.with_clock(Arc::new(clock.clone()));
    let mut player =
        Player::new(Personas::demonstration()?, transport(&house, &clock).await?, |moment| {
            clock.set(moment);
        });
    let bar = progress_bar(script.steps().len() as u64, "デモの記録を読み込んでいます");
    for step in script.steps() {
        player.perform(step).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// The offices of this house, called in process through their gRPC doors.
async fn transport(
    house: &House,
    clock: &SettableClock,
) -> anyhow::Result<GrpcTransport<Routes, impl Fn(&Persona) -> String + use<>>> {
    let issuer = house.issuer()?;
    let clock = clock.clone();
    let token = move |persona: &Persona| {
        let now = access::Clock::now(&clock);
        issuer.issue(&principal_of(persona), now, now + TOKEN_LIFE)
    };
    let mut transport = GrpcTransport::new(token);
    for office in OFFICES {
        transport = transport.reaching(office, house.office(office).await?.into_routes());
    }
    Ok(transport)
}

/// The principal a persona stands for.
pub fn principal_of(persona: &Persona) -> Principal {
    Principal {
        office: persona.office,
        agency: AgencyId::from(persona.agency.as_str()),
        staff: persona.staff.clone(),
        roles: persona.roles.clone(),
    }
}

/// A bar for whatever takes longer than a second; silent where there is no terminal.
pub fn progress_bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
    let bar = ProgressBar::new(length).with_message(what);
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The demo personas by name, as `tsunagi token --demo` takes them: one named after each office,
/// and some more.
pub fn personas() -> anyhow::Result<BTreeMap<String, Persona>> {
    let personas = Personas::demonstration()?;
    Ok(personas.iter().map(|(name, persona)| (name.to_owned(), persona.clone())).collect())
}
