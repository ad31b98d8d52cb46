//! `tsunagi serve`: one office, or the gateway, in a process of its own.

use std::{net::SocketAddr, path::Path, sync::Arc};

use access::SystemClock;
use anyhow::Context;
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    Config, House, Shutdown, front,
    heads::HeadsExport,
    http,
    tending::{rebuild_on_hangup, show_first_build},
};

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
        let gateway = front::gateway(house, offices).await?;
        let (read_model, log) = (gateway.read_model().clone(), house.log.clone());
        rebuild_on_hangup(read_model.clone(), log.clone(), shutdown.clone())?;
        println!("{what} listens on {address}");
        show_first_build(read_model, log, shutdown.clone());
        return http::serve(listener, gateway::router(gateway), shutdown).await;
    }
    let office = contracts::office_from_name(what)
        .with_context(|| format!("{what} is no office; see tsunagi serve --help"))?;
    let server = house.office(office).await?;
    println!("{what} listens on {address}");
    Ok(office::serve(server, listener, move || shutdown.clone().wished()).await?)
}
