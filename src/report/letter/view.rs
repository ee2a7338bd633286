//! What the letter says, before it is worded: the data that its templates see.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::{
    super::{Change, Outlook, ReviewRow, SchoolRow, Scope, Snapshot, Status, Summary},
    Links,
    chart::SIZE,
    progress::Progress,
};
use crate::{
    campaign::{RequirementKind, SchoolId},
    reply::russian::{long_date, long_time, one_line, short_date, short_day, short_time, some_date},
};

/// The longest subject of a mail that is shown, in characters.
const SUBJECT: usize = 120;

#[derive(Debug, Serialize)]
pub(super) struct View {
    pub(super) subject: String,
    title: String,
    issuer: String,
    letter_date: String,
    letter_number: String,
    /// «10.11, 9:00».
    time: String,
    as_of: String,
    /// «Подпорожский район», or nothing.
    district: String,
    /// Whether schools present on days of their own.
    dated: bool,
    /// Whether it tells of some schools only.
    part: bool,
    /// How the schools stand: together, all of them.
    total: usize,
    complete: usize,
    partial: usize,
    nothing: usize,
    /// The time of the last summary, or nothing.
    since: String,
    /// How many mails have come since, where that is counted.
    came: Option<u32>,
    /// Nothing has come since.
    quiet: bool,
    reviews: Vec<Review>,
    /// Whether a case can be decided on a page.
    links: bool,
    letters: Letters,
    faults: Vec<Fault>,
    chart: Chart,
    schools: Vec<School>,
    fields: Vec<Field>,
    changes: Vec<News>,
    absent: Vec<Absent>,
    #[serde(flatten)]
    outlook: Outlook,
    obligations: Vec<Due>,
    attendance: Vec<Due>,
    information: Vec<Due>,
    /// Mails about something else.
    other: Option<u32>,
    /// The sum of all mails, or nothing.
    proof: String,
}

#[derive(Debug, Default, Serialize)]
struct Chart {
    cid: String,
    words: String,
    /// In pixels of the page.
    width: u32,
}

#[derive(Debug, Serialize)]
struct Review {
    number: i64,
    received: String,
    from: String,
    about: String,
    reason: String,
    link: String,
}

#[derive(Debug, Serialize)]
struct Letters {
    held: u32,
    waiting: u32,
    failed: u32,
    doubtful: u32,
    troubled: Vec<Troubled>,
}

#[derive(Debug, Serialize)]
struct Troubled {
    number: i64,
    schools: String,
    since: String,
    why: &'static str,
}

#[derive(Debug, Serialize)]
struct Fault {
    kind: String,
    place: String,
    since: String,
}

/// How far a school has come, whatever a person must decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Standing {
    Complete,
    Partial,
    Nothing,
}

#[derive(Debug, Serialize)]
struct School {
    name: String,
    date: String,
    form: String,
    draft: String,
    lacks: String,
    standing: Standing,
    late: bool,
    /// A mail that may be the school's waits for a decision.
    review: bool,
    last: String,
}

#[derive(Debug, Serialize)]
struct Field {
    number: usize,
    short: String,
}

#[derive(Debug, Serialize)]
struct News {
    school: String,
    what: String,
}

#[derive(Debug, Serialize)]
struct Absent {
    name: String,
    district: String,
    review: bool,
}

#[derive(Debug, Serialize)]
struct Due {
    date: String,
    /// Who owes it: people or a school.
    who: String,
    what: String,
    left: String,
    over: bool,
}

fn standing(row: &SchoolRow<'_>) -> Standing {
    match row.status {
        Status::Complete => Standing::Complete,
        _ if row.versions > 0 => Standing::Partial,
        _ => Standing::Nothing,
    }
}

pub(super) fn view(summary: &Summary<'_>, before: Option<&Snapshot>, links: &Links) -> View {
    let campaign = summary.campaign;
    let local = summary.as_of.to_zoned_datetime(campaign.time_zone.clone());
    let count = |wanted| summary.schools.iter().filter(|row| standing(row) == wanted).count();
    let changes = summary.changes_since(before);
    let came = summary.came_since(before);
    let reviewed_since = |one: &ReviewRow| before.is_none_or(|before| one.received.is_some_and(|at| at > before.as_of));
    // Of some schools only, what has come shows by what it has changed.
    let quiet =
        came.map_or_else(|| changes.is_empty() && !summary.reviews.iter().any(reviewed_since), |came| came == 0);
    let day = short_day(local.date());
    View {
        subject: String::new(),
        title: campaign.title.clone(),
        issuer: campaign.letter.issuer_genitive.clone(),
        letter_date: long_date(campaign.letter.date),
        letter_number: campaign.letter.number.clone(),
        time: format!("{day}, {}:{:02}", local.hour(), local.minute()),
        as_of: long_time(summary.as_of, &campaign.time_zone),
        district: if let Scope::District(name) = &summary.scope { format!("{name} район") } else { String::new() },
        dated: campaign.has_days(),
        part: summary.scope != Scope::All,
        total: summary.schools.len(),
        complete: count(Standing::Complete),
        partial: count(Standing::Partial),
        nothing: count(Standing::Nothing),
        since: before.map(|one| short_time(one.as_of, &campaign.time_zone)).unwrap_or_default(),
        came,
        quiet,
        reviews: summary.reviews.iter().map(|row| review(summary, row, links)).collect(),
        links: links.board.is_some(),
        letters: letters(summary),
        faults: faults(summary),
        chart: Chart::default(),
        schools: summary.schools.iter().map(|row| school(summary, row)).collect(),
        fields: fields(summary),
        changes: changes.iter().map(news).collect(),
        absent: summary.schools.iter().filter(|row| standing(row) == Standing::Nothing).map(absent).collect(),
        outlook: summary.outlook(),
        obligations: obligations(summary),
        attendance: summary
            .attendance()
            .filter_map(|row| Some(due(summary, row.school.date?, &row.school.name, "")))
            .collect(),
        information: summary
            .information()
            .map(|(row, one)| due(summary, one.deadline, &row.school.name, &one.title))
            .collect(),
        other: came.map(|_| summary.messages.other),
        proof: summary.proof().unwrap_or_default(),
    }
}

impl View {
    /// Puts the picture in.
    pub(super) fn show(&mut self, cid: &str, progress: &Progress) {
        self.chart = Chart { cid: cid.to_owned(), words: progress.words(), width: SIZE.0 / 2 };
    }
}

fn time(summary: &Summary<'_>, instant: Timestamp) -> String {
    short_time(instant, &summary.campaign.time_zone)
}

fn review(summary: &Summary<'_>, row: &ReviewRow, links: &Links) -> Review {
    let about = one_line(&row.subject);
    let cut = about.chars().count() > SUBJECT;
    let about: String = about.chars().take(SUBJECT).chain(cut.then_some('…')).collect();
    let board = links.board.as_deref().map(|url| url.trim_end_matches('/'));
    Review {
        number: row.number,
        received: row.received.map(|at| time(summary, at)).unwrap_or_default(),
        from: one_line(&row.from),
        about,
        reason: one_line(&row.reason),
        link: board.map(|url| format!("{url}/review/{}", row.number)).unwrap_or_default(),
    }
}

fn letters(summary: &Summary<'_>) -> Letters {
    let name = |id: &SchoolId| summary.campaign.school(id).map(|school| school.name.clone());
    let all = &summary.letters;
    let troubled = all.troubled.iter().map(|row| Troubled {
        number: row.number,
        schools: row.schools.iter().filter_map(name).collect::<Vec<_>>().join("; "),
        since: time(summary, row.since),
        why: row.why,
    });
    Letters {
        held: all.held,
        waiting: all.waiting,
        failed: all.failed,
        doubtful: all.doubtful,
        troubled: troubled.collect(),
    }
}

fn faults(summary: &Summary<'_>) -> Vec<Fault> {
    let fault = |one: &super::super::Fault| Fault {
        kind: one.kind.clone(),
        place: one_line(&one.place),
        since: time(summary, one.since),
    };
    summary.faults.iter().map(fault).collect()
}

fn school(summary: &Summary<'_>, row: &SchoolRow<'_>) -> School {
    let owes = |kind| summary.campaign.requirement(kind, &row.school.id).is_some();
    let part = |came: Option<Timestamp>, kind| match came {
        Some(at) => short_day(summary.campaign.day_of(at)),
        None if owes(kind) => "нет".to_owned(),
        None => "–".to_owned(),
    };
    let last = |at: Timestamp| {
        let local = at.to_zoned_datetime(summary.campaign.time_zone.clone());
        format!("{} {:02}:{:02}", short_day(local.date()), local.hour(), local.minute())
    };
    School {
        name: row.school.name.clone(),
        date: some_date(row.school.date),
        form: part(row.form, RequirementKind::Form),
        draft: part(row.draft, RequirementKind::Draft),
        lacks: summary.lacks(row),
        standing: standing(row),
        late: row.late,
        review: row.status == Status::Review,
        last: row.last_message.map(last).unwrap_or_default(),
    }
}

/// The fields that some school has left open, so that their numbers say something.
fn fields(summary: &Summary<'_>) -> Vec<Field> {
    let form = &summary.campaign.form;
    let open = |id| summary.schools.iter().any(|row| row.missing.contains(id) || row.invalid.contains(id));
    let field = |(number, field): (usize, &crate::campaign::Field)| Field { number, short: field.short.clone() };
    (1..).zip(&form.fields).filter(|(_, field)| open(&field.id)).map(field).collect()
}

fn news(change: &Change<'_>) -> News {
    News { school: change.school.name.clone(), what: change.what.join("; ") }
}

fn absent(row: &SchoolRow<'_>) -> Absent {
    let (name, district) = (row.school.name.clone(), row.school.district.clone());
    Absent { name, district, review: row.status == Status::Review }
}

fn due(summary: &Summary<'_>, date: Date, who: &str, what: &str) -> Due {
    let (left, over) = summary.countdown(date);
    Due { date: short_date(date), who: who.to_owned(), what: what.to_owned(), left, over }
}

fn obligations(summary: &Summary<'_>) -> Vec<Due> {
    let mut all: Vec<_> = summary.obligations().collect();
    all.sort_by_key(|one| one.deadline);
    all.into_iter().map(|one| due(summary, one.deadline, &one.who, &one.what)).collect()
}
