//! `tsunagi serve`: one office, or the gateway, in a process of its own.

use std::{net::SocketAddr, path::Path, sync::Arc};

use access::SystemClock;
use anyhow::Context;
use tokio::{net::TcpListener, task::JoinSet};

use crate::{Config, House, Shutdown, front, heads::HeadsExport, http};

/// Runs until it is told to stop.
pub async fn run(what: &str, config: &Path) -> anyhow::Result<()> {
    let shutdown = Shutdown::on_signal()?;
    let house = House::open(Config::load(config)?, Arc::new(SystemClock)).await?;
    let listener = TcpListener::bind(house.config().listen).await;
    let listener =
        listener.with_context(|| format!("cannot listen on {}", house.config().listen))?;
    let address = listener.local_addr()?;
    let mut heads = JoinSet::new();
    for export in HeadsExport::of_house(&house)? {
        heads.spawn(export.run(shutdown.clone()));
    }
    serve(what, &house, listener, address, shutdown).await?;
    heads.join_all().await;
    Ok(())
}

async fn serve(
    what: &str,
    house: &House,
    listener: TcpListener,
    address: SocketAddr,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    if what == "gateway" {
        let offices = front::configured_offices(house)?;
        let router = front::gateway_router(house, offices).await?;
        println!("{what} listens on {address}");
        return http::serve(listener, router, shutdown).await;
    }
    let office = contracts::office_from_name(what)
        .with_context(|| format!("{what} is no office; see tsunagi serve --help"))?;
    let server = house.office(office).await?;
    println!("{what} listens on {address}");
    Ok(office::serve(server, listener, move || shutdown.clone().wished()).await?)
}
