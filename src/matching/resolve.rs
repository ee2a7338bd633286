//! One text → the school that it names, or what is missing for that.

use std::ops::Range;

use crate::campaign::SchoolId;

use super::{
    fit::{self, Fit, Veto},
    index,
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

/// How well a name fits schools: their places in the roster, in its order.
type Fits = Vec<(usize, Fit)>;

/// So many schools are named in a reason: «СОШ № 3» fits thousands.
const SHOWN: usize = 12;

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
        if names.iter().all(|name| !name.former) {
            return;
        }
        let full = |name: &Name| self.likely(name).into_iter().find(|(_, fit)| fit.is_full()).map(|(at, _)| at);
        let now = names.iter().filter(|name| !name.former).find_map(full);
        let Some((_, own)) = now.and_then(|at| self.schools.get(at)) else { return };
        names.retain(|name| {
            let elsewhere = fit::fit(name, own, &self.common).is_elsewhere(name);
            !name.former || elsewhere || full(name).is_some_and(|other| Some(other) != now)
        });
    }

    /// How well a name fits each of these schools.
    fn fits(&self, name: &Name, schools: impl IntoIterator<Item = usize>) -> Fits {
        let fit = |at: usize| Some((at, fit::fit(name, &self.schools.get(at)?.1, &self.common)));
        schools.into_iter().filter_map(fit).collect()
    }

    /// The fits of all schools that a name may fit in full.
    fn likely(&self, name: &Name) -> Fits {
        if self.index.is_missing() || self.common.one_town {
            return self.fits(name, 0..self.schools.len());
        }
        let its_number =
            |at: &usize| self.schools.get(*at).is_some_and(|(_, known)| index::has_its_number(known, name));
        self.fits(name, self.index.placed(name).into_iter().filter(its_number))
    }

    /// The fits of all schools of the schedule that a name may be said to fit in part.
    fn possible(&self, name: &Name) -> Fits {
        if self.index.is_missing() {
            return self.fits(name, 0..self.schools.len());
        }
        let mut schools = self.index.placed(name);
        schools.extend(self.index.numbered(name));
        schools.retain(|at| {
            let school = self.schools.get(*at);
            school.is_some_and(|(school, known)| school.id.is_some() && index::may_have_its_number(known, name))
        });
        schools.sort_unstable();
        schools.dedup();
        self.fits(name, schools)
    }

    /// The schools of the schedule that lie where a name says, against which one thing stands.
    fn near_misses(&self, name: &Name) -> impl Iterator<Item = (&SchoolId, Veto)> {
        let placed = if self.index.is_missing() { (0..self.schools.len()).collect() } else { self.index.placed(name) };
        placed.into_iter().filter_map(move |at| {
            let (school, known) = self.schools.get(at)?;
            let id = school.id.as_ref()?;
            let fit = fit::fit(name, known, &self.common);
            match fit.vetoes.as_slice() {
                [veto] if fit.placed => Some((id, *veto)),
                _ => None,
            }
        })
    }

    /// One name, compared with every school that is known.
    fn resolve(&self, one: &Name, text: &str) -> NameMatch {
        let fits = self.likely(one);
        let written = name::excerpt(text, &one.span);
        let of = |wanted: &dyn Fn(&Fit) -> bool| Choice::of(self, &fits, wanted);

        let exact = of(&|fit| fit.is_full() && fit.slips == 0);
        let slipped = of(&|fit| fit.is_full());
        let best = if exact.is_empty() { &slipped } else { &exact };
        match (best.ids.as_slice(), best.neighbours) {
            ([school], 0) => {
                let its_own =
                    |at: usize| self.schools.get(at).is_some_and(|(known, _)| known.id.as_ref() == Some(school));
                let slips = fits.iter().find(|(at, _)| its_own(*at)).is_some_and(|(_, fit)| fit.slips > 0);
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
        self.doubtful(one, written, &self.possible(one))
    }

    /// A name that is no full match.
    fn doubtful(&self, one: &Name, written: String, fits: &Fits) -> NameMatch {
        let of = |wanted: &dyn Fn(&Fit) -> bool| Choice::of(self, fits, wanted);
        let conflicts = of(&|fit| fit.is_possible() && fit.conflict.is_some());
        let partial = of(&|fit| fit.is_possible() && fit.conflict.is_none());
        if one.kinds.is_empty() && one.authority {
            return NameMatch::None;
        }
        if !partial.ids.is_empty() {
            let mut why = vec![format!("{written:?} fits {}, but is not enough.", list(&partial.ids))];
            for (id, fit) in partial.shown(self, fits) {
                let doubts: Vec<&str> = fit.doubts.iter().map(|doubt| doubt.text()).collect();
                why.push(format!("{id}: {}.", doubts.join("; ")));
            }
            return NameMatch::Partial { candidates: partial.ids, why };
        }
        if !conflicts.ids.is_empty() {
            let why = conflicts
                .shown(self, fits)
                .map(|(id, fit)| format!("{written:?} fits {id}, but {}.", fit.conflict.unwrap_or_default()))
                .collect();
            return NameMatch::Conflict { candidates: conflicts.ids, why };
        }
        if !is_complete(one) {
            return NameMatch::None;
        }
        let mut why = vec![format!("{written:?} names a school, and no school of the schedule fits.")];
        for (id, veto) in self.near_misses(one).take(SHOWN) {
            why.push(match veto {
                Veto::Kind => format!("{id} is another type of school."),
                Veto::Number => format!("{id} has another number."),
                Veto::Place => format!("{id} lies elsewhere."),
            });
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
        let allowed = self.allowed(&matches);
        let by_all = allowed.iter().filter(|(_, names)| *names == matches.len());
        let common: Vec<SchoolId> = by_all.map(|(id, _)| (*id).clone()).collect();
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
        let candidates = self.allowed(&matches).into_iter().map(|(id, _)| id.clone()).collect();
        let mut why = vec!["Several schools are named.".to_owned()];
        why.extend(matches.into_iter().flat_map(NameMatch::into_why));
        NameMatch::Conflict { candidates, why }
    }
}

impl Roster {
    /// The schools that at least one of several names allows, in the order of the campaign, and how many allow each.
    fn allowed<'m>(&self, matches: &'m [NameMatch]) -> Vec<(&'m SchoolId, usize)> {
        let scan = |id: &SchoolId| self.schools.iter().position(|(school, _)| school.id.as_ref() == Some(id));
        let mut all: Vec<&SchoolId> = matches.iter().flat_map(NameMatch::schools).collect();
        all.sort_by_cached_key(|id| self.index.place(id).or_else(|| scan(id)));
        all.chunk_by(|a, b| a == b).filter_map(|same| Some((*same.first()?, same.len()))).collect()
    }
}

impl NameMatch {
    /// The schools that it may be.
    fn schools(&self) -> &[SchoolId] {
        match self {
            Self::Full { school, .. } => std::slice::from_ref(school),
            Self::Partial { candidates, .. } | Self::Conflict { candidates, .. } => candidates,
            Self::Outside { .. } | Self::None => &[],
        }
    }

    /// The school of a full match.
    pub fn school(&self) -> Option<&SchoolId> {
        match self {
            Self::Full { school, .. } => Some(school),
            _ => None,
        }
    }

    /// Whether it may be this school.
    pub fn allows(&self, id: &SchoolId) -> bool {
        self.schools().contains(id)
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
    fn of(roster: &Roster, fits: &Fits, wanted: &dyn Fn(&Fit) -> bool) -> Self {
        let mut choice = Self { ids: Vec::new(), neighbours: 0 };
        let wanted = fits.iter().filter(|(_, fit)| wanted(fit));
        for (school, _) in wanted.filter_map(|(at, _)| roster.schools.get(*at)) {
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

    /// The first of these schools, each with how well the name fits it.
    fn shown<'a>(&'a self, roster: &'a Roster, fits: &'a Fits) -> impl Iterator<Item = (&'a SchoolId, &'a Fit)> {
        let some = self.ids.get(..SHOWN.min(self.ids.len())).unwrap_or_default();
        fits.iter().filter_map(move |(at, fit)| {
            let id = roster.schools.get(*at)?.0.id.as_ref()?;
            some.contains(id).then_some((id, fit))
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

/// Ids in one line: the first of them, where they are many.
pub(super) fn list(ids: &[SchoolId]) -> String {
    let mut line = ids.iter().take(SHOWN).map(SchoolId::as_str).collect::<Vec<_>>().join(", ");
    if ids.len() > SHOWN {
        line.push_str(&format!(" and {} more", ids.len() - SHOWN));
    }
    line
}
