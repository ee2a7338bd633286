//! `svodka completions` and `svodka man`.

use std::io;

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

pub(super) fn man() -> anyhow::Result<()> {
    Ok(clap_mangen::Man::new(super::Cli::command()).render(&mut io::stdout())?)
}
