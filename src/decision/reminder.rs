//! Who is to be reminded, and of what: campaign + where the schools stand + what has been sent + the time → reminders.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};

use super::{Action, SchoolState, Submission, submission};
use crate::{
    campaign::{Campaign, Person, Requirement, RequirementKind, School, SchoolId},
    message::Address,
};

/// To so many addresses of one school a reminder goes at most.
const ADDRESSES: usize = 3;

/// What a reminder is for, and whose it is: each is given once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occasion {
    /// The school's id, or the person's address.
    pub whose: String,
    /// The requirement or obligation, and how many days before which day: one that is put off is reminded of again.
    pub point: String,
}

/// What the schools are known to have done.
#[derive(Debug, Clone, Default)]
pub struct Standings {
    /// What each has sent; one without an entry has sent nothing.
    pub schools: BTreeMap<SchoolId, SchoolState>,
    /// Those about whose mail a person must still decide: it may be what is wanted.
    pub doubtful: BTreeSet<SchoolId>,
    /// Who has written something that a person must still read: it may be what is wanted, whosever it is.
    pub unread: BTreeSet<Address>,
    /// What has been reminded of.
    pub given: BTreeSet<Occasion>,
}

/// A reminder to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Reminder {
    /// To whom, a letter each.
    pub to: Vec<Address>,
    /// What it is for.
    pub occasions: Vec<Occasion>,
    /// Where the schools stand that still owe something.
    pub schools: Vec<Submission>,
    /// What the receiver himself owes, as indices into the campaign's obligations; empty where it is a school.
    pub duties: Vec<usize>,
    /// Whether the receiver looks after these schools, and is none of them.
    pub person: bool,
    /// From this instant on it is of no use: a deadline has passed.
    pub expires: Timestamp,
}

/// The reminders for which it is time, in the order of the campaign. Never for a deadline that has passed, never to who
/// has delivered, each once.
pub fn reminders(campaign: &Campaign, standings: &Standings, now: Timestamp) -> Vec<Reminder> {
    if campaign.closed || !campaign.reminds_at(now) {
        return Vec::new();
    }
    Reminding { campaign, standings, today: campaign.day_of(now) }.all().collect()
}

/// What was due to be reminded of by the day of this instant, whatever the hour.
pub fn due_by(campaign: &Campaign, standings: &Standings, then: Timestamp) -> BTreeSet<Occasion> {
    let reminding = Reminding { campaign, standings, today: campaign.day_of(then) };
    reminding.all().flat_map(|reminder| reminder.occasions).collect()
}

/// Whether there may be anything to remind of, by the days alone.
pub fn may_remind(campaign: &Campaign, now: Timestamp) -> bool {
    let today = campaign.day_of(now);
    let deadlines = campaign.requirements.iter().map(|one| one.deadline);
    let all = deadlines.chain(campaign.obligations.iter().map(|one| one.deadline));
    !campaign.closed
        && campaign.reminds_at(now)
        && all.into_iter().any(|day| campaign.reminders_due(day, today).next().is_some())
}

struct Reminding<'a> {
    campaign: &'a Campaign,
    standings: &'a Standings,
    today: Date,
}

impl<'a> Reminding<'a> {
    fn all(&self) -> impl Iterator<Item = Reminder> {
        let schools = self.campaign.schools.iter().filter_map(|school| self.school(school));
        schools.chain(self.campaign.people.iter().filter_map(|person| self.person(person)))
    }

    fn school(&self, school: &School) -> Option<Reminder> {
        let to = self.addresses(school);
        let open = self.open(school);
        let occasions = self.occasions(school.id.as_str(), open.iter().map(|one| (one.id.as_str(), one.deadline)));
        if to.is_empty() || occasions.is_empty() {
            return None;
        }
        let expires = self.expires(open.iter().map(|one| one.deadline));
        let schools = vec![self.standing(school)];
        Some(Reminder { to, occasions, schools, duties: Vec::new(), person: false, expires })
    }

    fn person(&self, person: &Person) -> Option<Reminder> {
        let to = Address::parse(&person.address)?;
        let owed = |one: &&School| person.looks_after(one) && !self.open(one).is_empty();
        let schools: Vec<&School> = self.campaign.schools.iter().filter(owed).collect();
        let mut wanted: Vec<(String, Date)> = Vec::new();
        for one in schools.iter().flat_map(|school| self.open(school)) {
            if wanted.iter().all(|(id, _)| id != one.id.as_str()) {
                wanted.push((one.id.to_string(), one.deadline));
            }
        }
        let mut duties = Vec::new();
        for (index, one) in self.campaign.obligations.iter().enumerate() {
            if one.who == person.who && one.deadline >= self.today {
                duties.push(index);
                wanted.push((format!("obligation {}", index + 1), one.deadline));
            }
        }
        let occasions = self.occasions(to.as_str(), wanted.iter().map(|(id, day)| (id.as_str(), *day)));
        if occasions.is_empty() {
            return None;
        }
        let schools = schools.into_iter().map(|school| self.standing(school)).collect();
        let expires = self.expires(wanted.iter().map(|(_, day)| *day));
        Some(Reminder { to: vec![to], occasions, schools, duties, person: true, expires })
    }

    /// What a school still owes whose day has not passed; nothing where its mail is still being looked at.
    fn open(&self, school: &School) -> Vec<&'a Requirement> {
        if self.standings.doubtful.contains(&school.id) {
            return Vec::new();
        }
        self.outstanding(school).filter(|one| one.deadline >= self.today).collect()
    }

    /// What has not come of a school, whenever it was due.
    fn outstanding(&self, school: &School) -> impl Iterator<Item = &'a Requirement> {
        let state = self.state(school);
        let (missing, invalid) = submission::completeness(self.campaign, &school.id, &state);
        let school = school.id.clone();
        let open = move |one: &&Requirement| match one.kind {
            RequirementKind::Form => !state.form || !missing.is_empty() || !invalid.is_empty(),
            RequirementKind::Draft => !state.draft,
            RequirementKind::Information => !state.information.contains(&one.id),
        };
        self.campaign.requirements.iter().filter(move |one| one.is_owed_by(&school)).filter(open)
    }

    fn occasions<'i>(&self, whose: &str, wanted: impl Iterator<Item = (&'i str, Date)>) -> Vec<Occasion> {
        let points = wanted.flat_map(|(id, day)| {
            self.campaign.reminders_due(day, self.today).map(move |days| format!("{id}, {days} before {day}"))
        });
        let all = points.map(|point| Occasion { whose: whose.to_owned(), point });
        all.filter(|one| !self.standings.given.contains(one)).collect()
    }

    fn expires(&self, deadlines: impl Iterator<Item = Date>) -> Timestamp {
        deadlines.min().map_or(Timestamp::MAX, |day| self.campaign.end_of(day))
    }

    fn state(&self, school: &School) -> SchoolState {
        self.standings.schools.get(&school.id).cloned().unwrap_or_default()
    }

    /// Where the school stands, as if a mail without any document had come from it. What is late is owed all the same: what
    /// is not owed is said to have come.
    fn standing(&self, school: &School) -> Submission {
        let state = self.state(school);
        let (missing, invalid) = submission::completeness(self.campaign, &school.id, &state);
        let owed = self.outstanding(school).filter(|one| match one.kind {
            RequirementKind::Form => !state.form,
            RequirementKind::Draft => true,
            RequirementKind::Information => one.deadline >= self.today,
        });
        let owed = owed.map(|one| one.id.clone()).collect();
        Submission {
            school: Some(school.id.clone()),
            candidates: Vec::new(),
            outside: None,
            branch: None,
            action: Action::Request,
            late: false,
            form: false,
            draft: false,
            information: state.information,
            missing,
            invalid,
            answers: BTreeMap::new(),
            changed: Vec::new(),
            documents: Vec::new(),
            owed,
            repeats: false,
            evidence: Vec::new(),
        }
    }

    /// Where a school can be reached: its addresses in the campaign, and those from which it has written; but for those whose last mail nobody has read yet.
    fn addresses(&self, school: &School) -> Vec<Address> {
        let listed = school.addresses.iter().filter_map(|text| Address::parse(text));
        let mut all: Vec<Address> = Vec::new();
        for one in listed.chain(self.state(school).senders) {
            if all.len() < ADDRESSES && !all.contains(&one) && !self.standings.unread.contains(&one) {
                all.push(one);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests;
