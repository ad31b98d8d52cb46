//! What every answer carries, and what no request may do.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};

use super::error_page;
use crate::Gateway;

/// Nothing from elsewhere, nothing inline, and no page of ours inside another.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Refuses what another site may have made the browser send, and adds our headers to the rest.
pub(super) async fn guard(
    State(gateway): State<Gateway>,
    request: Request,
    next: Next,
) -> Response {
    let safe = is_safe(request.method()) || is_from_here(request.headers());
    let at_home = !gateway.is_demo() || is_no_borrowed_name(request.headers());
    let mut response = if safe && at_home {
        next.run(request).await
    } else {
        error_page::from_elsewhere(gateway.is_demo())
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // Assets say for themselves how long they keep.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Browsers of today say where a request comes from; older ones name at least the origin. Who says
/// neither is no browser with a form of ours.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
    matches!((origin, text(header::HOST)), (Some((_, origin)), Some(host)) if origin == host)
}

/// The demonstration lets anybody in who reaches it, so it answers to addresses and to localhost
/// only: a site elsewhere could make its own name point here.
fn is_no_borrowed_name(headers: &HeaderMap) -> bool {
    // Every browser names the host; who does not is none, and no site can make it come.
    let Some(host) = headers.get(header::HOST) else { return true };
    let host = host.to_str().unwrap_or_default();
    let name = host
        .parse::<SocketAddr>()
        .map_or_else(|_| host.rsplit_once(':').map_or(host, |(name, _)| name), |_| "localhost");
    name == "localhost" || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let named = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(named).collect()
    }

    #[test]
    fn only_a_page_of_this_origin_may_send() {
        assert!(is_from_here(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(is_from_here(&headers(&[("origin", "http://h:1"), ("host", "h:1")])));
        let elsewhere: [&[(&str, &str)]; 6] = [
            &[],
            &[("sec-fetch-site", "cross-site"), ("origin", "http://h:1"), ("host", "h:1")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://evil"), ("host", "h:1")],
            &[("origin", "null"), ("host", "h:1")],
        ];
        for pairs in elsewhere {
            assert!(!is_from_here(&headers(pairs)), "{pairs:?}");
        }
    }

    #[test]
    fn the_demonstration_answers_to_addresses_and_to_localhost() {
        for host in ["127.0.0.1:8080", "localhost:8080", "localhost", "[::1]:8080", "10.0.0.7"] {
            assert!(is_no_borrowed_name(&headers(&[("host", host)])), "{host}");
        }
        for host in ["evil.example:8080", "evil.example", "localhost.evil.example", ""] {
            assert!(!is_no_borrowed_name(&headers(&[("host", host)])), "{host}");
        }
    }
}
