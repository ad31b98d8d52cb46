//! `tsunagi serve`: one office, or the gateway, in a process of its own.

use std::{net::SocketAddr, path::Path, sync::Arc};

use access::SystemClock;
use anyhow::{Context, ensure};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_stream::wrappers::TcpListenerStream;

use crate::{
    Config, House, Shutdown, Tls, front,
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
    let tls = house.config().tls.as_ref().map(Tls::open).transpose()?;
    ensure!(
        tls.is_some() || house.config().development || address.ip().is_loopback(),
        "without [tls] a process listens on its own machine only, and {address} is open to others"
    );
    if what == "gateway" {
        return serve_gateway(house, listener, address, tls, shutdown).await;
    }
    let office = contracts::office_from_name(what)
        .with_context(|| format!("{what} is no office; see tsunagi serve --help"))?;
    let names_nobody = house.config().tls.as_ref().is_some_and(|tls| tls.peers.is_empty());
    ensure!(!names_nobody, "tls.peers names nobody who may connect");
    let server = house.office(office).await?;
    println!("{what} listens on {address}");
    let stop = move || shutdown.clone().wished();
    match tls {
        Some(tls) => office::serve(server, tls.grpc(listener), stop).await?,
        None => office::serve(server, TcpListenerStream::new(listener), stop).await?,
    }
    Ok(())
}

async fn serve_gateway(
    house: &House,
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let offices = front::configured_offices(house, tls.as_ref())?;
    let gateway = front::gateway(house, offices).await?;
    let (read_model, log) = (gateway.read_model().clone(), house.log.clone());
    rebuild_on_hangup(read_model.clone(), log.clone(), shutdown.clone())?;
    println!("gateway listens on {address}");
    show_first_build(read_model, log, shutdown.clone());
    let router = gateway::router(gateway);
    match tls {
        Some(tls) => http::serve(tls.web(listener), router, shutdown).await,
        None => http::serve(TcpListenerStream::new(listener), router, shutdown).await,
    }
}
