//! Which column says what: by the words of its heading, in whatever order and wording.

/// What a column says of a school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Name,
    Aliases,
    District,
    Settlement,
    Addresses,
    Inn,
    Coordinator,
    CoordinatorAddress,
}

/// What a heading says; none where it heads something else: a telephone, a director, a number in the list.
pub(super) fn of(heading: &str) -> Option<Column> {
    let text = heading.to_lowercase().replace('ё', "е");
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let begins = |stems: &[&str]| words.iter().any(|word| stems.iter().any(|stem| word.starts_with(stem)));
    let is = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let mail = begins(&["почт", "mail", "email", "электронн"]) && !begins(&["индекс", "сайт"]) && !is(&["почтовый"]);
    let head = begins(&["координатор", "куратор", "ответственн"]);
    Some(match () {
        () if is(&["телефон", "тел", "директор", "руководитель", "фио"]) && !head && !mail =>
        {
            return None;
        }
        () if head && mail => Column::CoordinatorAddress,
        () if head && is(&["телефон", "тел", "должность"]) => return None,
        () if head => Column::Coordinator,
        () if mail => Column::Addresses,
        () if is(&["инн"]) => Column::Inn,
        () if is(&["код", "id", "идентификатор"]) => Column::Id,
        () if begins(&["друг", "кратк", "сокращ", "прежн", "бывш"]) => Column::Aliases,
        () if begins(&["населен", "поселени", "город", "местоположен", "местонахожден"]) && !begins(&["округ"]) => {
            Column::Settlement
        }
        () if begins(&["район", "муниципал", "округ", "территор"]) || is(&["мо", "мр", "го"]) => {
            Column::District
        }
        () if begins(&["наименован", "назван", "организац", "учрежден", "школ"]) || is(&["оо", "оу", "соу"]) => {
            Column::Name
        }
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_many_wordings() {
        for (heading, column) in [
            ("Наименование ОО", Some(Column::Name)),
            ("Полное наименование образовательной организации", Some(Column::Name)),
            ("Школа", Some(Column::Name)),
            ("ОУ", Some(Column::Name)),
            ("Краткое наименование", Some(Column::Aliases)),
            ("Район/МО", Some(Column::District)),
            ("Муниципальное образование", Some(Column::District)),
            ("Наименование муниципального района", Some(Column::District)),
            ("Городской округ", Some(Column::District)),
            ("Населённый пункт", Some(Column::Settlement)),
            ("Город (посёлок)", Some(Column::Settlement)),
            ("Эл. почта", Some(Column::Addresses)),
            ("E-mail", Some(Column::Addresses)),
            ("Адрес электронной почты школы", Some(Column::Addresses)),
            ("ИНН", Some(Column::Inn)),
            ("Куратор", Some(Column::Coordinator)),
            ("Муниципальный координатор (ФИО)", Some(Column::Coordinator)),
            ("E-mail координатора", Some(Column::CoordinatorAddress)),
            ("Код", Some(Column::Id)),
            ("№ п/п", None),
            ("Телефон", None),
            ("ФИО директора", None),
            ("Почтовый адрес", None),
            ("Телефон координатора", None),
        ] {
            assert_eq!(of(heading), column, "{heading}");
        }
    }
}
