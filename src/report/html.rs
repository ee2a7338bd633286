//! The summary as a page that needs nothing beside itself.

use minijinja::{AutoEscape, Environment, context};

use crate::reply::date_time;

use super::{Summary, day, printed};

const PAGE: &str = include_str!("../../config/templates/summary.html");

/// The page, escaped.
///
/// # Errors
/// Where the embedded template is wrong.
pub fn html(summary: &Summary<'_>) -> Result<String, minijinja::Error> {
    let campaign = summary.campaign;
    let schools: Vec<_> = summary
        .schools
        .iter()
        .filter_map(|one| {
            let school = campaign.school(&one.school)?;
            Some(context! {
                name => school.name, date => printed(school.date), form => day(campaign, one.form),
                draft => day(campaign, one.draft), gaps => one.gaps(campaign), status => one.status.russian(),
                class => one.status, last => day(campaign, one.last_message), late => one.late,
            })
        })
        .collect();
    let reviews: Vec<_> = summary
        .reviews
        .iter()
        .map(|one| context! { id => one.id, received => date_time(one.received, &campaign.time_zone), reason => one.reason, subject => one.subject })
        .collect();
    let today = campaign.day_of(summary.as_of);
    let deadlines: Vec<_> = campaign
        .requirements
        .iter()
        .map(|one| context! { title => one.title, day => printed(one.deadline), left => (one.deadline - today).get_days() })
        .collect();
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("summary.html", PAGE)?;
    environment.get_template("summary.html")?.render(context! {
        title => campaign.title, number => campaign.letter.number, issuer => campaign.letter.issuer,
        as_of => date_time(summary.as_of, &campaign.time_zone), schools, reviews, deadlines, proof => summary.proof(),
    })
}
