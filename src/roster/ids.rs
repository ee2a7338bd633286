//! An id for a school, made of its name: the same for the same name, legible to people.

use crate::{campaign::SchoolId, latin::identifier};

/// So long at most: an id has 64 letters, and what tells two schools of one name apart comes behind it.
const LONGEST: usize = 40;

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
    let whole = identifier(&short, '-');
    let name = if whole.is_empty() { "school" } else { cut(&whole) };
    let place = identifier(district, '-');
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
        assert_eq!(made("МОУ «Киришская СОШ №3»", "Киришский", &[]), "kirishskaya-sosh-3");
        assert_eq!(
            made("МОУ «Киришская СОШ №3»", "Киришский", &["kirishskaya-sosh-3"]),
            "kirishskaya-sosh-3-kirishskiy"
        );
        let taken = ["shkola", "shkola-luzhskiy", "shkola-luzhskiy-2"];
        assert_eq!(made("Школа", "Лужский", &taken), "shkola-luzhskiy-3");
        assert_eq!(made("???", "", &[]), "school");
        let long = "МКОУ «Лодейнопольская средняя общеобразовательная школа №3 имени Героев Свири»";
        assert_eq!(made(long, "Лодейнопольский", &[]), "lodeynopolskaya-sosh-3-imeni-geroyev");
    }
}
