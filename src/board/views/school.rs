//! A school: where it stands, its answers with where each was found, its documents, its correspondence.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Frame, Stand, cases, mail, timeline, timeline::Entry, words};
use crate::{
    campaign::{FieldId, Requirement, RequirementKind},
    form::Answer,
    reply::russian::{self, short_date},
    report::{SchoolRow, Status, Summary},
    store::{AmendmentRow, CaseLook, LetterLine, SchoolFile, SchoolMail, SecondLook, VersionLook},
};

/// What the store knows of a school.
#[derive(Debug, Clone, Default)]
pub(crate) struct SchoolData {
    /// Its mails, and those that may be its.
    pub(crate) mails: Vec<SchoolMail>,
    /// What it has sent, the first version first.
    pub(crate) versions: Vec<VersionLook>,
    /// Its documents.
    pub(crate) files: Vec<SchoolFile>,
    /// Letters that speak of it.
    pub(crate) letters: Vec<LetterLine>,
    /// What a person decides, or has decided.
    pub(crate) cases: Vec<CaseLook>,
    /// What people have decided about its documents once more.
    pub(crate) second: Vec<SecondLook>,
    /// What staff have added about it.
    pub(crate) amendments: Vec<AmendmentRow>,
}

#[derive(Debug, Serialize)]
pub(crate) struct SchoolView {
    id: String,
    name: String,
    district: String,
    settlement: String,
    date: String,
    left: String,
    status: Stand,
    cases: Vec<cases::Brief>,
    owed: Vec<Owed>,
    gaps: Vec<Gap>,
    answers: Vec<Line>,
    /// From where all answers are, where they are from one place.
    source: String,
    versions: usize,
    documents: Vec<Document>,
    timeline: Vec<Entry>,
    addresses: Vec<String>,
}

/// A document that is still to come.
#[derive(Debug, Serialize)]
struct Owed {
    title: String,
    deadline: String,
    left: String,
    over: bool,
}

/// A field that is open.
#[derive(Debug, Serialize)]
struct Gap {
    number: usize,
    label: String,
    text: String,
    problem: &'static str,
}

/// A current answer.
#[derive(Debug, Serialize)]
struct Line {
    number: usize,
    label: String,
    text: String,
    problem: &'static str,
    found: String,
    /// Version, time and document.
    source: String,
}

#[derive(Debug, Serialize)]
struct Document {
    href: String,
    name: String,
    kind: String,
    about: String,
    when: String,
    problem: &'static str,
}

/// What a school's page shows; none where the campaign has no such row.
pub(crate) fn school(frame: &Frame<'_>, summary: &Summary<'_>, row: &SchoolRow<'_>, data: &SchoolData) -> SchoolView {
    let school = row.school;
    let all = frame.sight.is_all();
    let mut answers = answers(frame, &data.versions);
    let source = answers.first().map(|one| one.source.clone()).unwrap_or_default();
    let common = answers.iter().all(|one| one.source == source);
    if common {
        answers.iter_mut().for_each(|one| one.source.clear());
    }
    let open = data.cases.iter().filter(|one| all && one.decided.is_none());
    SchoolView {
        id: school.id.to_string(),
        name: school.name.clone(),
        district: school.district.clone(),
        settlement: school.settlement.clone(),
        date: school.date.map(short_date).unwrap_or_default(),
        left: school.date.map(|day| until(frame, day)).unwrap_or_default(),
        status: Stand::of(row.status, row.late),
        cases: open.map(|one| cases::brief(frame, one)).collect(),
        owed: owed(summary, row),
        gaps: gaps(frame, row),
        answers,
        source: if common { source } else { String::new() },
        versions: data.versions.len(),
        documents: data.files.iter().map(|one| document(frame, one)).collect(),
        timeline: timeline::timeline(frame, data),
        addresses: if all { school.addresses.iter().map(|one| russian::one_line(one)).collect() } else { Vec::new() },
    }
}

/// «через 5 дней», «сегодня»; nothing once the day is over.
pub(super) fn until(frame: &Frame<'_>, day: jiff::civil::Date) -> String {
    match -frame.days(day) {
        0 => "сегодня".to_owned(),
        1 => "завтра".to_owned(),
        days @ 2.. => {
            let count = usize::try_from(days).unwrap_or_default();
            format!("через {}", russian::plural(count, ["день", "дня", "дней"]))
        }
        _ => String::new(),
    }
}

fn owed(summary: &Summary<'_>, row: &SchoolRow<'_>) -> Vec<Owed> {
    let is_open = |one: &&Requirement| {
        one.is_owed_by(&row.school.id)
            && match one.kind {
                RequirementKind::Form => row.form.is_none(),
                RequirementKind::Draft => row.draft.is_none(),
                RequirementKind::Information => !row.information.contains(&one.id),
            }
    };
    let owed = summary.campaign.requirements.iter().filter(is_open).filter(|_| row.status != Status::Complete);
    owed.map(|one| {
        let (left, over) = summary.countdown(one.deadline);
        Owed { title: one.title.clone(), deadline: short_date(one.deadline), left, over }
    })
    .collect()
}

fn gaps(frame: &Frame<'_>, row: &SchoolRow<'_>) -> Vec<Gap> {
    let gap = |id: &FieldId| {
        let (number, label) = frame.field(id);
        let answer = row.answers.get(id).filter(|_| row.invalid.contains(id));
        // Valid by itself, and no answer all the same: another field says something else.
        let problem = answer.map_or("", |one| one.invalid.map_or("не совпадает с другим полем", words::invalid));
        Gap { number, label, text: answer.map(|one| super::clip(&one.text, 200)).unwrap_or_default(), problem }
    };
    let mut gaps: Vec<Gap> = row.missing.iter().chain(&row.invalid).map(gap).collect();
    gaps.sort_by_key(|one| one.number);
    gaps
}

/// The current answers: of each field the latest that is there, with the version that brought it.
fn answers(frame: &Frame<'_>, versions: &[VersionLook]) -> Vec<Line> {
    let mut current: BTreeMap<&FieldId, (&Answer, &VersionLook)> = BTreeMap::new();
    for version in versions {
        for (field, answer) in &version.part.answers {
            current.insert(field, (answer, version));
        }
    }
    let mut lines: Vec<Line> =
        current.into_iter().map(|(field, (answer, from))| line(frame, field, answer, from)).collect();
    lines.sort_by_key(|one| one.number);
    lines
}

fn line(frame: &Frame<'_>, field: &FieldId, answer: &Answer, from: &VersionLook) -> Line {
    let (number, label) = frame.field(field);
    // Of several forms nobody knows which one an answer stood in.
    let document = match from.forms.as_slice() {
        [name] if name.is_empty() => "текст письма".to_owned(),
        [name] if frame.sight.is_all() || from.alone => format!("«{}»", russian::file_name(name)),
        _ => String::new(),
    };
    let version = format!("версия {}, {}", from.part.version.unwrap_or_default(), frame.time(from.line.received));
    Line {
        number,
        label,
        text: answer.text.clone(),
        problem: answer.invalid.map_or("", words::invalid),
        found: answer.found.clone(),
        source: if document.is_empty() { version } else { format!("{version}, {document}") },
    }
}

fn document(frame: &Frame<'_>, one: &SchoolFile) -> Document {
    let open = frame.sight.is_all() || one.alone;
    let name = one.name.as_deref().filter(|_| open).map(russian::file_name);
    let about = [one.format.map(|format| words::format(format).to_owned()), one.size.map(russian::size)];
    Document {
        href: one.file.filter(|_| open).map(|file| mail::file_href(one.message, file)).unwrap_or_default(),
        name: name.unwrap_or_else(|| if one.sha256.is_some() { "файл" } else { "текст письма" }.to_owned()),
        kind: words::kind(one.kind).to_owned(),
        about: about.into_iter().flatten().collect::<Vec<_>>().join(", "),
        when: frame.time(one.received),
        problem: one.problem.map_or("", words::problem),
    }
}
