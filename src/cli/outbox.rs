//! `svodka outbox`: letters that did not simply leave, and what a person says of them.

use std::io::{self, IsTerminal as _, Write as _};

use anyhow::bail;
use comfy_table::{ContentArrangement, Table, presets::NOTHING};
use mail_parser::{MessageParser, MimeHeaders as _};

use crate::{
    clock::Clock,
    config::{Config, ReplyMode},
    digest::Sha256,
    store::{Heard, HeldRow, OutboxState, Store, Word},
};

use super::{ConfigArg, block_on};

/// The arguments of `svodka outbox`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka outbox list\n  svodka outbox show 7\n  svodka outbox send 7")]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the letters that wait, failed, or are in doubt
    List(ListArgs),
    /// Print a letter: to be read, on a terminal; as it goes out (an .eml file), anywhere else
    #[command(after_help = "Example:\n  svodka outbox show 7\n  svodka outbox show 7 > letter.eml")]
    Show(LetterArgs),
    /// Let letters leave that are held for a person (replies.mode = "hold")
    #[command(
        after_help = "Example:\n  svodka outbox send 7 8\n  svodka outbox send 7 --read 1a2b3c4d5e6f\n  svodka outbox send --all"
    )]
    Send(SendArgs),
    /// Throw letters away that wait: they are never sent
    #[command(after_help = "Example:\n  svodka outbox drop 7 8")]
    Drop(DropArgs),
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

#[derive(Debug, clap::Args)]
struct SendArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// The letters' numbers, as `svodka outbox list` gives them
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    numbers: Vec<i64>,
    /// Every letter that is held now
    #[arg(long)]
    all: bool,
    /// Only if it still has the content that `svodka outbox show` names so: one letter at a time
    #[arg(long, value_name = "HASH", conflicts_with = "all")]
    read: Option<String>,
}

#[derive(Debug, clap::Args)]
struct DropArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// The letters' numbers, as `svodka outbox list` gives them
    #[arg(required = true)]
    numbers: Vec<i64>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.act {
        Act::List(args) => {
            let config = args.config.load()?;
            block_on(async {
                let store = Store::open_read_only(&config.store.url, &config.store.files).await?;
                list(&store.outbox_open(None).await?, config.replies.mode == ReplyMode::Hold)
            })
        }
        Act::Show(args) => {
            let config = args.config.load()?;
            block_on(async {
                let store = Store::open_read_only(&config.store.url, &config.store.files).await?;
                let Some(letter) = store.letter(args.number).await? else {
                    bail!("there is no letter {}; `svodka outbox list` shows them", args.number);
                };
                let mut out = io::stdout().lock();
                match out.is_terminal() {
                    true => out.write_all(readable(&letter).as_bytes())?,
                    false => out.write_all(&letter)?,
                }
                let content: String = Sha256::of(&letter).to_string().chars().take(HASH).collect();
                // Until it leaves, it may be written anew.
                Ok(writeln!(io::stderr(), "to send just this: svodka outbox send {} --read {content}", args.number)?)
            })
        }
        Act::Send(args) => send(args),
        Act::Drop(args) => drop_letters(args),
        Act::Resend(args) => overrule(args, true),
        Act::Delivered(args) => overrule(args, false),
    }
}

/// A letter of ours as its receiver reads it: to whom, about what, what is attached, the text.
fn readable(letter: &[u8]) -> String {
    let Some(mail) = MessageParser::default().parse(letter) else {
        return String::from_utf8_lossy(letter).into_owned();
    };
    let to = mail.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default();
    let attached: Vec<&str> = mail.attachments().filter_map(|part| part.attachment_name()).collect();
    let mut text = format!("To: {to}\nSubject: {}\n", mail.subject().unwrap_or_default());
    if !attached.is_empty() {
        text += &format!("Attached: {}\n", attached.join(", "));
    }
    text + "\n" + mail.body_text(0).unwrap_or_default().replace('\r', "").trim_end() + "\n"
}

fn list(rows: &[HeldRow], held: bool) -> anyhow::Result<()> {
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
            if (held || row.held) && row.state == OutboxState::Queued && !row.approved && !row.alert {
                "held for you".to_owned()
            } else {
                word(row.state).to_owned()
            },
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

/// So much of a hash tells one content from another.
const HASH: usize = 12;

/// Lets a letter leave that still has the content of which somebody has read.
async fn send_read(store: &Store, number: i64, read: &str) -> anyhow::Result<()> {
    let known = store.letter(number).await?.map(|letter| Sha256::of(&letter));
    let Some(content) = known.filter(|content| read.len() >= HASH && content.to_string().starts_with(read)) else {
        bail!("letter {number} has not that content (any more); read it once more: svodka outbox show {number}");
    };
    match store.say(number, Word::Approve, &content, None, Clock::System.now()).await? {
        Heard::Done => told(&[number], &[number], LEAVES),
        Heard::Rewritten => bail!("letter {number} was written anew; read it once more: svodka outbox show {number}"),
        Heard::TooLate => told(&[], &[number], LEAVES),
    }
}

const LEAVES: &str = "leaves with the daemon's next look at the outbox";

fn send(args: &SendArgs) -> anyhow::Result<()> {
    let config = args.config.load()?;
    if let Some(read) = &args.read {
        let [number] = args.numbers.as_slice() else { bail!("--read goes with one letter: name its number alone") };
        return block_on(async { send_read(&beside(&config).await?, *number, read).await });
    }
    let only = (!args.all).then_some(args.numbers.as_slice());
    block_on(async {
        let sent = beside(&config).await?.approve(only, Clock::System.now()).await?;
        told(&sent, only.unwrap_or(&sent), LEAVES)
    })
}

fn drop_letters(args: &DropArgs) -> anyhow::Result<()> {
    let config = args.config.load()?;
    block_on(async {
        let dropped = beside(&config).await?.drop_waiting(&args.numbers, Clock::System.now()).await?;
        told(&dropped, &args.numbers, "is thrown away")
    })
}

/// Says what was done about each letter, and of which nothing could be done.
fn told(done: &[i64], wanted: &[i64], what: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if wanted.is_empty() {
        writeln!(out, "no letter waits")?;
    }
    for number in done {
        writeln!(out, "letter {number} {what}")?;
    }
    let other: Vec<String> = wanted.iter().filter(|one| !done.contains(one)).map(ToString::to_string).collect();
    if !other.is_empty() {
        bail!("no letter {} waits; `svodka outbox list` shows them", other.join(", "));
    }
    Ok(())
}

async fn beside(config: &Config) -> anyhow::Result<Store> {
    Ok(Store::open_beside(&config.store.url, &config.store.files).await?)
}

fn overrule(args: &LetterArgs, again: bool) -> anyhow::Result<()> {
    let config = args.config.load()?;
    block_on(async {
        let store = beside(&config).await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_without_its_coding() {
        let letter = "From: a@committee.example\r\nTo: school@mail.example\r\n\
            Subject: =?utf-8?B?0J/QuNGB0YzQvNC+INC/0L7Qu9GD0YfQtdC90L4=?=\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\
            Content-Transfer-Encoding: base64\r\n\r\n0JfQtNGA0LDQstGB0YLQstGD0LnRgtC1IQ==\r\n--x\r\n\
            Content-Type: application/octet-stream; name=form.docx\r\nContent-Disposition: attachment; filename=form.docx\r\n\r\n\
            PK\r\n--x--\r\n";
        let read = "To: school@mail.example\nSubject: Письмо получено\nAttached: form.docx\n\nЗдравствуйте!\n";
        assert_eq!(readable(letter.as_bytes()), read);
    }
}
