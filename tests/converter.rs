//! Old formats, read by the programs that know them; and what those programs cannot do even if they wanted to.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a scenario that cannot go on has failed")]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};

use serde_json::Value;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents").join(name)
}

/// The built-in sample configuration with another converter.
fn configured(folder: &Path, converter: &str) -> PathBuf {
    fs::write(folder.join("campaign.toml"), include_str!("../config/campaigns/500plus-2022.toml")).unwrap();
    let config = folder.join("svodka.toml");
    let text = format!(
        "campaigns = [\"campaign.toml\"]\n[store]\nurl = \"sqlite://svodka.db\"\nfiles = \"files\"\n\
         [[mailbox]]\nkind = \"maildir\"\npath = \"inbox\"\naddress = \"svodka@committee.example\"\n\
         [smtp]\nkind = \"file\"\npath = \"outbox\"\n[converter]\n{converter}\n"
    );
    fs::write(&config, text).unwrap();
    config
}

fn check(config: Option<&Path>, file: &Path) -> (Value, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_svodka"));
    command.env_remove("SVODKA_CONFIG").env_remove("RUST_LOG").args(["check", "--json"]).arg(file);
    command.args(config.iter().flat_map(|config| [Path::new("--config"), config]));
    let Output { status, stdout, stderr } = command.output().unwrap();
    let log = String::from_utf8_lossy(&stderr).into_owned();
    assert!(status.success(), "{log}");
    (serde_json::from_slice(&stdout).unwrap(), log)
}

#[test]
fn a_form_in_any_old_format_is_read_as_the_new_one_is() {
    let texts = |found: &Value| -> Vec<(String, String)> {
        let answers = found["submissions"][0]["answers"].as_object().unwrap();
        answers.iter().map(|(field, answer)| (field.clone(), answer["text"].as_str().unwrap().to_owned())).collect()
    };
    for (name, new) in [("doc", "docx"), ("rtf", "docx"), ("pdf", "docx"), ("xls", "xlsx")] {
        let (new, _) = check(None, &fixture(&format!("libreoffice.{new}")));
        assert!(texts(&new).len() >= 3);
        let (old, log) = check(None, &fixture(&format!("libreoffice.{name}")));
        assert_eq!(old["documents"][0]["kind"], "form", "{name}: {old} {log}");
        assert_eq!(texts(&old), texts(&new), "{name}");
    }
}

/// A form with these labels and answers, as a person writes one: a table of two columns with borders.
fn form(rows: &[(String, String)]) -> Vec<u8> {
    use docx_rs::{Docx, Paragraph, Run, Table, TableCell, TableRow};
    let cell = |text: &str| TableCell::new().add_paragraph(Paragraph::new().add_run(Run::new().add_text(text)));
    let rows = rows.iter().map(|(label, answer)| TableRow::new(vec![cell(label), cell(answer)])).collect();
    let mut file = std::io::Cursor::new(Vec::new());
    let title = Paragraph::new().add_run(Run::new().add_text("Информация по представлению опыта"));
    Docx::new()
        .add_paragraph(title)
        .add_table(Table::new(rows).set_grid(vec![4_500, 4_500]))
        // LibreOffice writes no table into a DOC that ends with it.
        .add_paragraph(Paragraph::new().add_run(Run::new().add_text("Директор")))
        .build()
        .pack(&mut file)
        .unwrap();
    file.into_inner()
}

/// Answers of one to thirty words, one for each field, that differ from seed to seed.
fn answers(seed: usize) -> Vec<(String, String)> {
    const WORDS: [&str; 24] = [
        "школа",
        "№",
        "3",
        "проведение",
        "открытых",
        "уроков",
        "(4),",
        "с",
        "марта",
        "2022",
        "г.",
        "наставничество;",
        "обмен",
        "опытом",
        "–",
        "и",
        "мастер-классов",
        "ОГЭ",
        "«Эффективный",
        "урок»",
        "в",
        "районе",
        "5-7",
        "%",
    ];
    let campaign: toml::Table = include_str!("../config/campaigns/500plus-2022.toml").parse().unwrap();
    let fields = campaign["form"]["field"].as_array().unwrap();
    let answer = |field: usize| {
        let words =
            (0..1 + (seed * 7 + field * 11) % 30).map(|word| WORDS[(seed * 5 + field * 3 + word * word) % WORDS.len()]);
        words.collect::<Vec<_>>().join(" ")
    };
    fields.iter().enumerate().map(|(at, field)| (field["label"].as_str().unwrap().to_owned(), answer(at))).collect()
}

#[test]
fn whatever_libreoffice_writes_is_read_to_the_letter() {
    let folder = tempfile::tempdir().unwrap();
    let forms: Vec<_> = (0..6).map(answers).collect();
    for (seed, rows) in forms.iter().enumerate() {
        fs::write(folder.path().join(format!("{seed}.docx")), form(rows)).unwrap();
    }
    for format in ["odt", "doc", "rtf", "pdf"] {
        let written = Command::new("soffice")
            .arg(format!("-env:UserInstallation=file://{}/profile", folder.path().display()))
            .args(["--headless", "--convert-to", format, "--outdir"])
            .arg(folder.path())
            .args((0..forms.len()).map(|seed| folder.path().join(format!("{seed}.docx"))))
            .output()
            .unwrap();
        assert!(written.status.success(), "{written:?}");
        for (seed, rows) in forms.iter().enumerate() {
            let (found, log) = check(None, &folder.path().join(format!("{seed}.{format}")));
            let submission = &found["submissions"][0];
            assert!(submission["answers"].is_object(), "{seed}.{format}: {found} {log}");
            let read = submission["answers"].as_object().unwrap();
            let read: Vec<&str> = read.values().map(|answer| answer["text"].as_str().unwrap()).collect();
            for (label, answer) in rows {
                assert!(read.contains(&answer.as_str()), "{seed}.{format}: {label}: {answer:?} not in {read:#?} {log}");
            }
        }
    }
}

#[test]
fn old_slides_are_read_as_the_new_ones_are() {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}/profile", folder.path().display()))
        .args(["--headless", "--convert-to", "ppt", "--outdir"])
        .arg(folder.path())
        .arg(fixture("python-pptx.pptx"))
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let (new, _) = check(None, &fixture("python-pptx.pptx"));
    let (old, log) = check(None, &folder.path().join("python-pptx.ppt"));
    assert_eq!(old["documents"][0]["format"], "ppt");
    assert_eq!(old["documents"][0]["kind"], new["documents"][0]["kind"], "{old} {log}");
    assert!(old["documents"][0]["problem"].is_null(), "{old} {log}");
}

#[test]
fn without_a_converter_a_file_says_what_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    for none in ["office = \"\"\npdf = \"\"", "office = \"no-such-suite\"\npdf = \"/no/such/program\""] {
        let config = configured(folder.path(), none);
        for name in ["libreoffice.doc", "libreoffice.pdf"] {
            let (found, log) = check(Some(&config), &fixture(name));
            assert_eq!(found["documents"][0]["problem"], "needs_converter", "{name}: {found}");
            assert_eq!(log, "", "not having one is no fault");
        }
    }
}

/// A program in the place of the office suite, and what it did.
fn misbehaves(script: &str, time: &str) -> (Value, String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("office");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    // Programs are read from the system's folders alone.
    let office = PathBuf::from(format!("/opt/svodka-test-{}", folder.path().file_name().unwrap().display()));
    fs::copy(&program, &office).unwrap();
    let config = configured(folder.path(), &format!("office = \"{}\"\ntime = \"{time}\"", office.display()));
    let (found, log) = check(Some(&config), &fixture("libreoffice.doc"));
    fs::remove_file(office).unwrap();
    (found, log, folder)
}

#[test]
fn row_59_a_converter_that_misbehaves_is_ended_and_its_output_is_read_like_any_other_bytes() {
    for (script, problem, log) in [
        ("exit 1", "needs_converter", "exit status: 1"),
        ("setsid sleep 60 & sleep 60 & sleep 60", "needs_converter", "not done after 2s"),
        // By the clock on the wall or by its processor time.
        ("while :; do :; done", "needs_converter", "a file is not converted"),
        ("exec perl -e 'unpack(\"p\", pack(\"J\", 8))'", "needs_converter", "signal: 11"),
        ("ln -s /etc/passwd file.docx", "needs_converter", "gave no file"),
        ("mkfifo file.docx", "needs_converter", "gave no file"),
        ("mkdir file.docx", "needs_converter", "gave no file"),
        ("head -c 300000000 /dev/zero > file.docx", "needs_converter", "gave no file"),
        ("head -c 5000 /dev/urandom > file.docx", "damaged", ""),
        ("head -c 5000 /dev/zero > file.docx", "damaged", ""),
        (": > file.docx", "empty", ""),
    ] {
        let begun = Instant::now();
        let (found, said, _folder) = misbehaves(script, "2s");
        assert_eq!(found["documents"][0]["problem"], problem, "{script}: {found} {said}");
        assert!(said.contains(log), "{script}: {said}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{script}");
    }
    let running = Command::new("pgrep").args(["-f", "^sleep 60$"]).output().unwrap();
    assert!(running.stdout.is_empty(), "what it has started ends with it");
}

#[test]
fn row_59_a_converter_reaches_no_network_and_nothing_beside_its_folder() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    fs::write(secret.path(), "secret").unwrap();
    // Its exit status counts what it could do: fifty, for what it may, and one for each thing that it may not.
    let script = format!(
        "n=0
         test -r /usr/bin/env && echo own > own && n=50
         cat '{}' && n=$((n+1))
         ls /tmp && n=$((n+1))
         ls /root && n=$((n+1))
         echo x > /tmp/svodka-escaped && n=$((n+1))
         echo x > /var/tmp/svodka-escaped && n=$((n+1))
         cat /proc/1/environ && n=$((n+1))
         cat /proc/$PPID/environ && n=$((n+1))
         kill -0 $PPID && n=$((n+1))
         chmod 600 '{}' && n=$((n+1))
         perl -e 'truncate($ARGV[0], 0) or exit 1' '{}' && n=$((n+1))
         perl -e 'utime(1, 1, $ARGV[0]) or exit 1' '{}' && n=$((n+1))
         perl -MSocket -e 'socket(S, AF_UNIX, SOCK_DGRAM, 0) or exit 1' && n=$((n+1))
         bash -c 'exec 3<>/dev/tcp/127.0.0.1/9' 2>&1 | grep -q 'Operation not permitted' || n=$((n+1))
         env | grep -qv '^\\(PATH\\|HOME\\|TMPDIR\\|LANG\\|PWD\\|OLDPWD\\|SHLVL\\|_\\)=' && n=$((n+1))
         exit $n",
        secret.path().display(),
        secret.path().display(),
        secret.path().display(),
        secret.path().display()
    );
    let (_, said, _folder) = misbehaves(&script, "20s");
    assert!(said.contains("exit status: 50"), "{said}");
    assert!(!Path::new("/tmp/svodka-escaped").exists());
}

#[test]
fn the_form_that_goes_with_a_request_is_read_the_same_after_an_office_suite_has_saved_it() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        Command::new(env!("CARGO_BIN_EXE_svodka")).args(["templates", "preview"]).arg(folder.path()).output().unwrap();
    assert!(output.status.success());
    let form = folder.path().join("request.Форма_Киришская_СОШ_№3.docx");
    let what = |file: &Path| {
        let (found, log) = check(None, file);
        let one = &found["submissions"][0];
        let answers = one["answers"].as_object().unwrap();
        let texts: Vec<(String, Value)> =
            answers.iter().map(|(field, answer)| (field.clone(), answer["text"].clone())).collect();
        assert_eq!(texts.len(), 11, "{found} {log}");
        (one["school"].clone(), one["missing"].clone(), one["invalid"].clone(), texts)
    };
    let sent = what(&form);
    for format in ["odt", "doc", "rtf", "docx:MS Word 2007 XML"] {
        let saved = folder.path().join(format.split(':').next().unwrap());
        let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
        let status = Command::new("soffice")
            .args([&profile, "--headless", "--convert-to", format, "--outdir"])
            .args([&saved, &form])
            .output()
            .unwrap();
        assert!(status.status.success(), "{format}");
        let file = fs::read_dir(&saved).unwrap().next().unwrap().unwrap().path();
        assert_eq!(what(&file), sent, "{format}");
    }
}
