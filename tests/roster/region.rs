//! An invented region: districts, towns and villages, and the schools in them, with the likenesses that real ones have:
//! one name in several districts, one number in every town, adjectives that differ in a letter.

use svodka::matching::KnownSchool;

const ROOTS: [&str; 40] = [
    "Берез",
    "Сосн",
    "Камен",
    "Ольх",
    "Верес",
    "Лип",
    "Черн",
    "Красн",
    "Нов",
    "Стар",
    "Верхн",
    "Нижн",
    "Бор",
    "Луж",
    "Гор",
    "Реч",
    "Озер",
    "Мшин",
    "Тосн",
    "Волх",
    "Свир",
    "Паш",
    "Сясь",
    "Кобр",
    "Вырк",
    "Гатн",
    "Киров",
    "Кирж",
    "Мурин",
    "Кудр",
    "Янин",
    "Токс",
    "Лемб",
    "Рапп",
    "Агал",
    "Васк",
    "Рахь",
    "Дубр",
    "Синяв",
    "Назв",
];
const MIDDLES: [&str; 16] = [
    "ов",
    "ин",
    "ен",
    "ск",
    "ан",
    "ев",
    "одол",
    "огор",
    "обор",
    "олес",
    "опол",
    "оозер",
    "омост",
    "овид",
    "амск",
    "ушк",
];
const ENDS: [(&str, &str); 6] = [("о", ""), ("ка", ""), ("ы", ""), ("ск", "ск"), ("ое", ""), ("ье", "")];
const NAMES: [&str; 10] = [
    "А. С. Пушкина",
    "Героев Свири",
    "М. Горького",
    "Ю. А. Гагарина",
    "В. И. Чуйкова",
    "Александра Невского",
    "Николая Рубцова",
    "братьев Игнатовых",
    "Л. Н. Толстого",
    "Зои Космодемьянской",
];

/// A place: its name, and its adjective without the ending.
struct Place {
    name: String,
    adjective: String,
}

fn place(rng: &mut fastrand::Rng) -> Place {
    let root = ROOTS[rng.usize(..ROOTS.len())];
    let middle = MIDDLES[rng.usize(..MIDDLES.len())];
    let second = if rng.u8(..3) == 0 { MIDDLES[rng.usize(..MIDDLES.len())] } else { "" };
    let (end, own) = ENDS[rng.usize(..ENDS.len())];
    let stem = format!("{root}{middle}{second}");
    let adjective = if own.is_empty() { format!("{stem}ск") } else { format!("{stem}{own}") };
    Place { name: format!("{stem}{end}"), adjective }
}

/// So many schools, the same for the same seed. Every `scheduled`-th has an id.
pub(crate) fn schools(count: usize, scheduled: usize, seed: u64) -> Vec<KnownSchool> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut schools = Vec::with_capacity(count);
    while schools.len() < count {
        let town = place(&mut rng);
        let district = format!("{}ий", town.adjective);
        let mut add = |names: Vec<String>, place: &Place| {
            let at = schools.len();
            let id = (at % scheduled == 0).then(|| format!("s-{at}").parse().unwrap());
            schools.push(KnownSchool { id, names, district: district.clone(), settlement: place.name.clone() });
        };
        for number in 1..=rng.usize(2..18) {
            let kind = ["СОШ", "средняя общеобразовательная школа", "ООШ", "гимназия", "лицей", "Центр образования"];
            let kind = kind[rng.usize(..100).saturating_sub(94)];
            let after = if rng.u8(..5) == 0 {
                format!(" имени {}", NAMES[rng.usize(..NAMES.len())])
            } else {
                String::new()
            };
            add(vec![format!("МБОУ «{}ая {kind} № {number}{after}»", town.adjective)], &town);
        }
        for _ in 0..rng.usize(8..30) {
            let village = place(&mut rng);
            let kind = ["СОШ", "ООШ", "основная общеобразовательная школа", "начальная школа – детский сад"];
            let mut names = vec![format!("МОУ «{}ая {}»", village.adjective, kind[rng.usize(..4)])];
            if rng.u8(..10) == 0 {
                names.push(format!("{}ая школа № {}", village.adjective, rng.usize(1..60)));
            }
            add(names, &village);
        }
    }
    schools.truncate(count);
    schools
}

/// Ways of writing the name of a school, good and bad.
pub(crate) fn spellings(school: &KnownSchool, rng: &mut fastrand::Rng) -> Vec<String> {
    let name = school.names[rng.usize(..school.names.len())].as_str();
    let bare = name.replace(['«', '»'], "").replace("МБОУ ", "").replace("МОУ ", "");
    let number = bare.split_whitespace().find(|word| word.parse::<u32>().is_ok()).unwrap_or("3");
    let town = &school.settlement;
    let first: String = town.chars().take(1).collect();
    let mut all = vec![
        name.to_owned(),
        bare.clone(),
        bare.to_lowercase(),
        format!("{bare}, {} район", school.district),
        format!("СОШ № {number}"),
        format!("СОШ №{number} г. {town}"),
        format!("школа {number} {town}"),
        format!("{first}СОШ № {number}"),
        format!("{first}СОШ № {number} {} района", school.district.trim_end_matches("ий").to_owned() + "ого"),
        format!("гимназия № {number} города {town}"),
        format!("{bare} (бывшая {town}ская школа)"),
        bare.replace(number, "777"),
    ];
    all.push(slip(&bare, rng));
    all.push(slip(name, rng));
    all.push(slip(&format!("МКОУ СОШ № {number} п. {town}"), rng));
    all
}

/// One letter lost, doubled, swapped or wrong.
fn slip(text: &str, rng: &mut fastrand::Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = rng.usize(..letters.len() - 1);
    match rng.u8(..4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 => letters.swap(at, at + 1),
        _ => letters[at] = 'ш',
    }
    letters.into_iter().collect()
}
