//! One text → the school that it names, or what is missing for that.

use std::ops::Range;

use crate::campaign::SchoolId;

use super::{
    fit::{self, Fit, Veto},
    name::{self, Name, Reach},
    roster::Roster,
    vocabulary::Kind,
};

/// What a text that is meant to be the name of a school says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameMatch {
    /// It is the full name of this school: type, number and place fit, and no other known school fits as well.
    Full {
        /// The school.
        school: SchoolId,
        /// What it says of a branch of the school, where it speaks of one.
        branch: Option<String>,
        /// Why, one sentence each.
        why: Vec<String>,
    },
    /// It fits these schools, but something is missing: other evidence may settle it.
    Partial {
        /// The schools, in the order of the campaign.
        candidates: Vec<SchoolId>,
        /// What fits and what is missing, one sentence each.
        why: Vec<String>,
    },
    /// It contradicts itself or names several schools: only a person can tell.
    Conflict {
        /// The schools of the campaign that it may mean, in the order of the campaign.
        candidates: Vec<SchoolId>,
        /// What is contradictory, one sentence each.
        why: Vec<String>,
    },
    /// It names a school that is not in the schedule.
    Outside {
        /// Its name as it was written, at most 80 characters.
        name: String,
        /// Why it is none of the schedule, one sentence each.
        why: Vec<String>,
    },
    /// It names no school.
    None,
}

/// A school named inside a longer text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where: bytes of the text.
    pub span: Range<usize>,
    /// The line on which it begins, counted from 1.
    pub line: usize,
    /// Which school it is.
    pub found: NameMatch,
}

/// Scheduled schools in one run of names from which on it is a list, not a signature.
const LIST: usize = 3;

/// The most bytes that may part two names of one list: a date, a separator, a legal form.
const LIST_GAP: usize = 120;

impl Roster {
    /// Which school a text names that is meant to be the name of one, such as field 1 of a form. Everything in the text
    /// belongs to the name: legal form, address, director and telephone do no harm.
    pub fn name(&self, text: &str) -> NameMatch {
        let mut names = self.names_in(text, Reach::Whole);
        self.drop_former(&mut names);
        let matches: Vec<NameMatch> = names.iter().map(|one| self.resolve(one, text)).collect();
        self.join(names, matches)
    }

    /// The schools that are named inside running text: a title page, a letterhead, a file's name, a mail. A list of
    /// three or more schools of the schedule is the letter's own and left out.
    pub fn mentions(&self, text: &str) -> Vec<Mention> {
        let mentions: Vec<Mention> = self
            .names_in(text, Reach::Near)
            .into_iter()
            .filter(|name| is_naming(name) && name.aside.is_none())
            .map(|name| Mention { span: name.span.clone(), line: name.line, found: self.resolve(&name, text) })
            .filter(|mention| mention.found != NameMatch::None)
            .collect();
        let mut kept = Vec::new();
        for run in mentions.chunk_by(|a, b| b.span.start.saturating_sub(a.span.end) <= LIST_GAP) {
            let mut schools: Vec<&SchoolId> = run.iter().filter_map(|mention| mention.found.school()).collect();
            schools.sort();
            schools.dedup();
            if schools.len() < LIST {
                kept.extend(run.iter().cloned());
            }
        }
        kept
    }

    /// Leaves out former names of a school beside its name of today, where they tell no other known school of its place.
    fn drop_former(&self, names: &mut Vec<Name>) {
        let full =
            |name: &Name| self.schools.iter().position(|(_, known)| fit::fit(name, known, &self.common).is_full());
        let now = names.iter().filter(|name| !name.former).find_map(full);
        let Some((_, own)) = now.and_then(|at| self.schools.get(at)) else { return };
        names.retain(|name| {
            let elsewhere = fit::fit(name, own, &self.common).is_elsewhere(name);
            !name.former || elsewhere || full(name).is_some_and(|other| Some(other) != now)
        });
    }

    /// One name, compared with every school that is known.
    fn resolve(&self, one: &Name, text: &str) -> NameMatch {
        let fits: Vec<Fit> = self.schools.iter().map(|(_, known)| fit::fit(one, known, &self.common)).collect();
        let written = name::excerpt(text, &one.span);
        let of = |wanted: &dyn Fn(&Fit) -> bool| Choice::of(self, &fits, wanted);

        let exact = of(&|fit| fit.is_full() && fit.slips == 0);
        let slipped = of(&|fit| fit.is_full());
        let best = if exact.is_empty() { &slipped } else { &exact };
        match (best.ids.as_slice(), best.neighbours) {
            ([school], 0) => {
                let place = self.schools.iter().zip(&fits).find(|((known, _), _)| known.id.as_ref() == Some(school));
                let slips = place.is_some_and(|(_, fit)| fit.slips > 0);
                let mut why = vec![format!("{written:?} has the type, the number and the place of {school}.")];
                if slips {
                    why.push("One letter is wrong in it; no other known school fits as well.".to_owned());
                }
                if let Some(branch) = &one.branch {
                    why.push(format!("It speaks of a branch ({branch:?}), which belongs to the school."));
                }
                return NameMatch::Full { school: school.clone(), branch: one.branch.clone(), why };
            }
            ([], 1..) => {
                return NameMatch::Outside {
                    name: written.clone(),
                    why: vec![format!("{written:?} is a neighbour that is not in the schedule.")],
                };
            }
            ([], 0) => {}
            (schools, _) => {
                let why = vec![format!("{written:?} fits more than one known school.")];
                return NameMatch::Conflict { candidates: schools.to_vec(), why };
            }
        }
        self.doubtful(one, written, &fits)
    }

    /// A name that is no full match.
    fn doubtful(&self, one: &Name, written: String, fits: &[Fit]) -> NameMatch {
        let of = |wanted: &dyn Fn(&Fit) -> bool| Choice::of(self, fits, wanted);
        let conflicts = of(&|fit| fit.is_possible() && fit.conflict.is_some());
        let partial = of(&|fit| fit.is_possible() && fit.conflict.is_none());
        if one.kinds.is_empty() && one.authority {
            return NameMatch::None;
        }
        if !partial.ids.is_empty() {
            let mut why = vec![format!("{written:?} fits {}, but is not enough.", list(&partial.ids))];
            for (id, fit) in partial.fits(self, fits) {
                let doubts: Vec<&str> = fit.doubts.iter().map(|doubt| doubt.text()).collect();
                why.push(format!("{id}: {}.", doubts.join("; ")));
            }
            return NameMatch::Partial { candidates: partial.ids, why };
        }
        if !conflicts.ids.is_empty() {
            let why = conflicts
                .fits(self, fits)
                .map(|(id, fit)| format!("{written:?} fits {id}, but {}.", fit.conflict.unwrap_or_default()))
                .collect();
            return NameMatch::Conflict { candidates: conflicts.ids, why };
        }
        if !is_complete(one) {
            return NameMatch::None;
        }
        let mut why = vec![format!("{written:?} names a school, and no school of the schedule fits.")];
        for ((known, _), fit) in self.schools.iter().zip(fits) {
            if let (Some(id), [veto], true) = (&known.id, fit.vetoes.as_slice(), fit.placed) {
                why.push(match veto {
                    Veto::Kind => format!("{id} is another type of school."),
                    Veto::Number => format!("{id} has another number."),
                    Veto::Place => format!("{id} lies elsewhere."),
                });
            }
        }
        NameMatch::Outside { name: written, why }
    }

    /// Several names in one field: the full and the short name of one school, or of several schools.
    fn join(&self, names: Vec<Name>, matches: Vec<NameMatch>) -> NameMatch {
        let parent = parent_of_branch(&names, &matches);
        let branch = names.iter().find_map(|name| name.branch.clone());
        let mut matches: Vec<NameMatch> = matches
            .into_iter()
            .enumerate()
            .filter(|(at, found)| *found != NameMatch::None && parent.is_none_or(|parent| parent == *at))
            .map(|(_, found)| found)
            .collect();
        if matches.len() <= 1 {
            let mut only = matches.pop().unwrap_or(NameMatch::None);
            if let NameMatch::Full { branch: own, .. } = &mut only {
                *own = own.take().or(branch);
            }
            return only;
        }
        let mut full: Vec<&SchoolId> = matches.iter().filter_map(NameMatch::school).collect();
        full.sort();
        full.dedup();
        let all_outside = matches.iter().all(|one| matches!(one, NameMatch::Outside { .. }));
        if all_outside {
            return matches.swap_remove(0);
        }
        // The school that every name in the field allows.
        let mut common: Vec<SchoolId> = self.schools.iter().filter_map(|(school, _)| school.id.clone()).collect();
        common.retain(|id| matches.iter().all(|one| one.allows(id)));
        let settled = match full.as_slice() {
            [one] => common.contains(one),
            [] => !common.is_empty(),
            _ => false,
        };
        if settled {
            let at = matches.iter().position(|one| one.school().is_some());
            if let Some(at) = at {
                let mut found = matches.swap_remove(at);
                if let NameMatch::Full { branch: own, .. } = &mut found {
                    *own = own.take().or(branch);
                }
                return found;
            }
            let why = matches.into_iter().flat_map(NameMatch::into_why).collect();
            return NameMatch::Partial { candidates: common, why };
        }
        let mut candidates: Vec<SchoolId> = self.schools.iter().filter_map(|(school, _)| school.id.clone()).collect();
        candidates.retain(|id| matches.iter().any(|one| one.allows(id)));
        let mut why = vec!["Several schools are named.".to_owned()];
        why.extend(matches.into_iter().flat_map(NameMatch::into_why));
        NameMatch::Conflict { candidates, why }
    }
}

impl NameMatch {
    /// The school of a full match.
    pub fn school(&self) -> Option<&SchoolId> {
        match self {
            Self::Full { school, .. } => Some(school),
            _ => None,
        }
    }

    /// Whether it may be this school.
    pub fn allows(&self, id: &SchoolId) -> bool {
        match self {
            Self::Full { school, .. } => school == id,
            Self::Partial { candidates, .. } | Self::Conflict { candidates, .. } => candidates.contains(id),
            Self::Outside { .. } | Self::None => false,
        }
    }

    /// The reasons, one sentence each.
    pub fn into_why(self) -> Vec<String> {
        match self {
            Self::Full { why, .. }
            | Self::Partial { why, .. }
            | Self::Conflict { why, .. }
            | Self::Outside { why, .. } => why,
            Self::None => Vec::new(),
        }
    }
}

/// The schools that a condition picks.
struct Choice {
    ids: Vec<SchoolId>,
    neighbours: usize,
}

impl Choice {
    fn of(roster: &Roster, fits: &[Fit], wanted: &dyn Fn(&Fit) -> bool) -> Self {
        let mut choice = Self { ids: Vec::new(), neighbours: 0 };
        for ((school, _), _) in roster.schools.iter().zip(fits).filter(|(_, fit)| wanted(fit)) {
            match &school.id {
                Some(id) => choice.ids.push(id.clone()),
                None => choice.neighbours += 1,
            }
        }
        choice
    }

    fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.neighbours == 0
    }

    fn fits<'a>(&'a self, roster: &'a Roster, fits: &'a [Fit]) -> impl Iterator<Item = (&'a SchoolId, &'a Fit)> {
        roster.schools.iter().zip(fits).filter_map(|((school, _), fit)| {
            let id = school.id.as_ref()?;
            self.ids.contains(id).then_some((id, fit))
        })
    }
}

/// Which name is the parent's, where a text says «X, филиал Y»: the one after the word, in the genitive or with a legal
/// form; «Y, филиал X» in the nominative says the reverse.
fn parent_of_branch(names: &[Name], matches: &[NameMatch]) -> Option<usize> {
    let after = names.iter().position(|name| name.after_branch)?;
    let name = names.get(after)?;
    let genitive = !name.heads.is_empty() && name.heads.iter().all(|head| !head.nominative);
    let earlier = matches.iter().take(after).rposition(|one| *one != NameMatch::None);
    if name.legal || genitive { Some(after) } else { earlier.or(Some(after)) }
}

/// Whether a kind in running text is a name at all and not «наша школа», «школы района».
fn is_naming(name: &Name) -> bool {
    let headed = name.heads.iter().any(|head| head.strong);
    headed
        || !name.numbers.is_empty()
        || name.initials.is_some()
        || (!name.settlements.is_empty() && !is_plain(name))
        || name.dedication.is_some()
}

fn is_plain(name: &Name) -> bool {
    name.kinds.iter().all(|kind| kind.is_plain())
}

/// Whether a name tells one school from all others: type and place, or type and number.
fn is_complete(name: &Name) -> bool {
    let other = name.kinds.iter().any(|kind| !matches!(kind, Kind::School));
    let placed = !name.heads.is_empty() || !name.settlements.is_empty();
    !name.kinds.is_empty()
        && (placed || !name.numbers.is_empty() || name.titled || (other && name.dedication.is_some()))
}

/// Ids in one line.
pub(super) fn list(ids: &[SchoolId]) -> String {
    ids.iter().map(SchoolId::as_str).collect::<Vec<_>>().join(", ")
}
