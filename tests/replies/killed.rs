//! Killed where no ordinary mail comes by: nothing is lost, and nothing is sent twice.

use std::collections::BTreeMap;

use svodka::fault::{ACTS, OCCASIONS};

use crate::committee::{Committee, sample, with};

const SETTINGS: &str =
    "[replies]\ngrace = \"10m\"\n[staff]\naddresses = [\"staff@committee.example\"]\nsummary = [\"0 9 * * 1-5\"]\n";

fn mail(name: &str, from: &str, id: &str) -> Vec<u8> {
    with(&sample(name), &[&format!("From: {from}"), &format!("Message-ID: <{id}@mail.example>")])
}

/// A few days of a campaign; the letters by receiver, whatever point the daemon is killed at on the way.
fn days(point: Option<&str>) -> BTreeMap<String, usize> {
    let committee = Committee::new(SETTINGS);
    let mut dead = false;
    let mut passes = |at: &str, here: &str| {
        if point == Some(here) {
            committee.dies(here, at);
            dead = true;
        }
        committee.passes(at);
        committee.passes(at);
    };
    committee.gets(&mail("02-roshchino-form", "secretary@mail.example", "1"));
    passes("2022-11-08T11:01:00+03:00", "");
    // The form's sender waits for his answer when a colleague sends the rest.
    committee.gets(&mail("04-podporozhye-missing", "school@mail.example", "2"));
    committee.gets(&mail("03-roshchino-draft", "deputy@mail.example", "3"));
    passes("2022-11-08T11:05:00+03:00", "renew::before_commit");
    committee.gets(&mail("07-ambiguous-number", "somebody@mail.example", "4"));
    passes("2022-11-08T11:06:00+03:00", "cases::before_commit");
    passes("2022-11-11T09:00:00+03:00", "summary::before_commit");
    passes("2022-11-14T10:00:00+03:00", "remind::before_commit");
    assert_eq!(dead, point.is_some(), "{point:?}");
    let mut letters = BTreeMap::new();
    for letter in committee.sent("") {
        *letters.entry(format!("{} {}", letter.field("To"), letter.field("Subject"))).or_default() += 1;
    }
    letters
}

#[test]
fn a_kill_on_any_occasion_loses_no_letter_and_doubles_none() {
    let wanted = days(None);
    // An answer for the secretary, the deputy and the school; a note and its case; two summaries; a reminder.
    assert!(wanted.len() >= 7 && wanted.values().sum::<usize>() >= 8, "{wanted:?}");
    for point in OCCASIONS {
        assert_eq!(days(Some(point)), wanted, "killed at {point}");
    }
}

#[test]
fn a_kill_while_a_person_decides_leaves_all_of_it_or_nothing() {
    for point in ACTS {
        let committee = Committee::new("[replies]\ngrace = \"0s\"\nundo = \"0s\"\n");
        committee.gets(&sample("07-ambiguous-number"));
        committee.passes("2022-11-09T13:00:00+03:00");
        let before = committee.sent("school3@").len();
        committee.dies_doing(point, &["review", "assign", "1", "kirishi-3"]);
        let decided = *point == "rule::committed";
        assert_eq!(committee.school("kirishi-3")["versions"], i32::from(decided), "{point}");
        // Once more: what was decided is not decided again, what was not is.
        assert_eq!(committee.command(&["review", "assign", "1", "kirishi-3"]).status.success(), !decided, "{point}");
        assert_eq!(committee.school("kirishi-3")["versions"], 1, "{point}");
        // The letter leaves with the next pass, once.
        committee.passes("2030-11-09T13:00:00+03:00");
        committee.passes("2030-11-09T14:00:00+03:00");
        assert_eq!(committee.sent("school3@").len(), before + 1, "{point}");
    }
}
