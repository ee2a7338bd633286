//! `svodka mailbox`: the mailboxes held against the store.

use std::io::{self, Write as _};

use anyhow::{Context as _, bail};

use crate::{daemon, mailbox::Mailbox as _, store::Store};

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
    let campaign = config.campaign()?;
    block_on(async {
        let store = Store::open_read_only(&config.store.url, &config.store.files).await?;
        let mut out = io::stdout();
        let (mut unaccounted, mut unreachable) = (0, 0);
        for one in &config.mailboxes {
            let (name, place) = (one.key(), one.place());
            let listed = async {
                let mut mailbox = daemon::open_mailbox(one, &config, &campaign, &store).await?;
                anyhow::Ok(mailbox.list_all().await?)
            };
            let listed = match listed.await.with_context(|| place.clone()) {
                Ok(listed) => listed,
                Err(error) => {
                    writeln!(io::stderr(), "svodka: {error:#}")?;
                    unreachable += 1;
                    continue;
                }
            };
            let stored = store.cursors(&name).await?;
            let missing: Vec<&String> = listed.cursors.difference(&stored).collect();
            let there = listed.cursors.len() - missing.len();
            writeln!(
                out,
                "{place}: {} on the server = {there} stored + {} from before the campaign + {} unaccounted; stored and no longer there: {}, gone before they could be read: {}",
                listed.cursors.len() + listed.older,
                listed.older,
                missing.len(),
                stored.len() - there,
                store.vanished_count(&name).await?,
            )?;
            for cursor in missing.iter().take(NAMED) {
                writeln!(out, "  unaccounted: {cursor}")?;
            }
            unaccounted += missing.len();
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
