//! Several letters on one board, and campaign files that change while it is open.

use std::fs;

use crate::{
    browser::Answer,
    committee::{COORDINATOR, Committee, READER, STAFF, until},
};

const MEALS: &str = include_str!("../fixtures/campaigns/pitanie-2022.toml");
const FIRST: &str = "/c/500plus-2022";
const SECOND: &str = "/c/pitanie-2022";

/// A page with its paths as a browser reads them.
fn plain(page: &Answer) -> String {
    page.body.replace("&#x2f;", "/")
}

/// With a second letter, whose curator looks after another district.
fn both() -> Committee {
    let committee = Committee::new();
    let curator = "\n[[person]]\nwho = \"кураторы\"\naddress = \"tosno@district.example\"\ndistrict = \"Тосненский\"\n";
    committee.writes("meals.toml", &format!("{MEALS}{curator}"));
    committee.edits("svodka.toml", "\"campaign.toml\"", "\"campaign.toml\", \"meals.toml\"");
    committee
}

#[test]
fn each_campaign_has_its_own_board_and_links_stay_within_it() {
    let committee = both();
    committee.gets_the_samples();
    let daemon = committee.opens();
    until("the samples", || (committee.decided() >= 13).then_some(()));
    let mut staff = daemon.signed_in(STAFF);
    let (first, second) = (staff.get(&format!("{FIRST}/")), staff.get(&format!("{SECOND}/")));
    assert!(first.body.contains("Сетевое взаимодействие школ") && first.body.contains("Киришская СОШ №3"));
    assert!(second.body.contains("Организация горячего питания") && second.body.contains("Тосно"));
    for (page, root) in [(&first, FIRST), (&second, SECOND)] {
        let text = plain(page);
        let inside = text.split("href=\"/").skip(1).filter(|link| !link.starts_with("assets/"));
        let other = if root == FIRST { SECOND } else { FIRST };
        for link in inside {
            let link = format!("/{link}");
            assert!(link.starts_with(root) || link.starts_with(&format!("{other}/\"")), "{link}");
        }
        assert!(text.contains(&format!("data-events=\"{root}/events\"")));
    }
    // Without a name it is the first one; a case is found under its own.
    assert!(staff.get("/").body.contains("Сетевое взаимодействие школ"));
    let there = staff.get(&format!("{SECOND}/review/1"));
    assert_eq!((there.status, there.location()), (303, format!("{FIRST}/review/1").as_str()));
    assert_eq!(staff.get(&format!("{FIRST}/review/1")).status, 200);
    assert_eq!(staff.get("/c/none/").status, 404);
    assert_eq!(staff.get("/c/none").status, 404);
    assert_eq!(staff.get(&format!("{SECOND}/school/vazhiny")).status, 404, "no school of this letter");
    assert_eq!(staff.get(&format!("{FIRST}/school/tosno-2")).status, 404);
}

#[test]
fn what_is_done_in_one_campaign_is_done_in_no_other() {
    let committee = both();
    committee.gets_the_samples();
    let daemon = committee.opens();
    until("the samples", || (committee.decided() >= 13).then_some(()));
    let mut staff = daemon.signed_in(STAFF);
    let page = staff.get(&format!("{SECOND}/school/roshchino/received"));
    let (csrf, form) = (page.csrf(), [("way", "paper"), ("date", "2022-11-10"), ("draft", "")]);
    let boundary = "svodka-test";
    let mut body = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n");
    for (name, value) in form.iter().take(2).chain(&[("answer-meals", "412")]) {
        body += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += &format!("--{boundary}--\r\n");
    let kind = format!("multipart/form-data; boundary={boundary}");
    let headers = [("content-type", kind.as_str())];
    let done = staff.sends("POST", &format!("{SECOND}/school/roshchino/received"), &headers, body.into_bytes());
    assert_eq!((done.status, done.location()), (303, format!("{SECOND}/school/roshchino").as_str()), "{}", done.body);
    assert!(staff.get(&format!("{SECOND}/school/roshchino")).body.contains("412"));
    assert!(!staff.get(&format!("{FIRST}/school/roshchino")).body.contains("412"));
    // A mail that was left alone is taken up where that is wanted, and can be moved from there.
    let left = staff.get(&format!("{SECOND}/other"));
    let text = plain(&left);
    let (_, link) = text.split_once(&format!("action=\"{SECOND}/message/")).unwrap();
    let (row, _) = link.split_once('/').unwrap();
    let taken = staff.post(&format!("{SECOND}/message/{row}/pull-in"), &[("csrf", &left.csrf())]);
    assert!(taken.location().starts_with(&format!("{SECOND}/review/")), "{}", taken.location());
    let case = staff.get(taken.location());
    assert!(case.body.contains("Это ответ на другое письмо"), "{}", case.body);
    let (case_path, csrf) = (taken.location().to_owned(), case.csrf());
    let moved = staff.post(&format!("{case_path}/move"), &[("csrf", &csrf), ("campaign", "500plus-2022")]);
    assert!(moved.location().starts_with(&format!("{FIRST}/review/")), "{}", moved.location());
    assert!(staff.get(moved.location()).body.contains("Перенесено"));
    let again = staff.post(&format!("{case_path}/move"), &[("csrf", &csrf), ("campaign", "500plus-2022")]);
    assert_eq!(again.location(), case_path);
    assert_eq!(staff.post(&format!("{case_path}/move"), &[("csrf", &csrf), ("campaign", "none")]).status, 404);
}

#[test]
fn a_mail_that_serves_two_campaigns_shows_each_its_own_part() {
    let committee = both();
    let sample = include_str!("../fixtures/mails/02-roshchino-form.eml").replace("\r\n", "\n");
    let (_, boundary) = sample.split_once("boundary=\"").unwrap();
    let boundary = boundary.split('"').next().unwrap();
    let answers = "Сведения об организации горячего питания обучающихся\n\
        Наименование образовательной организации: МБОУ «Рощинский Центр образования»\n\
        Количество обучающихся, получающих горячее питание: 412\n\
        Ответственный за организацию питания: Смирнова О. П.\nОрганизатор питания: школьная столовая\nПроблемы в организации питания: нет\n";
    let file = format!(
        "--{boundary}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\
         Content-Disposition: attachment; filename=\"meals.txt\"\n\n{answers}\n--{boundary}--"
    );
    committee.writes("inbox/new/both", &sample.replacen(&format!("--{boundary}--"), &file, 1));
    let daemon = committee.opens();
    until("the mail", || (committee.decided() == 1).then_some(()));
    let mut staff = daemon.signed_in(STAFF);
    for (root, own, other, state) in [
        (FIRST, "Модель взаимодействия", "412", "запрошено недостающее"),
        (SECOND, "412", "Модель взаимодействия", "получение подтверждено"),
    ] {
        let page = staff.get(&format!("{root}/school/roshchino"));
        assert!(page.body.contains(own) && !page.body.contains(other), "{root}: {}", page.body);
        assert_eq!(page.body.contains("meals.txt"), root == SECOND);
        let mail = staff.get(&format!("{root}/message/1"));
        assert!(mail.status == 200 && mail.body.contains("Рощинский"), "{}", mail.body);
        assert!(page.body.contains(state) && mail.body.contains(state), "{root}: {}", mail.body);
    }
}

#[test]
fn what_was_moved_to_another_campaign_is_in_force_in_that_one_alone() {
    let committee = Committee::new();
    let again = include_str!("../../config/campaigns/500plus-2022.toml")
        .replace("id = \"500plus-2022\"", "id = \"pitanie-2022\"")
        .replace("19-33822/2022", "19-40000/2022");
    committee.writes("again.toml", &again);
    committee.edits("svodka.toml", "\"campaign.toml\"", "\"campaign.toml\", \"again.toml\"");
    let sample = include_str!("../fixtures/mails/02-roshchino-form.eml").replace("\r\n", "\n");
    committee.writes("inbox/new/form", &sample);
    let daemon = committee.opens();
    until("the mail", || (committee.decided() == 1).then_some(()));
    let mut staff = daemon.signed_in(STAFF);
    let case = staff.get("/review/1");
    let (here, there) = if case.location().starts_with(SECOND) { (SECOND, FIRST) } else { (FIRST, SECOND) };
    let shown = |staff: &mut crate::browser::Browser, root: &str| {
        staff.get(&format!("{root}/school/roshchino")).body.contains("запрошено недостающее")
            || staff.get(&format!("{root}/school/roshchino")).body.contains("Письмо «")
    };
    assert!(shown(&mut staff, here), "it waits where it was taken to belong");
    let page = staff.get(&format!("{here}/review/1"));
    let other = there.trim_start_matches("/c/");
    let moved = staff.post(&format!("{here}/review/1/move"), &[("csrf", &page.csrf()), ("campaign", other)]);
    assert!(moved.location().starts_with(there), "{}", moved.location());
    assert!(!shown(&mut staff, here), "nothing of it is in force where it was");
}

#[test]
fn a_coordinator_sees_the_campaign_that_names_him_and_no_other() {
    let committee = both();
    let daemon = committee.opens();
    let mut kirishi = daemon.signed_in(COORDINATOR);
    assert_eq!(kirishi.get(&format!("{FIRST}/")).status, 200);
    assert_eq!(kirishi.get(&format!("{SECOND}/")).status, 403);
    assert_eq!(kirishi.get(&format!("{SECOND}/school/kirishi-3")).status, 403);
    assert!(!kirishi.get("/").body.contains("Организация горячего питания"), "he is not told that there is another");
    let mut tosno = daemon.signed_in("tosno@district.example");
    let page = tosno.get("/");
    assert!(page.status == 200 && page.body.contains("Организация горячего питания"), "{}", page.body);
    assert_eq!(tosno.get(&format!("{FIRST}/")).status, 403);
    // Whoever is not signed in comes back to the very page.
    let stranger = daemon.browser().get(&format!("{SECOND}/school/tosno-2"));
    assert_eq!(stranger.location(), "/sign-in?next=%2Fc%2Fpitanie-2022%2Fschool%2Ftosno-2");
    assert!(daemon.signed_in(READER).get(&format!("{SECOND}/")).body.contains("Тосно"));
}

#[test]
fn a_file_that_changes_is_in_force_without_a_restart_and_a_wrong_one_is_not() {
    let committee = Committee::new();
    let daemon = committee.opens();
    let mut staff = daemon.signed_in(STAFF);
    assert!(staff.get("/").body.contains("15.11.2022"));
    committee.edits("campaign.toml", "deadline = 2022-11-15", "deadline = 2022-11-16");
    until("the new deadline", || staff.get("/").body.contains("16.11.2022").then_some(()));
    committee.edits("campaign.toml", "deadline = 2022-11-16", "deadline = tomorrow");
    let alert = until("the alert", || committee.mails_to(STAFF).into_iter().find(|one| one.contains("campaign.toml")));
    assert!(alert.contains("deadline = tomorrow") || alert.contains("tomorrow"), "{alert}");
    assert!(staff.get("/").body.contains("16.11.2022"), "what was there is in force");
    assert!(staff.get("/health").body.contains("файл кампании содержит ошибку"));
    committee.edits("campaign.toml", "deadline = tomorrow", "deadline = 2022-11-17");
    until("what was put right", || staff.get("/").body.contains("17.11.2022").then_some(()));
    until("the end of the fault", || {
        (!staff.get("/health").body.contains("файл кампании содержит ошибку")).then_some(())
    });
    // Another id is no change of a campaign: what has come is kept under the first.
    committee.edits("campaign.toml", "id = \"500plus-2022\"", "id = \"500plus-2023\"");
    until("the alert about the id", || committee.mails_to(STAFF).into_iter().find(|one| one.contains("500plus-2023")));
    assert_eq!(staff.get(&format!("{FIRST}/")).status, 200);
}

#[test]
fn a_campaign_that_is_put_into_the_folder_begins() {
    let committee = Committee::new();
    fs::create_dir(committee.path("campaigns")).unwrap();
    fs::rename(committee.path("campaign.toml"), committee.path("campaigns/first.toml")).unwrap();
    committee.edits("svodka.toml", "campaigns = [\"campaign.toml\"]", "campaigns = [\"campaigns\"]");
    let daemon = committee.opens();
    let mut staff = daemon.signed_in(STAFF);
    assert!(!staff.get("/").body.contains("Организация горячего питания"));
    committee.writes("campaigns/.meals.toml.swp", "id = ");
    committee.writes("campaigns/meals.toml", MEALS);
    until("the other campaign", || staff.get("/").body.contains("Организация горячего питания").then_some(()));
    assert_eq!(staff.get(&format!("{SECOND}/")).status, 200);
    // Its file may go: schools that have written must not be left without an answer.
    fs::remove_file(committee.path("campaigns/meals.toml")).unwrap();
    assert_eq!(staff.get(&format!("{SECOND}/")).status, 200);
}
