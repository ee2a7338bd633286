//! Is a file made as a campaign is? It is held against the schema of the types, so that every unknown or missing key
//! and every value of a wrong kind is told at once: reading it into the types ends at the first.

use serde_json::Value as Schema;
use toml::{
    Spanned, Value,
    de::{DeTable, DeValue},
};

use super::{Finding, ids, source::Source};

/// The shape of a campaign file.
pub(super) struct Shape {
    root: Schema,
    findings: Vec<Finding>,
}

impl Shape {
    /// What is wrong with the shape of a file, and the file with each of these mended somehow, so that the rest of it can
    /// be looked at too.
    pub(super) fn check(source: &Source<'_>) -> (Vec<Finding>, Value) {
        let mut shape = Self { root: super::schema().to_value(), findings: Vec::new() };
        let root = shape.root.clone();
        let mended = shape.table(&root, source.root.get_ref(), "");
        (shape.findings, mended)
    }

    fn table(&mut self, schema: &Schema, table: &DeTable<'_>, path: &str) -> Value {
        let none = serde_json::Map::new();
        let known = schema.get("properties").and_then(Schema::as_object).unwrap_or(&none);
        let within = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let mut mended = toml::Table::new();
        let mut meant = Vec::new();
        for (key, value) in table.iter() {
            let key = key.get_ref().as_ref();
            match known.get(key) {
                Some(schema) => {
                    mended.insert(key.to_owned(), self.value(schema, value, &within(key)));
                }
                None => {
                    let cure = match nearest(key, known.keys().map(String::as_str)) {
                        Some(near) => {
                            meant.push(near.to_owned());
                            format!("did you mean `{near}`?")
                        }
                        None => format!("allowed here: {}", list(known.keys())),
                    };
                    self.findings.push(Finding::error(within(key), format!("the key `{key}` is not known here"), cure));
                }
            }
        }
        let required = schema.get("required").and_then(Schema::as_array).into_iter().flatten();
        for key in required.filter_map(Schema::as_str).filter(|key| !mended.contains_key(*key)).collect::<Vec<_>>() {
            let Some(schema) = known.get(key) else { continue };
            mended.insert(key.to_owned(), self.dummy(schema));
            // It is there, only misspelt.
            if meant.iter().any(|near| near == key) {
                continue;
            }
            let about = schema.get("description").or_else(|| self.resolved(schema).get("description"));
            let about = about.and_then(Schema::as_str).and_then(|text| text.lines().next()).unwrap_or_default();
            let cure = format!("add it ({}): {about}", self.wanted(schema));
            self.findings.push(Finding::error(within(key), format!("`{key}` is missing"), cure));
        }
        Value::Table(mended)
    }

    fn value(&mut self, schema: &Schema, found: &Spanned<DeValue<'_>>, path: &str) -> Value {
        let schema = self.resolved(schema).clone();
        if let Some(chosen) = self.alternative(&schema, found.get_ref()) {
            return self.value(&chosen, found, path);
        }
        let mended = match found.get_ref() {
            DeValue::Table(table) if is(&schema, "object") => return self.table(&schema, table, path),
            DeValue::Array(list) if is(&schema, "array") => {
                let items = schema.get("items").cloned().unwrap_or_default();
                let list = list.iter().enumerate();
                return Value::Array(list.map(|(at, one)| self.value(&items, one, &format!("{path}[{at}]"))).collect());
            }
            DeValue::String(text) if is(&schema, "string") => string(&schema, text),
            DeValue::Datetime(when) => date(&schema, *when),
            DeValue::Integer(number) if is(&schema, "integer") || is(&schema, "number") => {
                let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
                number.filter(|number| within(&schema, *number)).map(Value::Integer)
            }
            DeValue::Float(number) if is(&schema, "number") => number.as_str().parse().ok().map(Value::Float),
            DeValue::Boolean(yes) if is(&schema, "boolean") => Some(Value::Boolean(*yes)),
            _ => None,
        };
        mended.unwrap_or_else(|| {
            let wanted = self.wanted(&schema);
            let near = found.get_ref().as_str().and_then(|text| nearest(text, self.words(&schema)));
            let cure = near.map_or_else(|| format!("write {wanted}"), |near| format!("did you mean \"{near}\"?"));
            let text = format!("this is not {}", wanted.split(", for example").next().unwrap_or_default());
            self.findings.push(Finding::error(path.to_owned(), text, cure));
            self.dummy(&schema)
        })
    }

    /// Of a schema that allows several things, the one that is meant: by the key of a table, by the kind of anything else.
    fn alternative(&self, schema: &Schema, found: &DeValue<'_>) -> Option<Schema> {
        let all = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)?.as_array())?;
        let meant = |one: &&Schema| match found {
            DeValue::Table(table) => {
                let known = one.get("properties").and_then(Schema::as_object);
                known.is_some_and(|known| table.iter().any(|(key, _)| known.contains_key(key.get_ref().as_ref())))
            }
            DeValue::String(text) => is(one, "string") && string(one, text).is_some(),
            DeValue::Array(_) => is(one, "array"),
            DeValue::Integer(_) => is(one, "integer") || is(one, "number"),
            DeValue::Float(_) => is(one, "number"),
            DeValue::Boolean(_) => is(one, "boolean"),
            DeValue::Datetime(when) => date(one, *when).is_some(),
        };
        all.iter().map(|one| self.resolved(one)).find(meant).cloned()
    }

    fn resolved<'s>(&'s self, schema: &'s Schema) -> &'s Schema {
        let target = schema.get("$ref").and_then(Schema::as_str).and_then(|path| path.strip_prefix('#'));
        target.and_then(|path| self.root.pointer(path)).unwrap_or(schema)
    }

    /// What stands here, in words.
    fn wanted(&self, schema: &Schema) -> String {
        let schema = self.resolved(schema);
        let alternatives = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)?.as_array());
        if let Some(all) = alternatives {
            let all = all.iter().map(|one| self.resolved(one)).filter(|one| !is(one, "null"));
            let words: Vec<String> = all.flat_map(|one| self.choices(one)).collect();
            return if words.len() == 1 { words.concat() } else { format!("one of {}", words.join(", ")) };
        }
        self.choices(schema).join(", ")
    }

    fn choices(&self, schema: &Schema) -> Vec<String> {
        let words = self.words(schema);
        if !words.is_empty() {
            return words.iter().map(|word| format!("\"{word}\"")).collect();
        }
        let format = schema.get("format").and_then(Schema::as_str);
        let number = |key| schema.get(key).and_then(Schema::as_i64);
        let kind =
            ["string", "integer", "number", "boolean", "array", "object"].into_iter().find(|one| is(schema, one));
        vec![match (kind, format) {
            (_, Some("date")) => "a date without quotes, for example 2022-11-15".to_owned(),
            (_, Some(super::load::TIME)) => "a time without quotes, for example 09:00:00".to_owned(),
            (_, Some(super::load::TIME_ZONE)) => "an IANA time zone, for example \"Europe/Moscow\"".to_owned(),
            (_, Some(super::keep::PERIOD)) => "a length of time, for example \"730d\" or \"2y\"".to_owned(),
            (Some("string"), _) if schema.get("pattern").is_some() => {
                "an identifier (a-z, 0-9, '-' and '_', at most 64), for example \"kirishi-3\"".to_owned()
            }
            (Some("string"), _) => "a text in quotes".to_owned(),
            (Some("integer"), _) => match (number("minimum"), number("maximum")) {
                (Some(least), Some(most)) => format!("a whole number from {least} to {most}"),
                _ => "a whole number".to_owned(),
            },
            (Some("number"), _) => "a number".to_owned(),
            (Some("boolean"), _) => "true or false".to_owned(),
            (Some("array"), _) if self.holds_tables(schema) => "tables, each with its [[heading]]".to_owned(),
            (Some("array"), _) => "a list in square brackets".to_owned(),
            _ => {
                let keys = schema.get("properties").and_then(Schema::as_object);
                format!("a table {{ {} }}", keys.map(|keys| list(keys.keys())).unwrap_or_default())
            }
        }]
    }

    fn holds_tables(&self, schema: &Schema) -> bool {
        schema.get("items").is_some_and(|items| is(self.resolved(items), "object"))
    }

    /// The words of which one stands here, where only some are allowed.
    fn words<'s>(&'s self, schema: &'s Schema) -> Vec<&'s str> {
        let alternatives = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)?.as_array());
        let of = |one: &'s Schema| {
            let several = one.get("enum").and_then(Schema::as_array).into_iter().flatten();
            one.get("const").into_iter().chain(several).filter_map(Schema::as_str)
        };
        alternatives.into_iter().flatten().flat_map(of).chain(of(schema)).collect()
    }

    /// Something that may stand here.
    fn dummy(&self, schema: &Schema) -> Value {
        let schema = self.resolved(schema);
        let alternatives = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)?.as_array());
        if let Some(first) = alternatives.and_then(|all| all.first()) {
            return self.dummy(first);
        }
        if let Some(word) = self.words(schema).first() {
            return Value::String((*word).to_owned());
        }
        let text = |text: &str| Value::String(text.to_owned());
        match schema.get("format").and_then(Schema::as_str) {
            Some("date") => "2000-01-01".parse().map_or(Value::Boolean(false), Value::Datetime),
            Some(super::load::TIME) => "12:00:00".parse().map_or(Value::Boolean(false), Value::Datetime),
            Some(super::load::TIME_ZONE) => text("UTC"),
            Some(super::keep::PERIOD) => text("730d"),
            _ if is(schema, "string") => text(&format!("unknown-{}", self.findings.len())),
            _ if is(schema, "integer") => Value::Integer(schema.get("minimum").and_then(Schema::as_i64).unwrap_or(0)),
            _ if is(schema, "number") => Value::Float(0.0),
            _ if is(schema, "boolean") => Value::Boolean(false),
            _ if is(schema, "array") => Value::Array(Vec::new()),
            _ => {
                let required = schema.get("required").and_then(Schema::as_array).into_iter().flatten();
                let of = |key: &str| Some((key.to_owned(), self.dummy(schema.get("properties")?.get(key)?)));
                Value::Table(required.filter_map(Schema::as_str).filter_map(of).collect())
            }
        }
    }
}

fn is(schema: &Schema, kind: &str) -> bool {
    match schema.get("type") {
        Some(Schema::String(one)) => one == kind,
        Some(Schema::Array(several)) => several.iter().any(|one| one == kind),
        _ => false,
    }
}

fn within(schema: &Schema, number: i64) -> bool {
    let limit = |key| schema.get(key).and_then(Schema::as_i64);
    limit("minimum").is_none_or(|least| least <= number) && limit("maximum").is_none_or(|most| number <= most)
}

/// A text, where it is one that may stand here: dates and times are none.
fn string(schema: &Schema, text: &str) -> Option<Value> {
    let one_of = schema.get("enum").and_then(Schema::as_array).is_none_or(|all| all.iter().any(|one| one == text));
    let itself = schema.get("const").is_none_or(|one| one == text);
    let sound = match schema.get("format").and_then(Schema::as_str) {
        Some("date" | super::load::TIME) => false,
        Some(super::load::TIME_ZONE) => jiff::tz::TimeZone::get(text).is_ok(),
        Some(super::keep::PERIOD) => super::keep::period(text).is_some(),
        _ => schema.get("pattern").is_none() || ids::check(text).is_ok(),
    };
    (one_of && itself && sound).then(|| Value::String(text.to_owned()))
}

/// A date or a time, where it is that what may stand here.
fn date(schema: &Schema, when: toml::value::Datetime) -> Option<Value> {
    let wanted = match (when.date, when.time, when.offset) {
        (Some(_), None, None) => "date",
        (None, Some(_), None) => super::load::TIME,
        _ => return None,
    };
    (schema.get("format")? == wanted).then_some(Value::Datetime(when))
}

/// The word that was probably meant.
fn nearest<'w>(written: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let likeness = |word: &str| strsim::normalized_damerau_levenshtein(&written.to_lowercase(), word);
    let near = words.into_iter().map(|word| (likeness(word), word)).filter(|(likeness, _)| *likeness >= 0.6);
    near.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, word)| word)
}

fn list<'k>(keys: impl Iterator<Item = &'k String>) -> String {
    keys.map(String::as_str).collect::<Vec<_>>().join(", ")
}
