//! What the guides print is held against the command line that there is.

use std::{fs, path::PathBuf};

use clap::{Parser as _, error::ErrorKind};

use super::Cli;

/// The guides: what people type from.
const GUIDES: [&str; 3] = ["docs/ru", "docs", "."];

/// The calls of the program in a text: lines of their own, and what stands between backquotes; without what the shell
/// makes of the rest of a line.
fn calls(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    let spans = text.split('`').skip(1).step_by(2).filter(|span| !span.contains('\n'));
    let lines = joined
        .lines()
        .filter(|line| line.starts_with("    "))
        .map(|line| line.trim().trim_start_matches("target/release/"));
    let whole =
        |call: &&str| call.starts_with("svodka ") && !call.contains(['…', '|', '[', '*']) && !call.contains("...");
    let shell = |call: &str| call.split([';', '>', '&', '#']).next().unwrap_or_default().trim().to_owned();
    spans.chain(lines).filter(whole).map(shell).collect()
}

/// What stands for what people have to put there: «НОМЕР», `FILE`.
fn stands_for_a_word(word: &str) -> bool {
    word.chars().all(char::is_uppercase)
}

fn unknown(call: &str) -> Option<String> {
    let words: Vec<&str> = call.split_whitespace().collect();
    if words.get(1).is_some_and(|command| stands_for_a_word(command)) {
        return None;
    }
    let given = words.iter().map(|word| if stands_for_a_word(word) { "1" } else { word });
    let error = Cli::try_parse_from(given).err()?;
    let fine = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion)
        // Named without its arguments: `svodka outbox`.
        || matches!(error.kind(), ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingRequiredArgument);
    (!fine).then(|| format!("{call}: {}", error.to_string().lines().next().unwrap_or_default()))
}

#[test]
fn every_command_that_a_guide_prints_is_one_that_the_program_knows() {
    let text =
        "    svodka outbox send 1   # now\n    svodka report --xlsz F && true\n`svodka doctor` and `svodka no`\n";
    assert_eq!(calls(text), ["svodka doctor", "svodka no", "svodka outbox send 1", "svodka report --xlsz F"]);
    assert_eq!(calls(text).iter().filter_map(|call| unknown(call)).count(), 2);

    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut known = 0;
    let mut wrong = Vec::new();
    for folder in GUIDES {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let file = entry.unwrap().path();
            if file.extension().is_some_and(|ending| ending == "md") {
                let calls = calls(&fs::read_to_string(&file).unwrap());
                known += calls.len();
                wrong.extend(calls.iter().filter_map(|call| Some(format!("{}: {}", file.display(), unknown(call)?))));
            }
        }
    }
    assert!(known > 50, "only {known} calls are found: the guides are not read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
