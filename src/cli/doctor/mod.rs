//! `svodka doctor`: is everything in place? A line for each thing, each fault with its cure.

mod local;
mod mail;

use std::io::{self, Write as _};

use anyhow::bail;

use super::{CURE, ConfigArg, block_on};
use crate::{config::Usable, daemon::beginning, explain::explain};

/// The arguments of `svodka doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka doctor --config /etc/svodka/svodka.toml")]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArg,
}

/// What was found out about one thing.
struct Finding {
    /// What was looked at: a word or two.
    what: String,
    /// How it is, or what is wrong with it and how that is cured.
    said: Result<String, String>,
}

impl Finding {
    fn new(what: impl Into<String>, said: Result<String, String>) -> Self {
        Self { what: what.into(), said }
    }
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.config.load()?;
    let Usable { campaigns, wrong } = config.usable_campaigns();
    block_on(async {
        let mut report = Report::default();
        report.add(Finding::new("configuration", Ok("it is sound".to_owned())))?;
        for campaign in &campaigns {
            let form = campaign.form.fields.len();
            let said = format!("{}: {} schools, {form} fields", campaign.id, campaign.schools.len());
            report.add(Finding::new("campaign", Ok(said)))?;
        }
        for error in wrong {
            let said = format!("{}; {CURE}", explain(&error.into()));
            report.add(Finding::new("campaign", Err(said)))?;
        }
        for finding in local::findings(&config).await {
            report.add(finding)?;
        }
        for mailbox in &config.mailboxes {
            report.add(mail::mailbox(mailbox, &config, beginning(&campaigns)).await)?;
        }
        report.add(mail::outgoing(&config).await)?;
        report.end()
    })
}

#[derive(Default)]
struct Report {
    faults: usize,
}

impl Report {
    /// Printed at once: a server may let us wait for the next line.
    fn add(&mut self, finding: Finding) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let Finding { what, said } = finding;
        match said {
            Ok(said) => writeln!(out, "ok     {what}: {}", one_line(&said)),
            Err(said) => {
                self.faults += 1;
                writeln!(out, "FAULT  {what}: {}", one_line(&said))
            }
        }
    }

    fn end(&self) -> anyhow::Result<()> {
        match self.faults {
            0 => Ok(()),
            1 => bail!("1 thing is not in place"),
            faults => bail!("{faults} things are not in place"),
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
