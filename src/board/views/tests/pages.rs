//! Every page as it is rendered.

use minijinja::{Environment, UndefinedBehavior, Value, context};
use serde::Serialize;
use serde_json::json;

use super::super::*;
use super::World;
use crate::{office::summary_where, reply::russian::plural, store::Store};

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.add_filter("plural", |count: usize, one: String, few: String, many: String| {
        plural(count, [&one, &few, &many])
    });
    environment.add_function("asset", |name: &str| format!("/assets/{name}"));
    for entry in std::fs::read_dir("src/board/pages").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        environment.add_template_owned(name, std::fs::read_to_string(&path).unwrap()).unwrap();
    }
    let phrases = std::fs::read_to_string("config/templates/phrases.txt.j2").unwrap();
    environment.add_template_owned("phrases.txt.j2", phrases).unwrap();
    environment
}

fn render(name: &str, here: &str, url: &str, role: &str, view: &impl Serialize) -> String {
    let shell = json!({
        "signed_in": true, "who": "staff@committee.example", "role": role, "district": "Подпорожский", "csrf": "token",
        "campaign": "Реализация проекта «500+» в 2022 году", "here": here, "reviews": 4, "troubled": 1, "held": 7,
        "flash": null, "may_act": role == "staff", "url": url,
    });
    let view = Value::from_serialize(view);
    let page =
        environment().get_template(name).unwrap().render(context! { shell => Value::from_serialize(&shell), ..view });
    let page = page.unwrap_or_else(|error| panic!("{name}: {error:#}"));
    if let Ok(folder) = std::env::var("SVODKA_LOOK") {
        let name =
            format!("{}{}.html", name.trim_end_matches(".html.j2"), if role == "staff" { "" } else { "-district" });
        std::fs::write(std::path::Path::new(&folder).join(name), &page).unwrap();
    }
    page
}

async fn board_page(world: &World, sight: &Sight, asked: Asked) -> String {
    let (store, rules) = (&world.office.store, world.office.rules());
    let summary = summary_where(store, &rules.campaign, world.office.clock.now(), true).await.unwrap();
    let (letters, faults) = (store.letters_pending().await.unwrap(), store.incidents().await.unwrap());
    let view = world.frame(sight, |frame| board(frame, &summary, asked, &letters, &faults));
    render("board.html.j2", "board", "/", if sight.is_all() { "staff" } else { "coordinator" }, &view)
}

async fn school_data(store: &Store, campaign: &Campaign, id: &SchoolId) -> SchoolData {
    SchoolData {
        mails: store.school_mails(&campaign.id, id).await.unwrap(),
        versions: store.versions(&campaign.id, id).await.unwrap(),
        files: store.school_files(&campaign.id, id).await.unwrap(),
        letters: store.letters_of(campaign.id.as_str(), id).await.unwrap(),
        cases: store.school_cases(&campaign.id, id).await.unwrap(),
    }
}

#[tokio::test]
async fn every_page_is_rendered() {
    let world = World::demo().await;
    let (store, rules) = (&world.office.store, world.office.rules());
    let campaign = &rules.campaign;
    let all = Sight::All;
    let page = board_page(&world, &all, Asked::default()).await;
    assert!(page.contains("Лебяженский") && page.contains("Требует внимания"), "{page}");
    board_page(&world, &Sight::District("Подпорожский".to_owned()), Asked::default()).await;
    let summary = summary_where(store, campaign, world.office.clock.now(), true).await.unwrap();
    for id in ["podporozhye-4", "vazhiny", "kirishi-3"] {
        let id: SchoolId = id.parse().unwrap();
        let data = school_data(store, campaign, &id).await;
        let row = summary.schools.iter().find(|row| row.school.id == id).unwrap();
        let view = world.frame(&all, |frame| school(frame, &summary, row, &data));
        render("school.html.j2", "board", "/school/x", "staff", &view);
        let view = world.frame(&all, |frame| versions(frame, row.school, &data.versions));
        render("versions.html.j2", "board", "/school/x/versions", "staff", &view);
    }
    let (open, decided) = (store.cases_open().await.unwrap(), store.cases_decided(20).await.unwrap());
    render(
        "reviews.html.j2",
        "reviews",
        "/review",
        "staff",
        &world.frame(&all, |frame| reviews(frame, &open, &decided)),
    );
    for one in &open {
        let look = store.message(one.message).await.unwrap().unwrap();
        let view = world.frame(&all, |frame| case(frame, &summary, one, &look));
        let page = render("case.html.j2", "reviews", "/review/1", "staff", &view);
        assert!(!page.contains(evidence::UNNAMED), "{page}");
        if let Ok(folder) = std::env::var("SVODKA_LOOK") {
            std::fs::write(format!("{folder}/case-{}.html", one.number), page).unwrap();
        }
    }
    for id in 1..=12 {
        let Some(look) = store.message(id).await.unwrap() else { continue };
        let (cases, letters) = (store.cases_of(id).await.unwrap(), store.letters_about(id).await.unwrap());
        let view = world.frame(&all, |frame| message(frame, &look, &cases, &letters));
        let page = render("message.html.j2", "", "/message/1", "staff", &view);
        if let Ok(folder) = std::env::var("SVODKA_LOOK") {
            std::fs::write(format!("{folder}/message-{id}.html"), page).unwrap();
        }
    }
    let letters = store.letters_open(500).await.unwrap();
    let first = letters[0].id;
    let lines = letters.into_iter().map(|one| (one, "Тема".to_owned())).collect();
    render("outbox.html.j2", "outbox", "/outbox", "staff", &world.frame(&all, |frame| outbox(frame, lines, 12)));
    let look = store.letter_look(first).await.unwrap().unwrap();
    render("letter.html.j2", "outbox", "/outbox/1", "staff", &world.frame(&all, |frame| letter(frame, &look)));
    let view = world.frame(&all, |frame| letter_act(frame, &look, LetterAct::Approve));
    render("letter_act.html.j2", "outbox", "/outbox/1/approve", "staff", &view);
    let mails = store.messages_of(crate::decision::Action::Leave, None, 50).await.unwrap();
    let view = world.frame(&all, |frame| other(frame, Left::Other, &mails, true, false));
    render("other.html.j2", "other", "/other", "staff", &view);
    let view = world.frame(&all, |frame| obligations(frame, &summary, &[]));
    render("obligations.html.j2", "obligations", "/obligations", "staff", &view);
    render(
        "deadlines.html.j2",
        "deadlines",
        "/deadlines",
        "staff",
        &world.frame(&all, |frame| deadlines(frame, &summary)),
    );
    let data = Health {
        mailboxes: vec![MailboxPass {
            place: "imap.example:993/INBOX".to_owned(),
            passed: None,
            poll: jiff::SignedDuration::from_secs(60),
        }],
        incidents: store.incidents().await.unwrap(),
        letters: store.letters_pending().await.unwrap(),
        cases: open,
        undecided: 0,
        size: store.size().await.unwrap(),
        last_event: store.last_event().await.unwrap(),
    };
    render("health.html.j2", "health", "/health", "staff", &world.frame(&all, |frame| health(frame, &data)));
    let events = store.events(None, 50).await.unwrap();
    let people = store.people().await.unwrap();
    render(
        "journal.html.j2",
        "journal",
        "/journal",
        "staff",
        &world.frame(&all, |frame| journal(frame, &events, &people, true, true)),
    );
}
