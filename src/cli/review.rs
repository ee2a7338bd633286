//! `svodka review`: what a person must decide, where no board is at hand.

use std::io::{self, Write as _};

use anyhow::{Context as _, bail};
use comfy_table::{ContentArrangement, Table, presets::NOTHING};
use jiff::civil::Date;

use crate::{
    campaign::{CampaignId, SchoolId},
    clock::Clock,
    message::Address,
    office::{About, Act, ActError, Case, Office, Prospect, Settled},
    store::{ReviewRow, Store, Undone},
};

use super::{ConfigArg, block_on};

/// Under which name the log of events knows who decides here.
const COMMAND_LINE: &str = "command-line@localhost";

/// The arguments of `svodka review`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka review list\n  svodka review show 3\n  svodka review assign 3 kirishi-3")]
pub(super) struct Args {
    #[command(subcommand)]
    act: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the cases that wait for a decision
    List(ListArgs),
    /// Show a case: the mail, and why a person must decide
    #[command(after_help = "Example:\n  svodka review show 3")]
    Show(CaseArgs),
    /// Say that the documents are this school's
    #[command(
        after_help = "Example:\n  svodka review assign 3 kirishi-3 --dry-run\n  svodka review assign 3 kirishi-3"
    )]
    Assign(AssignArgs),
    /// Accept the documents: for the one school that they may be, or for a school outside the schedule with a day
    #[command(after_help = "Example:\n  svodka review accept 3\n  svodka review accept 4 --district Тосненский \
                            --date 2022-11-29")]
    Accept(AcceptArgs),
    /// Close a case without taking anything from the mail
    #[command(after_help = "Example:\n  svodka review reject 3")]
    Reject(DecideArgs),
    /// Ask the sender whose the documents are; the case stays open
    #[command(after_help = "Example:\n  svodka review ask 3")]
    Ask(DecideArgs),
    /// Say that the mail answers another letter: the case goes over to that one's campaign
    #[command(after_help = "Example:\n  svodka review move 3 500plus-2022")]
    Move(MoveArgs),
    /// Take a decision back, until its letter begins to leave
    #[command(after_help = "Example:\n  svodka review undo 12")]
    Undo(CaseArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka review list")]
struct ListArgs {
    #[command(flatten)]
    config: ConfigArg,
}

#[derive(Debug, clap::Args)]
struct CaseArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// The case's number, as `svodka review list` gives it; for `undo` the decision's, as it was printed
    number: i64,
}

#[derive(Debug, clap::Args)]
struct DecideArgs {
    #[command(flatten)]
    case: CaseArgs,
    /// Print what would follow, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct AssignArgs {
    #[command(flatten)]
    decide: DecideArgs,
    /// The school's id, as `svodka status --json` gives it
    school: SchoolId,
    /// From now on the sender's address is known to be this school's
    #[arg(long)]
    learn_address: bool,
    /// From now on the name in the form is known to be this school's
    #[arg(long)]
    learn_spelling: bool,
}

#[derive(Debug, clap::Args)]
struct AcceptArgs {
    #[command(flatten)]
    decide: DecideArgs,
    /// The day of presentation of a school outside the schedule
    #[arg(long)]
    date: Option<Date>,
    /// Its name, where it is not the one in the form
    #[arg(long)]
    name: Option<String>,
    /// Its district as an adjective, for example Тосненский
    #[arg(long)]
    district: Option<String>,
}

#[derive(Debug, clap::Args)]
struct MoveArgs {
    #[command(flatten)]
    case: CaseArgs,
    /// The other campaign's id
    campaign: CampaignId,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.act {
        Command::List(args) => {
            let config = args.config.load()?;
            block_on(async {
                let store = Store::open_read_only(&config.store.url, &config.store.files).await?;
                list(&store.reviews_open(None).await?)
            })
        }
        Command::Show(args) => with(args, async |office, about| show(&case(&office, about).await?)),
        Command::Assign(args) => {
            let (learn_address, learn_spelling) = (args.learn_address, args.learn_spelling);
            let act = Act::School { school: args.school.clone(), learn_address, learn_spelling };
            decide(&args.decide, async |_: &Case| Ok(act.clone()))
        }
        Command::Accept(args) => decide(&args.decide, async |case: &Case| accepting(args, case)),
        Command::Reject(args) => decide(args, async |_: &Case| Ok(Act::Nothing)),
        Command::Ask(args) => decide(args, async |_: &Case| Ok(Act::Ask)),
        Command::Move(args) => move_to(args),
        Command::Undo(args) => undo(args),
    }
}

/// What `accept` means for a case.
fn accepting(args: &AcceptArgs, case: &Case) -> anyhow::Result<Act> {
    let submission = case.submission.as_ref();
    if let Some(outside) = submission.and_then(|one| one.outside.clone()) {
        let district = args.district.clone().context("name the district of the school with --district")?;
        return Ok(Act::Joins { name: args.name.clone().unwrap_or(outside), district, date: args.date });
    }
    let known = submission.and_then(|one| one.school.clone()).into_iter();
    let mut candidates: Vec<SchoolId> =
        known.chain(case.review.iter().flat_map(|review| review.candidates.clone())).collect();
    candidates.dedup();
    match candidates.as_slice() {
        [school] => Ok(Act::School { school: school.clone(), learn_address: false, learn_spelling: false }),
        [] => bail!("no school is known for this case; name it with `svodka review assign`"),
        _ => bail!("it may be several schools; name one with `svodka review assign`"),
    }
}

fn list(rows: &[ReviewRow]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if rows.is_empty() {
        writeln!(out, "nothing waits for a decision")?;
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["no", "campaign", "received", "why", "from", "subject", "may be"]);
    for row in rows {
        let schools: Vec<&str> = row.candidates.iter().map(|school| school.as_str()).collect();
        let why = serde_json::to_value(row.reason)?;
        table.add_row([
            row.id.to_string(),
            row.campaign.to_string(),
            row.received.strftime("%F %R UTC").to_string(),
            row.outside.as_ref().map_or_else(
                || why.as_str().unwrap_or_default().replace('_', " "),
                |name| format!("outside the schedule: {}", crate::reply::russian::one_line(name)),
            ),
            row.sender.clone().unwrap_or_default(),
            crate::reply::russian::one_line(&row.subject),
            schools.join(", "),
        ]);
    }
    writeln!(out, "{table}")?;
    Ok(())
}

fn show(case: &Case) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if let Some(reading) = &case.reading {
        let message = &reading.message;
        let from = message.from.as_ref().map(|from| from.address.to_string()).unwrap_or_default();
        writeln!(out, "from:     {from}\nsubject:  {}", crate::reply::russian::one_line(&message.subject))?;
        for file in &reading.files {
            writeln!(
                out,
                "file:     {}",
                file.name.as_deref().map(crate::reply::russian::one_line).unwrap_or_default()
            )?;
        }
    }
    writeln!(out, "received: {}", case.stored.received_at.strftime("%F %R UTC"))?;
    if let Some(review) = &case.review {
        let schools: Vec<&str> = review.candidates.iter().map(|school| school.as_str()).collect();
        writeln!(out, "why:      {:?}\nmay be:   {}", review.reason, schools.join(", "))?;
        if let Some(asked) = review.asked {
            writeln!(out, "asked:    {}", asked.strftime("%F %R UTC"))?;
        }
        if let Some(decided) = review.decided {
            writeln!(out, "decided:  {}", decided.strftime("%F %R UTC"))?;
        }
    }
    for reason in case.submission.iter().flat_map(|one| &one.evidence) {
        writeln!(out, "  {reason}")?;
    }
    Ok(())
}

/// Opens an office beside the daemon.
fn with(args: &CaseArgs, act: impl AsyncFnOnce(Office, About) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let config = args.config.load()?;
    block_on(async {
        let store = Store::open_beside(&config.store.url, &config.store.files).await?;
        let office = Office::open(config, store, Clock::System).await?;
        act(office, About::Review(args.number)).await
    })
}

async fn case(office: &Office, about: About) -> anyhow::Result<Case> {
    let About::Review(number) = about else { bail!("no case") };
    let found = office.case(about).await?;
    found.with_context(|| format!("there is no case {number}; `svodka review list` shows them"))
}

fn decide(args: &DecideArgs, wanted: impl AsyncFnOnce(&Case) -> anyhow::Result<Act>) -> anyhow::Result<()> {
    with(&args.case, async |office, about| {
        let case = case(&office, about).await?;
        let act = wanted(&case).await?;
        if args.dry_run {
            let prospect = office.prospect(&case, &act).await.map_err(cure)?;
            return foretell(&prospect);
        }
        let address = Address::parse(COMMAND_LINE).context("the name of the command line")?;
        let by = office.store.account(&address).await?;
        let number = args.case.number;
        match office.settle(about, &act, None, by).await.map_err(cure)? {
            Settled::Done { ruling, letters: 0, .. } => {
                writeln!(
                    io::stdout(),
                    "case {number} is decided, no letter follows; `svodka review undo {ruling}` takes it back"
                )?;
            }
            Settled::Done { ruling, until, .. } => {
                writeln!(
                    io::stdout(),
                    "case {number} is decided; its letter leaves at {}, until then `svodka review undo {ruling}` takes it back",
                    until.strftime("%F %T UTC")
                )?;
            }
            Settled::Decided => bail!("case {number} has been decided; `svodka review list` shows what waits"),
            Settled::Changed => bail!("more has come of the school just now: run this again"),
        }
        Ok(())
    })
}

/// Says what to do about a mistake in the call.
fn cure(error: ActError) -> anyhow::Error {
    match &error {
        ActError::School(_) => anyhow::Error::from(error),
        _ => anyhow::Error::from(error).context("nothing is changed"),
    }
}

fn foretell(prospect: &Prospect) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for one in &prospect.decision.submissions {
        let school = one.school.as_ref().map(|school| school.as_str()).unwrap_or_default();
        writeln!(
            out,
            "would count for {school}: {:?}, missing {:?}, invalid {:?}",
            one.action, one.missing, one.invalid
        )?;
    }
    if prospect.letters.is_empty() {
        writeln!(out, "no letter would follow")?;
    }
    for letter in &prospect.letters {
        writeln!(out, "would be sent to {}:\n", letter.to)?;
        out.write_all(&letter.mime)?;
    }
    Ok(())
}

fn move_to(args: &MoveArgs) -> anyhow::Result<()> {
    with(&args.case, async |office, _| {
        let address = Address::parse(COMMAND_LINE).context("the name of the command line")?;
        let by = office.store.account(&address).await?;
        match office.move_to(&args.campaign, args.case.number, by).await? {
            Some(new) => writeln!(io::stdout(), "it is case {new} of {} now", args.campaign)?,
            None => {
                bail!("nothing is changed: the case is decided, is this campaign's, or documents of its mail count")
            }
        }
        Ok(())
    })
}

fn undo(args: &CaseArgs) -> anyhow::Result<()> {
    with(args, async |office, _| {
        let address = Address::parse(COMMAND_LINE).context("the name of the command line")?;
        let by = office.store.account(&address).await?;
        match office.undo(args.number, by).await? {
            Undone::Done => writeln!(io::stdout(), "decision {} is taken back: all is as it was", args.number)?,
            Undone::Before => bail!("there is no decision {} to take back", args.number),
            Undone::TooLate => {
                bail!("its letter has left, or more rests on it: assign the documents to another school on the board")
            }
        }
        Ok(())
    })
}
