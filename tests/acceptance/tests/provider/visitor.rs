//! Somebody with a browser of their own making: it keeps cookies, is led on only when they want it to,
//! and says what they want it to say.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode, header, redirect::Policy};
use url::Url;

#[derive(Clone)]
pub struct Visitor {
    client: reqwest::Client,
    console: Url,
    /// The cookies of each place.
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

/// An answer, read to its end.
pub struct Page {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub html: String,
}

impl Visitor {
    /// Before the console at this address.
    pub fn of(console: &str) -> Self {
        let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        let console = console.parse().expect("an address");
        Self { client, console, cookies: BTreeMap::new() }
    }

    /// Signs in at the provider as this subject by these methods, and comes back.
    pub async fn sign_in(&mut self, subject: &str, amr: &str) -> Page {
        let address = self.at_the_provider(subject, amr).await;
        self.get(address.as_str()).await
    }

    /// Sets out for the provider: its address there.
    pub async fn set_out(&mut self) -> Url {
        let page = self.ask(Method::POST, "/sign-in/oidc", Some("same-origin")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        let address = page.html.split("content=\"0;url=").nth(1).expect("it leads on");
        let address = address.split('"').next().unwrap_or_default();
        address.replace("&#38;", "&").parse().expect("an address")
    }

    /// Signs in at the provider: the address by which it sends the browser back.
    pub async fn at_the_provider(&mut self, subject: &str, amr: &str) -> Url {
        let address = self.set_out().await;
        let who = self.led_on(&address, &[]).await;
        let mut next = self.led_on(&who, &[("sub", subject), ("amr", amr)]).await;
        while next.authority() != self.console.authority() {
            next = self.led_on(&next, &[]).await;
        }
        next
    }

    async fn led_on(&mut self, from: &Url, entries: &[(&str, &str)]) -> Url {
        let request = if entries.is_empty() {
            self.client.get(from.clone())
        } else {
            self.client.post(from.clone()).form(entries)
        };
        let page = self.send(from, request).await;
        let to = page.headers.get(header::LOCATION);
        let to =
            to.unwrap_or_else(|| panic!("{from} leads nowhere: {} {}", page.status, page.html));
        from.join(to.to_str().expect("an address")).expect("an address")
    }

    pub async fn get(&mut self, address: &str) -> Page {
        self.ask(Method::GET, address, None).await
    }

    /// A page of the console, asked for from a page of this site.
    pub async fn ask(&mut self, method: Method, address: &str, site: Option<&str>) -> Page {
        let address = self.console.join(address).expect("an address");
        let mut request = self.client.request(method, address.clone());
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        self.send(&address, request).await
    }

    async fn send(&mut self, to: &Url, request: reqwest::RequestBuilder) -> Page {
        let cookies = self.cookies.entry(to.authority().to_owned()).or_default();
        let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request.header(header::COOKIE, pairs.join("; ")).send().await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            let pair = cookie.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a pair");
            cookies.insert(name.to_owned(), value.to_owned());
            if cookie.contains("Max-Age=0") {
                cookies.remove(name);
            }
        }
        let (status, headers) = (response.status(), response.headers().clone());
        Page { status, headers, html: response.text().await.unwrap() }
    }

    /// A cookie of the console.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.get(self.console.authority())?.get(name).cloned()
    }

    /// Has this cookie from now on, whoever had it before.
    pub fn take(&mut self, name: &str, value: &str) {
        let cookies = self.cookies.entry(self.console.authority().to_owned()).or_default();
        cookies.insert(name.to_owned(), value.to_owned());
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
}

impl Page {
    /// All of it that could tell something: the clock of the machine cannot.
    pub fn told(&self) -> (StatusCode, Vec<(String, String)>, &str) {
        let headers = self.headers.iter().filter(|(name, _)| *name != header::DATE);
        let headers = headers.map(|(name, value)| (name.to_string(), format!("{value:?}")));
        (self.status, headers.collect(), &self.html)
    }
}
