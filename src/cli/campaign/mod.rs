//! `svodka campaign`: a campaign from the committee's own letter, and whether it is sound.

mod check;
mod form;
mod new;

use std::{fs, path::Path};

use super::Wrong;

/// The arguments of `svodka campaign`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Make a campaign file from the committee's letter
    New(new::Args),
    /// Say whether a campaign file is sound
    Check(check::Args),
    /// Write the blank form that schools fill in
    Form(form::Args),
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::New(args) => new::run(args),
        Action::Check(args) => check::run(args),
        Action::Form(args) => form::run(args),
    }
}

/// The name of a file, and what stands in it.
fn text(file: &Path) -> Result<(String, String), Wrong> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file)
        .map_err(|reason| Wrong(format!("{name}: cannot be read: {reason}\n  cure: name an existing campaign file")))?;
    Ok((name, text))
}
