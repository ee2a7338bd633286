//! What strangers write is text on every page, whatever it says.

use super::super::*;
use super::{
    World,
    pages::{case_page, data, message_page, render, school_page},
};
use crate::{office::summary_where, store::CaseLook};

/// Markup that would run, were it taken for such.
const EVIL: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7191*7193 }}{% raw %}";

/// A mail in which everything that its sender can fill in is markup.
fn mail(from: &str, school: &str) -> Vec<u8> {
    let encoded = |text: &str| {
        use std::fmt::Write as _;
        let mut word = String::from("=?utf-8?Q?");
        for byte in text.bytes() {
            write!(word, "={byte:02X}").unwrap();
        }
        word + "?="
    };
    let rows: String = include_str!("../../../../config/campaigns/500plus-2022.toml")
        .lines()
        .filter_map(|line| line.strip_prefix("label = \""))
        .enumerate()
        .map(|(index, label)| {
            let label = label.trim_end_matches('"').replace("\\\"", "\"");
            let answer = if index == 0 { school } else { "&lt;script&gt;alert(3)&lt;/script&gt;{{ 7191*7193 }}" };
            format!("<tr><td>{label}</td><td>{answer}</td></tr>")
        })
        .collect();
    let name = encoded(&format!("{EVIL}.docx"));
    format!(
        "From: {} <{from}>\r\nTo: {} <svodka@committee.example>\r\nSubject: {}\r\nDate: Wed, 9 Nov 2022 10:00:00 +0300\r\n\
         Message-ID: <{from}>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>&lt;script&gt;alert(4)&lt;/script&gt;{{{{ 7191*7193 }}}}</p>\
         <table>{rows}</table>\r\n\
         --b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n\
         <script>alert(5)</script>\r\n--b--\r\n",
        encoded(EVIL),
        encoded(EVIL),
        encoded(EVIL)
    )
    .into_bytes()
}

/// No element, attribute or template of a stranger has come to life.
fn assert_harmless(name: &str, page: &str) {
    for alive in ["<script>alert", "<img", "onerror=alert(2)>", "51724863"] {
        let lines: Vec<&str> = page.lines().filter(|line| line.contains(alive)).collect();
        assert!(lines.is_empty(), "{name}: {lines:?}");
    }
    let scripts = page.matches("<script").count();
    assert_eq!(scripts, 2, "{name}: only ours");
}

#[tokio::test]
async fn markup_of_strangers_is_text_on_every_page() {
    let world = World::empty().await;
    let known = world.take(&mail("known@school.example", "МБОУ «Важинский образовательный центр»")).await;
    let unknown = world
        .take(&mail("unknown@school.example", "&lt;script&gt;alert(6)&lt;/script&gt; СОШ № 77 г. &lt;img src=x&gt;"))
        .await;
    let (store, rules) = (&world.office.store, world.office.first());
    let campaign = &rules.campaign;
    let summary = summary_where(store, campaign, world.office.clock.now(), true).await.unwrap();
    let all = Sight::All;
    let mut pages: Vec<(String, String)> = Vec::new();
    for row in [known, unknown] {
        let look = store.message(row).await.unwrap().unwrap();
        let page = world.frame(&all, |frame| message_page(frame, &look, &[], &[]));
        assert!(page.contains("&lt;script&gt;alert(4)"), "the text is shown");
        assert!(page.contains("{{ 7191*7193 }}"), "as it is");
        pages.push((format!("message {row}"), page));
    }
    let cases = store.cases_open(None).await.unwrap();
    assert!(!cases.is_empty());
    for one in &cases {
        let outside = CaseLook { outside: Some(EVIL.to_owned()), by: Some(EVIL.to_owned()), ..one.clone() };
        pages.push(("case".to_owned(), case_page(&world, &outside).await));
        let list =
            world.frame(&all, |frame| reviews(frame, std::slice::from_ref(&outside), std::slice::from_ref(&outside)));
        pages.push(("reviews".to_owned(), render("reviews.html.j2", &list)));
    }
    let id: SchoolId = "vazhiny".parse().unwrap();
    let data = data(store, campaign, &id).await;
    assert_eq!(data.versions.len(), 1, "the form in the text was accepted");
    let row = summary.schools.iter().find(|row| row.school.id == id).unwrap();
    let page = world.frame(&all, |frame| school_page(frame, &summary, row, &data));
    pages.push(("school".to_owned(), page));
    let view = world.frame(&all, |frame| versions(frame, row.school, &data.versions));
    pages.push(("versions".to_owned(), render("versions.html.j2", &view)));
    let letters = store.letters_open(&rules.campaign.id, 500).await.unwrap();
    for one in &letters {
        let look = store.letter_look(one.id).await.unwrap().unwrap();
        pages.push(("letter".to_owned(), render("letter.html.j2", &world.frame(&all, |frame| letter(frame, &look)))));
    }
    let lines = letters.into_iter().map(|one| (one, EVIL.to_owned())).collect();
    pages.push(("outbox".to_owned(), render("outbox.html.j2", &world.frame(&all, |frame| outbox(frame, lines, 1)))));
    let line = crate::store::MessageLine {
        subject: EVIL.to_owned(),
        sender: Some(EVIL.to_owned()),
        ..store.message_line(known).await.unwrap().unwrap()
    };
    let view = world.frame(&all, |frame| other(frame, Left::Other, &[line], true, false));
    pages.push(("other".to_owned(), render("other.html.j2", &view)));
    let asked = Asked { q: EVIL.to_owned(), status: EVIL.to_owned(), district: EVIL.to_owned() };
    let mut own = campaign.clone();
    own.schools[0].name = EVIL.to_owned();
    own.title = EVIL.to_owned();
    let named = summary_where(store, &own, world.office.clock.now(), true).await.unwrap();
    for asked in [asked, Asked::default()] {
        let frame = Frame { campaign: &own, now: world.office.clock.now(), sight: &all, held: true };
        pages.push(("board".to_owned(), render("board.html.j2", &board(&frame, &named, asked, &[], &[]))));
    }
    for (name, page) in &pages {
        assert_harmless(name, page);
    }
}

#[test]
fn no_template_takes_data_for_markup() {
    for entry in std::fs::read_dir("src/board/pages").unwrap() {
        let path = entry.unwrap().path();
        let template = std::fs::read_to_string(&path).unwrap();
        for forbidden in
            ["|safe", "| safe", "autoescape", " style=", "<style", "javascript:", "onclick", "http://", "https://"]
        {
            assert!(!template.contains(forbidden), "{}: {forbidden}", path.display());
        }
    }
}
