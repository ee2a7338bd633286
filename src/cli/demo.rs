//! `svodka demo`: the whole main job on sample mails, in a folder of its own.

use std::{
    fs,
    io::{self, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use jiff::Timestamp;

use crate::{
    board,
    clock::Clock,
    config::{BoardConfig, Config},
    daemon::{Daemon, summary_message},
    message::Address,
    office::summary,
};

use super::{block_on, report, settings::SAMPLE_CAMPAIGN, status};

/// The demo's clock: noon in Moscow on 10 November 2022.
const NOON: i64 = 1_668_070_800;

/// To whom the summary would go.
const STAFF: &str = "staff@committee.example";

const CONFIG: &str = r#"campaigns = ["campaign.toml"]

[store]
url = "sqlite://svodka.db"
files = "files"

[[mailbox]]
kind = "maildir"
path = "inbox"
address = "svodka@committee.example"
name = "Комитет общего и профессионального образования"

[smtp]
kind = "file"
path = "outbox"

[authentication]
verify = false

[reader]
sandbox = "best-effort"
"#;

macro_rules! mail {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../tests/fixtures/mails/", $name, ".eml")))
    };
}
/// The sample mails, in the order in which they came.
const MAILS: [(&str, &[u8]); 13] = [
    mail!("01-kirishi-complete"),
    mail!("02-roshchino-form"),
    mail!("03-roshchino-draft"),
    mail!("04-podporozhye-missing"),
    mail!("05-vazhiny-invalid"),
    mail!("06-lebyazhye-draft-only"),
    mail!("07-ambiguous-number"),
    mail!("08-outside"),
    mail!("09-out-of-office"),
    mail!("10-bounce"),
    mail!("11-leave"),
    mail!("12-zip"),
    mail!("13-damaged"),
];

/// The arguments of `svodka demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka demo --dir /tmp/svodka-demo\n  svodka demo --serve")]
pub(super) struct Args {
    /// Where everything is written
    #[arg(long, value_name = "DIR", default_value = "svodka-demo")]
    dir: PathBuf,
    /// Then serve the board over it, until Ctrl-C; a link for signing in is printed
    #[arg(long)]
    serve: bool,
    /// Where the board listens; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8025", requires = "serve")]
    listen: SocketAddr,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let dir = &args.dir;
    deliver(dir).with_context(|| format!("{}: the sample mails cannot be put there", dir.display()))?;
    let config = Config::load(&dir.join("svodka.toml"))?;
    let clock = Clock::Fixed(Timestamp::from_second(NOON)?);
    block_on(async {
        let mut daemon = Daemon::open(config.clone(), clock).await?;
        let pass = daemon.pass().await?;
        let rules = daemon.office().first();
        let summary = summary(daemon.store(), &rules.campaign, clock.now()).await?;
        let [table, page, digest, letter] =
            ["свод.xlsx", "сводка.html", "свод.docx", "сводка.eml"].map(|name| dir.join(name));
        let files = report::Files { xlsx: Some(table.clone()), html: Some(page.clone()), docx: Some(digest.clone()) };
        files.write(&summary)?;
        let staff = Address::parse(STAFF).context("the address of the staff")?;
        let message = summary_message(daemon.store(), &config, &rules.campaign, &staff, clock.now()).await?;
        fs::write(&letter, message).with_context(|| format!("{}: cannot be written", letter.display()))?;
        status::print(&summary, false)?;
        let mut out = io::stdout().lock();
        writeln!(out, "\nmails taken in: {}, decided: {}, replies written: {}", pass.taken, pass.decided, pass.sent)?;
        let (replies, mailbox) = (dir.join("outbox"), dir.join("inbox"));
        for (what, path) in [
            ("replies", replies),
            ("summary", page),
            ("by mail", letter),
            ("table", table),
            ("digest", digest),
            ("mailbox", mailbox),
        ] {
            writeln!(out, "{what:>8}: {}", path.display())?;
        }
        drop(out);
        daemon.close().await;
        if args.serve { serve(config, clock, args.listen).await } else { Ok(()) }
    })
}

/// Runs the daemon over the same folder, with a board on which the staff can act.
async fn serve(mut config: Config, clock: Clock, listen: SocketAddr) -> anyhow::Result<()> {
    config.board = Some(BoardConfig { listen, ..BoardConfig::default() });
    config.staff.addresses = vec![STAFF.to_owned()];
    let staff = Address::parse(STAFF).context("the address of the staff")?;
    let mut daemon = Daemon::open(config.clone(), clock).await?;
    let address = daemon.listen().await?;
    let campaigns = config.campaigns()?;
    let link = board::printed_link(daemon.store(), &config, &campaigns, &staff, address, clock.now()).await?;
    writeln!(io::stdout(), "   board: {link}\n          (the link works once; Ctrl-C ends it)")?;
    daemon.serve(config, clock).await
}

/// Puts configuration and mails into the folder; a mail that was delivered before is not delivered again.
fn deliver(dir: &Path) -> io::Result<()> {
    let inbox = dir.join("inbox");
    for folder in ["new", "cur", "tmp"] {
        fs::create_dir_all(inbox.join(folder))?;
    }
    fs::write(dir.join("svodka.toml"), CONFIG)?;
    fs::write(dir.join("campaign.toml"), SAMPLE_CAMPAIGN)?;
    let delivered: Vec<String> = ["new", "cur"]
        .iter()
        .filter_map(|folder| fs::read_dir(inbox.join(folder)).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .collect();
    for (name, bytes) in MAILS {
        if !delivered.iter().any(|file| file.split(':').next() == Some(name)) {
            fs::write(inbox.join("tmp").join(name), bytes)?;
            fs::rename(inbox.join("tmp").join(name), inbox.join("new").join(name))?;
        }
    }
    Ok(())
}
