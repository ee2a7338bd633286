//! The digest's sentences: numbers with their nouns and verbs.

use super::{from, of, owed, presented};
use crate::{
    campaign::{FieldId, RequirementKind},
    reply::russian::plural,
    report::{SchoolRow, Status, Summary},
};

/// By how many: the instrumental.
const BY: [&str; 3] =
    ["образовательной организацией", "образовательными организациями", "образовательными организациями"];

/// Whether the noun after a number is in the singular: 1, 21, 101, but not 11.
fn single(count: usize) -> bool {
    count % 10 == 1 && count % 100 != 11
}

/// «3 образовательных организаций», «21 образовательной организации»: the genitive.
pub(super) fn organisations(count: usize) -> String {
    format!(
        "{count}\u{a0}{}",
        if single(count) {
            "образовательной организации"
        } else {
            "образовательных организаций"
        }
    )
}

/// «Информацию представили 3 из 7 образовательных организаций, из них в полном объёме – 1, …».
pub(super) fn introduction(summary: &Summary<'_>) -> String {
    let all = summary.schools.len();
    let some = presented(summary).count();
    let [complete, nothing, review] =
        [Status::Complete, Status::Nothing, Status::Review].map(|status| of(summary, status).count());
    let late = presented(summary).filter(|row| row.late).count();
    if all == 0 {
        return "В графике кампании нет образовательных организаций.".to_owned();
    }
    let mut text = match some {
        0 => "На указанное время образовательные организации информацию не представили".to_owned(),
        _ => {
            let verb = if single(some) { "представила" } else { "представили" };
            format!("Информацию {verb} {some} из {}", organisations(all))
        }
    };
    let mut parts = Vec::new();
    if some > 0 {
        parts.push(format!("в полном объёме – {complete}"));
        parts.extend((some > complete).then(|| format!("не в полном объёме – {}", some - complete)));
        parts.extend((late > 0).then(|| format!("с нарушением срока – {late}")));
        text = format!("{text}, из них {}", parts.join(", "));
    }
    text.push('.');
    if some > 0 && nothing > 0 {
        let verb = if single(nothing) { "представила" } else { "представили" };
        let forms = ["образовательная организация", "образовательные организации", "образовательных организаций"];
        text.push_str(&format!(" Не {verb} информацию {}.", plural(nothing, forms)));
    }
    if review > 0 {
        text.push_str(&format!(" Информация, поступившая от {}, уточняется.", organisations(review)));
    }
    text
}

/// «Получены: информация по форме приложения к письму – от 3 образовательных организаций; …».
pub(super) fn received(summary: &Summary<'_>) -> Option<String> {
    let title = |kind| summary.campaign.requirements_of(kind).next().map(|one| one.title.as_str());
    let counted = [
        (title(RequirementKind::Form), presented(summary).filter(|row| row.form.is_some()).count()),
        (title(RequirementKind::Draft), presented(summary).filter(|row| row.draft.is_some()).count()),
    ];
    let parts: Vec<String> = counted
        .into_iter()
        .filter_map(|(title, count)| title.filter(|_| count > 0).map(|title| from(title, count)))
        .collect();
    (!parts.is_empty()).then(|| format!("Поступило: {}.", parts.join("; ")))
}

/// Where a school stands, for the head of the committee.
pub(super) fn state(row: &SchoolRow<'_>) -> String {
    let words = match row.status {
        Status::Review => "информация уточняется",
        other => other.words(),
    };
    let late = if row.late && row.status != Status::Review { ", с нарушением срока" } else { "" };
    format!("{words}{late}")
}

/// What has not come of a school that has sent something.
pub(super) fn lacks(summary: &Summary<'_>, row: &SchoolRow<'_>) -> Vec<String> {
    if row.status != Status::Incomplete {
        return Vec::new();
    }
    let fields = |fields: &[FieldId], one: &str, many: &str| {
        let numbers: Vec<String> =
            fields.iter().filter_map(|id| summary.campaign.form.number(id)).map(|n| n.to_string()).collect();
        match numbers.as_slice() {
            [] => None,
            [number] => Some(format!("{one} {number}")),
            _ => Some(format!("{many} {}", numbers.join(", "))),
        }
    };
    let absent = |kind, came: bool, text: &str| (!came && owed(summary, row, kind)).then(|| text.to_owned());
    let parts = [
        absent(RequirementKind::Form, row.form.is_some(), "не поступила форма"),
        absent(RequirementKind::Draft, row.draft.is_some(), "не поступил проект выступления"),
        fields(&row.missing, "не заполнен пункт", "не заполнены пункты"),
        fields(&row.invalid, "требует уточнения пункт", "требуют уточнения пункты"),
    ];
    parts.into_iter().flatten().collect()
}

/// What has not come of whom, where there is anybody: by name where they are few.
pub(super) fn without(what: &str, names: &[&str]) -> Option<String> {
    const NAMED: usize = 12;
    match names.len() {
        0 => None,
        1..=NAMED => Some(format!("{what} не представлены: {}.", names.join("; "))),
        many => Some(format!("{what} не представлены {}.", plural(many, BY))),
    }
}

/// A number as Russian writes it: «3,5», «4».
pub(super) fn decimal(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_russian_writes_them() {
        for (number, expected) in [(4.0, "4"), (3.5, "3,5"), (10.0 / 3.0, "3,33"), (100.0, "100"), (0.0, "0")] {
            assert_eq!(decimal(number), expected);
        }
        for (count, expected) in [
            (1, "1\u{a0}образовательной организации"),
            (11, "11\u{a0}образовательных организаций"),
            (21, "21\u{a0}образовательной организации"),
            (111, "111\u{a0}образовательных организаций"),
            (300, "300\u{a0}образовательных организаций"),
        ] {
            assert_eq!(organisations(count), expected);
        }
    }
}
