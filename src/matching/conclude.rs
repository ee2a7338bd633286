//! From clues to a verdict: what is certain, what only supports, and what contradicts.

use crate::campaign::SchoolId;

use super::{Clue, NameMatch, Roster, Source, Verdict};

/// The clues, sorted by what they are worth.
#[derive(Debug, Default)]
struct Weighed {
    /// What the form's own name field says.
    field: Option<NameMatch>,
    /// Schools named in full by strong evidence, with the reason.
    strong: Vec<(SchoolId, String)>,
    /// Schools that are known by address or thread.
    known: Vec<SchoolId>,
    /// Schools outside the schedule that strong evidence names.
    outside: Vec<String>,
    /// Schools named in full by supporting evidence.
    support: Vec<(Source, SchoolId, String)>,
    branch: Option<String>,
    /// Candidates of a title page or letterhead that names its school only in part.
    partial: Vec<SchoolId>,
}

impl Roster {
    /// What the clues say together about whose it is.
    pub fn conclude(&self, clues: &[Clue]) -> Verdict {
        let weighed = self.weigh(clues);
        let mut schools: Vec<SchoolId> = weighed.strong.iter().map(|(school, _)| school.clone()).collect();
        schools.sort();
        schools.dedup();
        let why: Vec<String> = weighed.strong.iter().map(|(_, why)| why.clone()).collect();
        if schools.len() > 1 {
            return ambiguous(schools, why, "strong evidence names different schools");
        }
        if !schools.is_empty() && !weighed.outside.is_empty() {
            let what = format!("other strong evidence names {:?}", weighed.outside.join("; "));
            return ambiguous(schools, why, &what);
        }
        match (&weighed.field, schools.pop()) {
            (Some(NameMatch::Partial { candidates, why: doubt }), Some(school)) => {
                if candidates.contains(&school) {
                    return certain(school, &weighed, [why, vec![format!("it settles {doubt}")]].concat());
                }
                let all = [vec![school], candidates.clone()].concat();
                ambiguous(all, [why, vec![doubt.clone()]].concat(), "the name field fits other schools")
            }
            (Some(NameMatch::Partial { candidates, why: doubt }), None) => self.settle(&weighed, candidates, doubt),
            (_, Some(school)) => self.unopposed(school, &weighed, why),
            (Some(NameMatch::Outside { name }), None) => {
                Verdict::Outside { name: name.clone(), why: vec![format!("{name:?} is not in the schedule")] }
            }
            (_, None) => self.by_support(&weighed),
        }
    }

    fn weigh(&self, clues: &[Clue]) -> Weighed {
        let mut weighed = Weighed::default();
        for clue in clues {
            match clue {
                Clue::Known { source, school } => {
                    weighed.known.push(school.clone());
                    weighed.strong.push((school.clone(), known_reason(*source).to_owned()));
                }
                Clue::Text { source: Source::NameField, text } if !text.trim().is_empty() => {
                    let found = self.name(text);
                    match &found {
                        NameMatch::Full { school, branch, why } => {
                            weighed.branch = branch.clone();
                            weighed.strong.push((school.clone(), format!("the form's name field: {why}")));
                        }
                        NameMatch::Outside { name } => weighed.outside.push(name.clone()),
                        _ => {}
                    }
                    weighed.field = Some(found);
                }
                Clue::Text { source: source @ (Source::TitlePage | Source::Letterhead), text } => {
                    self.weigh_page(*source, text, &mut weighed);
                }
                Clue::Text { source, text } => {
                    let full = self.mentions(text).into_iter().filter_map(|one| match one {
                        NameMatch::Full { school, why, .. } => Some((*source, school, why)),
                        _ => None,
                    });
                    weighed.support.extend(full);
                }
            }
        }
        weighed
    }

    fn weigh_page(&self, source: Source, text: &str, weighed: &mut Weighed) {
        let mut scheduled = false;
        let mut outside = Vec::new();
        for one in self.mentions(text) {
            match one {
                NameMatch::Full { school, why, branch } => {
                    scheduled = true;
                    weighed.branch = weighed.branch.take().or(branch);
                    weighed.strong.push((school, format!("{}: {why}", place(source))));
                }
                NameMatch::Outside { name } => outside.push(name),
                _ => {}
            }
        }
        // A speech may name partners beside the school whose it is; alone, another school's name is its own.
        if !scheduled {
            weighed.outside.extend(outside);
            for line in text.lines().take(40) {
                if let NameMatch::Partial { candidates, .. } = self.name(line) {
                    weighed.partial.extend(candidates);
                }
            }
        }
    }

    /// A name field that fits in part: supporting evidence that names one of its candidates settles it.
    fn settle(&self, weighed: &Weighed, candidates: &[SchoolId], doubt: &str) -> Verdict {
        let mut named: Vec<&SchoolId> = weighed.support.iter().map(|(_, school, _)| school).collect();
        named.sort();
        named.dedup();
        match named.as_slice() {
            [school] if candidates.contains(school) => {
                let why = weighed.support.iter().map(|(source, _, why)| format!("{}: {why}", place(*source)));
                certain((*school).clone(), weighed, why.chain([format!("it settles {doubt}")]).collect())
            }
            _ => ambiguous(
                candidates.to_vec(),
                vec![doubt.to_owned()],
                "the full name in the form, or a known address, would have been enough",
            ),
        }
    }

    /// Strong evidence for one school; what is known only by address or thread must have nothing against it.
    fn unopposed(&self, school: SchoolId, weighed: &Weighed, why: Vec<String>) -> Verdict {
        let named = weighed.strong.len() > weighed.known.len();
        let against = weighed.support.iter().find(|(_, other, _)| *other != school);
        match against {
            Some((source, other, reason)) if !named => {
                let all = vec![school, other.clone()];
                ambiguous(
                    all,
                    [why, vec![reason.clone()]].concat(),
                    &format!("{} names another school", place(*source)),
                )
            }
            _ => certain(school, weighed, why),
        }
    }

    /// Nothing strong: two different supports together are enough.
    fn by_support(&self, weighed: &Weighed) -> Verdict {
        if let Some(name) = weighed.outside.first() {
            return Verdict::Outside { name: name.clone(), why: vec![format!("{name:?} is not in the schedule")] };
        }
        let mut schools: Vec<SchoolId> = weighed.support.iter().map(|(_, school, _)| school.clone()).collect();
        schools.sort();
        schools.dedup();
        let mut sources: Vec<Source> = weighed.support.iter().map(|(source, _, _)| *source).collect();
        sources.sort();
        sources.dedup();
        let why: Vec<String> =
            weighed.support.iter().map(|(source, _, why)| format!("{}: {why}", place(*source))).collect();
        match schools.as_slice() {
            [school] if sources.len() >= 2 => certain(school.clone(), weighed, why),
            [] if weighed.partial.is_empty() => {
                Verdict::Unknown { why: vec!["nothing names a school in full".to_owned()] }
            }
            [] => {
                let mut candidates = weighed.partial.clone();
                candidates.sort();
                candidates.dedup();
                ambiguous(candidates, why, "type, number and place of the school would have been enough")
            }
            _ => ambiguous(
                schools.clone(),
                why,
                "only supporting evidence names it: the name in the document would have been enough",
            ),
        }
    }
}

fn certain(school: SchoolId, weighed: &Weighed, why: Vec<String>) -> Verdict {
    Verdict::Certain { school, branch: weighed.branch.clone(), why }
}

fn ambiguous(mut candidates: Vec<SchoolId>, mut why: Vec<String>, what: &str) -> Verdict {
    let mut seen = Vec::new();
    candidates.retain(|school| {
        let new = !seen.contains(school);
        seen.push(school.clone());
        new
    });
    why.push(what.to_owned());
    Verdict::Ambiguous { candidates, why }
}

fn known_reason(source: Source) -> &'static str {
    match source {
        Source::Thread => "it answers our own mail to this very sender",
        Source::SameMail => "another document of the same mail is this school's",
        _ => "the sender's address is the school's",
    }
}

fn place(source: Source) -> &'static str {
    match source {
        Source::NameField => "the form's name field",
        Source::Thread => "the thread",
        Source::RosterAddress => "the sender's address",
        Source::SameMail => "the same mail",
        Source::TitlePage => "the title page",
        Source::Letterhead => "the letterhead",
        Source::FileName => "the file name",
        Source::DisplayName => "the sender's name",
        Source::Signature => "the mail's text",
    }
}
