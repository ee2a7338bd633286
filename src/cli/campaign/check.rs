//! `svodka campaign check`: is a campaign file sound?

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use crate::{campaign::Severity, cli::ClockArg};

/// The arguments of `svodka campaign check`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  svodka campaign check campaigns/500plus-2022.toml\n\nExit status: 0 the file is sound, \
                        warnings included; 2 it is not."
)]
pub(super) struct Args {
    #[command(flatten)]
    clock: ClockArg,
    /// The campaign file
    file: PathBuf,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let campaign = super::read(&args.file)?;
    let mut lines = io::stdout().lock();
    for finding in campaign.findings(args.clock.clock().now()) {
        let severity = match finding.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        writeln!(lines, "{severity}: {}", finding.text)?;
    }
    writeln!(
        lines,
        "{}: sound: {} schools, {} fields, {} requirements",
        args.file.display(),
        campaign.schools.len(),
        campaign.form.fields.len(),
        campaign.requirements.len()
    )?;
    Ok(())
}
