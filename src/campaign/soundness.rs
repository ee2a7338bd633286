//! What is odd about a campaign, though it can all hold: what only the campaign itself need be asked for.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan as _, civil::Date};

use super::{Campaign, Finding, RequirementKind, rules};

/// Words that stand in mail of every kind: by themselves they tell no mail about the letter from any other.
const COMMON: [&str; 30] = [
    "школа",
    "школы",
    "форма",
    "информация",
    "письмо",
    "ответ",
    "отчет",
    "документ",
    "документы",
    "материалы",
    "приложение",
    "образование",
    "учреждение",
    "организация",
    "район",
    "комитет",
    "директор",
    "учитель",
    "педагог",
    "обучающиеся",
    "ученик",
    "класс",
    "мероприятие",
    "проект",
    "программа",
    "срок",
    "добрый день",
    "здравствуйте",
    "уважаемые коллеги",
    "направляем",
];

impl Campaign {
    /// What is odd about the campaign as seen at `now`.
    pub fn findings(&self, now: Timestamp) -> Vec<Finding> {
        let mut found = Vec::new();
        self.deadlines(now, &mut found);
        self.days(&mut found);
        self.demands(&mut found);
        self.recognised(&mut found);
        self.reminded(&mut found);
        self.addressed(&mut found);
        found
    }

    fn deadlines(&self, now: Timestamp, found: &mut Vec<Finding>) {
        let requirements = self.requirements.iter().enumerate();
        let requirements = requirements.map(|(at, one)| (format!("requirement[{at}].deadline"), one.deadline));
        let obligations = self.obligations.iter().enumerate();
        let obligations = obligations.map(|(at, one)| (format!("obligation[{at}].deadline"), one.deadline));
        for (key, day) in requirements.chain(obligations) {
            if day < self.start {
                let text = format!("the deadline {day} lies before the campaign's start {}", self.start);
                found.push(Finding::warning(key, text, "correct the one or the other"));
            } else if self.is_after(now, day) {
                let text = format!("the deadline {day} has passed");
                found.push(Finding::warning(
                    key,
                    text,
                    "what comes now is taken as late; correct the day if it is wrong",
                ));
            } else if !self.workdays.is_working_day(day) {
                let text = format!("the deadline {day} is a day off ({})", weekday(day));
                found.push(Finding::warning(
                    key,
                    text,
                    "look it up in the letter; a decree's working day belongs into [workdays]",
                ));
            }
        }
    }

    fn days(&self, found: &mut Vec<Finding>) {
        for (at, school) in self.schools.iter().enumerate() {
            let Some(day) = school.date else { continue };
            let key = format!("school[{at}].date");
            let event = self.event.as_ref().filter(|event| !(event.from..=event.to).contains(&day));
            if day < self.start {
                let text = format!("the day {day} lies before the campaign's start {}", self.start);
                found.push(Finding::warning(key, text, "correct the one or the other"));
            } else if let Some(event) = event {
                let text = format!("the day {day} lies outside the event, {} to {}", event.from, event.to);
                found.push(Finding::warning(key, text, "correct the day, or the event's `from` and `to`"));
            } else if !self.workdays.is_working_day(day) {
                let text = format!("the day {day} is a day off ({})", weekday(day));
                found.push(Finding::warning(key, text, "look it up in the letter"));
            }
        }
        if self.start < self.letter.date {
            let text = format!("the campaign starts on {}, before the letter's date {}", self.start, self.letter.date);
            found.push(Finding::warning("start", text, "mail that came before the letter cannot be about it"));
        }
    }

    /// What nobody can meet.
    fn demands(&self, found: &mut Vec<Finding>) {
        if self.requirements.is_empty() {
            found.push(Finding::warning("requirement", "nothing is asked of the schools", "add a [[requirement]]"));
        }
        for (at, one) in self.requirements.iter().enumerate() {
            if one.schools.as_ref().is_some_and(Vec::is_empty) {
                let text = format!("no school owes {:?}", one.id.as_str());
                let cure = "list the schools that owe it; without `schools` all of them do";
                found.push(Finding::warning(format!("requirement[{at}].schools"), text, cure));
            }
            if one.kind == RequirementKind::Information && one.words.is_empty() {
                let text = format!("no document is ever known as {:?}: it has no words", one.id.as_str());
                let cure = "add `words` that such a document holds; without them staff tick it by hand";
                found.push(Finding::warning(format!("requirement[{at}].words"), text, cure));
            }
            if one.kind != RequirementKind::Information && !one.words.is_empty() {
                let text = "only a document of kind = \"information\" is known by words";
                found.push(Finding::warning(format!("requirement[{at}].words"), text, "leave them out"));
            }
        }
        if self.requirements_of(RequirementKind::Form).next().is_none() {
            let text = "there is a form, and nobody owes it";
            found.push(Finding::warning("form", text, "add a [[requirement]] of kind = \"form\""));
        } else if self.form.fields.len() == 1 {
            let text = "the form asks for the school's name and for nothing else";
            found.push(Finding::warning("form.field", text, "add its other questions, a [[form.field]] each"));
        }
    }

    /// Words that would take ordinary mail for mail about the letter.
    fn recognised(&self, found: &mut Vec<Finding>) {
        if self.recognition.words.is_empty() {
            let text = "mail without a document is known by the letter's number alone";
            found.push(Finding::warning("recognition.words", text, "add words of the letter that no other mail holds"));
        }
        let lists = [("recognition.words", &self.recognition.words)];
        let requirements = self.requirements.iter().enumerate();
        let own: Vec<_> = requirements.map(|(at, one)| (format!("requirement[{at}].words"), &one.words)).collect();
        let lists = lists.into_iter().chain(own.iter().map(|(key, words)| (key.as_str(), *words)));
        for (key, words) in lists {
            for (at, word) in words.iter().enumerate() {
                let plain = word.trim().to_lowercase().replace('ё', "е");
                let letters = plain.chars().filter(|c| c.is_alphanumeric()).count();
                let why = if letters < 3 {
                    "is too short"
                } else if COMMON.contains(&plain.as_str()) || plain.chars().all(|c| c.is_ascii_digit()) {
                    "stands in mail of every kind"
                } else {
                    continue;
                };
                let text = format!("{word:?} {why}: ordinary mail would be taken for mail about the letter");
                let cure = "leave it out, or write a phrase of the letter: «форма представления» instead of «форма»";
                found.push(Finding::warning(format!("{key}[{at}]"), text, cure));
            }
        }
    }

    fn reminded(&self, found: &mut Vec<Finding>) {
        let Some(rules) = &self.reminders else {
            if !self.people.is_empty() {
                let text = "there are people to be reminded, and no [reminders]";
                found.push(Finding::warning("person[0]", text, "add [reminders] with `days_before`"));
            }
            return;
        };
        if rules.days_before.is_empty() {
            let text = "nobody is ever reminded";
            found.push(Finding::warning("reminders.days_before", text, "write for example days_before = [3, 1]"));
        }
        let first = self.requirements.iter().map(|one| one.deadline).min();
        for (at, days) in rules.days_before.iter().enumerate() {
            let Some(deadline) = first else { break };
            if deadline.saturating_sub(i32::from(*days).days()) < self.start && deadline >= self.start {
                let text =
                    format!("{days} days before the deadline {deadline} the campaign has not begun ({})", self.start);
                let cure = "that reminder goes out on the first day: write fewer days";
                found.push(Finding::warning(format!("reminders.days_before[{at}]"), text, cure));
            }
        }
        for (at, before) in rules::repeated(&rules.days_before) {
            let text = format!("it stands at place {before} already");
            found.push(Finding::warning(format!("reminders.days_before[{at}]"), text, "leave it out"));
        }
        let known: BTreeSet<&str> = self.people.iter().map(|one| one.who.as_str()).collect();
        let mut told = BTreeSet::new();
        for (at, one) in self.obligations.iter().enumerate() {
            if !known.contains(one.who.as_str()) && told.insert(one.who.as_str()) {
                let text = format!("nobody is reminded of it: no [[person]] is {:?}", one.who);
                let cure =
                    "add a [[person]] with the same `who` and an address; staff see it in the summary all the same";
                found.push(Finding::warning(format!("obligation[{at}].who"), text, cure));
            }
        }
    }

    fn addressed(&self, found: &mut Vec<Finding>) {
        let all: Vec<(String, String)> = (0..)
            .zip(&self.schools)
            .flat_map(|(at, school): (usize, _)| {
                let own = school.addresses.iter().enumerate();
                own.map(move |(nth, one)| (format!("school[{at}].addresses[{nth}]"), one.to_lowercase()))
            })
            .collect();
        for (at, before) in rules::repeated(all.iter().map(|(_, address)| address)) {
            let (Some((key, address)), Some((other, _))) = (all.get(at), all.get(before)) else { continue };
            let text = format!("the address {address:?} stands at {other} too: it tells neither school");
            found.push(Finding::warning(
                key,
                text,
                "leave it with the school whose it is; one that several use with none",
            ));
        }
    }
}

fn weekday(day: Date) -> &'static str {
    use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    match day.weekday() {
        Monday => "Monday",
        Tuesday => "Tuesday",
        Wednesday => "Wednesday",
        Thursday => "Thursday",
        Friday => "Friday",
        Saturday => "Saturday",
        Sunday => "Sunday",
    }
}
