//! How many letters leave and to whom: what becomes of those that are too many, are held, are overtaken or come back.

use crate::committee::{Committee, Reply, sample, with};

/// A sample, as if this address had sent it.
fn mail(name: &str, from: &str, id: &str) -> Vec<u8> {
    with(&sample(name), &[&format!("From: {from}"), &format!("Message-ID: <{id}@mail.example>")])
}

/// The same as an answer to a letter of ours.
fn answer(letter: &Reply, name: &str, from: &str, id: &str) -> Vec<u8> {
    with(&mail(name, from, id), &[&format!("In-Reply-To: {}", letter.field("Message-ID"))])
}

#[test]
fn fault_43_two_responders_that_face_each_other_stop_after_one_mail_each() {
    let committee = Committee::new("");
    committee.gets(&mail("04-podporozhye-missing", "school@mail.example", "1"));
    committee.passes("2022-11-10T12:00:00+03:00");
    assert_eq!(committee.sent("school@mail.example").len(), 1);
    // It shows no sign of being a machine: it sends back what it had sent, as an answer and as a mail of its own.
    let letter = &committee.sent("")[0];
    committee.gets(&answer(letter, "04-podporozhye-missing", "school@mail.example", "2"));
    committee.gets(&mail("04-podporozhye-missing", "school@mail.example", "3"));
    // And it sends back our own letter, with all that is attached to it.
    let own = String::from_utf8(letter.0.clone()).unwrap().replace("\r\n", "\n");
    let answers = format!("In-Reply-To: {}", letter.field("Message-ID"));
    let lines = ["From: school@mail.example", "To: svodka@committee.example", "Message-ID: <4@mail.example>", &answers];
    let ours = ["Auto-Submitted:", "X-Auto-Response-Suppress:", "References:"];
    committee.gets(&with(own.as_bytes(), &[lines.as_slice(), &ours].concat()));
    committee.passes("2022-11-10T12:10:00+03:00");
    assert_eq!(committee.sent("school@mail.example").len(), 1);
    let status = committee.status();
    assert_eq!((&status["messages"]["received"], &status["messages"]["review"]), (&4.into(), &3.into()), "{status}");
}

#[test]
fn a_note_of_receipt_is_not_answered_with_another() {
    let committee = Committee::new("");
    committee.gets(&mail("08-outside", "annino@mail.example", "1"));
    committee.passes("2022-11-10T12:00:00+03:00");
    assert_eq!(committee.sent("annino@mail.example").len(), 1);
    committee.gets(&answer(&committee.sent("")[0], "08-outside", "annino@mail.example", "2"));
    committee.passes("2022-11-10T12:10:00+03:00");
    assert_eq!(committee.sent("annino@mail.example").len(), 1);
    // Nor where it comes back as a mail of its own.
    committee.gets(&mail("08-outside", "annino@mail.example", "3"));
    committee.passes("2022-11-10T12:20:00+03:00");
    assert_eq!(committee.sent("annino@mail.example").len(), 1);
    assert_eq!(committee.status()["review"], 3);
}

#[test]
fn a_school_that_answers_with_what_was_missing_is_answered() {
    let committee = Committee::new("");
    committee.gets(&mail("04-podporozhye-missing", "school@mail.example", "1"));
    committee.passes("2022-11-10T12:00:00+03:00");
    let text = "5. с 2021 года\n14. Проводить встречи чаще\n";
    let mail = format!(
        "From: school@mail.example\nTo: svodka@committee.example\nSubject: Re: x\nMessage-ID: <2@mail.example>\n\
         In-Reply-To: {}\nDate: Thu, 10 Nov 2022 12:00:00 +0300\nContent-Type: text/plain; charset=utf-8\n\n{text}",
        committee.sent("")[0].field("Message-ID")
    );
    committee.gets(mail.as_bytes());
    committee.passes("2022-11-10T12:10:00+03:00");
    assert_eq!(committee.sent("school@mail.example").len(), 2);
    assert_eq!(committee.school("podporozhye-4")["status"], "complete");
}

/// As many mails as `SVODKA_FLOOD` says, or a hundred.
#[test]
fn fault_45_a_flood_from_one_address_is_stored_and_answered_ten_times_a_day() {
    let mails: usize = std::env::var("SVODKA_FLOOD").ok().map_or(96, |count| count.parse().unwrap());
    let committee = Committee::new("");
    let schools = ["04-podporozhye-missing", "05-vazhiny-invalid", "02-roshchino-form", "08-outside"];
    let mut counts = Vec::new();
    let mut number = 0;
    for hour in 0..24 {
        for _ in 0..mails / 24 + usize::from(hour < mails % 24) {
            let name = schools[number % schools.len()];
            committee.gets(&mail(name, "flood@mail.example", &number.to_string()));
            number += 1;
        }
        committee.passes(&format!("2022-11-10T{hour:02}:30:00+03:00"));
        counts.push(committee.sent("flood@mail.example").len());
    }
    assert_eq!(number, mails);
    assert_eq!(committee.status()["messages"]["received"], mails);
    assert!(counts[0] > 0 && counts[0] <= 5, "{counts:?}");
    assert!(counts.windows(2).all(|pair| pair[1] - pair[0] <= 5), "{counts:?}");
    assert!(counts[23] <= 10, "{counts:?}");
    let waiting = committee.outbox(&["list"]).lines().count();
    assert!(waiting <= 1 + schools.len(), "{waiting}");
}

#[test]
fn held_replies_leave_one_by_one_when_a_person_says_so() {
    let committee = Committee::new("[replies]\nmode = \"hold\"");
    committee.gets(&mail("01-kirishi-complete", "kirishi@mail.example", "1"));
    committee.gets(&mail("04-podporozhye-missing", "school@mail.example", "2"));
    committee.gets(&mail("05-vazhiny-invalid", "vazhiny@mail.example", "3"));
    committee.passes("2022-11-10T12:00:00+03:00");
    assert!(committee.sent("").is_empty());
    let list = committee.outbox(&["list"]);
    assert_eq!(list.matches("held for you").count(), 3, "{list}");
    assert!(committee.outbox(&["show", "2"]).contains("To: school@mail.example"));
    let said = String::from_utf8(committee.command(&["outbox", "show", "2"]).stderr).unwrap();
    let content = said.trim().rsplit(' ').next().unwrap();
    let unread = committee.command(&["outbox", "send", "2", "--read", "0123456789ab"]);
    assert_eq!(unread.status.code(), Some(1), "nobody has read that");
    assert!(committee.outbox(&["list"]).matches("held for you").count() == 3);
    let sent = committee.outbox(&["send", "2", "--read", content]);
    assert_eq!(sent, "letter 2 leaves with the daemon's next look at the outbox\n");
    assert_eq!(committee.outbox(&["drop", "1"]), "letter 1 is thrown away\n");
    committee.passes("2022-11-10T12:01:00+03:00");
    assert_eq!((committee.sent("school@mail.example").len(), committee.sent("").len()), (1, 1));
    let again = committee.command(&["outbox", "send", "2", "77"]);
    assert_eq!(again.status.code(), Some(1));
    let error = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(error.contains("no letter 2, 77 waits; `svodka outbox list` shows them"), "{error}");
    committee.outbox(&["send", "--all"]);
    committee.passes("2022-11-10T12:02:00+03:00");
    assert_eq!((committee.sent("vazhiny@mail.example").len(), committee.sent("").len()), (1, 2));
    assert_eq!(committee.outbox(&["send", "--all"]), "no letter waits\n");
}

#[test]
fn a_dry_run_decides_sends_nothing_and_touches_no_mailbox() {
    let committee = Committee::new("");
    committee.gets(&mail("04-podporozhye-missing", "school@mail.example", "1"));
    committee.runs(&["run", "--once", "--dry-run"]);
    assert!(committee.sent("").is_empty());
    assert_eq!(committee.status()["messages"]["matched"], 1);
    assert!(committee.untouched());
    committee.passes("2022-11-10T12:30:00+03:00");
    assert_eq!(committee.sent("").len(), 1, "the first real run goes on from there");
    assert!(!committee.untouched());
}

#[test]
fn a_letter_that_comes_back_is_told_to_staff_and_its_address_is_left_alone() {
    let committee = Committee::new("[staff]\naddresses = [\"staff@committee.example\"]");
    committee.gets(&mail("04-podporozhye-missing", "gone@mail.example", "1"));
    committee.passes("2022-11-10T12:00:00+03:00");
    let report = format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mail.example\nTo: svodka@committee.example\n\
         Subject: Undelivered Mail Returned to Sender\nMessage-ID: <r@mail.example>\n\
         Date: Thu, 10 Nov 2022 12:01:00 +0300\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n--b\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example\n\n\
         Final-Recipient: rfc822; gone@mail.example\nAction: failed\nStatus: 5.1.1\n\n--b\n\
         Content-Type: text/rfc822-headers\n\nMessage-ID: {}\nSubject: x\n\n--b--\n",
        committee.sent("")[0].field("Message-ID")
    );
    committee.gets(report.as_bytes());
    committee.passes("2022-11-10T12:10:00+03:00");
    let [alert] = committee.sent("staff@committee.example").try_into().unwrap_or_else(|_| panic!("staff are told"));
    assert!(alert.text().contains("Подробности: письмо вернулось с уведомлением о недоставке"), "{}", alert.text());
    assert!(committee.outbox(&["list"]).contains("returned: message 2 is the report"));
    committee.gets(&mail("05-vazhiny-invalid", "gone@mail.example", "3"));
    committee.passes("2022-11-10T12:20:00+03:00");
    committee.passes("2022-12-20T12:00:00+03:00");
    assert_eq!(committee.sent("gone@mail.example").len(), 1, "nothing more is sent there");
    let told =
        committee.sent("staff@committee.example").iter().filter(|one| one.text().contains("прежнее письмо")).count();
    assert_eq!(told, 1);
    let received = &committee.school("vazhiny")["form"]["received"];
    assert_eq!(received, true, "and what it sends is taken all the same");
}

#[test]
fn who_sent_the_form_is_not_asked_for_the_draft_that_a_colleague_has_sent() {
    let committee = Committee::new("[replies]\ngrace = \"10m\"\n");
    committee.gets(&mail("02-roshchino-form", "secretary@mail.example", "1"));
    committee.passes("2022-11-08T11:01:00+03:00");
    assert!(committee.sent("").is_empty(), "the draft may still come");
    committee.gets(&mail("03-roshchino-draft", "deputy@mail.example", "2"));
    committee.passes("2022-11-08T11:05:00+03:00");
    assert_eq!((committee.sent("secretary@mail.example").len(), committee.sent("deputy@mail.example").len()), (1, 1));
    for letter in committee.sent("") {
        assert!(letter.text().contains("Дополнительных действий сейчас не требуется"), "{}", letter.text());
    }
    let list = committee.outbox(&["list"]);
    assert_eq!(list, "nothing waits, nothing failed, nothing is in doubt\n");
}

#[test]
fn what_a_colleague_answers_in_our_thread_is_a_question_and_is_read_by_a_person() {
    let committee = Committee::new("");
    committee.gets(&mail("04-podporozhye-missing", "school@mail.example", "1"));
    committee.passes("2022-11-10T12:00:00+03:00");
    let answer = format!(
        "From: deputy@mail.example\nTo: svodka@committee.example\nSubject: Re: x\nMessage-ID: <2@mail.example>\n\
         In-Reply-To: {}\nDate: Thu, 10 Nov 2022 12:00:00 +0300\nContent-Type: text/plain; charset=utf-8\n\n5. 2021\n",
        committee.sent("")[0].field("Message-ID")
    );
    committee.gets(answer.as_bytes());
    committee.passes("2022-11-10T12:10:00+03:00");
    assert_eq!((committee.sent("").len(), &committee.status()["review"]), (1, &1.into()));
}

#[test]
fn what_cannot_be_read_is_not_said_to_be_accepted() {
    let committee = Committee::new("");
    committee.gets(&mail("13-damaged", "known@school.example", "1"));
    committee.passes("2022-11-10T12:00:00+03:00");
    let text = committee.sent("known@school.example")[0].text();
    assert!(text.contains("получено, благодарим Вас") && text.contains("Файл повреждён"), "{text}");
    assert!(!text.contains("приняты") && !text.contains("Принято"), "{text}");
}

/// A form in the text of a mail, with this number of partners.
fn text_form(from: &str, partners: &str) -> Vec<u8> {
    let answers = [
        "МКОУ «Лодейнопольская СОШ №3 имени Героев Свири»",
        "наставничество",
        partners,
        "4 школы",
        "с 2021 года",
        "Совещание",
        "Уроки",
        "Вместе к успеху",
        "Банк разработок",
        "Неуспевающих стало меньше",
        "нет",
        "4",
        "Не хватает времени",
        "нет",
    ];
    let campaign = include_str!("../../config/campaigns/500plus-2022.toml");
    let labels = campaign.lines().filter_map(|line| line.strip_prefix("label = \"")?.strip_suffix('"'));
    let lines =
        (1..).zip(labels.zip(answers)).map(|(number, (label, answer))| format!("{number}. {label}: {answer}\n"));
    format!(
        "From: {from}\nTo: svodka@committee.example\nSubject: форма\nMessage-ID: <{from}>\n\
         Date: Thu, 10 Nov 2022 08:00:00 +0300\nContent-Type: text/plain; charset=utf-8\n\n{}",
        lines.collect::<String>()
    )
    .into_bytes()
}

#[test]
fn a_letter_that_is_written_anew_asks_for_nothing_that_a_colleague_has_put_right_and_waits_for_a_person_again() {
    let committee = Committee::new("[replies]\nmode = \"hold\"\n");
    committee.gets(&text_form("secretary@mail.example", "много"));
    committee.passes("2022-11-10T12:00:00+03:00");
    assert!(committee.outbox(&["list"]).contains("held for you"));
    committee.outbox(&["send", "1"]);
    committee.gets(&text_form("deputy@mail.example", "3 (три)"));
    committee.passes("2022-11-10T12:05:00+03:00");
    assert!(committee.sent("").is_empty(), "nobody has seen the new letter");
    committee.outbox(&["send", "--all"]);
    committee.passes("2022-11-10T12:06:00+03:00");
    let letters = committee.sent("secretary@mail.example");
    let text = letters[0].text();
    assert_eq!(letters.len(), 1);
    assert!(text.contains("Ждём проект выступления") && !text.contains("Нужно уточнить"), "{text}");
}
