//! `svodka report`.

use std::{fs, path::PathBuf};

use anyhow::Context as _;

use crate::{
    daemon::summary,
    report::{Summary, html, xlsx},
    store::Store,
};

use super::{ClockArg, ConfigArg, block_on, status};

/// The arguments of `svodka report`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka report --xlsx свод.xlsx --html сводка.html")]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArg,
    #[command(flatten)]
    clock: ClockArg,
    /// Write the consolidated table here
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// Write the summary here
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.config.load()?;
    let campaign = config.campaign()?;
    block_on(async {
        let store = Store::open_read_only(&config.store.url, &config.store.files).await?;
        let summary = summary(&store, &campaign, args.clock.clock().now()).await?;
        if args.xlsx.is_none() && args.html.is_none() {
            return status::print(&summary, false);
        }
        write(&summary, args.xlsx.as_ref(), args.html.as_ref())
    })
}

/// Writes what is asked for.
pub(super) fn write(summary: &Summary<'_>, table: Option<&PathBuf>, page: Option<&PathBuf>) -> anyhow::Result<()> {
    let put = |path: &PathBuf, bytes: &[u8]| {
        fs::write(path, bytes).with_context(|| format!("{}: cannot be written", path.display()))
    };
    if let Some(path) = table {
        put(path, &xlsx(summary)?)?;
    }
    if let Some(path) = page {
        put(path, html(summary)?.as_bytes())?;
    }
    Ok(())
}
