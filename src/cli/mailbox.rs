//! `svodka mailbox`: the mailboxes held against the store.

use std::io::{self, Write as _};

use anyhow::bail;

use crate::{daemon, explain::explain, store::Store};

use super::{ConfigArg, block_on};

/// The arguments of `svodka mailbox`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka mailbox reconcile")]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Hold every message on the server against every message stored; fails where one is unaccounted for
    Reconcile(ReconcileArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka mailbox reconcile --config /etc/svodka/svodka.toml")]
struct ReconcileArgs {
    #[command(flatten)]
    config: ConfigArg,
}

/// How many unaccounted messages are named.
const NAMED: usize = 20;

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let Act::Reconcile(args) = &args.act;
    let config = args.config.load()?;
    let since = daemon::beginning(&config.campaigns()?);
    block_on(async {
        let store = Store::open_read_only(&config.store.url, &config.store.files).await?;
        let mut out = io::stdout();
        let (mut unaccounted, mut unreachable) = (0, 0);
        for one in &config.mailboxes {
            let place = one.place();
            let found = match daemon::reconcile(one, &config, since, &store).await {
                Ok(found) => found,
                Err(error) => {
                    writeln!(io::stderr(), "svodka: {place}: {}", explain(&error))?;
                    unreachable += 1;
                    continue;
                }
            };
            let missing = found.unaccounted.len();
            writeln!(
                out,
                "{place}: {} on the server = {} stored + {} from before the campaign + {missing} unaccounted; stored and no longer there: {}, gone before they could be read: {}",
                found.stored + found.older + missing,
                found.stored,
                found.older,
                found.moved,
                found.vanished,
            )?;
            for cursor in found.unaccounted.iter().take(NAMED) {
                writeln!(out, "  unaccounted: {cursor}")?;
            }
            unaccounted += missing;
        }
        if unreachable > 0 {
            bail!("{unreachable} of {} mailboxes could not be listed", config.mailboxes.len());
        }
        if unaccounted > 0 {
            bail!("{unaccounted} messages are not stored: `svodka run --once` takes them in, or says why not");
        }
        Ok(())
    })
}
