//! What is to be done about a mail: campaign + what is known of the schools + a reading + the time → submissions,
//! replies, and what a person must decide. One pure function, the same for the daemon, `check` and every second look.

mod among;
mod decide;
mod parts;
mod policy;
mod recognise;
mod reminder;
mod ruling;
mod submission;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    campaign::{FieldId, RequirementId, SchoolId},
    digest::Sha256,
    document::Problem,
    form::{Answer, Kind},
    message::{Address, MessageId},
};

pub use among::{Share, among};
pub use decide::{Basis, decide};
pub use policy::ReplyPolicy;
pub use reminder::{Occasion, Reminder, Standings, due_by, may_remind, reminders};
pub use ruling::{Ruling, asked, entered, gathered, ruled, taken_back};
pub use submission::completeness;

/// What is done about a message or a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Written by a machine: stored and counted, nobody is answered.
    Ignore,
    /// An ordinary mail about something else: stays untouched and unread.
    Leave,
    /// The school is certain and every requirement is met.
    Confirm,
    /// The school is certain, and something is missing, invalid or unreadable.
    Request,
    /// A person decides.
    Review,
}

/// What is known before this message, of each school and of the sender.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// What the schools have sent so far; a school without an entry has sent nothing.
    pub schools: BTreeMap<SchoolId, SchoolState>,
    /// The school in whose thread this message answers our own mail, sent to this very sender.
    pub thread: Option<SchoolId>,
    /// The schools about which a letter of ours has gone, or is to go, to this very sender.
    pub told: Vec<SchoolId>,
    /// Whether this message answers any letter of ours to this very sender, one about no certain school too.
    pub answers_ours: bool,
    /// The files for which this very sender has had a note of receipt.
    pub noted: BTreeSet<Sha256>,
    /// Whether it answers a letter of ours, whoever that went to: a colleague may write in the receiver's place.
    pub in_our_thread: bool,
    /// Whether what this message has brought is among that already, and perhaps overtaken by what came after it.
    pub recorded: bool,
}

/// What a school has sent so far: the state over all accepted versions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SchoolState {
    /// Current answers: of each field the one whose mail came last.
    pub answers: BTreeMap<FieldId, Answer>,
    /// When that mail came; an answer without an entry is older than any mail.
    pub answered: BTreeMap<FieldId, Timestamp>,
    /// Whether a form has come at all.
    pub form: bool,
    /// Whether a draft has come.
    pub draft: bool,
    /// Information requirements that are met.
    pub information: Vec<RequirementId>,
    /// Addresses from which accepted submissions came.
    pub senders: Vec<Address>,
    /// The files that have come.
    pub files: BTreeSet<Sha256>,
    /// How many versions have been accepted.
    pub versions: u32,
}

/// What is decided about a message.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The weightiest action of its submissions; without one review, leave or ignore.
    pub action: Action,
    /// What each file is, in the order of the reading; the mail's own text comes last where it holds a form or draft.
    pub documents: Vec<DocumentVerdict>,
    /// One school's part of the message each.
    pub submissions: Vec<Submission>,
    /// Answers to the sender: none or one.
    pub replies: Vec<PlannedReply>,
    /// What a person must decide.
    pub reviews: Vec<Review>,
    /// Why, one reason each, in English.
    pub why: Vec<String>,
}

/// What a file is to the campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentVerdict {
    /// Which file of the reading; `None` for the mail's own text.
    pub file: Option<usize>,
    /// What it is.
    pub kind: Kind,
    /// Whose it is, where that is certain.
    pub school: Option<SchoolId>,
    /// Why it could not be read.
    pub problem: Option<Problem>,
}

/// One school's part of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// The school, where it is certain.
    pub school: Option<SchoolId>,
    /// The schools that it may be, where it is not.
    pub candidates: Vec<SchoolId>,
    /// The name of a school outside the schedule.
    pub outside: Option<String>,
    /// The name of the school's branch whose documents they are.
    pub branch: Option<String>,
    /// What is done about it.
    pub action: Action,
    /// Whether a document of it came after its deadline.
    pub late: bool,
    /// Whether this message holds the form.
    pub form: bool,
    /// Whether this message holds a draft.
    pub draft: bool,
    /// Information requirements that this message meets.
    pub information: Vec<RequirementId>,
    /// Fields without an answer, over all that is known of the school; empty where no form has come at all.
    pub missing: Vec<FieldId>,
    /// Fields whose answer is invalid, over all that is known of the school.
    pub invalid: Vec<FieldId>,
    /// The answers of this very message.
    pub answers: BTreeMap<FieldId, Answer>,
    /// Fields whose accepted answer an earlier message gave otherwise, in the form's order.
    pub changed: Vec<FieldId>,
    /// Its documents, as indices into [`Decision::documents`].
    pub documents: Vec<usize>,
    /// Documents that are still owed after this message.
    pub owed: Vec<RequirementId>,
    /// Whether it brings nothing that had not come before.
    pub repeats: bool,
    /// Why this school, one reason each, in English.
    pub evidence: Vec<String>,
}

/// Which letter a reply is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// Everything has been received.
    Confirm,
    /// Something is missing, invalid or unreadable.
    Request,
    /// A neutral note that the mail was received and is being looked at.
    Receipt,
    /// The time for answering the letter is over.
    Closed,
    /// A person asks whose the documents are.
    #[schemars(skip)]
    Question,
    /// An earlier letter was a mistake.
    #[schemars(skip)]
    Withdrawn,
}

/// An answer to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedReply {
    /// To whom: the author of the mail.
    pub to: Address,
    /// Which letter it is.
    pub template: Template,
    /// The submissions that it speaks of, as indices into [`Decision::submissions`]; a section each.
    pub submissions: Vec<usize>,
    /// Not to be sent before this instant: where only a document is absent, it may come in a second mail.
    pub not_before: Timestamp,
    /// The message that it answers.
    pub answers: Option<MessageId>,
    /// The school of which an earlier letter has spoken by mistake.
    pub corrects: Option<SchoolId>,
}

/// Why a person must decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewReason {
    /// No school is named.
    UnknownSchool,
    /// Several schools fit, or the clues contradict each other.
    AmbiguousSchool,
    /// It may answer one letter of ours or another.
    AmbiguousCampaign,
    /// The school is not in the schedule.
    OutsideSchedule,
    /// Other values than those accepted, from a sender that nothing vouches for.
    Contradiction,
    /// Documents that cannot be read, and nothing else tells the school.
    Unreadable,
    /// A sender whom we have written to brings nothing new: perhaps a machine, or somebody whom we do not understand.
    Repeated,
    /// A machine's mail holds a filled form.
    MachineWithForm,
    /// A mail about the letter without a document.
    Question,
    /// No letter can be sent to its author.
    Unanswerable,
    /// It is not of whom it says, or that it is must be proven and is not.
    Unverified,
    /// The message is larger than any that is read.
    TooLarge,
    /// The message could not be read at all.
    Broken,
    /// It came after the campaign had been closed.
    Closed,
    /// It was left alone, and a person wants it to be decided about.
    PulledIn,
}

/// A message of which only the beginning is there: a person looks at it in the mailbox.
pub fn too_large() -> Decision {
    unread(ReviewReason::TooLarge, "it is larger than any message that is read".to_owned())
}

/// A message that no process could read to its end: a person looks at it.
pub fn broken(why: String) -> Decision {
    unread(ReviewReason::Broken, why)
}

fn unread(reason: ReviewReason, why: String) -> Decision {
    Decision {
        action: Action::Review,
        documents: Vec::new(),
        submissions: Vec::new(),
        replies: Vec::new(),
        reviews: vec![Review { reason, submission: None, candidates: Vec::new() }],
        why: vec![why],
    }
}

impl Decision {
    /// Nothing follows.
    pub(crate) fn nothing_to_do() -> Self {
        decide::nothing(Action::Leave, "a person has decided")
    }

    /// Keeps everything that was decided, but answers nobody and asks a person.
    pub fn leave_to_a_person(&mut self, reason: ReviewReason) {
        self.action = Action::Review;
        self.replies.clear();
        self.reviews.push(Review { reason, submission: None, candidates: Vec::new() });
    }
}

/// Something that a person must decide.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// Why.
    pub reason: ReviewReason,
    /// The submission that it is about; `None` for the whole message.
    pub submission: Option<usize>,
    /// The schools that it may be.
    pub candidates: Vec<SchoolId>,
}
