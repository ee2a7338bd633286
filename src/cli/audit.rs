//! `svodka audit verify`: is the chain of events whole?

use std::io::{self, Write as _};

use crate::{
    backup::Manifest,
    store::{Head, Store},
};

use super::{ConfigArg, block_on};

/// The arguments of `svodka audit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka audit verify")]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Go over the whole chain of events, also while the daemon runs: was anything changed, removed or added by hand?
    #[command(after_help = "Examples:\n  svodka audit verify\n  svodka audit verify --head 1234:5f3a…")]
    Verify(VerifyArgs),
}

#[derive(Debug, clap::Args)]
struct VerifyArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// An event that was noted elsewhere, as this command or `svodka backup` has printed it: it must be in the chain still
    #[arg(long, value_name = "N:HASH")]
    head: Vec<Head>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let Act::Verify(args) = &args.act;
    let config = args.config.load()?;
    block_on(async {
        let store = Store::open_read_only(&config.store.url, &config.store.files).await?;
        let mut noted = args.head.clone();
        noted.extend(store.noted_heads().await?);
        // What a backup says of itself, nobody has changed who changed the database alone.
        let manifests = store.backups().await?.into_iter().filter_map(|one| Manifest::read(&one.path).ok());
        let backups: Vec<Head> = manifests.filter_map(|manifest| manifest.head).collect();
        noted.extend(&backups);
        let audited = store.audit(&noted).await?;
        let against = match backups.len() {
            0 => "held against no backup".to_owned(),
            1 => "as a backup has it too".to_owned(),
            count => format!("as {count} backups have it too"),
        };
        let mut out = io::stdout().lock();
        match (audited.head, audited.last) {
            (Some(head), Some(last)) => writeln!(
                out,
                "whole: {} events, the last of {}, {against}; note it elsewhere: {head}",
                head.number,
                last.strftime("%F %T UTC")
            )?,
            _ => writeln!(out, "whole: no event yet")?,
        }
        Ok(())
    })
}
