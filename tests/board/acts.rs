//! What the staff do on the board, and who must not.

use crate::{
    browser::{Answer, Browser},
    committee::{Committee, Daemon, READER, STAFF, until},
};

const KIRISHI: &str = "act=school&school=kirishi-3";

/// A committee that gets the sample mails.
fn committee() -> Committee {
    let committee = Committee::new();
    committee.gets_the_samples();
    committee
}

fn opened(committee: &Committee) -> Daemon<'_> {
    let daemon = committee.opens();
    until("all sample mails are decided", || (committee.decided() == 13).then_some(()));
    daemon
}

/// The page of the case whose reason holds these words: the numbers follow the order in which the mails came.
pub(crate) fn case_about(browser: &mut Browser, words: &str) -> String {
    let list = browser.get("/review");
    let rows = list.body.split("<tr>").filter(|row| row.to_lowercase().contains(words));
    let row = rows.last().unwrap_or_else(|| panic!("{words}: {}", list.body)).to_owned();
    let (_, number) = row.split_once("href=\"/review/").unwrap();
    format!("/review/{}", number.split_once('"').unwrap().0)
}

const AMBIGUOUS: &str = "подходят несколько школ";

/// A text of a page without its escapes.
fn plain(text: &str) -> String {
    let escapes = [("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    escapes.iter().fold(text.to_owned(), |text, (escape, sign)| text.replace(escape, sign))
}

/// The hidden fields of the form on a page, as a browser would send them.
pub(crate) fn fields(page: &Answer) -> Vec<(String, String)> {
    let main = page.body.split_once("<main").unwrap().1;
    let mut fields = Vec::new();
    for field in main.split("<input type=\"hidden\" ").skip(1) {
        let value = |name: &str| {
            let (_, rest) = field.split_once(&format!("{name}=\"")).unwrap();
            plain(rest.split_once('"').unwrap().0)
        };
        fields.push((value("name"), value("value")));
    }
    fields
}

/// Opens a page that asks, and says yes.
fn confirms(browser: &mut Browser, path: &str, query: &str) -> Answer {
    let page = browser.get(&format!("{path}?{query}"));
    assert_eq!(page.status, 200, "{path}?{query}: {} {}", page.location(), page.body);
    let fields = fields(&page);
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &pairs)
}

/// Where it sends the browser, and what is said there.
pub(crate) fn lands(browser: &mut Browser, answer: &Answer) -> Answer {
    assert_eq!(answer.status, 303, "{}", answer.body);
    browser.get(answer.location())
}

#[test]
fn a_case_is_settled_in_two_clicks_and_taken_back() {
    let committee = committee();
    let daemon = opened(&committee);
    let mut staff = daemon.signed_in(STAFF);
    let place = case_about(&mut staff, AMBIGUOUS);
    let path = &format!("{place}/settle");
    let case = staff.get(&place);
    assert!(case.body.contains("Это МОУ «Киришская СОШ №3»"), "{}", case.body);
    let ask = staff.get(&format!("{path}?{KIRISHI}"));
    assert!(ask.body.contains("Письмо, которое уйдёт") && ask.body.contains("school3@mail.example"), "{}", ask.body);
    let settled = confirms(&mut staff, path, KIRISHI);
    let page = lands(&mut staff, &settled);
    assert!(page.body.contains("Решение записано") && page.body.contains("Отменить решение"), "{}", page.body);
    let (_, undo) = page.body.split_once("action=\"/ruling/").unwrap();
    let undo = format!("/ruling/{}", undo.split_once('"').unwrap().0);
    let undone = staff.post(&undo, &[("csrf", &page.csrf()), ("back", place.as_str())]);
    let page = lands(&mut staff, &undone);
    assert!(
        page.body.contains("Решение отменено") && page.body.contains("Это МОУ «Киришская СОШ №3»"),
        "{}",
        page.body
    );
    let again = staff.post(&undo, &[("csrf", &page.csrf()), ("back", "https://elsewhere.example/")]);
    assert_eq!(again.location(), "/", "nobody is sent elsewhere");
}

#[test]
fn of_two_people_the_second_sees_what_the_first_has_decided() {
    let committee = committee();
    let daemon = opened(&committee);
    let (mut first, mut second) = (daemon.signed_in(STAFF), daemon.signed_in(STAFF));
    let path = &format!("{}/settle", case_about(&mut first, AMBIGUOUS));
    let page = second.get(&format!("{path}?act=school&school=lodeynoye-pole-3"));
    let late = fields(&page);
    assert_eq!(confirms(&mut first, path, KIRISHI).status, 303);
    let pairs: Vec<(&str, &str)> = late.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = second.post(path, &pairs);
    let page = lands(&mut second, &answer);
    assert!(
        page.body.contains("об этом уже решено") && page.body.contains("принято: МОУ «Киришская СОШ №3»"),
        "{}",
        page.body
    );
    let school = second.get("/school/lodeynoye-pole-3");
    assert!(!school.body.contains("версия 1"), "{}", school.body);
}

#[test]
fn an_address_is_learnt_by_a_tick_on_the_page_that_asks() {
    let committee = committee();
    let daemon = opened(&committee);
    let mut staff = daemon.signed_in(STAFF);
    let path = &format!("{}/settle", case_about(&mut staff, AMBIGUOUS));
    let page = staff.get(&format!("{path}?{KIRISHI}"));
    assert!(page.body.contains("name=\"learn_address\""), "{}", page.body);
    let fields = fields(&page);
    let mut pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    pairs.push(("learn_address", "1"));
    let settled = staff.post(path, &pairs);
    assert!(lands(&mut staff, &settled).body.contains("Решение записано"));
    let school = staff.get("/school/kirishi-3");
    assert!(school.body.contains("адрес school3@mail.example"), "{}", school.body);
}

#[test]
fn nothing_is_done_without_the_seal_of_what_was_shown() {
    let committee = committee();
    let daemon = opened(&committee);
    let mut staff = daemon.signed_in(STAFF);
    let place = case_about(&mut staff, AMBIGUOUS);
    let path = &format!("{place}/settle");
    let csrf = staff.get(&place).csrf();
    let unseen = [("csrf", csrf.as_str()), ("act", "school"), ("school", "kirishi-3"), ("seen", "")];
    assert_eq!(staff.post(path, &unseen).status, 400);
    let forged = "0".repeat(64);
    let other = [("csrf", csrf.as_str()), ("act", "school"), ("school", "kirishi-3"), ("seen", &forged)];
    let answer = staff.post(path, &other);
    assert!(answer.location().starts_with(&format!("{path}?act=school")), "{}", answer.location());
    assert!(staff.get(answer.location()).body.contains("Проверьте ещё раз"));
    for act in ["", "delete", "school"] {
        assert_eq!(staff.get(&format!("{path}?act={act}&school=no+such+school")).status, 400, "{act}");
    }
    assert!(staff.get(&place).body.contains("Что сделать"), "the case is as it was");
}

#[test]
fn who_only_looks_changes_nothing() {
    let committee = committee();
    let daemon = opened(&committee);
    let (mut staff, mut reader) = (daemon.signed_in(STAFF), daemon.signed_in(READER));
    let place = case_about(&mut staff, AMBIGUOUS);
    let path = format!("{place}/settle");
    let seen = staff.get(&format!("{path}?{KIRISHI}")).field("seen").unwrap();
    let csrf = reader.get("/").csrf();
    for (path, fields) in [
        (path.as_str(), vec![("act", "school"), ("school", "kirishi-3"), ("seen", seen.as_str())]),
        ("/submission/1/settle", vec![("act", "nothing"), ("seen", seen.as_str())]),
        ("/ruling/1/undo", vec![("back", "/")]),
        ("/message/11/pull-in", vec![]),
        ("/obligations/tick", vec![("tick", "x"), ("done", "1")]),
        ("/amendment/1/withdraw", vec![]),
        ("/school/kirishi-3/date", vec![("date", "2022-11-18"), ("before", "15.11.2022")]),
        ("/school/kirishi-3/received", vec![]),
    ] {
        let fields = [vec![("csrf", csrf.as_str())], fields].concat();
        assert_eq!(reader.post(path, &fields).status, 403, "{path}");
    }
    let page = reader.get(&place);
    assert!(page.status == 200 && !page.body.contains("Что сделать"), "{}", page.body);
}

#[test]
fn a_school_joins_with_a_day_and_what_was_typed_wrong_is_kept() {
    let committee = committee();
    let daemon = opened(&committee);
    let mut staff = daemon.signed_in(STAFF);
    let path = &format!("{}/settle", case_about(&mut staff, "вне графика"));
    let wrong = staff.get(&format!("{path}?act=joins&name=%D0%A8%D0%BA%D0%BE%D0%BB%D0%B0+%3Cb%3E&district=X&date="));
    assert!(
        wrong.body.contains("Укажите дату представления опыта") && wrong.body.contains("Школа &lt;b&gt;"),
        "{}",
        wrong.body
    );
    assert!(!wrong.body.contains("Подтвердить"), "{}", wrong.body);
    let settled =
        confirms(&mut staff, path, "act=joins&name=%D0%A8%D0%BA%D0%BE%D0%BB%D0%B0+%3Cb%3E&district=X&date=2022-11-29");
    lands(&mut staff, &settled);
    let page = staff.get("/school/outside-1");
    assert!(page.body.contains("Школа &lt;b&gt;") && page.body.contains("29.11.2022"), "{}", page.body);
    assert!(!page.body.contains("<b>"), "{}", page.body);
}

#[test]
fn what_came_on_paper_counts_and_an_empty_form_is_given_back_as_it_was() {
    let committee = committee();
    let daemon = opened(&committee);
    let mut staff = daemon.signed_in(STAFF);
    let path = "/school/lodeynoye-pole-3/received";
    let page = staff.get(path);
    let csrf = page.csrf();
    let form = include_bytes!("../fixtures/mails/07-ambiguous-number.eml");
    let empty = [("csrf", csrf.as_str()), ("way", "phone"), ("date", "2022-11-10"), ("note", "звонил <завуч>")];
    let answer = sends(&mut staff, path, &empty, None);
    assert!(answer.status == 200 && answer.body.contains("Укажите, что представлено"), "{}", answer.body);
    assert!(answer.body.contains("звонил &lt;завуч&gt;"), "{}", answer.body);
    let late = [("csrf", csrf.as_str()), ("way", "paper"), ("date", "2022-12-31"), ("draft", "1")];
    assert!(sends(&mut staff, path, &late, None).body.contains("день не позже сегодняшнего"));
    let typed = [
        ("csrf", csrf.as_str()),
        ("way", "paper"),
        ("date", "2022-11-09"),
        ("draft", "1"),
        ("answer-partner_count", "3"),
        ("answer-effectiveness_rating", "хорошо"),
    ];
    let answer = sends(&mut staff, path, &typed, Some(("скан <1>.eml", form)));
    assert_eq!((answer.status, answer.location()), (303, "/school/lodeynoye-pole-3"), "{}", answer.body);
    let page = staff.get("/school/lodeynoye-pole-3");
    for there in ["введено сотрудником (на бумаге)", "Получено на бумаге", "форма.docx"]
    {
        assert!(page.body.contains(there), "{there}: {}", page.body);
    }
    // Who clicks twice has entered it once.
    let csrf = page.csrf();
    let again = [&[("csrf", csrf.as_str())], &typed[1..]].concat();
    let answer = sends(&mut staff, path, &again, Some(("скан <1>.eml", form)));
    let page = lands(&mut staff, &answer);
    assert!(page.body.contains("второй раз не учитывается") && !page.body.contains("версия 2"), "{}", page.body);
    // Entered for the wrong school, it is given to the right one.
    let school = plain(&page.body);
    let (before, _) = school.split_once("Получено на бумаге").unwrap();
    let (_, mail) = before.rsplit_once("href=\"/message/").unwrap();
    let number: String = mail.chars().take_while(char::is_ascii_digit).collect();
    let mail = staff.get(&format!("/message/{number}"));
    let (_, path) = mail.body.split_once("action=\"/submission/").unwrap();
    let settled =
        confirms(&mut staff, &format!("/submission/{}", path.split_once('"').unwrap().0), "act=school&school=vazhiny");
    assert!(lands(&mut staff, &settled).body.contains("Решение записано"));
    let path = "/school/lodeynoye-pole-3/received";
    // Without the token, or from elsewhere, nothing is taken.
    let forged = [("csrf", "0"), ("way", "paper"), ("date", "2022-11-09"), ("draft", "1")];
    assert_eq!(sends(&mut staff, path, &forged, None).status, 403);
}

/// Sends a form with a file.
pub(crate) fn sends(browser: &mut Browser, path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answer {
    const BOUNDARY: &str = "a-boundary-that-stands-nowhere-else";
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    if let Some((name, bytes)) = file {
        body.extend(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n")
                .bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    browser.sends("POST", path, &[("content-type", &kind), ("sec-fetch-site", "same-origin")], body)
}

#[test]
fn small_acts_are_done_once_and_told() {
    let committee = committee();
    let daemon = opened(&committee);
    let mut staff = daemon.signed_in(STAFF);
    // A mail that was left alone becomes a case.
    let mail = staff.get("/other");
    let (_, row) = mail.body.split_once("action=\"/message/").unwrap();
    let row = row.split_once('/').unwrap().0.to_owned();
    let pulled = staff.post(&format!("/message/{row}/pull-in"), &[("csrf", &mail.csrf())]);
    let case = pulled.location().to_owned();
    let page = lands(&mut staff, &pulled);
    assert!(case.starts_with("/review/") && page.body.contains("взято в работу"), "{}", page.body);
    let twice = staff.post(&format!("/message/{row}/pull-in"), &[("csrf", &page.csrf())]);
    assert!(lands(&mut staff, &twice).body.contains("уже в работе"));
    // A tick, and back.
    for (done, said) in [("1", "Отмечено."), ("0", "Отметка снята.")] {
        let page = staff.get("/obligations");
        let tick = page.field("tick").unwrap().replace("&quot;", "\"");
        let ticked = staff.post("/obligations/tick", &[("csrf", &page.csrf()), ("tick", &tick), ("done", done)]);
        assert!(lands(&mut staff, &ticked).body.contains(said), "{said}");
    }
    // Another day; who looked at the old one changes nothing any more.
    let changed = confirms(&mut staff, "/school/kirishi-3/date", "date=2022-11-18");
    assert!(lands(&mut staff, &changed).body.contains("Дата изменена"));
    let csrf = staff.get("/").csrf();
    let stale = [("csrf", csrf.as_str()), ("date", "2022-11-21"), ("before", "15.11.2022")];
    let stale = staff.post("/school/kirishi-3/date", &stale);
    assert!(lands(&mut staff, &stale).body.contains("уже изменил кто-то другой"));
    assert!(staff.get("/school/kirishi-3").body.contains("Дата представления изменена: 18.11.2022"));
    for nothing in ["/review/999/settle?act=nothing", "/submission/999/settle?act=nothing", "/school/nobody/received"] {
        assert_eq!(staff.get(nothing).status, 404, "{nothing}");
    }
}

#[test]
fn what_was_answered_for_the_wrong_school_is_given_to_the_right_one() {
    let committee = committee();
    let daemon = opened(&committee);
    let mut staff = daemon.signed_in(STAFF);
    let school = staff.get("/school/kirishi-3");
    let school = plain(&school.body);
    let (_, mail) = school.split_once("href=\"/message/").unwrap();
    let number: String = mail.chars().take_while(char::is_ascii_digit).collect();
    let mail = staff.get(&format!("/message/{number}"));
    let (_, path) = mail.body.split_once("action=\"/submission/").unwrap();
    let path = format!("/submission/{}", path.split_once('"').unwrap().0);
    until("its answer has left", || {
        let page = staff.get(&format!("{path}?act=nothing"));
        page.body.contains("исправленное сообщение").then_some(())
    });
    let settled = confirms(&mut staff, &path, "act=school&school=vazhiny");
    lands(&mut staff, &settled);
    assert!(
        staff.get("/school/vazhiny").body.contains("исправленное сообщение")
            || staff.get("/outbox").body.contains("исправленное сообщение")
    );
    for school in ["kirishi-3", "vazhiny"] {
        let page = staff.get(&format!("/school/{school}")).body;
        assert!(page.contains("Документы письма отнесены к другой школе: МБОУ «Важинский"), "{page}");
    }
    let mail = staff.get(&format!("/message/{number}")).body;
    assert!(mail.contains("Сейчас: МБОУ «Важинский образовательный центр»"), "{mail}");
}
