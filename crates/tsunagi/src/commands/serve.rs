//! `tsunagi serve`: one office, or the gateway, in a process of its own.

use std::{path::Path, sync::Arc};

use access::SystemClock;
use anyhow::Context;
use tokio::net::TcpListener;

use crate::{Config, House, Shutdown, front, http};

/// Runs until it is told to stop.
pub async fn run(what: &str, config: &Path) -> anyhow::Result<()> {
    let shutdown = Shutdown::on_signal()?;
    let house = House::open(Config::load(config)?, Arc::new(SystemClock)).await?;
    let listener = TcpListener::bind(house.config().listen).await;
    let listener =
        listener.with_context(|| format!("cannot listen on {}", house.config().listen))?;
    let address = listener.local_addr()?;
    if what == "gateway" {
        let offices = front::configured_offices(&house)?;
        let router = front::gateway_router(&house, offices).await?;
        println!("{what} listens on {address}");
        return http::serve(listener, router, shutdown).await;
    }
    let office = contracts::office_from_name(what)
        .with_context(|| format!("{what} is no office; see tsunagi serve --help"))?;
    let server = house.office(office).await?;
    println!("{what} listens on {address}");
    Ok(office::serve(server, listener, move || shutdown.clone().wished()).await?)
}
