//! The command line: one file a command. Knows no rules; machine output goes to stdout, all else to stderr.

mod audit;
mod backup;
mod campaign;
mod check;
mod complete;
mod confined;
mod demo;
mod doctor;
mod erase;
mod mailbox;
mod outbox;
mod reader;
mod report;
mod restore;
mod review;
mod roster;
mod run;
mod settings;
mod sign_in;
mod status;
mod templates;

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, Subcommand};
use jiff::Timestamp;

use crate::{
    campaign::Campaign,
    clock::Clock,
    config::{Config, ConfigError, Usable},
    discreet::discreet,
    explain::explain,
    logging, office,
    store::Store,
};

/// Reads what schools e-mail to an education committee, answers, and keeps the summary.
#[derive(Debug, Parser)]
#[command(name = "svodka", version, arg_required_else_help = true)]
#[command(
    after_help = "Example:\n  svodka demo\n\nExit status: 0 done; 1 it failed; 2 the call or the configuration is wrong."
)]
struct Cli {
    /// What the log looks like; RUST_LOG sets what is logged
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORM",
        env = "SVODKA_LOG",
        default_value_t,
        hide_possible_values = true
    )]
    log: logging::Form,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the whole main job on sample mails, without any server
    Demo(demo::Args),
    /// Run the daemon, or one full pass with --once
    Run(run::Args),
    /// Say what would be decided for these .eml or document files; sends and stores nothing
    Check(check::Args),
    /// Show where each school stands
    Status(status::Args),
    /// Write the summary and the consolidated table
    Report(report::Args),
    /// Print a link for signing in to the board, when mail is down
    SignIn(sign_in::Args),
    /// Decide what a person must decide
    Review(review::Args),
    /// Look after letters that failed or are in doubt
    Outbox(outbox::Args),
    /// Hold the mailboxes against the store
    Mailbox(mailbox::Args),
    /// Check that everything is in place, each fault with its cure
    Doctor(doctor::Args),
    /// Copy the whole store into a folder, while the daemon runs
    Backup(backup::Args),
    /// Put a backup back into an empty place
    Restore(restore::Args),
    /// Remove what is personal of a school or a period
    Erase(erase::Args),
    /// Look whether what was done has been changed by hand
    Audit(audit::Args),
    /// Make and check campaigns: what a letter asks, of whom, until when
    Campaign(campaign::Args),
    /// Make and check the roster: the schools of the region
    Roster(roster::Args),
    /// Look at the wording of the letters
    Templates(templates::Args),
    /// Print shell completions
    Completions(complete::CompletionArgs),
    /// Print the man page, or write one for each command
    Man(complete::ManArgs),
    /// Read untrusted bytes from a pipe, confined; started by the others
    #[command(hide = true, name = crate::jail::COMMAND)]
    Reader(reader::Args),
    /// Become a converter, confined; started by the others
    #[command(hide = true, name = crate::converter::COMMAND)]
    Confined(confined::Args),
}

impl Command {
    /// Whether what it says on stderr is a log, also where that is a plain file.
    fn is_daemon(&self) -> bool {
        matches!(self, Self::Run(args) if args.is_daemon())
    }
}

/// What the caller gave is wrong; the message says what, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Wrong(String);

/// Where the settings are.
#[derive(Debug, clap::Args)]
struct ConfigArg {
    /// The configuration file
    #[arg(long, value_name = "FILE", env = "SVODKA_CONFIG")]
    config: Option<PathBuf>,
}

/// The clock.
#[derive(Debug, clap::Args)]
struct ClockArg {
    /// Take this time for now, for example 2022-11-10T12:00:00+03:00
    #[arg(long, value_name = "TIME", value_parser = instant)]
    as_of: Option<Timestamp>,
}

impl ClockArg {
    fn clock(&self) -> Clock {
        self.as_of.map_or(Clock::System, Clock::Fixed)
    }
}

/// Which campaign is meant where the configuration has several.
#[derive(Debug, Default, clap::Args)]
struct CampaignArg {
    /// The campaign, by its id; needed only where there are several
    #[arg(long, value_name = "ID")]
    campaign: Option<String>,
}

impl CampaignArg {
    /// Those that are meant: all, or the one that is named.
    fn of(&self, mut all: Vec<Campaign>) -> Result<Vec<Campaign>, Wrong> {
        if let Some(id) = &self.campaign {
            let known: Vec<String> = all.iter().map(|one| one.id.to_string()).collect();
            all.retain(|one| one.id.as_str() == id);
            if all.is_empty() {
                return Err(Wrong(format!(
                    "--campaign {id}: there is none of this id; there are: {}",
                    known.join(", ")
                )));
            }
        }
        Ok(all)
    }

    /// The one that is meant.
    fn one(&self, all: Vec<Campaign>) -> Result<Campaign, Wrong> {
        let mut all = self.of(all)?;
        match (all.pop(), all.is_empty()) {
            (Some(one), true) => Ok(one),
            (last, _) => {
                let ids: Vec<String> = all.iter().chain(&last).map(|one| one.id.to_string()).collect();
                Err(Wrong(format!("there are several campaigns: name one with --campaign: {}", ids.join(", "))))
            }
        }
    }
}

/// What is to be done about a campaign that cannot be used.
const CURE: &str = "cure: correct what `svodka campaign check FILE` shows; meanwhile this goes on without it";

/// The campaigns that can be used; of each other one it is said what is wrong with it, as the daemon runs on without it too.
async fn campaigns(config: &Config, store: &Store) -> anyhow::Result<Vec<Campaign>> {
    let Usable { campaigns, wrong } = office::campaigns(config, store).await?;
    for error in wrong {
        writeln!(io::stderr(), "svodka: a campaign cannot be used: {}\n  {CURE}", explain(&error.into()))?;
    }
    Ok(campaigns)
}

fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "write a date, a time and an offset, for example 2022-11-10T12:00:00+03:00".to_owned())
}

/// Parses the command line, runs the command, and tells how it ended.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if let Err(error) = logging::start(cli.log) {
        let _ = writeln!(io::stderr(), "svodka: --log: {}", explain(&error));
        return ExitCode::from(2);
    }
    #[cfg(feature = "faults")]
    crate::fault::arm();
    if let Command::Doctor(args) = &cli.command
        && let Some(status) = args.plugin()
    {
        return status;
    }
    let daemon = cli.command.is_daemon();
    let result = match cli.command {
        Command::Demo(args) => demo::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Report(args) => report::run(&args),
        Command::SignIn(args) => sign_in::run(&args),
        Command::Review(args) => review::run(&args),
        Command::Outbox(args) => outbox::run(&args),
        Command::Mailbox(args) => mailbox::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Erase(args) => erase::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Campaign(args) => campaign::run(&args),
        Command::Roster(args) => roster::run(&args),
        Command::Templates(args) => templates::run(&args),
        Command::Completions(args) => complete::completions(&args),
        Command::Man(args) => complete::man(&args),
        Command::Reader(args) => reader::run(&args),
        Command::Confined(args) => confined::run(args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&error, daemon);
            let wrong = error.is::<ConfigError>() || error.is::<Wrong>();
            if wrong { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// Says why it failed: to whoever has called it, with all its words; to a log, with those alone that may stand there.
fn tell(error: &anyhow::Error, daemon: bool) {
    if logging::is_structured() {
        tracing::error!("{}", discreet(error));
    } else if daemon && !io::IsTerminal::is_terminal(&io::stderr()) {
        let _ = writeln!(io::stderr(), "svodka: {}", discreet(error));
    } else {
        let _ = writeln!(io::stderr(), "svodka: {}", explain(error));
    }
}

/// Whoever read our output has seen enough: that is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
    kind == Some(io::ErrorKind::BrokenPipe)
}

/// Whether stdout takes colours.
fn colour_on_stdout() -> bool {
    io::IsTerminal::is_terminal(&io::stdout()) && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// How long tasks that nobody waits for may take to end.
const ENDING: Duration = Duration::from_secs(5);

/// Runs the asynchronous part of a command.
fn block_on<F: Future<Output = anyhow::Result<()>>>(future: F) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(future);
    // What is of use has ended by now: nothing that has not may keep the process.
    runtime.shutdown_timeout(ENDING);
    done
}

#[cfg(test)]
mod tests;
