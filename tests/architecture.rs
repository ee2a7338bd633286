//! The middle is pure: from raw bytes to a decision there is no I/O, no store, no clock.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a check that cannot go on has failed")]

use std::{fs, path::Path};

const PURE: [&str; 8] = ["campaign", "message", "document", "reader", "form", "matching", "decision", "report"];
const FORBIDDEN: [&str; 14] = [
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "tokio",
    "sqlx",
    "lettre::transport",
    "crate::store",
    "crate::mailbox",
    "crate::outbox",
    "crate::daemon",
    "crate::cli",
    "SystemTime::now",
    "Timestamp::now",
];

/// Grouped imports are spelled out as `std::{fs, io}`: their first level is joined again.
fn offences(text: &str) -> Vec<String> {
    let code: String = text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join(" ");
    let code = code.split("#[cfg(test)]  mod tests {").next().unwrap_or("").to_owned();
    let squeezed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let mut found: Vec<String> =
        FORBIDDEN.iter().filter(|one| squeezed.contains(**one)).map(|one| (*one).to_owned()).collect();
    for root in ["std", "crate"] {
        for (at, _) in squeezed.match_indices(&format!("use{root}::{{")) {
            let group = squeezed[at..].split(';').next().unwrap_or("");
            let items: Vec<&str> = group.split(['{', ',', '}']).collect();
            for one in FORBIDDEN.iter().filter_map(|one| one.strip_prefix(&format!("{root}::"))) {
                if items.iter().any(|item| *item == one || item.starts_with(&format!("{one}::"))) {
                    found.push(format!("{root}::{one}"));
                }
            }
        }
    }
    found
}

fn check(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "tests" {
                check(&path, found);
            }
        } else if name.ends_with(".rs") && !name.contains("test") {
            let text = fs::read_to_string(&path).unwrap();
            found.extend(offences(&text).into_iter().map(|one| format!("{}: {one}", path.display())));
        }
    }
}

#[test]
fn the_pure_modules_do_no_input_and_output() {
    let mut found = Vec::new();
    for module in PURE {
        check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(module), &mut found);
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_check_sees_what_is_forbidden() {
    assert_eq!(offences("use std::fs;"), ["std::fs"]);
    assert_eq!(offences("use std::{\n    io,\n    fs,\n};"), ["std::fs"]);
    assert_eq!(offences("use crate::{store::Store, form};"), ["crate::store"]);
    assert_eq!(offences("fn f() { std::env::var(\"x\"); }"), ["std::env"]);
    assert!(offences("// std::fs\nuse std::fmt;").is_empty());
}
