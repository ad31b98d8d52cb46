//! Where a request comes from, as far as it is known: attempts to sign in are counted for it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use crate::Gateway;

/// Whoever has one address of version 6 has all with the same first half.
const IPV6_NETWORK: u128 = !0 << 64;

/// An address or a network, in words.
pub(super) struct Source(pub(super) String);

impl FromRequestParts<Gateway> for Source {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Gateway,
    ) -> Result<Self, std::convert::Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(address)| address.ip());
        let believed = |peer| gateway.account_sign_in().is_some_and(|way| way.believes(peer));
        Ok(Self(words(peer, believed, &parts.headers)))
    }
}

fn words(peer: Option<IpAddr>, believed: impl Fn(IpAddr) -> bool, headers: &HeaderMap) -> String {
    let Some(peer) = peer else { return "unknown".to_owned() };
    let forwarded = believed(peer).then(|| forwarded_for(headers)).flatten();
    match forwarded.unwrap_or(peer).to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & IPV6_NETWORK).to_string(),
    }
}

/// What the last proxy wrote, at the end of the last header. All before it anybody can have written.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(peer: &str, forwarded_for: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded_for {
            headers.append("x-forwarded-for", value.parse().expect("a header"));
        }
        let proxy: IpAddr = "10.0.0.9".parse().expect("an address");
        words(peer.parse().ok(), |peer| peer == proxy, &headers)
    }

    #[test]
    fn only_a_proxy_of_ours_says_where_a_request_comes_from() {
        assert_eq!(source("192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
        assert_eq!(source("10.0.0.9", &["203.0.113.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(source("10.0.0.9", &["203.0.113.1", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(source("10.0.0.9", &["nonsense"]), "10.0.0.9");
        assert_eq!(source("", &["198.51.100.1"]), "unknown");
    }

    #[test]
    fn a_network_of_version_6_is_one_source() {
        assert_eq!(source("2001:db8:0:1:a::1", &[]), source("2001:db8:0:1:b::2", &[]));
        assert_ne!(source("2001:db8:0:1::1", &[]), source("2001:db8:0:2::1", &[]));
        assert_eq!(source("::ffff:192.0.2.7", &[]), "192.0.2.7");
    }
}
