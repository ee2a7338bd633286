//! Russian as far as a letter's own words have to stand in another case.

/// The text with a capital at its beginning.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
}

/// The text without a capital at its beginning, unless its first word is a name or an abbreviation.
pub(super) fn uncapitalised(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    if chars.clone().next().is_some_and(char::is_uppercase) {
        return text.to_owned();
    }
    first.to_lowercase().collect::<String>() + chars.as_str()
}

/// Changes the adjectives and the first noun with which a text begins, and leaves the rest.
fn head(text: &str, word: impl Fn(&str, bool) -> Option<String>) -> Option<String> {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for one in &mut words {
        let adjective = is_adjective(one);
        *one = word(one, adjective)?;
        if !adjective {
            return Some(words.join(" "));
        }
    }
    None
}

fn is_adjective(word: &str) -> bool {
    let word = word.to_lowercase();
    word.chars().count() > 4
        && ["ый", "ий", "ой", "ое", "ее", "ая", "яя", "ые", "ие", "ым", "им", "ыми", "ими", "ом", "ем", "ому", "ему"]
            .iter()
            .any(|ending| word.ends_with(ending))
        && !["ание", "ение", "ение", "тие", "рий", "ием", "ство", "дом", "ением", "анием", "адем"]
            .iter()
            .any(|noun| word.ends_with(noun))
}

fn replaced(word: &str, endings: &[(&str, &str)]) -> Option<String> {
    endings.iter().find_map(|(from, to)| {
        let stem = word.strip_suffix(from)?;
        (stem.chars().count() >= 2).then(|| format!("{stem}{to}"))
    })
}

/// The genitive of a name in the nominative singular: «Комитет общего образования» → «Комитета общего образования».
/// `None` where the word is none of those that name offices.
pub(super) fn genitive(text: &str) -> Option<String> {
    head(text, |word, adjective| {
        if adjective {
            return replaced(
                word,
                &[
                    ("ный", "ного"),
                    ("ый", "ого"),
                    ("ий", "его"),
                    ("ой", "ого"),
                    ("ое", "ого"),
                    ("ее", "его"),
                    ("ая", "ой"),
                    ("яя", "ей"),
                ],
            );
        }
        replaced(
            word,
            &[
                ("ия", "ии"),
                ("ние", "ния"),
                ("ство", "ства"),
                ("тет", "тета"),
                ("мент", "мента"),
                ("дел", "дела"),
                ("тр", "тра"),
                ("тут", "тута"),
                ("ор", "ора"),
                ("ком", "кома"),
                ("ган", "гана"),
                ("ет", "ета"),
            ],
        )
    })
}

/// The nominative of those whom a letter addresses: «муниципальным кураторам проекта» → «муниципальные кураторы проекта»,
/// «координатору» → «координатор». `None` where the text does not begin with a dative.
pub(super) fn nominative(text: &str) -> Option<String> {
    const IRREGULAR: [(&str, &str); 7] = [
        ("директорам", "директора"),
        ("учителям", "учителя"),
        ("профессорам", "профессора"),
        ("мастерам", "мастера"),
        ("органам", "органы"),
        ("людям", "люди"),
        ("лицам", "лица"),
    ];
    const ADJECTIVES: [(&str, &str); 9] = [
        ("ным", "ные"),
        ("ким", "кие"),
        ("гим", "гие"),
        ("ым", "ые"),
        ("им", "ие"),
        ("ному", "ный"),
        ("кому", "кий"),
        ("ому", "ый"),
        ("ему", "ий"),
    ];
    const NOUNS: [(&str, &str); 17] = [
        ("кам", "ки"),
        ("гам", "ги"),
        ("хам", "хи"),
        ("жам", "жи"),
        ("шам", "ши"),
        ("чам", "чи"),
        ("щам", "щи"),
        ("ствам", "ства"),
        ("ниям", "ния"),
        ("ям", "и"),
        ("ам", "ы"),
        ("ору", "ор"),
        ("исту", "ист"),
        ("телю", "тель"),
        ("нику", "ник"),
        ("логу", "лог"),
        ("тету", "тет"),
    ];
    head(text, |word, adjective| {
        if adjective {
            return replaced(word, &ADJECTIVES);
        }
        let irregular = IRREGULAR.iter().find(|(dative, _)| word.to_lowercase() == *dative);
        irregular.map(|(_, nominative)| (*nominative).to_owned()).or_else(|| replaced(word, &NOUNS))
    })
}

/// What a letter is about, in the nominative: «Об участии в мероприятиях» → «Участие в мероприятиях».
pub(super) fn title_of_subject(subject: &str) -> Option<String> {
    let rest = ["О ", "Об ", "Обо "].iter().find_map(|about| subject.strip_prefix(about))?;
    let changed = head(rest, |word, adjective| {
        if adjective {
            return replaced(
                word,
                &[("ком", "кий"), ("гом", "гий"), ("ом", "ый"), ("ем", "ий"), ("ой", "ая"), ("ей", "яя")],
            );
        }
        replaced(
            word,
            &[
                ("ции", "ция"),
                ("сии", "сия"),
                ("гии", "гия"),
                ("ии", "ие"),
                ("нге", "нг"),
                ("рсе", "рс"),
                ("осе", "ос"),
                ("бое", "бой"),
                ("оре", "ор"),
                ("ике", "ика"),
                ("вке", "вка"),
                ("рке", "рка"),
                ("ете", "ет"),
                ("аче", "ача"),
                ("аре", "ар"),
                ("уме", "ум"),
                ("екте", "ект"),
                ("але", "аль"),
                ("изе", "из"),
                ("вале", "валь"),
                ("ыве", "ыв"),
                ("ах", "ы"),
            ],
        )
    })?;
    Some(sentence(&changed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offices_have_a_genitive() {
        for (text, wanted) in [
            ("Комитет общего и профессионального образования", "Комитета общего и профессионального образования"),
            ("Департамент образования", "Департамента образования"),
            ("Министерство образования и науки", "Министерства образования и науки"),
            ("Управление образования администрации", "Управления образования администрации"),
            ("Главное управление образования", "Главного управления образования"),
            ("Отдел образования", "Отдела образования"),
            ("Региональный центр оценки", "Регионального центра оценки"),
            ("Администрация района", "Администрации района"),
            ("Институт развития", "Института развития"),
        ] {
            assert_eq!(genitive(text).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn those_who_are_addressed_stand_in_the_nominative() {
        for (text, wanted) in [
            ("муниципальным кураторам проекта «500+»", "муниципальные кураторы проекта «500+»"),
            ("муниципальным координаторам", "муниципальные координаторы"),
            ("руководителям школ", "руководители школ"),
            ("директорам школ", "директора школ"),
            ("методистам", "методисты"),
            ("специалистам районных отделов", "специалисты районных отделов"),
            ("главам администраций", "главы администраций"),
            ("муниципальному координатору ГИА", "муниципальный координатор ГИА"),
            ("руководителю центра", "руководитель центра"),
        ] {
            assert_eq!(nominative(text).as_deref(), Some(wanted));
        }
        assert_eq!(nominative("Прошу направить"), None);
    }

    #[test]
    fn a_subject_is_a_title() {
        for (text, wanted) in [
            ("Об участии в мероприятиях проекта", "Участие в мероприятиях проекта"),
            ("О проведении мониторинга", "Проведение мониторинга"),
            ("О мониторинге питания", "Мониторинг питания"),
            ("Об организации отдыха", "Организация отдыха"),
            ("О региональном конкурсе", "Региональный конкурс"),
            ("О подготовке к зиме", "Подготовка к зиме"),
            ("О сборе сведений", "Сбор сведений"),
            ("О региональной конференции", "Региональная конференция"),
        ] {
            assert_eq!(title_of_subject(text).as_deref(), Some(wanted));
        }
    }
}
