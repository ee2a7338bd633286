//! `svodka run`.

use crate::daemon::{self, Daemon};

use super::{ClockArg, ConfigArg, block_on};

/// The arguments of `svodka run`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka run --config /etc/svodka/svodka.toml\n  svodka run --once --dry-run")]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArg,
    #[command(flatten)]
    clock: ClockArg,
    /// One full pass over mailbox and outbox, then exit
    #[arg(long)]
    once: bool,
    /// Decide about everything, but send no reply and leave the mailboxes as they are: a first look
    #[arg(long)]
    dry_run: bool,
}

impl Args {
    /// Whether it runs on until it is stopped.
    pub(super) fn is_daemon(&self) -> bool {
        !self.once
    }
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let read = || {
        let mut config = args.config.load()?;
        if args.dry_run {
            config.dry_run();
        }
        Ok(config)
    };
    block_on(async {
        if !args.once {
            return daemon::serve(read, args.clock.clock()).await;
        }
        let mut daemon = Daemon::open(read()?, args.clock.clock()).await?;
        let pass = daemon.pass().await?;
        daemon.close().await;
        tracing::info!(taken = pass.taken, decided = pass.decided, sent = pass.sent, "pass completed");
        Ok(())
    })
}
