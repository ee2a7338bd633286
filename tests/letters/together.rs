//! Campaigns made by the command alone: the letter's decides about the demonstration's mails as the one written by hand, and a
//! different letter's runs beside it in the same daemon.

use std::{fs, path::Path, process::Command};

use lettre::message::{Attachment, MultiPart, SinglePart, header::ContentType};
use serde_json::Value;

use crate::builder::docx;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const NOON: &str = "2022-11-10T12:00:00+03:00";
const FIRST: &str = "500plus-2022";

/// A committee in a folder, with the campaigns that stand in it.
struct Committee(tempfile::TempDir);

impl Committee {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["inbox/new", "inbox/cur", "inbox/tmp", "outbox", "campaigns"] {
            fs::create_dir_all(folder.path().join(part)).unwrap();
        }
        let settings = "campaigns = [\"campaigns\"]\n[store]\nurl = \"sqlite://s.db\"\nfiles = \"files\"\n[[mailbox]]\n\
             kind = \"maildir\"\npath = \"inbox\"\naddress = \"svodka@committee.example\"\n[smtp]\nkind = \"file\"\n\
             path = \"outbox\"\n[converter]\noffice = \"\"\npdf = \"\"\n[authentication]\nverify = false\n[reader]\n\
             sandbox = \"best-effort\"\n[replies]\ngrace = \"0s\"\n";
        fs::write(folder.path().join("svodka.toml"), settings).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// What a command prints, which must succeed.
    fn svodka(&self, args: &[&str]) -> String {
        let called = Command::new(env!("CARGO_BIN_EXE_svodka"))
            .env("SVODKA_CONFIG", self.path("svodka.toml"))
            .args(args)
            .output()
            .unwrap();
        assert!(called.status.success(), "{args:?}: {}", String::from_utf8_lossy(&called.stderr));
        String::from_utf8(called.stdout).unwrap()
    }

    fn makes(&self, letter: &Path, name: &str) {
        let (letter, file) = (letter.display().to_string(), self.path(&format!("campaigns/{name}")));
        self.svodka(&["campaign", "new", "--from", &letter, "-o", &file]);
    }

    fn gets(&self, name: &str, mail: &[u8]) {
        fs::write(self.0.path().join("inbox/new").join(name), mail).unwrap();
    }

    fn gets_the_samples(&self) {
        for file in fs::read_dir(Path::new(ROOT).join("tests/fixtures/mails")).unwrap() {
            let file = file.unwrap().path();
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            if name.as_str() < "14" {
                self.gets(&name, &fs::read(&file).unwrap());
            }
        }
    }

    fn passes(&self) {
        self.svodka(&["run", "--once", "--as-of", NOON]);
    }

    fn status(&self, campaign: &str) -> Value {
        serde_json::from_str(&self.svodka(&["status", "--json", "--campaign", campaign, "--as-of", NOON])).unwrap()
    }

    fn replies(&self) -> usize {
        fs::read_dir(self.0.path().join("outbox")).unwrap().count()
    }
}

/// A mail with the second letter's form, filled in: an answer for each question.
fn answer(nth: usize, answers: [&str; 6]) -> Vec<u8> {
    let letter = fs::read_to_string(Path::new(ROOT).join("tests/fixtures/letters/pitanie.txt")).unwrap();
    let (_, form) = letter.split_once("Сведения об организации").unwrap();
    let rows = form.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| №")).take(6);
    let rows = rows.zip(answers).map(|(row, answer)| row.replacen("| |", &format!("| {answer} |"), 1));
    let text = format!("Сведения об организации горячего питания\n{}\n", rows.collect::<Vec<_>>().join("\n"));
    let kind = ContentType::parse("application/vnd.openxmlformats-officedocument.wordprocessingml.document").unwrap();
    let whole = lettre::Message::builder()
        .from(format!("school{nth}@mail.example").parse().unwrap())
        .to("svodka@committee.example".parse().unwrap())
        .subject("Питание")
        .date(std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_668_060_000))
        .message_id(Some(format!("<meals-{nth}@mail.example>")))
        .multipart(
            MultiPart::mixed()
                .singlepart(SinglePart::plain("Направляем.".to_owned()))
                .singlepart(Attachment::new("форма.docx".to_owned()).body(docx(&text), kind)),
        );
    whole.unwrap().formatted()
}

fn standing(status: &Value) -> Vec<(String, String)> {
    let schools = status["schools"].as_array().unwrap().iter();
    schools.map(|one| (one["id"].as_str().unwrap().into(), one["status"].as_str().unwrap().into())).collect()
}

#[test]
fn made_campaigns_run_the_demonstration_and_another_letters_mails_in_one_daemon() {
    let by_hand = Committee::new();
    fs::copy(Path::new(ROOT).join("config/campaigns/500plus-2022.toml"), by_hand.path("campaigns/hand.toml")).unwrap();
    by_hand.gets_the_samples();
    by_hand.passes();

    let made = Committee::new();
    made.makes(&Path::new(ROOT).join("tests/fixtures/letter.docx"), "first.toml");
    let other = fs::read_to_string(Path::new(ROOT).join("tests/fixtures/letters/pitanie.txt")).unwrap();
    fs::write(made.path("other.docx"), docx(&other)).unwrap();
    made.makes(Path::new(&made.path("other.docx")), "second.toml");
    made.gets_the_samples();
    made.gets(
        "meals-1",
        &answer(
            1,
            ["МБОУ «Рощинский Центр образования»", "412", "Смирнова О. П., завуч", "да", "meals@school.example", "нет"],
        ),
    );
    made.gets("meals-2", &answer(2, ["СОШ № 2 г. Тосно", "много", "Иванова А. А., повар", "нет", "", "Мало мест"]));
    made.passes();

    let (hand, first) = (by_hand.status(FIRST), made.status(FIRST));
    assert_eq!(first["schools"], hand["schools"], "the same board");
    assert_eq!(first["messages"]["matched"], hand["messages"]["matched"]);
    let all = made.svodka(&["status", "--json", "--as-of", NOON]);
    let all: Vec<Value> = serde_json::Deserializer::from_str(&all).into_iter().map(Result::unwrap).collect();
    let second = all.iter().find(|one| one["campaign"] != FIRST).unwrap();
    // A document that cannot be read may be about either letter: it waits where the later one is.
    let review = |status: &Value| status["review"].as_u64().unwrap();
    assert_eq!((review(&first), review(second)), (review(&hand) - 1, 1));
    let expected = [("kirishi-3", "nothing"), ("tosno-2", "incomplete"), ("roshchino", "complete")];
    assert_eq!(standing(second), expected.map(|(id, standing)| (id.to_owned(), standing.to_owned())));
    assert_eq!(made.replies(), by_hand.replies() + 2, "each of the other letter's mails has its answer");
    let tosno = second["schools"].as_array().unwrap().iter().find(|one| one["id"] == "tosno-2").unwrap();
    assert_eq!(
        (&tosno["form"]["missing"].as_array().unwrap().len(), &tosno["form"]["invalid"].as_array().unwrap().len()),
        (&1, &1)
    );
}
