use super::*;
use crate::{campaign, form::Answer};

fn letter() -> Campaign {
    let text = include_str!("../../../config/campaigns/500plus-2022.toml");
    let text = text.replace("id = \"roshchino\"", "id = \"roshchino\"\naddresses = [\"roshchino@edu.example\"]");
    let people = "[[person]]\nwho = \"муниципальные координаторы проекта «500+»\"\naddress = \"podp@edu.example\"\n\
                  district = \"Подпорожский\"\n\n[event]";
    campaign::read("x", &text.replacen("[event]", people, 1)).unwrap()
}

/// What is due at a time of Moscow.
fn at(standings: &Standings, time: &str) -> Vec<Reminder> {
    reminders(&letter(), standings, format!("{time}+03:00").parse().unwrap())
}

fn points(reminder: &Reminder) -> Vec<&str> {
    reminder.occasions.iter().map(|one| one.point.as_str()).collect()
}

fn school(id: &str) -> SchoolId {
    id.parse().unwrap()
}

/// All fields answered, and a draft, from this address.
fn complete(from: &str) -> SchoolState {
    let answer = || Answer { text: "да".to_owned(), value: None, invalid: None, found: String::new() };
    let fields = letter().form.fields;
    SchoolState {
        answers: fields.into_iter().map(|field| (field.id, answer())).collect(),
        form: true,
        draft: true,
        senders: Address::parse(from).into_iter().collect(),
        ..SchoolState::default()
    }
}

#[test]
fn a_school_that_has_sent_nothing_is_reminded_where_its_address_is_known() {
    let none = Standings::default();
    assert!(at(&none, "2022-11-10T12:00:00").is_empty(), "four days before");
    let due = at(&none, "2022-11-11T09:00:00");
    let to: Vec<&str> = due.iter().flat_map(|one| &one.to).map(Address::as_str).collect();
    assert_eq!(to, ["roshchino@edu.example", "podp@edu.example"]);
    // Both days before the draft's Monday fall on this Friday; so does the first of the form's.
    assert_eq!(
        points(&due[0]),
        ["form, 3 before 2022-11-15", "draft, 3 before 2022-11-14", "draft, 1 before 2022-11-14"]
    );
    assert_eq!(due[0].expires.to_string(), "2022-11-14T21:00:00Z", "the end of the 14th in Moscow");
    assert_eq!(due[0].schools[0].owed.len(), 2);
    let schools: Vec<&str> = due[1].schools.iter().filter_map(|one| Some(one.school.as_ref()?.as_str())).collect();
    assert_eq!(schools, ["podporozhye-4", "vazhiny", "voznesenye"]);
    assert!(due[1].person && due[1].duties == [2], "the two whose day has passed are no more spoken of");
}

#[test]
fn each_is_given_once_and_the_next_in_its_time() {
    let mut standings = Standings::default();
    for one in at(&standings, "2022-11-11T09:00:00") {
        standings.given.extend(one.occasions);
    }
    assert!(at(&standings, "2022-11-11T17:59:00").is_empty());
    let next = at(&standings, "2022-11-14T09:30:00");
    assert_eq!(
        next.iter().map(points).collect::<Vec<_>>(),
        [vec!["form, 1 before 2022-11-15"], vec!["form, 1 before 2022-11-15"]]
    );
    assert_eq!(next[0].schools[0].owed.len(), 2, "the draft is still owed that day");
}

#[test]
fn who_has_delivered_or_is_being_looked_at_is_left_alone() {
    let mut standings = Standings::default();
    standings.schools.insert(school("kirishi-3"), complete("kirishi@edu.example"));
    assert!(at(&standings, "2022-11-11T10:00:00").iter().all(|one| one.schools[0].school != Some(school("kirishi-3"))));
    let mut half = complete("kirishi@edu.example");
    half.draft = false;
    standings.schools.insert(school("kirishi-3"), half);
    let due = at(&standings, "2022-11-11T10:00:00");
    assert_eq!(due[0].to[0].as_str(), "kirishi@edu.example");
    assert_eq!(points(&due[0]), ["draft, 3 before 2022-11-14", "draft, 1 before 2022-11-14"]);
    standings.doubtful.insert(school("kirishi-3"));
    assert_eq!(at(&standings, "2022-11-11T10:00:00").len(), 2, "the other school and the coordinator");
    standings.unread.extend(Address::parse("roshchino@edu.example"));
    assert!(
        at(&standings, "2022-11-11T10:00:00").iter().all(|one| one.person),
        "the other school's mail is not read yet"
    );
}

#[test]
fn nobody_is_reminded_outside_working_hours_or_of_a_day_that_has_passed() {
    let none = Standings::default();
    for time in ["2022-11-11T08:59:59", "2022-11-11T18:00:00", "2022-11-12T12:00:00", "2022-11-16T12:00:00"] {
        assert!(at(&none, time).is_empty(), "{time}");
    }
    let due = at(&none, "2022-11-15T12:00:00");
    assert_eq!(
        points(&due[0]),
        ["form, 3 before 2022-11-15", "form, 1 before 2022-11-15"],
        "the draft's day has passed"
    );
    assert_eq!(due[0].schools[0].owed.len(), 2, "and yet it has not come");
    let people = at(&none, "2022-11-28T12:00:00");
    assert_eq!(
        people.iter().map(points).collect::<Vec<_>>(),
        [vec!["obligation 3, 3 before 2022-11-29", "obligation 3, 1 before 2022-11-29"]]
    );
    assert!(people[0].schools.is_empty());
}

#[test]
fn whether_there_may_be_anything_is_told_by_the_days_alone() {
    let may = |time: &str| may_remind(&letter(), format!("{time}+03:00").parse().unwrap());
    assert!(may("2022-11-11T12:00:00") && !may("2022-11-11T20:00:00"));
    assert!(!may("2022-11-09T12:00:00") && !may("2022-12-09T12:00:00"));
}
