//! `svodka outbox`: letters that did not simply leave, and what a person says of them.

use std::io::{self, Write as _};

use anyhow::bail;
use comfy_table::{ContentArrangement, Table, presets::NOTHING};

use crate::{
    clock::Clock,
    store::{HeldRow, OutboxState, Store},
};

use super::{ConfigArg, block_on};

/// The arguments of `svodka outbox`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka outbox list\n  svodka outbox resend 7")]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the letters that wait, failed, or are in doubt
    List(ListArgs),
    /// Send a letter that failed or is in doubt once more, under the same Message-ID
    #[command(after_help = "Example:\n  svodka outbox resend 7")]
    Resend(LetterArgs),
    /// Take a letter that failed or is in doubt for delivered: it is not sent again
    #[command(after_help = "Example:\n  svodka outbox delivered 7")]
    Delivered(LetterArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka outbox list")]
struct ListArgs {
    #[command(flatten)]
    config: ConfigArg,
}

#[derive(Debug, clap::Args)]
struct LetterArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// The letter's number, as `svodka outbox list` and the alert give it
    number: i64,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.act {
        Act::List(args) => {
            let config = args.config.load()?;
            block_on(async {
                let store = Store::open_read_only(&config.store.url, &config.store.files).await?;
                list(&store.outbox_open().await?)
            })
        }
        Act::Resend(args) => overrule(args, true),
        Act::Delivered(args) => overrule(args, false),
    }
}

fn list(rows: &[HeldRow]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if rows.is_empty() {
        writeln!(out, "nothing waits, nothing failed, nothing is in doubt")?;
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["no", "state", "since", "to", "schools", "last answer"]);
    for row in rows {
        let schools: Vec<&str> = row.schools.iter().map(|school| school.as_str()).collect();
        table.add_row([
            row.id.to_string(),
            word(row.state).to_owned(),
            row.since.strftime("%F %R UTC").to_string(),
            row.recipient.clone(),
            schools.join(", "),
            row.response.clone(),
        ]);
    }
    writeln!(out, "{table}")?;
    Ok(())
}

fn word(state: OutboxState) -> &'static str {
    match state {
        OutboxState::Queued => "waits",
        OutboxState::Leased | OutboxState::Sending => "is being sent",
        OutboxState::Sent => "sent",
        OutboxState::Failed => "failed",
        OutboxState::Ambiguous => "in doubt",
        OutboxState::Superseded => "superseded",
        OutboxState::Dropped => "dropped",
    }
}

fn overrule(args: &LetterArgs, again: bool) -> anyhow::Result<()> {
    let config = args.config.load()?;
    block_on(async {
        let store = Store::open_beside(&config.store.url, &config.store.files).await?;
        let (number, now) = (args.number, Clock::System.now());
        let done = if again { store.resend(number, now).await? } else { store.delivered(number, now).await? };
        if !done {
            bail!("there is no letter {number} that failed or is in doubt; `svodka outbox list` shows them");
        }
        let what = if again { "is sent with the daemon's next look at the outbox" } else { "counts as delivered" };
        writeln!(io::stdout(), "letter {number} {what}")?;
        Ok(())
    })
}
