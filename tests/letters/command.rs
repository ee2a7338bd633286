//! `svodka campaign new` as a person calls it: what is written, what is said, and what is refused.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use svodka::campaign;

use crate::builder::docx;

const LETTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/letter.docx");

fn svodka(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_svodka")).env_remove("SVODKA_CONFIG").args(args).output().unwrap()
}

/// What is said where nothing is written, with exit status 2.
fn refused(letter: &Path, args: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.toml");
    let (letter, output) = (letter.display().to_string(), file.display().to_string());
    let called = svodka(&[&["campaign", "new", "--from", &letter, "-o", &output], args].concat());
    let said = String::from_utf8_lossy(&called.stderr).into_owned();
    assert_eq!(called.status.code(), Some(2), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left in the folder");
    assert!(said.contains("cure:"), "{said}");
    said
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let file = folder.join(name);
    fs::write(&file, bytes).unwrap();
    file
}

#[test]
fn the_letter_becomes_a_file_that_the_check_finds_sound() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.toml").display().to_string();
    let made = svodka(&["campaign", "new", "--from", LETTER, "-o", &file]);
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    assert!(made.status.success(), "{said}");
    let text = fs::read_to_string(&file).unwrap();
    // The line that is named is the one that is marked.
    let doubt = said.lines().find(|line| line.contains("представляют не все школы")).unwrap();
    let named = doubt.strip_prefix(&format!("{file}:")).unwrap().split(':').next().unwrap();
    let line = text.lines().nth(named.parse::<usize>().unwrap() - 1).unwrap();
    assert!(line.starts_with("# ПРОВЕРЬТЕ"), "{line}");
    assert!(svodka(&["campaign", "check", &file]).status.success());

    // It may have been edited since: it is never overwritten by itself.
    fs::write(&file, "mine").unwrap();
    let again = svodka(&["campaign", "new", "--from", LETTER, "-o", &file]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("--force"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert!(svodka(&["campaign", "new", "--from", LETTER, "-o", &file, "--force"]).status.success());
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_is_no_letter_is_refused_with_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let recipe = docx(
        "Пирог с яблоками\nВзять три яблока, муку и сахар, всё смешать и поставить в печь на сорок минут.\n| Яблоки | 3 |\n| Мука | 200 г |\n",
    );
    assert!(refused(&written(dir, "recipe.docx", &recipe), &[]).contains("this is no letter"));
    assert!(refused(&written(dir, "empty.docx", b""), &[]).contains("empty"));
    assert!(refused(&written(dir, "blank.docx", &docx("")), &[]).contains("cure: give the letter"));
    let whole = fs::read(LETTER).unwrap();
    assert!(refused(&written(dir, "broken.docx", &whole[..whole.len() / 2]), &[]).contains("damaged"));
    let scan = [&[0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a][..], &[0; 64]].concat();
    assert!(refused(&written(dir, "scan.png", &scan), &[]).contains("a scan holds a picture"));
    assert!(refused(Path::new("/nowhere/letter.docx"), &[]).contains("cannot be read"));
}

#[test]
fn a_letter_without_a_form_says_which_annexes_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let head = "КОМИТЕТ ОБРАЗОВАНИЯ\n05.02.2024 № 01-15/77\nО проведении семинара\nКомитет образования информирует о семинаре, \
                который состоится 15 февраля 2024 года, и просит направить участников до 10 февраля 2024 года.\nИсп. Иванова И.И., \
                тел. 8 (812) 111-22-33\n";
    let said = refused(&written(dir, "none.docx", &docx(head)), &[]);
    assert!(said.contains("no form was found: the letter has no annex"), "{said}");
    let list =
        format!("{head}Приложение 1\nПЕРЕЧЕНЬ\nдокументов\n| № | Документ |\n| 1 | Приказ № 5 |\n| 2 | Устав |\n");
    let said = refused(&written(dir, "list.docx", &docx(&list)), &[]);
    assert!(said.contains("приложение 1 «Перечень документов» (1 tables, no form)"), "{said}");
    let said = refused(Path::new(LETTER), &["--annex", "2"]);
    assert!(said.contains("annex 2 holds no form") && said.contains("График"), "{said}");
}

#[test]
fn a_letter_of_an_old_format_is_converted() {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}/profile", folder.path().display()))
        .args(["--headless", "--convert-to", "doc", "--outdir"])
        .arg(folder.path())
        .arg(LETTER)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let (letter, file) = (folder.path().join("letter.doc"), folder.path().join("new.toml"));
    let (from, output) = (letter.display().to_string(), file.display().to_string());
    let made = svodka(&["campaign", "new", "--from", &from, "-o", &output]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let campaign = campaign::read("new.toml", &fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!((campaign.schools.len(), campaign.form.fields.len()), (7, 14));
}

/// The sample mails of the demonstration, in a folder of their own, judged by the made campaign.
#[test]
fn the_demonstration_ends_on_the_same_board_with_the_made_campaign() {
    let folder = tempfile::tempdir().unwrap();
    let [sample, made] = ["sample", "made"].map(|name| folder.path().join(name));
    let as_of = "2022-11-10T12:00:00+03:00";
    assert!(svodka(&["demo", "--dir", &sample.display().to_string()]).status.success());
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(made.join("inbox").join(part)).unwrap();
    }
    fs::copy(sample.join("svodka.toml"), made.join("svodka.toml")).unwrap();
    let mails = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mails");
    for entry in fs::read_dir(mails).unwrap().map(Result::unwrap) {
        // Those of the demonstration are the first of the samples.
        let name = entry.file_name().into_string().unwrap();
        if name.get(..2).is_some_and(|number| ("01"..="13").contains(&number)) {
            fs::copy(entry.path(), made.join("inbox/new").join(name.trim_end_matches(".eml"))).unwrap();
        }
    }
    let campaign = made.join("campaign.toml").display().to_string();
    assert!(svodka(&["campaign", "new", "--from", LETTER, "-o", &campaign]).status.success());
    let config = |dir: &Path| dir.join("svodka.toml").display().to_string();
    let run = svodka(&["run", "--once", "--config", &config(&made), "--as-of", as_of]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let board = |dir: &Path| {
        let status = svodka(&["status", "--json", "--config", &config(dir), "--as-of", as_of]);
        let mut board: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
        // A mail without a date of its own was received when it was delivered.
        for school in board["schools"].as_array_mut().unwrap() {
            school.as_object_mut().unwrap().remove("last_message");
        }
        board
    };
    let (wanted, got) = (board(&sample), board(&made));
    assert_eq!(wanted["messages"]["received"], 13);
    assert_eq!(got, wanted);
}
