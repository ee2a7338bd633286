//! What follows from a person's decision about documents of which the rules could not be sure.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Action, Decision, DocumentVerdict, PlannedReply, Submission, Template,
    decide::{Basis, Owned, documents_of, is_late, is_too_old, parts_of},
    policy, submission,
};
use crate::{
    campaign::{FieldId, RequirementKind, SchoolId},
    form::{Answer, Kind},
    matching::Verdict,
    reader::Reading,
};

/// What a person has decided about documents of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// They are this school's.
    School(SchoolId),
    /// There is nothing to be taken from them.
    Nothing,
    /// The sender is asked whose they are.
    Ask,
}

/// All documents of a message as one submission that is nobody's yet, and what each of them is.
pub fn gathered(basis: &Basis<'_>, reading: &Reading) -> (Submission, Vec<DocumentVerdict>) {
    let (owned, documents) = nobodys(basis, reading);
    let mine: Vec<&Owned> = owned.iter().collect();
    (submission::nobodys(basis, &mine), documents)
}

/// Every part of a message, with nothing concluded about it.
fn nobodys(basis: &Basis<'_>, reading: &Reading) -> (Vec<Owned>, Vec<DocumentVerdict>) {
    let parts = parts_of(basis, reading);
    let documents = documents_of(&parts);
    let owned = parts.into_iter().map(|part| {
        let document = documents.iter().position(|one| one.file == part.file).unwrap_or_default();
        Owned { part, verdict: Verdict::Unknown { why: Vec::new() }, document }
    });
    (owned.collect(), documents)
}

/// What follows where a person says that a submission is this school's: it counts as its next version, and its sender is
/// answered as if that had been certain from the start. What a machine or nobody in particular has written is answered by
/// nobody, nor is what is shown to be forged.
///
/// `corrects` is the school of which a letter to the sender has spoken by mistake.
pub fn ruled(
    basis: &Basis<'_>,
    reading: &Reading,
    documents: &[DocumentVerdict],
    doubtful: &Submission,
    school: &SchoolId,
    corrects: Option<&SchoolId>,
) -> Decision {
    let submission = accepted(basis, reading, documents, doubtful, school);
    let mut documents = documents.to_vec();
    for index in &submission.documents {
        if let Some(document) = documents.get_mut(*index) {
            document.school = Some(school.clone());
        }
    }
    let action = submission.action;
    let template = if action == Action::Confirm { Template::Confirm } else { Template::Request };
    let replies = reply(basis, reading, template, vec![0], corrects);
    let (submissions, reviews) = (vec![submission], Vec::new());
    let why = vec!["a person has decided".to_owned()];
    Decision { action, documents, submissions, replies, reviews, why }
}

/// What follows where a person enters what this school has given otherwise than by e-mail: `reading` holds its file, `typed`
/// are answers that he has typed, which stand above those of the file, and `draft` says that the draft was given. None where
/// all that is nothing. Nobody is answered, and a scan that goes along asks for nothing.
pub fn entered(
    basis: &Basis<'_>,
    reading: &Reading,
    school: &SchoolId,
    typed: BTreeMap<FieldId, Answer>,
    draft: bool,
) -> Option<Decision> {
    let (mut given, documents) = gathered(basis, reading);
    given.form |= !typed.is_empty();
    given.draft |= draft;
    given.answers.extend(typed);
    let mut decision = ruled(basis, reading, &documents, &given, school, None);
    decision.replies.clear();
    let one = decision.submissions.first_mut().filter(|one| one.form || one.draft || !one.information.is_empty())?;
    let complete = one.missing.is_empty() && one.invalid.is_empty() && one.owed.is_empty();
    one.action = if complete { Action::Confirm } else { Action::Request };
    decision.action = one.action;
    Some(decision)
}

/// The question whose the documents are.
pub fn asked(basis: &Basis<'_>, reading: &Reading) -> Decision {
    without_submission(basis, reading, Template::Question, None)
}

/// That a letter of ours about this school was a mistake, and nothing else.
pub fn taken_back(basis: &Basis<'_>, reading: &Reading, school: &SchoolId) -> Decision {
    without_submission(basis, reading, Template::Withdrawn, Some(school))
}

fn without_submission(
    basis: &Basis<'_>,
    reading: &Reading,
    template: Template,
    corrects: Option<&SchoolId>,
) -> Decision {
    let replies = reply(basis, reading, template, Vec::new(), corrects);
    let (documents, submissions, reviews, why) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    Decision { action: Action::Review, documents, submissions, replies, reviews, why }
}

fn reply(
    basis: &Basis<'_>,
    reading: &Reading,
    template: Template,
    submissions: Vec<usize>,
    corrects: Option<&SchoolId>,
) -> Vec<PlannedReply> {
    let message = &reading.message;
    let author = message.from.as_ref().filter(|_| policy::person_may_answer(basis.policy, message));
    // Who is corrected has had a letter: he hears of it, however old his mail is.
    let told = corrects.is_some() || !is_too_old(basis, reading);
    let reply = author.filter(|_| told).map(|author| PlannedReply {
        to: author.address.clone(),
        template,
        submissions,
        not_before: basis.received,
        answers: message.message_id.clone(),
        corrects: corrects.cloned(),
    });
    reply.into_iter().collect()
}

fn accepted(
    basis: &Basis<'_>,
    reading: &Reading,
    documents: &[DocumentVerdict],
    doubtful: &Submission,
    school: &SchoolId,
) -> Submission {
    let campaign = basis.campaign;
    let before = basis.known.schools.get(school).cloned().unwrap_or_default();
    let after = submission::combined(&before, &doubtful.answers, doubtful.form, basis.received);
    let (missing, invalid) = submission::completeness(campaign, school, &after);
    let owed = submission::owed(campaign, school, after.form, before.draft || doubtful.draft);
    let mine: BTreeSet<usize> = doubtful.documents.iter().copied().collect();
    let (owned, _) = nobodys(basis, reading);
    let owned: Vec<&Owned> = owned.iter().filter(|one| mine.contains(&one.document)).collect();
    let unreadable = doubtful
        .documents
        .iter()
        .any(|index| documents.get(*index).is_some_and(|document| document.kind == Kind::Unreadable));
    let complete = missing.is_empty() && invalid.is_empty() && owed.is_empty() && !unreadable;
    let late = |has: bool, kind| has && is_late(basis, kind, Some(school));
    Submission {
        school: Some(school.clone()),
        candidates: Vec::new(),
        outside: None,
        branch: None,
        action: if complete { Action::Confirm } else { Action::Request },
        late: late(doubtful.form, RequirementKind::Form) || late(doubtful.draft, RequirementKind::Draft),
        information: submission::information_met(campaign, school, &owned),
        missing,
        invalid,
        changed: submission::changed(campaign, &before, &doubtful.answers, basis.received),
        owed,
        repeats: false,
        evidence: vec!["a person has decided".to_owned()],
        ..doubtful.clone()
    }
}

#[cfg(test)]
mod tests;
