//! A gateway and an office on one log, and who visits them.
//!
//! The office stands for another process: it has a log, a register and a verifier of its own, and
//! shares nothing with the gateway but the files.

#[path = "../house/mod.rs"]
mod house;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use access::{Agencies, Clock, Erasures, Issuer, PositionCipher, Principal, TokenError, Verifier};
use accounts::{Accounts, NewAccount};
use aws_lc_rs::hmac;
use casework::Retention;
use contracts::Office;
use data_encoding::BASE32_NOPAD;
use event_log::EventLog;
use gateway::{AccountSignIn, Gateway, GatewayParts, Offices, WayIn, router};
pub use house::world::*;
use jiff::{SignedDuration, Timestamp};
use office::{Desk, DeskParts, OfficeServer, Records, ServerOptions};
use reqwest::{Response, StatusCode, header, redirect::Policy};
use tokio::net::TcpListener;
use tonic::transport::{Channel, Endpoint};

const AUDIENCE: &str = "tsunagi-kakuu";
pub const NAME: &str = "aoi.kakuu";
pub const PASSWORD: &str = " 青い空と静かな海の夜明け前";
const COOKIE: &str = "__Host-tsunagi";

pub struct Town {
    pub world: World,
    pub accounts: Accounts,
    pub issuer: Issuer,
    /// Who checks tokens at the office.
    pub elsewhere: Verifier,
    /// The log as the office has it.
    pub log_elsewhere: EventLog,
    pub here: Verifier,
    office: Channel,
    address: SocketAddr,
}

/// A browser: it keeps the cookie of a session and follows nothing by itself.
pub struct Visitor {
    client: reqwest::Client,
    base: String,
    pub cookie: Option<String>,
}

/// An answer, read to its end.
pub struct Page {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub html: String,
}

/// The app with somebody's second factor.
pub struct App(Vec<u8>);

impl Town {
    pub async fn begin() -> Self {
        Self::with_offices(true).await
    }

    /// Where no office can be told anything.
    pub async fn without_offices() -> Self {
        Self::with_offices(false).await
    }

    async fn with_offices(reachable: bool) -> Self {
        let world = World::with_agencies().await;
        world.support().await;
        let key = Issuer::generate_key();
        let issuer = || Issuer::new("test", AUDIENCE, &key).unwrap();
        let file = |name: &str| format!("sqlite:{}", world.folder.path().join(name).display());
        let log_elsewhere = EventLog::open(&file("log.sqlite")).await.unwrap();
        let verifier = |log: &EventLog| {
            let agencies = Agencies::of(log.clone());
            Verifier::new(issuer().policy(SignedDuration::from_hours(24)), world.clock(), agencies)
        };
        let (here, elsewhere) = (verifier(&world.log), verifier(&log_elsewhere));
        let office = office(&world, &log_elsewhere, &elsewhere).await;
        let url = file("accounts.sqlite");
        let accounts = Accounts::open(&url, &[1; 32], &[2; 32], world.clock()).await.unwrap();
        let offices = Offices::none();
        let offices =
            if reachable { offices.reaching(Office::Hospital, office.clone()) } else { offices };
        let gateway = Gateway::start(GatewayParts {
            log: world.log.clone(),
            disclosure: world.disclosure(),
            verifier: here.clone(),
            agencies: Agencies::of(world.log.clone()),
            positions: PositionCipher::new(world.vault.derive(PositionCipher::PURPOSE)),
            clock: world.clock(),
            read_model_path: world.read_model_path(),
            reads: world.reads.clone(),
            accesses_path: world.read_model_path().with_file_name("accesses.sqlite"),
            development: false,
            ways_in: vec![WayIn::Accounts(AccountSignIn::new(accounts.clone(), issuer(), &[]))],
            offices,
        });
        let service = router(gateway.await.unwrap());
        let service = service.into_make_service_with_connect_info::<SocketAddr>();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let issuer = issuer();
        Self { world, accounts, issuer, elsewhere, log_elsewhere, here, office, address }
    }

    pub fn visitor(&self) -> Visitor {
        let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        Visitor { client, base: format!("http://{}", self.address), cookie: None }
    }

    pub fn records(
        &self,
    ) -> contracts::office::records_service_client::RecordsServiceClient<Channel> {
        contracts::office::records_service_client::RecordsServiceClient::new(self.office.clone())
    }

    pub fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    pub fn later(&self, duration: SignedDuration) {
        self.world.clock.set(self.now() + duration);
    }

    pub async fn invite(&self) -> String {
        let principal = principal(HOSPITAL);
        let new = NewAccount { login_name: NAME.into(), principal };
        self.accounts.add(&new).await.unwrap().code
    }

    /// Somebody who enrolled some time ago.
    pub async fn enrolled(&self) -> App {
        let code = self.invite().await;
        let mut visitor = self.visitor();
        let page = visitor.enrol(&code, PASSWORD).await;
        let app = App::of(&page);
        let code = (code, app.code(self.now()));
        let entries = [("login_name", NAME), ("enrolment_code", &code.0), ("code", &code.1)];
        assert_eq!(visitor.post("/enrol/confirm", &entries).await.status, StatusCode::SEE_OTHER);
        self.later(SignedDuration::from_hours(2));
        app
    }

    pub async fn signed_in(&self, app: &App) -> Visitor {
        let mut visitor = self.visitor();
        let page = visitor.sign_in(NAME, PASSWORD, &app.code(self.now())).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
        visitor
    }

    /// A token of the visitor's session, as the gateway makes them and shows them to offices.
    pub async fn token_of(&self, visitor: &Visitor) -> String {
        let id = visitor.cookie.as_deref().unwrap();
        let session = self.accounts.session(id).await.unwrap().expect("it goes on");
        let until = self.now() + SignedDuration::from_mins(5);
        self.issuer.issue_in_session(&session.principal, &session.tokens, self.now(), until)
    }

    /// The token opens nothing any more, at the gateway and at the office, each within a second.
    pub async fn assert_ended_everywhere(&self, token: &str, error: TokenError) {
        let began = Instant::now();
        for verifier in [&self.here, &self.elsewhere] {
            while verifier.verify(token).await.err() != Some(error) {
                assert!(began.elapsed() < Duration::from_secs(1), "it lives on");
                tokio::task::yield_now().await;
            }
        }
    }
}

async fn office(world: &World, log: &EventLog, verifier: &Verifier) -> Channel {
    let desk = Desk::new(DeskParts {
        office: Office::Hospital,
        log: log.clone(),
        vault: world.vault.clone(),
        verifier: verifier.clone(),
        agencies: Agencies::of(log.clone()),
        clock: world.clock(),
        disclosure: world.disclosure(),
        erasures: Erasures::begin(log, world.vault.clone(), None).await.unwrap(),
        retention: Retention::default(),
    });
    let records = Records::service(desk, world.disclosure(), Vec::new());
    let server = OfficeServer::new(records, ServerOptions { reflection: false }).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(office::serve(
        server,
        tokio_stream::wrappers::TcpListenerStream::new(listener),
        std::future::pending::<()>,
    ));
    Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy()
}

impl Visitor {
    pub async fn get(&mut self, path: &str) -> Page {
        let response = self.open(path).await;
        self.read(response).await
    }

    /// An answer that is read piece by piece.
    pub async fn open(&self, path: &str) -> Response {
        self.with_cookie(self.client.get(self.address(path))).send().await.unwrap()
    }

    pub async fn post(&mut self, path: &str, entries: &[(&str, &str)]) -> Page {
        let body: Vec<_> =
            entries.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let request = self
            .with_cookie(self.client.post(self.address(path)))
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.join("&"));
        let response = request.send().await.unwrap();
        self.read(response).await
    }

    pub async fn sign_in(&mut self, name: &str, password: &str, code: &str) -> Page {
        let entries =
            [("way", "account"), ("login_name", name), ("password", password), ("code", code)];
        self.post("/sign-in", &entries).await
    }

    pub async fn enrol(&mut self, code: &str, password: &str) -> Page {
        let entries = [
            ("login_name", NAME),
            ("enrolment_code", code),
            ("password", password),
            ("password_again", password),
        ];
        self.post("/enrol", &entries).await
    }

    /// Whether the work list is shown, and not the way to sign in.
    pub async fn is_in(&mut self) -> bool {
        let page = self.get("/").await;
        if page.status == StatusCode::OK {
            assert!(page.html.contains("<h1>仕事の一覧</h1>"));
            return true;
        }
        assert_eq!(page.headers[header::LOCATION], "/sign-in");
        false
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn with_cookie(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.cookie {
            Some(id) => request.header(header::COOKIE, format!("{COOKIE}={id}")),
            None => request,
        }
    }

    async fn read(&mut self, response: Response) -> Page {
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let Some(rest) = cookie.strip_prefix("__Host-tsunagi=") else { continue };
            let id = rest.split(';').next().unwrap_or_default().to_owned();
            self.cookie = Some(id).filter(|_| !cookie.contains("Max-Age=0"));
        }
        Page { status, headers, html: response.text().await.unwrap() }
    }
}

impl Page {
    /// All of it that could tell something: the clock of the machine cannot.
    pub fn told(&self) -> (StatusCode, Vec<(String, String)>, &str) {
        let headers = self.headers.iter().filter(|(name, _)| *name != header::DATE);
        let headers = headers.map(|(name, value)| (name.to_string(), format!("{value:?}")));
        (self.status, headers.collect(), &self.html)
    }
}

impl App {
    /// From the page that shows the second factor.
    pub fn of(page: &Page) -> Self {
        let secret = page.html.split("?secret=").nth(1).unwrap_or_else(|| panic!("{}", page.html));
        let secret: String = secret.chars().take_while(char::is_ascii_alphanumeric).collect();
        Self(BASE32_NOPAD.decode(secret.as_bytes()).expect("it is base32"))
    }

    pub fn code(&self, now: Timestamp) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &(now.as_second() / 30).to_be_bytes());
        let at = usize::from(tag.as_ref()[19] & 15);
        let word: [u8; 4] = tag.as_ref()[at..at + 4].try_into().unwrap();
        format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
    }
}

/// Who this is at the hospital, with the roles of an account officer.
pub fn officer() -> Principal {
    let staff = "s-officer".to_owned();
    Principal { staff, roles: vec!["account-officer".into()], ..principal(HOSPITAL) }
}

fn encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
