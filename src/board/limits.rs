//! How much somebody may ask who is not signed in. Counted in memory, for a bounded number of clients.

use std::{collections::HashMap, net::IpAddr, sync::Mutex, time::Duration};

use tokio::time::Instant;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Any page.
    Page,
    /// What a form sends: asking for a link, using one.
    Form,
    /// What is noted in the log of events about strangers, all clients together.
    Note,
}

impl Kind {
    /// So many within this time.
    fn allowance(self) -> (u32, Duration) {
        match self {
            Self::Page => (120, Duration::from_mins(1)),
            Self::Form => (30, Duration::from_mins(10)),
            Self::Note => (60, Duration::from_hours(1)),
        }
    }
}

/// More clients than this are not told apart: what comes on top of them is refused until some have been quiet.
const CLIENTS: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Window {
    since: Instant,
    count: u32,
}

/// What has been asked lately, and by whom.
#[derive(Debug, Default)]
pub(super) struct Limits {
    windows: Mutex<HashMap<(Kind, Option<IpAddr>), Window>>,
}

impl Limits {
    /// Counts one more; whether it is still allowed.
    pub(super) fn allow(&self, kind: Kind, client: Option<IpAddr>) -> bool {
        self.at(kind, client, Instant::now())
    }

    fn at(&self, kind: Kind, client: Option<IpAddr>, now: Instant) -> bool {
        let Ok(mut windows) = self.windows.lock() else { return false };
        if windows.len() >= CLIENTS && !windows.contains_key(&(kind, client)) {
            windows.retain(|(kind, _), window| now.duration_since(window.since) < kind.allowance().1);
            if windows.len() >= CLIENTS {
                return false;
            }
        }
        let (most, span) = kind.allowance();
        let window = windows.entry((kind, client)).or_insert(Window { since: now, count: 0 });
        if now.duration_since(window.since) >= span {
            *window = Window { since: now, count: 0 };
        }
        window.count = window.count.saturating_add(1);
        window.count <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u32) -> Option<IpAddr> {
        Some(IpAddr::from((0x0a00_0000 + last).to_be_bytes()))
    }

    #[test]
    fn each_client_has_its_own_allowance_and_gets_it_again() {
        let (limits, now) = (Limits::default(), Instant::now());
        assert!((0..30).all(|_| limits.at(Kind::Form, address(1), now)));
        assert!(!limits.at(Kind::Form, address(1), now));
        assert!(limits.at(Kind::Form, address(2), now) && limits.at(Kind::Page, address(1), now));
        assert!(!limits.at(Kind::Form, address(1), now + Duration::from_mins(9)));
        assert!(limits.at(Kind::Form, address(1), now + Duration::from_mins(10)));
    }

    #[test]
    fn as_many_clients_as_there_are_addresses_fill_no_memory() {
        let (limits, now) = (Limits::default(), Instant::now());
        for client in 0..12_000 {
            assert_eq!(limits.at(Kind::Page, address(client), now), client < 10_000);
        }
        assert_eq!(limits.windows.lock().unwrap().len(), CLIENTS);
        assert!(limits.at(Kind::Page, address(11_999), now + Duration::from_mins(2)));
        assert_eq!(limits.windows.lock().unwrap().len(), 1);
    }
}
