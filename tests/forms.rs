//! The blank form as schools fill it in: written by `svodka campaign form`, filled in and saved by LibreOffice, read back.

#![expect(clippy::unwrap_used, reason = "a scenario that cannot go on has failed")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};

/// The system's Python, which is the one for which the system's packages are installed.
const PYTHON: &str = "/usr/bin/python3";

const SETTINGS: &str = "campaigns = [\"campaign.toml\"]\n[store]\nurl = \"sqlite://svodka.db\"\nfiles = \"files\"\n[[mailbox]]\nkind = \
                        \"maildir\"\npath = \"inbox\"\naddress = \"svodka@committee.example\"\n[smtp]\nkind = \"file\"\npath = \"outbox\"\n\
                        [converter]\noffice = \"\"\npdf = \"\"\n";

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("svodka.toml"), SETTINGS).unwrap();
        let campaign = include_str!("fixtures/campaigns/every-kind.toml");
        fs::write(folder.path().join("campaign.toml"), campaign).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn svodka(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_svodka"));
        command.env("SVODKA_CONFIG", self.path("svodka.toml")).current_dir(self.folder.path()).args(args);
        command.output().unwrap()
    }

    /// What `check` finds in a file.
    fn read(&self, name: &str) -> Value {
        let output = self.svodka(&["check", "--json", name]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Fills the form in, and saves it as Word's and as OpenDocument's.
    fn fill(&self, answers: &Value) {
        fs::write(self.path("answers.json"), answers.to_string()).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fill.py");
        let names = ["blank.docx", "answers.json", "filled.docx", "filled.odt"].map(|name| self.path(name));
        let output = Command::new(PYTHON).arg(script).args(names).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_form_that_libreoffice_has_filled_in_is_read_back_exactly_and_a_blank_one_holds_nothing() {
    let desk = Desk::new();
    let written = desk.svodka(&["campaign", "form", "-o", "blank.docx"]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let blank = desk.read("blank.docx");
    assert_eq!((&blank["documents"][0]["kind"], &blank["submissions"]), (&json!("other"), &json!([])));

    desk.fill(&json!({"9": {"write": "нет"}}));
    for name in ["filled.docx", "filled.odt"] {
        let one = &desk.read(name)["submissions"][0];
        let fields = "school clubs directions share teachers quality since staff email phone";
        assert_eq!(one["missing"], json!(fields.split(' ').collect::<Vec<_>>()), "{name}: {one}");
        assert_eq!((&one["invalid"], one["answers"].as_object().unwrap().len()), (&json!([]), 1), "{name}: {one}");
    }

    let rows =
        [["Иванова М. И.", "учитель"], ["Петров П. П.", "тренер"], ["Сидорова А. А.", "–"], ["Ким К. К.", "педагог"]];
    desk.fill(&json!({
        "1": {"write": "МОУ «Лужская СОШ № 2»"},
        "2": {"write": "да"},
        "3": {"write": "смешанный режим"},
        "4": {"tick": [1, 5]},
        "5": {"write": "12,5 %"},
        "6": {"write": "7"},
        "7": {"write": "4"},
        "8": {"write": "с сентября 2021 года"},
        "9": {"write": "Кросс «Золотая осень»\nШахматный турнир"},
        "10": {"rows": rows},
        "11": {"write": "school@mail.ru, sport@mail.ru"},
        "12": {"write": "8 (81372) 2-22-33"},
        "13": {"write": "План.docx"},
    }));
    for name in ["filled.docx", "filled.odt"] {
        let one = &desk.read(name)["submissions"][0];
        assert_eq!(
            (&one["school"], &one["missing"], &one["invalid"]),
            (&json!("lug-2"), &json!([]), &json!([])),
            "{name}: {one}"
        );
        for (field, text, value) in [
            ("school", "МОУ «Лужская СОШ № 2»", Value::Null),
            ("clubs", "да", json!(true)),
            ("club_format", "смешанный режим", json!(["смешанный режим"])),
            ("directions", "техническое\nдругое (укажите)", json!(["техническое", "другое (укажите)"])),
            ("share", "12,5 %", json!(12.5)),
            ("teachers", "7", json!(7)),
            ("quality", "4", json!(4)),
            ("since", "с сентября 2021 года", json!("2021-09-01")),
            ("events", "Кросс «Золотая осень»\nШахматный турнир", Value::Null),
            ("email", "school@mail.ru, sport@mail.ru", json!(["school@mail.ru", "sport@mail.ru"])),
            ("phone", "8 (81372) 2-22-33", json!(["+78137222233"])),
            ("plan", "План.docx", Value::Null),
        ] {
            let answer = &one["answers"][field];
            assert_eq!((&answer["text"], &answer["value"]), (&json!(text), &value), "{name}: {field}");
        }
        assert_eq!(one["answers"]["staff"]["value"], json!(rows), "{name}");
        assert_eq!(one["answers"]["comment"], Value::Null, "{name}");
    }
}

#[test]
fn a_form_takes_the_place_of_no_file_and_is_of_a_campaign_that_there_is() {
    let desk = Desk::new();
    fs::write(desk.path("mine.docx"), "mine").unwrap();
    for (args, said) in [
        (vec!["-o", "mine.docx"], "--force"),
        (vec!["-o", "x.docx", "--campaign", "no-such"], "every-kind"),
        (vec!["-o", "x.docx", "--campaign", "no-such.toml"], "cannot be read"),
    ] {
        let output = desk.svodka(&[vec!["campaign", "form"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{output:?}");
    }
    assert_eq!(fs::read(desk.path("mine.docx")).unwrap(), b"mine");
    for campaign in ["every-kind", "campaign.toml"] {
        let output = desk.svodka(&["campaign", "form", "--force", "-o", "mine.docx", "--campaign", campaign]);
        assert!(output.status.success(), "{output:?}");
    }
    assert!(fs::read(desk.path("mine.docx")).unwrap().starts_with(b"PK"));
}
