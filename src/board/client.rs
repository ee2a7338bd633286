//! Who is at the other end of a connection, as far as that can be believed.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;

use crate::http::Peer;

const FORWARDED: &str = "x-forwarded-for";

/// Whom to count a request to. What a proxy says is believed only of one on this machine, and only what it has written
/// itself: the last entry. Of IPv6 the network counts, as one customer has all of it.
pub(super) fn client(peer: Peer, headers: &HeaderMap) -> IpAddr {
    let said = || {
        let last = headers.get_all(FORWARDED).iter().next_back()?.to_str().ok()?;
        last.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let address = if peer.0.is_loopback() { said().unwrap_or(peer.0) } else { peer.0 };
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX))),
        four => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for one in forwarded {
            headers.append(FORWARDED, one.parse().unwrap());
        }
        client(Peer(peer.parse().unwrap()), &headers).to_string()
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed_and_only_its_own_word() {
        assert_eq!(counted("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(counted("127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(counted("127.0.0.1", &["198.51.100.1, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(counted("127.0.0.1", &["198.51.100.1", "203.0.113.9"]), "203.0.113.9");
        assert_eq!(counted("127.0.0.1", &["nobody"]), "127.0.0.1");
        assert_eq!(counted("203.0.113.7", &["198.51.100.1"]), "203.0.113.7");
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        assert_eq!(counted("2001:db8:1:2:3::4", &[]), counted("2001:db8:1:2:ffff::1", &[]));
        assert_ne!(counted("2001:db8:1:2::1", &[]), counted("2001:db8:1:3::1", &[]));
        assert_eq!(counted("::ffff:203.0.113.7", &[]), "203.0.113.7");
    }
}
