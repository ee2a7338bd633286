//! How right the program is on mails that nobody has seen: hundreds are drawn from a seed (layouts, spellings, carriers,
//! formats, gaps), each with what is wanted of it; `svodka check --json` decides; a table says how often it was right.
//!
//! The table of the fixed seed is checked in. `SVODKA_SEED=N` draws others, `SVODKA_MAILS=N` as many, and
//! `SVODKA_KEEP=DIR` leaves the mails that were not decided right in a folder. `make accuracy` does both seeds.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests: what cannot go on has failed")]

mod answers;
mod carriers;
mod chance;
mod files;
mod layouts;
mod mails;
mod names;
mod properties;
mod table;
mod texts;

use std::{fs, path::Path, process::Command, sync::LazyLock};

use fastrand::Rng;
use serde_json::Value;
use svodka::campaign::Campaign;

use self::{
    mails::{Case, case},
    properties::Schema,
    table::{Score, Table},
};

/// The seed and the number of mails of the table that is checked in.
const SEED: u64 = 20_221_115;
const MAILS: usize = 600;

const CAMPAIGN_FILE: &str = include_str!("../../config/campaigns/500plus-2022.toml");

#[test]
fn what_is_drawn_from_the_fixed_seed_is_decided_as_in_the_table() {
    let table = run(SEED, MAILS);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/accuracy/table.txt");
    let text = table.to_string();
    println!("{text}");
    table.assert_good();
    if std::env::var_os("SVODKA_UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, known, "not the table that is checked in; SVODKA_UPDATE=1 writes it anew");
}

#[test]
fn what_is_drawn_from_another_seed_is_decided_as_well() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let seed = number("SVODKA_SEED").unwrap_or_else(|| fastrand::u64(..1 << 32));
    let mails = number("SVODKA_MAILS").and_then(|n| usize::try_from(n).ok()).unwrap_or(200);
    println!("SVODKA_SEED={seed} SVODKA_MAILS={mails}");
    let table = run(seed, mails);
    println!("{table}");
    table.assert_good();
}

/// The campaign of the letter.
fn campaign() -> &'static Campaign {
    static CAMPAIGN: LazyLock<Campaign> =
        LazyLock::new(|| svodka::campaign::read("500plus-2022.toml", CAMPAIGN_FILE).unwrap());
    &CAMPAIGN
}

fn run(seed: u64, mails: usize) -> Table {
    let mut rng = Rng::with_seed(seed);
    let cases: Vec<Case> = (0..mails).map(|_| case(&mut rng, campaign())).collect();
    let mut table = Table::default();
    let keep = std::env::var_os("SVODKA_KEEP");
    let schema = Schema::of_check();
    for (case, found) in cases.iter().zip(check_mails(&cases.iter().map(|case| &*case.bytes).collect::<Vec<_>>())) {
        schema.assert_follows(&found);
        let score = Score::of(case, &found);
        if let Some(folder) = keep.as_ref().filter(|_| !score.whole()) {
            let name = Path::new(found["file"].as_str().unwrap()).file_name().unwrap();
            fs::create_dir_all(folder).unwrap();
            fs::write(Path::new(folder).join(name), &case.bytes).unwrap();
        }
        table.add(case, &found, &score);
    }
    table
}

/// What the program decides about each mail.
fn check_mails(mails: &[&[u8]]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("svodka.toml");
    fs::write(folder.path().join("campaign.toml"), CAMPAIGN_FILE).unwrap();
    // What is read must not depend on what this machine has.
    let settings = "campaigns = [\"campaign.toml\"]\n[store]\nurl = \"sqlite://svodka.db\"\nfiles = \"files\"\n\
        [[mailbox]]\nkind = \"maildir\"\npath = \"inbox\"\naddress = \"svodka@committee.example\"\n\
        [smtp]\nkind = \"file\"\npath = \"outbox\"\n[converter]\noffice = \"\"\npdf = \"\"\n";
    fs::write(&config, settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_svodka"));
    command.args(["check", "--json", "--config", config.to_str().unwrap(), "--as-of", "2022-11-09T12:00:00+03:00"]);
    for (nth, bytes) in mails.iter().enumerate() {
        let file = folder.path().join(format!("{nth:05}.eml"));
        fs::write(&file, bytes).unwrap();
        command.arg(file);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(found.len(), mails.len());
    found
}
