//! Who gets a connection: certificates that are good, old, of strangers and of others by the same
//! authority, shown to an office and to the gateway over the wire.

use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use access::SystemClock;
use contracts::Office;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tonic::{Code, Status, transport::Channel};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tsunagi::{DataFolder, House, Shutdown, Tls, config::TlsConfig};

const OFFICE: &str = "localhost";
const GATEWAY: &str = "gateway.kakuu.example";

/// An authority, and a folder for what it signs.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("authority.pem"), issuer.as_ref().pem()).unwrap();
        Self { issuer, folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// The configuration of a process that has a certificate of this name.
    fn certified(&self, name: &str, peers: &[&str]) -> TlsConfig {
        self.certified_until(2100, name, peers)
    }

    fn certified_until(&self, year: i32, name: &str, peers: &[&str]) -> TlsConfig {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let place = self.folder.path().join(format!("{name}-{year}"));
        let (crt, pem) = (place.with_extension("crt"), place.with_extension("key"));
        fs::write(&crt, certificate.pem()).unwrap();
        fs::write(&pem, key.serialize_pem()).unwrap();
        fs::set_permissions(&pem, fs::Permissions::from_mode(0o600)).unwrap();
        TlsConfig {
            certificate: crt,
            private_key: pem,
            authorities: self.path(),
            peers: peers.iter().map(|&peer| peer.to_owned()).collect(),
        }
    }
}

/// An office that listens with TLS.
struct Served {
    address: SocketAddr,
    _folder: TempDir,
    _stop: tokio::sync::watch::Sender<bool>,
}

impl Served {
    async fn with(tls: &TlsConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::at(folder.path());
        data.prepare().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let config = data.config(address).unwrap();
        let house = House::open(config, Arc::new(SystemClock)).await.unwrap();
        let office = house.office(Office::Hospital).await.unwrap();
        let incoming = Tls::open(tls).unwrap().grpc(listener);
        let (stop, wish) = tokio::sync::watch::channel(false);
        let shutdown = Shutdown::on(wish);
        tokio::spawn(office::serve(office, incoming, move || shutdown.clone().wished()));
        Self { address, _folder: folder, _stop: stop }
    }

    /// Whether who has this certificate is answered.
    async fn answers(&self, caller: &TlsConfig) -> Result<(), Status> {
        self.answers_as(OFFICE, caller).await
    }

    async fn answers_as(&self, name: &str, caller: &TlsConfig) -> Result<(), Status> {
        let address = format!("https://{name}:{}", self.address.port()).parse().unwrap();
        ask(Tls::open(caller).unwrap().channel(&address)).await
    }
}

async fn ask(channel: Channel) -> Result<(), Status> {
    HealthClient::new(channel).check(HealthCheckRequest::default()).await.map(|_| ())
}

#[tokio::test]
async fn only_named_peers_of_our_authority_are_answered() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let office = Served::with(&ours.certified(OFFICE, &[GATEWAY])).await;
    assert!(office.answers(&ours.certified(GATEWAY, &[])).await.is_ok());

    let other = ours.certified("archive.kakuu.example", &[]);
    let expired = ours.certified_until(2001, GATEWAY, &[]);
    let foreign = TlsConfig { authorities: ours.path(), ..theirs.certified(GATEWAY, &[]) };
    for (who, caller) in [("another peer", other), ("expired", expired), ("foreign", foreign)] {
        let refused = office.answers(&caller).await.expect_err(who);
        assert_ne!(refused.code(), Code::Ok, "{who}");
    }
    let plain = Channel::from_shared(format!("http://{}", office.address)).unwrap().connect_lazy();
    assert!(ask(plain).await.is_err(), "without TLS");
    assert!(office.answers(&ours.certified(GATEWAY, &[])).await.is_ok(), "still");
}

#[tokio::test]
async fn a_caller_trusts_no_office_but_the_one_it_called() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let gateway = || ours.certified(GATEWAY, &[]);
    let elsewhere = Served::with(&ours.certified("other.kakuu.example", &[GATEWAY])).await;
    assert!(elsewhere.answers(&gateway()).await.is_err(), "another name");
    let expired = Served::with(&ours.certified_until(2001, OFFICE, &[GATEWAY])).await;
    assert!(expired.answers(&gateway()).await.is_err(), "expired");
    let of_theirs = TlsConfig { authorities: ours.path(), ..theirs.certified(OFFICE, &[GATEWAY]) };
    let foreign = Served::with(&of_theirs).await;
    assert!(foreign.answers(&gateway()).await.is_err(), "foreign");
    let by_address = Served::with(&ours.certified(OFFICE, &[GATEWAY])).await;
    assert!(by_address.answers_as("127.0.0.1", &gateway()).await.is_err(), "no name at all");
}

#[tokio::test]
async fn a_renewed_certificate_is_used_without_a_restart() {
    let ours = Authority::new();
    let shown = ours.certified_until(2001, OFFICE, &[GATEWAY]);
    let office = Served::with(&shown).await;
    let gateway = ours.certified(GATEWAY, &[]);
    assert!(office.answers(&gateway).await.is_err(), "it has expired");
    let renewed = ours.certified(OFFICE, &[]);
    fs::copy(renewed.private_key, &shown.private_key).unwrap();
    fs::copy(renewed.certificate, &shown.certificate).unwrap();
    // The tick after which the files are looked at again.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert!(office.answers(&gateway).await.is_ok());
}

#[test]
fn what_cannot_be_trusted_is_not_opened() {
    let ours = Authority::new();
    let refused = |config: &TlsConfig| Tls::open(config).map(|_| ()).unwrap_err().to_string();
    let good = ours.certified(OFFICE, &[GATEWAY]);
    assert!(Tls::open(&good).is_ok());
    let nowhere = TlsConfig { certificate: "/nowhere.crt".into(), ..good.clone() };
    assert!(refused(&nowhere).contains("/nowhere.crt"));
    let swapped = TlsConfig { certificate: good.private_key.clone(), ..good.clone() };
    assert!(refused(&swapped).contains("no PEM file"));
    let other = ours.certified(GATEWAY, &[]);
    let mixed = TlsConfig { private_key: other.private_key, ..good.clone() };
    assert!(refused(&mixed).contains("certificate"));
    for peer in ["10.0.0.1", "", "not a name"] {
        let odd = TlsConfig { peers: vec![peer.to_owned()], ..good.clone() };
        assert!(refused(&odd).contains("no DNS name"), "{peer}");
    }
    fs::set_permissions(&good.private_key, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(refused(&good).contains("others"));
}

/// Through the binary: what would be open to others, or to nobody, does not start.
#[test]
fn a_process_in_production_is_not_open_to_everybody() {
    let ours = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::at(folder.path());
    data.prepare().unwrap();
    let start = |listen: &str, tls: Option<TlsConfig>| {
        let mut config = data.config(listen.parse().unwrap()).unwrap();
        config.development = false;
        config.tls = tls;
        said(&folder.path().join("process.toml"), &toml::to_string(&config).unwrap())
    };
    assert!(start("0.0.0.0:0", None).contains("without [tls]"));
    assert!(start("0.0.0.0:0", Some(ours.certified(OFFICE, &[]))).contains("names nobody"));
}

fn said(path: &Path, config: &str) -> String {
    fs::write(path, config).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tsunagi"));
    let output = command.args(["serve", "hospital", "--config"]).arg(path).output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}
