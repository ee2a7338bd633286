//! `svodka restore`: a backup into an empty place.

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use anyhow::bail;

use crate::{
    backup::{self, Place, Restored},
    clock::Clock,
};

use super::{ConfigArg, block_on};

/// The arguments of `svodka restore`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  svodka restore /var/backups/svodka/svodka-2026-11-28T21-00-00Z\n  svodka restore svodka-2026-11-28T21-00-00Z --into /tmp/drill"
)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArg,
    /// The backup: the folder that `svodka backup` printed
    backup: PathBuf,
    /// Put the store into this folder (svodka.db and files), and not where the configuration has it: to try a backup out
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
    /// Leave out files of the backup that are damaged, and restore everything else
    #[arg(long)]
    without_damaged: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let place = match &args.into {
        Some(folder) => Place { database: folder.join("svodka.db"), files: folder.join("files") },
        None => {
            let config = args.config.load()?;
            let database = config.store.url.strip_prefix("sqlite://").unwrap_or_default();
            Place { database: database.into(), files: config.store.files }
        }
    };
    if !backup::is_backup(&args.backup)
        && let Some((newest, _)) = backup::complete(&args.backup).unwrap_or_default().pop()
    {
        bail!("{} is a folder of backups: name one of them; the newest is {}", args.backup.display(), newest.display());
    }
    block_on(async {
        let restored = backup::restore(&args.backup, &place, args.without_damaged, Clock::System.now()).await?;
        told(args, &place, &restored)
    })
}

fn told(args: &Args, place: &Place, restored: &Restored) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let (manifest, held) = (&restored.manifest, restored.held);
    writeln!(
        out,
        "{}: restored as it was on {}: {} mails, {} letters, {} files",
        place.database.display(),
        manifest.made_at.strftime("%F %T UTC"),
        manifest.messages,
        manifest.letters,
        manifest.files
    )?;
    for one in &restored.without {
        writeln!(out, "left out: {one}")?;
    }
    writeln!(
        out,
        "held for a person (`svodka outbox list`, or the board): {} letters that waited then; in doubt: {} that were being sent; \
         not decided then: {} mails",
        held.letters, held.doubtful, held.undecided
    )?;
    writeln!(
        out,
        "What has happened since then, this store does not know: mails that are in the mailbox now are read in again, what they \
         bring counts, and their answers wait for a person too, as they may have been sent. Mails that svodka has moved to other \
         folders since then must be moved back; what was erased since then is there again. Whoever was signed in to the board signs in again."
    )?;
    if !manifest.settings.is_empty() {
        writeln!(out, "the settings of then are in {}", args.backup.join("config").display())?;
    }
    Ok(writeln!(out, "when all is in place: svodka doctor, svodka audit verify, then start the service")?)
}
