//! What was decided against what was wanted, counted by family.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use super::mails::{Case, Wanted};

/// So many mails tell a share.
const ENOUGH: usize = 500;

/// How one mail was decided.
#[derive(Debug, Default)]
pub(crate) struct Score {
    /// Action, schools, missing, invalid, draft: all as wanted.
    right: bool,
    /// A person has to look though the mail could be decided.
    undecided: bool,
    /// An answer for a wrong school, a confirmation that should not be, an answer to a machine or about something else.
    harmful: bool,
    answers: usize,
    answers_right: usize,
    /// What was wanted and what came, where they differ.
    notes: Vec<String>,
}

impl Score {
    pub(crate) fn of(case: &Case, found: &Value) -> Self {
        let mut score = Self::default();
        let action = found["message"]["action"].as_str().unwrap();
        let submissions = found["submissions"].as_array().unwrap();
        let replies = found["replies"].as_array().unwrap();
        let schools: Vec<&str> = submissions.iter().filter_map(|one| one["school"].as_str()).collect();
        let allowed: Vec<&str> = case.wanted.iter().filter_map(|one| one.school).collect();
        let confirmed = |one: &&Value| one["action"] == "confirm";
        let may_confirm =
            |school: &Value| case.wanted.iter().any(|one| one.action == "confirm" && one.school == school.as_str());
        score.harmful = schools.iter().any(|school| !allowed.contains(school))
            || submissions.iter().filter(confirmed).any(|one| !may_confirm(&one["school"]))
            || (["ignore", "leave"].contains(&case.action) && !replies.is_empty())
            || (allowed.is_empty() && replies.iter().any(|reply| reply["template"] != "receipt"));
        score.undecided = action == "review" && case.action != "review";
        score.right = !score.harmful && action == case.action;
        if action != case.action {
            score.notes.push(format!("{action}, not {}", case.action));
        }
        for school in schools.iter().filter(|school| !allowed.contains(school)) {
            score.notes.push(format!("{school}, which it is not"));
        }
        for wanted in case.wanted.iter().filter(|one| one.school.is_some()) {
            match submissions.iter().find(|one| one["school"].as_str() == wanted.school) {
                Some(one) => score.compare(wanted, one),
                None => {
                    score.right = false;
                    score.answers += wanted.answers.len();
                    score.notes.push(format!("nothing for {}", wanted.school.unwrap_or_default()));
                }
            }
        }
        score
    }

    fn compare(&mut self, wanted: &Wanted, found: &Value) {
        let list = |key: &str| -> Vec<&str> {
            let mut all: Vec<&str> = found[key].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            all.sort_unstable();
            all
        };
        let sorted = |mut all: Vec<&'static str>| {
            all.sort_unstable();
            all
        };
        for (what, wanted) in [("missing", sorted(wanted.missing.clone())), ("invalid", sorted(wanted.invalid.clone()))]
        {
            let found = list(what);
            if found != wanted {
                self.right = false;
                self.notes.push(format!("{what} {found:?}, not {wanted:?}"));
            }
        }
        if found["draft"] != wanted.draft || found["action"] != wanted.action {
            self.right = false;
            self.notes.push(format!(
                "draft {}, not {}; {}, not {}",
                found["draft"], wanted.draft, found["action"], wanted.action
            ));
        }
        for (field, text) in &wanted.answers {
            self.answers += 1;
            let have = found["answers"][field]["text"].as_str().unwrap_or_default();
            // A school's name is compared by whose it is.
            if *field == "organisation_name" || have == text {
                self.answers_right += 1;
            } else {
                self.notes.push(format!("{field}: {have:?}, not {text:?}"));
            }
        }
    }

    /// Whether nothing at all was amiss.
    pub(crate) fn whole(&self) -> bool {
        self.right && self.answers == self.answers_right
    }
}

#[derive(Debug, Default)]
struct Counts {
    mails: usize,
    right: usize,
    undecided: usize,
    harmful: usize,
    answers: usize,
    answers_right: usize,
}

impl Counts {
    fn add(&mut self, score: &Score) {
        self.mails += 1;
        self.right += usize::from(score.right);
        self.undecided += usize::from(score.undecided);
        self.harmful += usize::from(score.harmful);
        self.answers += score.answers;
        self.answers_right += score.answers_right;
    }
}

/// The counts by family.
#[derive(Debug, Default)]
pub(crate) struct Table {
    all: Counts,
    families: BTreeMap<(&'static str, &'static str), Counts>,
    notes: Vec<String>,
}

impl Table {
    pub(crate) fn add(&mut self, case: &Case, found: &Value, score: &Score) {
        self.all.add(score);
        let mut families = case.families.clone();
        families.sort_unstable();
        families.dedup();
        for family in &families {
            self.families.entry(*family).or_default().add(score);
        }
        if !score.whole() {
            let file = found["file"].as_str().unwrap().rsplit('/').next().unwrap();
            let families: Vec<&str> = families.iter().map(|(_, family)| *family).collect();
            let harm = if score.harmful { "HARMFUL " } else { "" };
            self.notes.push(format!("{harm}{file} ({}): {}", families.join(", "), score.notes.join("; ")));
        }
    }

    /// Nothing harmful, at least 99 of 100 right, at least 995 of 1,000 answers right to the letter. A few hundred mails
    /// cannot show such shares, one lost form being a hundredth of all answers: they only show that nothing is broken.
    pub(crate) fn assert_good(&self) {
        let Counts { mails, right, harmful, answers, answers_right, .. } = self.all;
        assert_eq!(harmful, 0, "harmful");
        let (of_mails, of_answers) = if mails >= ENOUGH { (990, 995) } else { (960, 960) };
        assert!(right * 1000 >= mails * of_mails, "{right} of {mails} right");
        assert!(answers_right * 1000 >= answers * of_answers, "{answers_right} of {answers} answers right");
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<44}{:>6}{:>7}{:>11}{:>9}{:>16}",
            "", "mails", "right", "undecided", "harmful", "answers right"
        )?;
        let line = |f: &mut fmt::Formatter<'_>, name: &str, c: &Counts| {
            let answers = format!("{}/{}", c.answers_right, c.answers);
            writeln!(f, "{name:<44}{:>6}{:>7}{:>11}{:>9}{answers:>16}", c.mails, c.right, c.undecided, c.harmful)
        };
        line(f, "all", &self.all)?;
        let mut dimension = "";
        for ((of, name), counts) in &self.families {
            if *of != dimension {
                dimension = of;
                writeln!(f, "{of}")?;
            }
            line(f, &format!("  {name}"), counts)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}
