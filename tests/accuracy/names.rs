//! How schools write their names: the certain ways, the doubtful ones, and the names of others.

use fastrand::Rng;

use super::chance::{one_in, pick};

/// A school of the schedule, as far as ways of writing it differ.
pub(crate) struct School {
    pub(crate) id: &'static str,
    /// «Киришская», «Рощинский».
    adjective: &'static str,
    /// «г. Кириши» and kin, in the ways in which one writes where a school is.
    places: &'static [&'static str],
    /// Ways of writing the type, the number and the dedication left out.
    types: &'static [&'static str],
    number: Option<u32>,
    dedications: &'static [&'static str],
    districts: &'static [&'static str],
    initials: Option<&'static str>,
    /// The name as in a charter, cases and all.
    pub(crate) charter: &'static str,
    pub(crate) address: &'static str,
}

const SECONDARY: [&str; 6] =
    ["СОШ", "средняя общеобразовательная школа", "средняя школа", "Средняя общеобразовательная школа", "СШ", "школа"];

pub(crate) const SCHOOLS: [School; 7] = [
    School {
        id: "kirishi-3",
        adjective: "Киришская",
        places: &["г. Кириши", "г.Кириши", "города Кириши", "(г. Кириши)", "г. Кириши Ленинградской области"],
        types: &SECONDARY,
        number: Some(3),
        dedications: &[],
        districts: &["Киришский район", "Киришского муниципального района", "(Киришский район)"],
        initials: Some("КСОШ"),
        charter: "Муниципальное общеобразовательное учреждение «Киришская средняя общеобразовательная школа № 3»",
        address: "187110, Ленинградская область, г. Кириши, ул. Советская, д. 20",
    },
    School {
        id: "roshchino",
        adjective: "Рощинский",
        places: &["п. Рощино", "пос. Рощино", "(п. Рощино)", "пгт Рощино"],
        types: &["Центр образования", "центр образования", "ЦО"],
        number: None,
        dedications: &[],
        districts: &["Выборгский район", "Выборгского района", "МО «Выборгский район»"],
        initials: None,
        charter: "Муниципальное бюджетное общеобразовательное учреждение «Рощинский центр образования»",
        address: "188820, Ленинградская обл., Выборгский р-н, пгт Рощино, ул. Первомайская, д. 1",
    },
    School {
        id: "podporozhye-4",
        adjective: "Подпорожская",
        places: &["г. Подпорожье", "г.Подпорожье", "города Подпорожье", "(г. Подпорожье)"],
        types: &SECONDARY,
        number: Some(4),
        dedications: &["им. М. Горького", "имени М. Горького", "им. М.Горького", "имени Максима Горького", ""],
        districts: &["Подпорожский район", "Подпорожского муниципального района"],
        initials: Some("ПСОШ"),
        charter: "Муниципальное бюджетное общеобразовательное учреждение «Подпорожская средняя общеобразовательная школа №4 им. М. Горького»",
        address: "187780, Ленинградская область, г. Подпорожье, ул. Горького, д. 27",
    },
    School {
        id: "vazhiny",
        adjective: "Важинский",
        places: &["п. Важины", "пос. Важины", "(п. Важины)", "гп Важины"],
        types: &["образовательный центр", "Образовательный центр", "ОЦ"],
        number: None,
        dedications: &[],
        districts: &["Подпорожский район", "Подпорожского района"],
        initials: None,
        charter: "Муниципальное бюджетное общеобразовательное учреждение «Важинский образовательный центр»",
        address: "187742, Ленинградская область, Подпорожский район, гп Важины, ул. Школьная, д. 13",
    },
    School {
        id: "voznesenye",
        adjective: "Вознесенский",
        places: &["п. Вознесенье", "пос. Вознесенье", "(п. Вознесенье)"],
        types: &["образовательный центр", "Образовательный центр", "ОЦ"],
        number: None,
        dedications: &[],
        districts: &["Подпорожский район", "Подпорожского района"],
        initials: None,
        charter: "Муниципальное бюджетное общеобразовательное учреждение «Вознесенский образовательный центр»",
        address: "187750, Ленинградская область, Подпорожский район, п. Вознесенье, ул. Молодежная, д. 15",
    },
    School {
        id: "lebyazhye",
        adjective: "Лебяженский",
        places: &["п. Лебяжье", "пгт Лебяжье", "(п. Лебяжье)", "пос. Лебяжье"],
        types: &["центр общего образования", "Центр общего образования", "ЦОО"],
        number: None,
        dedications: &[],
        districts: &["Ломоносовский район", "Ломоносовского муниципального района"],
        initials: None,
        charter: "Муниципальное общеобразовательное учреждение «Лебяженский центр общего образования»",
        address: "188532, Ленинградская область, Ломоносовский район, п. Лебяжье, ул. Комсомольская, д. 5",
    },
    School {
        id: "lodeynoye-pole-3",
        adjective: "Лодейнопольская",
        places: &["г. Лодейное Поле", "г.Лодейное Поле", "города Лодейное Поле", "(г. Лодейное Поле)"],
        types: &SECONDARY,
        number: Some(3),
        dedications: &["имени Героев Свири", "им. Героев Свири", "Героев Свири", ""],
        districts: &["Лодейнопольский район", "Лодейнопольского муниципального района"],
        initials: Some("ЛСОШ"),
        charter: "Муниципальное казенное общеобразовательное учреждение «Лодейнопольская средняя общеобразовательная школа № 3 имени Героев Свири»",
        address: "187700, Ленинградская область, г. Лодейное Поле, ул. Ульяновская, д. 14",
    },
];

const LEGAL: [&str; 11] = [
    "МОУ ",
    "МБОУ ",
    "МКОУ ",
    "МАОУ ",
    "",
    "",
    "Муниципальное бюджетное общеобразовательное учреждение ",
    "Муниципальное общеобразовательное учреждение ",
    "Муниципальное казённое общеобразовательное учреждение ",
    "муниципальное бюджетное общеобразовательное учреждение ",
    "ГБОУ ",
];
const QUOTES: [(&str, &str); 7] =
    [("«", "»"), ("\"", "\""), ("“", "”"), ("„", "“"), ("", ""), ("<<", ">>"), ("''", "''")];
const NUMBERS: [&str; 9] = ["№{}", "№ {}", "№\u{A0}{}", "N {}", "N{}", "No {}", "No. {}", "{}", "# {}"];

/// A certain way of writing a school, and which.
pub(crate) fn certain(rng: &mut Rng, school: &School) -> (String, &'static str) {
    let number = school.number.map(|n| pick(rng, &NUMBERS).replace("{}", &n.to_string())).unwrap_or_default();
    let dedication = if school.dedications.is_empty() { "" } else { pick(rng, school.dedications) };
    let kind = pick(rng, school.types);
    let legal = pick(rng, &LEGAL);
    let (open, close) = pick(rng, &QUOTES);
    let place = pick(rng, school.places);
    let (inner, way) = match (rng.u8(0..10), school.initials) {
        (0, _) => return (noisy(rng, school.charter), "as in the charter"),
        (1 | 2, _) => {
            let name = join(&[legal, &[open, &join(&[kind, &number, dedication]), close].concat(), place]);
            return (noisy(rng, &name), "the town in place of the name");
        }
        (3, Some(initials)) if !dedication.is_empty() || one_in(rng, 2) => {
            let place = if dedication.is_empty() { place } else { "" };
            let name = join(&[legal, &[open, &join(&[initials, &number, dedication]), close].concat(), place]);
            return (noisy(rng, &name), "initials");
        }
        (4, _) => (join(&[kind, &number, dedication]), "the name behind the type"),
        _ => (join(&[school.adjective, kind, &number, dedication]), "the name before the type"),
    };
    let inner = match way {
        // «СОШ № 3 Киришская» is nobody's name; «Средняя школа №3 г. Кириши» within the quotes is.
        "the name behind the type" => join(&[&inner, place]),
        _ => inner,
    };
    let mut name = [legal, open, &inner, close].concat();
    if one_in(rng, 4) {
        name = join(&[&name, pick(rng, school.districts)]);
    } else if one_in(rng, 8) {
        name = [&name, ", ", school.address].concat();
    }
    (noisy(rng, &name), way)
}

/// A name as fingers and keyboards leave it.
fn noisy(rng: &mut Rng, name: &str) -> String {
    let mut name = match rng.u8(0..10) {
        0 => name.to_uppercase(),
        1 => look_alike(rng, name),
        2 => slip(rng, name, 6),
        3 => name.replace(' ', "  "),
        4 => name.to_lowercase(),
        _ => name.to_owned(),
    };
    if one_in(rng, 10) {
        name.push('.');
    }
    if one_in(rng, 12) {
        name = [" ", &name, "\u{A0}"].concat();
    }
    name
}

/// Letters that look the same in Latin, some or all of them.
fn look_alike(rng: &mut Rng, name: &str) -> String {
    const PAIRS: [(char, char); 10] = [
        ('о', 'o'),
        ('е', 'e'),
        ('а', 'a'),
        ('с', 'c'),
        ('р', 'p'),
        ('О', 'O'),
        ('С', 'C'),
        ('М', 'M'),
        ('К', 'K'),
        ('В', 'B'),
    ];
    let all = rng.bool();
    let twin = |c: char| PAIRS.iter().find(|(cyrillic, _)| *cyrillic == c).map_or(c, |(_, latin)| *latin);
    name.chars().map(|c| if all || rng.bool() { twin(c) } else { c }).collect()
}

/// One slip of the finger in one word of so many letters: a letter lost, doubled, swapped or wrong.
pub(crate) fn slip(rng: &mut Rng, text: &str, shortest: usize) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|at| words[*at].chars().count() >= shortest && words[*at].chars().all(char::is_alphabetic))
        .collect();
    if long.is_empty() {
        return text.to_owned();
    }
    let at = pick(rng, &long);
    let mut letters: Vec<char> = words[at].chars().collect();
    let place = rng.usize(1..letters.len() - 1);
    match rng.u8(0..4) {
        0 => {
            letters.remove(place);
        }
        1 => letters.insert(place, letters[place]),
        2 => letters.swap(place, place + 1),
        _ => letters[place] = if letters[place] == 'и' { 'ы' } else { 'и' },
    }
    words[at] = letters.into_iter().collect();
    words.join(" ")
}

/// A name that fits a school of the schedule, and others as well: a person decides.
pub(crate) fn doubtful(rng: &mut Rng) -> String {
    pick(
        rng,
        &[
            "КСОШ №3",
            "МОУ «КСОШ № 3»",
            "ЛСОШ №3",
            "МБОУ СОШ № 3",
            "МБОУ «СОШ №4»",
            "Средняя общеобразовательная школа № 3",
            "Киришская СОШ",
            "МОУ «Киришская средняя общеобразовательная школа»",
            "Подпорожская СОШ",
            "Лодейнопольская средняя школа",
            "ВОЦ",
            "МБОУ «ВОЦ»",
            "Образовательный центр",
            "МБОУ «Центр образования»",
            "наша школа",
            "Школа",
            "СОШ",
            "МБОУ",
        ],
    )
    .to_owned()
}

/// The name of another school or of something that is none: never one of the schedule.
pub(crate) fn another(rng: &mut Rng) -> String {
    pick(
        rng,
        &[
            "МОУ «Киришская СОШ №1»",
            "МОУ «КСОШ №8»",
            "МОУ «Киришская средняя общеобразовательная школа № 13»",
            "МОУ «Киришская гимназия №3»",
            "Детский сад № 3 г. Кириши",
            "МДОУ «Детский сад №3» г. Кириши",
            "МАУДО «Киришская детская школа искусств»",
            "МОУ «Киришский лицей»",
            "МБОУ «СОШ №3» г. Тихвин",
            "МБОУ «Тихвинская СОШ № 3»",
            "МБОУ «СОШ № 4 г. Кингисепп»",
            "МБОУ «Подпорожская СОШ №8»",
            "МБОУ «Подпорожская средняя общеобразовательная школа № 1 имени А.С. Пушкина»",
            "МБУДО «Подпорожский центр детского творчества»",
            "МКОУ «Лодейнопольская СОШ №2»",
            "МКОУ «Лодейнопольская основная общеобразовательная школа № 3»",
            "МБОУ «Первомайский центр образования»",
            "МБУК «Рощинский центр культуры»",
            "Рощинская музыкальная школа",
            "МОУ «Вознесенская СОШ» Гатчинского района",
            "МОУ «Сосновский центр образования»",
            "ГБОУ «Лебяженская вечерняя школа»",
            "МДОУ «Лебяженский детский сад»",
            "МБОУ «Приозерский образовательный центр»",
            "МОУ «СОШ № 33» г. Кириши",
            "МОУ «Киришская СОШ № 30»",
        ],
    )
    .to_owned()
}

fn join(parts: &[&str]) -> String {
    parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
