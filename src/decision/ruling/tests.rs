use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::{
    campaign::{self, Campaign},
    decision::{Known, ReplyPolicy, decide},
    document::Limits,
    form::{self, Recogniser},
    matching::Roster,
    message::{Authentication, Automatic, OwnIdentity},
    reader::read_mail,
};

const AMBIGUOUS: &[u8] = include_bytes!("../../../tests/fixtures/mails/07-ambiguous-number.eml");
const DRAFT: &[u8] = include_bytes!("../../../tests/fixtures/mails/03-roshchino-draft.eml");

fn id(text: &str) -> SchoolId {
    text.parse().unwrap()
}

struct World {
    campaign: Campaign,
    roster: Roster,
    recogniser: Recogniser,
    known: Known,
    received: Timestamp,
    policy: ReplyPolicy,
}

impl World {
    fn new() -> Self {
        Self::of(include_str!("../../../config/campaigns/500plus-2022.toml"))
    }

    fn of(campaign: &str) -> Self {
        let campaign = campaign::read("sample", campaign).unwrap();
        Self {
            roster: Roster::new(&campaign),
            recogniser: Recogniser::new(&campaign),
            campaign,
            known: Known::default(),
            received: "2022-11-08T08:00:00Z".parse().unwrap(),
            policy: ReplyPolicy::Default,
        }
    }

    fn basis(&self) -> Basis<'_> {
        Basis {
            campaign: &self.campaign,
            roster: &self.roster,
            recogniser: &self.recogniser,
            known: &self.known,
            received: self.received,
            grace: SignedDuration::ZERO,
            policy: self.policy,
        }
    }

    /// What follows where the doubtful part of a mail is said to be this school's.
    fn rules(&self, reading: &Reading, school: &str, corrects: Option<&str>) -> Decision {
        let decided = decide(&self.basis(), reading);
        let doubtful = decided.submissions.iter().find(|one| one.action == Action::Review).unwrap();
        let corrects = corrects.map(id);
        ruled(&self.basis(), reading, &decided.documents, doubtful, &id(school), corrects.as_ref())
    }
}

fn read(mail: &[u8]) -> Reading {
    read_mail(mail, &OwnIdentity::default(), &Limits::default()).0
}

#[test]
fn a_doubtful_form_that_a_person_gives_to_a_school_is_answered_as_its_own() {
    let world = World::new();
    let reading = read(AMBIGUOUS);
    let decision = world.rules(&reading, "kirishi-3", None);
    let [one] = decision.submissions.as_slice() else { panic!("{decision:?}") };
    assert_eq!((one.school.as_ref(), one.form), (Some(&id("kirishi-3")), true));
    // The form is there, the draft is not.
    assert_eq!((one.action, one.owed.len()), (Action::Request, 1));
    assert!(decision.documents.iter().any(|one| one.school == Some(id("kirishi-3"))));
    let [reply] = decision.replies.as_slice() else { panic!("{decision:?}") };
    assert_eq!((reply.template, &reply.corrects), (Template::Request, &None));
    assert_eq!(Some(&reply.to), reading.message.from.as_ref().map(|from| &from.address));
}

#[test]
fn what_the_school_has_sent_before_counts() {
    let mut world = World::new();
    let state = world.known.schools.entry(id("kirishi-3")).or_default();
    state.draft = true;
    let reading = read(AMBIGUOUS);
    let whole = world.rules(&reading, "kirishi-3", None);
    let one = &whole.submissions[0];
    let complete = one.missing.is_empty() && one.invalid.is_empty();
    assert!(one.owed.is_empty());
    assert_eq!(one.action, if complete { Action::Confirm } else { Action::Request });
}

#[test]
fn nobody_who_is_a_machine_or_forged_is_answered_whatever_a_person_says() {
    let mut world = World::new();
    let mut reading = read(AMBIGUOUS);
    reading.message.authentication = Authentication::Fail;
    let decision = world.rules(&reading, "kirishi-3", None);
    assert_eq!((decision.submissions.len(), decision.replies.len()), (1, 0));
    assert_eq!(asked(&world.basis(), &reading).replies.len(), 0);
    // Whom the policy asks for a proof, a person may vouch for.
    world.policy = ReplyPolicy::Strict;
    reading.message.authentication = Authentication::Unknown;
    assert_eq!(world.rules(&reading, "kirishi-3", None).replies.len(), 1);
    reading.message.automatic = Some(Automatic::AutoReply);
    assert_eq!(asked(&world.basis(), &reading).replies.len(), 0);
    assert_eq!(taken_back(&world.basis(), &reading, &id("vazhiny")).replies.len(), 0);
}

#[test]
fn mail_from_before_the_campaign_is_answered_only_to_correct_a_letter() {
    let mut world = World::new();
    world.received = "2021-11-08T08:00:00Z".parse().unwrap();
    let reading = read(AMBIGUOUS);
    assert_eq!(world.rules(&reading, "kirishi-3", None).replies.len(), 0);
    let corrected = world.rules(&reading, "kirishi-3", Some("vazhiny"));
    assert_eq!(corrected.replies[0].corrects, Some(id("vazhiny")));
}

#[test]
fn all_documents_of_a_mail_together_are_what_they_hold() {
    let world = World::new();
    let (form, documents) = gathered(&world.basis(), &read(AMBIGUOUS));
    assert!(form.form && form.school.is_none() && !form.answers.is_empty());
    assert_eq!(form.documents.len(), documents.len());
    let (draft, _) = gathered(&world.basis(), &read(DRAFT));
    assert!(draft.draft && !draft.form);
    let nothing = Reading::default();
    let (empty, documents) = gathered(&world.basis(), &nothing);
    assert!(!empty.form && !empty.draft && documents.is_empty());
}

#[test]
fn a_school_outside_the_schedule_owes_the_form_alone_and_of_it_two_fields() {
    let mut world = World::new();
    let date = "2022-11-29".parse().ok();
    let school = id("outside-1");
    let name = "МБОУ «Сосновский центр образования»".to_owned();
    let joined = campaign::Amendment::School { school, name, district: String::new(), date };
    world.campaign = world.campaign.amended([joined]);
    let (doubtful, documents) = gathered(&world.basis(), &read(AMBIGUOUS));
    let decision = ruled(&world.basis(), &read(AMBIGUOUS), &documents, &doubtful, &id("outside-1"), None);
    let one = &decision.submissions[0];
    assert!(one.owed.is_empty(), "{:?}", one.owed);
    let required = world.campaign.form.fields.iter().filter(|field| field.required_outside).count();
    assert!(one.missing.len() <= required && required == 2);
}

#[test]
fn what_is_entered_answers_nobody_and_nothing_is_nothing() {
    let world = World::new();
    let count = id_of("partner_count");
    let answer = |text: &str| {
        let field = world.campaign.form.field(&count).unwrap();
        let (value, invalid) = form::judge(field, text).unwrap();
        (count.clone(), Answer { text: text.to_owned(), value, invalid, found: String::new() })
    };
    let enter = |mail: &[u8], typed: &[&str], draft| {
        let typed = typed.iter().map(|text| answer(text)).collect();
        entered(&world.basis(), &read(mail), &id("kirishi-3"), typed, draft)
    };
    assert!(enter(b"Subject: x\n\nx\n", &[], false).is_none());
    let typed = enter(b"Subject: x\n\nx\n", &["3"], true).unwrap();
    let one = &typed.submissions[0];
    assert!(one.form && one.draft && !one.missing.is_empty() && typed.replies.is_empty());
    // What is typed stands above what the file says.
    let both = enter(AMBIGUOUS, &["17"], true).unwrap();
    assert_eq!((both.submissions[0].answers[&count].text.as_str(), both.replies.len()), ("17", 0));
}

fn id_of(field: &str) -> FieldId {
    field.parse().unwrap()
}

#[test]
fn where_one_form_has_two_deadlines_a_school_is_late_by_its_own() {
    let text = include_str!("../../../config/campaigns/500plus-2022.toml");
    let sooner = "[[requirement]]\nid = \"sooner\"\nkind = \"form\"\ntitle = \"x\"\naccusative = \"x\"\n\
                  deadline = 2022-11-05\nschools = [\"kirishi-3\", \"roshchino\"]\n\n[[requirement]]";
    let text = text.replacen("[[requirement]]", sooner, 1);
    let later = "deadline = 2022-11-15\nschools = [\"podporozhye-4\", \"lodeynoye-pole-3\"]\n";
    let world = World::of(&text.replacen("deadline = 2022-11-15\n", later, 1));
    let reading = read(AMBIGUOUS);
    // Nobody knows yet whose it is: it is in time for some.
    let decided = decide(&world.basis(), &reading);
    assert!(decided.submissions.iter().all(|one| one.form && !one.late));
    for (school, late, owed) in [("kirishi-3", true, "draft"), ("lodeynoye-pole-3", false, "draft")] {
        let ruling = world.rules(&reading, school, None);
        let one = &ruling.submissions[0];
        assert_eq!((one.late, one.owed.first().map(|id| id.as_str())), (late, Some(owed)), "{school}");
    }
}
