//! What texts mean to fields of every kind and rule: the table is `answers.txt`.

use std::collections::BTreeMap;

use crate::{
    campaign::{Field, FieldId, Form},
    form::{Answer, Invalid, gaps, judge},
};

const TABLE: &str = include_str!("answers.txt");

fn field(rules: &str) -> Field {
    let text = format!("id = \"x\"\nlabel = \"Как у Вас?\"\nshort = \"x\"\nhint = \"скажите, как есть\"\n{rules}");
    toml::from_str(&text).unwrap_or_else(|reason| panic!("{rules}: {reason}"))
}

fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\t", "\t").replace('·', "\u{a0}")
}

fn means(field: &Field, text: &str) -> String {
    match judge(field, text) {
        None => "missing".to_owned(),
        Some((None, None)) => "stands".to_owned(),
        Some((Some(value), None)) => serde_json::to_string(&value).unwrap(),
        Some((None, Some(invalid))) => Invalid::ALL.iter().find(|(one, _)| *one == invalid).unwrap().1.to_owned(),
        Some(both) => panic!("{text}: {both:?}"),
    }
}

#[test]
fn what_schools_write_means_what_the_table_says() {
    let mut rules = field("kind = \"text\"");
    let mut wrong = Vec::new();
    let mut lines = 0;
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(of) = line.strip_prefix("[kind").and_then(|line| line.strip_suffix(']')) {
            rules = field(&unescaped(&format!("kind{of}")));
            continue;
        }
        let (text, expected) = line.split_once(" → ").unwrap_or_else(|| panic!("{line}"));
        let found = means(&rules, &unescaped(text));
        lines += 1;
        if found != expected {
            wrong.push(format!("{:?}: {text} → {found}, not {expected}", rules.kind));
        }
    }
    assert!(lines > 250, "{lines}");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

const RULES: &str = r#"
title = "x"
[[field]]
id = "has"
kind = "yes_no"
[[field]]
id = "how"
kind = { several_of = ["очно", "дистанционно"] }
required_if = { field = "has", is = "да" }
[[field]]
id = "where"
kind = "text"
required_if = { field = "how", is = "Очно" }
[[field]]
id = "note"
kind = "count"
required = false
required_outside = true
[[field]]
id = "mail"
kind = "email"
[[field]]
id = "again"
kind = "email"
same_as = "mail"
"#;

/// What is owed of the answers «field=text; …»: the missing fields, then the invalid ones.
fn owed(given: &str, outside: bool) -> (String, String) {
    let text = RULES.replace("kind =", "label = \"x\"\nshort = \"x\"\nhint = \"скажите\"\nkind =");
    let form: Form = toml::from_str(&text).unwrap();
    let answer = |one: &str| {
        let (id, text) = one.trim().split_once('=').unwrap();
        let id: FieldId = id.parse().unwrap();
        let (value, invalid) = judge(form.field(&id).unwrap(), text)?;
        Some((id, Answer { text: text.to_owned(), value, invalid, found: String::new() }))
    };
    let answers: BTreeMap<FieldId, Answer> =
        given.split(';').filter(|one| !one.is_empty()).filter_map(answer).collect();
    let (missing, invalid) = gaps(&form, &answers, outside);
    let named = |fields: &[FieldId]| fields.iter().map(FieldId::as_str).collect::<Vec<_>>().join(" ");
    (named(&missing), named(&invalid))
}

#[test]
fn what_is_owed_follows_from_the_rules_of_all_fields_together() {
    for (given, missing, invalid) in [
        ("", "has mail again", ""),
        ("has=нет; mail=a@b.ru; again=A@B.ru", "", ""),
        ("has=да; mail=a@b.ru; again=a@b.ru", "how", ""),
        ("has=имеется; how=2; mail=a@b.ru; again=a@b.ru", "", ""),
        ("has=да; how=очно, дистанционно; mail=a@b.ru; again=a@b.ru", "how", ""),
        ("has=да; how=☒ очно ☐ дистанционно; mail=a@b.ru; again=a@b.ru", "where", ""),
        // What decides is not clear, so that it is asked for alone.
        ("has=частично; mail=a@b.ru; again=a@b.ru", "", "has"),
        // Nobody asks about what is not owed.
        ("has=нет; how=никак; mail=a@b.ru; again=a@b.ru", "", ""),
        ("has=нет; note=много; mail=a@b.ru; again=a@b.ru", "", "note"),
        ("has=нет; mail=a@b.ru; again=c@b.ru", "", "again"),
        ("has=нет; mail=a@b; again=c@b.ru", "", "mail"),
        ("has=нет; mail=a@b.ru", "again", ""),
    ] {
        assert_eq!(owed(given, false), (missing.to_owned(), invalid.to_owned()), "{given}");
    }
    assert_eq!(owed("note=много", true), (String::new(), "note".to_owned()));
    assert_eq!(owed("", true), (String::new(), String::new()));
}
