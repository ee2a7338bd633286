//! `svodka doctor --nagios`: one line by which a monitoring server knows how it is, with the figures behind it, as the
//! guidelines for Nagios plugins want it (<https://nagios-plugins.org/doc/guidelines.html>, "Plugin Output" and "Return
//! Codes"). It reads the store beside a running daemon, asks no server, and tells nothing about persons.

use std::{fmt::Write as _, path::Path, process::ExitCode};

use jiff::{SignedDuration, Timestamp};

use crate::{
    clock::Clock,
    config::Config,
    discreet::discreet,
    monitoring::{Pass, overdue},
    office::{Disk, ENOUGH, disk},
    reply::AlertKind,
    store::{Figures, OutboxState, Queue, Store, StoreError},
};

/// With less free space than this, in bytes, the next large mail may not fit.
const SCARCE: u64 = 256 << 20;
/// Letters that are due are mostly sent within seconds.
const DUE: [SignedDuration; 2] = [SignedDuration::from_hours(1), SignedDuration::from_hours(4)];
/// So are messages decided.
const UNDECIDED: [SignedDuration; 2] = [SignedDuration::from_mins(15), SignedDuration::from_hours(2)];
/// What a person must decide may wait over a weekend.
const REVIEWS: SignedDuration = SignedDuration::from_hours(4 * 24);
/// Backups are made once a day.
const BACKUP: [SignedDuration; 2] = [SignedDuration::from_hours(26), SignedDuration::from_hours(7 * 24)];

/// A store that was never backed up is worth a word after so long.
const UNSAVED: SignedDuration = SignedDuration::from_hours(3 * 24);

/// How it is; the number is the plugin's exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    Ok = 0,
    Warning = 1,
    Critical = 2,
    Unknown = 3,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// What was found out.
#[derive(Debug, Clone)]
struct Facts {
    now: Timestamp,
    passes: Vec<Pass>,
    figures: Figures,
    incidents: Vec<String>,
    wrong_campaigns: usize,
    disk: Option<Disk>,
    backup: Option<Timestamp>,
    /// When the store was begun.
    begun: Option<Timestamp>,
}

/// What is told: what is wrong, and the figures.
#[derive(Debug, Default)]
struct Verdict {
    wrong: Vec<(Option<Status>, String)>,
    figures: String,
}

/// Looks, and gives what is printed and the exit status. `faults`: what was found out otherwise, with servers asked.
pub(super) async fn check(config: &Config, faults: Vec<String>) -> (String, ExitCode) {
    let database = config.store.url.strip_prefix("sqlite://").unwrap_or_default();
    if !Path::new(database).exists() {
        return told(Status::Critical, "there is no database: svodka has never run with this configuration", &[], "");
    }
    let facts = match look(config).await {
        Ok(facts) => facts,
        Err(error) => return told(Status::Critical, &discreet(&error.into()), &[], ""),
    };
    let mut verdict = judge(&facts);
    verdict.wrong.extend(faults.into_iter().map(|fault| (Some(Status::Critical), fault)));
    verdict.told(&facts)
}

/// The configuration cannot be used, so nothing is known.
pub(super) fn unknown(error: &anyhow::Error) -> (String, ExitCode) {
    told(Status::Unknown, &discreet(error), &[], "")
}

async fn look(config: &Config) -> Result<Facts, StoreError> {
    let store = Store::open_read_only(&config.store.url, &config.store.files).await?;
    let now = Clock::System.now();
    let mut passes = Vec::new();
    for mailbox in &config.mailboxes {
        let passed = store.mailbox_position(&mailbox.key()).await?.map(|(_, at)| at);
        passes.push(Pass { passed, poll: mailbox.poll });
    }
    Ok(Facts {
        now,
        passes,
        figures: store.figures(config.replies.mode == crate::config::ReplyMode::Hold, now).await?,
        incidents: store.incidents().await?.into_iter().map(|one| one.kind).collect(),
        wrong_campaigns: config.usable_campaigns().wrong.len(),
        disk: disk(config).ok(),
        backup: store.backups().await?.last().map(|last| last.made),
        begun: store.first_event().await?,
    })
}

/// The rules: what is a warning, and what is critical. `--help` tells them.
fn judge(facts: &Facts) -> Verdict {
    let mut verdict = Verdict::default();
    for (number, pass) in facts.passes.iter().enumerate() {
        let age = pass.passed.map(|at| facts.now.duration_since(at));
        let late = pass.passed.is_none_or(|at| overdue(at, pass.poll, facts.now).is_some());
        let said = age.map_or_else(|| "never looked through".to_owned(), |age| format!("last pass {} ago", short(age)));
        verdict.note(late.then_some(Status::Critical), format!("mailbox {number}: {said}"));
        verdict.figure(&format!("mailbox{number}_pass_age"), age.map(|age| age.as_secs()), "s", "");
    }
    for word in &facts.incidents {
        let server = AlertKind::of_word(word)
            .is_some_and(|kind| AlertKind::OF_MAILBOX.contains(&kind) || AlertKind::OF_SMTP.contains(&kind));
        let status = if server { Status::Critical } else { Status::Warning };
        verdict.note(Some(status), format!("incident {word}: the board, or `svodka doctor`, says more"));
    }
    if facts.wrong_campaigns > 0 {
        let said = format!("{} campaign files cannot be used: `svodka doctor` says why", facts.wrong_campaigns);
        verdict.note(Some(Status::Warning), said);
    }
    queues(facts, &mut verdict);
    if let Some(Disk { free, .. }) = facts.disk {
        let status = if free < SCARCE { Some(Status::Critical) } else { (free < ENOUGH).then_some(Status::Warning) };
        verdict.note(status, format!("disk: {:.1} GB free", free as f64 / 1e9));
        verdict.figure("disk_free", i64::try_from(free).ok(), "B", &format!("{ENOUGH}:;{SCARCE}:;0"));
    }
    if let Some(at) = facts.backup {
        let age = facts.now.duration_since(at);
        verdict.note(older(age, BACKUP), format!("last backup {} ago", short(age)));
        verdict.figure("backup_age", Some(age.as_secs()), "s", &limits(BACKUP));
    } else if facts.begun.is_some_and(|begun| facts.now.duration_since(begun) > UNSAVED) {
        let said = "no backup was ever made: systemctl enable --now svodka-backup.timer";
        verdict.note(Some(Status::Warning), said.to_owned());
    }
    verdict
}

fn queues(facts: &Facts, verdict: &mut Verdict) {
    let Figures { undecided, reviews, due, letters, .. } = &facts.figures;
    let age = |queue: &Queue| queue.oldest.map(|at| facts.now.duration_since(at));
    let waiting = |name: &str, queue: &Queue, status: Option<Status>, verdict: &mut Verdict| {
        let oldest = age(queue).map(|age| format!(", the oldest for {}", short(age))).unwrap_or_default();
        verdict.note(status, format!("{} {name}{oldest}", queue.count));
    };
    waiting("messages undecided", undecided, age(undecided).and_then(|age| older(age, UNDECIDED)), verdict);
    waiting("letters due", due, age(due).and_then(|age| older(age, DUE)), verdict);
    let long = age(reviews).is_some_and(|age| age > REVIEWS);
    waiting("cases for a person", reviews, long.then_some(Status::Warning), verdict);
    verdict.figure("undecided", i64::try_from(undecided.count).ok(), "", "");
    verdict.figure("due", i64::try_from(due.count).ok(), "", "");
    verdict.figure("due_age", Some(age(due).map_or(0, |age| age.as_secs())), "s", &limits(DUE));
    verdict.figure("reviews", i64::try_from(reviews.count).ok(), "", "");
    for (state, name) in [(OutboxState::Failed, "failed"), (OutboxState::Ambiguous, "in_doubt")] {
        let count = letters.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
        let status = (count > 0).then_some(Status::Warning);
        verdict.note(status, format!("{count} letters {}", name.replace('_', " ")));
        verdict.figure(name, i64::try_from(count).ok(), "", "0");
    }
}

fn older(age: SignedDuration, [warning, critical]: [SignedDuration; 2]) -> Option<Status> {
    if age > critical { Some(Status::Critical) } else { (age > warning).then_some(Status::Warning) }
}

fn limits([warning, critical]: [SignedDuration; 2]) -> String {
    format!("{};{};0", warning.as_secs(), critical.as_secs())
}

/// A duration as people say it: the two largest units.
fn short(age: SignedDuration) -> String {
    let seconds = age.as_secs().max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

impl Verdict {
    fn note(&mut self, status: Option<Status>, said: String) {
        self.wrong.push((status, said));
    }

    fn figure(&mut self, name: &str, value: Option<i64>, unit: &str, limits: &str) {
        let Some(value) = value else { return };
        let limits = if limits.is_empty() { String::new() } else { format!(";{limits}") };
        let gap = if self.figures.is_empty() { "" } else { " " };
        let _ = write!(self.figures, "{gap}{name}={value}{unit}{limits}");
    }

    /// What is wrong first, the worst before all; without it, how it is.
    fn told(&self, facts: &Facts) -> (String, ExitCode) {
        let mut wrong: Vec<(Status, &str)> =
            self.wrong.iter().filter_map(|(status, said)| Some(((*status)?, said.as_str()))).collect();
        wrong.sort_by_key(|(status, _)| std::cmp::Reverse(*status));
        let worst = wrong.first().map_or(Status::Ok, |(status, _)| *status);
        let summary = if wrong.is_empty() {
            let age = facts.passes.iter().filter_map(|one| Some(facts.now.duration_since(one.passed?))).max();
            let Figures { reviews, due, .. } = &facts.figures;
            format!(
                "last pass {} ago, {} letters due, {} cases for a person",
                short(age.unwrap_or_default()),
                due.count,
                reviews.count
            )
        } else {
            wrong.iter().map(|(_, said)| *said).collect::<Vec<_>>().join("; ")
        };
        let details: Vec<String> = self
            .wrong
            .iter()
            .map(|(status, said)| format!("{}: {said}", status.map_or("ok", |status| status.word())))
            .collect();
        told(worst, &summary, &details, &self.figures)
    }
}

/// The first line with its figures, and the others. A «|» in a text would begin figures.
fn told(status: Status, summary: &str, details: &[String], figures: &str) -> (String, ExitCode) {
    let clean = |text: &str| super::one_line(text).replace('|', "/");
    let mut text = format!("SVODKA {} - {}", status.word(), clean(summary));
    if !figures.is_empty() {
        let _ = write!(text, " | {figures}");
    }
    text.push('\n');
    for line in details {
        let _ = writeln!(text, "{}", clean(line));
    }
    (text, ExitCode::from(status as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2022-11-10T09:00:00Z".parse().unwrap()
    }

    fn ago(hours: i64) -> Option<Timestamp> {
        Some(now() - SignedDuration::from_hours(hours))
    }

    fn well() -> Facts {
        let passed = Some(now() - SignedDuration::from_secs(40));
        Facts {
            now: now(),
            passes: vec![Pass { passed, poll: SignedDuration::from_secs(60) }],
            figures: Figures::default(),
            incidents: Vec::new(),
            wrong_campaigns: 0,
            disk: Some(Disk { at: "/".into(), free: 50 << 30, size: 100 << 30 }),
            backup: ago(3),
            begun: ago(24 * 30),
        }
    }

    fn said(facts: &Facts) -> (String, Status) {
        let verdict = judge(facts);
        let (text, _) = verdict.told(facts);
        let worst = verdict.wrong.iter().filter_map(|(status, _)| *status).max().unwrap_or(Status::Ok);
        assert!(text.starts_with(&format!("SVODKA {} - ", worst.word())), "{text}");
        (text, worst)
    }

    #[test]
    fn all_well_is_one_line_with_its_figures() {
        let (text, status) = said(&well());
        assert_eq!(status, Status::Ok);
        let first = text.lines().next().unwrap();
        assert_eq!(
            first,
            "SVODKA OK - last pass 40 s ago, 0 letters due, 0 cases for a person | mailbox0_pass_age=40s undecided=0 \
             due=0 due_age=0s;3600;14400;0 reviews=0 failed=0;0 in_doubt=0;0 \
             disk_free=53687091200B;1073741824:;268435456:;0 backup_age=10800s;93600;604800;0"
        );
        assert_eq!(text.matches('|').count(), 1, "{text}");
    }

    #[test]
    fn each_fault_has_its_weight_and_the_worst_decides() {
        use Status::{Critical, Warning};
        let queue = |hours| Queue { count: 2, oldest: ago(hours) };
        let with = |change: fn(&mut Facts)| {
            let mut facts = well();
            change(&mut facts);
            said(&facts)
        };
        assert_eq!(with(|it| it.passes[0].passed = ago(1)).1, Critical);
        assert_eq!(with(|it| it.passes[0].passed = None).1, Critical);
        assert_eq!(with(|it| it.incidents = vec!["smtp_login".to_owned()]).1, Critical);
        assert_eq!(with(|it| it.incidents = vec!["campaign".to_owned()]).1, Warning);
        assert_eq!(with(|it| it.wrong_campaigns = 1).1, Warning);
        assert_eq!(with(|it| it.disk.as_mut().unwrap().free = 1 << 29).1, Warning);
        assert_eq!(with(|it| it.disk.as_mut().unwrap().free = 1 << 20).1, Critical);
        assert_eq!(with(|it| it.backup = None).1, Warning);
        let young = with(|it| (it.backup, it.begun) = (None, ago(10)));
        assert_eq!(young.1, Status::Ok);
        assert_eq!(with(|it| it.backup = ago(27)).1, Warning);
        assert_eq!(with(|it| it.backup = ago(24 * 8)).1, Critical);
        assert_eq!(with(|it| it.figures.letters = vec![(OutboxState::Ambiguous, 1)]).1, Warning);
        for (hours, due, undecided, reviews) in [
            (0, Status::Ok, Status::Ok, Status::Ok),
            (2, Warning, Warning, Status::Ok),
            (5, Critical, Critical, Status::Ok),
            (97, Critical, Critical, Warning),
        ] {
            let of = |figures: Figures| said(&Facts { figures, ..well() }).1;
            assert_eq!(of(Figures { due: queue(hours), ..Figures::default() }), due, "due {hours}");
            assert_eq!(of(Figures { undecided: queue(hours), ..Figures::default() }), undecided, "undecided {hours}");
            assert_eq!(of(Figures { reviews: queue(hours), ..Figures::default() }), reviews, "reviews {hours}");
        }
        let (text, _) = with(|it| {
            it.backup = ago(27);
            it.incidents = vec!["mailbox_login".to_owned()];
        });
        let first = text.lines().next().unwrap();
        assert!(first.contains("incident mailbox_login") && first.find("incident") < first.find("backup"), "{first}");
    }

    #[test]
    fn no_text_can_forge_figures() {
        let (text, _) = told(Status::Unknown, "a|b\nc", &["d|e".to_owned()], "");
        assert_eq!(text, "SVODKA UNKNOWN - a/b c\nd/e\n");
    }
}
