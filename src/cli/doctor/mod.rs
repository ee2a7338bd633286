//! `svodka doctor`: is everything in place? A line for each thing, each fault with its cure.

mod local;
mod mail;
mod nagios;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use anyhow::bail;

use super::{CURE, ConfigArg, block_on};
use crate::{
    config::{Config, Usable},
    daemon::beginning,
    explain::explain,
};

/// The arguments of `svodka doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka doctor --config /etc/svodka/svodka.toml\n  svodka doctor --nagios\n\n\
                  With --nagios the exit status is a plugin's: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n  \
                  CRITICAL: a mailbox not looked through for 10 minutes and five intervals; a server that does not \
                  work;\n            letters due for 4 h; messages undecided for 2 h; under 256 MB of disk; the last \
                  backup over 7 d ago.\n  WARNING:  letters failed or in doubt, or due for 1 h; messages undecided \
                  for 15 min; cases that wait for\n            a person for 4 d; a campaign file that cannot be used; \
                  under 1 GB of disk; the last backup over 26 h ago, or none for 3 d.\n  UNKNOWN:  the configuration cannot be used.")]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArg,
    /// Say it in one line for Nagios, Icinga or Zabbix, from the store alone: quick, and usable beside the daemon
    #[arg(long)]
    nagios: bool,
    /// With --nagios: look at everything else too, and ask the servers
    #[arg(long, requires = "nagios")]
    full: bool,
}

impl Args {
    /// What a plugin prints, and its exit status; none where it is not asked for.
    pub(super) fn plugin(&self) -> Option<ExitCode> {
        if !self.nagios {
            return None;
        }
        let mut told = None;
        let looked = self.config.load().map_err(anyhow::Error::from).and_then(|config| {
            block_on(async {
                let faults = if self.full { faults(&config).await } else { Vec::new() };
                told = Some(nagios::check(&config, faults).await);
                Ok(())
            })
        });
        let (text, status) = match (looked, told) {
            (Ok(()), Some(told)) => told,
            (Err(error), _) => nagios::unknown(&error),
            (Ok(()), None) => return None,
        };
        let _ = io::stdout().lock().write_all(text.as_bytes());
        Some(status)
    }
}

/// What is wrong elsewhere than in the store, without what servers have said.
async fn faults(config: &Config) -> Vec<String> {
    let since = beginning(&config.usable_campaigns().campaigns);
    let mut findings = local::findings(config).await;
    for mailbox in &config.mailboxes {
        findings.push(mail::mailbox(mailbox, config, since).await);
    }
    findings.push(mail::outgoing(config).await);
    // Of incidents and letters the store has told already.
    let told = ["disk", "letters", "incidents"];
    let wrong = findings.into_iter().filter(|one| one.said.is_err() && !told.contains(&one.what.as_str()));
    wrong.map(|one| format!("{}: `svodka doctor` says what", one.what.split('/').next().unwrap_or_default())).collect()
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
        report.add(Finding::new("rights", local::rights(&args.config.file(), &config)))?;
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
