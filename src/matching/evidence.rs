//! All clues together → a verdict. What a single text says is `resolve`'s matter; here it is weighed.
//!
//! - Field 1, the title page and the letterhead are certain by themselves when they name the school in full; our own
//!   thread and a roster address are where nothing speaks against them.
//! - File name, display name and signature only support. Two different ones that fully name one school, with nothing
//!   against it, are enough where nothing stronger is there.
//! - An incomplete field 1 («КСОШ №3», «Киришская СОШ») is settled by any strong clue for one of the schools that it
//!   fits, or by one full name in a supporting clue: field 1 is itself the second witness. A place that only stands in
//!   the letterhead or on the title page completes it, as if it stood in the field. Any clue for another school keeps
//!   it open.
//! - A text that names several schools speaks for none of them and against none of them.
//! - A supporting clue for another school does not block a full name in field 1, on a title page or in a letterhead:
//!   people send from borrowed addresses and forward each other's files. It does block a mere address or thread.

use std::collections::HashSet;

use crate::campaign::SchoolId;

use super::{
    Clue, Source, Verdict,
    name::{Name, Reach, clip},
    resolve::{NameMatch, list},
    roster::Roster,
};

/// Among more schools than these nobody chooses: «СОШ № 3» may be any of thousands.
const CANDIDATES: usize = 50;

/// What one clue says.
#[derive(Debug, Clone)]
enum Voice {
    /// For this school, in full.
    For(SchoolId, Option<String>),
    /// For one of these.
    Perhaps(Vec<SchoolId>),
    /// Contradictory, or for several schools.
    Torn(Vec<SchoolId>),
    /// For a school that is not in the schedule.
    Outside(String),
    Silent,
}

#[derive(Debug, Clone)]
struct Witness {
    source: Source,
    voice: Voice,
    why: Vec<String>,
}

impl Witness {
    fn is_strong(&self) -> bool {
        matches!(
            self.source,
            Source::NameField
                | Source::Thread
                | Source::RosterAddress
                | Source::SameMail
                | Source::TitlePage
                | Source::Letterhead
        )
    }

    fn says(&self, id: &SchoolId) -> bool {
        matches!(&self.voice, Voice::For(school, _) if school == id)
    }

    /// It fully names another school.
    fn contradicts(&self, id: &SchoolId) -> bool {
        match &self.voice {
            Voice::For(school, _) => school != id,
            Voice::Outside(_) => true,
            Voice::Torn(_) | Voice::Perhaps(_) | Voice::Silent => false,
        }
    }

    /// It speaks of another school, be it incompletely.
    fn doubts(&self, id: &SchoolId) -> bool {
        match &self.voice {
            Voice::Perhaps(schools) => !schools.contains(id),
            Voice::Torn(schools) => !schools.contains(id) && !schools.is_empty(),
            _ => self.contradicts(id),
        }
    }
}

fn title(source: Source) -> &'static str {
    match source {
        Source::NameField => "field 1 of the form",
        Source::Thread => "the thread of our own mail",
        Source::RosterAddress => "the sender's address",
        Source::SameMail => "another document of the same mail",
        Source::TitlePage => "the title page",
        Source::Letterhead => "the letterhead",
        Source::FileName => "the file name",
        Source::DisplayName => "the sender's name",
        Source::Signature => "the text of the mail",
    }
}

impl Roster {
    /// What the clues say together about whose it is.
    pub fn conclude(&self, clues: &[Clue]) -> Verdict {
        let witnesses: Vec<Witness> = clues.iter().map(|clue| self.hear(clue)).collect();
        let fields: Vec<&Witness> = witnesses
            .iter()
            .filter(|one| one.source == Source::NameField && !matches!(one.voice, Voice::Silent))
            .collect();
        match fields.as_slice() {
            [] => self.without_field(&witnesses),
            [field] => self.with_field(field, clues, &witnesses),
            several => {
                let full = several.iter().find(|one| matches!(one.voice, Voice::For(..)));
                match full.map(|one| (one, &one.voice)) {
                    Some((one, Voice::For(school, _))) if !several.iter().any(|other| other.doubts(school)) => {
                        self.with_field(one, clues, &witnesses)
                    }
                    _ => self.torn(&witnesses, "Several forms name different schools."),
                }
            }
        }
    }

    fn hear(&self, clue: &Clue) -> Witness {
        match clue {
            Clue::Known { source, school } => Witness {
                source: *source,
                voice: Voice::For(school.clone(), None),
                why: vec![format!("It is known by {} as {school}'s.", title(*source))],
            },
            Clue::Text { source: Source::NameField, text } => heard(Source::NameField, text, self.name(text)),
            Clue::Text { source, text } => self.overhear(*source, text),
        }
    }

    /// What running text says: all names in it together.
    fn overhear(&self, source: Source, text: &str) -> Witness {
        let mentions: Vec<NameMatch> = self.mentions(text).into_iter().map(|mention| mention.found).collect();
        let whole = matches!(source, Source::TitlePage | Source::Letterhead | Source::FileName | Source::DisplayName);
        let incomplete = mentions.iter().all(|one| matches!(one, NameMatch::Partial { .. }));
        let names = || self.names_in(text, Reach::Whole);
        let plain = |names: &[Name]| names.len() <= 3 && names.iter().all(|name| name.aside.is_none());
        if whole && incomplete && !mentions.is_empty() && plain(&names()) {
            // The town often stands at the foot of the page.
            return heard(source, text, self.name(text));
        }
        let mut voice = Voice::Silent;
        for found in &mentions {
            voice = joined(voice, found);
        }
        let prefix = title(source);
        let why = mentions
            .into_iter()
            .flat_map(NameMatch::into_why)
            .map(|why| format!("In {prefix}: {why}"))
            .take(6)
            .collect();
        Witness { source, voice, why }
    }

    fn with_field(&self, field: &Witness, clues: &[Clue], witnesses: &[Witness]) -> Verdict {
        let others = || witnesses.iter().filter(|one| one.source != Source::NameField);
        match &field.voice {
            Voice::For(school, branch) => {
                if others().any(|one| one.is_strong() && one.contradicts(school)) {
                    return self
                        .torn(witnesses, "Field 1 of the form and other strong evidence name different schools.");
                }
                let mut why = field.why.clone();
                why.extend(others().filter(|one| one.says(school)).flat_map(|one| one.why.clone()));
                why.extend(others().filter(|one| one.contradicts(school)).map(|one| {
                    format!("Another school is named in {}; this does not outweigh field 1.", title(one.source))
                }));
                Verdict::Certain { school: school.clone(), branch: branch.clone(), why }
            }
            Voice::Perhaps(candidates) => self.settle(field, candidates, clues, witnesses),
            Voice::Outside(name) => {
                if others().any(|one| one.is_strong() && matches!(one.voice, Voice::For(..))) {
                    return self.torn(
                        witnesses,
                        "Field 1 of the form names a school outside the schedule, other strong evidence one of it.",
                    );
                }
                Verdict::Outside { name: name.clone(), why: field.why.clone() }
            }
            Voice::Torn(_) | Voice::Silent => {
                self.torn(witnesses, "Field 1 of the form contradicts itself or names several schools.")
            }
        }
    }

    /// Field 1 fits several schools, or one incompletely.
    fn settle(&self, field: &Witness, candidates: &[SchoolId], clues: &[Clue], witnesses: &[Witness]) -> Verdict {
        let others: Vec<&Witness> = witnesses.iter().filter(|one| one.source != Source::NameField).collect();
        let named = others.iter().find_map(|one| match &one.voice {
            Voice::For(school, branch) => Some((school.clone(), branch.clone(), one.source)),
            _ => None,
        });
        let named = named.or_else(|| self.place_elsewhere(clues, &others));
        if let Some((school, branch, source)) = named
            && candidates.contains(&school)
            && !others.iter().any(|one| one.doubts(&school))
        {
            let mut why = field.why.clone();
            why.push(format!("This is settled by {}.", title(source)));
            why.extend(others.iter().filter(|one| one.says(&school)).flat_map(|one| one.why.clone()));
            return Verdict::Certain { school, branch, why };
        }
        self.torn(witnesses, "Field 1 of the form is incomplete; the number together with the town or place-name, or other evidence for the same school, would have been enough.")
    }

    /// The town or district that an incomplete field 1 lacks may stand in the letterhead or on the title page.
    fn place_elsewhere(&self, clues: &[Clue], others: &[&Witness]) -> Option<(SchoolId, Option<String>, Source)> {
        let of = |wanted: &[Source]| {
            clues
                .iter()
                .filter_map(|clue| match clue {
                    Clue::Text { source, text } if wanted.contains(source) => Some((*source, text.as_str())),
                    _ => None,
                })
                .collect::<Vec<_>>()
        };
        let pages = of(&[Source::TitlePage, Source::Letterhead]);
        let mut found = None;
        for (_, field) in of(&[Source::NameField]) {
            for &(source, page) in
                pages.iter().filter(|_| others.iter().all(|one| matches!(one.voice, Voice::Silent | Voice::Perhaps(_))))
            {
                if self.names_in(page, Reach::Near).iter().any(|name| name.aside.is_some()) {
                    continue;
                }
                if let NameMatch::Full { school, branch, .. } = self.name(&format!("{field}\n\n{page}")) {
                    found.get_or_insert((school, branch, source));
                }
            }
        }
        found
    }

    fn without_field(&self, witnesses: &[Witness]) -> Verdict {
        let strong = || witnesses.iter().filter(|one| one.is_strong());
        let named: Vec<&SchoolId> = distinct(strong());
        let outside = strong().find_map(|one| match &one.voice {
            Voice::Outside(name) => Some((name, one)),
            _ => None,
        });
        match (named.as_slice(), outside) {
            ([school], None) => self.one_strong(school, witnesses),
            ([], Some((name, witness))) => Verdict::Outside { name: name.clone(), why: witness.why.clone() },
            ([], None) => self.supported(witnesses),
            _ => self.torn(witnesses, "Strong evidence names different schools."),
        }
    }

    /// All strong evidence that names a school names this one.
    fn one_strong(&self, school: &SchoolId, witnesses: &[Witness]) -> Verdict {
        let page = |one: &&Witness| matches!(one.source, Source::TitlePage | Source::Letterhead) && one.says(school);
        let on_page = witnesses.iter().any(|one| page(&one));
        let against = witnesses.iter().filter(|one| one.doubts(school));
        let blocking = against.clone().any(|one| !on_page || (one.is_strong() && one.contradicts(school)));
        if blocking {
            return self.torn(witnesses, "The address or thread and what the mail says speak for different schools.");
        }
        let mut why: Vec<String> =
            witnesses.iter().filter(|one| one.says(school)).flat_map(|one| one.why.clone()).collect();
        why.extend(
            against.map(|one| {
                format!("Another school is named in {}; this does not outweigh the page.", title(one.source))
            }),
        );
        let branch = witnesses.iter().find_map(|one| match &one.voice {
            Voice::For(id, branch) if id == school => branch.clone(),
            _ => None,
        });
        Verdict::Certain { school: school.clone(), branch, why }
    }

    /// Nothing strong: file name, display name and signature.
    fn supported(&self, witnesses: &[Witness]) -> Verdict {
        let named = distinct(witnesses.iter());
        if let [school] = named.as_slice() {
            let mut sources: Vec<Source> =
                witnesses.iter().filter(|one| one.says(school)).map(|one| one.source).collect();
            sources.sort();
            sources.dedup();
            let against = witnesses.iter().any(|one| one.doubts(school) || matches!(one.voice, Voice::Torn(_)));
            if sources.len() >= 2 && !against {
                let why = witnesses.iter().filter(|one| one.says(school)).flat_map(|one| one.why.clone()).collect();
                return Verdict::Certain { school: (*school).clone(), branch: None, why };
            }
        }
        let outside = witnesses.iter().find_map(|one| match &one.voice {
            Voice::Outside(name) => Some((name, one)),
            _ => None,
        });
        let quiet = witnesses.iter().all(|one| matches!(one.voice, Voice::Outside(_) | Voice::Silent));
        match outside {
            Some((name, witness)) if quiet => Verdict::Outside { name: name.clone(), why: witness.why.clone() },
            _ => self.torn(witnesses, "A second independent place that names the same school in full, the form's field 1, or a known address would have been enough."),
        }
    }

    /// Not certain: every school that somebody speaks for, strongest evidence first; unknown where nobody does.
    fn torn(&self, witnesses: &[Witness], reason: &str) -> Verdict {
        let mut ordered: Vec<&Witness> = witnesses.iter().collect();
        ordered.sort_by_key(|one| one.source);
        let mut candidates: Vec<SchoolId> = Vec::new();
        let mut seen: HashSet<&SchoolId> = HashSet::new();
        for one in &ordered {
            let schools: &[SchoolId] = match &one.voice {
                Voice::For(school, _) => std::slice::from_ref(school),
                Voice::Perhaps(schools) | Voice::Torn(schools) => schools,
                Voice::Outside(_) | Voice::Silent => &[],
            };
            candidates.extend(schools.iter().filter(|school| seen.insert(*school)).cloned());
        }
        if candidates.is_empty() && ordered.iter().all(|one| matches!(one.voice, Voice::Silent)) {
            let looked: Vec<&str> = ordered.iter().map(|one| title(one.source)).collect();
            let why = if looked.is_empty() {
                "There was nothing to look at.".to_owned()
            } else {
                format!("No school is named in {}.", looked.join(", "))
            };
            return Verdict::Unknown { why: vec![why] };
        }
        let mut why = vec![reason.to_owned()];
        if candidates.len() > 1 {
            why.push(format!("It may be {}.", list(&candidates)));
        }
        why.extend(ordered.iter().flat_map(|one| one.why.clone()));
        candidates.truncate(CANDIDATES);
        Verdict::Ambiguous { candidates, why }
    }
}

/// The schools that witnesses fully name.
fn distinct<'a>(witnesses: impl Iterator<Item = &'a Witness>) -> Vec<&'a SchoolId> {
    let mut named: Vec<&SchoolId> = witnesses
        .filter_map(|one| match &one.voice {
            Voice::For(school, _) => Some(school),
            _ => None,
        })
        .collect();
    named.sort();
    named.dedup();
    named
}

fn heard(source: Source, text: &str, found: NameMatch) -> Witness {
    let voice = joined(Voice::Silent, &found);
    let mut why: Vec<String> = found.into_why().into_iter().map(|why| format!("In {}: {why}", title(source))).collect();
    if why.is_empty() {
        why.push(format!("No school is named in {} ({:?}).", title(source), clip(text)));
    }
    Witness { source, voice, why }
}

/// A further name heard in the same text.
fn joined(voice: Voice, found: &NameMatch) -> Voice {
    let new = match found {
        NameMatch::Full { school, branch, .. } => Voice::For(school.clone(), branch.clone()),
        NameMatch::Partial { candidates, .. } => Voice::Perhaps(candidates.clone()),
        NameMatch::Conflict { candidates, .. } => Voice::Torn(candidates.clone()),
        NameMatch::Outside { name, .. } => Voice::Outside(name.clone()),
        NameMatch::None => return voice,
    };
    match (voice, new) {
        (Voice::Silent, new) => new,
        (Voice::For(a, branch), Voice::For(b, other)) if a == b => Voice::For(a, branch.or(other)),
        (Voice::For(a, branch), Voice::Perhaps(b)) | (Voice::Perhaps(b), Voice::For(a, branch)) if b.contains(&a) => {
            Voice::For(a, branch)
        }
        (Voice::Perhaps(a), Voice::Perhaps(b)) => {
            // They may be thousands.
            let known: HashSet<&SchoolId> = b.iter().collect();
            let common: Vec<SchoolId> = a.iter().filter(|one| known.contains(one)).cloned().collect();
            if common.is_empty() { Voice::Torn(a.into_iter().chain(b).collect()) } else { Voice::Perhaps(common) }
        }
        (Voice::Outside(name), Voice::Outside(_)) => Voice::Outside(name),
        (a, b) => {
            let mut all = schools(a);
            all.extend(schools(b));
            Voice::Torn(all)
        }
    }
}

fn schools(voice: Voice) -> Vec<SchoolId> {
    match voice {
        Voice::For(school, _) => vec![school],
        Voice::Perhaps(schools) | Voice::Torn(schools) => schools,
        Voice::Outside(_) | Voice::Silent => Vec::new(),
    }
}
