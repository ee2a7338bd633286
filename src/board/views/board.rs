//! The campaign's board: how everything stands, and what needs a person first.

use serde::{Deserialize, Serialize};

use super::{Frame, Sight, Stand};
use crate::{
    campaign::{RequirementKind, School},
    reply::russian::{long_date, long_time, plural, short_day, some_date},
    report::{Outlook, SchoolRow, Status, Summary},
    store::{Incident, OutboxState, Pending},
};

/// What is wanted of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// A part of a school's name.
    pub(crate) q: String,
    /// The word of a status; whatever is none means all.
    pub(crate) status: String,
    /// A district.
    pub(crate) district: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct BoardView {
    letter: String,
    as_of: String,
    /// The district to which the page is limited, or nothing.
    district_only: String,
    counts: Vec<Count>,
    total: usize,
    progress: Progress,
    schools: Vec<Line>,
    filtered: bool,
    fields: Vec<FieldName>,
    todo: Vec<Todo>,
    #[serde(flatten)]
    outlook: Outlook,
    proof: String,
    /// Whether schools present on days of their own.
    dated: bool,
    asked: Asked,
    districts: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Count {
    class: Status,
    words: &'static str,
    count: usize,
}

/// In thousandths of the whole.
#[derive(Debug, Serialize)]
struct Progress {
    complete: usize,
    begun: usize,
    words: String,
}

#[derive(Debug, Serialize)]
struct Line {
    id: String,
    name: String,
    district: String,
    date: String,
    form: String,
    draft: String,
    lacks: String,
    last: String,
    #[serde(flatten)]
    stand: Stand,
}

#[derive(Debug, Serialize)]
struct FieldName {
    number: usize,
    short: String,
}

#[derive(Debug, Serialize)]
struct Todo {
    href: &'static str,
    what: String,
    more: String,
}

const STATUSES: [Status; 4] = [Status::Complete, Status::Incomplete, Status::Nothing, Status::Review];

/// What the board shows; the summary is the whole one.
pub(crate) fn board(
    frame: &Frame<'_>,
    whole: &Summary<'_>,
    asked: Asked,
    letters: &[Pending],
    faults: &[Incident],
) -> BoardView {
    let summary = frame.sight.of(whole);
    let campaign = frame.campaign;
    let rows: Vec<&SchoolRow<'_>> = summary.schools.iter().filter(|row| is_asked(row, &asked)).collect();
    let mut districts: Vec<String> = summary.schools.iter().map(|row| row.school.district.clone()).collect();
    districts.sort();
    districts.dedup();
    let letter = &campaign.letter;
    BoardView {
        letter: format!("Письмо {} от {} № {}", letter.issuer_genitive, long_date(letter.date), letter.number),
        as_of: long_time(frame.now, &campaign.time_zone),
        district_only: match frame.sight {
            Sight::All => String::new(),
            Sight::District(name) => name.clone(),
        },
        counts: STATUSES.map(|class| Count { class, words: class.words(), count: summary.count(class) }).into(),
        total: summary.schools.len(),
        progress: progress(&summary),
        filtered: rows.len() < summary.schools.len(),
        fields: fields(&summary, &rows),
        schools: rows.into_iter().map(|row| line(frame, &summary, row)).collect(),
        todo: if frame.sight.is_all() { todo(frame, &summary, letters, faults) } else { Vec::new() },
        outlook: summary.outlook(),
        dated: campaign.has_days(),
        proof: summary.proof().unwrap_or_default(),
        asked,
        districts,
    }
}

/// Whether a school is among those that are wanted.
fn is_asked(row: &SchoolRow<'_>, asked: &Asked) -> bool {
    let status = STATUSES.into_iter().find(|one| word(*one) == asked.status);
    status.is_none_or(|status| row.status == status)
        && (asked.district.is_empty() || row.school.district == asked.district)
        && is_named(row.school, &asked.q)
}

/// The word that a status has in an address.
fn word(status: Status) -> &'static str {
    match status {
        Status::Complete => "complete",
        Status::Incomplete => "incomplete",
        Status::Nothing => "nothing",
        Status::Review => "review",
    }
}

/// Whether every word that is looked for stands in one of the school's names or in its place.
fn is_named(school: &School, wanted: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace('ё', "е");
    let own = [&school.name, &school.district, &school.settlement];
    let said = plain(&own.into_iter().chain(&school.aliases).map(String::as_str).collect::<Vec<_>>().join("\n"));
    plain(wanted).split_whitespace().all(|word| said.contains(word))
}

fn progress(summary: &Summary<'_>) -> Progress {
    let total = summary.schools.len();
    let complete = summary.count(Status::Complete);
    let begun = summary.schools.iter().filter(|row| row.versions > 0).count();
    let share = |count: usize| (count * 1000).checked_div(total).unwrap_or_default();
    let words = format!(
        "Из {} представили всё – {complete}, не в полном объёме – {}, ничего – {}",
        plural(total, ["школы", "школ", "школ"]),
        begun.saturating_sub(complete),
        total.saturating_sub(begun)
    );
    Progress { complete: share(complete), begun: share(begun), words }
}

fn line(frame: &Frame<'_>, summary: &Summary<'_>, row: &SchoolRow<'_>) -> Line {
    let owes = |kind| frame.campaign.requirement(kind, &row.school.id).is_some();
    let part = |came: Option<jiff::Timestamp>, kind| match came {
        Some(at) => short_day(frame.campaign.day_of(at)),
        None if owes(kind) => "нет".to_owned(),
        None => "–".to_owned(),
    };
    Line {
        id: row.school.id.to_string(),
        name: row.school.name.clone(),
        district: row.school.district.clone(),
        date: some_date(row.school.date),
        form: part(row.form, RequirementKind::Form),
        draft: part(row.draft, RequirementKind::Draft),
        lacks: summary.lacks(row),
        last: row.last_message.map(|at| short(frame, at)).unwrap_or_default(),
        stand: Stand::of(row.status, row.late),
    }
}

/// «15.11 09:05»: a table has no room for the year.
fn short(frame: &Frame<'_>, at: jiff::Timestamp) -> String {
    let local = at.to_zoned_datetime(frame.campaign.time_zone.clone());
    format!("{} {:02}:{:02}", short_day(local.date()), local.hour(), local.minute())
}

/// The fields whose numbers stand in the table.
fn fields(summary: &Summary<'_>, rows: &[&SchoolRow<'_>]) -> Vec<FieldName> {
    let form = &summary.campaign.form;
    let open = |id| rows.iter().any(|row| row.missing.contains(id) || row.invalid.contains(id));
    let named = (1..).zip(&form.fields).filter(|(_, field)| open(&field.id));
    named.map(|(number, field)| FieldName { number, short: field.short.clone() }).collect()
}

/// What needs a person first.
fn todo(frame: &Frame<'_>, summary: &Summary<'_>, letters: &[Pending], faults: &[Incident]) -> Vec<Todo> {
    let mut all = Vec::new();
    let mails = |count| plural(count, ["письмо", "письма", "писем"]);
    if let Some(oldest) = summary.reviews.iter().filter_map(|one| one.received).min() {
        let what = format!("Ждут решения: {}", mails(summary.reviews.len()));
        all.push(Todo {
            href: "/review", what, more: format!("самое раннее получено {}", frame.time(oldest))
        });
    }
    if !faults.is_empty() {
        let count = plural(faults.len(), ["неполадка", "неполадки", "неполадок"]);
        all.push(Todo {
            href: "/health", what: format!("Работа программы: {count}"), more: String::new()
        });
    }
    let count = |state| letters.iter().find(|one| one.state == state).map_or(0, |one| one.count);
    for (state, words) in
        [(OutboxState::Failed, "Не доставлено ответов"), (OutboxState::Ambiguous, "Доставка под сомнением")]
    {
        let count = count(state);
        if count > 0 {
            let more = "свяжитесь со школами другим способом".to_owned();
            all.push(Todo { href: "/outbox", what: format!("{words}: {count}"), more });
        }
    }
    let waiting = letters.iter().find(|one| one.state == OutboxState::Queued);
    let held = waiting.map_or(0, |one| if frame.held { one.count } else { one.held });
    if held > 0 {
        let what = format!("Ожидают разрешения на отправку: {held}");
        all.push(Todo { href: "/outbox", what, more: String::new() });
    }
    all
}
