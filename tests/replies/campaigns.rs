//! Two letters to the schools at once.

use serde_json::Value;

use crate::committee::{Committee, Reply, sample, with};

const MEALS: &str = include_str!("../fixtures/campaigns/pitanie-2022.toml");
const FIRST: &str = "500plus-2022";
const SECOND: &str = "pitanie-2022";

/// The second letter's form as a text.
const ANSWERS: &str = "Сведения об организации горячего питания обучающихся\n\
    Наименование образовательной организации: МБОУ «Рощинский Центр образования»\n\
    Количество обучающихся, получающих горячее питание: 412\n\
    Ответственный за организацию питания: Смирнова О. П., заместитель директора\n\
    Организатор питания (столовая, комбинат): школьная столовая\n\
    Проблемы в организации питания: нет\n";

fn both() -> Committee {
    let committee = Committee::new("");
    committee.adds_campaign("meals.toml", MEALS);
    committee
}

/// A mail whose text is this.
fn mail(from: &str, id: &str, subject: &str, text: &str) -> Vec<u8> {
    format!(
        "From: {from}\nTo: svodka@committee.example\nSubject: {subject}\nMessage-ID: <{id}@mail.example>\n\
         Date: Thu, 10 Nov 2022 11:00:00 +0300\nContent-Type: text/plain; charset=utf-8\n\n{text}"
    )
    .into_bytes()
}

/// A sample's mail with the answers of the second letter as another file.
fn mail_with_both() -> Vec<u8> {
    let first = String::from_utf8(sample("02-roshchino-form")).unwrap();
    let (_, boundary) = first.split_once("boundary=\"").unwrap();
    let (boundary, _) = boundary.split_once('"').unwrap();
    let file = format!(
        "--{boundary}\nContent-Type: text/plain; charset=utf-8; name=\"meals.txt\"\nContent-Transfer-Encoding: 8bit\n\
         Content-Disposition: attachment; filename=\"meals.txt\"\n\n{ANSWERS}\n--{boundary}--"
    );
    let whole = first.replacen(&format!("--{boundary}--"), &file, 1);
    assert_ne!(whole, first);
    whole.into_bytes()
}

fn about(replies: &[Reply], number: &str) -> usize {
    replies.iter().filter(|reply| reply.text().contains(number)).count()
}

fn standing(status: &Value, school: &str) -> String {
    let schools = status["schools"].as_array().unwrap();
    schools.iter().find(|one| one["id"] == school).unwrap()["status"].as_str().unwrap().to_owned()
}

#[test]
fn each_mail_is_answered_about_the_letter_that_it_answers() {
    let committee = both();
    committee.gets(&sample("01-kirishi-complete"));
    committee.gets(&mail("school@mail.example", "meals", "Сведения", ANSWERS));
    committee.gets(&sample("11-leave"));
    let replies = committee.answers();
    assert_eq!((replies.len(), about(&replies, "19-33822/2022"), about(&replies, "19-34101/2022")), (2, 1, 1));
    for reply in &replies {
        let (first, second) = (reply.text().contains("Л. Г. Михайлюк"), reply.text().contains("А. П. Петрова"));
        assert!(first != second, "each letter names its own official");
    }
    let (first, second) = (committee.status_of(FIRST), committee.status_of(SECOND));
    assert_eq!((standing(&first, "kirishi-3"), standing(&second, "kirishi-3")), ("complete".into(), "nothing".into()));
    assert_eq!((standing(&first, "roshchino"), standing(&second, "roshchino")), ("nothing".into(), "complete".into()));
    // What is about the other letter is none of this one's, and each sum comes out.
    for status in [&first, &second] {
        let messages = &status["messages"];
        assert_eq!(
            (&messages["received"], &messages["matched"], &messages["other"]),
            (&3.into(), &1.into(), &2.into())
        );
    }
    // Without a name, each is told of.
    let all = String::from_utf8(committee.runs(&["status", "--json"]).stdout).unwrap();
    let all: Vec<Value> = serde_json::Deserializer::from_str(&all).into_iter().map(Result::unwrap).collect();
    assert_eq!(all.iter().map(|one| one["campaign"].as_str().unwrap()).collect::<Vec<_>>(), [FIRST, SECOND]);
    let output = committee.command(&["report", "--xlsx", "/tmp/never.xlsx"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("name one with --campaign"), "{said}");
}

#[test]
fn one_mail_that_serves_two_letters_is_answered_twice() {
    let committee = both();
    committee.gets(&mail_with_both());
    let replies = committee.answers();
    assert_eq!((replies.len(), about(&replies, "19-33822/2022"), about(&replies, "19-34101/2022")), (2, 1, 1));
    assert_ne!(replies[0].field("Message-ID"), replies[1].field("Message-ID"));
    assert_eq!(standing(&committee.status_of(FIRST), "roshchino"), "incomplete");
    assert_eq!(standing(&committee.status_of(SECOND), "roshchino"), "complete");
    // The same mail again is known by its bytes.
    committee.gets(&mail_with_both());
    assert!(committee.answers().is_empty());
    assert_eq!(committee.status_of(SECOND)["messages"]["duplicate"], 1);
    // An answer to one of our letters is about that one's.
    let letter = replies.iter().find(|reply| reply.text().contains("19-34101/2022")).unwrap();
    let more = mail("school@mail.example", "more", "Re: Информация", "А почему нет вопроса о буфете?");
    let from = format!("From: {}", letter.field("To"));
    committee.gets(&with(&more, &[&from, &format!("In-Reply-To: {}", letter.field("Message-ID"))]));
    committee.answers();
    assert_eq!((&committee.status_of(SECOND)["review"], &committee.status_of(FIRST)["review"]), (&1.into(), &0.into()));
}

#[test]
fn what_may_answer_either_letter_is_moved_by_a_person() {
    let committee = Committee::new("");
    let again = include_str!("../../config/campaigns/500plus-2022.toml")
        .replace("id = \"500plus-2022\"", "id = \"again\"")
        .replace("19-33822/2022", "19-40000/2022");
    committee.adds_campaign("again.toml", &again);
    committee.gets(&sample("02-roshchino-form"));
    assert!(committee.answers().is_empty(), "nobody is answered about a letter that he may not mean");
    let list = String::from_utf8(committee.command(&["review", "list"]).stdout).unwrap();
    assert!(list.contains("ambiguous campaign"), "{list}");
    let (here, there) = if list.contains("again") { ("again", FIRST) } else { (FIRST, "again") };
    let moved = committee.command(&["review", "move", "1", there]);
    assert!(moved.status.success(), "{}", String::from_utf8_lossy(&moved.stderr));
    assert!(!committee.command(&["review", "move", "1", there]).status.success(), "it is moved already");
    assert_eq!((&committee.status_of(here)["review"], &committee.status_of(there)["review"]), (&0.into(), &1.into()));
    assert!(committee.command(&["review", "assign", "2", "roshchino"]).status.success());
    committee.passes("2022-11-10T13:00:00+03:00");
    assert_eq!(standing(&committee.status_of(there), "roshchino"), "incomplete");
    assert_eq!(standing(&committee.status_of(here), "roshchino"), "nothing");
}

#[test]
fn a_closed_letter_says_so_once_and_a_person_may_take_what_came() {
    let committee = both();
    committee.edits_campaign("start = 2022-11-01", "closed = true\nstart = 2022-11-01");
    committee.gets(&sample("01-kirishi-complete"));
    committee.gets(&mail("school@mail.example", "meals", "Сведения", ANSWERS));
    let replies = committee.answers();
    assert_eq!(replies.len(), 2);
    let over = replies.iter().find(|reply| reply.text().contains("19-33822/2022")).unwrap();
    assert!(
        over.text().contains("Приём материалов по письму № 19-33822/2022 от 1 ноября 2022 года завершён"),
        "{}",
        over.text()
    );
    let status = committee.status_of(FIRST);
    assert_eq!((&status["review"], standing(&status, "kirishi-3")), (&1.into(), "review".into()));
    // The other letter goes on.
    assert_eq!(standing(&committee.status_of(SECOND), "roshchino"), "complete");
    assert!(committee.command(&["review", "accept", "1"]).status.success());
    committee.passes("2022-11-10T13:00:00+03:00");
    assert_eq!(standing(&committee.status_of(FIRST), "kirishi-3"), "complete");
}

#[test]
fn a_closed_letter_reminds_nobody() {
    let morning = "2022-11-11T10:00:00+03:00";
    let (open, closed) = (Committee::new(""), Committee::new(""));
    closed.edits_campaign("start = 2022-11-01", "closed = true\nstart = 2022-11-01");
    for committee in [&open, &closed] {
        committee.passes(morning);
    }
    assert_eq!((open.sent("known@school.example").len(), closed.sent("known@school.example").len()), (1, 0));
}

#[test]
fn while_the_file_of_a_letter_that_was_answered_is_wrong_no_other_letter_answers_in_its_place() {
    let committee = both();
    committee.gets(&mail("school@mail.example", "meals", "Сведения", ANSWERS));
    assert_eq!(committee.answers().len(), 1);
    committee.writes("meals.toml", &MEALS.replace("kind = \"count\"", "kind = \"number\""));
    committee.gets(&sample("01-kirishi-complete"));
    assert!(committee.answers().iter().all(|one| !one.field("To").contains("mail.example")), "it waits");
    committee.writes("meals.toml", MEALS);
    assert_eq!(committee.answers().len(), 1);
    assert_eq!(standing(&committee.status_of(FIRST), "kirishi-3"), "complete");
}

#[test]
fn a_campaign_that_cannot_work_keeps_no_other_from_working() {
    let committee = Committee::new("[staff]\naddresses = [\"staff@committee.example\"]\nsummary = []\n");
    committee.adds_campaign("meals.toml", &MEALS.replace("kind = \"count\"", "kind = \"number\""));
    committee.gets(&sample("01-kirishi-complete"));
    let replies = committee.answers();
    let alert = replies.iter().find(|reply| reply.field("To").contains("staff")).unwrap();
    let text = alert.text();
    assert!(text.contains("meals.toml") && text.contains("form.field[1].kind"), "{text}");
    assert_eq!(replies.len(), 2, "the school has its answer, the staff know of the file");
    assert!(committee.answers().is_empty(), "they are told once");
    // Once it is right, it begins.
    committee.writes("meals.toml", MEALS);
    committee.gets(&mail("school@mail.example", "meals", "Сведения", ANSWERS));
    assert_eq!(about(&committee.answers(), "19-34101/2022"), 1);
}
