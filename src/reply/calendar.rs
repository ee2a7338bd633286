//! The days on which schools present, as a calendar file (RFC 5545). It only tells: no method, no invitation, no alarm.

use icalendar::{Calendar, Component as _, Event, EventStatus, Property};
use jiff::{Timestamp, ToSpan as _, civil::Date};

use super::russian::one_line;
use crate::campaign::{Campaign, School};

/// A calendar with the day of each of these schools. `now` is when it was written (DTSTAMP, §3.8.7.2).
pub(super) fn calendar(campaign: &Campaign, schools: &[&School], now: Timestamp) -> String {
    let mut calendar = Calendar::empty();
    for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//svodka//svodka//RU"), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property(Property::new(name, value));
    }
    for school in schools {
        if let Some(day) = school.date {
            calendar.push(event(campaign, school, day, now));
        }
    }
    calendar.to_string()
}

fn event(campaign: &Campaign, school: &School, date: Date, now: Timestamp) -> Event {
    // A day by itself has no zone (§3.3.4): it is the campaign's, whatever zone the calendar is shown in. The end is the
    // first day that is not part of it (§3.6.1).
    let day = |name: &str, day: Date| {
        let mut property = Property::new(name, day.strftime("%Y%m%d").to_string());
        property.add_parameter("VALUE", "DATE").done()
    };
    let title = campaign.event.as_ref().map_or(&campaign.title, |event| &event.title);
    let contact = &campaign.contact;
    let about = format!(
        "{}\nПо вопросам: {}, тел. {}, {}",
        one_line(title),
        one_line(&contact.name),
        one_line(&contact.phone),
        one_line(&contact.email)
    );
    let mut event = Event::new();
    event
        .uid(&format!("{}.{}@svodka", campaign.id, school.id))
        .add_property("DTSTAMP", now.strftime("%Y%m%dT%H%M%SZ").to_string())
        .append_property(day("DTSTART", date))
        .append_property(day("DTEND", date.saturating_add(1.day())))
        .summary(&format!("Представление опыта: {}", one_line(&school.name)))
        .description(&about)
        .status(EventStatus::Confirmed)
        // The day stays free for other entries.
        .add_property("TRANSP", "TRANSPARENT");
    // A later revision takes the place of the entry with the same UID (§3.8.7.4).
    if school.moved > 0 {
        event.sequence(school.moved);
    }
    event.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = include_str!("../../config/campaigns/500plus-2022.toml");

    fn written() -> String {
        let campaign = crate::campaign::read("x", LETTER).unwrap();
        let schools: Vec<&School> = campaign.schools.iter().take(2).collect();
        calendar(&campaign, &schools, "2022-11-14T09:15:00.5Z".parse().unwrap())
    }

    #[test]
    fn the_days_stand_as_the_standard_wants_them() {
        insta::assert_snapshot!(written().replace("\r\n", "\n"));
    }

    #[test]
    fn a_day_that_was_changed_takes_the_place_of_the_one_before() {
        let mut campaign = crate::campaign::read("x", LETTER).unwrap();
        let school = campaign.schools[0].id.clone();
        let date = "2022-11-25".parse().unwrap();
        campaign = campaign.amended([crate::campaign::Amendment::Date { school, date }]);
        let moved = calendar(&campaign, &[&campaign.schools[0]], "2022-11-14T09:15:00Z".parse().unwrap());
        let line = |text: &str, name: &str| text.lines().find(|line| line.starts_with(name)).map(str::to_owned);
        assert_eq!(line(&moved, "SEQUENCE").as_deref(), Some("SEQUENCE:1"));
        assert_eq!(line(&moved, "UID"), line(&written(), "UID"));
        assert!(moved.contains("DTSTART;VALUE=DATE:20221125"), "{moved}");
        assert_eq!(line(&written(), "SEQUENCE"), None);
    }

    #[test]
    fn its_lines_end_and_fold_as_the_standard_wants() {
        let text = written();
        assert!(text.ends_with("END:VCALENDAR\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']));
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert_eq!(text, written());
    }

    #[test]
    fn it_asks_nobody_to_answer_and_rings_at_nobody() {
        for word in ["METHOD", "ATTENDEE", "ORGANIZER", "VALARM"] {
            assert!(!written().contains(word), "{word}");
        }
    }
}
