//! The section `[board]`: the pages for the staff. Without the section there are none.

use std::net::SocketAddr;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, de::Error as _};
use url::{Host, Url};

use super::duration;
use crate::message::Address;

/// The pages for the staff.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoardConfig {
    /// Address and port; port 0 takes a free one.
    #[serde(default = "default_listen", deserialize_with = "listen")]
    pub listen: SocketAddr,
    /// Under which address people open it, without a `/` at its end; none: where it listens.
    #[serde(default, deserialize_with = "origin")]
    pub url: Option<String>,
    /// The addresses of those who see everything and act on nothing.
    #[serde(default)]
    pub readers: Vec<String>,
    /// After so long without a request one has to sign in again.
    #[serde(default = "default_idle", deserialize_with = "duration")]
    pub idle: SignedDuration,
    /// How long a link for signing in works.
    #[serde(default = "default_link", deserialize_with = "duration")]
    pub link: SignedDuration,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8025))
}

fn default_idle() -> SignedDuration {
    SignedDuration::from_hours(12)
}

fn default_link() -> SignedDuration {
    SignedDuration::from_mins(10)
}

impl Default for BoardConfig {
    fn default() -> Self {
        Self { listen: default_listen(), url: None, readers: Vec::new(), idle: default_idle(), link: default_link() }
    }
}

impl BoardConfig {
    /// With what every link to the board begins, where it listens at `bound`.
    pub fn base(&self, bound: SocketAddr) -> String {
        self.url.clone().unwrap_or_else(|| format!("http://{bound}"))
    }

    /// Whether browsers reach it by TLS.
    pub fn is_secure(&self) -> bool {
        self.url.as_ref().is_some_and(|url| url.starts_with("https:"))
    }

    pub(super) fn contradiction(&self) -> Option<String> {
        if self.url.is_none() && !self.listen.ip().is_loopback() {
            return Some(format!(
                "board.listen: {} can be reached from other machines: say in board.url under which address people open \
                 the board, for example url = \"https://svodka.example.org\"; or listen on 127.0.0.1:8025, behind a \
                 reverse proxy",
                self.listen
            ));
        }
        let wrong = self.readers.iter().find(|address| Address::parse(address).is_none())?;
        Some(format!("board.readers: {wrong:?} is no e-mail address: write for example \"reader@example.org\""))
    }
}

pub(super) fn listen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        D::Error::custom(format!("listen: {text:?} is no address with a port: write for example \"127.0.0.1:8025\""))
    })
}

/// The scheme, host and port of an address; anything else the board does not stand behind.
fn origin<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let refused = |what: &str| {
        D::Error::custom(format!("board.url: {text:?} {what}: write for example \"https://svodka.example.org\""))
    };
    let url = Url::parse(&text).map_err(|_| refused("is no address of a page"))?;
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    match url.host() {
        _ if !matches!(url.scheme(), "http" | "https") => Err(refused("begins with neither https:// nor http://")),
        None | Some(Host::Domain("")) => Err(refused("names no host")),
        Some(_) if !url.username().is_empty() || url.password().is_some() => Err(refused("holds a user or a password")),
        Some(_) if !bare => Err(refused("goes on behind the host, and the board takes the whole of a host")),
        Some(_) => Ok(Some(url.origin().ascii_serialization())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<BoardConfig, String> {
        let config: BoardConfig = toml::from_str(text).map_err(|error| error.to_string())?;
        config.contradiction().map_or(Ok(config), Err)
    }

    #[test]
    fn everything_has_a_default_that_no_other_machine_reaches() {
        let config = of("").unwrap();
        assert_eq!(format!("{config:?}"), format!("{:?}", BoardConfig::default()));
        assert!(config.listen.ip().is_loopback() && !config.is_secure());
        assert_eq!(config.base("127.0.0.1:4711".parse().unwrap()), "http://127.0.0.1:4711");
    }

    #[test]
    fn the_address_is_that_of_a_whole_host() {
        let url = |text: &str| of(&format!("url = {text:?}")).map(|config| config.url.unwrap());
        assert_eq!(url("https://Svodka.example.org/").unwrap(), "https://svodka.example.org");
        assert_eq!(url("http://svodka.example.org:8080").unwrap(), "http://svodka.example.org:8080");
        assert_eq!(url("https://сводка.рф").unwrap(), "https://xn--80adgysq.xn--p1ai");
        for wrong in [
            "svodka.example.org",
            "ftp://a.example",
            "https://",
            "https://a.example/board",
            "https://u:p@a.example",
            "https://a.example/?q",
        ] {
            let said = url(wrong).unwrap_err();
            assert!(said.contains("board.url") && said.contains("https://svodka.example.org"), "{wrong}: {said}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_key_and_cure() {
        for (text, words) in [
            ("listen = \"8025\"", ["listen", "127.0.0.1:8025"]),
            ("listen = \"localhost:8025\"", ["listen", "127.0.0.1:8025"]),
            ("listen = \"0.0.0.0:8025\"", ["board.listen", "board.url"]),
            ("readers = [\"somebody\"]", ["board.readers", "reader@example.org"]),
            ("idle = \"long\"", ["long", "10m"]),
            ("adress = 1", ["adress", "listen"]),
        ] {
            let said = of(text).unwrap_err();
            assert!(words.iter().all(|word| said.contains(word)), "{text}: {said}");
        }
        assert!(of("listen = \"0.0.0.0:8025\"\nurl = \"https://a.example\"").unwrap().is_secure());
    }
}
