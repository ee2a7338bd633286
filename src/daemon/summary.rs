//! The store's rows → a [`Summary`].

use jiff::Timestamp;

use crate::{
    campaign::{Campaign, RequirementKind, School, SchoolId},
    decision::{Action, ReviewReason, completeness},
    report::{Counts, HistoryRow, ReviewRow, SchoolRow, Status, Summary},
    store::{self, Store, StoreError},
};

/// Where everything stands at `as_of`.
///
/// # Errors
/// Where the store cannot be read.
pub async fn summary<'c>(store: &Store, campaign: &'c Campaign, as_of: Timestamp) -> Result<Summary<'c>, StoreError> {
    let rows = store.schools(&campaign.id).await?;
    let counts = store.counts(&campaign.id).await?;
    let nothing = store::SchoolRow::default();
    let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let name = |id: &SchoolId| campaign.school(id).map_or_else(|| id.to_string(), |school| school.name.clone());
    Ok(Summary {
        campaign,
        as_of,
        schools: campaign
            .schools
            .iter()
            .map(|one| school_row(campaign, one, rows.get(&one.id).unwrap_or(&nothing)))
            .collect(),
        messages: Counts {
            received: count(counts.received),
            matched: count(counts.matched),
            review: count(counts.review),
            automatic: count(counts.automatic),
            other: count(counts.other),
            duplicate: count(counts.duplicate),
        },
        reviews: store.reviews_open().await?.into_iter().map(review_row).collect(),
        history: store
            .history(&campaign.id)
            .await?
            .into_iter()
            .map(|row| HistoryRow {
                received: row.received,
                school: row.school.as_ref().map_or_else(|| "не определена".to_owned(), name),
                from: row.sender.unwrap_or_default(),
                what: row.version.map_or_else(String::new, |version| format!("версия {version}")),
                reply: done(row.action).to_owned(),
                late: row.late,
            })
            .collect(),
    })
}

fn school_row<'c>(campaign: &'c Campaign, school: &'c School, row: &store::SchoolRow) -> SchoolRow<'c> {
    let state = &row.state;
    let (missing, invalid) = completeness(campaign, state);
    let owes = |kind| campaign.requirement(kind).is_some_and(|one| one.is_owed_by(&school.id));
    let complete = missing.is_empty()
        && invalid.is_empty()
        && (state.form || !owes(RequirementKind::Form))
        && (state.draft || !owes(RequirementKind::Draft));
    // A doubt that cannot change anything any more is for the list of cases, not for the school's status.
    let status = if row.versions > 0 && complete {
        Status::Complete
    } else if row.open_review {
        Status::Review
    } else if row.versions == 0 {
        Status::Nothing
    } else {
        Status::Incomplete
    };
    SchoolRow {
        school,
        status,
        form: row.form_received,
        draft: row.draft_received,
        information: state.information.clone(),
        missing,
        invalid,
        last_message: row.last_message,
        late: row.late,
        versions: row.versions,
        answers: state.answers.clone(),
    }
}

fn review_row(row: store::ReviewRow) -> ReviewRow {
    let reason = match &row.outside {
        Some(name) => format!("вне графика: {name}"),
        None => reason(row.reason).to_owned(),
    };
    let from = row.sender.unwrap_or_default();
    ReviewRow { number: row.id, received: Some(row.received), from, subject: row.subject, reason }
}

fn reason(reason: ReviewReason) -> &'static str {
    match reason {
        ReviewReason::UnknownSchool => "школа не определена",
        ReviewReason::AmbiguousSchool => "подходят несколько школ или сведения расходятся",
        ReviewReason::OutsideSchedule => "школа вне графика",
        ReviewReason::Contradiction => "сведения расходятся с принятыми ранее или отправитель неясен",
        ReviewReason::Unreadable => "документы не читаются, школа не определена",
        ReviewReason::Repeated => "повторное письмо без новых сведений",
        ReviewReason::MachineWithForm => "автоматическое письмо с заполненной формой",
        ReviewReason::Question => "письмо без документов",
        ReviewReason::Unanswerable => "школе нельзя ответить на её адрес",
        ReviewReason::Unverified => "подлинность отправителя не подтверждена",
        ReviewReason::TooLarge => "письмо слишком велико для обработки",
        ReviewReason::Broken => "письмо не удалось обработать",
    }
}

fn done(action: Action) -> &'static str {
    match action {
        Action::Confirm => "получение подтверждено",
        Action::Request => "запрошено недостающее",
        Action::Review => "передано сотруднику",
        Action::Leave | Action::Ignore => "без ответа",
    }
}
