//! `svodka erase`: what is personal of a school or a period is removed from the store.

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::Path,
};

use anyhow::bail;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    campaign::{CampaignId, SchoolId},
    clock::Clock,
    config::Config,
    store::{Erasure, Scope, Store, Swept, Whose},
};

use super::{ConfigArg, Wrong, block_on};

/// The arguments of `svodka erase`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  svodka erase --school vazhiny --dry-run\n  svodka erase --school vazhiny\n  svodka erase --before 2023-01-01 --campaign 500plus-2022 --yes"
)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArg,
    /// Everything of this school, by its id: mails, documents, answers, letters, what was learnt of it
    #[arg(long, value_name = "ID", value_parser = school, required_unless_present = "before", conflicts_with = "before")]
    school: Option<SchoolId>,
    /// Everything that came, or was written, before this day
    #[arg(long, value_name = "DATE")]
    before: Option<Date>,
    /// In this campaign alone, by its id; its file need not be there any more
    #[arg(long, value_name = "ID", value_parser = campaign)]
    campaign: Option<CampaignId>,
    /// Say what would be erased, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

fn school(text: &str) -> Result<SchoolId, String> {
    text.parse().map_err(|_| "this is no school's id; `svodka status` names them".to_owned())
}

fn campaign(text: &str) -> Result<CampaignId, String> {
    text.parse().map_err(|_| "this is no campaign's id; it stands at the top of the campaign's file".to_owned())
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.config.load()?;
    let scope = scope(args, &config)?;
    block_on(async {
        let store = Store::open_beside(&config.store.url, &config.store.files).await?;
        let _care = store.care()?;
        let now = Clock::System.now();
        let erasure = store.would_erase(&scope, now).await?;
        let idle = erasure.is_nothing() && !store.is_to_be_swept().await?;
        if let (true, Some(school)) = (idle, &args.school)
            && !config.usable_campaigns().campaigns.iter().any(|one| one.school(school).is_some())
        {
            return Err(Wrong(format!(
                "--school {school}: there is no such school, neither in a campaign nor in the store; `svodka status --json` \
                 shows their ids"
            ))
            .into());
        }
        let mut out = io::stdout().lock();
        tell(&mut out, &erasure)?;
        if args.dry_run || idle {
            return Ok(());
        }
        if !args.yes && !agreed()? {
            bail!("nothing was erased");
        }
        if !erasure.is_nothing() {
            store.erase(&scope, now).await?;
        }
        let swept = store.sweep(now, Store::forgotten_before(now)).await?;
        left(&mut out, &store, &swept).await?;
        store.close().await;
        Ok(())
    })
}

/// A day begins where its campaign is, else where this machine is.
fn scope(args: &Args, config: &Config) -> Result<Scope, Wrong> {
    let whose = match (&args.school, args.before) {
        (Some(school), _) => Whose::School(school.clone()),
        (None, Some(day)) => {
            let known = config.usable_campaigns().campaigns;
            let zone = known
                .iter()
                .find(|one| args.campaign.as_ref().is_none_or(|id| one.id == *id))
                .map_or_else(TimeZone::system, |one| one.time_zone.clone());
            let begins = day.to_zoned_datetime(zone).map(|at| at.timestamp());
            Whose::Before(begins.unwrap_or(Timestamp::MIN))
        }
        (None, None) => return Err(Wrong("say --school ID or --before DATE".to_owned())),
    };
    Ok(Scope { whose, campaign: args.campaign.clone() })
}

fn tell(out: &mut impl io::Write, erasure: &Erasure) -> io::Result<()> {
    if erasure.is_nothing() {
        writeln!(out, "nothing of it is in the store")?;
    } else {
        writeln!(
            out,
            "{} mails with their documents, {} submissions, {} letters, {} addresses and spellings that staff had taught",
            erasure.mails, erasure.submissions, erasure.letters, erasure.learned
        )?;
    }
    for (count, what) in [
        (erasure.shared, "mails speak of others too: their parts stay, the mails themselves go"),
        (erasure.dropped, "of the letters have not left: they never will"),
        (erasure.cases, "of the mails still wait for a person's decision"),
        (erasure.waiting, "letters that wait speak of others too and stay: run the same again when they have left"),
        (
            erasure.unsure,
            "mails may be this school's and stay: decide whose they are (`svodka review list`), then run the same again",
        ),
    ] {
        if count > 0 {
            writeln!(out, "  {count} {what}")?;
        }
    }
    Ok(())
}

fn agreed() -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Err(Wrong("this cannot be undone: say --yes where nobody can be asked".to_owned()).into());
    }
    write!(io::stderr(), "This cannot be undone. Erase it? [yes/no] ")?;
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}

/// Where it may still be.
async fn left(out: &mut impl io::Write, store: &Store, swept: &Swept) -> Result<(), anyhow::Error> {
    writeln!(out, "erased: the rows, {} files, free pages and the log of the database", swept.files)?;
    if swept.copies > 0 {
        writeln!(out, "  the copy of the database from before the last upgrade was removed too")?;
    }
    writeln!(out, "It may still be where svodka does not erase:")?;
    writeln!(out, "  in the mailbox: the mails themselves, and copies of our letters (Sent, or moved to folders)")?;
    writeln!(out, "  in summaries and tables that were e-mailed or downloaded")?;
    let backups = store.backups().await?;
    let there: Vec<_> = backups.iter().filter(|one| Path::new(&one.path).exists()).collect();
    for one in &there {
        writeln!(out, "  in the backup {}", one.path.display())?;
    }
    if there.is_empty() {
        writeln!(out, "  in backups that were taken elsewhere: this store knows of none")?;
    }
    Ok(())
}
