//! The store's rows → a [`Summary`].

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    campaign::{Campaign, RequirementKind, School},
    decision::{ReviewReason, completeness},
    form::Value,
    report::{MessageCounts, ReviewSummary, SchoolSummary, Status, Summary},
    store::{SchoolRow, Store, StoreError},
};

/// Where everything stands at `as_of`.
///
/// # Errors
/// Where the store cannot be read.
pub async fn summary<'c>(store: &Store, campaign: &'c Campaign, as_of: Timestamp) -> Result<Summary<'c>, StoreError> {
    let rows = store.schools(&campaign.id).await?;
    let counts = store.counts(&campaign.id).await?;
    let reviews = store.reviews_open().await?;
    let nothing = SchoolRow::default();
    Ok(Summary {
        campaign,
        as_of,
        schools: campaign
            .schools
            .iter()
            .map(|one| school(campaign, one, rows.get(&one.id).unwrap_or(&nothing)))
            .collect(),
        reviews: reviews
            .into_iter()
            .map(|row| ReviewSummary {
                id: row.id,
                received: row.received,
                reason: match &row.outside {
                    Some(name) => format!("вне графика: {name}"),
                    None => reason(row.reason).to_owned(),
                },
                subject: row.subject,
            })
            .collect(),
        counts: MessageCounts {
            received: counts.received,
            matched: counts.matched,
            review: counts.review,
            automatic: counts.automatic,
            other: counts.other,
            duplicate: counts.duplicate,
        },
    })
}

fn school(campaign: &Campaign, school: &School, row: &SchoolRow) -> SchoolSummary {
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
    let numbers: BTreeMap<_, _> = state
        .answers
        .iter()
        .filter_map(|(id, answer)| match answer.value {
            Some(Value::Number(number)) if answer.invalid.is_none() => Some((id.clone(), number)),
            _ => None,
        })
        .collect();
    SchoolSummary {
        school: school.id.clone(),
        status,
        form: row.form_received,
        draft: row.draft_received,
        missing,
        invalid,
        answers: state.answers.iter().map(|(id, answer)| (id.clone(), answer.text.clone())).collect(),
        numbers,
        versions: row.versions,
        last_message: row.last_message,
        late: row.late,
    }
}

fn reason(reason: ReviewReason) -> &'static str {
    match reason {
        ReviewReason::UnknownSchool => "школа не определена",
        ReviewReason::AmbiguousSchool => "подходят несколько школ или сведения расходятся",
        ReviewReason::OutsideSchedule => "школа вне графика",
        ReviewReason::Contradiction => "другие ответы от нового отправителя",
        ReviewReason::Unreadable => "документы не читаются, школа не определена",
        ReviewReason::MachineWithForm => "автоматическое письмо с заполненной формой",
        ReviewReason::Question => "письмо без документов",
        ReviewReason::Broken => "письмо не удалось обработать",
    }
}
