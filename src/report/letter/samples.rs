//! The summary in each of its shapes, with made-up data: for whoever changes the wording, and for the tests.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan as _, civil::Date};

use super::{LetterError, Links, summary_letter};
use crate::{
    campaign::{Campaign, FieldId, School},
    message::Address,
    reply::{AlertKind, Envelope, ReplyError, Sample, Templates},
    report::{
        Counts, Fault, IN_DOUBT, LetterRow, Letters, ReviewRow, SchoolRow, Scope, Snapshot, Status, Step, Summary,
        failure,
    },
};

/// The summary in each of its shapes, with the schools of a campaign.
///
/// # Errors
/// As [`summary_letter`] and [`Letter::compose`](super::Letter::compose).
pub fn samples(campaign: &Campaign, templates: &Templates) -> Result<Vec<Sample>, LetterError> {
    let board = Links { board: Some("https://svodka.example.org".to_owned()) };
    shapes(campaign)
        .into_iter()
        .map(|(name, summary, before)| {
            let links = if name == "summary-board" { &board } else { &Links::default() };
            let letter = summary_letter(&summary, before.as_ref(), links, templates)?;
            let address = Address::parse("committee@example.org").ok_or(ReplyError::MessageId)?;
            let envelope = Envelope {
                from: &address,
                from_name: "Сводка",
                now: summary.as_of,
                registration: None,
                seed: name,
                templates,
            };
            Ok(Sample { name: name.to_owned(), letter: letter.compose(&envelope, &address, Vec::new())? })
        })
        .collect()
}

/// Each shape: its name, the summary, and what it is held against.
pub(super) fn shapes(campaign: &Campaign) -> Vec<(&'static str, Summary<'_>, Option<Snapshot>)> {
    let due = campaign.requirements.iter().map(|one| one.deadline).min().unwrap_or(campaign.start);
    let day = |days: i32| due.saturating_add(days.days());
    let whole = campaign.schools.len();
    let start = made_up(campaign, campaign.start.saturating_add(1.day()), 0, 0);
    let middle = || made_up(campaign, day(-4), 2, 3);
    let earlier = Some(made_up(campaign, day(-6), 1, 0).snapshot());
    let district = campaign.schools.get(2).or(campaign.schools.first()).map_or("", |school| school.district.as_str());
    let mut quiet = made_up(campaign, day(-4), 2, 3);
    calm(&mut quiet);
    let before_quiet = {
        let mut before = quiet.clone();
        before.as_of = at(day(-5), 16, campaign);
        before.snapshot()
    };
    let mut all = made_up(campaign, day(1), whole, 0);
    calm(&mut all);
    let mut late = made_up(campaign, day(10), whole.saturating_sub(2), 1);
    trouble(&mut late);
    let part = made_up(campaign, day(-4), 2, whole.saturating_sub(3)).for_district(district);
    let before_part = made_up(campaign, day(-6), 1, 0).for_district(district).snapshot();
    vec![
        ("summary-nothing", start, None),
        ("summary", middle(), earlier.clone()),
        ("summary-board", middle(), earlier),
        ("summary-quiet", quiet, Some(before_quiet)),
        ("summary-all", all, None),
        ("summary-late", late, None),
        ("summary-district", part, Some(before_part)),
    ]
}

/// So many schools have sent everything, so many something, at nine on this day; one mail waits for a decision.
pub(super) fn made_up(campaign: &Campaign, today: Date, complete: usize, partial: usize) -> Summary<'_> {
    let schools: Vec<SchoolRow<'_>> = (0..)
        .zip(&campaign.schools)
        .map(|(index, school)| made_up_school(campaign, school, index, today, complete, complete + partial))
        .collect();
    let came = |row: &SchoolRow<'_>| {
        let step =
            |received| Step { received, school: row.school.id.clone(), complete: row.status == Status::Complete };
        row.last_message.map(step)
    };
    let mut progress: Vec<Step> = schools.iter().filter_map(came).collect();
    progress.sort_by_key(|step| step.received);
    let doubtful = schools.iter().find(|row| row.status == Status::Review).map(|row| row.school.id.clone());
    let matched = u32::try_from(progress.len()).unwrap_or_default();
    let reviews: Vec<ReviewRow> = doubtful.iter().flat_map(|id| cases(campaign, id, today)).collect();
    let review = u32::try_from(reviews.len()).unwrap_or_default();
    let (automatic, other) = if matched == 0 { (0, 0) } else { (2, 4) };
    Summary {
        campaign,
        as_of: at(today, 9, campaign),
        messages: Counts {
            received: matched + review + automatic + other,
            matched,
            review,
            automatic,
            other,
            duplicate: 0,
        },
        reviews,
        history: Vec::new(),
        progress,
        schools,
        letters: Letters::default(),
        faults: Vec::new(),
        ticked: BTreeSet::new(),
        scope: Scope::All,
    }
}

/// The school of this place: the first `complete` have sent everything, those up to `some` something, the next one is in
/// doubt, where any has sent something at all.
fn made_up_school<'a>(
    campaign: &'a Campaign,
    school: &'a School,
    index: usize,
    today: Date,
    complete: usize,
    some: usize,
) -> SchoolRow<'a> {
    let status = match index {
        _ if index < complete => Status::Complete,
        _ if index < some => Status::Incomplete,
        _ if index == some && some > 0 => Status::Review,
        _ => Status::Nothing,
    };
    // The schools came one after another, a third of the way between the start and today each.
    let back = i32::try_from(some.saturating_sub(index)).unwrap_or_default();
    let came = today.checked_sub(back.days()).unwrap_or(today).max(campaign.start);
    let came = (index < some).then(|| at(came, 11, campaign).min(at(today, 8, campaign)));
    let form = came.filter(|_| index < complete || index % 3 != 1);
    let draft = came.filter(|_| index < complete || index % 3 == 1);
    let gaps = form.filter(|_| status == Status::Incomplete).is_some();
    let field = |place: usize| campaign.form.fields.get(place).map(|field| field.id.clone());
    let fields = |places: &[usize]| -> Vec<FieldId> {
        if gaps { places.iter().filter_map(|place| field(*place)).collect() } else { Vec::new() }
    };
    let due = campaign.requirements.iter().map(|one| one.deadline).min();
    SchoolRow {
        school,
        status,
        form,
        draft,
        information: Vec::new(),
        missing: fields(&[2, 13]),
        invalid: fields(&[11]),
        last_message: came,
        late: came.is_some_and(|came| due.is_some_and(|due| campaign.is_after(came, due))),
        versions: u32::from(came.is_some()),
        answers: std::collections::BTreeMap::new(),
    }
}

fn cases(campaign: &Campaign, doubtful: &crate::campaign::SchoolId, today: Date) -> Vec<ReviewRow> {
    let yesterday = today.yesterday().unwrap_or(today);
    let case = |number, from: &str, subject: &str, reason: &str, candidates| ReviewRow {
        number,
        received: Some(at(yesterday, 15, campaign)),
        from: from.to_owned(),
        subject: subject.to_owned(),
        reason: reason.to_owned(),
        candidates,
    };
    vec![
        case(
            7,
            "school@example.org",
            "Анкета",
            "подходят несколько школ или сведения расходятся",
            vec![doubtful.clone()],
        ),
        case(9, "centre@example.org", "Предложения по участию", "школа вне графика", Vec::new()),
    ]
}

/// Nothing waits for a person.
fn calm(summary: &mut Summary<'_>) {
    let reviewed = std::mem::take(&mut summary.messages.review);
    summary.messages.matched += reviewed;
    summary.reviews.clear();
    for row in &mut summary.schools {
        if row.status == Status::Review {
            row.status = Status::Nothing;
        }
    }
}

/// Letters have failed, and the mailbox is out of reach.
fn trouble(summary: &mut Summary<'_>) {
    let since = summary.as_of;
    let letter = |(index, row): (i64, &SchoolRow<'_>)| LetterRow {
        number: 20 + index,
        schools: vec![row.school.id.clone()],
        since,
        doubtful: index == 1,
        why: if index == 1 { IN_DOUBT } else { failure("550 5.1.1") },
    };
    let troubled = (0..).zip(&summary.schools).take(2).map(letter).collect();
    summary.letters = Letters { held: 0, waiting: 3, failed: 1, doubtful: 1, troubled };
    let kind = AlertKind::MailboxUnreachable.word().to_owned();
    summary.faults = vec![Fault { kind, place: "imap.example.org:993".to_owned(), since }];
}

/// This hour of a day in the campaign's zone.
fn at(day: Date, hour: i8, campaign: &Campaign) -> Timestamp {
    let local = day.at(hour, 0, 0, 0).to_zoned_datetime(campaign.time_zone.clone());
    local.map(|local| local.timestamp()).unwrap_or_default()
}
