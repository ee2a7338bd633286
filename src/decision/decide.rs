//! From parts to a decision.

use jiff::{SignedDuration, Timestamp};

use crate::{
    campaign::{Campaign, RequirementKind, SchoolId},
    form::{FilledForm, Kind, Recogniser},
    matching::{Clue, Roster, Verdict},
    message::Automatic,
    reader::Reading,
};

use super::{
    Action, Decision, DocumentVerdict, Known, PlannedReply, Review, ReviewReason, Submission, Template,
    among::is_foreign,
    parts::{self, Part},
    policy::{self, ReplyPolicy, Right},
    recognise, submission,
};

/// What a decision rests on beside the message itself.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// Its schools, ready to be compared with.
    pub roster: &'a Roster,
    /// Its form, ready to be looked for.
    pub recogniser: &'a Recogniser,
    /// What is known so far.
    pub known: &'a Known,
    /// When our server took the message: lateness is judged by it.
    pub received: Timestamp,
    /// How long a request waits in which only a document is absent.
    pub grace: SignedDuration,
    /// How much must be known of a sender.
    pub policy: ReplyPolicy,
}

/// A part with what was concluded about its school.
pub(super) struct Owned {
    pub(super) part: Part,
    pub(super) verdict: Verdict,
    /// Its place in [`Decision::documents`].
    pub(super) document: usize,
}

/// Which of a message's documents are a campaign's; `None` is the mail's own text.
pub(super) struct Scope<'s> {
    /// Whether it is this campaign's.
    pub(super) mine: &'s dyn Fn(Option<usize>) -> bool,
    /// Whether it may as well be another campaign's.
    pub(super) doubtful: &'s dyn Fn(Option<usize>) -> bool,
}

/// Decides about a message, where there is but one campaign. The same input gives the same decision.
pub fn decide(basis: &Basis<'_>, reading: &Reading) -> Decision {
    let foreign = |file| is_foreign(std::slice::from_ref(basis), reading, file);
    let scope = Scope { mine: &|_| true, doubtful: &foreign };
    by_parts(basis, reading, parts_of(basis, reading), &scope)
}

/// The documents of a message as a campaign sees them.
pub(super) fn parts_of(basis: &Basis<'_>, reading: &Reading) -> Vec<Part> {
    let correction = reading.message.automatic.is_none() && basis.known.thread.is_some();
    parts::parts(basis.campaign, basis.recogniser, reading, correction)
}

/// Decides about those parts of a message that are in scope.
pub(super) fn by_parts(basis: &Basis<'_>, reading: &Reading, parts: Vec<Part>, scope: &Scope<'_>) -> Decision {
    let mut decision = by_content(basis, reading, parts, scope);
    policy::enforce(basis.policy, &reading.message, &mut decision);
    decision
}

fn by_content(basis: &Basis<'_>, reading: &Reading, parts: Vec<Part>, scope: &Scope<'_>) -> Decision {
    let message = &reading.message;
    let from_machine = message.automatic.is_some();
    if message.automatic == Some(Automatic::Own) {
        return nothing(Action::Ignore, "it is our own mail");
    }
    // Every document has its place, whosever it is: campaigns that share a message number it alike.
    let mut documents = documents_of(&parts);
    documents.iter_mut().filter(|one| !(scope.mine)(one.file)).for_each(|one| {
        *one = DocumentVerdict { file: one.file, kind: Kind::Other, school: None, problem: None };
    });
    let none = parts.is_empty();
    let parts: Vec<Part> = parts.into_iter().filter(|part| (scope.mine)(part.file)).collect();
    if from_machine && parts.iter().all(|part| part.form.is_none()) {
        return Decision { documents, ..nothing(Action::Ignore, "a machine wrote it") };
    }
    if none {
        return without_documents(basis, reading);
    }
    if parts.is_empty() {
        return Decision { documents, ..nothing(Action::Leave, "its documents are about another letter") };
    }
    let mail = parts::mail_clues(basis.campaign, basis.known, message);
    let owned = conclude(basis, parts, &documents, &mail);
    let mut submissions = submission::group(basis, reading, &owned, &mail);
    let doubtful: Vec<usize> =
        (0..).zip(&documents).filter(|(_, one)| (scope.doubtful)(one.file)).map(|(at, _)| at).collect();
    let doubted = |one: &Submission| one.documents.iter().any(|at| doubtful.contains(at));
    for one in submissions.iter_mut().filter(|one| basis.campaign.closed || doubted(one)) {
        one.action = Action::Review;
    }
    // A mail whose author cannot be told is nobody's word.
    let nobody = message.from.is_none() && !message.oddities.is_empty();
    if from_machine || nobody || only_repeats(basis, &submissions) {
        for one in &mut submissions {
            one.action = Action::Review;
        }
    }
    for one in &submissions {
        for index in &one.documents {
            if let Some(document) = documents.get_mut(*index) {
                document.school = one.school.clone();
            }
        }
    }
    finish(basis, reading, documents, submissions, &doubtful)
}

/// Whether a sender who has had our letters brings nothing new. Two machines that answer each other, of which one shows
/// no sign of being one, would go on for ever; and a person who sends the same again may have been misread.
fn only_repeats(basis: &Basis<'_>, submissions: &[Submission]) -> bool {
    let told = |one: &Submission| one.school.as_ref().is_some_and(|school| basis.known.told.contains(school));
    let repeats = submissions.iter().all(|one| one.repeats && told(one));
    repeats && !submissions.is_empty() && !basis.known.recorded
}

/// Concludes about every part; a part that names no school of its own accord joins the mail's one certain school.
fn conclude(basis: &Basis<'_>, parts: Vec<Part>, documents: &[DocumentVerdict], mail: &[Clue]) -> Vec<Owned> {
    let mut owned: Vec<Owned> = parts
        .into_iter()
        .map(|part| {
            let verdict = parts::whose(basis.roster, &part, mail);
            let document = documents.iter().position(|one| one.file == part.file).unwrap_or_default();
            Owned { part, verdict, document }
        })
        .collect();
    // The school of the mail is what its forms and drafts say; where they are silent, what goes along with them.
    let named = |wanted: &dyn Fn(&Part) -> bool| {
        let mut schools: Vec<&SchoolId> =
            owned.iter().filter(|one| wanted(&one.part)).filter_map(|one| certain(&one.verdict)).collect();
        schools.sort();
        schools.dedup();
        schools
    };
    let mut schools = named(&|part| part.form.is_some() || part.draft);
    if schools.is_empty() {
        schools = named(&|part| matches!(part.kind, Kind::CoverLetter | Kind::Information));
    }
    if let [school] = schools.as_slice() {
        let school = (*school).clone();
        let join = |owned: &mut [Owned], wanted: &dyn Fn(&Owned) -> bool| {
            for one in owned.iter_mut().filter(|one| certain(&one.verdict).is_none() && wanted(one)) {
                one.verdict = parts::joins(basis.roster, &one.part, mail, &school);
            }
        };
        if open_forms_belong(&owned) {
            join(&mut owned, &|one| one.part.form.is_some());
        }
        let names_another = |one: &Owned| one.part.form.is_some() && certain(&one.verdict).is_none();
        if !owned.iter().any(names_another) {
            join(&mut owned, &|_| true);
        }
    }
    owned
}

/// Whether the forms of a mail that do not say whose they are can only be those of its one certain school: the single
/// form beside its draft, or further versions and parts of its form that answer nothing otherwise.
fn open_forms_belong(owned: &[Owned]) -> bool {
    let forms = || owned.iter().filter_map(|one| Some((one, one.part.form.as_ref()?)));
    let open = forms().filter(|(one, _)| certain(&one.verdict).is_none());
    let mut known = forms().filter(|(one, _)| certain(&one.verdict).is_some()).map(|(_, form)| form).peekable();
    if known.peek().is_none() {
        return open.count() == 1;
    }
    let known: Vec<&FilledForm> = known.collect();
    let agrees = |form: &FilledForm| {
        form.answers.iter().all(|(field, answer)| {
            let others = known.iter().filter_map(|form| form.answers.get(field));
            others.into_iter().all(|other| recognise::plain(&other.text) == recognise::plain(&answer.text))
        })
    };
    open.into_iter().all(|(_, form)| agrees(form))
}

pub(super) fn certain(verdict: &Verdict) -> Option<&SchoolId> {
    match verdict {
        Verdict::Certain { school, .. } => Some(school),
        _ => None,
    }
}

/// One verdict a document: several forms of one file are one document.
pub(super) fn documents_of(parts: &[Part]) -> Vec<DocumentVerdict> {
    let mut documents: Vec<DocumentVerdict> = Vec::new();
    for part in parts {
        if documents.iter().all(|one| one.file != part.file) {
            documents.push(DocumentVerdict { file: part.file, kind: part.kind, school: None, problem: part.problem });
        }
    }
    documents
}

/// A mail without any document is a question from somebody we know, or about something else.
fn without_documents(basis: &Basis<'_>, reading: &Reading) -> Decision {
    let message = &reading.message;
    let why = if basis.known.in_our_thread {
        "it answers our own mail".to_owned()
    } else if parts::roster_school(basis.campaign, message).is_some() {
        "it comes from a school's address".to_owned()
    } else if let Some(word) = recognise::word_of_the_letter(basis.campaign, reading) {
        format!("it speaks of the letter: {word:?}")
    } else if parts::has_documents(reading) {
        "documents came that hold nothing".to_owned()
    } else {
        return nothing(Action::Leave, "no document, no thread of ours, no known address, no word of the letter");
    };
    let candidates = basis.known.thread.iter().cloned().collect();
    Decision {
        reviews: vec![Review { reason: ReviewReason::Question, submission: None, candidates }],
        ..nothing(Action::Review, &why)
    }
}

pub(super) fn nothing(action: Action, why: &str) -> Decision {
    Decision {
        action,
        documents: Vec::new(),
        submissions: Vec::new(),
        replies: Vec::new(),
        reviews: Vec::new(),
        why: vec![why.to_owned()],
    }
}

/// The message's action, the reply and what a person must decide follow from the submissions.
fn finish(
    basis: &Basis<'_>,
    reading: &Reading,
    documents: Vec<DocumentVerdict>,
    submissions: Vec<Submission>,
    doubtful: &[usize],
) -> Decision {
    let doubtful = |one: &Submission| one.documents.iter().any(|at| doubtful.contains(at));
    let mut reviews: Vec<Review> = submissions
        .iter()
        .enumerate()
        .filter(|(_, one)| one.action == Action::Review)
        .map(|(index, one)| Review {
            reason: match doubtful(one) {
                true => ReviewReason::AmbiguousCampaign,
                false => review_reason(basis.campaign.closed, reading, &documents, one),
            },
            submission: Some(index),
            candidates: one.candidates.clone(),
        })
        .collect();
    if submissions.is_empty() {
        reviews.push(Review { reason: ReviewReason::UnknownSchool, submission: None, candidates: Vec::new() });
    }
    let action = submissions.iter().map(|one| one.action).max().unwrap_or(Action::Review);
    // Which letter its author would be told of is in doubt itself.
    let silent = !submissions.is_empty() && submissions.iter().all(doubtful);
    let replies = reply(basis, reading, &documents, &submissions).filter(|_| !silent).into_iter().collect();
    let why = submissions.iter().flat_map(|one| one.evidence.iter().cloned()).collect();
    Decision { action, documents, submissions, replies, reviews, why }
}

fn review_reason(closed: bool, reading: &Reading, documents: &[DocumentVerdict], one: &Submission) -> ReviewReason {
    let unreadable = |index: &usize| documents.get(*index).is_some_and(|document| document.kind == Kind::Unreadable);
    if reading.message.automatic.is_some() {
        ReviewReason::MachineWithForm
    } else if closed {
        ReviewReason::Closed
    } else if one.school.is_some() && one.repeats {
        ReviewReason::Repeated
    } else if one.school.is_some() {
        ReviewReason::Contradiction
    } else if one.outside.is_some() {
        ReviewReason::OutsideSchedule
    } else if !one.documents.is_empty() && one.documents.iter().all(unreadable) {
        ReviewReason::Unreadable
    } else if one.candidates.is_empty() {
        ReviewReason::UnknownSchool
    } else {
        ReviewReason::AmbiguousSchool
    }
}

/// At most one reply: a section for each certain school; a neutral note where a form is there and nothing is certain.
fn reply(
    basis: &Basis<'_>,
    reading: &Reading,
    documents: &[DocumentVerdict],
    submissions: &[Submission],
) -> Option<PlannedReply> {
    let message = &reading.message;
    if is_too_old(basis, reading) {
        return None;
    }
    let closed = basis.campaign.closed;
    let (to, right) = policy::right(message, documents, submissions, closed)?;
    let of = |index: &usize| submissions.get(*index);
    // One note is enough: who answers it, or repeats himself, is read by a person already.
    let noted =
        basis.known.answers_ours || submissions.iter().all(|one| one.repeats) || sent_before(basis, reading, documents);
    let (template, told) = match right {
        Right::Receipt if noted => return None,
        Right::Receipt if closed => (Template::Closed, Vec::new()),
        Right::Receipt => (Template::Receipt, Vec::new()),
        Right::Sections(told) if told.iter().filter_map(of).all(|one| one.action == Action::Confirm) => {
            (Template::Confirm, told)
        }
        Right::Sections(told) => (Template::Request, told),
    };
    let waits = template == Template::Request
        && told.iter().filter_map(of).all(|one| one.action == Action::Confirm || only_documents_absent(documents, one));
    let not_before = if waits { basis.received.saturating_add(basis.grace) } else { Ok(basis.received) };
    let not_before = not_before.unwrap_or(basis.received);
    Some(PlannedReply {
        to,
        template,
        submissions: told,
        not_before,
        answers: message.message_id.clone(),
        corrects: None,
    })
}

/// Whether all that matters are files for which the sender has had a note.
fn sent_before(basis: &Basis<'_>, reading: &Reading, documents: &[DocumentVerdict]) -> bool {
    let noted = |one: &DocumentVerdict| {
        let file = one.file.and_then(|index| reading.files.get(index));
        file.is_some_and(|file| basis.known.noted.contains(&file.sha256))
    };
    let matters = |one: &&DocumentVerdict| matches!(one.kind, Kind::Form | Kind::Draft | Kind::Information);
    let mut all = documents.iter().filter(matters).peekable();
    all.peek().is_some() && all.all(noted)
}

/// Whether the mail is older than the campaign, by whichever time is the earlier: a mailbox that was moved may give every
/// mail the day of the move.
pub(super) fn is_too_old(basis: &Basis<'_>, reading: &Reading) -> bool {
    let written = reading.message.received.or(reading.message.date).unwrap_or(basis.received);
    basis.campaign.day_of(basis.received.min(written)) < basis.campaign.start
}

fn only_documents_absent(documents: &[DocumentVerdict], one: &Submission) -> bool {
    let unreadable = |index: &usize| documents.get(*index).is_some_and(|document| document.kind == Kind::Unreadable);
    one.missing.is_empty() && one.invalid.is_empty() && !one.documents.iter().any(unreadable)
}

/// Whether a document of this kind came after the last day that its school has for it; where nobody knows whose it is,
/// after the last day of all.
pub(super) fn is_late(basis: &Basis<'_>, kind: RequirementKind, school: Option<&SchoolId>) -> bool {
    let campaign = basis.campaign;
    let deadline = match school {
        Some(school) => campaign.requirement(kind, school).map(|one| one.deadline),
        None => campaign.requirements_of(kind).map(|one| one.deadline).max(),
    };
    deadline.is_some_and(|deadline| campaign.is_after(basis.received, deadline))
}
