//! `tsunagi up`: the whole house in one process, on SQLite.

use std::{net::SocketAddr, sync::Arc};

use access::{Clock, SystemClock};
use anyhow::Context;
use contracts::Office;
use gateway::Offices;
use read_models::ReadModel;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Channel;

use super::Up;
use crate::{
    DataFolder, House, OFFICES, Shutdown,
    data_folder::{MUNICIPALITY_ID, MUNICIPALITY_NAME},
    demonstration, front,
    heads::HeadsExport,
    http,
    tending::show_first_build,
};

/// The addresses a house listens on, taken before anything else is done.
pub struct Doors {
    http: TcpListener,
    offices: Vec<(Office, TcpListener)>,
}

impl Doors {
    /// Takes the address of the gateway and the ports of the five offices; port 0 takes any.
    pub async fn take(http: SocketAddr, grpc_port: u16) -> anyhow::Result<Self> {
        let mut offices = Vec::new();
        for (office, port) in OFFICES.into_iter().zip(ports(grpc_port)) {
            offices.push((office, listen(SocketAddr::new(http.ip(), port)).await?));
        }
        Ok(Self { http: listen(http).await?, offices })
    }
}

/// A house at work.
pub struct Running {
    /// Where console and GraphQL listen.
    pub http: SocketAddr,
    /// Where the offices listen.
    pub offices: Vec<(Office, SocketAddr)>,
    /// What the gateway reads.
    pub read_model: ReadModel,
    tasks: JoinSet<anyhow::Result<()>>,
}

impl Running {
    /// Starts every part of a house.
    pub async fn start(house: &House, doors: Doors, shutdown: &Shutdown) -> anyhow::Result<Self> {
        let mut tasks = JoinSet::new();
        let mut offices = Vec::new();
        let mut channels = Offices::none();
        for (office, listener) in doors.offices {
            let address = listener.local_addr()?;
            let channel = Channel::from_shared(format!("http://{address}"))?.connect_lazy();
            channels = channels.reaching(office, channel);
            offices.push((office, address));
            let server = house.office(office).await?;
            let shutdown = shutdown.clone();
            tasks.spawn(async move {
                Ok(office::serve(server, TcpListenerStream::new(listener), move || {
                    shutdown.clone().wished()
                })
                .await?)
            });
        }
        for export in HeadsExport::of_house(house)? {
            let shutdown = shutdown.clone();
            tasks.spawn(async move {
                export.run(shutdown).await;
                Ok(())
            });
        }
        let gateway = front::gateway(house, channels).await?;
        let read_model = gateway.read_model().clone();
        let router = gateway::router(gateway);
        let address = doors.http.local_addr()?;
        tasks.spawn(http::serve(TcpListenerStream::new(doors.http), router, shutdown.clone()));
        Ok(Self { http: address, offices, read_model, tasks })
    }

    /// Waits until everything has stopped; the first failure is the answer.
    pub async fn stopped(mut self) -> anyhow::Result<()> {
        while let Some(ended) = self.tasks.join_next().await {
            ended.context("a part of the house was lost")??;
        }
        Ok(())
    }
}

/// Runs until it is told to stop.
pub(super) async fn run(up: Up) -> anyhow::Result<()> {
    let shutdown = Shutdown::on_signal()?;
    let (house, running) = start(&up, &shutdown).await?;
    show_first_build(running.read_model.clone(), house.log.clone(), shutdown);
    announce(&up, &running);
    running.stopped().await
}

/// Takes the ports, fills an empty log, and starts every part.
async fn start(options: &Up, shutdown: &Shutdown) -> anyhow::Result<(House, Running)> {
    let doors = Doors::take(options.http, options.grpc_port).await?;
    let house = open(options).await?;
    let running = Running::start(&house, doors, shutdown).await?;
    Ok((house, running))
}

async fn open(options: &Up) -> anyhow::Result<House> {
    let folder = DataFolder::at(&options.data);
    folder.prepare()?;
    let house = House::open(folder.config(options.http)?, Arc::new(SystemClock)).await?;
    if house.log.head().await? == 0 {
        let now = SystemClock.now();
        if options.empty {
            demonstration::found(&house, now, MUNICIPALITY_ID, MUNICIPALITY_NAME).await?;
        } else {
            demonstration::load(&house, &scenario::demonstration(now)?).await?;
        }
    }
    Ok(house)
}

fn ports(first: u16) -> impl Iterator<Item = u16> {
    (0..).map(move |offset| if first == 0 { 0 } else { first + offset })
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: is another tsunagi running? (--http, --grpc-port)")
    })
}

fn announce(options: &Up, running: &Running) {
    let data = options.data.display();
    println!("つなぎ Tsunagi（デモ / development mode）");
    println!("  画面 Console   http://{}/", running.http);
    println!("  GraphQL        http://{}/graphql", running.http);
    for (office, address) in &running.offices {
        println!("  gRPC           {address}  {}", contracts::office_name(*office));
    }
    println!("  データ Data     {data}");
    println!("サインイン Sign in: 画面でデモの利用者を選ぶか、API には次のトークンを使います。");
    println!("  tsunagi token --demo hospital --data {data}");
    println!("停止 Stop: Ctrl-C");
}
