//! `svodka roster`: the schools of the region, from whatever table there is of them.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::{
    roster::{self, Entry, Import},
    store::Store,
};

use super::{ConfigArg, Wrong, block_on};

/// The arguments of `svodka roster`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Make a roster of a table of schools, in a workbook (XLSX) or a text (CSV)
    #[command(
        after_help = "Example:\n  svodka roster import schools.xlsx -o roster.csv\n\nColumns are known by their headings, in any \
                            order: «Наименование», «Район», «Населённый пункт», «Эл. почта», «ИНН», «Координатор» and the like."
    )]
    Import(ImportArgs),
    /// Say what a roster holds, and what of it cannot be used
    #[command(
        after_help = "Example:\n  svodka roster check roster.csv\n\nExit status: 0 every row can be used; 2 some cannot."
    )]
    Check {
        /// The roster
        file: PathBuf,
    },
    /// Print the roster with what decisions of staff have taught: addresses, ways of writing a name, further schools
    #[command(after_help = "Example:\n  svodka roster export > roster-new.csv")]
    Export {
        #[command(flatten)]
        config: ConfigArg,
    },
}

#[derive(Debug, clap::Args)]
struct ImportArgs {
    /// The table
    table: PathBuf,
    /// The roster to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Replace a roster that is there already; its schools keep their ids
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Import(args) => import(args),
        Action::Check { file } => check(file),
        Action::Export { config } => export(config),
    }
}

fn import(args: &ImportArgs) -> anyhow::Result<()> {
    let output = args.output.display();
    if args.output.exists() && !args.force {
        return Err(Wrong(format!(
            "{output}: exists already\n  cure: name another file, or give --force to replace it: its schools keep their ids"
        ))
        .into());
    }
    let known = if args.output.exists() { parsed(&args.output, &[])?.entries } else { Vec::new() };
    let made = parsed(&args.table, &known)?;
    tell(&args.table, &made)?;
    if made.entries.is_empty() {
        return Err(Wrong(format!("{}: it names no school, nothing was written", args.table.display())).into());
    }
    // Whoever reads the roster meanwhile reads the old one or the new one.
    let folder = args.output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&roster::write(&made.entries)?)?;
    file.as_file().sync_all()?;
    let kept = if args.force { file.persist(&args.output) } else { file.persist_noclobber(&args.output) };
    kept?;
    writeln!(io::stdout(), "{output}: {}", summary(&made.entries))?;
    Ok(())
}

fn check(file: &Path) -> anyhow::Result<()> {
    let read = parsed(file, &[])?;
    tell(file, &read)?;
    let mut districts: Vec<(&str, usize)> = Vec::new();
    let mut names: Vec<&str> = read.entries.iter().map(|one| one.district.as_str()).collect();
    names.sort_unstable();
    for name in names {
        match districts.last_mut() {
            Some((last, count)) if *last == name => *count += 1,
            _ => districts.push((name, 1)),
        }
    }
    let mut out = io::stdout().lock();
    for (district, count) in districts {
        writeln!(out, "{:>6} {}", count, if district.is_empty() { "(no district)" } else { district })?;
    }
    writeln!(out, "{}: {}", file.display(), summary(&read.entries))?;
    let lost = read.problems.iter().filter(|problem| problem.lost).count();
    if lost > 0 {
        return Err(Wrong(format!("{}: {lost} rows cannot be used", file.display())).into());
    }
    Ok(())
}

fn export(config: &ConfigArg) -> anyhow::Result<()> {
    let config = config.load()?;
    let mut entries = config.roster()?.unwrap_or_default();
    block_on(async {
        let store = Store::open_read_only(&config.store.url, &config.store.files).await?;
        for campaign in config.campaigns()? {
            let amendments: Vec<_> =
                store.amendments(&campaign.id).await?.into_iter().map(|row| row.amendment).collect();
            entries = roster::learnt(std::mem::take(&mut entries), &campaign, &amendments);
        }
        anyhow::Ok(())
    })?;
    io::stdout().write_all(&roster::write(&entries)?)?;
    Ok(())
}

fn parsed(file: &Path, known: &[Entry]) -> Result<Import, Wrong> {
    let name = file.display();
    let bytes = fs::read(file).map_err(|reason| {
        Wrong(format!("{name}: cannot be read: {reason}\n  cure: name an existing table of schools"))
    })?;
    roster::import(&bytes, known).map_err(|error| Wrong(format!("{name}: {error}")))
}

/// What could not be used, row by row.
fn tell(file: &Path, read: &Import) -> io::Result<()> {
    let mut err = io::stderr().lock();
    for problem in &read.problems {
        let weight = if problem.lost { "LEFT OUT" } else { "note" };
        writeln!(err, "{}: row {}: {weight}: {}", file.display(), problem.row, problem.text)?;
    }
    if !read.unused.is_empty() {
        writeln!(err, "{}: columns that were not used: {}", file.display(), read.unused.join("; "))?;
    }
    Ok(())
}

fn summary(entries: &[Entry]) -> String {
    let count = |has: fn(&Entry) -> bool| entries.iter().filter(|one| has(one)).count();
    format!(
        "{} schools, {} with an address, {} with a district, {} with a coordinator",
        entries.len(),
        count(|one| !one.addresses.is_empty()),
        count(|one| !one.district.is_empty()),
        count(|one| one.coordinator.is_some())
    )
}
