//! What the committee hears by e-mail: the summary by its schedule, and at once what needs a person.

use mail_parser::{MessageParser, MimeHeaders as _};

use crate::committee::{Committee, Reply, sample, with};

const STAFF: &str = "[staff]\naddresses = [\"staff@committee.example\", \"head@committee.example\"]\n";

fn mail(name: &str, from: &str, id: &str) -> Vec<u8> {
    with(&sample(name), &[&format!("From: {from}"), &format!("Message-ID: <{id}@mail.example>")])
}

fn subject(letter: &Reply) -> String {
    MessageParser::default().parse(&letter.0).unwrap().subject().unwrap().to_owned()
}

fn attached(letter: &Reply) -> Vec<String> {
    let parsed = MessageParser::default().parse(&letter.0).unwrap();
    parsed.attachments().filter_map(|part| part.attachment_name().map(str::to_owned)).collect()
}

/// The letters to an address whose subject tells of cases, or does not.
fn of(committee: &Committee, to: &str, cases: bool) -> Vec<Reply> {
    committee.sent(to).into_iter().filter(|letter| subject(letter).starts_with("Сводка: ") == cases).collect()
}

#[test]
fn each_time_of_the_schedule_gives_one_summary_and_a_stop_of_days_one_altogether() {
    let committee = Committee::new(STAFF);
    let count = || of(&committee, "staff@", false).len();
    committee.gets(&mail("01-kirishi-complete", "kirishi@mail.example", "1"));
    committee.passes("2022-11-10T12:00:00+03:00");
    assert_eq!(count(), 0, "what lay before the first start is not made up for");
    committee.passes("2022-11-10T15:59:00+03:00");
    assert_eq!(count(), 0);
    for at in ["2022-11-10T16:00:00+03:00", "2022-11-10T16:01:00+03:00", "2022-11-11T08:59:00+03:00"] {
        committee.passes(at);
        assert_eq!(count(), 1, "{at}");
    }
    let letter = &of(&committee, "staff@", false)[0];
    assert!(letter.text().contains("Киришская СОШ №3"), "{}", letter.text());
    assert!(attached(letter).iter().any(|name| name == "свод.xlsx"), "{:?}", attached(letter));
    assert_eq!(of(&committee, "head@", false).len(), 1);
    // From Friday morning to Tuesday noon nobody was there.
    committee.passes("2022-11-15T12:00:00+03:00");
    assert_eq!(count(), 2);
    committee.passes("2022-11-15T12:05:00+03:00");
    assert_eq!(count(), 2);
}

#[test]
fn a_summary_is_sent_on_demand_as_often_as_it_is_wanted() {
    let committee = Committee::new(STAFF);
    committee.passes("2022-11-10T12:00:00+03:00");
    for _ in 0..2 {
        let said = String::from_utf8(committee.runs(&["report", "--send"]).stdout).unwrap();
        assert_eq!(said, "letters: 2; they leave with the daemon's next look at the outbox\n");
        committee.passes("2022-11-10T12:01:00+03:00");
    }
    assert_eq!(of(&committee, "staff@", false).len(), 2);
    assert_eq!(of(&committee, "head@", false).len(), 2);
    committee.passes("2022-11-10T16:00:00+03:00");
    assert_eq!(of(&committee, "staff@", false).len(), 3, "the schedule goes on");
}

#[test]
fn no_summary_on_a_public_holiday_or_when_all_is_long_over() {
    let committee = Committee::new(STAFF);
    let count = || of(&committee, "staff@", false).len();
    committee.passes("2022-11-03T20:00:00+03:00");
    committee.passes("2022-11-04T17:00:00+03:00");
    assert_eq!(count(), 0, "a Friday that is a holiday");
    committee.passes("2022-11-07T09:00:00+03:00");
    assert_eq!(count(), 1);
    committee.passes("2023-02-01T12:00:00+03:00");
    assert_eq!(count(), 1, "two months after the last day");
}

#[test]
fn what_needs_a_person_is_told_at_once_and_not_more_often_than_every_quarter_of_an_hour() {
    let committee = Committee::new(STAFF);
    let cases = || of(&committee, "staff@", true);
    committee.gets(&mail("07-ambiguous-number", "a@mail.example", "1"));
    committee.passes("2022-11-10T12:00:00+03:00");
    assert_eq!(cases().len(), 1);
    assert!(cases()[0].text().contains("a@mail.example"), "{}", cases()[0].text());
    committee.gets(&mail("08-outside", "b@mail.example", "2"));
    committee.passes("2022-11-10T12:05:00+03:00");
    committee.gets(&mail("26-question", "known@school.example", "3"));
    committee.passes("2022-11-10T12:14:00+03:00");
    assert_eq!(cases().len(), 1);
    committee.passes("2022-11-10T12:15:00+03:00");
    assert_eq!(cases().len(), 2);
    let both = cases().iter().map(Reply::text).find(|text| text.contains("b@mail.example")).unwrap();
    assert!(both.contains("known@school.example") && !both.contains("a@mail.example"), "{both}");
    committee.passes("2022-11-10T15:00:00+03:00");
    assert_eq!(cases().len(), 2, "each is told once");
}

#[test]
fn a_coordinator_hears_of_his_district_alone() {
    let committee = Committee::new(STAFF);
    committee.edits_campaign(
        "[event]",
        "[[person]]\nwho = \"x\"\naddress = \"podp@edu.example\"\ndistrict = \"Подпорожский\"\n\n[event]",
    );
    committee.gets(&mail("01-kirishi-complete", "kirishi@mail.example", "1"));
    committee.gets(&mail("04-podporozhye-missing", "podporozhye@mail.example", "2"));
    committee.passes("2022-11-10T12:00:00+03:00");
    committee.passes("2022-11-10T16:00:00+03:00");
    let letters = of(&committee, "podp@edu.example", false);
    assert_eq!(letters.len(), 1);
    let said = letters[0].seen();
    assert!(said.contains("Подпорожская") && !said.contains("Киришская"), "{said}");
}
