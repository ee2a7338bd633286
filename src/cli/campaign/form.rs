//! `svodka campaign form`: the blank form that schools fill in.

use std::{
    fs::OpenOptions,
    io::{self, ErrorKind, Write as _},
    path::PathBuf,
};

use anyhow::Context as _;

use crate::{
    campaign::{self, Campaign},
    cli::{CampaignArg, ConfigArg, Wrong},
    config::ConfigError,
    reply,
};

/// The arguments of `svodka campaign form`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  svodka campaign form --campaign campaigns/500plus-2022.toml -o form.docx\n\nEach answer has a place of \
                  its own in the file, by which it is known again when the form comes back."
)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArg,
    /// A campaign file, or the id of a campaign of the configuration; without it the configuration's own
    #[arg(long, value_name = "FILE|ID")]
    campaign: Option<String>,
    /// The Word file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Replace the file where there is one
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let campaign = campaign(args)?;
    let bytes = reply::blank_form(&campaign, None)?;
    let path = &args.output;
    let mut how = OpenOptions::new();
    how.write(true).truncate(args.force).create(args.force).create_new(!args.force);
    let mut file = how.open(path).map_err(|reason| match reason.kind() {
        ErrorKind::AlreadyExists => {
            let what = format!("{}: is there already\n  cure: name another file, or say --force", path.display());
            anyhow::Error::from(Wrong(what))
        }
        _ => anyhow::Error::from(reason).context(format!("{}: cannot be written", path.display())),
    })?;
    file.write_all(&bytes).with_context(|| format!("{}: cannot be written", path.display()))?;
    writeln!(io::stdout(), "{}: {} fields of campaign {}", path.display(), campaign.form.fields.len(), campaign.id)?;
    Ok(())
}

fn campaign(args: &Args) -> anyhow::Result<Campaign> {
    if let Some(name) = &args.campaign {
        let file = PathBuf::from(name);
        if file.exists() || name.contains(['/', '.']) {
            let (name, text) = super::text(&file)?;
            return Ok(campaign::read(&name, &text).map_err(ConfigError::from)?);
        }
    }
    let wanted = CampaignArg { campaign: args.campaign.clone() };
    Ok(wanted.one(args.config.rules_or_sample()?.campaigns)?)
}
