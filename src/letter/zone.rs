//! The time zone of an office, by the region in its name: deadlines end at its midnight.

use super::text::fold;

/// Stems of regions that are not on Moscow's time, with their zones.
const ZONES: &[(&str, &[&str])] = &[
    ("Europe/Kaliningrad", &["калининградск"]),
    ("Europe/Samara", &["самарск", "удмуртск"]),
    ("Europe/Saratov", &["саратовск"]),
    ("Europe/Ulyanovsk", &["ульяновск"]),
    ("Europe/Astrakhan", &["астраханск"]),
    (
        "Asia/Yekaterinburg",
        &[
            "свердловск",
            "челябинск",
            "тюменск",
            "курганск",
            "оренбургск",
            "башкортостан",
            "пермск",
            "ханты-мансийск",
            "югр",
            "ямало-ненецк",
            "екатеринбург",
        ],
    ),
    ("Asia/Omsk", &["омск"]),
    ("Asia/Novosibirsk", &["новосибирск"]),
    ("Asia/Tomsk", &["томск"]),
    ("Asia/Barnaul", &["алтайск", "республики алтай"]),
    ("Asia/Novokuznetsk", &["кемеровск", "кузбасс"]),
    ("Asia/Krasnoyarsk", &["красноярск", "хакаси", "тыва", "тувы"]),
    ("Asia/Irkutsk", &["иркутск", "буряти"]),
    ("Asia/Chita", &["забайкальск"]),
    ("Asia/Yakutsk", &["якути", "саха", "амурск"]),
    ("Asia/Vladivostok", &["приморского края", "хабаровск", "еврейск"]),
    ("Asia/Sakhalin", &["сахалинск"]),
    ("Asia/Magadan", &["магаданск"]),
    ("Asia/Kamchatka", &["камчатск"]),
    ("Asia/Anadyr", &["чукотск"]),
];

/// The zone of an office.
pub(super) fn of(issuer: &str) -> &'static str {
    let issuer = fold(issuer);
    let begins = |stem: &str| {
        issuer.match_indices(stem).any(|(at, _)| {
            !issuer.get(..at).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphabetic)
        })
    };
    let found = ZONES.iter().find(|(_, stems)| stems.iter().any(|stem| begins(stem)));
    found.map_or("Europe/Moscow", |(zone, _)| zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_keeps_the_time_of_its_region() {
        for (issuer, zone) in [
            ("Комитет общего и профессионального образования Ленинградской области", "Europe/Moscow"),
            ("Департамент образования и науки Ханты-Мансийского автономного округа – Югры", "Asia/Yekaterinburg"),
            ("Министерство образования Омской области", "Asia/Omsk"),
            ("Департамент образования Томской области", "Asia/Tomsk"),
            ("Министерство образования Приморского края", "Asia/Vladivostok"),
            ("Комитет образования города Приморска", "Europe/Moscow"),
        ] {
            assert_eq!(of(issuer), zone);
        }
        for (zone, _) in ZONES {
            assert!(jiff::tz::TimeZone::get(zone).is_ok(), "{zone}");
        }
    }
}
