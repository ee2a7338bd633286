//! Who may see and do what: staff, a reader, the coordinator of a district, nobody.

use crate::committee::{COORDINATOR, Committee, READER, STAFF};

/// Every page that a coordinator must never see, with numbers that may or may not be there.
const OF_THE_STAFF: [&str; 20] = [
    "/review",
    "/review/1",
    "/review/2",
    "/review/3",
    "/review/999",
    "/outbox",
    "/outbox/1",
    "/outbox/2",
    "/other",
    "/obligations",
    "/deadlines",
    "/health",
    "/journal",
    "/school/kirishi-3/date",
    "/school/kirishi-3/received",
    "/submission/1/settle",
    "/review/",
    "/outbox/1/",
    "/Review/1",
    "/school",
];

/// What changes something, or may one day.
const ACTS: [&str; 9] = [
    "/",
    "/review/1",
    "/review/1/assign",
    "/outbox/1/send",
    "/outbox/1/drop",
    "/obligations",
    "/school/kirishi-3/received",
    "/other/1",
    "/deadlines",
];

#[test]
fn every_page_warns_the_staff_of_a_server_that_does_not_work_and_a_coordinator_of_none() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let (mut staff, mut coordinator) = (daemon.signed_in(STAFF), daemon.signed_in(COORDINATOR));
    const WARNING: &str = "не удаётся войти на сервер исходящей почты.</strong>";
    assert!(!staff.get("/").body.contains(WARNING));
    committee.changes_store(
        "INSERT INTO incidents (kind, place, detail, opened_at) VALUES
         ('smtp_login', 'mail.example:465', '535 <b>', 1668070800000000), ('uidvalidity', 'x', '', 1668070800000000)",
    );
    for path in ["/", "/review", "/outbox", "/journal", "/health", "/school/kirishi-3"] {
        let page = staff.get(path).body;
        assert!(
            page.contains("<strong>С 10.11.2022 12:00 не удаётся войти на сервер исходящей почты.</strong>"),
            "{page}"
        );
        assert!(page.contains("ждут отправки. Проверьте пароль для исходящей почты"), "{page}");
        assert_eq!(page.matches("flash wrong").count(), 1, "what is over is no warning: {page}");
    }
    assert!(!coordinator.get("/").body.contains(WARNING));
    committee.changes_store("UPDATE incidents SET closed_at = 1668070800000001");
    assert!(!staff.get("/").body.contains(WARNING));
}

#[test]
fn a_coordinator_is_shown_nothing_of_the_staff() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let (mut staff, mut coordinator) = (daemon.signed_in(STAFF), daemon.signed_in(COORDINATOR));
    for path in OF_THE_STAFF {
        for method in ["GET", "HEAD"] {
            assert_eq!(coordinator.sends(method, path, &[], Vec::new()).status, 403, "{method} {path}");
        }
        assert_ne!(staff.get(path).status, 403, "{path}");
    }
    let home = coordinator.get("/");
    assert_eq!(home.status, 200);
    assert!(
        !home.body.contains("/review") && !home.body.contains("/journal") && !home.body.contains("/outbox"),
        "{}",
        home.body
    );
}

#[test]
fn only_the_staff_act() {
    let committee = Committee::new();
    let daemon = committee.opens();
    for address in [READER, COORDINATOR] {
        let mut browser = daemon.signed_in(address);
        let csrf = browser.get("/").csrf();
        for path in ACTS {
            for method in ["POST", "PUT", "DELETE", "PATCH"] {
                let kind = [("content-type", "application/x-www-form-urlencoded")];
                let answer = browser.sends(method, path, &kind, format!("csrf={csrf}").into_bytes());
                assert_eq!(answer.status, 403, "{address}: {method} {path}");
                assert!(answer.body.contains("прав"), "{}", answer.body);
            }
        }
        assert_eq!(browser.post("/sign-out", &[("csrf", &csrf)]).status, 303);
    }
    let mut staff = daemon.signed_in(STAFF);
    let csrf = staff.get("/").csrf();
    for path in ACTS {
        let answer = staff.post(path, &[("csrf", &csrf)]);
        assert!(!answer.body.contains("прав для этого недостаточно"), "{path}: {}", answer.body);
    }
}

#[test]
fn a_reader_sees_everything() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut reader = daemon.signed_in(READER);
    for path in OF_THE_STAFF {
        assert_ne!(reader.get(path).status, 403, "{path}");
    }
}

#[test]
fn a_stranger_sees_how_one_signs_in_and_nothing_else() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut stranger = daemon.browser();
    let further = [
        "/school/kirishi-3",
        "/message/1",
        "/message/1/original.eml",
        "/message/1/file/0",
        "/table.xlsx",
        "/digest.docx",
    ];
    for path in OF_THE_STAFF.into_iter().chain(further).chain(["/no/such/page"]) {
        let answer = stranger.get(path);
        assert_eq!((answer.status, answer.location()), (303, sign_in_for(path).as_str()), "{path}");
        assert!(answer.body.is_empty());
    }
    assert_eq!(stranger.get("/events").status, 401);
    // What a page asks for by itself is not given another page.
    assert_eq!(stranger.get_with("/", &[("hx-request", "true")]).status, 401);
    assert_eq!(stranger.get_with("/", &[("hx-request", "true"), ("hx-boosted", "true")]).status, 303);
    for path in ACTS {
        assert_eq!(stranger.post(path, &[]).status, 401, "{path}");
    }
    let page = stranger.get("/sign-in").body;
    assert!(!page.contains("500+") && !page.contains("committee"), "{page}");
}

fn sign_in_for(path: &str) -> String {
    format!("/sign-in?next={}", path.replace('/', "%2F"))
}
