//! Who is answered. A reply goes to whoever stands in From, which anybody can write; so what is answered, and what counts
//! as a school's word, is said here in one place.

use serde::{Deserialize, Serialize};

use crate::{
    form::Kind,
    message::{Address, Authentication, Message},
};

use super::{Action, Decision, DocumentVerdict, Review, ReviewReason, Submission};

/// How much must be known of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyPolicy {
    /// Only who is proven to be the sender is answered.
    Strict,
    /// Everybody who is not shown to be forged.
    #[default]
    Default,
    /// Authentication plays no part.
    Open,
}

/// What a policy makes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It is answered like any other.
    Good,
    /// It counts, and a person answers it.
    Unproven,
    /// It counts as nobody's word.
    Forged,
}

impl ReplyPolicy {
    fn standing(self, authentication: Authentication) -> Standing {
        match (self, authentication) {
            (Self::Open, _) | (_, Authentication::Pass) | (Self::Default, Authentication::Unknown) => Standing::Good,
            (Self::Strict, Authentication::Unknown) => Standing::Unproven,
            (Self::Strict | Self::Default, Authentication::Fail) => Standing::Forged,
        }
    }
}

/// What may be written to the author of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Right {
    /// That his mail was received, and nothing else.
    Receipt,
    /// What follows from his documents, a section each: indices into [`Decision::submissions`].
    Sections(Vec<usize>),
}

/// To whom what may be written, by the mail itself. To nobody but the one author in From: Reply-To is anybody's to fill
/// in, and a reply to it could be turned against others. Not to a machine. And only for documents: those of a certain
/// school, whether they name it or come from its address or in its thread; or a form that is no certain school's. Where a
/// campaign is closed, nothing follows from either.
pub(super) fn right(
    message: &Message,
    documents: &[DocumentVerdict],
    submissions: &[Submission],
    closed: bool,
) -> Option<(Address, Right)> {
    let author = message.from.as_ref().filter(|_| message.automatic.is_none())?;
    if closed && submissions.iter().any(|one| one.school.is_some()) {
        return Some((author.address.clone(), Right::Receipt));
    }
    let answered = |one: &Submission| matches!(one.action, Action::Confirm | Action::Request) && one.school.is_some();
    let told: Vec<usize> =
        submissions.iter().enumerate().filter(|(_, one)| answered(one)).map(|(index, _)| index).collect();
    let right = if told.is_empty() {
        documents.iter().any(|one| one.kind == Kind::Form).then_some(Right::Receipt)?
    } else {
        Right::Sections(told)
    };
    Some((author.address.clone(), right))
}

/// Whether a letter may go to the author of a mail because a person says so: never to a machine, and never to whoever is
/// shown not to be the author.
pub(super) fn person_may_answer(policy: ReplyPolicy, message: &Message) -> bool {
    message.automatic.is_none() && policy.standing(message.authentication) != Standing::Forged
}

/// Holds what is known of the sender against what was decided by the content.
pub(super) fn enforce(policy: ReplyPolicy, message: &Message, decision: &mut Decision) {
    let matters = matches!(decision.action, Action::Confirm | Action::Request | Action::Review);
    match policy.standing(message.authentication) {
        Standing::Forged if matters => {
            refuse(decision);
            decision.why.insert(0, format!("it is not of whom it says: {}", message.authentication_sign));
        }
        Standing::Unproven if !decision.replies.is_empty() => {
            decision.leave_to_a_person(ReviewReason::Unverified);
            decision.why.insert(0, format!("it is not proven whose it is: {}", message.authentication_sign));
        }
        _ => {}
    }
}

/// A forged mail answers nobody and changes nothing that a school has said, whatever address it bears: all of it is kept
/// for a person.
fn refuse(decision: &mut Decision) {
    decision.action = Action::Review;
    decision.replies.clear();
    for one in &mut decision.submissions {
        one.action = Action::Review;
    }
    let of = |(index, one): (usize, &Submission)| Review {
        reason: ReviewReason::Unverified,
        submission: Some(index),
        candidates: one.candidates.clone(),
    };
    decision.reviews = decision.submissions.iter().enumerate().map(of).collect();
    if decision.reviews.is_empty() {
        decision.reviews.push(Review { reason: ReviewReason::Unverified, submission: None, candidates: Vec::new() });
    }
}

#[cfg(test)]
mod tests;
