//! The arrows between the modules, as a test: a pure module that gains I/O, a clock, an `async` or a view of a later
//! stage fails here. The rules are those of `docs/ARCHITECTURE.md`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own helpers: what is wrong here is to stop the test"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The pure modules and the other modules of the crate that each may know.
const PURE: &[(&str, &[&str])] = &[
    ("digest", &[]),
    ("latin", &[]),
    ("campaign", &["digest"]),
    ("document", &["digest"]),
    ("message", &["digest", "document"]),
    ("reader", &["digest", "document", "message"]),
    ("form", &["campaign", "digest", "document"]),
    ("matching", &["campaign"]),
    ("roster", &["campaign", "latin", "matching"]),
    ("scrutiny", &["campaign", "form", "matching"]),
    ("letter", &["document", "latin", "matching"]),
    ("decision", &["campaign", "digest", "document", "form", "matching", "message", "reader"]),
    ("reply", &["campaign", "decision", "digest", "document", "form", "matching", "message", "reader"]),
    ("report", &["campaign", "decision", "digest", "document", "form", "matching", "message", "reader", "reply"]),
];

/// The modules with I/O and what each must never know.
const EDGES: &[(&str, &[&str])] = &[
    ("net", &["campaign", "config", "mailbox", "message", "document", "decision", "store", "outbox", "daemon", "cli"]),
    ("mailbox", &["campaign", "document", "form", "matching", "reader", "reply", "report", "store", "outbox", "cli"]),
    (
        "jail",
        &["campaign", "config", "mailbox", "form", "matching", "decision", "reply", "store", "outbox", "daemon", "cli"],
    ),
    (
        "converter",
        &["campaign", "mailbox", "form", "matching", "decision", "reply", "store", "outbox", "daemon", "cli"],
    ),
    (
        "authenticity",
        &[
            "campaign", "config", "mailbox", "document", "reader", "jail", "form", "matching", "decision", "reply",
            "store", "outbox", "report", "daemon", "cli",
        ],
    ),
    ("store", &["mailbox", "outbox", "reply", "report", "office", "board", "daemon", "cli"]),
    ("board", &["net", "mailbox", "outbox", "authenticity", "daemon", "cli"]),
    ("office", &["net", "mailbox", "outbox", "authenticity", "board", "daemon", "cli"]),
    ("outbox", &["document", "form", "matching", "reader", "report", "mailbox", "daemon", "cli"]),
];

/// What no pure module may name, wherever it stands in a path.
const FORBIDDEN: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "std::os",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "tokio",
    "sqlx",
    "maildir",
    "lettre::transport",
    "lettre::AsyncTransport",
    "lettre::SmtpTransport",
];

/// Types whose `now` asks the system's clock.
const CLOCKS: &[&str] = &["SystemTime", "Instant", "Timestamp", "ZonedDateTime"];

/// What a file is allowed nevertheless, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    // `Templates::load` reads the folder with which a committee overrides the embedded wording, once, at the start;
    // rendering is pure.
    ("src/reply/templates.rs", "std::fs"),
];

#[test]
fn pure_modules_know_no_io_no_clock_and_no_later_stage() {
    let mut violations = Vec::new();
    for (module, allowed) in PURE {
        for file in sources(module) {
            violations.extend(judge(&file, |path| impurity(module, allowed, path)));
        }
    }
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn modules_with_io_do_not_reach_over_their_neighbours() {
    let mut violations = Vec::new();
    for (module, banned) in EDGES {
        for file in sources(module) {
            violations.extend(judge(&file, |path| {
                banned.iter().any(|other| starts_with(path, &format!("crate::{other}"))).then_some("an arrow backwards")
            }));
        }
    }
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn the_checker_finds_every_way_of_writing_a_path() {
    for (source, expected) in [
        ("use std::fs;", "std::fs"),
        ("use std::{\n    fs,\n    io,\n};", "std::fs"),
        ("use std::{fs as files, io};", "std::fs"),
        ("use std::{collections::{self, BTreeMap}, net::{TcpStream, UdpSocket}};", "std::net::TcpStream"),
        ("use ::std::fs::*;", "std::fs"),
        ("fn f() -> u32 { return ::std::process::id(); }", "std::process::id"),
        ("use std::{self, fs::*};", "std::fs"),
        ("fn f() { let _ = std::fs::read(\"a\"); }", "std::fs::read"),
        ("fn f() -> Vec<std::process::Command> { vec![] }", "std::process::Command"),
        ("fn f() { println!(\"{}\", std::env::temp_dir().display()); }", "std::env::temp_dir"),
        ("fn f() { let _ = tokio::spawn(g()); }", "tokio::spawn"),
        ("use std::time; fn f() { time::SystemTime::now(); }", "time::SystemTime::now"),
        ("fn f() { jiff::Timestamp::now(); }", "jiff::Timestamp::now"),
        ("async fn f() {}", "async"),
        ("use crate::{document::Document, store::Store};", "crate::store::Store"),
        ("use super::super::store::Store;", "crate::store::Store"),
        ("mod inner { use super::super::super::store::Store; }", "crate::store::Store"),
        ("fn f(_: &crate::campaign::Campaign) {}", "crate::campaign::Campaign"),
    ] {
        let found = violations_in(source);
        assert!(found.iter().any(|path| path.starts_with(expected)), "{source:?} gave {found:?}");
    }
}

#[test]
fn the_checker_leaves_alone_what_is_no_use_of_a_path() {
    for source in [
        "// use std::fs;\n/* std::net */",
        "/// Never calls [`std::fs::read`].\nfn f() {}",
        "const TEXT: &str = \"use std::fs;\";",
        "#[cfg(test)]\nmod tests { use std::fs; }",
        "#[cfg(test)]\n#[expect(dead_code, reason = \"why\")]\nfn helper() { std::fs::read(\"a\"); }",
        "use std::{fmt, io::Read};",
        "use crate::digest::Sha256;",
        "use super::blocks::Block;",
        "fn f(fs: u8) -> u8 { fs }",
    ] {
        assert_eq!(violations_in(source), Vec::<String>::new(), "{source:?}");
    }
}

/// What the checker says of a text that stands in `src/document/docx/mod.rs`.
fn violations_in(source: &str) -> Vec<String> {
    let module = ["document".to_owned(), "docx".to_owned()];
    paths(source, &module)
        .into_iter()
        .filter(|path| impurity("document", &["digest"], &path.name).is_some())
        .map(|path| path.name)
        .collect()
}

/// Why a pure module must not name this path, where it must not.
fn impurity(module: &str, allowed: &[&str], path: &str) -> Option<&'static str> {
    if path == "async" || path == "await" {
        return Some("async in a pure module");
    }
    if FORBIDDEN.iter().any(|forbidden| starts_with(path, forbidden)) {
        return Some("I/O in a pure module");
    }
    if CLOCKS.iter().any(|clock| path == format!("{clock}::now") || path.ends_with(&format!("::{clock}::now"))) {
        return Some("a clock in a pure module");
    }
    let other = path.strip_prefix("crate::")?.split("::").next()?;
    (other != module && !allowed.contains(&other)).then_some("a module that it must not know")
}

/// Whether the path is this one or lies below it.
fn starts_with(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The violations of a file, each with its place.
fn judge(file: &Source, rule: impl Fn(&str) -> Option<&'static str>) -> Vec<String> {
    let excepted = |path: &str| {
        EXCEPTIONS.iter().any(|(folder, prefix)| file.name.starts_with(folder) && starts_with(path, prefix))
    };
    paths(&file.text, &file.module)
        .into_iter()
        .filter(|path| !excepted(&path.name))
        .filter_map(|path| rule(&path.name).map(|why| format!("{}:{}: {}: {why}", file.name, path.line, path.name)))
        .collect()
}

// ── The files of a module ────────────────────────────────────────────────────────────────────────────────────────

/// A source file.
struct Source {
    /// Its path below the crate's root.
    name: String,
    /// The module that it is, from below the crate's root.
    module: Vec<String>,
    text: String,
}

/// Every file of a module, without those that only tests see.
fn sources(module: &str) -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&src.join(format!("{module}.rs")), &mut files);
    collect(&src.join(module), &mut files);
    assert!(!files.is_empty(), "src/{module} is gone: take it out of tests/architecture.rs");
    let tests: BTreeSet<PathBuf> = files.iter().flat_map(|file| test_files(file)).collect();
    files.retain(|file| !tests.iter().any(|test| file.starts_with(test)));
    files
        .into_iter()
        .map(|path| {
            let below = path.strip_prefix(&src).unwrap().with_extension("");
            let mut module: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            module.pop_if(|last| last == "mod");
            let name = format!("src/{}", path.strip_prefix(&src).unwrap().display());
            Source { name, module, text: fs::read_to_string(&path).unwrap() }
        })
        .collect()
}

/// The Rust files at or below a path.
fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), files);
        }
    } else if path.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
        files.push(path.to_owned());
    }
}

/// The files and folders of the modules that this file declares as `#[cfg(test)] mod name;`.
fn test_files(file: &Path) -> Vec<PathBuf> {
    let folder = if file.ends_with("mod.rs") { file.parent().unwrap().to_owned() } else { file.with_extension("") };
    let mut scan = Scan::default();
    scan.items(tokens(&fs::read_to_string(file).unwrap()), &mut Vec::new());
    scan.test_modules.iter().flat_map(|name| [folder.join(format!("{name}.rs")), folder.join(name)]).collect()
}

// ── The paths of a file ──────────────────────────────────────────────────────────────────────────────────────────

/// A path that a source text names, from the crate's root where it begins with `crate`, `self` or `super`.
struct Named {
    name: String,
    line: usize,
}

/// What has been found in a text so far.
#[derive(Default)]
struct Scan {
    paths: Vec<Named>,
    /// Names of the modules that stand in other files and that only tests see.
    test_modules: Vec<String>,
}

/// Every path of a text that is the given module; nothing of what only tests see.
fn paths(source: &str, module: &[String]) -> Vec<Named> {
    let mut scan = Scan::default();
    scan.items(tokens(source), &mut module.to_vec());
    scan.paths
}

fn tokens(source: &str) -> Vec<TokenTree> {
    TokenStream::from_str(source).unwrap().into_iter().collect()
}

impl Scan {
    fn items(&mut self, tokens: Vec<TokenTree>, module: &mut Vec<String>) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            if is_attribute(&tokens, at) {
                let attribute = tokens[at + 1].to_string();
                at += 2;
                if attribute.replace(' ', "") == "[cfg(test)]" {
                    at = self.skip_item(&tokens, at);
                }
            } else if let (TokenTree::Ident(word), Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) =
                (token, tokens.get(at + 1), tokens.get(at + 2))
                && word == "mod"
            {
                module.push(name.to_string());
                self.items(body.stream().into_iter().collect(), module);
                module.pop();
                at += 3;
            } else if let TokenTree::Group(group) = token {
                self.items(group.stream().into_iter().collect(), module);
                at += 1;
            } else if matches!(token, TokenTree::Ident(word) if !BEFORE_A_PATH.contains(&word.to_string().as_str())) {
                at = self.path(&tokens, at, &[], module);
            } else {
                at += 1;
            }
        }
    }

    /// Reads the path, or the tree of a `use`, that begins at `at`; gives where it ends.
    fn path(&mut self, tokens: &[TokenTree], mut at: usize, prefix: &[String], module: &mut Vec<String>) -> usize {
        let mut segments = prefix.to_vec();
        let line = tokens[at].span().start().line;
        loop {
            match tokens.get(at) {
                Some(TokenTree::Ident(word)) => {
                    segments.push(word.to_string());
                    at += 1;
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    for part in inner.split(|token| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ','))
                    {
                        if !part.is_empty() {
                            self.path(part, 0, &segments, module);
                        }
                    }
                    return at + 1;
                }
                _ => break,
            }
            if !is_double_colon(tokens, at) {
                break;
            }
            at += 2;
        }
        self.paths.push(Named { name: resolve(&segments, module), line });
        at.max(1)
    }

    /// Passes over an item that only tests see; gives where the next one begins.
    fn skip_item(&mut self, tokens: &[TokenTree], mut at: usize) -> usize {
        while is_attribute(tokens, at) {
            at += 2;
        }
        let start = at;
        loop {
            match tokens.get(at) {
                None => return at,
                Some(TokenTree::Punct(end)) if end.as_char() == ';' => {
                    let names: Vec<String> = tokens[start..at].iter().map(ToString::to_string).collect();
                    if let [.., word, name] = names.as_slice()
                        && word == "mod"
                    {
                        self.test_modules.push(name.clone());
                    }
                    return at + 1;
                }
                Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => return at + 1,
                Some(_) => at += 1,
            }
        }
    }
}

/// Words behind which a path may begin with `::`, and that are no part of it.
const BEFORE_A_PATH: &[&str] = &[
    "use", "as", "in", "return", "break", "dyn", "impl", "mut", "const", "match", "if", "while", "else", "for", "where",
];

fn is_attribute(tokens: &[TokenTree], at: usize) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(hash)) if hash.as_char() == '#')
        && matches!(tokens.get(at + 1), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket)
}

fn is_double_colon(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at| matches!(tokens.get(at), Some(TokenTree::Punct(colon)) if colon.as_char() == ':');
    colon(at) && colon(at + 1)
}

/// The path from the crate's root, where it is one inside the crate.
fn resolve(segments: &[String], module: &[String]) -> String {
    let ups = segments.iter().take_while(|segment| *segment == "super" || *segment == "self").count();
    let supers = segments[..ups].iter().filter(|segment| *segment == "super").count();
    // A `super` from the module itself is the crate's root; a lone `self` is no path of interest.
    let named: Vec<&str> = segments[ups..].iter().map(String::as_str).filter(|segment| *segment != "self").collect();
    if ups == 0 {
        return named.join("::");
    }
    let base = module[..module.len().saturating_sub(supers)].iter().map(String::as_str);
    std::iter::once("crate").chain(base).chain(named).collect::<Vec<_>>().join("::")
}
