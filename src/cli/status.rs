//! `svodka status`.

use std::io::{self, Write as _};

use crate::{
    office::summary,
    report::{Summary, board, status_json},
    store::Store,
};

use super::{CampaignArg, ClockArg, ConfigArg, block_on, campaigns, colour_on_stdout};

/// The arguments of `svodka status`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka status --json")]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArg,
    #[command(flatten)]
    clock: ClockArg,
    #[command(flatten)]
    campaign: CampaignArg,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.config.load()?;
    block_on(async {
        let store = Store::open_read_only(&config.store.url, &config.store.files).await?;
        for campaign in args.campaign.of(campaigns(&config, &store).await?)? {
            let summary = summary(&store, &campaign, args.clock.clock().now()).await?;
            print(&summary, args.json)?;
        }
        Ok(())
    })
}

/// Prints the board, or the same as JSON.
pub(super) fn print(summary: &Summary<'_>, json: bool) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&status_json(summary))?)?;
    } else {
        writeln!(out, "{}", board(summary, 130, colour_on_stdout()))?;
    }
    Ok(())
}
