//! What an answer's text means to its field: missing, valid with a value, or invalid and why.

mod attached;
mod boxes;
mod contacts;
mod dates;
mod decimals;
mod doubts;
mod lexemes;
mod numbers;
mod options;
mod rows;
mod units;
mod unwritten;
mod yes_no;

use std::borrow::Cow;

use crate::campaign::{Field, FieldKind};

use super::{
    Invalid, Value,
    labels::enumerator,
    marks,
    words::{self, similar},
};

pub(super) use boxes::chosen;

/// Texts that say that there is no answer, whatever the field.
const NOTHING: &[&str] = &[
    "не заполнено",
    "не заполнен",
    "не заполняется",
    "не указано",
    "не указан",
    "заполнить",
    "ответ",
    "ваш ответ",
    "текст",
    "образец",
    "xxx",
    "ххх",
    "xx",
    "хх",
    "х",
    "x",
    "пусто",
    "без ответа",
    "нет ответа",
    "ответ отсутствует",
    "прочерк",
    "уточняется",
    "будет заполнено позже",
    "заполняется",
];
/// Texts that say «нет»: missing, but for the fields in which they are an answer.
const NONE: &[&str] = &[
    "нет",
    "нету",
    "н д",
    "нд",
    "б н",
    "н а",
    "n a",
    "нет данных",
    "данных нет",
    "данные отсутствуют",
    "нет сведений",
    "нет информации",
    "информации нет",
    "информация отсутствует",
    "сведения отсутствуют",
    "отсутствует",
    "отсутствуют",
    "отсутствие",
    "не имеется",
    "не имеются",
    "не имеем",
    "не имеет",
    "пока нет",
    "еще нет",
    "таких нет",
    "таковых нет",
    "пока отсутствует",
    "нет пока",
    "не было",
    "ничего",
    "никакой",
    "никаких",
];
/// Words with which a hint begins.
const HINTS: &[&str] = &[
    "укажите",
    "указать",
    "указывается",
    "напишите",
    "написать",
    "впишите",
    "вписать",
    "перечислите",
    "перечислить",
    "назовите",
    "опишите",
    "описать",
    "поставьте",
    "выберите",
    "выбрать",
    "нужное",
    "подчеркните",
    "подчеркнуть",
    "отметьте",
    "заполните",
    "заполнить",
    "введите",
    "внесите",
    "изложите",
    "поясните",
    "например",
    "пример",
    "полностью",
    "полное",
    "кратко",
    "цифрой",
    "цифрами",
    "число",
    "по уставу",
    "в соответствии с уставом",
    "если",
    "при наличии",
    "не более",
    "согласно уставу",
    "целое число",
    "дата",
    "месяц и год",
    "количество",
];

/// What an answer means: its value where it has one, or why it is none.
pub type Meaning = (Option<Value>, Option<Invalid>);

/// What an answer's text means to its field: `None` where it counts as missing.
pub fn judge(field: &Field, text: &str) -> Option<Meaning> {
    let chosen = chosen(text);
    judge_chosen(field, &chosen, matches!(chosen, Cow::Owned(_)))
}

/// Whether an answer to a field with options names some of them and says nothing else, so that boxes can say it as well.
pub fn names_options_alone(field: &Field, text: &str) -> bool {
    let (FieldKind::OneOf(options) | FieldKind::SeveralOf(options)) = &field.kind else { return false };
    options::alone(options, own_words(field, &chosen(text)))
}

/// The same, of a text of which nothing but the `ticked` boxes is left.
pub(super) fn judge_chosen(field: &Field, text: &str, ticked: bool) -> Option<Meaning> {
    let text = own_words(field, text);
    let (value, invalid) = meaning(field, text, ticked)?;
    let long = field.max_length.is_some_and(|most| text.chars().count() > most);
    Some(match invalid {
        None if long => (None, Some(Invalid::TooLong)),
        _ => (value, invalid),
    })
}

fn meaning(field: &Field, text: &str, ticked: bool) -> Option<Meaning> {
    // What these kinds know is asked first: «нет» and a lone «+» are answers to them.
    let of_kind = match &field.kind {
        FieldKind::YesNo => yes_no::told(text).map(|told| valid(Value::Yes(told))),
        FieldKind::OneOf(options) | FieldKind::SeveralOf(options) => match options::said(options, text, ticked) {
            options::Said::These(places) => Some(chosen_options(&field.kind, options, &places)),
            options::Said::Unmarked => return None,
            options::Said::Unclear if matches!(field.kind, FieldKind::SeveralOf(_)) => None,
            options::Said::Unclear => {
                options::explained(options, text).map(|one| chosen_options(&field.kind, options, &[one]))
            }
        },
        _ => None,
    };
    if of_kind.is_some() {
        return of_kind;
    }
    if is_missing(field, text) {
        return None;
    }
    if field.none_is_answer && says_none(text) && field.kind != FieldKind::SchoolName {
        return Some((None, None));
    }
    Some(match &field.kind {
        FieldKind::Text | FieldKind::List => (None, None),
        FieldKind::SchoolName if text.contains(char::is_alphabetic) => (None, None),
        FieldKind::SchoolName => wrong(Invalid::NotAName),
        FieldKind::Count => match numbers::count(text) {
            Ok(number) if number == u32::MAX || !is_within(field, number.into()) => wrong(Invalid::OutOfRange),
            Ok(number) => valid(Value::Number(number)),
            Err(numbers::Unclear) => wrong(Invalid::NotANumber),
        },
        FieldKind::Decimal => match decimals::decimal(text, field.min.is_some_and(|min| min < 0.0)) {
            Ok(number) if is_within(field, number) => valid(Value::Decimal(number)),
            Ok(_) => wrong(Invalid::OutOfRange),
            Err(numbers::Unclear) => wrong(Invalid::NotANumber),
        },
        FieldKind::Rating { min, max } => match numbers::rating(text, (*min).into(), (*max).into()) {
            Ok(mark) if (u32::from(*min)..=u32::from(*max)).contains(&mark) => valid(Value::Number(mark)),
            Ok(_) => wrong(Invalid::OutOfRange),
            Err(numbers::Unclear) => wrong(Invalid::NotANumber),
        },
        FieldKind::Since => match dates::since(text) {
            dates::Since::From(day) => valid(Value::Date(day)),
            dates::Since::Sometime => (None, None),
            dates::Since::Never => wrong(Invalid::NotADate),
        },
        // The list that the form has printed, and nothing but it, is no answer.
        FieldKind::YesNo
            if matches!(options::said(&["да".to_owned(), "нет".to_owned()], text, ticked), options::Said::Unmarked) =>
        {
            return None;
        }
        FieldKind::YesNo => wrong(Invalid::NotYesOrNo),
        FieldKind::OneOf(_) | FieldKind::SeveralOf(_) => wrong(Invalid::NotAnOption),
        FieldKind::Email => {
            contacts::addresses(text).map_or(wrong(Invalid::NotAnAddress), |all| valid(Value::Texts(all)))
        }
        FieldKind::Phone => contacts::phones(text).map_or(wrong(Invalid::NotAPhone), |all| valid(Value::Texts(all))),
        FieldKind::Table { columns } => match rows::rows(columns, text) {
            rows::Rows::Whole(rows) => valid(Value::Rows(rows)),
            rows::Rows::Broken => wrong(Invalid::NotRows),
            rows::Rows::Empty => return None,
        },
        FieldKind::File if attached::is_attached(text) => (None, None),
        FieldKind::File => wrong(Invalid::NotAttached),
    })
}

fn valid(value: Value) -> Meaning {
    (Some(value), None)
}

fn wrong(reason: Invalid) -> Meaning {
    (None, Some(reason))
}

fn is_within(field: &Field, number: f64) -> bool {
    field.min.is_none_or(|min| number >= min) && field.max.is_none_or(|max| number <= max)
}

fn chosen_options(kind: &FieldKind, options: &[String], places: &[usize]) -> Meaning {
    if places.len() > 1 && matches!(kind, FieldKind::OneOf(_)) {
        return wrong(Invalid::SeveralOptions);
    }
    valid(Value::Texts(places.iter().filter_map(|at| options.get(*at)).cloned().collect()))
}

/// The text without the field's own label or a hint before it.
fn own_words<'t>(field: &Field, text: &'t str) -> &'t str {
    let mut rest = text.trim();
    for wording in field.aliases.iter().chain([&field.label]) {
        if let Some(after) = without_prefix(rest, wording) {
            rest = after;
        }
    }
    without_hint(field, rest)
}

/// The text without the letter's own label of the field before it.
pub(super) fn without_label<'t>(field: &Field, text: &'t str) -> &'t str {
    without_prefix(text, &field.label).unwrap_or(text)
}

/// The text after a wording that it begins with, word for word, with its number or without, and that a sign ends.
fn without_prefix<'t>(text: &'t str, wording: &str) -> Option<&'t str> {
    let text = enumerator(text).and_then(|(_, at)| text.get(at..)).unwrap_or(text);
    let first = |text: &str| words::tokens(text, 1).pop().map(|token| token.text);
    if first(text) != first(wording) {
        return None;
    }
    let wanted = words::words(wording);
    let found = words::tokens(text, wanted.len() + 1);
    let same = wanted.len() > 1
        && found.len() >= wanted.len()
        && wanted.iter().zip(&found).all(|(wanted, token)| *wanted == token.text);
    let end = found.get(wanted.len().checked_sub(1)?).filter(|_| same)?.at.end;
    let rest = text.get(end..)?.trim_start_matches(')').trim_start_matches(['»', '"']);
    let parted = rest.is_empty()
        || rest.trim_start().starts_with([':', '-', '–', '—', '.', '?', '_', '\n'])
        || rest.starts_with('\n');
    parted.then(|| rest.trim_start_matches(|c: char| c.is_whitespace() || ":–—.?_".contains(c)))
}

/// The text without a bracketed hint before or after the answer, and without a mark of our own.
pub(super) fn without_hint<'t>(field: &Field, text: &'t str) -> &'t str {
    let text = marks::without_mark(text.trim());
    if is_hint_alone(field, text) {
        return "";
    }
    if let Some((hint, rest)) = text.strip_prefix('(').and_then(closing)
        && is_hint(field, hint)
    {
        return rest.trim_start_matches(|c: char| c.is_whitespace() || ":–—".contains(c));
    }
    if let Some(inner) = text.strip_suffix(')')
        && let Some((rest, hint)) = inner.rsplit_once('(')
        && is_hint(field, hint)
        && !field.kind.options().iter().any(|option| option.trim_end().ends_with(&format!("({hint})")))
    {
        return rest.trim_end();
    }
    text
}

/// What stands before and after the bracket that closes one opened before the text.
pub(super) fn closing(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some((text.get(..at)?, text.get(at + 1..)?)),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether what stands in brackets tells how to answer.
fn is_hint(field: &Field, text: &str) -> bool {
    let line = words::spaced(text);
    let tells = HINTS.iter().any(|hint| words::begins(&line, hint));
    let of_label = field.label.split_once('(').is_some_and(|(_, note)| similar(text, note, 0.85));
    tells || of_label || similar(text, &field.hint, 0.85)
}

/// Whether a whole text only repeats the field's hint, number of the example included.
fn is_hint_alone(field: &Field, text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    similar(bare, &field.hint, 0.92)
}

/// Whether a text holds no answer.
fn is_missing(field: &Field, text: &str) -> bool {
    let said = words::words(text);
    if said.is_empty() {
        return true;
    }
    // «_______ года»: a line that was left for writing.
    let blank = text.contains("__") && said.iter().all(|word| words::is_small(word) || word == "года");
    let blank = blank || unwritten::is_placeholder(&said);
    // Of a number alone, «3.», the number is the answer.
    let number = field.kind.takes_digits() && !text.trim().contains('\n');
    let blank = blank || (!number && unwritten::is_empty_list(text));
    let line = said.join(" ");
    let none = says_none(text) && !field.none_is_answer;
    let nothing = NOTHING.contains(&line.as_str()) && !field.aliases.iter().any(|alias| words::words(alias) == said);
    blank || none || nothing || repeats(field, text)
}

/// Whether a text says «нет», and nothing else.
fn says_none(text: &str) -> bool {
    NONE.contains(&words::words(text).join(" ").as_str())
}

/// Whether a text is the field's own label or hint over again.
fn repeats(field: &Field, text: &str) -> bool {
    let own = field.aliases.iter().chain([&field.label, &field.hint]);
    let mut wordings = own.filter(|wording| wording.trim().contains(' '));
    wordings.any(|wording| similar(text, wording, 0.95))
}
