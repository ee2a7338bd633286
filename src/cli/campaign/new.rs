//! `svodka campaign new`: a campaign file from the committee's own letter.

use std::{
    fs::{self, Permissions},
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use crate::{
    campaign::{self, Finding},
    cli::{ClockArg, Wrong},
    config::ConverterConfig,
    converter::Converter,
    document::{Document, Limits, Problem},
    jail::{Jail, Sandbox},
    letter::{self, Written},
    message::OwnIdentity,
    scrutiny,
};

/// The arguments of `svodka campaign new`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  svodka campaign new --from letter.docx -o campaigns/500plus-2022.toml\n\nThe letter and its \
                  annexes stand in one file. What is not sure is marked in the new file, and listed with its line."
)]
pub(super) struct Args {
    /// The letter with its annexes, as a Word file
    #[arg(long, value_name = "LETTER")]
    from: PathBuf,
    /// The campaign file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Replace the file where it exists
    #[arg(long)]
    force: bool,
    /// The number of the annex that holds the form, where several do
    #[arg(long, value_name = "N")]
    annex: Option<usize>,
    #[command(flatten)]
    clock: ClockArg,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let output = args.output.display();
    if args.output.exists() && !args.force {
        return Err(exists(&args.output).into());
    }
    let now = args.clock.clock().now();
    let document = document(&args.from)?;
    let options = letter::Options { today: now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date(), annex: args.annex };
    let draft = letter::read(&document, &options).map_err(|refusal| wrong(&args.from, &refusal.to_string()))?;
    let written = letter::write(&draft);
    let (campaign, mut found) =
        campaign::look(&written.text).map_err(|reason| unsound(&args.from, &reason.to_string()))?;
    // What the letter does not say is marked, and for a person to write: until then the file is refused.
    let gaps = found.len();
    let Some(campaign) = campaign.filter(|_| found.iter().all(Finding::is_gap)) else {
        return Err(unsound(&args.from, &campaign::place(&written.text, found).to_string()).into());
    };
    found.extend(scrutiny::findings(&campaign, now));
    save(&args.output, &written.text, args.force)?;
    let mut said = io::stderr().lock();
    for (place, finding) in campaign::place(&written.text, found).0 {
        writeln!(said, "{output}:{}: {}\n  cure: {}", place.line, finding.text, finding.cure)?;
    }
    marks(&mut said, &args.output, &written)?;
    if gaps > 0 {
        writeln!(said, "svodka: the campaign cannot begin until the empty texts are written")?;
    }
    drop(said);
    let (schools, fields) = (campaign.schools.len(), campaign.form.fields.len());
    let requirements = campaign.requirements.len();
    writeln!(io::stdout(), "{output}: written: {fields} fields, {schools} schools, {requirements} requirements")?;
    Ok(())
}

/// What was read makes no campaign, which no letter should do.
fn unsound(file: &Path, why: &str) -> Wrong {
    wrong(
        file,
        &format!(
            "what it asks makes no sound campaign, nothing was written: {why}\n  cure: make the letter's annexes plainer, \
             or start from a copy of another campaign file"
        ),
    )
}

/// What a person has to look at, each with its line.
fn marks(said: &mut impl io::Write, file: &Path, written: &Written) -> io::Result<()> {
    for doubt in &written.doubts {
        writeln!(said, "{}:{}: {}", file.display(), doubt.line, doubt.why)?;
    }
    match written.doubts.len() {
        0 => writeln!(said, "svodka: nothing is in doubt; read the file once all the same"),
        1 => writeln!(said, "svodka: one place is marked «ПРОВЕРЬТЕ» in the file: look at it"),
        count => writeln!(said, "svodka: {count} places are marked «ПРОВЕРЬТЕ» in the file: look at each"),
    }
}

fn exists(file: &Path) -> Wrong {
    wrong(
        file,
        "exists already, and may have been edited by hand\n  cure: name another file, or give --force to replace it",
    )
}

fn wrong(file: &Path, what: &str) -> Wrong {
    Wrong(format!("{}: {what}", file.display()))
}

/// The letter's document, read as every file of strangers is: in the jail.
fn document(file: &Path) -> anyhow::Result<Document> {
    let bytes = fs::read(file).map_err(|reason| {
        wrong(file, &format!("cannot be read: {reason}\n  cure: name the letter's file, for example letter.docx"))
    })?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let jail = Jail::new(Sandbox::BestEffort, Limits::default());
    let converter = Converter::find(&ConverterConfig::default(), Sandbox::BestEffort, &Limits::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let read = runtime.block_on(async {
        let mut read = jail.read_file(&bytes, name, &OwnIdentity::default()).await?;
        converter.complete(&jail, &mut read).await?;
        jail.close().await;
        Ok::<_, crate::jail::JailError>(read.0)
    });
    let reading =
        read.map_err(|error| wrong(file, &format!("cannot be read: {error}\n  cure: save the letter anew as DOCX")))?;
    let mut problem = Problem::Empty;
    let mut longest: Option<Document> = None;
    for file in reading.files {
        match file.content {
            // Of an archive the longest file is the letter.
            Ok(document) if longest.as_ref().is_none_or(|one| one.text().len() < document.text().len()) => {
                longest = Some(document);
            }
            Ok(_) => {}
            Err(why) => problem = why,
        }
    }
    Ok(longest.ok_or_else(|| wrong(file, &format!("{problem}\n  cure: {}", cure(problem))))?)
}

/// What to do about a file that gives no text.
fn cure(problem: Problem) -> &'static str {
    match problem {
        Problem::Empty => "give the letter with its text as DOCX; a file that was cut short has to be copied again",
        Problem::Encrypted => "open the letter with its password, and save it without one as DOCX",
        Problem::Damaged => "open the letter in Word or LibreOffice, and save it anew as DOCX",
        Problem::NeedsConverter => {
            "open the letter in Word or LibreOffice and save it as DOCX, or install LibreOffice here (apt-get install \
             libreoffice-writer)"
        }
        Problem::Scan => "give the file that was typed, as DOCX: a scan holds a picture of the text, and no text",
        Problem::Unsupported => "save the letter as DOCX",
        Problem::Hostile => "save the letter anew as DOCX, without macros and pictures",
    }
}

/// Writes the file whole or not at all: a daemon may watch its folder.
fn save(file: &Path, text: &str, force: bool) -> anyhow::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot = |reason: &io::Error| {
        wrong(file, &format!("cannot be written: {reason}\n  cure: name a folder that exists and may be written into"))
    };
    let mut new = tempfile::Builder::new()
        .prefix(".campaign-")
        .permissions(Permissions::from_mode(0o644))
        .tempfile_in(folder)
        .map_err(|reason| cannot(&reason))?;
    new.write_all(text.as_bytes()).map_err(|reason| cannot(&reason))?;
    new.as_file().sync_all().map_err(|reason| cannot(&reason))?;
    let kept = if force { new.persist(file) } else { new.persist_noclobber(file) };
    match kept {
        Ok(_) => Ok(()),
        Err(lost) if lost.error.kind() == io::ErrorKind::AlreadyExists => Err(exists(file).into()),
        Err(lost) => Err(cannot(&lost.error).into()),
    }
}
