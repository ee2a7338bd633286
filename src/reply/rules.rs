//! What the rules of a field ask for, in words for a school: they follow its hint wherever that stands.

use super::russian::{number, one_line, plural};
use crate::campaign::{Field, FieldKind, Form};

/// What is asked of an answer beside its hint, as sentences; nothing where the hint says it all. Without brackets, so that it can
/// stand in them.
pub(crate) fn rules(form: &Form, field: &Field) -> String {
    said(form, field, kind(&field.kind))
}

/// The same beside a place that itself shows what there is to choose or to fill in.
pub(super) fn rules_beside_place(form: &Form, field: &Field) -> String {
    let shown = matches!(field.kind, FieldKind::YesNo | FieldKind::SeveralOf(_) | FieldKind::Table { .. });
    said(form, field, if shown { None } else { kind(&field.kind) })
}

fn said(form: &Form, field: &Field, kind: Option<String>) -> String {
    let mut said: Vec<String> = kind.into_iter().collect();
    let whole = if field.kind == FieldKind::Count { "Целое число" } else { "Число" };
    said.extend(match (field.min, field.max) {
        (Some(min), Some(max)) => Some(format!("{whole} от {} до {}", number(min), number(max))),
        (Some(min), None) => Some(format!("{whole} не меньше {}", number(min))),
        (None, Some(max)) => Some(format!("{whole} не больше {}", number(max))),
        (None, None) => None,
    });
    said.extend(field.max_length.map(|most| format!("Не более {}", plural(most, ["знака", "знаков", "знаков"]))));
    said.extend(
        field.same_as.as_ref().and_then(|id| form.number(id)).map(|at| format!("Повторите ответ на вопрос {at}")),
    );
    said.extend(field.required_if.as_ref().and_then(|condition| {
        let at = form.number(&condition.field)?;
        Some(format!("Заполняется, если ответ на вопрос {at} – «{}»", one_line(&condition.is)))
    }));
    said.extend((!field.required).then(|| "Заполняется по желанию".to_owned()));
    said.into_iter().map(|one| format!("{}.", plain(&one))).collect::<Vec<_>>().join(" ")
}

fn kind(kind: &FieldKind) -> Option<String> {
    let options = |options: &[String]| {
        // Where an option begins with a number, a number of its own would be a second one.
        let counted = !options.iter().any(|one| one.contains(|c: char| c.is_ascii_digit()));
        let option = |(at, text): (usize, &String)| {
            if counted { format!("{at} – {}", one_line(text)) } else { one_line(text) }
        };
        (1..).zip(options).map(option).collect::<Vec<_>>().join("; ")
    };
    Some(match kind {
        FieldKind::YesNo => "Ответ – «да» или «нет»".to_owned(),
        FieldKind::OneOf(all) => format!("Один из вариантов: {}", options(all)),
        FieldKind::SeveralOf(all) => format!("Один или несколько вариантов: {}", options(all)),
        FieldKind::Phone => "Телефон с кодом, например 8-812-123-45-67".to_owned(),
        FieldKind::Email => "Адрес полностью, например school@example.ru".to_owned(),
        FieldKind::Table { columns } => {
            let columns: Vec<String> = columns.iter().map(|column| format!("«{}»", one_line(column))).collect();
            format!("Для каждой строки укажите: {}", columns.join(", "))
        }
        FieldKind::File => "Приложите документ к письму и укажите здесь имя файла".to_owned(),
        FieldKind::SchoolName
        | FieldKind::Text
        | FieldKind::List
        | FieldKind::Count
        | FieldKind::Since
        | FieldKind::Rating { .. }
        | FieldKind::Decimal => return None,
    })
}

/// Without the brackets of an option, which would close those around the hint.
fn plain(text: &str) -> String {
    text.trim_end_matches('.')
        .replace([')', ']'], "")
        .replace([' ', '\u{a0}'], " ")
        .replace(" (", ", ")
        .replace(['(', '['], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_said_in_russian_and_without_brackets() {
        let form = |of: &str| -> Form {
            let field = |id: &str, of: &str| {
                format!("[[field]]\nid = \"{id}\"\nlabel = \"x\"\nshort = \"x\"\nhint = \"скажите\"\n{of}\n")
            };
            toml::from_str(&format!("title = \"x\"\n{}{}", field("a", "kind = \"yes_no\""), field("b", of))).unwrap()
        };
        for (of, expected) in [
            ("kind = \"text\"", ""),
            ("kind = { rating = { min = 1, max = 5 } }", ""),
            ("kind = \"yes_no\"", "Ответ – «да» или «нет»."),
            (
                "kind = { one_of = [\"очно\", \"другое (укажите, что именно)\"] }",
                "Один из вариантов: 1 – очно; 2 – другое, укажите, что именно.",
            ),
            ("kind = { several_of = [\"1 раз\", \"2 раза\"] }", "Один или несколько вариантов: 1 раз; 2 раза."),
            (
                "kind = { table = { columns = [\"ФИО\", \"Должность\"] } }",
                "Для каждой строки укажите: «ФИО», «Должность».",
            ),
            ("kind = \"count\"\nmin = 1\nmax = 30", "Целое число от 1 до 30."),
            ("kind = \"decimal\"\nmax = 99.5", "Число не больше 99,5."),
            ("kind = \"text\"\nmax_length = 21", "Не более 21 знака."),
            ("kind = \"text\"\nmax_length = 500\nrequired = false", "Не более 500 знаков. Заполняется по желанию."),
            ("kind = \"text\"\nsame_as = \"a\"", "Повторите ответ на вопрос 1."),
            (
                "kind = \"text\"\nrequired_if = { field = \"a\", is = \"да\" }",
                "Заполняется, если ответ на вопрос 1 – «да».",
            ),
        ] {
            let form = form(of);
            assert_eq!(rules(&form, &form.fields[1]), expected, "{of}");
        }
    }
}
