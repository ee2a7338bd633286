//! A form that was found → its answers: what stands beside, behind or under each label, as it was written.

use std::{borrow::Cow, collections::BTreeMap};

use crate::campaign::{Campaign, Field, FieldKind, Form};

use super::{
    Answer, FilledForm, aside,
    find::{Candidate, Found},
    judge::{chosen, closing, judge, judge_chosen, without_hint, without_label},
    labels::{self, Ends, Labels},
    layout::{Item, Line, Pair},
    letter::Letter,
};

/// What was gathered for a field.
#[derive(Debug, Clone, Default)]
struct Gathered {
    lines: Vec<(Option<String>, String)>,
    found: String,
}

/// What the lines after a label belong to.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Current {
    Nothing,
    /// The field whose label was a cell, in this table.
    Cell(usize, usize),
    /// The field whose label was a line.
    Line(usize),
}

/// The answers of one school.
type Answers = BTreeMap<usize, Gathered>;

struct Collector<'c> {
    form: &'c Form,
    labels: &'c Labels,
    schools: Vec<Answers>,
    headings: Vec<String>,
    remarks: Vec<String>,
    current: Current,
}

/// A form's answers, school by school, and the item after its last one.
pub(super) struct Collected {
    pub(super) forms: Vec<FilledForm>,
    pub(super) end: usize,
}

/// Gathers the answers of a form.
pub(super) fn collect(
    campaign: &Campaign,
    labels: &Labels,
    letter: &Letter,
    items: &[Item],
    found: &Found,
) -> Collected {
    let pairs = found.candidates.iter().filter_map(|one| items.get(one.item)).filter_map(|item| match item {
        Item::Pair(pair) => Some(pair.answers.len()),
        _ => None,
    });
    let schools = pairs.max().unwrap_or(1).max(1);
    let mut collector = Collector {
        form: &campaign.form,
        labels,
        schools: vec![Answers::default(); schools],
        headings: Vec::new(),
        remarks: Vec::new(),
        current: Current::Nothing,
    };
    let last = found.candidates.iter().zip(&found.fields).rev().find(|(_, field)| field.is_some());
    let last = last.map_or(found.items.start, |(one, _)| one.item);
    let under = answers_lie_under(items, found);
    let mut candidates = found.candidates.iter().zip(&found.fields).peekable();
    let mut at = found.items.start;
    let mut ended = false;
    while let Some(item) = items.get(at).filter(|_| at < found.items.end) {
        let mut step = 1;
        if let Some((one, field)) = candidates.next_if(|(one, _)| one.item == at) {
            step = collector.label(one, field.map(|field| field.field), item, items);
        } else if at > last && collector.ends(letter, item) {
            ended = true;
        } else {
            collector.follow(letter, item, at < last, under);
        }
        if ended {
            break;
        }
        at += step;
    }
    collector.after(letter, items.get(at..found.items.end).unwrap_or_default());
    Collected { forms: collector.finish(), end: at }
}

/// Whether the table's answers lie in the row under each label: no label has one beside it, and rows stand between that
/// are more than headings of sections.
fn answers_lie_under(items: &[Item], found: &Found) -> bool {
    let mut labels = 0;
    let beside = found.candidates.iter().zip(&found.fields).any(|(one, field)| match items.get(one.item) {
        Some(Item::Pair(pair)) if field.is_some() => {
            labels += 1;
            pair.answers.iter().any(|(text, _)| !text.is_empty())
        }
        _ => false,
    });
    let between = items.get(found.items.clone()).unwrap_or_default().iter().filter(|item| match item {
        Item::Pair(pair) => !pair.label.is_empty(),
        Item::Line(line) => line.table.is_some() && !line.text.is_empty(),
        Item::Table(_) | Item::Break => false,
    });
    !beside && labels >= 2 && between.count().saturating_sub(labels) * 2 >= labels
}

impl Collector<'_> {
    /// Takes a label; tells how many items it was.
    fn label(&mut self, one: &Candidate, field: Option<usize>, item: &Item, items: &[Item]) -> usize {
        let best = one.matches.first().filter(|best| best.score >= 0.9);
        match (item, field) {
            (Item::Pair(pair), Some(field)) => {
                self.pair(pair, field);
                self.rest(one, field, pair);
                1
            }
            (Item::Pair(pair), None) => {
                // A row that repeats the label of an answer still to come is another one.
                let met = |field: &usize| self.schools.iter().any(|answers| answers.contains_key(field));
                let again = best.map(|best| best.field).filter(|field| met(field) && self.is_open(*field));
                match again {
                    Some(field) => self.pair(pair, field),
                    None => self.remark_pair(pair),
                }
                1
            }
            (Item::Line(line), Some(field)) => {
                self.current = Current::Line(field);
                let place = line.place.clone();
                let rest = self.behind(one, field);
                self.add(field, None, None, &rest, &place);
                one.length
            }
            (Item::Line(line), None) => {
                // A label over again right after itself is no answer.
                let again = best.is_some_and(|best| {
                    best.own && self.current == Current::Line(best.field) && self.is_open(best.field)
                });
                for more in items.iter().skip(one.item).take(if again { 0 } else { one.length }) {
                    if let (Item::Line(line), Current::Line(field)) = (more, self.current)
                        && !self.is_aside(line, field)
                    {
                        self.add(field, None, line.marker.clone(), &line.text, &line.place);
                    }
                }
                if self.current == Current::Nothing {
                    self.remarks.push(line.text.clone());
                }
                one.length
            }
            _ => 1,
        }
    }

    fn pair(&mut self, pair: &Pair, field: usize) {
        self.current = Current::Cell(field, pair.table);
        if self.headings.is_empty() {
            self.headings.clone_from(&pair.headings);
        }
        for (school, (text, place)) in pair.answers.iter().enumerate() {
            self.add(field, Some(school), None, text, place);
        }
    }

    /// What stands in the label's own cell behind it: an answer where there is none beside it.
    fn rest(&mut self, one: &Candidate, field: usize, pair: &Pair) {
        let rest = self.behind(one, field);
        let place = pair.answers.first().map(|(_, place)| place.clone()).unwrap_or_default();
        if !rest.is_empty() && self.is_open(field) && self.schools.len() == 1 {
            for school in &mut self.schools {
                school.remove(&field);
            }
            self.add(field, None, None, &rest, &place);
        }
    }

    /// What a text says behind its label, without a note in brackets.
    fn behind(&self, one: &Candidate, field: usize) -> String {
        let Some(found) = one.matches.iter().find(|found| found.field == field) else { return String::new() };
        let rest = one.text.get(found.rest..).unwrap_or_default().trim();
        let Some(field) = self.form.fields.get(field) else { return String::new() };
        let rest = without_hint(field, rest);
        if let Some((note, after)) = rest.strip_prefix('(').and_then(closing) {
            let sign = after.trim_start().starts_with([':', '–', '—', '\n']) || after.starts_with('\n');
            let words = note.split_whitespace().count();
            if sign || (after.trim().is_empty() && words > 1 && one.cell) {
                return after.trim_start_matches(|c: char| c.is_whitespace() || ":–—".contains(c)).to_owned();
            }
        }
        rest.to_owned()
    }

    fn add(&mut self, field: usize, school: Option<usize>, marker: Option<String>, text: &str, place: &str) {
        let schools = self.schools.iter_mut().enumerate().filter(|(nth, _)| school.is_none_or(|school| school == *nth));
        for (_, answers) in schools {
            let gathered = answers.entry(field).or_default();
            if gathered.found.is_empty() && !text.trim().is_empty() {
                place.clone_into(&mut gathered.found);
            }
            gathered.lines.push((marker.clone(), text.to_owned()));
        }
    }

    /// Whether no school has an answer to the field yet.
    fn is_open(&self, field: usize) -> bool {
        let Some(of_form) = self.form.fields.get(field) else { return false };
        let answered =
            |answers: &Answers| answers.get(&field).is_some_and(|gathered| judge(of_form, &gathered.text()).is_some());
        !self.schools.iter().any(answered)
    }

    /// Takes an item that is no label.
    fn follow(&mut self, letter: &Letter, item: &Item, more: bool, under: bool) {
        match (item, self.current) {
            (Item::Pair(pair), Current::Cell(field, table)) if pair.table == table && self.continues(pair, field) => {
                for (school, (text, place)) in pair.answers.iter().enumerate() {
                    self.add(field, Some(school), None, text, place);
                }
            }
            (Item::Pair(pair), Current::Cell(field, table))
                if under
                    && pair.table == table
                    && self.is_open(field)
                    && pair.answers.iter().all(|(text, _)| text.is_empty()) =>
            {
                let place = pair.answers.first().map(|(_, place)| place.clone()).unwrap_or_default();
                self.add(field, None, None, &pair.label, &place);
            }
            (Item::Pair(pair), _) => {
                self.remark_pair(pair);
                self.current = Current::Nothing;
            }
            (Item::Line(line), Current::Line(field)) if self.is_aside(line, field) => self.remark(letter, line),
            (Item::Line(line), Current::Line(field)) if !letter.is_its_own(&line.text) => {
                self.add(field, None, line.marker.clone(), &line.text, &line.place);
            }
            (Item::Line(line), Current::Cell(field, table))
                if line.table == Some(table) && (under && self.is_open(field) || self.continues_under(field)) =>
            {
                self.add(field, None, line.marker.clone(), &line.text, &line.place);
            }
            (Item::Line(line), _) => self.remark(letter, line),
            (Item::Table(lines), Current::Line(field)) if more => {
                for text in lines {
                    self.add(field, None, None, text, "");
                }
            }
            (Item::Table(_) | Item::Break, _) => {}
        }
    }

    /// Whether a line between labels is no part of the answer above it: a page's number, a section's heading; a bare
    /// number answers a field that asks for one. Beside a school's name other schools have labels of their own.
    fn is_aside(&self, line: &Line, field: usize) -> bool {
        let Some(of_form) = self.form.fields.get(field) else { return false };
        let asked = of_form.kind.takes_digits() && self.is_open(field);
        let bare = line.text.trim_start_matches(['-', '–', '—', ' ']).chars().all(|c| c.is_ascii_digit());
        let other_school = of_form.kind == FieldKind::SchoolName && labels::is_of_another(&line.text);
        let heading = of_form.kind != FieldKind::SchoolName && aside::shouts(&line.text) && !self.shouts();
        // Under «I. …» an item «II. …» goes on with the list that is the answer.
        let listed = aside::has_roman_number(&line.text) && self.goes_on_in_roman(field);
        if listed {
            return false;
        }
        other_school || heading || (aside::parts_a_form(&line.text) && !(asked && bare))
    }

    /// Whether the answer so far has items with Roman numbers.
    fn goes_on_in_roman(&self, field: usize) -> bool {
        let lines = self.schools.iter().filter_map(|answers| answers.get(&field)).flat_map(|answer| &answer.lines);
        lines.into_iter().any(|(_, text)| aside::has_roman_number(text))
    }

    /// Whether answers are written in capitals here, so that capitals head nothing.
    fn shouts(&self) -> bool {
        self.schools
            .iter()
            .flat_map(BTreeMap::iter)
            .any(|(nth, answer)| !self.labels.is_name(*nth) && answer.lines.iter().any(|(_, text)| aside::shouts(text)))
    }

    /// Whether the current answer was itself found under its label, so that its next paragraph belongs to it.
    fn continues_under(&self, field: usize) -> bool {
        self.schools.iter().any(|answers| {
            answers.get(&field).is_some_and(|gathered| {
                gathered.lines.first().is_some_and(|(_, text)| text.is_empty()) && gathered.lines.len() > 1
            })
        })
    }

    /// Whether a row goes on with the answer above it: it has no label, or the rest of the label.
    fn continues(&self, pair: &Pair, field: usize) -> bool {
        let label = pair.label.trim();
        if !label.contains(char::is_alphanumeric) {
            return true;
        }
        let own = self.form.fields.get(field).map(|field| field.label.as_str()).unwrap_or_default();
        let (label, own) = (super::words::spaced(label), super::words::spaced(own));
        label.split_whitespace().count() >= 2 && own.contains(label.as_str()) && !own.starts_with(label.as_str())
    }

    /// Whether the form is over before this item, all labels having been met.
    fn ends(&self, letter: &Letter, item: &Item) -> bool {
        match (item, self.current) {
            (Item::Line(line), Current::Line(field)) => {
                let dated = self.form.fields.get(field).is_some_and(|field| field.kind == FieldKind::Since);
                letter.is_its_own(&line.text) || aside::ends_a_form(&line.text, dated)
            }
            (Item::Line(line), Current::Cell(_, table)) => line.table != Some(table),
            (Item::Pair(pair), Current::Cell(_, table)) => pair.table != table,
            (Item::Line(line), Current::Nothing) => line.table.is_none(),
            (Item::Pair(_), Current::Nothing) => false,
            (Item::Pair(_) | Item::Table(_) | Item::Break, _) => true,
        }
    }

    fn remark(&mut self, letter: &Letter, line: &Line) {
        if line.text.contains(char::is_alphanumeric) && !letter.is_its_own(&line.text) && self.remarks.len() < 20 {
            self.remarks.push(line.text.chars().take(500).collect());
        }
    }

    fn remark_pair(&mut self, pair: &Pair) {
        let answers: Vec<&str> =
            pair.answers.iter().map(|(text, _)| text.as_str()).filter(|text| !text.is_empty()).collect();
        let text = format!("{}: {}", pair.label, answers.join("; "));
        if !answers.is_empty() && self.remarks.len() < 20 {
            self.remarks.push(text.chars().take(500).collect());
        }
    }

    /// What stands right after the form.
    fn after(&mut self, letter: &Letter, items: &[Item]) {
        let lines = items.iter().map_while(|item| match item {
            Item::Line(line) if !letter.is_its_own(&line.text) => Some(line),
            _ => None,
        });
        for line in lines.take(8).filter(|line| line.text.len() <= 300) {
            self.remark(letter, line);
        }
    }

    fn finish(self) -> Vec<FilledForm> {
        let Self { form, labels, schools, headings, remarks, .. } = self;
        let mut forms = Vec::new();
        for (nth, answers) in schools.into_iter().enumerate() {
            let mut filled = FilledForm {
                heading: headings.get(nth).cloned().unwrap_or_default(),
                remarks: remarks.clone(),
                ..FilledForm::default()
            };
            for (nth_field, gathered) in answers {
                let Some(field) = form.fields.get(nth_field) else { continue };
                if let Some(answer) = answer(form, labels, nth_field, field, &gathered) {
                    filled.answers.insert(field.id.clone(), answer);
                }
            }
            // «Школа 1» above a column is no name where field 1 has one.
            let named = |(nth, field): (usize, &Field)| labels.is_name(nth) && filled.answers.contains_key(&field.id);
            if form.fields.iter().enumerate().any(named) {
                filled.heading.clear();
            }
            if !filled.answers.is_empty() {
                forms.push(filled);
            }
        }
        forms
    }
}

impl Gathered {
    fn text(&self) -> String {
        let list = self.lines.iter().filter(|(marker, _)| marker.is_some()).count() >= 2;
        let line = |(marker, text): &(Option<String>, String)| match marker {
            Some(marker) if list && !text.is_empty() => format!("{marker} {text}"),
            _ => text.clone(),
        };
        self.lines.iter().map(line).collect::<Vec<_>>().join("\n").trim().to_owned()
    }
}

/// What was gathered, as an answer; `None` where it is none.
fn answer(form: &Form, labels: &Labels, nth: usize, field: &Field, gathered: &Gathered) -> Option<Answer> {
    let text = gathered.text();
    // A label may name the options that answer it.
    let told = || matches!(judge(field, &text), Some((Some(_), None)));
    if !field.kind.is_number() && labels.is_piece(&text, nth) && !told() {
        return None;
    }
    let text = chosen(&text);
    let ticked = matches!(text, Cow::Owned(_));
    let text = without_hint(field, without_label(field, without_hint(field, &text))).trim();
    // What was typed into a line of underscores, or behind a dash that stands for a list of one.
    let filled = text.trim_matches(|c: char| c == '_' || c.is_whitespace());
    let text = if filled.contains(char::is_alphanumeric) { filled } else { text };
    let worth = !field.kind.is_free();
    let item = ["- ", "– ", "— "].iter().find_map(|dash| text.strip_prefix(dash)).map(str::trim_start);
    let item = item.filter(|item| worth && matches!(judge_chosen(field, item, ticked), Some((_, None))));
    let text = item.unwrap_or(text).to_owned();
    let (value, invalid) = judge_chosen(field, &text, ticked)?;
    // Another field's label word for word: its row has slipped, and the answer is not here.
    let slipped = labels.matches(&text, Ends::AtSign).first().is_some_and(|best| {
        let after = text.get(best.end..).unwrap_or_default();
        best.own
            && best.telling >= 3
            && best.score > 0.97
            && !after.contains(char::is_alphanumeric)
            && best.field < labels.title()
            && form.fields.get(best.field).is_some_and(|other| other.id != field.id)
    });
    (!slipped).then(|| Answer { text, value, invalid, found: gathered.found.clone() })
}
