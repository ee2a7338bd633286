//! The summary as a page that needs nothing beside itself: for a browser, for print and for the staff's mail.

use minijinja::{AutoEscape, Environment, context};
use serde::Serialize;

use super::{Status, Summary};
use crate::reply::russian::{long_date, long_time, one_line, short_date, short_time, some_date};

const TEMPLATE: &str = include_str!("page.html.j2");

#[derive(Serialize)]
struct School {
    name: String,
    date: String,
    form: String,
    draft: String,
    lacks: String,
    last: String,
    class: Status,
    status: &'static str,
    late: bool,
}

/// The summary as one self-contained page.
///
/// # Errors
/// The embedded template fails, which a test excludes.
pub fn html(summary: &Summary<'_>) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    let campaign = summary.campaign;
    let counts = [Status::Complete, Status::Incomplete, Status::Nothing, Status::Review]
        .map(|status| context! { class => status, words => status.words(), count => summary.count(status) });
    let named = |field: &&crate::campaign::Field| {
        summary.schools.iter().any(|row| row.missing.contains(&field.id) || row.invalid.contains(&field.id))
    };
    let fields = campaign
        .form
        .fields
        .iter()
        .filter(named)
        .map(|field| context! { number => campaign.form.number(&field.id), short => field.short });
    let reviews = summary.reviews.iter().map(|row| {
        context! {
            number => row.number,
            received => row.received.map(|instant| short_time(instant, &campaign.time_zone)).unwrap_or_default(),
            from => one_line(&row.from),
            subject => one_line(&row.subject),
            reason => row.reason,
        }
    });
    let deadlines = summary.deadlines();
    let deadlines =
        deadlines.iter().map(|(date, what, left)| context! { date => short_date(*date), what => what, left => left });
    environment.render_str(
        TEMPLATE,
        context! {
            title => campaign.title,
            dated => campaign.has_days(),
            issuer => campaign.letter.issuer_genitive,
            letter_date => long_date(campaign.letter.date),
            letter_number => campaign.letter.number,
            as_of => long_time(summary.as_of, &campaign.time_zone),
            counts => counts.to_vec(),
            schools => schools(summary),
            fields => fields.collect::<Vec<_>>(),
            reviews => reviews.collect::<Vec<_>>(),
            deadlines => deadlines.collect::<Vec<_>>(),
            proof => summary.messages.proof(),
        },
    )
}

fn schools(summary: &Summary<'_>) -> Vec<School> {
    let time = |instant: Option<jiff::Timestamp>, absent: &str| {
        instant.map_or_else(|| absent.to_owned(), |instant| short_time(instant, &summary.campaign.time_zone))
    };
    let row = |row: &super::SchoolRow<'_>| School {
        name: row.school.name.clone(),
        date: some_date(row.school.date),
        form: time(row.form, "нет"),
        draft: time(row.draft, "нет"),
        lacks: summary.lacks(row),
        last: time(row.last_message, ""),
        class: row.status,
        status: row.status.words(),
        late: row.late,
    };
    summary.schools.iter().map(row).collect()
}
