//! The section `[monitoring]`: a port that tells how the program is. Without the section there is none.

use std::net::SocketAddr;

use serde::Deserialize;

use super::board::listen;

/// The port for metrics, `/health` and `/ready`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonitoringConfig {
    /// Address and port; port 0 takes a free one.
    #[serde(default = "default_listen", deserialize_with = "listen")]
    pub listen: SocketAddr,
    /// Whether other machines may reach it: it asks nobody who he is.
    #[serde(default)]
    pub public: bool,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8026))
}

impl MonitoringConfig {
    pub(super) fn contradiction(&self) -> Option<String> {
        (!self.public && !self.listen.ip().is_loopback()).then(|| {
            format!(
                "monitoring.listen: {} can be reached from other machines, and nobody is asked who he is: listen on \
                 127.0.0.1:8026, or write public = true beside it, and let a firewall admit only the server that watches",
                self.listen
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<MonitoringConfig, String> {
        let config: MonitoringConfig = toml::from_str(text).map_err(|error| error.to_string())?;
        config.contradiction().map_or(Ok(config), Err)
    }

    #[test]
    fn no_other_machine_reaches_it_unless_that_is_said() {
        assert_eq!(of("").unwrap().listen.to_string(), "127.0.0.1:8026");
        assert!(of("listen = \"[::1]:9\"").is_ok() && of("listen = \"0.0.0.0:9\"\npublic = true").is_ok());
        for (text, word) in [
            ("listen = \"0.0.0.0:9\"", "public = true"),
            ("listen = \"8026\"", "is no address with a port"),
            ("port = 1", "listen"),
        ] {
            let said = of(text).unwrap_err();
            assert!(said.contains(word), "{text}: {said}");
        }
    }
}
