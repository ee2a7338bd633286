//! The parts of one message, grouped by school, and what is done about each group.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    campaign::{Campaign, FieldId, FieldKind, RequirementId, RequirementKind, SchoolId},
    form::{self, Answer, FilledForm, Kind},
    matching::{Clue, Verdict},
    reader::Reading,
};

use super::{
    Action, SchoolState, Submission,
    decide::{Basis, Owned, certain, is_late},
    parts, recognise,
};

/// A submission for each certain school in the order of appearance, then one for each doubtful form and one for all
/// other doubtful documents.
pub(super) fn group(basis: &Basis<'_>, reading: &Reading, owned: &[Owned], mail: &[Clue]) -> Vec<Submission> {
    let mut schools: Vec<&SchoolId> = Vec::new();
    for school in owned.iter().filter(|one| matters(one)).filter_map(|one| certain(&one.verdict)) {
        if !schools.contains(&school) {
            schools.push(school);
        }
    }
    let mut submissions: Vec<Submission> = schools
        .iter()
        .map(|school| {
            let mine: Vec<&Owned> = owned.iter().filter(|one| certain(&one.verdict) == Some(*school)).collect();
            of_school(basis, reading, school, &mine)
        })
        .collect();
    let doubtful: Vec<&Owned> = owned.iter().filter(|one| matters(one) && certain(&one.verdict).is_none()).collect();
    // Where a form is there that may be this school's, asking it for the form would be wrong.
    let may_be = |school: &SchoolId, verdict: &Verdict| match verdict {
        Verdict::Ambiguous { candidates, .. } => candidates.is_empty() || candidates.contains(school),
        Verdict::Unknown { .. } => true,
        Verdict::Certain { .. } | Verdict::Outside { .. } => false,
    };
    for one in submissions.iter_mut().filter(|one| !one.form) {
        let school = one.school.as_ref();
        let open = |other: &&Owned| other.part.form.is_some() && school.is_some_and(|id| may_be(id, &other.verdict));
        if doubtful.iter().any(open) {
            one.action = Action::Review;
        }
    }
    let (forms, others): (Vec<&Owned>, Vec<&Owned>) = doubtful.into_iter().partition(|one| one.part.form.is_some());
    if submissions.is_empty() && forms.len() == 1 {
        // One school's mail, whichever school it is: a person decides about it once.
        submissions.push(nobodys(basis, &[forms, others].concat()));
    } else {
        submissions.extend(forms.into_iter().map(|one| nobodys(basis, &[one])));
        if !others.is_empty() {
            submissions.push(nobodys(basis, &others));
        }
    }
    if submissions.is_empty() {
        submissions.extend(of_accompanying(basis, reading, owned, mail));
    }
    submissions
}

/// Forms, drafts, information and unreadable files make a submission; cover letters and other papers only go along.
fn matters(one: &Owned) -> bool {
    one.part.draft || !matches!(one.part.kind, Kind::CoverLetter | Kind::Other)
}

/// Nothing but cover letters and other papers: from a school that is known for certain by its address or thread the
/// request is for what it owes; from anybody else a person looks.
fn of_accompanying(basis: &Basis<'_>, reading: &Reading, owned: &[Owned], mail: &[Clue]) -> Option<Submission> {
    let known: Vec<Clue> = mail.iter().filter(|clue| matches!(clue, Clue::Known { .. })).cloned().collect();
    match basis.roster.conclude(&known) {
        Verdict::Certain { school, .. } => {
            let mine: Vec<&Owned> = owned.iter().collect();
            let mut submission = of_school(basis, reading, &school, &mine);
            // Whether a paper that is no form and no draft deserves an answer is not ours to say.
            submission.action = Action::Review;
            submission.candidates = vec![school];
            submission.school = None;
            Some(submission)
        }
        _ => None,
    }
}

fn of_school(basis: &Basis<'_>, reading: &Reading, school: &SchoolId, mine: &[&Owned]) -> Submission {
    let campaign = basis.campaign;
    let before = basis.known.schools.get(school).cloned().unwrap_or_default();
    let form = mine.iter().any(|one| one.part.form.is_some());
    let answers = answers_of(mine);
    let draft = mine.iter().any(|one| one.part.draft);
    let information = information_met(campaign, school, mine);
    let recorded = basis.known.recorded;
    let after = if recorded { before.clone() } else { combined(&before, &answers, form, basis.received) };
    let (missing, invalid) = completeness(campaign, school, &after);
    let owed = owed(campaign, school, after.form, before.draft || draft);
    let unreadable = mine.iter().any(|one| one.part.kind == Kind::Unreadable);
    let repeats = mine.iter().all(|one| is_known(reading, &before, one));
    let contradicts = form && contradicts(basis, reading, school, &before, &answers);
    let changed = if recorded { Vec::new() } else { changed(campaign, &before, &answers, basis.received) };
    let action = if contradicts {
        Action::Review
    } else if missing.is_empty() && invalid.is_empty() && owed.is_empty() && !unreadable {
        Action::Confirm
    } else {
        Action::Request
    };
    let mut evidence = reasons(mine);
    if contradicts {
        evidence.push("a new sender that nothing vouches for sends other answers than those accepted".to_owned());
    }
    let late = |has: bool, kind| has && is_late(basis, kind, Some(school));
    Submission {
        school: Some(school.clone()),
        candidates: Vec::new(),
        outside: None,
        branch: mine.iter().find_map(|one| match &one.verdict {
            Verdict::Certain { branch, .. } => branch.clone(),
            _ => None,
        }),
        action,
        late: late(form, RequirementKind::Form) || late(draft, RequirementKind::Draft),
        form,
        draft,
        information,
        missing,
        invalid,
        answers,
        changed,
        documents: documents(mine),
        owed,
        repeats,
        evidence,
    }
}

/// Whether a part had come before: the same file, or a form all of whose answers are those that are known.
fn is_known(reading: &Reading, before: &SchoolState, one: &Owned) -> bool {
    let file = one.part.file.and_then(|index| reading.files.get(index));
    if file.is_some_and(|file| before.files.contains(&file.sha256)) {
        return true;
    }
    let form = one.part.form.as_ref().filter(|_| before.form && !one.part.draft);
    form.is_some_and(|form| {
        form.answers.iter().all(|(field, answer)| {
            let known = before.answers.get(field);
            known.is_some_and(|known| recognise::plain(&known.text) == recognise::plain(&answer.text))
        })
    })
}

/// Of several versions in one mail the more complete counts, of equal ones the later; what it lacks the others give.
fn answers_of(mine: &[&Owned]) -> BTreeMap<FieldId, Answer> {
    let mut forms: Vec<&FilledForm> = mine.iter().filter_map(|one| one.part.form.as_ref()).collect();
    forms.sort_by_key(|form| form.merge_rank());
    let mut answers: BTreeMap<FieldId, Answer> = BTreeMap::new();
    for (field, answer) in forms.into_iter().rev().flat_map(|form| &form.answers) {
        let better = |known: &Answer| known.invalid.is_some() && answer.invalid.is_none();
        if answers.get(field).is_none_or(better) {
            answers.insert(field.clone(), answer.clone());
        }
    }
    answers
}

/// What the school's state would be with these answers, whose mail came at `received`: an empty field never erases an earlier
/// answer, and nothing takes the place of what came later.
pub(super) fn combined(
    before: &SchoolState,
    answers: &BTreeMap<FieldId, Answer>,
    form: bool,
    received: Timestamp,
) -> SchoolState {
    let mut after = before.clone();
    after.form |= form;
    let newest = answers.iter().filter(|(field, _)| is_newest(before, field, received));
    after.answers.extend(newest.map(|(field, answer)| (field.clone(), answer.clone())));
    after
}

/// Whether no answer to a field has come later.
fn is_newest(before: &SchoolState, field: &FieldId, received: Timestamp) -> bool {
    before.answered.get(field).is_none_or(|at| *at <= received)
}

/// The fields that a school still owes by its state: none before a form has come.
pub fn completeness(campaign: &Campaign, school: &SchoolId, state: &SchoolState) -> (Vec<FieldId>, Vec<FieldId>) {
    let outside = campaign.school(school).is_some_and(|one| one.outside);
    if state.form { form::gaps(&campaign.form, &state.answers, outside) } else { Default::default() }
}

/// The form and the draft, where the school owes them and they have not come. Information never holds anything up.
pub(super) fn owed(campaign: &Campaign, school: &SchoolId, form: bool, draft: bool) -> Vec<RequirementId> {
    let has_come = |kind| match kind {
        RequirementKind::Form => form,
        RequirementKind::Draft => draft,
        RequirementKind::Information => true,
    };
    let open = campaign.requirements.iter().filter(|one| one.is_owed_by(school) && !has_come(one.kind));
    open.map(|one| one.id.clone()).collect()
}

pub(super) fn information_met(campaign: &Campaign, school: &SchoolId, mine: &[&Owned]) -> Vec<RequirementId> {
    let texts: Vec<String> = mine
        .iter()
        .filter(|one| one.part.kind == Kind::Information)
        .map(|one| recognise::plain(&one.part.text))
        .collect();
    let speaks = |words: &[String]| {
        words.iter().any(|word| texts.iter().any(|text| recognise::contains_whole(text, &recognise::plain(word))))
    };
    campaign
        .requirements
        .iter()
        .filter(|one| one.kind == RequirementKind::Information && one.is_owed_by(school) && speaks(&one.words))
        .map(|one| one.id.clone())
        .collect()
}

/// Whether other values than the accepted ones come from a sender that nothing vouches for.
fn contradicts(
    basis: &Basis<'_>,
    reading: &Reading,
    school: &SchoolId,
    before: &SchoolState,
    answers: &BTreeMap<FieldId, Answer>,
) -> bool {
    let message = &reading.message;
    let vouched = basis.known.thread.as_ref() == Some(school)
        || parts::roster_school(basis.campaign, message).as_ref() == Some(school)
        || message.from.as_ref().is_some_and(|from| before.senders.contains(&from.address));
    let is_name =
        |field: &FieldId| basis.campaign.form.field(field).is_some_and(|field| field.kind == FieldKind::SchoolName);
    let differs = |field: &FieldId, answer: &Answer| {
        let accepted = before.answers.get(field).filter(|accepted| accepted.invalid.is_none());
        accepted.is_some_and(|accepted| recognise::plain(&accepted.text) != recognise::plain(&answer.text))
    };
    !vouched && before.form && answers.iter().any(|(field, answer)| !is_name(field) && differs(field, answer))
}

/// The accepted answers that this message gives otherwise: by their values where both have one, else by their texts. A
/// school's name in other words is the same school.
pub(super) fn changed(
    campaign: &Campaign,
    before: &SchoolState,
    answers: &BTreeMap<FieldId, Answer>,
    received: Timestamp,
) -> Vec<FieldId> {
    let differs = |field: &FieldId| {
        let (Some(old), Some(new)) = (before.answers.get(field), answers.get(field)) else { return false };
        let same = match (&old.value, &new.value) {
            (Some(old), Some(new)) => old == new,
            _ => recognise::plain(&old.text) == recognise::plain(&new.text),
        };
        old.invalid.is_none() && new.invalid.is_none() && !same && is_newest(before, field, received)
    };
    let fields = campaign.form.fields.iter().filter(|field| field.kind != FieldKind::SchoolName);
    fields.map(|field| &field.id).filter(|id| differs(id)).cloned().collect()
}

/// Documents that are no certain school's.
pub(super) fn nobodys(basis: &Basis<'_>, mine: &[&Owned]) -> Submission {
    let mut candidates: Vec<SchoolId> = Vec::new();
    let mut outside = None;
    for one in mine {
        match &one.verdict {
            Verdict::Ambiguous { candidates: some, .. } => {
                candidates
                    .extend(some.iter().filter(|school| !candidates.contains(school)).cloned().collect::<Vec<_>>());
            }
            Verdict::Outside { name, .. } => outside = outside.or_else(|| Some(name.clone())),
            Verdict::Certain { .. } | Verdict::Unknown { .. } => {}
        }
    }
    if !candidates.is_empty() {
        outside = None;
    }
    let form = mine.iter().any(|one| one.part.form.is_some());
    let answers = answers_of(mine);
    let draft = mine.iter().any(|one| one.part.draft);
    let (missing, invalid) =
        if form { form::gaps(&basis.campaign.form, &answers, outside.is_some()) } else { Default::default() };
    let late = |has: bool, kind| has && is_late(basis, kind, None);
    Submission {
        school: None,
        candidates,
        outside,
        branch: None,
        action: Action::Review,
        late: late(form, RequirementKind::Form) || late(draft, RequirementKind::Draft),
        form,
        draft,
        information: Vec::new(),
        missing,
        invalid,
        answers,
        changed: Vec::new(),
        documents: documents(mine),
        owed: Vec::new(),
        repeats: false,
        evidence: reasons(mine),
    }
}

fn documents(mine: &[&Owned]) -> Vec<usize> {
    let mut documents: Vec<usize> = mine.iter().map(|one| one.document).collect();
    documents.dedup();
    documents
}

fn reasons(mine: &[&Owned]) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for one in mine {
        let (Verdict::Certain { why, .. }
        | Verdict::Ambiguous { why, .. }
        | Verdict::Outside { why, .. }
        | Verdict::Unknown { why }) = &one.verdict;
        reasons.extend(why.iter().filter(|reason| !reasons.contains(reason)).cloned().collect::<Vec<_>>());
    }
    reasons
}
