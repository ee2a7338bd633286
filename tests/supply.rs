//! What the program is made of: each dependency has its reason, and nothing is built but what Cargo.lock names.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// What stands between backquotes.
fn named(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_dependency_has_its_reason_and_every_reason_its_dependency() {
    let manifest: toml::Table = text("Cargo.toml").parse().unwrap();
    let crates: Vec<&String> = ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table())
        .flat_map(toml::Table::keys)
        .chain(manifest.get("target").and_then(toml::Value::as_table).into_iter().flat_map(|targets| {
            targets.values().filter_map(|one| one.get("dependencies")?.as_table()).flat_map(toml::Table::keys)
        }))
        .collect();
    assert!(crates.len() > 50, "Cargo.toml is not read: {crates:?}");

    let reasons = text("docs/dependencies.md");
    // The first cell of a row names the crates that its reason is about.
    let rows: Vec<&str> = reasons.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()).collect();
    let lines: Vec<&str> = rows.iter().flat_map(|cell| named(cell)).collect();
    let without: Vec<_> = crates.iter().filter(|one| !lines.contains(&one.as_str())).collect();
    assert!(without.is_empty(), "docs/dependencies.md says nothing of {without:?}");

    // A row of crates alone is gone when they are; files, programs and features stand beside a crate that is there.
    let stale: Vec<_> = rows
        .iter()
        .filter(|cell| cell.starts_with('`') && !cell.contains(['(', '/']))
        .filter(|cell| named(cell).iter().all(|name| !crates.iter().any(|one| one == name) && *name != "pdftotext"))
        .collect();
    assert!(stale.is_empty(), "docs/dependencies.md speaks of what is not there: {stale:?}");
}

/// Commands of cargo that would choose versions of their own.
const CHOOSING: &[&str] =
    &["build", "run", "test", "bench", "install", "clippy", "doc", "tree", "metadata", "deny", "rustc", "check"];

/// A call of cargo that does not keep to the lock file.
fn unlocked(line: &str) -> bool {
    let calls = ["cargo ", "$(CARGO) ", "\"${CARGO:-cargo}\" ", "[CARGO, \""];
    let calls_one = calls.iter().filter_map(|call| line.split_once(call)).any(|(_, rest)| {
        CHOOSING.iter().any(|command| rest.strip_prefix(command).is_some_and(|rest| rest.starts_with([' ', '"', '\n'])))
    });
    // A first argument is the toolchain or --locked itself.
    calls_one && !line.contains("--locked")
}

#[test]
fn every_call_of_cargo_keeps_to_the_lock_file() {
    assert!(unlocked("    cargo build --release\n") && unlocked("\t$(CARGO) test\n"));
    assert!(
        unlocked("command = [CARGO, \"tree\", \"x\"]") && !unlocked("cargo build --locked") && !unlocked("cargo fmt")
    );
    let mut files = vec![PathBuf::from("Makefile"), "README.md".into(), "CONTRIBUTING.md".into()];
    for folder in [".ci", "packaging", "fuzz", "benches", "tests", "docs", "docs/ru"] {
        let inside = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        files.extend(inside.filter(|path| path.is_file()).map(|path| path.strip_prefix(root()).unwrap().to_owned()));
    }
    files.retain(|file| !["rs", "png", "json", "lock"].iter().any(|no| file.extension().is_some_and(|it| it == *no)));
    let mut wrong = Vec::new();
    for file in &files {
        // A line that goes on is one.
        let text = text(&file.display().to_string()).replace("\\\n", "");
        let lines = text.split_inclusive('\n').filter(|line| unlocked(line));
        wrong.extend(lines.map(|line| format!("{}: {}", file.display(), line.trim())));
    }
    assert!(files.iter().any(|file| file == Path::new(".ci/run")), "{files:?}");
    assert!(wrong.is_empty(), "without --locked:\n{}", wrong.join("\n"));
}
