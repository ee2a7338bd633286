//! `svodka confined`: what this program starts to become a converter, once it is confined. Nobody else calls it.

use std::path::PathBuf;

use crate::converter::{Confinement, confine};

/// The arguments of `svodka confined`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The one folder that may be written into
    #[arg(long)]
    folder: PathBuf,
    /// Processor time
    #[arg(long)]
    seconds: u64,
    /// Run it although it cannot be confined
    #[arg(long)]
    best_effort: bool,
    /// The program
    program: PathBuf,
    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

pub(super) fn run(args: Args) -> anyhow::Result<()> {
    let Args { folder, seconds, best_effort, program, args } = args;
    Err(confine(&Confinement { folder, seconds, best_effort, program, args }))
}
