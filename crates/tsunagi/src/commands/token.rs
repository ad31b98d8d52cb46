//! `tsunagi token`: a token of a demo persona.

use std::{path::Path, time::Duration};

use access::{Clock, Issuer, SystemClock};
use anyhow::Context;
use jiff::Timestamp;

use crate::{Config, DataFolder, data_folder::read_of_owner, demonstration};

/// Prints the token and nothing else, so that it can stand in `$( … )`.
pub async fn run(data: &Path, persona: &str, hours: u32) -> anyhow::Result<()> {
    let config = DataFolder::at(data).config(([127, 0, 0, 1], 0).into())?;
    let life = Duration::from_secs(u64::from(hours) * 3600);
    println!("{}", demo_token(&config, persona, SystemClock.now(), life)?);
    Ok(())
}

/// A token of the demo persona of this office.
pub fn demo_token(
    config: &Config,
    persona: &str,
    now: Timestamp,
    life: Duration,
) -> anyhow::Result<String> {
    let personas = demonstration::personas()?;
    let names = personas.keys().cloned().collect::<Vec<_>>().join(", ");
    let persona =
        personas.get(persona).with_context(|| format!("the demo personas are: {names}"))?;
    let path = config.tokens.private_key.as_ref().filter(|_| config.development);
    let path = path.context("tokens are handed out in development only")?;
    let key = read_of_owner(path)
        .with_context(|| format!("no issuer's key at {}: run tsunagi up first", path.display()))?;
    let issuer = Issuer::new(&config.tokens.issuer, &config.tokens.audience, &key);
    let issuer = issuer.context("the issuer's key is no key")?;
    Ok(issuer.issue(&demonstration::principal_of(persona), now, now + life))
}
