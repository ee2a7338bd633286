//! Reminders of a deadline, on whole passes of the daemon.

use crate::committee::{ADDRESS, Committee, Reply, sample, with};

const FRIDAY: &str = "2022-11-11T09:30:00+03:00";
const MONDAY: &str = "2022-11-14T09:30:00+03:00";

/// A sample, received at a time of the campaign.
fn mail(name: &str, from: &str, id: &str) -> Vec<u8> {
    with(&sample(name), &[&format!("From: {from}"), &format!("Message-ID: <{id}@mail.example>")])
}

fn reminders(committee: &Committee, to: &str) -> Vec<Reply> {
    committee.sent(to).into_iter().filter(|letter| letter.field("Auto-Submitted") == "auto-generated").collect()
}

#[test]
fn who_owes_is_reminded_once_and_who_has_delivered_never() {
    let committee = Committee::new("");
    committee.gets(&mail("02-roshchino-form", "half@mail.example", "1"));
    committee.gets(&mail("01-kirishi-complete", "whole@mail.example", "2"));
    committee.passes("2022-11-10T12:00:00+03:00");
    committee.passes("2022-11-11T08:00:00+03:00");
    assert!(reminders(&committee, "").is_empty(), "not before the working day begins");
    for at in [FRIDAY, "2022-11-11T10:00:00+03:00", "2022-11-12T12:00:00+03:00"] {
        committee.passes(at);
    }
    let letters = reminders(&committee, "half@mail.example");
    assert_eq!(letters.len(), 1);
    let text = letters[0].text();
    assert!(text.contains("Ждём проект выступления с презентацией до 14 ноября"), "{text}");
    assert!(!text.contains("Не заполнено"), "the form is there: {text}");
    assert!(reminders(&committee, "whole@mail.example").is_empty());
    // The school's known address is reminded too.
    assert_eq!(reminders(&committee, "known@school.example").len(), 1);
    assert_eq!(reminders(&committee, "").len(), 2);
}

#[test]
fn a_school_that_answers_a_reminder_is_understood() {
    let committee = Committee::new("");
    committee.gets(&mail("04-podporozhye-missing", "school@mail.example", "1"));
    committee.passes(MONDAY);
    let reminder = &reminders(&committee, "school@mail.example")[0];
    assert!(reminder.text().contains("5. С какого времени"), "{}", reminder.text());
    let answer = format!(
        "From: school@mail.example\nTo: {ADDRESS}\nSubject: Re: x\nMessage-ID: <2@mail.example>\nIn-Reply-To: {}\n\
         Date: Mon, 14 Nov 2022 10:00:00 +0300\nContent-Type: text/plain; charset=utf-8\n\n5. с 2021 года\n14. нет\n",
        reminder.field("Message-ID")
    );
    committee.gets(answer.as_bytes());
    committee.passes("2022-11-14T10:05:00+03:00");
    assert_eq!(committee.school("podporozhye-4")["status"], "complete");
    assert_eq!(committee.sent("school@mail.example").len(), 3, "the request, the reminder, the confirmation");
}

#[test]
fn a_reminder_that_waits_is_taken_back_when_the_school_has_sent_what_it_asks_for() {
    let committee = Committee::new("[replies]\nmode = \"hold\"\n");
    committee.gets(&mail("02-roshchino-form", "half@mail.example", "1"));
    committee.passes("2022-11-10T12:00:00+03:00");
    committee.outbox(&["drop", "1"]);
    committee.passes(FRIDAY);
    assert_eq!(committee.outbox(&["list"]).matches("held for you").count(), 2);
    committee.gets(&mail("03-roshchino-draft", "half@mail.example", "2"));
    committee.passes("2022-11-11T11:00:00+03:00");
    let list = committee.outbox(&["list"]);
    assert_eq!(list.matches("held for you").count(), 1, "the confirmation alone: {list}");
    committee.outbox(&["send", "--all"]);
    committee.passes("2022-11-11T11:01:00+03:00");
    assert_eq!((committee.sent("").len(), reminders(&committee, "").len()), (1, 0));
}

#[test]
fn a_reminder_for_a_day_that_has_passed_is_not_sent_any_more() {
    let committee = Committee::new("[replies]\nmode = \"hold\"\n");
    committee.passes(FRIDAY);
    assert_eq!(committee.outbox(&["list"]).matches("known@school.example").count(), 1);
    committee.passes("2022-11-15T09:00:00+03:00");
    committee.outbox(&["send", "--all"]);
    committee.passes("2022-11-15T09:01:00+03:00");
    let letters = reminders(&committee, "known@school.example");
    assert_eq!(letters.len(), 1);
    let text = letters[0].text();
    assert!(!text.contains("до 14 ноября"), "the draft's day has passed: {text}");
    assert!(text.contains("(14 ноября 2022 года) истёк") && !text.contains("Принято"), "it has not come: {text}");
}

#[test]
fn who_has_more_time_is_reminded_of_the_new_day() {
    let committee = Committee::new("");
    committee.passes(MONDAY);
    assert_eq!(reminders(&committee, "known@school.example").len(), 1);
    committee.puts_deadlines_off("2022-11-25");
    committee.passes("2022-11-21T09:30:00+03:00");
    assert_eq!(reminders(&committee, "known@school.example").len(), 1, "it is not yet time");
    committee.passes("2022-11-22T09:30:00+03:00");
    let letters = reminders(&committee, "known@school.example");
    assert_eq!(letters.iter().filter(|one| one.text().contains("до 25 ноября 2022 года")).count(), 1);
}

#[test]
fn a_reminder_that_waits_is_taken_back_when_a_person_must_look_at_what_has_come() {
    let committee = Committee::new("[replies]\nmode = \"hold\"\n");
    committee.passes(FRIDAY);
    assert_eq!(committee.outbox(&["list"]).matches("known@school.example").count(), 1);
    // Its form is a machine's by one line of the header.
    let lines = ["From: known@school.example", "Auto-Submitted: auto-generated"];
    committee.gets(&with(&sample("02-roshchino-form"), &lines));
    committee.passes("2022-11-11T11:00:00+03:00");
    assert_eq!(committee.status()["review"], 1);
    assert_eq!(committee.outbox(&["send", "--all"]), "no letter waits\n");
}

#[test]
fn nobody_is_reminded_of_what_lies_in_another_mailbox() {
    let second = "[[mailbox]]\nkind = \"maildir\"\npath = \"second\"\naddress = \"second@committee.example\"\n";
    let committee = Committee::new(second);
    for (name, id) in [("02-roshchino-form", "1"), ("03-roshchino-draft", "2")] {
        committee.gets_in("second", &mail(name, "known@school.example", id));
    }
    committee.passes(FRIDAY);
    assert_eq!(committee.school("roshchino")["status"], "complete");
    assert_eq!(reminders(&committee, "").len(), 0);
    assert_eq!(committee.sent("known@school.example").len(), 1, "the confirmation, in place of a request");
    assert_eq!(committee.command(&["outbox", "show", "3"]).status.code(), Some(1), "no other letter was even written");
}

#[test]
fn strict_reminds_nobody_who_is_not_proven() {
    let policy = "[replies]\ngrace = \"0s\"\npolicy = \"strict\"\n";
    let committee = Committee::new(&format!("{policy}[authentication]\nauthserv_ids = [\"mx.committee.example\"]\n"));
    let proof = "Authentication-Results: mx.committee.example; dmarc=pass header.from=mail.example";
    committee.gets(&with(&mail("02-roshchino-form", "proven@mail.example", "1"), &[proof]));
    committee.gets(&mail("04-podporozhye-missing", "perhaps@mail.example", "2"));
    committee.passes("2022-11-10T12:00:00+03:00");
    assert_eq!((committee.sent("proven@mail.example").len(), committee.sent("perhaps@mail.example").len()), (1, 0));
    committee.passes(FRIDAY);
    assert_eq!(reminders(&committee, "proven@mail.example").len(), 1);
    assert!(reminders(&committee, "perhaps@mail.example").is_empty());
}

#[test]
fn who_sends_the_same_again_is_still_reminded_of_what_he_owes() {
    let committee = Committee::new("");
    committee.gets(&mail("02-roshchino-form", "half@mail.example", "1"));
    committee.passes("2022-11-10T12:00:00+03:00");
    committee.gets(&mail("02-roshchino-form", "half@mail.example", "2"));
    committee.passes("2022-11-10T12:10:00+03:00");
    assert_eq!(committee.status()["review"], 1);
    committee.passes(FRIDAY);
    assert_eq!(reminders(&committee, "half@mail.example").len(), 1);
}
