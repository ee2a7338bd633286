//! `svodka reader`: what this program starts to read untrusted bytes in. Nobody else calls it.

/// The arguments of `svodka reader`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<()> {
    crate::jail::serve()
}
