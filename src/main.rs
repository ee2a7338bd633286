//! The `svodka` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    svodka::cli::run()
}
