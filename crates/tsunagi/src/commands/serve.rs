//! `tsunagi serve`: one office, or the gateway, in a process of its own.

use std::{path::Path, sync::Arc};

use access::SystemClock;
use anyhow::Context;
use gateway::{Gateway, GatewayParts};
use tokio::net::TcpListener;

use crate::{Config, House, Shutdown, http};

/// Runs until it is told to stop.
pub async fn run(what: &str, config: &Path) -> anyhow::Result<()> {
    let shutdown = Shutdown::on_signal()?;
    let house = House::open(Config::load(config)?, Arc::new(SystemClock)).await?;
    let listener = TcpListener::bind(house.config().listen).await;
    let listener =
        listener.with_context(|| format!("cannot listen on {}", house.config().listen))?;
    if what == "gateway" {
        let router = gateway_router(&house).await?;
        return http::serve(listener, router, shutdown).await;
    }
    let office = contracts::office_from_name(what)
        .with_context(|| format!("{what} is no office; see tsunagi serve --help"))?;
    let server = house.office(office).await?;
    Ok(office::serve(server, listener, move || shutdown.clone().wished()).await?)
}

/// The gateway of a house, ready to be served.
pub(super) async fn gateway_router(house: &House) -> anyhow::Result<axum::Router> {
    let settings = house.config().gateway.as_ref().context("the gateway needs [gateway]")?;
    let gateway = Gateway::start(GatewayParts {
        log: house.log.clone(),
        disclosure: house.disclosure(),
        verifier: house.verifier(),
        agencies: house.agencies(),
        positions: house.positions(),
        clock: house.clock(),
        read_model_path: settings.read_model.clone(),
        development: house.config().development,
    })
    .await?;
    Ok(gateway::router(gateway))
}
