//! Lines within and below a form that are nobody's answer: signatures, dates, notes, page numbers, headings of sections.

use super::words;

/// A longer line, in characters, is text and no signature.
const LONGEST: usize = 120;

/// What a line begins with that follows the last answer, whatever else it says.
const ENDS: &[&str] = &[
    "директор",
    "врио",
    "и о",
    "зам",
    "заместитель",
    "руководитель",
    "заведующий",
    "заведующая",
    "исп",
    "исполнитель",
    "составил",
    "составила",
    "составитель",
    "подготовил",
    "подготовила",
    "заполнил",
    "заполнила",
    "форму заполнил",
    "форму заполнила",
    "анкету заполнил",
    "анкету заполнила",
    "ответственный",
    "ответственная",
    "контактное лицо",
    "контактный телефон",
    "контакты",
    "контактные данные",
    "тел",
    "телефон",
    "факс",
    "эл почта",
    "электронная почта",
    "адрес электронной почты",
    "подпись",
    "м п",
    "мп",
    "согласовано",
    "утверждаю",
    "с уважением",
    "с наилучшими пожеланиями",
    "всего доброго",
    "заранее спасибо",
    "заранее благодарим",
    "заранее благодарю",
    "спасибо за",
    "благодарим за",
    "благодарю за",
    "ждем ответа",
    "извините за",
    "просим извинить",
    "просим подтвердить",
    "прошу подтвердить",
    "дата заполнения",
    "дата",
    "приложение",
    "график",
    "выступление",
    "проект выступления",
    "текст выступления",
    "тезисы",
    "доклад",
    "слайд",
    "презентация",
    "примечание",
    "отправлено из",
    "отправлено с",
];

/// Posts that begin a signature where a name, a sign or nothing follows, and may begin an answer otherwise.
const POSTS: &[&str] = &[
    "куратор",
    "координатор",
    "методист",
    "учитель",
    "педагог",
    "специалист",
    "председатель",
    "секретарь",
    "завуч",
    "советник",
    "муниципальный",
    "школьный",
    "старший",
    "главный",
];

const MONTHS: &[&str] =
    &["январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр"];

/// Whether a line after the last label begins something else than the last answer: a signature, an annex, a speech.
/// `dated` tells that a date would be an answer.
pub(super) fn ends_a_form(line: &str, dated: bool) -> bool {
    let text = words::spaced(line);
    let begins = |list: &[&str]| list.iter().any(|word| words::begins(&text, word));
    let short = line.chars().count() <= LONGEST;
    let post = begins(POSTS) && (has_person(line) || line.contains(['_', ':']) || text.split_whitespace().count() <= 2);
    let address = line.contains('@') && text.split_whitespace().count() <= 6;
    short && (address || begins(ENDS) || post || is_person(line) || is_note(line) || (!dated && is_date(line)))
}

/// Whether a line between two labels is the heading of a section or the number of a page.
pub(super) fn parts_a_form(line: &str) -> bool {
    is_page(line) || is_section(line)
}

/// Whether a line is words in capitals and nothing else, as headings are set.
pub(super) fn shouts(line: &str) -> bool {
    let plain = line.chars().all(|c| c.is_uppercase() || c.is_whitespace() || c == '-');
    plain && line.split_whitespace().count() >= 2 && line.chars().filter(|c| c.is_uppercase()).count() >= 10
}

/// «Раздел 2. …», «Блок II», «II. Участие в программе».
fn is_section(line: &str) -> bool {
    let text = words::spaced(line);
    let mut words = text.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_number = |word: &str| word.chars().all(|c| c.is_ascii_digit()) || is_roman(word);
    let named = ["раздел", "блок", "часть", "модуль", "глава"].contains(&first) && is_number(second);
    // The first section begins above the first question: «I. …» between questions begins a list.
    let first = ["I. ", "І. "].iter().any(|number| line.trim_start().starts_with(number));
    (named || (has_roman_number(line) && !first))
        && line.chars().count() <= 100
        && !line.trim_end().ends_with([';', ','])
}

/// «II. Участие в программе»: the heading of a section, or an item of a list.
pub(super) fn has_roman_number(line: &str) -> bool {
    line.trim_start()
        .split_once(". ")
        .is_some_and(|(number, _)| number.chars().all(char::is_alphabetic) && is_roman(words::spaced(number).trim()))
}

/// A number in Roman signs, typed in either alphabet.
fn is_roman(word: &str) -> bool {
    !word.is_empty() && word.chars().count() <= 5 && word.chars().all(|c| "ivxIVXivхХі".contains(c))
}

/// «2», «- 2 -», «стр. 2 из 3».
fn is_page(line: &str) -> bool {
    let text = words::spaced(line);
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let named = words.first().is_some_and(|word| ["стр", "страница", "лист"].contains(word));
    if named {
        words.remove(0);
    }
    let numbers = words.iter().filter(|word| word.chars().all(|c| c.is_ascii_digit())).count();
    let other = words.iter().filter(|word| !["из", "of"].contains(word)).count() - numbers;
    let plain = line.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "-–—".contains(c))
        && words.iter().all(|word| word.len() <= 2);
    other == 0 && (numbers == 1 || (named && numbers == 2)) && (named || plain) && line.chars().count() <= 20
}

/// A day by itself, with or without the town: «09.11.2022», «г. Подпорожье, 9 ноября 2022 года».
fn is_date(line: &str) -> bool {
    let text = words::spaced(line);
    let words: Vec<&str> = text.split_whitespace().collect();
    let year = |word: &&str| word.len() == 4 && word.starts_with("20") && word.chars().all(|c| c.is_ascii_digit());
    let month = |word: &str| {
        MONTHS.iter().any(|stem| word.starts_with(stem) && word.chars().count() <= stem.chars().count() + 3)
    };
    let rest = match words.as_slice() {
        ["г" | "п" | "с" | "д" | "пос", _, rest @ ..]
            if words.len() > 2 && !words.get(1).is_some_and(|word| month(word)) =>
        {
            rest
        }
        all => all,
    };
    let of_date = |word: &&str| {
        word.chars().all(|c| c.is_ascii_digit()) || month(word) || ["г", "год", "года", "от"].contains(word)
    };
    rest.iter().any(year) && rest.iter().all(of_date) && words.len() <= 7
}

/// A note of the form itself: «* заполняется школой».
fn is_note(line: &str) -> bool {
    const SAYS: &[&str] = &["заполня", "обязательн", "поля", "нужное", "подчеркн", "примечани", "указать"];
    let text = words::spaced(line);
    line.trim_start().starts_with('*') && SAYS.iter().any(|stem| text.split_whitespace().any(|w| w.starts_with(stem)))
}

/// Whether a line is nothing but a person's name, with a telephone or without.
fn is_person(line: &str) -> bool {
    let rest: String = line.chars().filter(|c| !c.is_ascii_digit() && !"+()-–_/,".contains(*c)).collect();
    let words: Vec<&str> = rest.split_whitespace().collect();
    let capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    let letters = rest.chars().filter(|c| c.is_alphabetic()).count();
    (1..=4).contains(&words.len()) && words.iter().all(capital) && letters <= 50 && has_person(&rest)
}

/// Whether a line holds initials («И.И.», «И. И.») or a patronymic behind a capital.
fn has_person(line: &str) -> bool {
    let mut before = None;
    let mut initials = 0;
    for word in line.split(|c: char| c.is_whitespace() || c == '.').filter(|word| !word.is_empty()) {
        let mut letters = word.chars();
        let capital = letters.next().is_some_and(char::is_uppercase);
        let single = capital && letters.next().is_none();
        let patronymic = ["вич", "вна", "ична"].iter().any(|end| word.ends_with(end));
        initials = if single { initials + 1 } else { 0 };
        if (initials == 2 && line.contains('.')) || (capital && patronymic && before == Some(true)) {
            return true;
        }
        before = Some(capital);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_dates_and_notes_end_a_form() {
        for line in [
            "Директор школы ________ И.И. Иванова",
            "Врио директора Сидорова А.А.",
            "Муниципальный куратор: Петрова И.И.",
            "Составила: Петрова И.И.",
            "Форму заполнила: заместитель директора",
            "Методист Сидорова А.А.",
            "Учитель русского языка Петрова И. И.",
            "Координатор проекта в школе – Петрова Ирина Ивановна",
            "Петрова И.И.",
            "И.И. Петрова, 8-921-000-00-00",
            "Петрова Ирина Ивановна",
            "09.11.2022",
            "9 ноября 2022 года",
            "10 ноября 2022 г.",
            "г. Подпорожье, 2022",
            "Дата: 09.11.2022",
            "E-mail: school@mail.ru",
            "* заполняется школой",
            "Примечание: все поля обязательны",
            "Ждем ответа.",
            "Заранее благодарим!",
            "Спасибо за сотрудничество!",
            "С уважением",
        ] {
            assert!(ends_a_form(line, false), "{line}");
        }
    }

    #[test]
    fn answers_do_not_end_a_form() {
        for line in [
            "Методист должен чаще приезжать в школы",
            "Учителям давать больше часов",
            "Проводить семинары в 2023 году",
            "Вебинары и стажировки",
            "Выделить педагога-психолога",
            "Школьный кинотеатр и музей",
            "* проводить стажировки",
            "Семинар «Сетевое наставничество», 15.03.2022",
            "Спасибо, предложений нет",
            "3",
            "В 2021 году",
        ] {
            assert!(!ends_a_form(line, false), "{line}");
        }
        assert!(!ends_a_form("01.09.2021", true));
    }

    #[test]
    fn pages_and_sections_part_a_form() {
        for line in ["2", "- 2 -", "стр. 2 из 3", "Стр. 2", "II. Участие в программе", "Раздел 2. Участие", "Блок 2"]
        {
            assert!(parts_a_form(line), "{line}");
        }
        for line in ["2 школы", "Участие в семинарах", "Вебинар", "12.05.2022", "II место в конкурсе", "с 2021"]
        {
            assert!(!parts_a_form(line), "{line}");
        }
    }
}
