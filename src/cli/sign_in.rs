//! `svodka sign-in`: a link into the board, when mail is down.

use std::io::{self, Write as _};

use anyhow::Context as _;

use crate::{board::printed_link, clock::Clock, message::Address, store::Store};

use super::{ConfigArg, block_on};

/// The arguments of `svodka sign-in`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  svodka sign-in staff@example.org\n\nThe link works in any browser, once, for as long as \
                        `link` in [board] says."
)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArg,
    /// An address of the staff, of a reader or of the coordinator of a district
    address: String,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.config.load()?;
    let address = Address::parse(&args.address)
        .with_context(|| format!("{:?} is no e-mail address: write for example staff@example.org", args.address))?;
    block_on(async {
        let store = Store::open_beside(&config.store.url, &config.store.files).await?;
        let campaigns = super::campaigns(&config, &store).await?;
        let link = printed_link(&store, &config, &campaigns, &address, None, Clock::System.now()).await?;
        Ok(writeln!(io::stdout(), "{link}")?)
    })
}
