//! `svodka backup`: the whole store in a folder of its own, while the daemon runs.

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use anyhow::bail;

use crate::{
    backup::{self, Made, Order},
    clock::Clock,
    store::Store,
};

use super::{ConfigArg, block_on};

/// The arguments of `svodka backup`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka backup /var/backups/svodka --keep 14")]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArg,
    /// The folder of backups: each becomes a folder in it, with the instant in its name
    folder: PathBuf,
    /// Remove the oldest complete backups in that folder beyond so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    keep: Option<u16>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.config.load()?;
    let config_file = args.config.file();
    block_on(async {
        let store = Store::open_beside(&config.store.url, &config.store.files).await?;
        let made = backup::make(&Order {
            store: &store,
            config: &config,
            config_file: &config_file,
            into: &args.folder,
            keep: args.keep.map(usize::from),
            now: Clock::System.now(),
        })
        .await?;
        store.close().await;
        told(&made)
    })
}

fn told(made: &Made) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let manifest = &made.manifest;
    writeln!(
        out,
        "{}: {} mails, {} letters, {} files ({} of them linked), {:.1} MB of database",
        made.folder.display(),
        manifest.messages,
        manifest.letters,
        manifest.files,
        made.linked,
        manifest.database_bytes as f64 / 1e6
    )?;
    if let Some(head) = manifest.head {
        writeln!(out, "the last event in it: {head}")?;
    }
    for folder in &made.removed {
        writeln!(out, "removed: {}", folder.display())?;
    }
    if made.wrong.is_empty() {
        return Ok(());
    }
    for wrong in &made.wrong {
        writeln!(io::stderr(), "svodka: {wrong}")?;
    }
    bail!("the backup was made, but it is not what it should be: see above")
}
