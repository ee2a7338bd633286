//! `svodka completions` and `svodka man`.

use std::{io, path::PathBuf};

use anyhow::Context as _;
use clap::CommandFactory as _;

/// The arguments of `svodka completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka completions bash > /usr/share/bash-completion/completions/svodka")]
pub(super) struct CompletionArgs {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn completions(args: &CompletionArgs) -> anyhow::Result<()> {
    clap_complete::generate(args.shell, &mut super::Cli::command(), "svodka", &mut io::stdout());
    Ok(())
}

/// The arguments of `svodka man`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  svodka man | man -l -\n  svodka man --dir /usr/local/share/man/man1")]
pub(super) struct ManArgs {
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn man(args: &ManArgs) -> anyhow::Result<()> {
    let command = super::Cli::command();
    let Some(folder) = &args.dir else { return Ok(clap_mangen::Man::new(command).render(&mut io::stdout())?) };
    clap_mangen::generate_to(command, folder).with_context(|| format!("{}: cannot be written into", folder.display()))
}
