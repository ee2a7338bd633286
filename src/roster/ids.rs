//! An id for a school, made of its name: the same for the same name, legible to people.

use crate::campaign::SchoolId;

/// So long at most: an id has 64 letters, and what tells two schools of one name apart comes behind it.
const LONGEST: usize = 40;

/// Latin letters for Russian ones, as passports have them (ICAO 9303), «ый» and «ий» shortened by use.
fn latin(c: char) -> &'static str {
    match c {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' | 'ё' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'й' => "i",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' => "ie",
        'ы' => "y",
        'ь' => "",
        'ю' => "iu",
        'я' => "ia",
        _ => "-",
    }
}

/// A text in the letters of an id.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.to_lowercase().chars() {
        let piece = if c.is_ascii_alphanumeric() { c.to_string() } else { latin(c).to_owned() };
        if piece != "-" || !(slug.is_empty() || slug.ends_with('-')) {
            slug.push_str(&piece);
        }
    }
    slug.trim_matches('-').to_owned()
}

/// A slug cut where a word ends.
fn cut(slug: &str) -> &str {
    match slug.get(..LONGEST) {
        Some(head) if slug.len() > LONGEST => head.rsplit_once('-').map_or(head, |(whole, _)| whole),
        _ => slug,
    }
}

/// An id for a school that `is_free`: of its name within the quotes, then with its district, then with a number.
pub(super) fn id(name: &str, district: &str, is_free: impl Fn(&SchoolId) -> bool) -> Option<SchoolId> {
    let quoted = name.find(['«', '"', '“', '„']).and_then(|at| name.get(at..));
    let short = quoted.unwrap_or(name).to_lowercase();
    let short = short
        .replace("средняя общеобразовательная школа", "сош")
        .replace("основная общеобразовательная школа", "оош")
        .replace("начальная общеобразовательная школа", "нош");
    let whole = slug(&short);
    let name = if whole.is_empty() { "school" } else { cut(&whole) };
    let place = slug(district);
    let with_place = format!("{name}-{}", place.get(..place.len().min(16)).unwrap_or_default());
    let with_place = with_place.trim_end_matches('-').to_owned();
    let numbered = (2..10_000).map(|number| format!("{with_place}-{number}"));
    let mut all = [name.to_owned(), with_place.clone()].into_iter().chain(numbered);
    all.find_map(|id| id.parse::<SchoolId>().ok().filter(&is_free))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_legible_and_nobody_elses() {
        let made = |name: &str, district: &str, taken: &[&str]| {
            id(name, district, |id| !taken.contains(&id.as_str())).unwrap().to_string()
        };
        assert_eq!(made("МОУ «Киришская СОШ №3»", "Киришский", &[]), "kirishskaia-sosh-3");
        assert_eq!(
            made("МОУ «Киришская СОШ №3»", "Киришский", &["kirishskaia-sosh-3"]),
            "kirishskaia-sosh-3-kirishskii"
        );
        let taken = ["shkola", "shkola-luzhskii", "shkola-luzhskii-2"];
        assert_eq!(made("Школа", "Лужский", &taken), "shkola-luzhskii-3");
        assert_eq!(made("???", "", &[]), "school");
        let long = "МКОУ «Лодейнопольская средняя общеобразовательная школа №3 имени Героев Свири»";
        assert_eq!(made(long, "Лодейнопольский", &[]), "lodeinopolskaia-sosh-3-imeni-geroev");
    }
}
