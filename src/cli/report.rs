//! `svodka report`.

use std::{
    fs,
    io::{self, Write as _},
    path::PathBuf,
};

use anyhow::Context as _;

use crate::{
    daemon::send_summary,
    office::summary,
    report::{Summary, docx, html, xlsx},
    store::Store,
};

use super::{CampaignArg, ClockArg, ConfigArg, block_on, campaigns, status};

/// The arguments of `svodka report`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  svodka report --xlsx свод.xlsx --docx свод.docx --html сводка.html\n  svodka report --send"
)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArg,
    #[command(flatten)]
    clock: ClockArg,
    #[command(flatten)]
    campaign: CampaignArg,
    #[command(flatten)]
    files: Files,
    /// Send the summary by e-mail to the staff and the coordinators now; the daemon does it
    #[arg(long)]
    send: bool,
}

/// What is written, and where.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Files {
    /// Write the consolidated table here
    #[arg(long, value_name = "FILE")]
    pub(super) xlsx: Option<PathBuf>,
    /// Write the summary here
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    /// Write the digest here, ready to be edited and signed
    #[arg(long, value_name = "FILE")]
    pub(super) docx: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.config.load()?;
    block_on(async {
        let store = Store::open_read_only(&config.store.url, &config.store.files).await?;
        let (all, now) = (campaigns(&config, &store).await?, args.clock.clock().now());
        let files = !matches!(args.files, Files { xlsx: None, html: None, docx: None });
        // A file holds one campaign; what is only told is told of each.
        let wanted = if files { vec![args.campaign.one(all)?] } else { args.campaign.of(all)? };
        for campaign in &wanted {
            let summary = summary(&store, campaign, now).await?;
            if args.send {
                let store = Store::open_beside(&config.store.url, &config.store.files).await?;
                let letters = send_summary(&store, &config, campaign, now).await?;
                writeln!(io::stdout(), "letters: {letters}; they leave with the daemon's next look at the outbox")?;
            }
            if files {
                args.files.write(&summary)?;
            } else if !args.send {
                status::print(&summary, false)?;
            }
        }
        Ok(())
    })
}

impl Files {
    /// Writes what is asked for.
    pub(super) fn write(&self, summary: &Summary<'_>) -> anyhow::Result<()> {
        let put = |path: &PathBuf, bytes: &[u8]| {
            fs::write(path, bytes).with_context(|| format!("{}: cannot be written", path.display()))
        };
        if let Some(path) = &self.xlsx {
            put(path, &xlsx(summary)?)?;
        }
        if let Some(path) = &self.html {
            put(path, html(summary)?.as_bytes())?;
        }
        if let Some(path) = &self.docx {
            put(path, &docx(summary)?)?;
        }
        Ok(())
    }
}
