//! Real spellings of school names against rosters built of the same schools: how many are right, undecided and wrong.
//!
//! `SVODKA_NAMES=DIR` names a folder with tables of collected spellings (`spellings.tsv`: city, type, number, count,
//! spelling; `spellings-named.tsv`: adjective, type, number, count, spelling; `leningrad-oblast.tsv`: look-alikes of the
//! built-in campaign). Without it a small table of our own is used.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests: a malformed table has to fail")]

use std::{collections::BTreeMap, fmt, fs, path::Path};

use svodka::{
    campaign,
    matching::{KnownSchool, NameMatch, Roster},
};

/// One school: the key it is grouped by and its spellings, the most frequent first.
type Groups = BTreeMap<(String, String, String), Vec<(u32, String)>>;

#[derive(Default)]
struct Score {
    right: usize,
    /// Undecided though number and type are there.
    undecided: Vec<String>,
    /// Undecided for want of a number or a place.
    incomplete: usize,
    wrong: Vec<String>,
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (right, undecided, wrong) = (self.right, self.undecided.len(), self.wrong.len());
        let share = 100.0 * undecided as f64 / (right + undecided + wrong).max(1) as f64;
        write!(
            f,
            "right {right}, undecided {undecided} ({share:.1} %), incomplete {}, wrong {wrong}",
            self.incomplete
        )?;
        for line in self.wrong.iter().map(|line| format!("WRONG {line}")).chain(self.undecided.iter().cloned()) {
            write!(f, "\n  {line}")?;
        }
        Ok(())
    }
}

impl Score {
    fn assert_good(&self) {
        assert!(self.wrong.is_empty(), "{self}");
        let all = self.right + self.undecided.len();
        assert!(self.undecided.len() * 50 <= all, "more than 2 % undecided: {self}");
    }
}

fn groups(table: &str) -> Groups {
    let mut groups = Groups::new();
    for line in table.lines().skip(1) {
        let mut cells = line.split('\t').map(str::to_owned);
        let mut next = || cells.next().unwrap_or_default();
        let key = (next(), next(), next());
        let count = next().parse().unwrap();
        groups.entry(key).or_default().push((count, next()));
    }
    for spellings in groups.values_mut() {
        spellings.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    }
    groups
}

fn school(at: usize, spellings: &[(u32, String)], settlement: &str) -> KnownSchool {
    KnownSchool {
        id: Some(format!("g{at}").parse().unwrap()),
        names: vec![spellings[0].1.clone()],
        district: String::new(),
        settlement: settlement.to_owned(),
    }
}

fn measure(roster: &Roster, at: usize, numbered: bool, spellings: &[(u32, String)], score: &mut Score) {
    let own = format!("g{at}");
    let scan = roster.clone().without_index();
    for (_, spelling) in spellings {
        let found = roster.name(spelling);
        assert_eq!(found, scan.name(spelling), "the index finds something else");
        match found.school() {
            Some(school) if school.as_str() == own => score.right += 1,
            Some(_) => score.wrong.push(format!("{spelling}: {found:?}")),
            None if numbered => score.undecided.push(format!("{spelling}: {:?}", found.into_why())),
            None => score.incomplete += 1,
        }
    }
}

/// Every city by itself: all its schools are the roster, and nobody has to name the city.
fn by_city(table: &str) -> Score {
    let mut cities: BTreeMap<String, Vec<Vec<(u32, String)>>> = BTreeMap::new();
    for ((city, _, _), spellings) in groups(table) {
        cities.entry(city).or_default().push(spellings);
    }
    let mut score = Score::default();
    for (city, schools) in cities {
        // The collection cut some cities' names: those that no spelling holds are not told to the roster.
        let told = !city.ends_with('-')
            && schools.iter().flatten().any(|(_, text)| text.to_lowercase().contains(&format!("г. {city}")));
        let settlement = if told { city.as_str() } else { "" };
        let known = schools.iter().enumerate().map(|(at, spellings)| school(at, spellings, settlement));
        let roster = Roster::from_names("", known).within_one_town();
        for (at, spellings) in schools.iter().enumerate() {
            measure(&roster, at, true, spellings, &mut score);
        }
    }
    score
}

/// Schools of many places in one roster, told apart by adjective, type and number.
fn by_adjective(table: &str) -> Score {
    let groups = groups(table);
    let known = groups.values().enumerate().map(|(at, spellings)| school(at, spellings, ""));
    let roster = Roster::from_names("", known);
    let mut score = Score::default();
    for (at, ((adjective, _, number), spellings)) in groups.iter().enumerate() {
        let place = !["сменная", "многопрофильная", "инновационная"].contains(&adjective.as_str());
        measure(&roster, at, place && !number.is_empty(), spellings, &mut score);
    }
    score
}

fn collected(name: &str) -> Option<String> {
    let folder = std::env::var_os("SVODKA_NAMES")?;
    Some(fs::read_to_string(Path::new(&folder).join(name)).unwrap())
}

#[test]
fn spellings_of_one_city_are_never_taken_for_another_school() {
    let score = by_city(&collected("spellings.tsv").unwrap_or_else(|| CITY.replace(" | ", "\t")));
    println!("by city: {score}");
    score.assert_good();
}

#[test]
fn spellings_with_a_place_name_are_never_taken_for_another_school() {
    let score = by_adjective(&collected("spellings-named.tsv").unwrap_or_else(|| NAMED.replace(" | ", "\t")));
    println!("by adjective: {score}");
    score.assert_good();
}

#[test]
fn look_alikes_of_the_region_come_out_as_themselves() {
    let text = include_str!("../config/campaigns/500plus-2022.toml");
    let roster = Roster::new(&campaign::read("500plus-2022.toml", text).unwrap());
    let table = collected("leningrad-oblast.tsv").unwrap_or_else(|| LOOK_ALIKES.replace(" | ", "\t"));
    let mut wrong = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (role, names, settlement) = (cells[1], cells[2], cells[4]);
        for name in names.split([';', '/']).flat_map(|part| part.split(", МОУ")) {
            for text in [name.to_owned(), format!("{name}, {settlement}")] {
                let found = roster.name(&text);
                let good = match role.split([' ', '-']).next() {
                    Some("scheduled" | "branch") => found.school().is_some(),
                    Some("former") => !matches!(found, NameMatch::Outside { .. } | NameMatch::None),
                    _ => matches!(found, NameMatch::Outside { .. }),
                };
                if !good {
                    wrong.push(format!("{role}: {text}: {found:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const CITY: &str = "city | type | number | count | spelling
зареченск | школа | 4 | 9 | МБОУ \"СОШ №4\"
зареченск | школа | 4 | 1 | СОШ4
зареченск | школа | 4 | 1 | МОУ СОШ № 4 г. Зареченск
зареченск | школа | 4 | 1 | Средняя общеобразовательная школа N 4
зареченск | школа | 4 | 1 | школа 4
зареченск | школа | 4 | 1 | МБОУ \"СОШ №4 с углубленным изучением отдельных предметов\"
зареченск | школа | 14 | 9 | МБОУ СОШ №14 им. Петра Ильича Сомова
зареченск | школа | 14 | 1 | МКОУ СОШ №14
зареченск | школа | 14 | 1 | МБОУ\"СОШ№14 им П.Сомова\" города Зареченска
зареченск | школа | 14 | 1 | МБОУ Средняя школа № 14 имени Сомова Петра Ильича
зареченск | гимназия | 4 | 9 | МБОУ Гимназия №4
зареченск | гимназия | 4 | 1 | Гимназия \"4\"
зареченск | гимназия | 4 | 1 | МОУ гимназия № 4 имени 40-летия Победы
зареченск | лицей | 4 | 9 | МБОУ \"Лицей №4 \"Созвездие\"\"
зареченск | лицей | 4 | 1 | Лицей № 4
зареченск | лицей | 4 | 1 | МБОУ Лицей 4 Созвездие
зареченск | вечерняя | 4 | 5 | МБОУ Открытая (сменная) общеобразовательная школа №4
зареченск | вечерняя | 4 | 1 | Вечерняя (сменная) школа №4
зареченск | кадетская | 14 | 5 | Кадетская школа №14
зареченск | кадетская | 14 | 1 | МБОУ \"Кадетская СОШ № 14\"";

const NAMED: &str = "adjective | type | number | count | spelling
верхнесосновская | шк | 1 | 9 | МБОУ \"Верхнесосновская СОШ №1\"
верхнесосновская | шк | 1 | 1 | Верхнесосновская средняя школа № 1
верхнесосновская | шк | 1 | 1 | моу верхнесосновская сош 1
верхнесосновская | шк | 1 | 1 | Муниципальное казённое общеобразовательное учреждение «Верхнесосновская средняя (полная) общеобразовательная школа №1»
верхнесосновская | шк | 2 | 9 | МБОУ Верхнесосновская СОШ №2
верхнесосновская | шк | 2 | 1 | МБОУ \"Верхнесосновская №2 СОШ\"
верхнесосновская | шк | 2 | 1 | МБОУ Верхнесосновская С(полная)ОШ № 2
усть-каменская | шк | 2 | 9 | МБОУ Усть-Каменская СОШ №2
усть-каменская | шк | 2 | 1 | МКОУ \"Усть-каменская СОШ №2\" с. Усть-Каменка
усть-каменская | гимн | 2 | 3 | Усть-Каменская гимназия №2
усть-каменская | гимн | 2 | 1 | МБОУ \"Гимназия № 2 Усть-Каменская\"
каменская | шк |  | 3 | МБОУ \"Каменская СОШ\"
каменская | шк |  | 1 | Каменская средняя общеобразовательная школа Залесского района";

const LOOK_ALIKES: &str = "id | role | name | district | settlement | src
1 | scheduled | МОУ «Киришская СОШ №3» | Киришский | г. Кириши | -
1 | look-alike | школа №1 | Киришский | г. Кириши | -
1 | look-alike | Киришская школа №9 | Киришский | г. Кириши | -
2 | branch | Цвелодубовский филиал Рощинского ЦО | Выборгский | п. Цвелодубово | -
2 | neighbour | Полянская СОШ | Выборгский |  | -
7 | look-alike | Лодейнопольская ООШ №1 | Лодейнопольский | г. Лодейное Поле | -
x | other | Сосновская СОШ №3 | Приозерский | п. Сосново | -";
