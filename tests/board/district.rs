//! The coordinator of a district, on a store in which there is something to see: he is shown his schools and nothing else.

use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx};

use crate::{
    browser::Browser,
    committee::{COORDINATOR, Committee, Daemon, READER, STAFF, until},
};

/// Of the schools of other districts: what no page of his may hold.
const OF_OTHERS: [&str; 8] =
    ["Рощинск", "Подпорожск", "Важинск", "Вознесенск", "Лебяженск", "Лодейнопольск", "roshchino", "podporozhye"];
const SCHOOLS: [&str; 6] = ["roshchino", "podporozhye-4", "vazhiny", "voznesenye", "lebyazhye", "lodeynoye-pole-3"];
const MAILS: i64 = 13;

/// A committee to which all sample mails have come.
fn with_mails(committee: &Committee) -> Daemon<'_> {
    committee.gets_the_samples();
    let daemon = committee.opens();
    until("the last mail", || (committee.decided() == MAILS).then_some(()));
    daemon
}

fn holds_nothing_of_others(what: &str, text: &str) {
    for name in OF_OTHERS {
        assert!(!text.contains(name), "{what} holds {name}: {text}");
    }
}

#[test]
fn of_the_schools_and_mails_a_coordinator_sees_those_of_his_district() {
    let committee = Committee::new();
    let daemon = with_mails(&committee);
    let (mut staff, mut his) = (daemon.signed_in(STAFF), daemon.signed_in(COORDINATOR));
    for path in [
        "/",
        "/?q=центр",
        "/?district=Выборгский",
        "/?status=complete",
        "/school/kirishi-3",
        "/school/kirishi-3/versions",
    ] {
        let page = his.get(&encoded(path));
        assert_eq!(page.status, 200, "{path}");
        holds_nothing_of_others(path, &page.body);
    }
    assert!(his.get("/").body.contains("Киришская СОШ №3") && staff.get("/").body.contains("Рощинск"));
    for school in SCHOOLS {
        for path in [format!("/school/{school}"), format!("/school/{school}/versions")] {
            assert_eq!((staff.get(&path).status, his.get(&path).status), (200, 404), "{path}");
        }
    }
    let mut seen = Vec::new();
    for row in 1..=MAILS {
        assert_eq!(staff.get(&format!("/message/{row}")).status, 200, "{row}");
        assert_eq!(staff.get(&format!("/message/{row}/original.eml")).status, 200, "{row}");
        let (page, original) = (his.get(&format!("/message/{row}")), his.get(&format!("/message/{row}/original.eml")));
        assert_eq!(page.status, original.status, "{row}");
        if page.status == 200 {
            assert!(page.body.contains("Киришская СОШ №3"), "{row}: {}", page.body);
            holds_nothing_of_others(&format!("message {row}"), &page.body);
            seen.push(row);
            continue;
        }
        assert_eq!(page.status, 404);
        for file in 0..4 {
            assert_eq!(his.get(&format!("/message/{row}/file/{file}")).status, 404, "{row}, {file}");
        }
    }
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[test]
fn what_a_coordinator_downloads_is_of_his_district() {
    let committee = Committee::new();
    let daemon = with_mails(&committee);
    let (mut staff, mut his) = (daemon.signed_in(STAFF), daemon.signed_in(COORDINATOR));
    for (path, text) in [("/table.xlsx", table as fn(&mut Browser) -> String), ("/digest.docx", digest)] {
        let (all, own) = (text(&mut staff), text(&mut his));
        assert!(all.contains("Рощинск") && own.contains("Киришская СОШ №3"), "{path}: {own}");
        holds_nothing_of_others(path, &own);
    }
}

fn table(browser: &mut Browser) -> String {
    let mut book = Xlsx::new(Cursor::new(browser.get("/table.xlsx").bytes)).unwrap();
    let sheets = book.worksheets();
    let cells = sheets.iter().flat_map(|(_, cells)| cells.rows().flatten());
    cells.map(|cell| if let Data::String(text) = cell { text.as_str() } else { "" }).collect::<Vec<_>>().join("\n")
}

fn digest(browser: &mut Browser) -> String {
    let mut package = zip::ZipArchive::new(Cursor::new(browser.get("/digest.docx").bytes)).unwrap();
    let mut text = String::new();
    package.by_name("word/document.xml").unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn every_page_is_there_for_whom_it_is_meant() {
    let committee = Committee::new();
    let daemon = with_mails(&committee);
    let mut browsers = [STAFF, READER, COORDINATOR].map(|address| daemon.signed_in(address));
    let mut stranger = daemon.browser();
    for (path, coordinator) in [
        ("/", 200),
        ("/school/kirishi-3", 200),
        ("/school/kirishi-3/versions", 200),
        ("/school/roshchino", 404),
        ("/message/2", 404),
        ("/table.xlsx", 200),
        ("/digest.docx", 200),
        ("/review", 403),
        ("/review/1", 403),
        ("/outbox", 403),
        ("/outbox/1", 403),
        ("/other", 403),
        ("/obligations", 403),
        ("/deadlines", 403),
        ("/health", 403),
        ("/journal", 403),
    ] {
        let statuses = browsers.each_mut().map(|browser| browser.get(path).status);
        assert_eq!(statuses, [200, 200, coordinator], "{path}");
        assert_eq!(stranger.get(path).status, 303, "{path}");
    }
}

/// What a browser makes of letters beyond ASCII in an address.
fn encoded(path: &str) -> String {
    path.chars()
        .map(|c| {
            if c.is_ascii() {
                c.to_string()
            } else {
                c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect()
            }
        })
        .collect()
}
