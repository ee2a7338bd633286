//! The summary as a letter, of what a real pass has left in the store: every number in it equals a query.

#![expect(clippy::unwrap_used, reason = "a scenario that cannot go on has failed")]

use std::{path::Path, process::Command};

use jiff::Timestamp;
use sqlx::{Connection as _, SqliteConnection};
use svodka::{
    campaign::Campaign,
    config::Config,
    office::summary_where,
    reply::Templates,
    report::{Letter, Links, Snapshot, Summary, summary_letter},
    store::Store,
};

/// The demonstration's folder, with a letter that failed, one in doubt, one that waits, and a mailbox out of reach.
async fn a_store_with_troubles(dir: &Path) -> (Campaign, Store, SqliteConnection) {
    let demo = Command::new(env!("CARGO_BIN_EXE_svodka")).arg("demo").arg("--dir").arg(dir).output().unwrap();
    assert!(demo.status.success(), "{demo:?}");
    let url = format!("sqlite://{}", dir.join("svodka.db").display());
    let mut base = SqliteConnection::connect(&url).await.unwrap();
    for change in [
        "UPDATE outbox SET state = 'failed', response = '550 5.1.1 no such user' WHERE id = 1",
        "UPDATE outbox SET state = 'ambiguous' WHERE id = 3",
        "UPDATE outbox SET state = 'queued' WHERE id = 4",
        "INSERT INTO incidents (kind, place, detail, opened_at)
         VALUES ('mailbox_unreachable', 'imap.example.org:993', '', 1668000000000000)",
    ] {
        sqlx::query(change).execute(&mut base).await.unwrap();
    }
    let config = Config::load(&dir.join("svodka.toml")).unwrap();
    let campaign = config.campaigns().unwrap().remove(0);
    let store = Store::open_read_only(&config.store.url, &config.store.files).await.unwrap();
    (campaign, store, base)
}

fn noon() -> Timestamp {
    "2022-11-10T09:00:00Z".parse().unwrap()
}

fn letter(summary: &Summary<'_>, before: Option<&Snapshot>) -> Letter {
    summary_letter(summary, before, &Links::default(), &Templates::load(None).unwrap()).unwrap()
}

#[tokio::test]
async fn every_number_of_the_letter_equals_a_query_of_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let (campaign, store, mut base) = a_store_with_troubles(dir.path()).await;
    let summary = summary_where(&store, &campaign, noon(), false).await.unwrap();
    let letter = letter(&summary, None);
    let mut count = async |query: &str| -> i64 {
        sqlx::query_scalar(sqlx::AssertSqlSafe(query.to_owned())).fetch_one(&mut base).await.unwrap()
    };
    let mails = count("SELECT count(*) FROM messages").await;
    let by_state = |states: &str| format!("SELECT count(*) FROM messages WHERE state IN ({states})");
    let matched = count(&by_state("'confirm', 'request'")).await;
    let review = count(&by_state("'review'")).await;
    let automatic = count(&by_state("'ignore'")).await;
    let other = count(&by_state("'leave'")).await;
    let proof = format!(
        "Всего писем: {mails} = {matched} по школам + {review} на решении + {automatic} автоматических + {other} прочих + 0 \
         повторных."
    );
    assert!(letter.text.contains(&proof), "{proof}\n{}", letter.text);
    assert!(letter.text.contains(&format!("не относящиеся к делу: {other} письмо.")), "{}", letter.text);
    let latest = "SELECT count(*) FROM submissions s WHERE version =
        (SELECT max(version) FROM submissions WHERE school = s.school AND campaign = s.campaign)";
    let complete = count(&format!("{latest} AND missing = '[]' AND invalid = '[]' AND owed = '[]'")).await;
    let some = count(latest).await;
    let all = i64::try_from(campaign.schools.len()).unwrap();
    let stand = format!(
        "из {all} школ представили информацию полностью – {complete}, представили не в полном объёме – {}, не представили \
         информацию – {}.",
        some - complete,
        all - some
    );
    assert!(letter.text.contains(&stand), "{stand}\n{}", letter.text);
    let open = count("SELECT count(*) FROM reviews WHERE decided_at IS NULL").await;
    let subject = format!(
        "Сводка 10.11, 12:00: представили {complete} из {all}; требуют решения {open}; не доставлено ответов 2; есть неполадки"
    );
    assert_eq!(letter.subject, subject);
    assert!(
        letter.text.contains("доставлено – 1, доставка под сомнением – 1, ожидают отправки – 1."),
        "{}",
        letter.text
    );
    assert!(letter.text.contains("№ 1, ") && letter.text.contains("адрес получателя не существует"));
    assert!(letter.text.contains("- почтовый ящик недоступен (imap.example.org:993), с 09.11.2022 16:20"));
    let held = summary_where(&store, &campaign, noon(), true).await.unwrap().letters;
    assert_eq!((held.held, held.waiting, held.failed, held.doubtful), (1, 0, 1, 1));
}

#[tokio::test]
async fn the_next_summary_says_that_nothing_came_and_its_picture_shows_the_versions_day_by_day() {
    let dir = tempfile::tempdir().unwrap();
    let (campaign, store, mut base) = a_store_with_troubles(dir.path()).await;
    let first = summary_where(&store, &campaign, noon(), false).await.unwrap();
    let later = "2022-11-10T13:00:00Z".parse().unwrap();
    let second = summary_where(&store, &campaign, later, false).await.unwrap();
    let told = letter(&second, Some(&first.snapshot()));
    assert!(told.text.contains("За прошедшее время (с 10.11.2022 12:00) писем не было."), "{}", told.text);
    assert!(told.subject.contains(": писем не было; ") && !told.text.contains("НОВОЕ"), "{}", told.subject);
    let versions: i64 = sqlx::query_scalar("SELECT count(*) FROM submissions WHERE version IS NOT NULL")
        .fetch_one(&mut base)
        .await
        .unwrap();
    assert_eq!(i64::try_from(first.progress.len()).unwrap(), versions);
    assert!(first.progress.is_sorted_by_key(|step| step.received));
    for row in &first.schools {
        let last = first.progress.iter().rfind(|step| step.school == row.school.id);
        assert_eq!(last.map(|step| step.received), row.last_message, "{}", row.school.id);
    }
}
