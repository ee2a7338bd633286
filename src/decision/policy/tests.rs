use super::*;
use crate::{
    decision::{PlannedReply, Template},
    message::{Automatic, Mailbox},
};

/// A mail of one author, whom nobody calls a machine.
fn message() -> Message {
    let from = Mailbox { name: None, address: Address::parse("office@school.example").unwrap() };
    Message { from: Some(from), ..Message::default() }
}

fn document(kind: Kind) -> DocumentVerdict {
    DocumentVerdict { file: Some(0), kind, school: None, problem: None }
}

fn submission(school: Option<&str>, action: Action) -> Submission {
    Submission {
        school: school.map(|id| id.parse().unwrap()),
        candidates: Vec::new(),
        outside: None,
        branch: None,
        action,
        late: false,
        form: true,
        draft: false,
        information: Vec::new(),
        missing: Vec::new(),
        invalid: Vec::new(),
        answers: Default::default(),
        documents: vec![0],
        owed: Vec::new(),
        repeats: false,
        changed: Vec::new(),
        evidence: Vec::new(),
    }
}

/// What may be written where a mail holds a document of this kind and a submission of this kind.
fn of(message: &Message, kind: Kind, submissions: &[Submission]) -> Option<Right> {
    right(message, &[document(kind)], submissions, false).map(|(to, right)| {
        assert_eq!(to.as_str(), "office@school.example");
        right
    })
}

fn certain() -> Submission {
    submission(Some("kirishi-3"), Action::Confirm)
}

#[test]
fn documents_of_a_certain_school_are_answered() {
    for kind in [Kind::Form, Kind::Draft, Kind::Information, Kind::Unreadable] {
        for action in [Action::Confirm, Action::Request] {
            let told = of(&message(), kind, &[submission(Some("kirishi-3"), action)]);
            assert_eq!(told, Some(Right::Sections(vec![0])), "{kind:?}, {action:?}");
        }
    }
}

#[test]
fn of_several_schools_only_the_certain_ones_have_a_section() {
    let some = [submission(None, Action::Review), certain(), submission(Some("vazhiny"), Action::Review), certain()];
    assert_eq!(of(&message(), Kind::Form, &some), Some(Right::Sections(vec![1, 3])));
}

#[test]
fn a_form_that_is_no_certain_schools_gets_a_note_of_receipt_and_nothing_else_does() {
    let doubtful = [submission(None, Action::Review)];
    assert_eq!(of(&message(), Kind::Form, &doubtful), Some(Right::Receipt));
    for kind in [Kind::Draft, Kind::Information, Kind::CoverLetter, Kind::Other, Kind::Unreadable] {
        assert_eq!(of(&message(), kind, &doubtful), None, "{kind:?}");
    }
    assert_eq!(right(&message(), &[], &[], false), None);
    // Whatever was decided about it: without a school there is no section.
    assert_eq!(of(&message(), Kind::Draft, &[submission(None, Action::Request)]), None);
}

#[test]
fn row_42_a_machine_is_not_answered_whatever_it_sends() {
    for automatic in [
        Automatic::Bounce,
        Automatic::AutoReply,
        Automatic::List,
        Automatic::Receipt,
        Automatic::Calendar,
        Automatic::Report,
        Automatic::Daemon,
        Automatic::Own,
    ] {
        for weak in [false, true] {
            let message = Message { automatic: Some(automatic), automatic_weak: weak, ..message() };
            assert_eq!(of(&message, Kind::Form, &[certain()]), None, "{automatic:?}");
        }
    }
}

#[test]
fn nobody_is_answered_where_there_is_no_one_author() {
    let message = Message { from: None, ..message() };
    assert_eq!(of(&message, Kind::Form, &[certain()]), None);
}

/// A decision that answers, as the policy leaves it.
fn enforced(policy: ReplyPolicy, authentication: Authentication) -> Decision {
    let reply = PlannedReply {
        to: Address::parse("office@school.example").unwrap(),
        template: Template::Confirm,
        submissions: vec![0],
        not_before: jiff::Timestamp::UNIX_EPOCH,
        answers: None,
        corrects: None,
    };
    let mut decision = Decision {
        action: Action::Confirm,
        documents: vec![document(Kind::Form)],
        submissions: vec![certain()],
        replies: vec![reply],
        reviews: Vec::new(),
        why: Vec::new(),
    };
    enforce(policy, &Message { authentication, ..message() }, &mut decision);
    decision
}

#[test]
fn each_policy_asks_for_what_it_says() {
    use Authentication::{Fail, Pass, Unknown};
    use ReplyPolicy::{Default, Open, Strict};
    for (policy, authentication, replies, counts) in [
        (Strict, Pass, 1, true),
        (Strict, Unknown, 0, true),
        (Strict, Fail, 0, false),
        (Default, Pass, 1, true),
        (Default, Unknown, 1, true),
        (Default, Fail, 0, false),
        (Open, Pass, 1, true),
        (Open, Unknown, 1, true),
        (Open, Fail, 1, true),
    ] {
        let decision = enforced(policy, authentication);
        let what = format!("{policy:?}, {authentication:?}");
        assert_eq!(decision.replies.len(), replies, "{what}");
        let accepted = decision.submissions.iter().all(|one| one.action == Action::Confirm);
        assert_eq!(accepted, counts, "{what}");
        let asked: Vec<ReviewReason> = decision.reviews.iter().map(|one| one.reason).collect();
        assert_eq!(asked, if replies == 0 { vec![ReviewReason::Unverified] } else { vec![] }, "{what}");
        assert_eq!(decision.action, if replies == 0 { Action::Review } else { Action::Confirm }, "{what}");
    }
}

#[test]
fn row_44_every_part_of_a_forged_mail_is_a_persons_under_one_reason() {
    let mut decision = enforced(ReplyPolicy::Open, Authentication::Fail);
    decision.submissions.push(submission(None, Action::Review));
    decision.reviews.push(Review {
        reason: ReviewReason::AmbiguousSchool,
        submission: Some(1),
        candidates: Vec::new(),
    });
    enforce(ReplyPolicy::Default, &Message { authentication: Authentication::Fail, ..message() }, &mut decision);
    let asked: Vec<_> = decision.reviews.iter().map(|one| (one.reason, one.submission)).collect();
    assert_eq!(asked, [(ReviewReason::Unverified, Some(0)), (ReviewReason::Unverified, Some(1))]);
    assert!(decision.submissions.iter().all(|one| one.action == Action::Review) && decision.replies.is_empty());
}

#[test]
fn a_forged_mail_about_something_else_and_a_machines_stay_what_they_are() {
    for action in [Action::Ignore, Action::Leave] {
        let mut decision = Decision {
            action,
            documents: vec![],
            submissions: vec![],
            ..enforced(ReplyPolicy::Open, Authentication::Pass)
        };
        decision.replies.clear();
        for policy in [ReplyPolicy::Strict, ReplyPolicy::Default] {
            for authentication in [Authentication::Fail, Authentication::Unknown] {
                enforce(policy, &Message { authentication, ..message() }, &mut decision);
                assert_eq!((decision.action, decision.reviews.len()), (action, 0));
            }
        }
    }
}
