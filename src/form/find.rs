//! The stream of items → the forms in it: which items are labels, which labels are one form, which field each is.

use std::ops::Range;

use pathfinding::{kuhn_munkres::kuhn_munkres, matrix::Matrix};

use super::{
    labels::{Ends, Labels, Match, enumerator},
    layout::Item,
};

/// How much must speak for a form. A label of the letter's own wording weighs 1, an alias less, the school's name
/// least: every form asks for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    /// Of labels in tables.
    pub(super) table: f32,
    /// Of labels in running text.
    pub(super) lines: f32,
}

/// So many labels that are written alike are no chance.
const MANY: usize = 5;

/// More forms than this in one document are not looked for.
const MOST: usize = 200;

/// An item that may be a label.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Where it stands in the stream.
    pub(super) item: usize,
    /// How many items it takes: a label may be broken into lines.
    pub(super) length: usize,
    /// Its text without a number before it.
    pub(super) text: String,
    /// Whether it is a cell.
    pub(super) cell: bool,
    /// The number before it.
    number: Option<u32>,
    /// What it may be the label of, likeliest first.
    pub(super) matches: Vec<Match>,
}

/// One form in the stream.
#[derive(Debug)]
pub(super) struct Found {
    /// Its items, from its first label to before the next form.
    pub(super) items: Range<usize>,
    /// Its labels in reading order.
    pub(super) candidates: Vec<Candidate>,
    /// What each of them is the label of, where it is one.
    pub(super) fields: Vec<Option<Match>>,
}

/// The forms of a document.
pub(super) fn forms(labels: &Labels, items: &[Item], demand: Demand) -> Vec<Found> {
    let (candidates, titles) = candidates(labels, items);
    let mut starts: Vec<Vec<Candidate>> = Vec::new();
    let mut seen: Vec<(usize, bool)> = Vec::new();
    let sure =
        |one: &Candidate| one.matches.first().filter(|best| best.score >= 0.8).map(|best| (best.field, best.own));
    // Beside the letter's own wording an alias of it is an added row, and begins no other form.
    let repeats = |seen: &[(usize, bool)], (field, own): (usize, bool)| {
        seen.iter().any(|(known, known_own)| *known == field && (own || !known_own))
    };
    for (at, one) in candidates.iter().enumerate() {
        let field = sure(one);
        let again = field.is_some_and(|field| repeats(&seen, field));
        let mut later = candidates.iter().skip(at + 1).filter_map(sure).take(2);
        let titled = starts.last().and_then(|group| group.last()).is_some_and(|last| {
            titles.iter().any(|title| (last.item..one.item).contains(title))
                && (again || field.is_some_and(|(field, _)| labels.is_name(field)))
        });
        if starts.len() >= MOST {
            break;
        }
        if starts.is_empty() || titled || (again && later.any(|field| repeats(&seen, field))) {
            starts.push(Vec::new());
            seen.clear();
        }
        seen.extend(field);
        if let Some(group) = starts.last_mut() {
            group.push(one.clone());
        }
    }
    let ends: Vec<usize> =
        starts.iter().skip(1).filter_map(|group| Some(group.first()?.item)).chain([items.len()]).collect();
    let mut found = Vec::new();
    let mut before = 0;
    for (group, end) in starts.into_iter().zip(ends) {
        let Some(start) = group.first().map(|first| first.item) else { continue };
        let titled = titles.iter().any(|title| (before..start).contains(title));
        let fields = assign(labels, &group);
        if is_form(labels, &group, &fields, demand, titled) {
            let mut form = Found { items: start..end, candidates: group, fields };
            by_number(labels, items, &mut form);
            found.push(form);
            before = end;
        }
    }
    found
}

/// Every item that may be a label, and the items that hold the form's title.
fn candidates(labels: &Labels, items: &[Item]) -> (Vec<Candidate>, Vec<usize>) {
    let mut found: Vec<Candidate> = Vec::new();
    let mut titles = Vec::new();
    let mut taken = 0;
    let dashed = parts_by_dash(labels, items);
    for (at, item) in items.iter().enumerate() {
        if at < taken {
            continue;
        }
        let candidate = match item {
            Item::Line(_) => line(labels, items, at, dashed),
            Item::Pair(pair) => {
                let (number, body) = body(&pair.label);
                let matches = labels.matches(body, Ends::AtSign);
                Some(Candidate {
                    item: at,
                    length: 1,
                    text: body.to_owned(),
                    cell: true,
                    number: pair.number.or(number),
                    matches,
                })
            }
            Item::Table(_) | Item::Break => None,
        };
        let Some(mut candidate) = candidate else { continue };
        if candidate.matches.first().is_some_and(|best| best.field == labels.title() && best.score >= 0.6) {
            titles.push(at);
            taken = at + candidate.length;
            continue;
        }
        let line = !candidate.cell;
        candidate.matches.retain(|one| one.field < labels.title() && one.score >= labels.least(one.field, line));
        if !candidate.matches.is_empty() {
            taken = at + candidate.length;
            found.push(candidate);
        }
    }
    (found, titles)
}

/// A text without a number before it.
fn body(text: &str) -> (Option<u32>, &str) {
    match enumerator(text) {
        Some((number, at)) => (Some(number), text.get(at..).unwrap_or_default()),
        None => (None, text),
    }
}

/// Whether the lines of a document part labels from answers by a dash. In prose a dash parts anything.
fn parts_by_dash(labels: &Labels, items: &[Item]) -> bool {
    let mut fields: Vec<usize> = items
        .iter()
        .filter_map(|item| match item {
            Item::Line(line) => Some(body(&line.text).1),
            _ => None,
        })
        .filter(|text| [" -", " –", " —", " −"].iter().any(|dash| text.contains(dash)))
        .filter_map(|text| {
            let best = labels.matches(text, Ends::AtSign).into_iter().next().filter(|best| best.score >= 0.9)?;
            text.get(best.end..)?.trim_start().starts_with(['-', '–', '—', '−']).then_some(best.field)
        })
        .collect();
    fields.sort_unstable();
    fields.dedup();
    fields.len() >= MANY
}

/// The label that begins with the line at `at`, which may go on in the next two.
fn line(labels: &Labels, items: &[Item], at: usize, dashed: bool) -> Option<Candidate> {
    let Some(Item::Line(first)) = items.get(at) else { return None };
    let (number, start) = body(first.text.trim_start_matches(['>', ' ', '|']));
    let (number, start) = match start.split_once('\t') {
        Some((digits, label)) if digits.len() <= 2 && digits.parse::<u32>().is_ok() => (digits.parse().ok(), label),
        _ => (number, start),
    };
    // «2 школы района» is an answer, however much it sounds like «Школ района».
    if start.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let whole = |text: &str| labels.matches(text, Ends::Anywhere);
    let in_cell = first.table.is_some();
    let sound = |text: &str, mut matches: Vec<Match>| {
        let counted = |one: &Match| number.is_some_and(|number| number as usize == one.field + 1);
        matches.retain(|one| stands_out(text, one, dashed, in_cell || counted(one)));
        matches
    };
    let mut text = start.to_owned();
    let alone = whole(&text);
    let mut matches = sound(&text, alone.clone());
    let mut length = 1;
    let mut joined = text.clone();
    for more in 1..=2 {
        let best = matches.first().copied();
        let (score, own) = best.map_or((0.0, false), |best| (best.score, best.own));
        // Only a line that is the beginning of a label, and nothing else, can go on.
        let whole_label = own && score >= 0.98;
        let begins = !alone.is_empty() || labels.begun(start).next().is_some();
        let open = begins && !whole_label && joined.len() < 400 && !joined.ends_with([':', '.', '?']);
        let Some(Item::Line(next)) = items.get(at + more).filter(|_| open) else { break };
        if next.text.is_empty() || next.marker.is_some() || enumerator(&next.text).is_some() {
            break;
        }
        let from = joined.len();
        joined = format!("{joined} {}", next.text);
        let longer = sound(&joined, whole(&joined));
        let better = longer.first().is_some_and(|one| {
            let word_for_word = one.own && labels.begun(start).any(|field| field == one.field);
            let begun = word_for_word || alone.iter().any(|known| known.field == one.field);
            let fuller = one.own && !own && one.score >= 0.97;
            // What is a label by itself does not end another one.
            let itself = |known: &Match| known.field == one.field && known.score >= one.score - 0.02;
            let itself = !word_for_word && whole(&next.text).iter().any(itself);
            begun && !itself && one.end > from && (one.score > score + 0.04 || fuller)
        });
        if better {
            length = more + 1;
            matches = longer;
            text.clone_from(&joined);
        }
    }
    Some(Candidate {
        item: at,
        length,
        text,
        cell: false,
        number: number.or_else(|| marker(first.marker.as_deref())),
        matches,
    })
}

/// Whether a match in running text looks like a label: it is the line, or a sign parts it from the answer. A short
/// alias wants a colon or a line for itself, one word a colon, or a line for itself `apart`: in a cell, or with the letter's own number.
fn stands_out(text: &str, one: &Match, dashed: bool, apart: bool) -> bool {
    let after = text.get(one.end..).unwrap_or_default().trim_start_matches([')', '»', '"', ' ', '*']);
    let alone = after.chars().all(|c| !c.is_alphanumeric());
    let dash = dashed && after.starts_with(['-', '–', '—', '−']);
    let colon = dash || after.starts_with([':', '\t', '|', '?', '=']);
    if one.telling <= 1 {
        return colon || (apart && alone);
    }
    alone || colon || one.own || one.telling >= 3
}

/// Gives each field at most one label and each label at most one field, so that all of them fit best together.
fn assign(labels: &Labels, group: &[Candidate]) -> Vec<Option<Match>> {
    const SCALE: f32 = 10_000.0;
    let fields = labels.title();
    let best =
        |at: Option<usize>| at.and_then(|at| group.get(at)).and_then(|one| one.matches.first()).map(|one| one.field);
    let mut weights = Matrix::new(fields, group.len().max(fields), 0i64);
    for (at, one) in group.iter().enumerate() {
        for found in &one.matches {
            let mut score = found.score;
            // The letter's own wording is the label where an alias stands too; the form's own order and numbers settle
            // what is otherwise even.
            if found.own {
                score += 0.06;
            }
            if one.number.is_some_and(|number| number as usize == found.field + 1) {
                score += 0.03;
            }
            if (found.field > 0 && best(at.checked_sub(1)) == Some(found.field - 1))
                || best(Some(at + 1)) == Some(found.field + 1)
            {
                score += 0.02;
            }
            if let Some(weight) = weights.get_mut((found.field, at)) {
                #[expect(clippy::cast_possible_truncation, reason = "a score is at most 1.11")]
                let scaled = (score * SCALE) as i64;
                *weight = scaled;
            }
        }
    }
    let (_, columns) = kuhn_munkres(&weights);
    let mut given: Vec<Option<Match>> = vec![None; group.len()];
    for (field, column) in columns.iter().enumerate() {
        let found = group.get(*column).and_then(|one| one.matches.iter().find(|found| found.field == field));
        if let (Some(found), Some(slot)) = (found, given.get_mut(*column)) {
            *slot = Some(*found);
        }
    }
    doubtful(group, &mut given);
    given
}

/// Where the numbers before the labels are the letter's own, a number names a field whose label was reworded past
/// recognition: «7. Наше участие: …». It must still share a telling word with the field's label.
fn by_number(labels: &Labels, items: &[Item], form: &mut Found) {
    let agrees = |(one, field): (&Candidate, &Option<Match>)| Some(one.number? as usize == field.as_ref()?.field + 1);
    let agreeing: Vec<bool> = form.candidates.iter().zip(&form.fields).filter_map(agrees).collect();
    if agreeing.len() < 5 || agreeing.contains(&false) {
        return;
    }
    for at in form.items.clone() {
        if form.candidates.iter().any(|one| (one.item..one.item + one.length).contains(&at)) {
            continue;
        }
        let Some((number, text, cell)) = numbered(items.get(at)) else { continue };
        let Some(field) = (number as usize).checked_sub(1).filter(|field| *field < labels.title()) else { continue };
        let end = if cell { text.len() } else { text.find(':').unwrap_or(0) };
        let label = text.get(..end).unwrap_or_default();
        let taken = form.fields.iter().flatten().any(|one| one.field == field);
        if taken || label.split_whitespace().count() > 12 || !labels.touches(label, field) {
            continue;
        }
        let rest = text.len() - text.get(end..).unwrap_or_default().trim_start_matches([':', ' ']).len();
        let found = Match { field, score: 0.6, own: false, telling: 1, end, rest };
        let place = form.candidates.partition_point(|one| one.item < at);
        let candidate = Candidate { item: at, length: 1, text, cell, number: Some(number), matches: vec![found] };
        form.candidates.insert(place, candidate);
        form.fields.insert(place, Some(found));
    }
}

/// The number before an item's text, the text, and whether it is a cell.
fn numbered(item: Option<&Item>) -> Option<(u32, String, bool)> {
    match item? {
        Item::Line(line) => {
            let (number, text) = body(&line.text);
            Some((number.or_else(|| marker(line.marker.as_deref()))?, text.to_owned(), false))
        }
        Item::Pair(pair) => {
            let (number, text) = body(&pair.label);
            Some((pair.number.or(number)?, text.to_owned(), true))
        }
        Item::Table(_) | Item::Break => None,
    }
}

/// The number of an automatic marker.
fn marker(text: Option<&str>) -> Option<u32> {
    text?.trim_matches(|c: char| !c.is_alphanumeric()).parse().ok()
}

/// Takes back what could as well be another field that has no label: doubt stays doubt.
fn doubtful(group: &[Candidate], given: &mut [Option<Match>]) {
    let taken: Vec<usize> = given.iter().flatten().map(|one| one.field).collect();
    let neighbours: Vec<Option<usize>> = given.iter().map(|one| one.map(|one| one.field)).collect();
    for (at, (one, slot)) in group.iter().zip(given.iter_mut()).enumerate() {
        let Some(own) = *slot else { continue };
        let rival = one
            .matches
            .iter()
            .any(|other| other.field != own.field && !taken.contains(&other.field) && other.score >= own.score - 0.06);
        let before = at.checked_sub(1).and_then(|at| neighbours.get(at).copied().flatten());
        let after = neighbours.get(at + 1).copied().flatten();
        let placed = before.is_some_and(|field| field + 1 == own.field) && after == Some(own.field + 1);
        let numbered = one.number.is_some_and(|number| number as usize == own.field + 1);
        if rival && own.score < 0.95 && !placed && !numbered {
            *slot = None;
        }
    }
}

/// Whether enough speaks for a form.
fn is_form(labels: &Labels, group: &[Candidate], fields: &[Option<Match>], demand: Demand, titled: bool) -> bool {
    let mut in_table = 0.0;
    let mut in_lines = 0.0;
    for (one, found) in group.iter().zip(fields) {
        let Some(found) = found else { continue };
        let worth = worth(labels, found);
        if one.cell { in_table += worth } else { in_lines += worth }
    }
    let title = if titled { 1.0 } else { 0.0 };
    let both: f32 = in_table + in_lines * 0.5;
    (in_table > 0.0 && both + title >= demand.table) || (in_lines > 0.0 && in_table + in_lines + title >= demand.lines)
}

fn worth(labels: &Labels, found: &Match) -> f32 {
    if labels.is_name(found.field) {
        return 0.4;
    }
    match (found.own, found.telling) {
        (true, _) if found.score >= 0.9 => 1.0,
        (true, _) if found.score >= 0.75 => 0.8,
        (_, 3..) => 0.7,
        (_, 2) => 0.5,
        _ => 0.25,
    }
}
