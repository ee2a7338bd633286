//! What people do on the board, from the letter that brings them there to the school that gets its answer.

use std::time::{Duration, Instant};

use calamine::{Reader as _, Xlsx, open_workbook_from_rs};
use serde_json::json;
use svodka::store::OutboxState;

use super::{
    chromium::Browser,
    committee::{Committee, text},
};
use crate::harness::wait_for;

/// The school that the doubtful mail is from, as people know it.
const SCHOOL: &str = "МОУ «Киришская СОШ №3»";

#[test]
fn a_doubtful_mail_is_settled_in_two_clicks_and_the_school_has_its_answer() {
    let committee = Committee::opens("0s");
    let (school, number) = committee.is_in_doubt();
    let (browser, other) = (Browser::new(), Browser::new());
    // Somebody else has the board open, and does not touch it.
    committee.signs_in(&other, &committee.colleague, "/");
    other.sees("Требует внимания");
    let _: () = other.asks("window.isTheSamePage = true");
    // The letter about the case leads to it, through the door.
    let path = format!("/review/{number}");
    assert_eq!(
        committee.link(&committee.official, "/c/500plus-2022/review/"),
        format!("{}/c/500plus-2022{path}", committee.board)
    );
    committee.signs_in(&browser, &committee.official, &path);
    browser.clicks();
    browser.presses(&format!("Это {SCHOOL}"));
    browser.presses("Подтвердить");
    browser.sees("Решено");
    assert_eq!(browser.clicks(), 2);

    let replies = school.wait_for("INBOX", 2);
    assert!(text(&replies[1]).contains("Киришская"), "{}", text(&replies[1]));
    assert_eq!(committee.cases(), 0);
    other.sees("Решений не требуется");
    let same: bool = other.asks("return window.isTheSamePage === true");
    assert!(same, "the board was loaded anew");

    other.presses("Сводная таблица");
    let table = other.downloads(".xlsx");
    let row = row(&table);
    assert!(row.iter().any(|cell| cell == "представлено не в полном объёме"), "{row:?}");
    assert!(row.iter().any(|cell| cell == "проект выступления"), "{row:?}");
    for browser in [&browser, &other] {
        assert_eq!(browser.errors(), Vec::<String>::new());
    }
    assert!(committee.daemon.terminate().success());
    committee.setup.verify();
}

/// The school's row of the consolidated table.
fn row(table: &[u8]) -> Vec<String> {
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(table)).unwrap();
    let (_, sheet) = book.worksheets().into_iter().next().unwrap();
    let rows = sheet.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>());
    rows.into_iter().find(|row| row.iter().any(|cell| cell == SCHOOL)).expect("the school has no row")
}

#[test]
fn a_decision_is_taken_back_before_its_letter_leaves() {
    let committee = Committee::opens("10m");
    let (school, number) = committee.is_in_doubt();
    let browser = Browser::new();
    committee.signs_in(&browser, &committee.official, &format!("/review/{number}"));
    browser.presses(&format!("Это {SCHOOL}"));
    browser.presses("Подтвердить");
    browser.sees("До этого решение можно отменить");
    assert_eq!(committee.cases(), 0);
    assert_eq!(committee.setup.letters(OutboxState::Queued), 1);
    browser.presses("Отменить решение");
    wait_for("the case to be open again", || (committee.cases() == 1).then_some(()));
    browser.presses("На решении");
    browser.sees("Ожидают решения: 1");
    assert_eq!(committee.setup.letters(OutboxState::Queued), 0);
    // What the daemon does next, it does without that letter.
    assert!(committee.daemon.terminate().success());
    committee.setup.pass();
    assert_eq!(school.messages("INBOX").len(), 1);
    committee.setup.verify();
}

#[test]
fn of_two_who_decide_the_same_case_the_second_sees_what_the_first_has_decided() {
    let committee = Committee::opens("10m");
    let (_, number) = committee.is_in_doubt();
    let (browser, other) = (Browser::new(), Browser::new());
    let path = format!("/review/{number}");
    committee.signs_in(&browser, &committee.official, &path);
    committee.signs_in(&other, &committee.colleague, &path);
    browser.presses(&format!("Это {SCHOOL}"));
    other.presses("Не относится к делу");
    for browser in [&browser, &other] {
        browser.sees("Что произойдёт");
    }
    browser.presses("Подтвердить");
    browser.sees("Решено");
    other.presses("Подтвердить");
    other.sees("уже");
    other.sees(&committee.official.address);
    assert_eq!(committee.setup.letters(OutboxState::Queued), 1);
    let decided = committee.setup.read(async |store| store.review(number).await.unwrap().unwrap());
    assert!(format!("{decided:?}").contains("kirishi-3"), "{decided:?}");
}

#[test]
fn without_scripts_a_case_is_settled_as_well() {
    let committee = Committee::opens("0s");
    let (school, number) = committee.is_in_doubt();
    let browser = Browser::new();
    browser.tells("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    committee.signs_in(&browser, &committee.official, &format!("/review/{number}"));
    let scripted: bool = browser.asks("return document.documentElement.classList.contains('js')");
    assert!(!scripted, "scripts run");
    browser.clicks();
    browser.presses(&format!("Это {SCHOOL}"));
    browser.presses("Подтвердить");
    browser.sees("Решено");
    assert_eq!(browser.clicks(), 2);
    school.wait_for("INBOX", 2);
    // Filters, which scripts make quicker, have their button.
    browser.opens(&committee.board);
    browser.types("q", "Киришская");
    browser.presses("Показать");
    browser.sees("показано 1 из 7");
}

#[test]
fn a_case_is_settled_with_the_keyboard_alone() {
    let committee = Committee::opens("0s");
    let (school, number) = committee.is_in_doubt();
    let browser = Browser::new();
    committee.signs_in(&browser, &committee.official, &format!("/review/{number}"));
    browser.clicks();
    browser.tabs_to(&format!("Это {SCHOOL}"));
    browser.sees("Что произойдёт");
    browser.tabs_to("Подтвердить");
    browser.sees("Решено");
    assert_eq!(browser.clicks(), 0);
    school.wait_for("INBOX", 2);
}

#[test]
fn pages_answer_while_the_mail_servers_do_not() {
    let nobody = "port = 1";
    let committee = Committee::opens_with("0s", |setup| setup.mailbox(nobody).smtp(nobody));
    let printed = committee.setup.run(&["sign-in", &committee.official.address]);
    let link = String::from_utf8(printed.stdout).unwrap();
    let browser = Browser::new();
    browser.opens(link.trim());
    browser.presses("Войти");
    browser.sees("Свод по школам");
    for (section, words) in [
        ("На решении", "Ожидающих решения нет"),
        ("Ответы школам", "Ответы школам"),
        ("Прочие письма", "Таких писем нет"),
        ("Отметки", "Отметки о выполнении"),
        ("Сроки", "Даты представления"),
        ("Журнал", "Всё, что сделали"),
        ("Состояние", "Неполадки"),
    ] {
        let asked = Instant::now();
        browser.presses(section);
        browser.sees(words);
        assert!(asked.elapsed() < Duration::from_secs(5), "{section}: {:?}", asked.elapsed());
    }
    // Whoever asks for a link by mail is told at once, too.
    let stranger = Browser::new();
    stranger.opens(&committee.board);
    stranger.types("address", &committee.colleague.address);
    stranger.presses("Получить ссылку");
    stranger.sees("Проверьте почту");
}

#[test]
fn pages_in_many_tabs_are_all_answered() {
    let committee = Committee::opens("0s");
    let browser = Browser::new();
    committee.signs_in(&browser, &committee.official, "/");
    // A browser keeps six connections to a server, and each page that is live would like one for itself.
    for _ in 0..8 {
        browser.opens_tab(&format!("{}/deadlines", committee.board));
        browser.sees("Даты представления");
    }
    // The one that is looked at is live, also after it was not.
    browser.turns_to_first_tab();
    committee.is_in_doubt();
    browser.sees("Требует внимания");
}
