use std::fs;

use jiff::Timestamp;

use super::*;
use crate::{
    clock::Clock,
    config::Config,
    decision::{Action, Template},
    office::{summary, tick_name},
    report::{Status, Tick},
    store::{OutboxState, Purpose, Store},
};

const NOON: &str = "2022-11-10T09:00:00Z";

/// An office over a store in which sample mails were decided.
struct World {
    office: Office,
    by: AccountId,
    _folder: tempfile::TempDir,
}

impl World {
    /// With these sample mails, decided in this order.
    async fn with(mails: &[&[u8]]) -> Self {
        Self::set_up(mails, "").await
    }

    async fn set_up(mails: &[&[u8]], replies: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        fs::write(file("campaign.toml"), include_str!("../../../config/campaigns/500plus-2022.toml")).unwrap();
        let text = format!(
            "campaigns = [\"campaign.toml\"]\n[store]\nurl = \"sqlite://s.db\"\nfiles = \"files\"\n[[mailbox]]\n\
             kind = \"maildir\"\npath = \"inbox\"\naddress = \"svodka@committee.example\"\n[smtp]\nkind = \"file\"\n\
             path = \"outbox\"\n[converter]\noffice = \"\"\npdf = \"\"\n[reader]\nsandbox = \"best-effort\"\n\
             [replies]\ngrace = \"0s\"\n{replies}"
        );
        fs::write(file("svodka.toml"), text).unwrap();
        let config = Config::load(&file("svodka.toml")).unwrap();
        let store = Store::open(&config.store.url, &config.store.files).await.unwrap();
        let clock = Clock::Fixed(NOON.parse().unwrap());
        let office = Office::open(config, store, clock).await.unwrap();
        let by = office.store.account(&Address::parse("staff@committee.example").unwrap()).await.unwrap();
        let world = Self { office, by, _folder: folder };
        for (index, mail) in mails.iter().enumerate() {
            world.receives(mail, index).await;
        }
        world
    }

    /// Takes in a mail and decides about it as the daemon does.
    async fn receives(&self, raw: &[u8], index: usize) -> i64 {
        self.receives_in(&self.office.config.mailboxes[0].key(), raw, index).await
    }

    async fn receives_in(&self, mailbox: &str, raw: &[u8], index: usize) -> i64 {
        let office = &self.office;
        let received: Timestamp = NOON.parse().unwrap();
        let received = received - jiff::SignedDuration::from_hours(24 - i64::try_from(index).unwrap());
        let cursor = format!("mail-{index}");
        let (truncated, now) = (false, office.clock.now());
        let intake = crate::store::Intake { mailbox, cursor: &cursor, raw, truncated, received: Some(received), now };
        let crate::store::Intaken::New(id) = office.store.take_in(&intake).await.unwrap() else { panic!("known") };
        let (mut reading, files) = crate::reader::read_mail(raw, &office.own, &crate::document::Limits::default());
        if mailbox == crate::store::ENTERED {
            reading.message.from = None;
        }
        for bytes in &files {
            office.store.put_file(bytes).await.unwrap();
        }
        let rules = office.refresh().await.unwrap().remove(0);
        let known = office.known(&rules, &reading).await.unwrap();
        let stored = office.store.received().await.unwrap().into_iter().find(|one| one.id == id).unwrap();
        let decision = decision::decide(&rules.basis(&office.config, &stored, &known), &reading);
        let decided = Decided { rules: &rules, stored: &stored, reading: &reading, decision: &decision, seed: "" };
        let outgoing = office.outgoing(&decided).unwrap();
        let record = crate::store::Record {
            message: id,
            shares: &[crate::store::Recorded {
                campaign: &rules.campaign.id,
                decision: &decision,
                outgoing: &outgoing,
            }],
            reading: &reading,
            caps: &office.config.replies.caps,
            suppressed_until: now,
            now,
        };
        assert!(office.store.record(&record).await.unwrap());
        id
    }

    /// Lets every letter leave that is due, as a worker does.
    async fn letters_leave(&self) {
        let terms = crate::store::Terms {
            lease: jiff::SignedDuration::from_mins(5),
            expired: crate::store::Expired::Hold,
            caps: self.office.config.replies.caps,
            held: false,
        };
        let later = self.office.clock.now() + jiff::SignedDuration::from_hours(1);
        while let Some(letter) = self.office.store.lease(later, &terms).await.unwrap() {
            assert!(self.office.store.begin_sending(letter.id, later).await.unwrap());
            self.office.store.sent(letter.id, later, "250 ok").await.unwrap();
        }
    }

    async fn settles(&self, about: About, act: &Act) -> Settled {
        self.office.settle(about, act, None, self.by).await.unwrap()
    }

    async fn status(&self, school: &str) -> Status {
        let rules = self.office.refresh().await.unwrap().remove(0);
        let summary = summary(&self.office.store, &rules.campaign, self.office.clock.now()).await.unwrap();
        assert!(summary.messages.add_up(), "{:?}", summary.messages);
        // Whoever remembers how the schools stood knows no other than who asks for the first time.
        let (store, config) = (&self.office.store, &self.office.config);
        let other = Store::open_read_only(&config.store.url, &config.store.files).await.unwrap();
        let campaign = &rules.campaign.id;
        assert_eq!(store.schools(campaign).await.unwrap(), other.schools(campaign).await.unwrap());
        summary.schools.iter().find(|row| row.school.id == id(school)).unwrap().status
    }

    /// The letters in a state: their number.
    async fn letters(&self, state: OutboxState) -> u64 {
        self.office.store.outbox_counts().await.unwrap().get(&state).copied().unwrap_or_default()
    }
}

/// The campaign's id.
fn sample() -> CampaignId {
    "500plus-2022".parse().unwrap()
}

fn id(text: &str) -> SchoolId {
    text.parse().unwrap()
}

fn school(text: &str) -> Act {
    Act::School { school: id(text), learn_address: false, learn_spelling: false }
}

macro_rules! mail {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/mails/", $name, ".eml")).as_slice()
    };
}
const COMPLETE: &[u8] = mail!("01-kirishi-complete");
const AMBIGUOUS: &[u8] = mail!("07-ambiguous-number");
const OUTSIDE: &[u8] = mail!("08-outside");
const LEFT: &[u8] = mail!("11-leave");
const DAMAGED: &[u8] = mail!("13-damaged");

#[tokio::test]
async fn a_case_is_decided_answered_and_taken_back_as_if_nothing_had_been() {
    let world = World::with(&[AMBIGUOUS]).await;
    let before = (world.status("lodeynoye-pole-3").await, world.letters(OutboxState::Queued).await);
    assert_eq!(before.0, Status::Review);
    let Settled::Done { ruling, letters, until } = world.settles(About::Review(1), &school("lodeynoye-pole-3")).await
    else {
        panic!("not done")
    };
    assert_eq!(letters, 1);
    assert_eq!(until, world.office.clock.now() + world.office.config.replies.undo);
    assert_eq!(world.status("lodeynoye-pole-3").await, Status::Incomplete);
    assert_eq!(world.status("kirishi-3").await, Status::Nothing);
    assert_eq!(world.letters(OutboxState::Queued).await, before.1 + 1);
    assert_eq!(world.office.undo(ruling, world.by).await.unwrap(), Undone::Done);
    assert_eq!(world.office.undo(ruling, world.by).await.unwrap(), Undone::Before);
    assert_eq!((world.status("lodeynoye-pole-3").await, world.letters(OutboxState::Queued).await), before);
    // The same once more, in the same second: its letter is another one.
    assert!(matches!(world.settles(About::Review(1), &school("lodeynoye-pole-3")).await, Settled::Done { .. }));
    assert_eq!(world.letters(OutboxState::Queued).await, before.1 + 1);
    world.office.store.verify().await.unwrap();
}

#[tokio::test]
async fn what_has_left_is_not_taken_back() {
    let world = World::with(&[AMBIGUOUS]).await;
    let Settled::Done { ruling, .. } = world.settles(About::Review(1), &school("kirishi-3")).await else { panic!() };
    world.letters_leave().await;
    assert_eq!(world.office.undo(ruling, world.by).await.unwrap(), Undone::TooLate);
    assert_eq!(world.status("kirishi-3").await, Status::Incomplete);
}

#[tokio::test]
async fn of_two_people_the_second_changes_nothing() {
    let world = World::with(&[AMBIGUOUS]).await;
    assert!(matches!(world.settles(About::Review(1), &school("kirishi-3")).await, Settled::Done { .. }));
    for act in [school("lodeynoye-pole-3"), Act::Nothing, Act::Ask] {
        assert_eq!(world.settles(About::Review(1), &act).await, Settled::Decided);
    }
    assert_eq!(world.status("kirishi-3").await, Status::Incomplete);
}

#[tokio::test]
async fn nothing_is_done_that_was_not_shown() {
    let world = World::with(&[AMBIGUOUS]).await;
    let case = world.office.case(About::Review(1)).await.unwrap().unwrap();
    let seen = world.office.prospect(&case, &school("kirishi-3")).await.unwrap().seal();
    // Meanwhile the school itself sends everything.
    world.receives(COMPLETE, 1).await;
    let settled = world.office.settle(About::Review(1), &school("kirishi-3"), Some(&seen), world.by).await.unwrap();
    assert_eq!(settled, Settled::Changed);
    let seen = world.office.prospect(&case, &school("kirishi-3")).await.unwrap().seal();
    let settled = world.office.settle(About::Review(1), &school("kirishi-3"), Some(&seen), world.by).await.unwrap();
    assert!(matches!(settled, Settled::Done { .. }));
}

#[tokio::test]
async fn an_older_mail_that_is_decided_late_takes_the_place_of_nothing_newer() {
    let world = World::with(&[AMBIGUOUS, COMPLETE]).await;
    let answers = async || {
        let schools = world.office.store.schools(&world.office.first().campaign.id).await.unwrap();
        schools[&id("kirishi-3")].state.answers.clone()
    };
    let before = answers().await;
    assert!(matches!(world.settles(About::Review(1), &school("kirishi-3")).await, Settled::Done { .. }));
    assert_eq!(answers().await, before);
}

#[tokio::test]
async fn a_school_joins_with_a_day_and_is_gone_when_that_is_undone() {
    let world = World::with(&[OUTSIDE]).await;
    let joins = |name: &str, date: &str| Act::Joins {
        name: name.to_owned(),
        district: "Тосненский район".to_owned(),
        date: Some(date.parse().unwrap()),
    };
    let case = world.office.case(About::Review(1)).await.unwrap().unwrap();
    for (name, date) in [("", "2022-11-29"), ("МОУ «Киришская СОШ №3»", "2022-11-29"), ("Школа", "2020-01-01")]
    {
        assert!(world.office.prospect(&case, &joins(name, date)).await.is_err(), "{name} {date}");
    }
    let act = joins("МОУ «Аннинская школа»", "2022-11-29");
    let Settled::Done { ruling, letters: 1, .. } = world.settles(About::Review(1), &act).await else { panic!() };
    assert_eq!(world.status("outside-1").await, Status::Complete);
    let joined = world.office.first();
    let joined = joined.campaign.school(&id("outside-1")).unwrap().clone();
    assert_eq!((joined.district.as_str(), joined.outside), ("Тосненский", true));
    assert_eq!(world.office.undo(ruling, world.by).await.unwrap(), Undone::Done);
    assert!(world.office.first().campaign.school(&id("outside-1")).is_none());
}

#[tokio::test]
async fn who_is_asked_stays_a_case_until_he_has_answered() {
    let world = World::with(&[AMBIGUOUS]).await;
    assert!(matches!(world.settles(About::Review(1), &Act::Ask).await, Settled::Done { letters: 1, .. }));
    assert_eq!(world.settles(About::Review(1), &Act::Ask).await, Settled::Decided);
    assert_eq!(world.status("kirishi-3").await, Status::Review);
    assert!(matches!(world.settles(About::Review(1), &school("kirishi-3")).await, Settled::Done { .. }));
}

#[tokio::test]
async fn what_was_answered_for_the_wrong_school_is_corrected_by_a_letter() {
    let world = World::with(&[COMPLETE]).await;
    world.letters_leave().await;
    assert_eq!(world.status("kirishi-3").await, Status::Complete);
    let case = world.office.case(About::Submission(1)).await.unwrap().unwrap();
    assert!(case.told && case.was == Some(id("kirishi-3")));
    let prospect = world.office.prospect(&case, &school("vazhiny")).await.unwrap();
    assert_eq!(prospect.decision.replies[0].corrects, Some(id("kirishi-3")));
    let text = String::from_utf8_lossy(&prospect.letters[0].mime).into_owned();
    assert!(!text.is_empty());
    assert!(matches!(world.office.prospect(&case, &school("kirishi-3")).await, Err(ActError::Same)));
    let Settled::Done { ruling, .. } = world.settles(About::Submission(1), &school("vazhiny")).await else { panic!() };
    assert_eq!((world.status("kirishi-3").await, world.status("vazhiny").await), (Status::Nothing, Status::Complete));
    assert_eq!(world.office.undo(ruling, world.by).await.unwrap(), Undone::Done);
    assert_eq!((world.status("kirishi-3").await, world.status("vazhiny").await), (Status::Complete, Status::Nothing));
    // Or they are nobody's.
    let Settled::Done { letters: 1, .. } = world.settles(About::Submission(1), &Act::Nothing).await else { panic!() };
    assert_eq!(world.status("kirishi-3").await, Status::Nothing);
    let purposes = prospect.letters.iter().map(|one| one.purpose).collect::<Vec<_>>();
    assert_eq!(purposes, [Purpose::Answer(Template::Confirm)]);
}

#[tokio::test]
async fn what_has_not_left_yet_for_the_wrong_school_does_not_leave() {
    let world = World::with(&[COMPLETE]).await;
    assert_eq!(world.letters(OutboxState::Queued).await, 1);
    let Settled::Done { ruling, .. } = world.settles(About::Submission(1), &school("vazhiny")).await else { panic!() };
    assert_eq!((world.letters(OutboxState::Queued).await, world.letters(OutboxState::Superseded).await), (1, 1));
    let case = world.office.case(About::Submission(2)).await.unwrap().unwrap();
    assert!(!case.told);
    assert_eq!(world.office.undo(ruling, world.by).await.unwrap(), Undone::Done);
    assert_eq!((world.letters(OutboxState::Queued).await, world.letters(OutboxState::Superseded).await), (1, 0));
}

#[tokio::test]
async fn a_mail_that_was_left_is_pulled_in_and_closed() {
    let world = World::with(&[LEFT]).await;
    let store = &world.office.store;
    let now = world.office.clock.now();
    let review = store.pull_in(&sample(), 1, world.by, now).await.unwrap().unwrap();
    assert_eq!(store.pull_in(&sample(), 1, world.by, now).await.unwrap(), None);
    assert_eq!(store.counts(&world.office.first().campaign.id).await.unwrap().review, 1);
    assert!(matches!(world.settles(About::Review(review), &Act::Nothing).await, Settled::Done { letters: 0, .. }));
    let counts = store.counts(&world.office.first().campaign.id).await.unwrap();
    assert_eq!((counts.review, counts.other), (0, 1));
}

#[tokio::test]
async fn an_unreadable_document_that_a_person_gives_to_a_school_is_asked_for_again() {
    let world = World::with(&[DAMAGED]).await;
    let case = world.office.case(About::Review(1)).await.unwrap().unwrap();
    let prospect = world.office.prospect(&case, &school("vazhiny")).await.unwrap();
    assert_eq!(prospect.decision.action, Action::Request);
    assert_eq!(prospect.letters.len(), 1);
}

#[tokio::test]
async fn another_day_is_told_to_whom_letters_about_the_school_have_gone() {
    let world = World::with(&[COMPLETE]).await;
    let date = "2022-11-18".parse().unwrap();
    assert!(
        world.office.new_date(&sample(), &id("kirishi-3"), date).await.unwrap().letters.is_empty(),
        "nobody was written to yet"
    );
    world.letters_leave().await;
    assert_eq!(world.office.change_date(&sample(), &id("kirishi-3"), date, world.by).await.unwrap(), 1);
    let rules = world.office.first();
    let school = rules.campaign.school(&id("kirishi-3")).unwrap();
    assert_eq!((school.date, school.moved), (Some(date), 1));
    assert!(matches!(world.office.new_date(&sample(), &id("kirishi-3"), date).await, Err(ActError::Same)));
    assert!(matches!(world.office.new_date(&sample(), &id("nobody"), date).await, Err(ActError::School(_))));
    let letter = world.office.store.outbox_open(None).await.unwrap().pop().unwrap();
    assert!(letter.approved && letter.schools == [id("kirishi-3")]);
}

#[tokio::test]
async fn what_is_learnt_decides_about_the_next_mail() {
    let world = World::with(&[AMBIGUOUS]).await;
    let case = world.office.case(About::Review(1)).await.unwrap().unwrap();
    let offers = world.office.offers(&case, &id("kirishi-3"));
    assert_eq!((offers.address.as_deref(), offers.spelling), (Some("school3@mail.example"), None));
    let act = Act::School { school: id("kirishi-3"), learn_address: true, learn_spelling: true };
    assert!(matches!(world.settles(About::Review(1), &act).await, Settled::Done { .. }));
    // The same name from the same address is certain now: all that is strange about it is that nothing in it is new.
    let changed = String::from_utf8(AMBIGUOUS.to_vec()).unwrap().replace("Message-ID: <", "Message-ID: <again-");
    world.receives(changed.as_bytes(), 1).await;
    let open = world.office.store.reviews_open(None).await.unwrap();
    assert_eq!(open.iter().map(|one| one.reason).collect::<Vec<_>>(), [decision::ReviewReason::Repeated]);
    assert_eq!(open[0].candidates, [id("kirishi-3")]);
}

#[tokio::test]
async fn a_tick_counts_until_it_is_taken_back() {
    let world = World::with(&[]).await;
    let rules = world.office.first();
    let tick = Tick::Attendance(id("vazhiny"));
    for done in [true, true, false] {
        world.office.tick(&rules.campaign, &tick, done, world.by).await.unwrap();
        let ticks = world.office.store.ticks(&rules.campaign.id).await.unwrap();
        assert_eq!(ticks.contains(&tick_name(&rules.campaign, &tick)), done);
    }
    world.office.store.verify().await.unwrap();
}

mod orders;
