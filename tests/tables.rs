//! The table and the digest as other programs open them: openpyxl, LibreOffice.

#![expect(clippy::unwrap_used, reason = "a scenario that cannot go on has failed")]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};

fn svodka(args: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_svodka")).env_remove("SVODKA_CONFIG").args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The demonstration in a folder of its own.
fn demo() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    svodka(&["demo", "--dir", dir.to_str().unwrap()]);
    (folder, dir)
}

/// The text of each page that LibreOffice prints.
fn printed(file: &Path) -> Vec<String> {
    let out = file.with_extension(format!("{}-printed", file.extension().unwrap().display()));
    let office = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}/profile", out.display()))
        .args(["--headless", "--convert-to", "pdf", "--outdir"])
        .args([&out, file])
        .output()
        .unwrap();
    assert!(office.status.success(), "{office:?}");
    let pdf = out.join(file.with_extension("pdf").file_name().unwrap());
    let text = Command::new("pdftotext").args(["-layout".as_ref(), pdf.as_os_str(), "-".as_ref()]).output().unwrap();
    assert!(text.status.success(), "{text:?}");
    let text = String::from_utf8(text.stdout).unwrap();
    text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect()
}

/// Words parted by one space: how they are laid out does not matter.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_digest_prints_with_numbered_questions_repeated_heads_and_page_numbers() {
    let (_folder, dir) = demo();
    let pages = printed(&dir.join("свод.docx"));
    assert!(pages.len() > 2, "{pages:?}");
    assert!(!pages[0].trim_start().starts_with('1'), "the first page has no number");
    for (number, page) in (2..).zip(&pages[1..]) {
        assert!(page.trim_start().starts_with(&number.to_string()), "{page}");
    }
    let text = flat(&pages.join("\n"));
    for said in [
        "Информацию представили 6 из 7 образовательных организаций, из них в полном объёме – 2, не в полном объёме – 4.",
        "1. Название образовательной организации",
        "14. Ваши предложения по повышению эффективности",
        "много (требует уточнения)",
        "Представленная информация уточняется: 1. МКОУ «Лодейнопольская",
        "(должность) (подпись) (И. О. Фамилия)",
    ] {
        assert!(text.contains(said), "{said}\n\n{text}");
    }
}

#[test]
fn the_table_prints_one_sheet_after_the_other_with_its_heads_on_each_page() {
    let (_folder, dir) = demo();
    let pages = printed(&dir.join("свод.xlsx"));
    assert_eq!(pages.len(), 4, "the answers take two pages: {pages:?}");
    for (number, (page, sheet)) in (1..).zip(pages.iter().zip(["Состояние", "Ответы", "Ответы", "История"]))
    {
        let page = flat(page);
        let foot = format!("{sheet} Страница {number} из 4");
        assert!(page.contains(&foot), "{foot}: {page}");
        assert!(page.contains("Школа") && page.contains("МОУ «Киришская СОШ №3»"), "{page}");
        assert!(!page.contains("###"), "a date or number finds no room: {page}");
    }
    let words = flat(&pages.join(" "));
    for said in [
        "Не хватает",
        "не заполнено: 5, 14",
        "Всего писем: 13 = 7",
        "12. Оценка: число школ",
        "проект выступления (версия 2)",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
}

/// The system's Python, which is the one for which the system's packages are installed.
const PYTHON: &str = "/usr/bin/python3";

#[test]
fn the_table_is_the_same_to_openpyxl() {
    let there = Command::new(PYTHON).args(["-c", "import openpyxl"]).output();
    if !there.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: python3-openpyxl is not installed");
        return;
    }
    let (_folder, dir) = demo();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables.py");
    let output =
        Command::new(PYTHON).env("PYTHONIOENCODING", "utf-8").args([script, dir.join("свод.xlsx")]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let book: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(book["creator"], "svodka");
    assert_eq!(book["title"], "Сетевое взаимодействие школ в проекте «500+»");
    for (name, frozen, filter) in
        [("Состояние", "B5", "A4:I11"), ("Ответы", "C5", "A4:P11"), ("История", "C5", "A4:F14")]
    {
        let sheet = &book["sheets"][name];
        let found = json!([sheet["frozen"], sheet["filter"], sheet["heads"], sheet["paper"], sheet["footer"]]);
        assert_eq!(found, json!([frozen, filter, "$4:$4", [9, "landscape"], "Страница &P из &N"]), "{name}");
        assert_eq!(sheet["formulas"], json!([]), "{name}");
    }
    let status = &book["sheets"]["Состояние"]["rows"];
    assert_eq!(status[4][2], json!({"date": "2022-11-15T00:00:00"}));
    assert_eq!(status[4][3], json!({"date": "2022-11-08T10:00:00"}));
    assert_eq!((&status[11][3], &status[11][4]), (&json!(5), &json!(6)));
    let answers = &book["sheets"]["Ответы"];
    assert_eq!(answers["charts"], 1);
    assert_eq!((&answers["rows"][4][4], &answers["rows"][4][13]), (&json!(3), &json!(4)));
    let notes = answers["notes"].as_array().unwrap();
    assert!(notes.iter().any(|note| note.as_str().unwrap().starts_with("Ответ не является числом.")), "{notes:?}");
    assert_eq!(book["sheets"]["История"]["rows"][4][0], json!({"date": "2022-11-08T10:00:00"}));
}

#[test]
fn a_report_writes_what_it_is_asked_for_and_the_same_each_time() {
    let (folder, dir) = demo();
    let config = dir.join("svodka.toml").display().to_string();
    let files = ["table.xlsx", "digest.docx"].map(|name| folder.path().join(name));
    let [table, digest] = files.each_ref().map(|path| path.to_str().unwrap());
    let as_of = ["report", "--config", &config, "--as-of", "2022-11-10T12:00:00+03:00"];
    svodka(&[&as_of[..], &["--xlsx", table, "--docx", digest]].concat());
    for (written, demo) in files.iter().zip(["свод.xlsx", "свод.docx"]) {
        assert_eq!(std::fs::read(written).unwrap(), std::fs::read(dir.join(demo)).unwrap(), "{demo}");
    }
}
