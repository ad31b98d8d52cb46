//! A stretch of network between a process and its database, which a test can cut and mend.

use std::net::SocketAddr;

use anyhow::Context;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    select, spawn,
    sync::watch,
    task::AbortHandle,
};

/// How a network fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// It says so: connections are closed, and new ones are closed at once.
    Closed,
    /// It swallows everything and says nothing.
    Silent,
}

/// What is true of the stretch now.
#[derive(Debug, Clone, Copy)]
struct Line {
    cut: Option<Cut>,
    /// The number of the last connection.
    last: u64,
    /// Connections up to this number lead nowhere any more, though nobody was told.
    lost_until: u64,
}

/// The stretch. Dropping it closes whatever goes through it.
pub struct Relay {
    address: SocketAddr,
    line: watch::Sender<Line>,
    /// What was swallowed and waits.
    held: watch::Sender<Vec<u8>>,
    accepting: AbortHandle,
}

impl Relay {
    /// A stretch that leads to the server of a database's address.
    pub async fn to(url: &str) -> anyhow::Result<Self> {
        let server: SocketAddr = host(url)?.parse().context("the server's address")?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let line = watch::Sender::new(Line { cut: None, last: 0, lost_until: 0 });
        let held = watch::Sender::default();
        let accepting = spawn(accept(listener, server, line.clone(), held.clone()));
        Ok(Self { address, line, held, accepting: accepting.abort_handle() })
    }

    /// A database's address, by way of here.
    pub fn through(&self, url: &str) -> anyhow::Result<String> {
        Ok(url.replacen(host(url)?, &self.address.to_string(), 1))
    }

    /// From now on nothing gets through.
    pub fn cut(&self, how: Cut) {
        self.line.send_modify(|line| line.cut = Some(how));
    }

    /// Everything gets through again, what was swallowed as well: it was sent again and again.
    pub fn heal(&self) {
        self.line.send_modify(|line| line.cut = None);
        self.held.send_replace(Vec::new());
    }

    /// New connections get through again. Whatever lay between has forgotten the old ones.
    pub fn heal_for_new(&self) {
        self.line.send_modify(|line| (line.cut, line.lost_until) = (None, line.last));
    }

    /// Returns when something was swallowed in which one of these texts stands.
    ///
    /// # Panics
    /// Never: the sender is held here.
    pub async fn holds(&self, texts: &[&str]) {
        let stands = |held: &Vec<u8>| {
            let stands = |text: &str| held.windows(text.len()).any(|part| part == text.as_bytes());
            texts.iter().any(|text| stands(text))
        };
        self.held.subscribe().wait_for(stands).await.expect("the sender is held here");
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut(Cut::Closed);
    }
}

/// `127.0.0.1:5432` in `postgres://somebody@127.0.0.1:5432/database`.
fn host(url: &str) -> anyhow::Result<&str> {
    let behind = url.split_once('@').map(|(_, behind)| behind).context("an address with a user")?;
    Ok(behind.split_once('/').map_or(behind, |(host, _)| host))
}

async fn accept(
    listener: TcpListener,
    server: SocketAddr,
    line: watch::Sender<Line>,
    held: watch::Sender<Vec<u8>>,
) {
    while let Ok((client, _)) = listener.accept().await {
        line.send_modify(|line| line.last += 1);
        let number = line.borrow().last;
        let way = Way { number, line: line.subscribe(), held: held.clone() };
        spawn(carry(client, server, way));
    }
}

/// What one connection knows of the stretch.
#[derive(Clone)]
struct Way {
    number: u64,
    line: watch::Receiver<Line>,
    held: watch::Sender<Vec<u8>>,
}

impl Way {
    /// Returns when this may get through; never, on a connection that was lost.
    async fn is_free(&mut self, piece: &[u8]) {
        let number = self.number;
        let free = |line: &Line| line.cut.is_none() && number > line.lost_until;
        if !free(&self.line.borrow()) {
            self.held.send_modify(|held| held.extend_from_slice(piece));
        }
        // Without a sender there is no stretch any more, and `closed` ends the connection.
        let _ = self.line.wait_for(free).await;
    }

    /// Returns when connections are closed.
    async fn closed(&mut self) {
        let _ = self.line.wait_for(|line| line.cut == Some(Cut::Closed)).await;
    }
}

async fn carry(client: TcpStream, server: SocketAddr, way: Way) {
    let mut watched = way.clone();
    let carried = async {
        way.clone().is_free(&[]).await;
        let Ok(server) = TcpStream::connect(server).await else { return };
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let to = pump(from_client, to_server, way.clone());
        let back = pump(from_server, to_client, way);
        tokio::join!(to, back);
    };
    select! {
        () = carried => {}
        () = watched.closed() => {}
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut way: Way) {
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = from.read(&mut piece).await.unwrap_or(0);
        way.is_free(&piece[..read]).await;
        if read == 0 || to.write_all(&piece[..read]).await.is_err() {
            // An end is passed on like everything else.
            let _ = to.shutdown().await;
            return;
        }
    }
}
