//! A browser without a script: it keeps cookies and follows redirects, and it remembers every
//! address it was sent to.

#[path = "../house/mod.rs"]
pub mod house;

use std::{collections::BTreeMap, sync::Arc};

use access::{Agencies, Clock, Erasures, Issuer, PositionCipher, Verifier};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::Response,
};
use casework::Retention;
use contracts::Office;
use gateway::{DemoPersona, DemoSignIn, Gateway, GatewayParts, Offices, WayIn, router};
use hospital::Hospital;
use house::text;
pub use house::world::*;
use municipality::Municipality;
use office::{Desk, DeskParts, OfficeServer, ServerOptions};
use support_center::SupportCenter;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Channel, Endpoint};
use tower::ServiceExt;

const AUDIENCE: &str = "tsunagi-kakuu";

/// The identity officers of the city, by the keys of their personas.
pub const OFFICERS: [&str; 2] = ["officer-1", "officer-2"];

/// A gateway and its offices over a small world.
pub struct House {
    pub world: World,
    pub router: Router,
}

/// One browser window.
pub struct Browser<'a> {
    house: &'a House,
    cookies: BTreeMap<String, String>,
    /// Every address this window was sent to by a redirect.
    pub sent_to: Vec<String>,
}

/// A page as it arrived.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl House {
    /// With offices that can be reached.
    pub async fn open(world: World) -> Self {
        let issuer = Issuer::new("test", AUDIENCE, &Issuer::generate_key()).unwrap();
        let verifier = verifier(&world, &issuer);
        let hospital = Hospital::service(desk(&world, Office::Hospital, &verifier).await);
        let center = SupportCenter::service(desk(&world, Office::SupportCenter, &verifier).await);
        let city = Municipality::service(desk(&world, Office::Municipality, &verifier).await);
        let options = ServerOptions { reflection: false };
        let offices = Offices::none()
            .reaching(Office::Hospital, served(OfficeServer::new(hospital, options).await).await)
            .reaching(Office::Municipality, served(OfficeServer::new(city, options).await).await)
            .reaching(
                Office::SupportCenter,
                served(OfficeServer::new(center, options).await).await,
            );
        Self::with(world, issuer, verifier, offices).await
    }

    /// With offices that nobody answers for.
    pub async fn without_offices(world: World) -> Self {
        let issuer = Issuer::new("test", AUDIENCE, &Issuer::generate_key()).unwrap();
        let verifier = verifier(&world, &issuer);
        Self::with(world, issuer, verifier, Offices::none()).await
    }

    /// With a hospital's office that takes what it is sent and never says anything.
    pub async fn with_a_silent_office(world: World) -> (Self, TcpListener) {
        let issuer = Issuer::new("test", AUDIENCE, &Issuer::generate_key()).unwrap();
        let verifier = verifier(&world, &issuer);
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let channel = channel_to(&silent);
        let offices = Offices::none().reaching(Office::Hospital, channel);
        (Self::with(world, issuer, verifier, offices).await, silent)
    }

    async fn with(world: World, issuer: Issuer, verifier: Verifier, offices: Offices) -> Self {
        let parts = GatewayParts {
            log: world.log.clone(),
            disclosure: world.disclosure(),
            verifier,
            agencies: Agencies::of(world.log.clone()),
            // As the offices hide positions.
            positions: PositionCipher::new(world.vault.derive(PositionCipher::PURPOSE)),
            clock: world.clock(),
            read_model_path: world.read_model_path(),
            reads: world.indexed.clone(),
            accesses_path: world.folder.path().join("accesses.sqlite"),
            development: true,
            ways_in: vec![WayIn::Demo(way_in(issuer, world.clock()))],
            offices,
        };
        let gateway = Gateway::start(parts).await.unwrap();
        Self { router: router(gateway), world }
    }

    /// A window in which nobody has signed in.
    pub fn browser(&self) -> Browser<'_> {
        Browser { house: self, cookies: BTreeMap::new(), sent_to: Vec::new() }
    }

    /// A window in which this agency's persona has signed in.
    pub async fn signed_in(&self, agency: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let page = browser.post("/sign-in", &[("persona", agency)]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        browser
    }
}

fn verifier(world: &World, issuer: &Issuer) -> Verifier {
    let agencies = Agencies::of(world.log.clone());
    Verifier::new(issuer.policy(jiff::SignedDuration::from_hours(24)), world.clock(), agencies)
}

async fn desk(world: &World, office: Office, verifier: &Verifier) -> Desk {
    let erasures = Erasures::begin(&world.log, world.vault.clone(), None).await.unwrap();
    Desk::new(DeskParts {
        office,
        log: world.log.clone(),
        vault: world.vault.clone(),
        verifier: verifier.clone(),
        agencies: Agencies::of(world.log.clone()),
        disclosure: world.disclosure(),
        clock: world.clock(),
        erasures,
        retention: Retention::default(),
    })
}

async fn served(office: OfficeServer) -> Channel {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let channel = channel_to(&listener);
    tokio::spawn(office::serve(
        office,
        TcpListenerStream::new(listener),
        std::future::pending::<()>,
    ));
    channel
}

fn channel_to(listener: &TcpListener) -> Channel {
    let address = listener.local_addr().unwrap();
    Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy()
}

fn way_in(issuer: Issuer, clock: Arc<dyn Clock>) -> DemoSignIn {
    let persona = |agency: &str| DemoPersona {
        key: agency.to_owned(),
        name: agency.to_owned(),
        principal: principal(agency),
    };
    let officer = |staff: &str| DemoPersona {
        key: staff.to_owned(),
        name: staff.to_owned(),
        principal: access::Principal {
            staff: staff.to_owned(),
            roles: vec![casework::IDENTITY_OFFICER.to_owned()],
            ..principal(CITY)
        },
    };
    let agencies = [HOSPITAL, CENTER, OTHER_CENTER, CITY].map(persona);
    DemoSignIn {
        personas: agencies.into_iter().chain(OFFICERS.map(officer)).collect(),
        issue: Arc::new(move |principal| {
            let now = clock.now();
            issuer.issue(principal, now, now + jiff::SignedDuration::from_hours(8))
        }),
    }
}

impl Browser<'_> {
    pub async fn get(&mut self, address: &str) -> Page {
        self.go(Method::GET, address, String::new()).await
    }

    /// Sends a form, and shows the page that it leads to.
    pub async fn post(&mut self, address: &str, entries: &[(&str, &str)]) -> Page {
        let body: Vec<_> =
            entries.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        self.go(Method::POST, address, body.join("&")).await
    }

    async fn go(&mut self, method: Method, address: &str, body: String) -> Page {
        let mut page = self.send(method, address, body).await;
        while page.status.is_redirection() {
            assert_eq!(page.status, StatusCode::SEE_OTHER);
            let to = page.headers[header::LOCATION].to_str().unwrap().to_owned();
            self.sent_to.push(to.clone());
            page = self.send(Method::GET, &to, String::new()).await;
        }
        page
    }

    async fn send(&mut self, method: Method, address: &str, body: String) -> Page {
        let response = self.respond(method, address, body).await;
        let (status, headers) = (response.status(), response.headers().clone());
        Page { status, headers, html: text(response).await }
    }

    /// An answer that is read piece by piece.
    pub async fn open(&mut self, address: &str) -> Response {
        self.respond(Method::GET, address, String::new()).await
    }

    async fn respond(&mut self, method: Method, address: &str, body: String) -> Response {
        let cookies: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(address)
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(body)).unwrap();
        let response = self.house.router.clone().oneshot(request).await.unwrap();
        self.keep_cookies(response.headers());
        response
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly; SameSite=Strict"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Page {
    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let field = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
        let rest =
            self.html.split(&field).nth(1).unwrap_or_else(|| panic!("no {name}: {}", self.html));
        rest.split('"').next().unwrap().to_owned()
    }

    pub fn shows(&self, words: &str) -> bool {
        self.html.contains(words)
    }
}

fn encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
