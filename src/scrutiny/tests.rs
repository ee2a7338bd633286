use jiff::Timestamp;

use super::*;
use crate::campaign::{self, Findings, Severity};

const LETTER: &str = include_str!("../../config/campaigns/500plus-2022.toml");
const NOW: &str = "2022-11-02T09:00:00Z";

fn all(text: &str) -> Findings {
    let (campaign, mut found) = campaign::look(text).unwrap();
    if let Some(campaign) = &campaign {
        found.extend(findings(campaign, NOW.parse::<Timestamp>().unwrap()));
    }
    campaign::place(text, found)
}

/// What the sample campaign is changed to; then the key that is told, a piece of the line that is shown, words of what is
/// told or advised.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

fn hold(rows: &[Row], severity: Severity) {
    for (from, to, key, line, words) in rows {
        let text = LETTER.replacen(from, to, 1);
        assert_ne!(text, LETTER, "{from}");
        let found = all(&text);
        let told = found.0.iter().find(|(_, one)| one.key == *key && one.severity == severity);
        let (place, finding) = told.unwrap_or_else(|| panic!("{to}: no {key} in\n{found}"));
        let shown = text.lines().nth(place.line - 1).unwrap();
        assert!(shown.contains(line), "{to}: line {} is {shown:?}", place.line);
        let said = format!("{} | {}", finding.text, finding.cure);
        assert!(said.contains(words), "{to}: {said}");
        assert_eq!(campaign::read("x", &text).is_err(), severity == Severity::Error, "{to}");
    }
}

const MISTAKES: &[Row] = &[
    ("time_zone =", "timezone =", "timezone", "timezone =", "did you mean `time_zone`?"),
    ("time_zone =", "# =", "time_zone", "One letter", "IANA time zone"),
    ("\"Europe/Moscow\"", "\"Europe/Moskva\"", "time_zone", "Moskva", "IANA time zone"),
    ("start = 2022-11-01", "start = 2022-11-01T10:00:00", "start", "T10", "a date without quotes"),
    ("start = 2022-11-01", "start = \"01.11.2022\"", "start", "01.11", "a date without quotes"),
    ("from = 09:00:00", "from = \"9:00\"", "reminders.from", "9:00", "a time without quotes"),
    ("id = \"500plus-2022\"", "id = \"500+\"", "id", "500+", "identifier"),
    ("phone = \"8", "phone = 8 #", "contact.phone", "phone", "a text in quotes"),
    ("issuer_genitive =", "issuer_gen =", "letter.issuer_gen", "issuer_gen", "did you mean `issuer_genitive`?"),
    ("issuer_genitive =", "# =", "letter.issuer_genitive", "[letter]", "is missing"),
    ("kind = \"draft\"", "kind = \"drafts\"", "requirement[1].kind", "drafts", "did you mean \"draft\"?"),
    ("deadline = 2022-11-14\n", "", "requirement[1].deadline", "[[requirement]]", "The last day"),
    ("kind = \"since\"", "kind = \"sinse\"", "form.field[4].kind", "sinse", "did you mean \"since\"?"),
    ("max = 5 }", "max = 500 }", "form.field[11].kind.rating.max", "500", "from 0 to 255"),
    ("max = 5 }", "most = 5 }", "form.field[11].kind.rating.most", "most", "allowed here"),
    ("none_is_answer = true", "none_is_answer = \"да\"", "form.field[10].none_is_answer", "да", "true or false"),
    ("[[neighbour]]", "[[neighbor]]", "neighbor", "[[neighbor]]", "did you mean `neighbour`?"),
    ("settlement = \"Рощино\"", "place = \"Рощино\"", "school[1].settlement", "[[school]]", "is missing"),
    ("id = \"roshchino\"", "id = \"kirishi-3\"", "school[1].id", "kirishi-3", "school[0] has it too"),
    ("id = \"proposals\"", "id = \"final_result\"", "form.field[13].id", "final_result", "stands twice"),
    ("id = \"draft\"", "id = \"form\"", "requirement[1].id", "\"form\"", "stands twice"),
    ("kind = \"school_name\"", "kind = \"text\"", "form", "[form]", "no field has the kind"),
    ("kind = \"list\"", "kind = \"school_name\"", "form.field[5].kind", "school_name", "a second field"),
    ("min = 1, max = 5", "min = 5, max = 5", "form.field[11].kind", "rating", "min must be below max"),
    ("schools = [] ", "schools = [\"nobody\"] ", "requirement[2].schools[0]", "nobody", "no [[school]] has the id"),
    ("kind = \"draft\"", "kind = \"form\"", "requirement[1].schools", "[[requirement]]", "both owed by every school"),
    ("days_before = [3, 1]", "days_before = [3, 99]", "reminders.days_before[1]", "99", "at most 60"),
    ("to = 18:00:00", "to = 08:00:00", "reminders.to", "08:00", "no hour to remind in"),
    ("to = 2022-11-29", "to = 2022-11-14", "event.to", "11-14", "before it begins"),
    ("lg_mikhaylyuk@lenreg.ru", "lenreg.ru", "contact.email", "lenreg.ru", "no e-mail address"),
    (
        "settlement = \"Рощино\"",
        "settlement = \"Рощино\"\naddresses = [\"a@b.ru\", \"Школа <s@b.ru>\"]",
        "school[1].addresses[1]",
        "s@b.ru",
        "no e-mail address",
    ),
    (
        "[event]",
        "[[person]]\nwho = \"x\"\naddress = \"a@b.ru\"\ndistrict = \"Лужский\"\n[event]",
        "person[0].district",
        "Лужский",
        "Выборгский, Киришский",
    ),
    (
        "[event]",
        "[[person]]\nwho = \"x\"\naddress = \"a@b.ru\"\nschools = [\"roshino\"]\n[event]",
        "person[0].schools[0]",
        "roshino",
        "no [[school]] has the id",
    ),
    ("short = \"Оценка\"", "short = \" \"", "form.field[11].short", "short", "the text is empty"),
    ("id = \"500plus-2022\"", "id = \"x\"\naudience = \"all\"", "audience", "all", "\"roster\""),
    ("id = \"500plus-2022\"", "id = \"x\"\naudience = { districts = [] }", "audience", "districts", "no district"),
    ("id = \"500plus-2022\"", "id = \"x\"\naudience = { district = [] }", "audience", "district", "one of"),
];

#[test]
fn every_mistake_is_told_with_its_line_its_key_and_its_cure() {
    hold(MISTAKES, Severity::Error);
}

const ODDITIES: &[Row] = &[
    ("deadline = 2022-11-14", "deadline = 2022-11-01", "requirement[1].deadline", "11-01", "has passed"),
    (
        "deadline = 2022-11-14",
        "deadline = 2021-11-14",
        "requirement[1].deadline",
        "2021",
        "before the campaign's start",
    ),
    ("deadline = 2022-11-14", "deadline = 2022-11-13", "requirement[1].deadline", "11-13", "a day off (Sunday)"),
    ("deadline = 2022-11-14", "deadline = 2022-11-04", "requirement[1].deadline", "11-04", "a day off (Friday)"),
    ("deadline = 2022-11-08", "deadline = 2022-11-06", "obligation[0].deadline", "11-06", "a day off"),
    ("date = 2022-11-15", "date = 2022-11-14", "school[0].date", "11-14", "outside the event"),
    ("date = 2022-11-15", "date = 2022-11-20", "school[0].date", "11-20", "a day off"),
    ("date = 2022-11-15", "date = 2022-10-15", "school[0].date", "10-15", "before the campaign's start"),
    ("date = 2022-11-01\n", "date = 2022-11-02\n", "start", "start", "before the letter's date"),
    ("    \"анкета\",", "    \"форма\",", "recognition.words[13]", "форма", "in mail of every kind"),
    ("    \"анкета\",", "    \"№\",", "recognition.words[13]", "№", "too short"),
    ("    \"анкета\",", "    \"2022\",", "recognition.words[13]", "2022", "in mail of every kind"),
    ("\"фиоко\", ", "\"Отчёт\", ", "requirement[2].words[0]", "Отчёт", "in mail of every kind"),
    ("words = [\"фиоко\"", "words = [] # ", "requirement[2].words", "words", "staff tick it by hand"),
    ("kind = \"form\"", "kind = \"information\"", "form", "[form]", "nobody owes it"),
    ("days_before = [3, 1]", "days_before = []", "reminders.days_before", "days_before", "nobody is ever reminded"),
    ("days_before = [3, 1]", "days_before = [30, 1]", "reminders.days_before[0]", "30", "has not begun"),
    ("days_before = [3, 1]", "days_before = [3, 3]", "reminders.days_before[1]", "3, 3", "stands at place 0"),
    (
        "settlement = \"Рощино\"\n",
        "settlement = \"Рощино\"\naddresses = [\"a@b.ru\"]\n[[school]]\nid = \"x\"\nname = \"Лужская СОШ № 7\"\ndistrict = \"Лужский\"\nsettlement = \"Луга\"\naddresses = [\"A@b.ru\"]\n",
        "school[2].addresses[0]",
        "A@b.ru",
        "school[1].addresses[0] too",
    ),
    (
        "МОУ «Киришская СОШ №3»",
        "МОУ «Киришская СОШ №1»",
        "school[0].name",
        "СОШ №1",
        "cannot be told apart from a neighbour",
    ),
    ("МОУ «Киришская СОШ №3»", "Школа", "school[0].name", "Школа", "full name"),
    (
        "МОУ «Киришская СОШ №3»",
        "Рощинский центр образования",
        "school[0].name",
        "Рощинский",
        "cannot be told apart from roshchino",
    ),
    ("Важинская СОШ № 6", "Рощинский центр образования", "school[3].aliases[0]", "Рощинский", "cannot be told apart"),
    (
        "МОУ «Киришская СОШ №2»",
        "МОУ «Киришская СОШ №1»",
        "neighbour[1].name",
        "СОШ №1",
        "neighbour[0] has the same name",
    ),
    (
        "\"Конечный результат работы\"",
        "\"Ожидаемый результат работы\"",
        "form.field[9].aliases[0]",
        "Ожидаемый",
        "\"expected_result\"",
    ),
    (
        "Кратко опишите конечный результат своей работы",
        "Поясните свою оценку",
        "form.field[9].label",
        "Поясните",
        "\"rating_explanation\"",
    ),
];

#[test]
fn what_works_and_is_hardly_meant_is_told_too() {
    hold(ODDITIES, Severity::Warning);
}

#[test]
fn of_the_sample_nothing_is_told_but_that_staff_have_schools_and_people_to_add() {
    let found = all(LETTER);
    let keys: Vec<&str> = found.0.iter().map(|(_, one)| one.key.as_str()).collect();
    assert_eq!(keys, ["requirement[2].schools", "obligation[0].who", "obligation[1].who"], "{found}");
    assert!(!found.refuse());
}

#[test]
fn all_mistakes_are_told_at_once_and_none_that_only_follows_from_another() {
    let text = LETTER
        .replacen("time_zone =", "timezone =", 1)
        .replacen("id = \"roshchino\"", "id = \"Рощино\"", 1)
        .replacen("min = 1, max = 5", "min = 5, max = 5", 1)
        .replacen("schools = [] ", "schools = [\"roshchino\"] ", 1);
    let keys: Vec<String> = all(&text).0.into_iter().map(|(_, one)| one.key).collect();
    assert_eq!(keys, ["timezone", "form.field[11].kind", "school[1].id"]);
}

#[test]
fn a_campaign_that_is_refused_says_everything_that_is_wrong_with_it() {
    let text = LETTER.replacen("start =", "begin =", 1).replacen("to = 18", "to = 08", 1);
    let said = campaign::read("x.toml", &text).unwrap_err().to_string();
    insta::assert_snapshot!(said, @r"
    x.toml: line 1, start: `start` is missing
      cure: add it (a date without quotes, for example 2022-11-15): The first day on which mail can belong to the campaign: older mail is never answered.
    line 7, begin: the key `begin` is not known here
      cure: allowed here: id, title, time_zone, start, closed, keep, letter, contact, recognition, form, requirement, event, obligation, workdays, reminders, person, audience, school, neighbour
    line 91, reminders.to: between 09:00:00 and 08:00:00 lies no hour to remind in
      cure: `from` must be before `to`
    ");
}
