//! `docs/campaign.schema.json` and `docs/campaign-reference.md`: what may stand in a campaign file, from the types
//! themselves. `SVODKA_WRITE_SCHEMA=1 cargo test --locked campaign` writes both anew.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use serde_json::Value;
use toml::de::{DeTable, DeValue};

const LETTER: &str = include_str!("../../config/campaigns/500plus-2022.toml");

/// A table whose keys have a section of their own: its heading, and its schema.
type Section = (String, Value);

struct Reference {
    root: Value,
    text: String,
    left: Vec<Section>,
    told: BTreeSet<String>,
}

impl Reference {
    fn of(root: &Value) -> String {
        let mut reference = Self { root: root.clone(), text: HEAD.to_owned(), left: Vec::new(), told: BTreeSet::new() };
        reference.section("", root);
        while !reference.left.is_empty() {
            let (heading, schema) = reference.left.remove(0);
            reference.section(&heading, &schema);
        }
        reference.text
    }

    fn section(&mut self, path: &str, schema: &Value) {
        let about = text(schema, "description");
        let heading = if path.is_empty() { "The file itself".to_owned() } else { format!("`{path}`") };
        write!(
            self.text,
            "\n## {heading}\n{about}\n\n| key | what | value | default | example |\n|---|---|---|---|---|\n"
        )
        .unwrap();
        let required: Vec<&str> = strings(schema, "required").collect();
        for (key, one) in schema["properties"].as_object().unwrap() {
            let whole = self.resolved(one).clone();
            let own = [text(one, "description"), text(&whole, "description")];
            let what = own.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
            let default = match one.get("default") {
                _ if required.contains(&key.as_str()) => "–, must be there".to_owned(),
                Some(Value::Null) | None => "none".to_owned(),
                Some(Value::Object(_)) => "as its keys have it".to_owned(),
                Some(default) => format!("`{default}`"),
            };
            let within = if path.is_empty() { key.clone() } else { format!("{}.{key}", plain(path)) };
            let value = self.value(&within, one);
            let example = self.example(&within, one, &whole);
            let cells = [format!("`{key}`"), what, value, default, example]
                .map(|cell| cell.replace('|', "\\|").replace('\n', " "));
            writeln!(self.text, "| {} |", cells.join(" | ")).unwrap();
        }
    }

    /// What stands there, in words, of several things one; a table gets a section of its own.
    fn value(&mut self, path: &str, schema: &Value) -> String {
        let schema = self.resolved(schema).clone();
        if let Some(all) = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)?.as_array()) {
            let all: Vec<String> =
                all.iter().filter(|one| one["type"] != "null").map(|one| self.choice(path, one, true)).collect();
            return all.join("<br>");
        }
        self.choice(path, &schema, false)
    }

    fn choice(&mut self, path: &str, schema: &Value, one_of: bool) -> String {
        let schema = self.resolved(schema).clone();
        let about = text(&schema, "description");
        let words: Vec<String> = schema
            .get("const")
            .and_then(Value::as_str)
            .into_iter()
            .chain(strings(&schema, "enum"))
            .map(|word| format!("`\"{word}\"`"))
            .collect();
        if !words.is_empty() {
            return format!("{}: {about}", words.join(", ")).trim_end_matches(": ").to_owned();
        }
        let format = text(&schema, "format");
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds[0].as_str().unwrap().to_owned(),
            kind => kind.as_str().unwrap_or_default().to_owned(),
        };
        match (kind.as_str(), format.as_str()) {
            (_, "date") => "date".to_owned(),
            (_, super::load::TIME) => "time".to_owned(),
            (_, super::load::TIME_ZONE) => "IANA time zone".to_owned(),
            ("string", _) if schema.get("pattern").is_some() => "identifier".to_owned(),
            ("string", _) => "text".to_owned(),
            ("integer", _) => "whole number".to_owned(),
            ("number", _) => "number".to_owned(),
            ("boolean", _) => "`true` or `false`".to_owned(),
            ("array", _) => {
                let items = self.resolved(&schema["items"]).clone();
                if items["type"] == "object" && items.get("properties").is_some() {
                    self.later(&format!("[[{path}]]"), &items);
                    format!("tables, see [`[[{path}]]`](#{})", path.replace('.', ""))
                } else {
                    format!("list: {}", self.choice(path, &items, false))
                }
            }
            // `{ rating = { min = …, max = … } }`: one key tells what it is.
            _ if one_of => {
                let (key, one) = schema["properties"].as_object().unwrap().iter().next().unwrap();
                let inner = self.resolved(one).clone();
                let keys = inner["properties"]
                    .as_object()
                    .map(|keys| keys.keys().map(|key| format!("{key} = …")).collect::<Vec<_>>().join(", "));
                let inner = keys.map_or("[…]".to_owned(), |keys| format!("{{ {keys} }}"));
                format!("`{{ {key} = {inner} }}`: {about}")
            }
            _ => {
                self.later(&format!("[{path}]"), &schema);
                format!("table, see [`[{path}]`](#{})", path.replace('.', ""))
            }
        }
    }

    fn later(&mut self, heading: &str, schema: &Value) {
        if self.told.insert(heading.to_owned()) {
            self.left.push((heading.to_owned(), schema.clone()));
        }
    }

    /// What the shipped campaign has there, else what the type says.
    fn example(&self, path: &str, own: &Value, whole: &Value) -> String {
        let given = ["examples"].iter().find_map(|key| own.get(key).or_else(|| whole.get(key))?.as_array()?.first());
        let items = whole.get("items").filter(|items| items.get("examples").is_some());
        if let Some(first) = items.and_then(|items| items["examples"][0].as_str()) {
            return format!("`[{first}]`");
        }
        let toml = |value: &Value| match (text(whole, "format").as_str(), value) {
            ("date" | super::load::TIME, Value::String(text)) => text.clone(),
            _ => value.to_string(),
        };
        let shipped = sample(path);
        let example = shipped.or_else(|| given.map(toml));
        let holds_tables = whole["type"] == "object"
            || (whole["type"] == "array" && self.resolved(&whole["items"])["type"] == "object");
        match example {
            Some(example) => format!("`{example}`"),
            None if holds_tables => String::new(),
            None => panic!("{path} has no example: give it one with #[schemars(example = …)]"),
        }
    }

    fn resolved<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let mut schema = schema;
        loop {
            let target = schema.get("$ref").and_then(Value::as_str).map(|path| path.trim_start_matches('#'));
            let all = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
            let mut some = all.filter(|one| one["type"] != "null");
            match (target, some.next(), some.next()) {
                (Some(path), ..) => schema = self.root.pointer(path).unwrap(),
                (None, Some(only), None) => schema = only,
                _ => return schema,
            }
        }
    }
}

fn plain(heading: &str) -> String {
    heading.trim_matches(['[', ']']).to_owned()
}

fn text(schema: &Value, key: &str) -> String {
    schema.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn strings<'s>(schema: &'s Value, key: &str) -> impl Iterator<Item = &'s str> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// The first value that the shipped campaign has for a key, as it is written there, where it is short.
fn sample(path: &str) -> Option<String> {
    let root = DeTable::parse(LETTER).unwrap();
    let mut tables: Vec<&DeTable<'_>> = vec![root.get_ref()];
    let mut steps: Vec<&str> = path.split('.').collect();
    let last = steps.pop()?;
    for step in steps {
        let next = tables.into_iter().filter_map(|table| table.get(step));
        tables = next
            .flat_map(|value| match value.get_ref() {
                DeValue::Table(table) => vec![table],
                DeValue::Array(list) => list.iter().filter_map(|one| one.get_ref().as_table()).collect(),
                _ => Vec::new(),
            })
            .collect();
    }
    let found = tables.into_iter().filter_map(|table| table.get(last)).find(|value| !value.get_ref().is_table())?;
    let first = match found.get_ref() {
        DeValue::Array(list) if list.iter().any(|one| one.get_ref().is_table()) => return None,
        DeValue::Array(list) => list.first().map(|one| format!("[{}]", LETTER.get(one.span()).unwrap())),
        _ => None,
    };
    let whole = LETTER.get(found.span()).unwrap();
    Some(if whole.chars().count() <= 80 && !whole.contains('\n') {
        whole.to_owned()
    } else {
        first.unwrap_or_else(|| whole.to_owned())
    })
}

const HEAD: &str = "# The campaign file

What may stand in a campaign file, a TOML document. This page and `campaign.schema.json`, by which editors complete and check
such a file, are made from the types of the program: `SVODKA_WRITE_SCHEMA=1 cargo test --locked campaign` writes them anew.
`svodka campaign check FILE` tells everything that is wrong or odd about a file. An editor that knows taplo takes the schema from
the first line of the file: `#:schema PATH/campaign.schema.json`.

Dates and times are TOML's, without quotes: `2022-11-15`, `09:00:00`; they are days and hours of the campaign's time zone, and
a deadline includes its day. An identifier is one to 64 of `a`–`z`, `0`–`9`, `-` and `_`.
";

#[test]
fn the_schema_and_the_reference_are_those_of_the_types() {
    let schema = super::schema().to_value();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let reference = Reference::of(&schema);
    let files = [
        ("campaign.schema.json", serde_json::to_string_pretty(&schema).unwrap() + "\n"),
        ("campaign-reference.md", reference),
    ];
    for (name, text) in files {
        let file = docs.join(name);
        if std::env::var_os("SVODKA_WRITE_SCHEMA").is_some() {
            fs::write(&file, &text).unwrap();
        }
        assert!(
            fs::read_to_string(&file).unwrap() == text,
            "docs/{name} is another: SVODKA_WRITE_SCHEMA=1 cargo test --locked campaign"
        );
    }
}

/// The file as editors see it: dates and times are texts.
fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::Datetime(when) => Value::String(when.to_string()),
        toml::Value::Table(table) => table.iter().map(|(key, one)| (key.clone(), json(one))).collect(),
        toml::Value::Array(list) => list.iter().map(json).collect(),
        other => serde_json::to_value(other).unwrap(),
    }
}

#[test]
fn the_shipped_campaign_follows_the_schema_and_one_with_a_mistake_does_not() {
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.enable_format_assertions();
    compiler.add_resource("file:///campaign.schema.json", super::schema().to_value()).unwrap();
    let schema = compiler.compile("file:///campaign.schema.json", &mut schemas).unwrap();
    let valid = |text: &str| schemas.validate(&json(&toml::from_str(text).unwrap()), schema).is_ok();
    assert!(valid(LETTER));
    for (from, to) in [
        ("time_zone =", "timezone ="),
        ("kind = \"draft\"", "kind = \"drafts\""),
        ("start = 2022-11-01", "start = \"soon\""),
        ("id = \"roshchino\"", "id = \"Рощино\""),
        ("kind = \"list\"", "kind = { ratings = 3 }"),
    ] {
        assert!(!valid(&LETTER.replacen(from, to, 1)), "{to}");
    }
}
