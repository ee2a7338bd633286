//! Who looks after a district sees nothing that is, or may be, another one's.

use super::super::{Asked, Page, Sight, board, versions};
use super::{
    World,
    pages::{data, render, school_page},
};
use crate::{
    campaign::SchoolId,
    message::Address,
    office::{About, Act, Settled, summary_where},
    store::{MessageLook, MessageState},
};

fn of(district: &str) -> Sight {
    Sight::District(district.to_owned())
}

fn id(text: &str) -> SchoolId {
    text.parse().unwrap()
}

#[tokio::test]
async fn of_every_page_a_district_sees_its_own_or_nothing() {
    let world = World::demo().await;
    let rules = world.office.first();
    let sight = of("Подпорожский");
    let may = |page: Page<'_>| sight.may(&rules.campaign, page);
    assert!(may(Page::Board) && may(Page::Report));
    for (school, seen) in [("podporozhye-4", true), ("vazhiny", true), ("kirishi-3", false), ("nobody", false)] {
        assert_eq!(may(Page::School(&id(school))), seen, "{school}");
    }
    for page in
        [Page::Reviews, Page::Outbox, Page::Other, Page::Obligations, Page::Deadlines, Page::Health, Page::Journal]
    {
        assert!(!may(page), "{page:?}");
        assert!(Sight::All.may(&rules.campaign, page));
    }
}

#[tokio::test]
async fn a_mail_is_a_districts_only_where_all_of_it_surely_is() {
    let world = World::demo().await;
    let (store, rules) = (&world.office.store, world.office.first());
    let sight = of("Подпорожский");
    let (mut seen, mut hidden) = (0, 0);
    for row in 1.. {
        let Some(look) = store.message(row).await.unwrap() else { break };
        let ours = |look: &MessageLook| {
            let school =
                |part: &crate::store::PartLook| part.school.clone().and_then(|id| rules.campaign.school(&id).cloned());
            look.parts.iter().all(|part| school(part).is_some_and(|one| one.district == "Подпорожский"))
        };
        let waits = store.cases_of(row).await.unwrap().iter().any(|case| case.decided.is_none());
        let expected = !look.parts.is_empty() && ours(&look) && !waits;
        assert_eq!(sight.may(&rules.campaign, Page::Message(&look)), expected, "message {row}: {}", look.line.subject);
        if expected {
            seen += 1
        } else {
            hidden += 1
        }
        // Whatever its parts are, what is not decided is nobody's.
        let undecided = MessageLook {
            line: crate::store::MessageLine { state: MessageState::Received, ..look.line.clone() },
            ..look
        };
        assert!(!sight.may(&rules.campaign, Page::Message(&undecided)));
    }
    assert!(seen >= 3 && hidden >= 15, "{seen} seen, {hidden} hidden");
}

#[tokio::test]
async fn a_mail_of_which_a_part_was_set_aside_is_no_districts_any_more() {
    let world = World::empty().await;
    let row = world.take(&std::fs::read("tests/fixtures/mails/20-two-schools.eml").unwrap()).await;
    let (store, rules) = (&world.office.store, world.office.first());
    let sight = of("Подпорожский");
    let look = store.message(row).await.unwrap().unwrap();
    assert!(look.parts.len() == 2 && sight.may(&rules.campaign, Page::Message(&look)));
    let by = store.account(&Address::parse("staff@committee.example").unwrap()).await.unwrap();
    let part = About::Submission(look.parts[1].id);
    let done = world.office.settle(part, &Act::Nothing, None, by).await.unwrap();
    assert!(matches!(done, Settled::Done { .. }));
    let school = look.parts[0].school.clone().unwrap();
    let look = store.message(row).await.unwrap().unwrap();
    assert!(!sight.may(&rules.campaign, Page::Message(&look)));
    let mails = store.school_mails(&rules.campaign.id, &school).await.unwrap();
    assert!(mails.iter().any(|mail| mail.line.id == row && !mail.alone));
}

#[tokio::test]
async fn the_pages_of_a_district_name_nobody_elses_school_sender_or_subject() {
    let world = World::demo().await;
    let (store, rules) = (&world.office.store, world.office.first());
    let campaign = &rules.campaign;
    let summary = summary_where(store, campaign, world.office.clock.now(), true).await.unwrap();
    let (letters, faults) = (store.letters_pending().await.unwrap(), store.incidents().await.unwrap());
    let sight = of("Подпорожский");
    let mut pages = vec![render(
        "board.html.j2",
        &world.frame(&sight, |frame| board(frame, &summary, Asked::default(), &letters, &faults)),
    )];
    for row in summary.schools.iter().filter(|row| row.school.district == "Подпорожский") {
        let data = data(store, campaign, &row.school.id).await;
        pages.push(world.frame(&sight, |frame| school_page(frame, &summary, row, &data)));
        pages.push(render(
            "versions.html.j2",
            &world.frame(&sight, |frame| versions(frame, row.school, &data.versions)),
        ));
    }
    for foreign in campaign.schools.iter().filter(|one| one.district != "Подпорожский") {
        for page in &pages {
            assert!(!page.contains(&foreign.name) && !page.contains(&foreign.district), "{}", foreign.name);
        }
    }
    for page in &pages {
        for hidden in ["/review/", "/outbox/", "Всего писем", "Требует внимания"] {
            assert!(!page.contains(hidden), "{hidden}");
        }
    }
    // A mail of several schools is told of without its sender, subject and link.
    let shared = pages.iter().any(|page| page.contains("Письмо, общее для нескольких школ"));
    assert!(shared, "the sample holds such a mail");
}
