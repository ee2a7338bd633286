//! From the start of the process to its end: signals, and a configuration that is taken over while it runs.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{clock::Clock, config::Config, discreet::discreet, outbox::Transport, reply::Templates};

use super::{Daemon, Ended, systemd::Systemd};

/// What the process is told from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// SIGTERM, SIGINT: to end.
    Stop,
    /// SIGHUP: to take over the configuration as it stands now.
    Reload,
}

/// The signals; from the moment at which this exists, none of them ends the process by itself.
#[derive(Debug)]
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    pub(super) async fn next(&mut self) -> Order {
        tokio::select! {
            _ = self.terminate.recv() => Order::Stop,
            _ = self.interrupt.recv() => Order::Stop,
            _ = self.hangup.recv() => Order::Reload,
        }
    }

    async fn stop(&mut self) {
        while self.next().await != Order::Stop {}
    }
}

/// Runs a daemon until it is told to stop. `read` gives the configuration as it stands: at the start, and at each SIGHUP.
///
/// # Errors
/// Where the configuration is wrong at the start, something that it names is missing or in use, or a task ends that should
/// not: the process must be started anew.
pub async fn serve(read: impl Fn() -> anyhow::Result<Config>, clock: Clock) -> anyhow::Result<()> {
    let config = read()?;
    let (mut signals, systemd) = (Signals::new()?, Systemd::new());
    let daemon = {
        let first = async {
            tokio::time::sleep(systemd.pause()).await;
            opened(config.clone(), clock).await
        };
        tokio::select! {
            daemon = first => daemon?,
            () = signals.stop() => {
                systemd.stopping();
                return Ok(());
            }
        }
    };
    live(daemon, config, &mut signals, &systemd, &read, clock).await
}

/// The life of a daemon that is open.
pub(super) async fn live(
    mut daemon: Daemon,
    mut config: Config,
    signals: &mut Signals,
    systemd: &Systemd,
    read: &dyn Fn() -> anyhow::Result<Config>,
    clock: Clock,
) -> anyhow::Result<()> {
    loop {
        let next = match daemon.run(signals, systemd, read).await? {
            Ended::Stopped => return Ok(()),
            Ended::Reload(next) => next,
        };
        daemon = match opened((*next).clone(), clock).await {
            Ok(daemon) => {
                tracing::info!("the new configuration is in force");
                config = *next;
                daemon
            }
            Err(error) => {
                tracing::error!(
                    "the new configuration cannot be used: the former stays in force; {}",
                    discreet(&error)
                );
                systemd.refused();
                opened(config.clone(), clock).await?
            }
        };
    }
}

async fn opened(config: Config, clock: Clock) -> anyhow::Result<Daemon> {
    let mut daemon = Daemon::open(config, clock).await?;
    // What cannot be had is found here, where there may be another way.
    let open = async {
        daemon.listen().await?;
        daemon.be_watched().await
    };
    if let Err(error) = open.await {
        daemon.close().await;
        return Err(error);
    }
    Ok(daemon)
}

/// The configuration as it stands now, where it can be used; else it is said why not.
pub(super) fn anew(read: &dyn Fn() -> anyhow::Result<Config>) -> Option<Box<Config>> {
    let looked = read().and_then(|config| sound(&config).map(|_| config));
    let wrong = |error: &anyhow::Error| {
        tracing::error!("the configuration is wrong: the former stays in force; {}", discreet(error));
    };
    looked.inspect_err(wrong).ok().map(Box::new)
}

/// Whether everything that the configuration names by file is there and sound; gives by what letters leave.
pub(super) fn sound(config: &Config) -> anyhow::Result<Transport> {
    config.some_campaign()?;
    Templates::load(config.templates.as_deref())?;
    Ok(Transport::open(&config.smtp, &config.times)?)
}
