//! The store's rows → a [`Summary`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    campaign::{Campaign, RequirementKind, School, SchoolId},
    decision::{Action, ReviewReason, completeness},
    reply::Case,
    report::{
        Counts, Fault, HistoryRow, IN_DOUBT, LetterRow, Letters, ReviewRow, SchoolRow, Scope, Status, Step, Summary,
        Tick, failure,
    },
    store::{self, HeldRow, OutboxState, Store, StoreError},
};

/// Where everything stands at `as_of`.
///
/// # Errors
/// Where the store cannot be read.
pub async fn summary<'c>(store: &Store, campaign: &'c Campaign, as_of: Timestamp) -> Result<Summary<'c>, StoreError> {
    summary_where(store, campaign, as_of, false).await
}

/// The same, where it is known whether replies are `held` for a person.
///
/// # Errors
/// Where the store cannot be read.
pub async fn summary_where<'c>(
    store: &Store,
    campaign: &'c Campaign,
    as_of: Timestamp,
    held: bool,
) -> Result<Summary<'c>, StoreError> {
    Ok(Rows::of(store, campaign).await?.summary(campaign, as_of, held))
}

/// What a summary is made of, as the store has it.
pub(crate) struct Rows {
    schools: BTreeMap<SchoolId, store::SchoolRow>,
    counts: store::Counts,
    history: Vec<store::HistoryRow>,
    reviews: Vec<store::ReviewRow>,
    letters: Vec<HeldRow>,
    incidents: Vec<store::Incident>,
    ticked: BTreeSet<Tick>,
}

impl Rows {
    /// Those of a campaign.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) async fn of(store: &Store, campaign: &Campaign) -> Result<Self, StoreError> {
        Ok(Self {
            schools: store.schools(&campaign.id).await?,
            counts: store.counts(&campaign.id).await?,
            history: store.history(&campaign.id).await?,
            reviews: store.reviews_open(Some(&campaign.id)).await?,
            letters: store.outbox_open(Some(&campaign.id)).await?,
            incidents: store.incidents().await?,
            ticked: super::ticked(store, campaign).await?,
        })
    }

    /// Where everything stands at `as_of`.
    pub(crate) fn summary(self, campaign: &Campaign, as_of: Timestamp, held: bool) -> Summary<'_> {
        let nothing = store::SchoolRow::default();
        let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let name = |id: &SchoolId| campaign.school(id).map_or_else(|| id.to_string(), |school| school.name.clone());
        let row = |one: &SchoolId| self.schools.get(one).unwrap_or(&nothing);
        let schools: Vec<SchoolRow<'_>> =
            campaign.schools.iter().map(|one| school_row(campaign, one, row(&one.id))).collect();
        let history = self.history;
        Summary {
            campaign,
            as_of,
            progress: progress(&history, &schools),
            schools,
            messages: Counts {
                received: count(self.counts.received),
                matched: count(self.counts.matched),
                review: count(self.counts.review),
                automatic: count(self.counts.automatic),
                other: count(self.counts.other),
                duplicate: count(self.counts.duplicate),
            },
            reviews: self.reviews.into_iter().map(review_row).collect(),
            letters: letters(self.letters, held),
            faults: self.incidents.into_iter().map(fault).collect(),
            ticked: self.ticked,
            scope: Scope::All,
            history: history
                .into_iter()
                .map(|row| HistoryRow {
                    received: row.received,
                    school: row.school.as_ref().map_or_else(|| "не определена".to_owned(), name),
                    what: brought(campaign, &row),
                    from: row.sender.unwrap_or_default(),
                    reply: done(row.action).to_owned(),
                    late: row.late,
                })
                .collect(),
        }
    }
}

/// What a message brought, in words: «форма, проект выступления (версия 2)».
fn brought(campaign: &Campaign, row: &store::HistoryRow) -> String {
    let title = |id| campaign.requirements.iter().find(|one| &one.id == id).map(|one| one.title.clone());
    let mut parts = Vec::new();
    parts.extend(row.form.then(|| "форма".to_owned()));
    parts.extend(row.draft.then(|| "проект выступления".to_owned()));
    parts.extend(row.information.iter().filter_map(title));
    let what =
        if parts.is_empty() { "без документов кампании".to_owned() } else { parts.join(", ") };
    row.version.map_or_else(|| what.clone(), |version| format!("{what} (версия {version})"))
}

fn school_row<'c>(campaign: &'c Campaign, school: &'c School, row: &store::SchoolRow) -> SchoolRow<'c> {
    let state = &row.state;
    let (missing, invalid) = completeness(campaign, &school.id, state);
    let owes = |kind| campaign.requirement(kind, &school.id).is_some();
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

/// How the schools came to stand so. What was decided about a version tells how complete it was, except for the last one of
/// a school: there its status does, so that the two agree.
fn progress(history: &[store::HistoryRow], schools: &[SchoolRow<'_>]) -> Vec<Step> {
    let schools: BTreeMap<&SchoolId, &SchoolRow<'_>> = schools.iter().map(|one| (&one.school.id, one)).collect();
    let step = |row: &store::HistoryRow| {
        let school = row.school.clone()?;
        let version = row.version?;
        let stands = schools.get(&school)?;
        let complete = match stands.versions == version {
            true => stands.status == Status::Complete,
            false => row.action == Action::Confirm,
        };
        Some(Step { received: row.received, school, complete })
    };
    history.iter().filter_map(step).collect()
}

/// The letters that have not simply left; alerts to the staff are none of them.
fn letters(open: Vec<HeldRow>, held: bool) -> Letters {
    let mut letters = Letters::default();
    for row in open.into_iter().filter(|row| !row.alert) {
        let doubtful = row.state == OutboxState::Ambiguous;
        let count = match row.state {
            OutboxState::Ambiguous => &mut letters.doubtful,
            OutboxState::Failed => &mut letters.failed,
            OutboxState::Queued if (held || row.held) && !row.approved => &mut letters.held,
            _ => &mut letters.waiting,
        };
        *count = count.saturating_add(1);
        if doubtful || row.state == OutboxState::Failed {
            let why = if doubtful { IN_DOUBT } else { failure(&row.response) };
            letters.troubled.push(LetterRow { number: row.id, schools: row.schools, since: row.since, doubtful, why });
        }
    }
    letters.troubled.sort_by_key(|row| (row.since, row.number));
    letters
}

fn fault(incident: store::Incident) -> Fault {
    Fault { kind: incident.kind, place: incident.place, since: incident.since }
}

fn review_row(row: store::ReviewRow) -> ReviewRow {
    let reason = match &row.outside {
        Some(name) => format!("вне графика: {name}"),
        None => reason(row.reason).to_owned(),
    };
    let from = row.sender.unwrap_or_default();
    let candidates = row.candidates;
    ReviewRow { number: row.id, received: Some(row.received), from, subject: row.subject, reason, candidates }
}

/// A mail that waits for a person, as the letter about it tells.
pub(crate) fn case(row: store::ReviewRow) -> Case {
    let received = row.received;
    let row = review_row(row);
    Case { number: row.number, reason: row.reason, received, from: row.from, subject: row.subject }
}

/// Why a person must decide.
pub(crate) fn reason(reason: ReviewReason) -> &'static str {
    match reason {
        ReviewReason::UnknownSchool => "школа не определена",
        ReviewReason::AmbiguousSchool => "подходят несколько школ или сведения расходятся",
        ReviewReason::AmbiguousCampaign => "неясно, на какое письмо комитета это ответ",
        ReviewReason::Closed => "получено после завершения приёма",
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
        ReviewReason::PulledIn => "взято в работу сотрудником",
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
