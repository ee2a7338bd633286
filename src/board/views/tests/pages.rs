//! Every page as it is rendered, and what must stand on it.

use jiff::SignedDuration;
use minijinja::{Value, context};
use serde::Serialize;

use super::super::*;
use super::World;
use crate::{
    board::page::{Pages, Shell},
    decision::{Action, Ruling},
    office::{About, summary_where},
    report::{SchoolRow, Summary},
    store::{CaseLook, Heard, Incident, LetterLine, MessageLook, Store, Word},
};

/// A page as the server makes it.
pub(super) fn render(name: &str, view: &impl Serialize) -> String {
    fill(name, Value::from_serialize(view))
}

/// The same with what can be done there.
pub(super) fn render_with(name: &str, view: &impl Serialize, acts: &impl Serialize) -> String {
    fill(name, context! { acts => Value::from_serialize(acts), ..Value::from_serialize(view) })
}

fn fill(name: &str, context: Value) -> String {
    let shell = Shell { signed_in: true, role: "staff", may_act: true, url: "/x?q=1".to_owned(), ..Shell::default() };
    let page = Pages::load().unwrap().fill(name, &shell, context);
    page.unwrap_or_else(|error| panic!("{error:#}")).replace("&#x2f;", "/")
}

/// What a reader sees of a page: its text, without the frame.
fn text(page: &str) -> String {
    let main = page.split("<main").nth(1).unwrap();
    let mut text = String::new();
    let mut tag = false;
    for c in main.chars() {
        match c {
            '<' => tag = true,
            '>' => tag = false,
            c if !tag => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_all(page: &str, wanted: &[&str]) {
    let text = text(page);
    for one in wanted {
        assert!(text.contains(one), "no {one:?} in {text}");
    }
}

pub(super) async fn data(store: &Store, campaign: &Campaign, id: &SchoolId) -> SchoolData {
    SchoolData {
        mails: store.school_mails(&campaign.id, id).await.unwrap(),
        versions: store.versions(&campaign.id, id).await.unwrap(),
        files: store.school_files(&campaign.id, id).await.unwrap(),
        letters: store.letters_of(campaign.id.as_str(), id).await.unwrap(),
        cases: store.school_cases(&campaign.id, id).await.unwrap(),
        second: store.second_looks(&campaign.id, id).await.unwrap(),
        amendments: store.amendments(&campaign.id).await.unwrap(),
    }
}

pub(super) fn school_page(frame: &Frame<'_>, summary: &Summary<'_>, row: &SchoolRow<'_>, data: &SchoolData) -> String {
    let acts = school_acts(frame, row.school, &[]);
    render_with("school.html.j2", &school(frame, summary, row, data), &acts)
}

pub(super) fn message_page(
    frame: &Frame<'_>,
    look: &MessageLook,
    cases: &[CaseLook],
    letters: &[LetterLine],
) -> String {
    let acts = message_acts(frame, look, &[]);
    render_with("message.html.j2", &message(frame, look, cases, letters), &acts)
}

fn id(text: &str) -> SchoolId {
    text.parse().unwrap()
}

fn row<'s, 'c>(summary: &'s Summary<'c>, school: &SchoolId) -> &'s SchoolRow<'c> {
    summary.schools.iter().find(|row| &row.school.id == school).unwrap()
}

#[tokio::test]
async fn the_board_tells_first_what_needs_a_person_and_finds_schools() {
    let world = World::demo().await;
    let (store, rules) = (&world.office.store, world.office.first());
    let summary = summary_where(store, &rules.campaign, world.office.clock.now(), true).await.unwrap();
    let (letters, faults) = (store.letters_pending().await.unwrap(), Vec::new());
    let page = |asked| {
        let view = world.frame(&Sight::All, |frame| board(frame, &summary, asked, &letters, &faults));
        render("board.html.j2", &view)
    };
    let all = page(Asked::default());
    assert_all(&all, &["Ждут решения:", "Ожидают разрешения на отправку:", "представлено полностью", "до срока 4 дня"]);
    assert_eq!(all.matches("<th scope=\"row\">").count(), 7);
    for (asked, found) in [
        (Asked { q: "лебяж".to_owned(), ..Asked::default() }, 1),
        (Asked { q: "  ЦЕНТР образ ".to_owned(), ..Asked::default() }, 4),
        (Asked { district: "Подпорожский".to_owned(), ..Asked::default() }, 3),
        (Asked { status: "complete".to_owned(), ..Asked::default() }, summary.count(Status::Complete)),
        (Asked { status: "<b>".to_owned(), ..Asked::default() }, 7),
        (Asked { q: "нет такой".to_owned(), ..Asked::default() }, 0),
    ] {
        let page = page(asked.clone());
        assert_eq!(page.matches("<th scope=\"row\">").count(), found, "{asked:?}");
        assert!(!page.contains("<b>\""), "what was asked is shown as text");
    }
}

#[tokio::test]
async fn a_school_shows_what_it_has_sent_and_what_it_lacks() {
    let world = World::demo().await;
    let (store, rules) = (&world.office.store, world.office.first());
    let campaign = &rules.campaign;
    let summary = summary_where(store, campaign, world.office.clock.now(), true).await.unwrap();
    let one = id("podporozhye-4");
    let data = data(store, campaign, &one).await;
    let page = world.frame(&Sight::All, |frame| school_page(frame, &summary, row(&summary, &one), &data));
    let wanted = [
        "Чего не хватает",
        "пункт 5 формы",
        "ответа нет",
        "Действующие ответы",
        "таблица 1, строка",
        "Документы школы",
        "Запрос недостающего",
        "ожидает разрешения на отправку",
        "от psosh4@mail.example",
    ];
    assert_all(&page, &wanted);
    assert!(page.contains("/message/") && page.contains("/file/"), "a document can be downloaded");

    let one = id("vazhiny");
    let mails = data_of(&world, &one).await;
    assert!(mails.versions.len() > 1, "the sample has more than one version of it");
    let page = world.frame(&Sight::All, |frame| versions(frame, campaign.school(&one).unwrap(), &mails.versions));
    assert_all(&render("versions.html.j2", &page), &["Версия 1 –", "Версия 2 –", "последняя", "ответа не было"]);
}

async fn data_of(world: &World, id: &SchoolId) -> SchoolData {
    data(&world.office.store, &world.office.first().campaign, id).await
}

pub(super) async fn case_page(world: &World, one: &CaseLook) -> String {
    let store = &world.office.store;
    let rules = world.office.first();
    let summary = summary_where(store, &rules.campaign, world.office.clock.now(), true).await.unwrap();
    let look = store.message(one.message).await.unwrap().unwrap();
    let about = world.office.case(About::Review(one.number)).await.unwrap().unwrap();
    world.frame(&Sight::All, |frame| {
        render_with("case.html.j2", &case(frame, &summary, one, &look), &case_acts(frame, &about, &[]))
    })
}

#[tokio::test]
async fn every_case_says_why_and_what_to_do_and_nothing_foreign() {
    let world = World::demo().await;
    let store = &world.office.store;
    let open = store.cases_open(None).await.unwrap();
    assert!(open.len() >= 10);
    for one in &open {
        let page = case_page(&world, one).await;
        assert!(!page.contains(evidence::UNNAMED), "{:?}: {}", one.reason, text(&page));
        let foreign = text(&page).split_whitespace().filter(|word| is_english(word)).collect::<Vec<_>>().join(" ");
        assert_eq!(foreign, "", "{:?}", one.reason);
    }
    let list = world.frame(&Sight::All, |frame| reviews(frame, &open, &[]));
    assert_all(
        &render("reviews.html.j2", &list),
        &["Ожидают решения:", "Подходят несколько школ", "Школа вне графика:"],
    );
}

/// A word of three small Latin letters or more that is no part of an address, a file's name or a link.
fn is_english(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    bare.len() >= 3 && bare != "eml" && bare.chars().all(|c| c.is_ascii_lowercase())
}

#[tokio::test]
async fn a_decision_is_shown_with_who_made_it() {
    let world = World::demo().await;
    let store = &world.office.store;
    let open = store.cases_open(None).await.unwrap();
    let one = CaseLook {
        decided: Some(world.office.clock.now()),
        by: Some("staff@committee.example".to_owned()),
        ruling: Some(Ruling::School(id("vazhiny"))),
        ..open[0].clone()
    };
    let said = ["принято: МБОУ «Важинский образовательный центр»", "staff@committee.example"];
    assert_all(&case_page(&world, &one).await, &said);
    let list = world.frame(&Sight::All, |frame| reviews(frame, &[], &[one]));
    assert_all(
        &render("reviews.html.j2", &list),
        &["Ожидающих решения нет", "Принято: МБОУ", "staff@committee.example"],
    );
}

#[tokio::test]
async fn a_mail_is_shown_as_it_came_with_what_was_read_of_it() {
    let world = World::demo().await;
    let store = &world.office.store;
    let mut seen = 0;
    for row in 1.. {
        let Some(look) = store.message(row).await.unwrap() else { break };
        let (cases, letters) = (store.cases_of(row).await.unwrap(), store.letters_about(row).await.unwrap());
        let page = world.frame(&Sight::All, |frame| message_page(frame, &look, &cases, &letters));
        assert_all(&page, &["От кого", "Получено", "Скачать письмо целиком"]);
        assert!(!page.contains(evidence::UNNAMED), "{}", text(&page));
        seen += 1;
    }
    assert!(seen >= 20);
}

#[tokio::test]
async fn a_letter_leaves_only_as_it_was_read() {
    let world = World::demo().await;
    let store = &world.office.store;
    let letters = store.letters_open(&world.office.first().campaign.id, 500).await.unwrap();
    let one = letters[0].id;
    let heads = store.letter_heads(&[one]).await.unwrap();
    assert!(!subject(&heads[&one]).is_empty());
    let lines = letters.into_iter().map(|one| (one, "Тема".to_owned())).collect();
    let list = world.frame(&Sight::All, |frame| outbox(frame, lines, 12));
    assert_all(&render("outbox.html.j2", &list), &["Ожидают разрешения на отправку:", "Отправлено: 12 писем"]);

    let look = store.letter_look(one).await.unwrap().unwrap();
    let page = render("letter.html.j2", &world.frame(&Sight::All, |frame| letter(frame, &look)));
    assert_all(
        &page,
        &["Здравствуйте", "Комитет общего и профессионального образования", "Отправить", "Не отправлять"],
    );
    let asked = world.frame(&Sight::All, |frame| letter_act(frame, &look, LetterAct::Approve));
    assert_all(&render("letter_act.html.j2", &asked), &["Отправить ответ?", "в том виде, в котором Вы его прочли"]);

    let now = world.office.clock.now();
    let other = crate::digest::Sha256::of(b"another text");
    assert_eq!(store.say(one, Word::Approve, &other, Some(1), now).await.unwrap(), Heard::Rewritten);
    assert!(!store.letter_look(one).await.unwrap().unwrap().line.approved);
    assert_eq!(store.say(one, Word::Approve, &look.seal(), Some(1), now).await.unwrap(), Heard::Done);
    assert!(store.letter_look(one).await.unwrap().unwrap().line.approved);
    assert_eq!(store.say(one, Word::Resend, &look.seal(), Some(1), now).await.unwrap(), Heard::TooLate);
    let last = store.events(None, 1).await.unwrap().remove(0);
    assert_eq!((last.kind.as_str(), &last.refs["by"]), ("approved", &serde_json::json!(1)));
    assert!(store.verify().await.is_ok());
}

#[tokio::test]
async fn lists_show_what_was_left_what_is_due_and_what_happened() {
    let world = World::demo().await;
    let (store, rules) = (&world.office.store, world.office.first());
    let summary = summary_where(store, &rules.campaign, world.office.clock.now(), true).await.unwrap();
    let all = Sight::All;
    let mails = store.messages_of(Action::Leave, None, 50).await.unwrap();
    let page = render("other.html.j2", &world.frame(&all, |frame| other(frame, Left::Other, &mails, true, true)));
    assert_all(&page, &["Прочие письма", "Нет ни документов", "Старее"]);
    let later = Some((mails[0].received, mails[0].id));
    assert!(store.messages_of(Action::Leave, later, 50).await.unwrap().is_empty(), "the next page begins behind it");
    let mails = store.messages_of(Action::Ignore, None, 50).await.unwrap();
    let page = render("other.html.j2", &world.frame(&all, |frame| other(frame, Left::Automatic, &mails, false, false)));
    assert_all(&page, &["Автоматические письма", "Письмо написано не человеком", "Новее"]);

    let ticks = [crate::store::TickLook {
        tick: crate::office::tick_name(&rules.campaign, &crate::report::Tick::Obligation(0)),
        at: world.office.clock.now(),
        by: Some("staff@committee.example".to_owned()),
    }];
    let page = render("obligations.html.j2", &world.frame(&all, |frame| obligations(frame, &summary, &ticks)));
    assert_all(
        &page,
        &[
            "Поручения: 1 из",
            "отмечено 10.11.2022 12:00, staff@committee.example",
            "Участие школ: 0 из 7",
            "срок истёк",
        ],
    );
    let page = render("deadlines.html.j2", &world.frame(&all, |frame| deadlines(frame, &summary)));
    assert_all(&page, &["14.11.2022", "проект выступления", "через 5 дней", "не отмечено"]);
    let (events, people) = (store.events(None, 500).await.unwrap(), [(1, "staff@committee.example".to_owned())].into());
    let page = render("journal.html.j2", &world.frame(&all, |frame| journal(frame, &events, &people, true, true)));
    assert_all(&page, &["Письмо получено", "Письмо разобрано", "программа", "письмо № 1"]);
    assert!(!text(&page).contains("Другое событие"));
}

#[tokio::test]
async fn what_is_wrong_with_the_program_is_red_and_in_words() {
    let world = World::demo().await;
    let store = &world.office.store;
    let now = world.office.clock.now();
    let mailbox = |ago: i64| MailboxPass {
        place: "imap.example:993".to_owned(),
        passed: Some(now - SignedDuration::from_mins(ago)),
        poll: SignedDuration::from_secs(60),
    };
    let good = Health {
        mailboxes: vec![mailbox(1)],
        incidents: Vec::new(),
        letters: Vec::new(),
        cases: store.cases_open(None).await.unwrap(),
        undecided: 0,
        size: store.size().await.unwrap(),
        last_event: store.last_event().await.unwrap(),
    };
    let page = |data: &Health| render("health.html.j2", &world.frame(&Sight::All, |frame| health(frame, data)));
    assert_all(&page(&good), &["Всё работает.", "писем на решении", "размер базы", "версия программы"]);
    assert_all(
        &page(&Health { mailboxes: vec![mailbox(20)], ..good.clone() }),
        &["Есть неполадки.", "не просматривается с"],
    );
    let incident = Incident {
        kind: "smtp_login".to_owned(),
        place: "smtp.example".to_owned(),
        detail: "535".to_owned(),
        since: now,
    };
    let bad = page(&Health { incidents: vec![incident], ..good });
    assert_all(&bad, &["Есть неполадки.", "не удаётся войти на сервер исходящей почты"]);
}
