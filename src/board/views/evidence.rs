//! Reasons, which the rules give in English, in Russian: each family of sentences in one place. What has no words here is
//! told by a neutral sentence, so that nothing foreign is shown.

use super::Frame;
use crate::campaign::SchoolId;

/// What stands for a reason that has no words.
pub(super) const UNNAMED: &str = "Есть и другое обстоятельство, отмеченное программой";

/// A reason in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// The sentence, without a full stop.
    pub(super) text: String,
    /// The one school that it is about.
    pub(super) about: Option<SchoolId>,
}

/// Where something was found: «В …», «… снимает сомнение».
const PLACES: [(&str, &str, &str); 9] = [
    ("field 1 of the form", "в пункте 1 формы", "пункт 1 формы"),
    ("the thread of our own mail", "в переписке с комитетом", "переписка с комитетом"),
    ("the sender's address", "в адресе отправителя", "адрес отправителя"),
    ("another document of the same mail", "в другом документе письма", "другой документ письма"),
    ("the title page", "на титульном листе", "титульный лист"),
    ("the letterhead", "в шапке документа", "шапка документа"),
    ("the file name", "в имени файла", "имя файла"),
    ("the sender's name", "в имени отправителя", "имя отправителя"),
    ("the text of the mail", "в тексте письма", "текст письма"),
];

/// Whole sentences.
const SENTENCES: [(&str, &str); 23] = [
    ("Several forms name different schools.", "Формы письма названы именами разных школ"),
    (
        "Field 1 of the form and other strong evidence name different schools.",
        "В пункте 1 формы названа одна школа, а другие надёжные сведения указывают на иную",
    ),
    (
        "Field 1 of the form names a school outside the schedule, other strong evidence one of it.",
        "В пункте 1 формы названа школа вне графика, а другие надёжные сведения указывают на школу из графика",
    ),
    (
        "Field 1 of the form contradicts itself or names several schools.",
        "Пункт 1 формы противоречив или называет несколько школ",
    ),
    ("Strong evidence names different schools.", "Надёжные сведения указывают на разные школы"),
    (
        "The address or thread and what the mail says speak for different schools.",
        "Адрес или переписка указывают на одну школу, а содержание письма – на другую",
    ),
    ("There was nothing to look at.", "Сведений о школе в письме нет"),
    ("Several schools are named.", "Названо несколько школ"),
    (
        "One letter is wrong in it; no other known school fits as well.",
        "В названии одна опечатка; другие школы не подходят",
    ),
    ("a person has decided", "Так решил сотрудник"),
    ("a machine wrote it", "Письмо написано не человеком, а программой"),
    ("it is our own mail", "Это наше собственное письмо"),
    ("it answers our own mail", "Это ответ на наше письмо"),
    ("it comes from a school's address", "Письмо пришло с адреса школы"),
    ("documents came that hold nothing", "Приложенные документы ничего не содержат"),
    (
        "no document, no thread of ours, no known address, no word of the letter",
        "Нет ни документов, ни ответа на наше письмо, ни известного адреса, ни слов из письма комитета",
    ),
    (
        "a new sender that nothing vouches for sends other answers than those accepted",
        "Новый отправитель, за которого ничто не ручается, прислал ответы, отличные от принятых",
    ),
    ("it is larger than any message that is read", "Письмо больше предельного размера"),
    (
        "Field 1 of the form is incomplete; the number together with the town or place-name, or other evidence for the same school, would have been enough.",
        "Пункт 1 формы неполон: хватило бы номера вместе с населённым пунктом или другого указания на ту же школу",
    ),
    (
        "A second independent place that names the same school in full, the form's field 1, or a known address would have been enough.",
        "Хватило бы второго независимого указания на ту же школу, пункта 1 формы или известного адреса",
    ),
    ("names another town or village", "назван другой населённый пункт"),
    ("names another district", "назван другой район"),
    ("names another region", "назван другой регион"),
];

/// What a name lacks to be surely a school's, or has too much.
const DOUBTS: [(&str, &str); 15] = [
    ("the type of the school is missing", "не указан тип школы"),
    ("«школа» is less than the type that the school has", "указано просто «школа», тип не назван"),
    ("a second type is named that the school does not have", "назван ещё один тип, которого у школы нет"),
    ("the number is missing", "не указан номер"),
    ("several numbers are named", "указано несколько номеров"),
    ("the number cannot be read", "номер не читается"),
    ("it bears a number and the school has none", "указан номер, а у школы его нет"),
    ("no town or place-name is given", "не указан населённый пункт"),
    (
        "the place is only abbreviated, and other places begin with that letter too",
        "населённый пункт сокращён до буквы, с которой начинаются и другие",
    ),
    ("another place is named too", "назван и другой населённый пункт"),
    ("it is named after somebody else", "школа названа другим именем"),
    ("it is named after somebody, and the school is not known to be", "указано имя, которого у школы нет"),
    ("more than one word is misspelt", "опечатки более чем в одном слове"),
    ("a word in the name is not known", "в названии есть незнакомое слово"),
    ("it is named as a partner, a venue or an addressee", "названа как партнёр, место проведения или адресат"),
];

fn look<'t>(table: &[(&str, &'t str)], english: &str) -> Option<&'t str> {
    table.iter().find(|(known, _)| *known == english).map(|(_, words)| *words)
}

fn place_in(english: &str) -> Option<&'static str> {
    PLACES.iter().find(|(known, ..)| *known == english).map(|(_, within, _)| *within)
}

fn place(english: &str) -> Option<&'static str> {
    PLACES.iter().find(|(known, ..)| *known == english).map(|(.., bare)| *bare)
}

/// Reasons in words, each once.
pub(super) fn told(frame: &Frame<'_>, english: &[String]) -> Vec<Told> {
    let mut all: Vec<Told> = Vec::new();
    for one in english {
        let Some(told) = sentence(frame, one) else { continue };
        if !all.contains(&told) {
            all.push(told);
        }
    }
    // That there is something else is worth a line only at the end.
    all.sort_by_key(|one| one.text == UNNAMED);
    all
}

/// A reason in words; none where it says only what the page shows anyway.
fn sentence(frame: &Frame<'_>, english: &str) -> Option<Told> {
    let english = english.trim();
    if english.starts_with("It may be ") {
        return None;
    }
    let general = |text: String| Told { text, about: None };
    if let Some((within, rest)) = english.strip_prefix("In ").and_then(|rest| rest.split_once(": ")) {
        let told = place_in(within).zip(of_name(frame, rest)).map(|(within, Told { text, about })| Told {
            text: format!("{}: {text}", crate::reply::russian::sentence(within)),
            about,
        });
        return Some(told.unwrap_or_else(|| general(UNNAMED.to_owned())));
    }
    let said = look(&SENTENCES, english).map(str::to_owned).or_else(|| with_blank(english)).map(general);
    let known = || {
        let (source, school) = english.strip_prefix("It is known by ")?.strip_suffix("'s.")?.split_once(" as ")?;
        let text = match source {
            "the sender's address" => "Адрес отправителя известен как адрес этой школы",
            "the thread of our own mail" => "Это ответ на наше письмо этой школе",
            _ => "В том же письме есть документ этой школы",
        };
        Some(Told { text: text.to_owned(), about: school.parse().ok() })
    };
    Some(said.or_else(known).or_else(|| of_name(frame, english)).unwrap_or(general(UNNAMED.to_owned())))
}

/// Sentences into which a place, a word or a sign was put.
fn with_blank(english: &str) -> Option<String> {
    if let Some(rest) = english.strip_prefix("Another school is named in ") {
        let (within, _) = rest.split_once("; this does not outweigh ")?;
        return Some(format!("Другая школа названа {}; это не перевешивает", place_in(within)?));
    }
    if let Some(source) = english.strip_prefix("This is settled by ") {
        return Some(format!("Сомнение снимает {}", place(source.strip_suffix('.')?)?));
    }
    if let Some(rest) = english.strip_prefix("No school is named in ") {
        if let Some((within, quoted)) = rest.split_once(" (") {
            let quoted = unquoted(quoted.strip_suffix(").")?)?;
            let within = place_in(within)?;
            return Some(match quoted.is_empty() {
                true => format!("Школа не названа {within}: там пусто"),
                false => format!("Школа не названа {within}: {}", in_quotes(&quoted)),
            });
        }
        let places: Option<Vec<&str>> = rest.strip_suffix('.')?.split(", ").map(place_in).collect();
        let mut places = places?;
        places.dedup();
        return Some(format!("Школа не названа {}", places.join(", ")));
    }
    if let Some(word) = english.strip_prefix("it speaks of the letter: ") {
        return Some(format!("В письме есть слова из письма комитета: «{}»", unquoted(word)?));
    }
    if english.starts_with("it is not of whom it says") {
        return Some("Адрес отправителя подделан или не подтверждён".to_owned());
    }
    if english.starts_with("it is not proven whose it is") {
        return Some("Подлинность отправителя не доказана".to_owned());
    }
    if english.starts_with("the reading process ") {
        return Some("Письмо не удалось прочитать: чтение прервано".to_owned());
    }
    if english.starts_with("the stored file ") {
        return Some("Сохранённое письмо повреждено".to_owned());
    }
    None
}

/// What a name says of schools.
fn of_name(frame: &Frame<'_>, english: &str) -> Option<Told> {
    if let Some(sentence) = look(&SENTENCES, english) {
        return Some(Told { text: small(sentence), about: None });
    }
    if let Some((written, rest)) = quoted(english) {
        return of_written(frame, &written, rest);
    }
    if let Some(branch) = english.strip_prefix("It speaks of a branch (") {
        let (branch, _) = quoted(branch)?;
        let branch = in_quotes(&branch);
        return Some(Told {
            text: format!("речь о филиале: {branch}; он относится к школе"), about: None
        });
    }
    for (ending, words) in [
        (" is another type of school.", "это учреждение другого типа"),
        (" has another number.", "у школы другой номер"),
        (" lies elsewhere.", "школа находится в другом месте"),
    ] {
        if let Some(school) = english.strip_suffix(ending) {
            let about: SchoolId = school.parse().ok()?;
            return Some(Told { text: format!("{} – {words}", frame.school(&about)), about: None });
        }
    }
    // «kirishi-3: the number is missing; …»
    let (school, doubts) = english.split_once(": ")?;
    let about: SchoolId = school.parse().ok()?;
    let words: Vec<&str> = doubts.trim_end_matches('.').split("; ").filter_map(|one| look(&DOUBTS, one)).collect();
    (!words.is_empty()).then(|| Told { text: words.join("; "), about: Some(about) })
}

/// What follows a name as it was written.
fn of_written(frame: &Frame<'_>, written: &str, rest: &str) -> Option<Told> {
    let written = in_quotes(written);
    let one = |text: String, about| Some(Told { text, about });
    if let Some(school) =
        rest.strip_prefix("has the type, the number and the place of ").and_then(|rest| rest.strip_suffix('.'))
    {
        return one(format!("{written} – тип, номер и место этой школы"), school.parse().ok());
    }
    if rest == "is a neighbour that is not in the schedule." {
        return one(format!("{written} – соседняя школа вне графика"), None);
    }
    if rest == "fits more than one known school." {
        return one(format!("{written} подходит нескольким школам"), None);
    }
    if rest == "names a school, and no school of the schedule fits." {
        return one(format!("{written} – школа, которой нет в графике"), None);
    }
    let fits = rest.strip_prefix("fits ")?;
    if let Some(schools) = fits.strip_suffix(", but is not enough.") {
        let schools: Vec<SchoolId> = schools.split(", ").filter_map(|one| one.parse().ok()).collect();
        if let [school] = schools.as_slice() {
            return one(format!("{written} подходит, но сведений недостаточно"), Some(school.clone()));
        }
        let names: Vec<String> = schools.iter().map(|id| frame.school(id)).collect();
        return one(format!("{written} подходит нескольким школам: {}", names.join("; ")), None);
    }
    let (school, conflict) = fits.strip_suffix('.')?.split_once(", but ")?;
    let conflict = look(&SENTENCES, conflict).unwrap_or("есть противоречие");
    one(format!("{written} подходит, но {conflict}"), school.parse().ok())
}

/// A text at the beginning as Rust quotes it, and what follows.
fn quoted(english: &str) -> Option<(String, &str)> {
    let inner = english.strip_prefix('"')?;
    let mut escaped = false;
    let end = inner.char_indices().find_map(|(at, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at)
    })?;
    let (text, rest) = (inner.get(..end)?, inner.get(end + 1..)?);
    Some((plain(text), rest.trim_start()))
}

fn unquoted(english: &str) -> Option<String> {
    quoted(english).map(|(text, _)| text)
}

/// Names of schools bear their own quotes as a rule.
fn in_quotes(text: &str) -> String {
    if text.contains('«') { text.to_owned() } else { format!("«{text}»") }
}

/// Takes back what Rust has escaped; as the text is shown on a line, breaks become spaces.
fn plain(escaped: &str) -> String {
    let mut text = String::new();
    let mut rest = escaped.chars();
    while let Some(c) = rest.next() {
        match (c, c == '\\') {
            (_, true) => match rest.next() {
                Some('n' | 'r' | 't' | '0') => text.push(' '),
                Some('u') => {
                    let code: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                    text.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
                }
                Some(other) => text.push(other),
                None => {}
            },
            _ => text.push(c),
        }
    }
    super::clip(&crate::reply::russian::one_line(&text), 120)
}

/// A sentence within another one begins small.
fn small(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
