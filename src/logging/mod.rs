//! Where logs go, and what never gets there: the events of this program alone, as fields in the journal, as JSON or as
//! text. Libraries log commands with passwords, statements with answers, names that they ask for: none of that passes,
//! whatever `RUST_LOG` says.

use std::{env, io, io::IsTerminal as _, os::fd::AsFd, panic, sync::OnceLock};

use anyhow::Context as _;
use tracing::{Metadata, Span};
use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{FilterExt as _, FilterFn, filter_fn},
    fmt::MakeWriter,
    layer::{Filter, SubscriberExt as _},
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

/// What a log looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Form {
    /// The journal where stderr is connected to it, else text
    #[default]
    Auto,
    /// Fields in systemd's journal
    Journal,
    /// One JSON object a line, on stderr
    Json,
    /// Lines of text, on stderr
    Text,
}

/// Where the log goes that was started.
static CHOSEN: OnceLock<Form> = OnceLock::new();

/// What is logged where `RUST_LOG` does not say.
const USUAL: &str = "svodka=info";

/// What the fields of our events begin with in the journal.
const PREFIX: &str = "SVODKA";

/// Starts logging. From then on a panic, too, is an event, with its place and without its words: these may quote what was
/// being read.
///
/// # Errors
/// Where the journal is asked for and does not answer.
pub fn start(form: Form) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL));
    let registry = tracing_subscriber::registry();
    let form = match form {
        Form::Auto if is_journal(io::stderr(), env::var("JOURNAL_STREAM").ok().as_deref()) => Form::Journal,
        form => form,
    };
    let journal = match form {
        Form::Journal => Some(journal().context("the journal does not answer; choose another form with --log")?),
        _ => None,
    };
    let chosen = match journal {
        Some(journal) => {
            registry.with(journal.with_filter(ours().and(filter))).init();
            Form::Journal
        }
        None if form == Form::Json => {
            registry.with(json(io::stderr).with_filter(ours().and(filter))).init();
            Form::Json
        }
        None => {
            let colour = io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            registry.with(text(io::stderr, colour).with_filter(ours().and(filter))).init();
            Form::Text
        }
    };
    let _ = CHOSEN.set(chosen);
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic: this is a fault of the program");
    }));
    Ok(())
}

/// Everything that happens to a message is logged within this, whoever does it.
pub fn of_mail(message: i64) -> Span {
    tracing::error_span!("mail", mail = message)
}

/// Everything that happens to a letter; `answers`: the message that it answers.
pub fn of_letter(outbox: i64, answers: Option<i64>) -> Span {
    tracing::error_span!("letter", outbox, mail = answers)
}

/// Whether what is said on stderr is a log that others read, and no answer to whoever typed a command.
pub fn is_structured() -> bool {
    matches!(CHOSEN.get(), Some(Form::Journal | Form::Json))
}

/// Lets through what this program logs itself.
fn ours<S>() -> impl Filter<S> + Send + Sync + 'static
where
    S: tracing::Subscriber + for<'span> LookupSpan<'span>,
{
    fn is_ours(of: &Metadata<'_>) -> bool {
        of.target() == env!("CARGO_CRATE_NAME") || of.target().starts_with(concat!(env!("CARGO_CRATE_NAME"), "::"))
    }
    let ours: FilterFn = filter_fn(is_ours);
    ours
}

/// The journal's priorities (sd-daemon(3)): what is of use in daily work is "info", what explains it "debug".
fn journal() -> io::Result<tracing_journald::Layer> {
    let priorities = PriorityMappings {
        info: Priority::Informational,
        debug: Priority::Debug,
        trace: Priority::Debug,
        ..PriorityMappings::new()
    };
    let layer = tracing_journald::layer()?.with_field_prefix(Some(PREFIX.to_owned()));
    Ok(layer.with_syslog_identifier("svodka".to_owned()).with_priority_mappings(priorities))
}

fn json<W: for<'w> MakeWriter<'w> + Send + Sync + 'static>(to: W) -> impl Layer<Registry> {
    let layer = tracing_subscriber::fmt::layer().json().flatten_event(true);
    layer.with_current_span(true).with_span_list(false).with_target(true).with_writer(to)
}

fn text<W: for<'w> MakeWriter<'w> + Send + Sync + 'static>(to: W, colour: bool) -> impl Layer<Registry> {
    tracing_subscriber::fmt::layer().with_writer(to).with_ansi(colour).with_target(false)
}

/// Whether this is the very stream that systemd has connected to the journal (`$JOURNAL_STREAM`, systemd.exec(5)): device
/// and inode, in decimal.
fn is_journal(stream: impl AsFd, named: Option<&str>) -> bool {
    let Ok(stat) = rustix::fs::fstat(stream) else { return false };
    named
        .and_then(|named| named.split_once(':'))
        .is_some_and(|(device, inode)| device.parse() == Ok(stat.st_dev) && inode.parse() == Ok(stat.st_ino))
}

#[cfg(test)]
mod tests;
