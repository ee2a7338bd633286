//! `svodka templates`: the wording of the letters, looked at.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use crate::{
    reply::{self, Sample, Templates},
    report,
};

use super::{CampaignArg, ConfigArg};

/// The arguments of `svodka templates`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Write every letter in each of its shapes, with made-up data
    Preview(Preview),
}

/// The arguments of `svodka templates preview`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  svodka templates preview /tmp/letters\n\nOf each letter: NAME.subject.txt, NAME.txt, \
                  NAME.html and its picture, NAME.eml with its attachments, and each of these as NAME.FILE."
)]
struct Preview {
    #[command(flatten)]
    config: ConfigArg,
    #[command(flatten)]
    campaign: CampaignArg,
    /// The folder; files of the same names are replaced
    dir: PathBuf,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let Action::Preview(args) = &args.action;
    let rules = args.config.rules_or_sample()?;
    let templates = Templates::load(rules.templates.as_deref())?;
    let campaign = args.campaign.one(rules.campaigns)?;
    let mut samples = reply::samples(&campaign, &templates)?;
    samples.extend(report::samples(&campaign, &templates)?);
    fs::create_dir_all(&args.dir).with_context(|| format!("{}: cannot be created", args.dir.display()))?;
    for sample in &samples {
        write(&args.dir, sample)?;
    }
    writeln!(io::stdout(), "{} letters: {}", samples.len(), args.dir.display())?;
    Ok(())
}

fn write(dir: &Path, Sample { name, letter }: &Sample) -> anyhow::Result<()> {
    let subject = format!("{}\n", letter.subject);
    // A browser knows no parts of a mail: there the picture is a file beside the page.
    let html = match &letter.picture {
        Some(picture) => letter.html.replace(&format!("cid:{}", picture.cid), &format!("{name}.picture.png")),
        None => letter.html.clone(),
    };
    let own: [(&str, &[u8]); 5] = [
        ("subject.txt", subject.as_bytes()),
        ("txt", letter.text.as_bytes()),
        ("html", html.as_bytes()),
        ("picture.png", letter.picture.as_ref().map_or(&[], |picture| &picture.png)),
        ("eml", &letter.mime),
    ];
    let attached = letter.attached.iter().map(|file| (file.name.as_str(), file.bytes.as_slice()));
    // What staff are told has no other form than its text.
    let written = own.into_iter().filter(|(_, bytes)| !bytes.is_empty());
    for (end, bytes) in written.chain(attached) {
        let path = dir.join(format!("{name}.{end}"));
        fs::write(&path, bytes).with_context(|| format!("{}: cannot be written", path.display()))?;
    }
    Ok(())
}
