//! Acts in every order: what was learnt by mistake, taken back late, or done while something waited.

use super::*;

const TWO_SCHOOLS: &[u8] = mail!("20-two-schools");
const FORM: &[u8] = mail!("02-roshchino-form");
const DRAFT: &[u8] = mail!("03-roshchino-draft");

/// The same mail from another address, as another one.
fn from(mail: &[u8], address: &str, id: &str) -> Vec<u8> {
    let text = String::from_utf8(mail.to_vec()).unwrap().replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n").unwrap();
    let (before, rest) = head.split_once("From:").unwrap();
    let (_, after) = rest.split_once("To: svodka").unwrap();
    let head =
        format!("{before}From: <{address}>\nTo: svodka{after}").replace("Message-ID: <", &format!("Message-ID: <{id}"));
    format!("{head}\n\n{body}").into_bytes()
}

fn learning(school: &str) -> Act {
    Act::School { school: id(school), learn_address: true, learn_spelling: true }
}

fn joins(name: &str) -> Act {
    Act::Joins { name: name.to_owned(), district: "Тосненский".to_owned(), date: "2022-11-29".parse().ok() }
}

impl World {
    async fn done(&self, about: About, act: &Act) -> RulingRow {
        let Settled::Done { ruling, .. } = self.settles(about, act).await else { panic!("not done: {act:?}") };
        ruling
    }

    async fn knows(&self, address: &str) -> Vec<SchoolId> {
        let rules = self.office.refresh().await.unwrap().remove(0);
        let schools = rules.campaign.schools.iter();
        schools.filter(|one| one.addresses.iter().any(|known| known == address)).map(|one| one.id.clone()).collect()
    }
}

#[tokio::test]
async fn what_is_learnt_is_chosen_on_the_page_that_asks() {
    let world = World::with(&[AMBIGUOUS]).await;
    let case = world.office.case(About::Review(1)).await.unwrap().unwrap();
    let seen = world.office.prospect(&case, &school("kirishi-3")).await.unwrap().seal();
    let settled = world.office.settle(About::Review(1), &learning("kirishi-3"), Some(&seen), world.by).await.unwrap();
    assert!(matches!(settled, Settled::Done { .. }), "{settled:?}");
    assert_eq!(world.knows("school3@mail.example").await, [id("kirishi-3")]);
}

#[tokio::test]
async fn an_address_that_was_learnt_by_mistake_is_forgotten_with_the_mistake() {
    let world = World::with(&[AMBIGUOUS]).await;
    world.done(About::Review(1), &learning("kirishi-3")).await;
    world.letters_leave().await;
    let [submission] = world.office.store.accepted_of(&sample(), 1).await.unwrap()[..] else { panic!() };
    let corrected = world.done(About::Submission(submission), &school("lodeynoye-pole-3")).await;
    assert_eq!(world.knows("school3@mail.example").await, []);
    assert_eq!(world.office.undo(corrected, world.by).await.unwrap(), Undone::Done);
    assert_eq!(world.knows("school3@mail.example").await, [id("kirishi-3")]);
}

#[tokio::test]
async fn an_address_that_writes_for_others_too_is_never_learnt() {
    let shared = "school3@mail.example";
    let world = World::with(&[AMBIGUOUS, &from(COMPLETE, shared, "another-")]).await;
    assert_eq!(world.status("kirishi-3").await, Status::Complete);
    let case = world.office.case(About::Review(1)).await.unwrap().unwrap();
    assert_eq!(world.office.offers(&case, &id("lodeynoye-pole-3")).address, None);
    assert_eq!(world.office.offers(&case, &id("kirishi-3")).address.as_deref(), Some(shared));
}

#[tokio::test]
async fn an_address_of_the_committee_is_never_learnt() {
    for address in ["svodka@committee.example", "chief@committee.example", "curator@committee.example"] {
        let mail = from(AMBIGUOUS, address, "colleague-");
        let staff = "[staff]\naddresses = [\"chief@committee.example\"]\nsummary = []\n[board]\nreaders = [\"curator@committee.example\"]\nlisten = \"127.0.0.1:0\"\n";
        let world = World::set_up(&[&mail], staff).await;
        let open = world.office.store.reviews_open(None).await.unwrap();
        let Some(review) = open.first() else { continue };
        let case = world.office.case(About::Review(review.id)).await.unwrap().unwrap();
        assert_eq!(world.office.offers(&case, &id("kirishi-3")).address, None, "{address}");
    }
}

#[tokio::test]
async fn a_school_that_joins_never_gets_the_number_of_one_that_was_there() {
    let world = World::with(&[OUTSIDE]).await;
    let first = world.done(About::Review(1), &joins("МОУ «Аннинская школа»")).await;
    assert_eq!(world.office.undo(first, world.by).await.unwrap(), Undone::Done);
    world.done(About::Review(1), &joins("МОУ «Тосненская гимназия № 2»")).await;
    let rules = world.office.first();
    assert!(rules.campaign.school(&id("outside-1")).is_none());
    assert!(rules.campaign.school(&id("outside-2")).is_some());
}

#[tokio::test]
async fn a_school_stays_that_has_sent_more_since_it_joined() {
    let world = World::with(&[OUTSIDE]).await;
    let joined = world.done(About::Review(1), &joins("МОУ «Аннинская школа»")).await;
    let more = String::from_utf8(OUTSIDE.to_vec()).unwrap().replace("Message-ID: <", "Message-ID: <more-");
    world.receives(more.as_bytes(), 1).await;
    let row = world.office.store.schools(&world.office.first().campaign.id).await.unwrap();
    let versions = row[&id("outside-1")].versions;
    let undone = world.office.undo(joined, world.by).await.unwrap();
    assert_eq!((versions > 1, undone), (versions > 1, if versions > 1 { Undone::TooLate } else { Undone::Done }));
}

#[tokio::test]
async fn a_school_that_is_there_does_not_join_under_another_spelling() {
    let world = World::with(&[OUTSIDE]).await;
    let case = world.office.case(About::Review(1)).await.unwrap().unwrap();
    for name in ["Киришская СОШ № 3", "МБОУ «Рощинский ЦО»"] {
        assert!(matches!(world.office.prospect(&case, &joins(name)).await, Err(ActError::Name)), "{name}");
    }
}

#[tokio::test]
async fn a_decision_is_not_taken_back_from_under_a_later_one() {
    let world = World::with(&[COMPLETE]).await;
    world.letters_leave().await;
    let refused = world.done(About::Submission(1), &Act::Nothing).await;
    let now = world.office.clock.now();
    let review = world.office.store.pull_in(&sample(), 1, world.by, now).await.unwrap().unwrap();
    let given = world.done(About::Review(review), &school("vazhiny")).await;
    assert_eq!(world.office.undo(refused, world.by).await.unwrap(), Undone::TooLate);
    assert_eq!((world.status("kirishi-3").await, world.status("vazhiny").await), (Status::Nothing, Status::Complete));
    let looks = world.office.store.rulings_of(1).await.unwrap();
    assert_eq!(looks.iter().map(|one| one.undoable).collect::<Vec<_>>(), [true, false]);
    assert_eq!(world.office.undo(given, world.by).await.unwrap(), Undone::Done);
    assert_eq!(world.office.undo(refused, world.by).await.unwrap(), Undone::Done);
    assert_eq!((world.status("kirishi-3").await, world.status("vazhiny").await), (Status::Complete, Status::Nothing));
}

#[tokio::test]
async fn who_is_answered_is_not_asked_any_more() {
    let world = World::with(&[AMBIGUOUS]).await;
    let asked = world.done(About::Review(1), &Act::Ask).await;
    let queued = world.letters(OutboxState::Queued).await;
    let given = world.done(About::Review(1), &school("kirishi-3")).await;
    assert_eq!(world.letters(OutboxState::Queued).await, queued, "the answer in the place of the question");
    assert_eq!(world.office.undo(asked, world.by).await.unwrap(), Undone::TooLate);
    assert_eq!(world.office.undo(given, world.by).await.unwrap(), Undone::Done);
    assert_eq!(world.letters(OutboxState::Queued).await, queued, "the question is there again");
    assert_eq!(world.office.undo(asked, world.by).await.unwrap(), Undone::Done);
}

#[tokio::test]
async fn a_letter_that_was_a_mistake_ties_nobody_to_its_school() {
    let world = World::with(&[COMPLETE]).await;
    world.letters_leave().await;
    let wrong = world.office.store.letters_about(1).await.unwrap()[0].id;
    let wrong = world.office.store.letter_look(wrong).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&wrong.mime).into_owned();
    let (_, rest) = text.split_once("Message-ID: <").unwrap();
    let answers = [crate::message::MessageId::parse(rest.split_once('>').unwrap().0).unwrap()];
    let from = Address::parse("ivanova.k3@mail.example").unwrap();
    let campaign = &world.office.first().campaign.id.clone();
    let known = world.office.store.known(campaign, Some(&from), &answers).await.unwrap();
    assert_eq!(known.thread, Some(id("kirishi-3")));
    world.done(About::Submission(1), &school("vazhiny")).await;
    let known = world.office.store.known(campaign, Some(&from), &answers).await.unwrap();
    assert_eq!(known.thread, None);
}

#[tokio::test]
async fn another_day_is_not_told_to_whom_only_a_mistake_was_told() {
    let world = World::with(&[COMPLETE]).await;
    world.letters_leave().await;
    let date = "2022-11-18".parse().unwrap();
    assert_eq!(world.office.new_date(&sample(), &id("kirishi-3"), date).await.unwrap().letters.len(), 1);
    world.done(About::Submission(1), &school("vazhiny")).await;
    world.letters_leave().await;
    assert_eq!(world.office.new_date(&sample(), &id("kirishi-3"), date).await.unwrap().letters.len(), 0);
    assert_eq!(world.office.new_date(&sample(), &id("vazhiny"), date).await.unwrap().letters.len(), 1);
}

#[tokio::test]
async fn an_answer_that_waits_names_the_day_of_now() {
    let world = World::with(&[COMPLETE]).await;
    let letter = async || {
        let line = world.office.store.letters_open(&sample(), 9).await.unwrap().remove(0);
        assert_eq!(line.kind, "confirm");
        world.office.store.letter_look(line.id).await.unwrap().unwrap().mime
    };
    let before = letter().await;
    for date in ["2022-11-18", "2022-11-21"] {
        assert_eq!(
            world.office.change_date(&sample(), &id("kirishi-3"), date.parse().unwrap(), world.by).await.unwrap(),
            0
        );
    }
    assert_ne!(letter().await, before);
    // Of two new days the last one is told.
    world.letters_leave().await;
    for date in ["2022-11-22", "2022-11-23"] {
        assert_eq!(
            world.office.change_date(&sample(), &id("kirishi-3"), date.parse().unwrap(), world.by).await.unwrap(),
            1
        );
    }
    assert_eq!(world.letters(OutboxState::Queued).await, 1);
}

#[tokio::test]
async fn who_is_about_to_be_answered_by_a_persons_word_hears_of_another_day() {
    let world = World::with(&[AMBIGUOUS]).await;
    world.done(About::Review(1), &school("kirishi-3")).await;
    let date = "2022-11-18".parse().unwrap();
    assert_eq!(world.office.new_date(&sample(), &id("kirishi-3"), date).await.unwrap().letters.len(), 1);
}

#[tokio::test]
async fn what_a_person_has_entered_for_the_wrong_school_can_be_given_to_another() {
    let world = World::with(&[]).await;
    world.receives_in(crate::store::ENTERED, COMPLETE, 0).await;
    assert_eq!(world.status("kirishi-3").await, Status::Complete);
    let Settled::Done { letters: 0, .. } = world.settles(About::Submission(1), &school("vazhiny")).await else {
        panic!()
    };
    assert_eq!((world.status("kirishi-3").await, world.status("vazhiny").await), (Status::Nothing, Status::Complete));
    let Settled::Done { letters: 0, .. } = world.settles(About::Submission(2), &Act::Nothing).await else { panic!() };
}

#[tokio::test]
async fn a_letter_that_waits_says_nothing_that_a_decision_has_made_untrue() {
    let world = World::with(&[FORM, DRAFT]).await;
    assert_eq!(world.status("roshchino").await, Status::Complete);
    let waiting = async || {
        let letters = world.office.store.letters_open(&sample(), 9).await.unwrap();
        letters.into_iter().map(|one| (one.kind, one.schools)).collect::<Vec<_>>()
    };
    let words = |letters: &[(&str, &str)]| {
        letters.iter().map(|(kind, school)| ((*kind).to_owned(), vec![id(school)])).collect::<Vec<_>>()
    };
    world.office.renew().await.unwrap();
    let complete = words(&[("confirm", "roshchino"), ("confirm", "roshchino")]);
    assert_eq!(waiting().await, complete);
    let given = world.done(About::Submission(1), &school("vazhiny")).await;
    assert_eq!(waiting().await, words(&[("request", "roshchino"), ("request", "vazhiny")]));
    assert_eq!(world.office.undo(given, world.by).await.unwrap(), Undone::Done);
    assert_eq!(waiting().await, complete);
}

#[tokio::test]
async fn a_letter_about_several_schools_that_still_waits_is_corrected_like_one_that_has_left() {
    let world = World::with(&[TWO_SCHOOLS]).await;
    let parts = world.office.store.accepted_of(&sample(), 1).await.unwrap();
    assert_eq!(parts.len(), 2, "two schools in one mail");
    let case = world.office.case(About::Submission(parts[0])).await.unwrap().unwrap();
    assert!(case.told, "the letter will speak of it");
}
