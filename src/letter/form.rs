//! The form in an annex: which text is a question, whatever the table or the paragraphs look like.

use crate::document::{Block, Cell, Table};

use super::{
    Refusal,
    annex::Annex,
    pattern::pattern,
    text::{Line, Part, clean, fold},
};

/// A question as it is printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Label {
    /// The question.
    pub(super) text: String,
    /// What stands in the place of the answer: «да / нет», «(указать …)».
    pub(super) prompt: String,
    /// The heads of the columns of a table that stands in the place of the answer.
    pub(super) columns: Vec<String>,
}

/// The form that was chosen.
#[derive(Debug, Clone, Default)]
pub(super) struct Chosen {
    /// Which of the annexes.
    pub(super) at: usize,
    /// The number that it bears.
    pub(super) number: Option<usize>,
    /// Its heading.
    pub(super) title: String,
    /// The word with which its heading begins, folded: «анкета».
    pub(super) word: String,
    /// Its questions.
    pub(super) labels: Vec<Label>,
    /// Where it stands, for people.
    pub(super) place: String,
    /// Which form of the letter it is, counted from 1.
    pub(super) nth: usize,
    /// What a person should know of the choice.
    pub(super) remarks: Vec<String>,
}

/// Chooses the form: the first annex that holds one, or the one that was asked for.
pub(super) fn choose(annexes: &[Annex<'_>], wanted: Option<usize>) -> Result<Chosen, Refusal> {
    let forms: Vec<(usize, Vec<Label>)> = annexes
        .iter()
        .enumerate()
        .map(|(at, annex)| (at, labels(annex)))
        .filter(|(_, labels)| labels.len() >= 2)
        .collect();
    let found = describe(annexes, &forms);
    let is_wanted = |at: usize| {
        let numbered = annexes.iter().any(|annex| annex.number == wanted);
        let number = annexes.get(at).and_then(|annex| annex.number);
        wanted.is_none_or(|wanted| if numbered { number == Some(wanted) } else { at + 1 == wanted })
    };
    let chosen =
        forms.iter().find(|(at, _)| is_wanted(*at)).and_then(|(at, labels)| Some((*at, labels, annexes.get(*at)?)));
    let Some((at, labels, annex)) = chosen else {
        return Err(match wanted {
            Some(wanted) => Refusal::NotThisAnnex { wanted, found },
            None => Refusal::NoForm { found },
        });
    };
    let others: Vec<String> = forms
        .iter()
        .filter(|(other, _)| *other != at)
        .filter_map(|(other, _)| {
            let annex = annexes.get(*other)?;
            Some(format!("{} (--annex {})", annex.name(*other), annex.number.unwrap_or(other + 1)))
        })
        .collect();
    let mut remarks = Vec::new();
    if !others.is_empty() {
        remarks.push(format!(
            "в письме несколько форм, взято {}; другие: {}. Для каждой формы нужен свой файл кампании",
            annex.name(at),
            others.join(", ")
        ));
    }
    let nth = forms.iter().take_while(|(other, _)| *other < at).count() + 1;
    let title = Some(annex.title()).filter(|title| !title.is_empty()).unwrap_or_else(|| "Форма к письму".to_owned());
    let word = title.split(' ').next().map(fold).unwrap_or_default();
    Ok(Chosen { at, number: annex.number, word, title, labels: labels.clone(), place: annex.name(at), nth, remarks })
}

fn describe(annexes: &[Annex<'_>], forms: &[(usize, Vec<Label>)]) -> String {
    if annexes.is_empty() {
        return "the letter has no annex".to_owned();
    }
    let all = annexes.iter().enumerate().map(|(at, annex)| {
        let tables = annex.parts.iter().filter(|part| matches!(part, Part::Table(_))).count();
        let form = if forms.iter().any(|(form, _)| *form == at) { "a form" } else { "no form" };
        format!("{} ({tables} tables, {form})", annex.name(at))
    });
    format!("{} annexes were found: {}", annexes.len(), all.collect::<Vec<_>>().join("; "))
}

/// The questions of an annex: of all its tables that ask, else of its paragraphs.
fn labels(annex: &Annex<'_>) -> Vec<Label> {
    let tables: Vec<Label> = annex
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Table(table) => Some(of_table(table)),
            _ => None,
        })
        .flatten()
        .collect();
    if tables.len() >= 2 { tables } else { of_lines(&annex.parts) }
}

/// What a cell says where it is nothing to be answered over: not even a line to write on.
fn printed(cell: &Cell) -> String {
    clean(&cell.text().replace('_', " "))
}

fn is_number(text: &str) -> bool {
    pattern!(r"^(?:№\s*п/?п\.?|№|N|п/п|\d{1,2}(?:\.\d{1,2})*[.)]?)$").is_match(text)
}

/// What stands in an answer's place but is no answer: nothing, a prompt in brackets, options.
fn is_open(text: &str) -> bool {
    text.is_empty()
        || pattern!(r"^[\s.…–—-]*$").is_match(text)
        || (text.starts_with('(') && text.ends_with(')'))
        || is_options(text)
        || pattern!(r"(?i)^(?:указать|укажите|выбрать|выберите|да|нет|☐|□)").is_match(text)
}

/// «да / нет», «□ очно □ заочно».
pub(super) fn is_options(text: &str) -> bool {
    let parts = options(text);
    parts.len() >= 2 && parts.iter().all(|part| part.split(' ').count() <= 6)
}

/// The options that a text offers.
pub(super) fn options(text: &str) -> Vec<String> {
    let boxes = text.contains(['□', '☐', '⎕', '❑', '▢']);
    let parted: Vec<&str> = match boxes {
        true => text.split(['□', '☐', '⎕', '❑', '▢']).collect(),
        false => text.trim_matches(['(', ')']).split(['/', ';', '\n']).collect(),
    };
    let parted = parted.into_iter().map(|one| clean(one).trim_matches([',', ';', '.', '_', ' ']).to_owned());
    parted.filter(|one| !one.is_empty()).collect()
}

fn of_table(table: &Table) -> Vec<Label> {
    let rows: Vec<Vec<&Cell>> = table.rows.iter().map(|row| row.cells.iter().collect()).collect();
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    if width < 2 {
        return Vec::new();
    }
    if let Some(labels) = of_head(&rows, width) {
        return labels;
    }
    let mut labels = Vec::new();
    let mut asked = 0;
    for row in &rows {
        let texts: Vec<String> = row.iter().map(|cell| printed(cell)).collect();
        // The question is the first text behind which only places for an answer stand.
        let is_question = |at: usize| {
            let (text, behind) = (texts.get(at), texts.get(at + 1..).unwrap_or_default());
            let nested = row.get(at + 1).is_some_and(|cell| !nested_head(cell).is_empty());
            text.is_some_and(|text| !text.is_empty() && !is_number(text))
                && !behind.is_empty()
                && (nested || behind.iter().all(|text| is_open(text)))
        };
        let Some(at) = (0..texts.len()).find(|at| is_question(*at)) else {
            asked += usize::from(texts.iter().filter(|text| !text.is_empty()).count() > 1);
            continue;
        };
        let (Some(label), Some(cell)) = (texts.get(at), row.get(at + 1)) else { continue };
        let prompt = texts.iter().skip(at + 1).find(|text| !text.is_empty()).cloned().unwrap_or_default();
        if row.iter().any(|cell| cell.continues) && labels.last().is_some_and(|one: &Label| &one.text == label) {
            continue;
        }
        if pattern!(r"(?i)^(?:раздел|часть|блок)\s+[\dIVX]+\b").is_match(label) {
            continue;
        }
        asked += 1;
        if question(label).chars().count() < 2 {
            continue;
        }
        let columns = nested_head(cell);
        labels.push(Label { text: question(label), prompt, columns });
    }
    // A table whose right cells are filled in asks nothing: a schedule, a list. One row of it may be its head.
    if labels.len() * 4 >= asked * 3 || labels.len() + 1 >= asked { labels } else { Vec::new() }
}

/// The questions where they stand as the heads of columns over rows to fill in.
fn of_head(rows: &[Vec<&Cell>], width: usize) -> Option<Vec<Label>> {
    let (head, rest) = rows.split_first()?;
    let texts: Vec<String> = head.iter().map(|cell| printed(cell)).collect();
    let named = width >= 3 && texts.len() == width && texts.iter().all(|text| !text.is_empty());
    let nothing = rest.iter().flatten().all(|cell| {
        let text = printed(cell);
        is_open(&text) || is_number(&text)
    });
    let answers = texts.iter().filter(|text| !is_number(text)).count();
    let headed = texts.iter().any(|text| pattern!(r"(?i)^(?:вопрос|показатель|ответ|содержание|пункт)").is_match(text));
    // «№ | Вопрос | Ответ» over questions has texts below.
    (named && nothing && !rest.is_empty() && answers >= 2 && !headed).then(|| {
        let asks = texts.iter().filter(|text| !is_number(text) && question(text).chars().count() >= 2);
        asks.map(|text| Label { text: question(text), ..Label::default() }).collect()
    })
}

/// The heads of a table within a cell.
fn nested_head(cell: &Cell) -> Vec<String> {
    let table = cell.blocks.iter().find_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    let head = table.and_then(|table| table.rows.first());
    let texts = head.iter().flat_map(|row| &row.cells).map(printed).filter(|text| !text.is_empty() && !is_number(text));
    let texts: Vec<String> = texts.collect();
    if texts.len() >= 2 { texts } else { Vec::new() }
}

/// A question as a label: without its number, its colon and what only separates.
fn question(text: &str) -> String {
    let text = clean(text);
    let text = pattern!(r"^\d{1,2}(?:\.\d{1,2})*[.)]\s*").replace(&text, "");
    text.trim_end_matches([':', ';', '*', ' ', '_', ',']).to_owned()
}

/// Numbered questions, or questions with lines to write on.
fn of_lines(parts: &[Part<'_>]) -> Vec<Label> {
    let lines: Vec<&Line> = parts.iter().filter_map(Part::line).collect();
    let blank = |text: &str| text.contains("___") || text.contains("....") || text.contains("……");
    let numbered = |line: &Line| {
        line.marker.as_deref().is_some_and(|marker| marker.starts_with(|c: char| c.is_ascii_digit()))
            || pattern!(r"^\d{1,2}[.)]\s").is_match(&line.text)
    };
    let stamped =
        |text: &str| pattern!(r"(?i)^(?:от\s*[«_]|на №|№\s*_)|подпись|м\.\s?п\.|\(ф\.?\s?и\.?\s?о\.?\)").is_match(text);
    let questions = lines.iter().filter(|line| numbered(line)).count();
    let with_lines = lines.iter().filter(|line| blank(&line.text)).count();
    if with_lines < 2 {
        return Vec::new();
    }
    let all_numbered = questions >= 3;
    let mut labels: Vec<Label> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if stamped(&line.text) || (all_numbered && !numbered(line)) {
            continue;
        }
        let below = lines.get(at + 1).is_some_and(|next| {
            blank(&next.text) && question(&next.text).trim_matches(['_', '.', ' ', '…']).is_empty()
        });
        let text = pattern!(r"[_…]{2,}|\.{4,}").split(&line.text).next().unwrap_or_default();
        let prompt = pattern!(r"_{2,}\s*(\([^)]+\))").captures(&line.text).and_then(|found| found.get(1));
        let text = question(text);
        let text = text.trim_end_matches(['–', '—', '-', ' ', ':']);
        if text.chars().count() >= 2 && (blank(&line.text) || below || all_numbered) {
            let prompt = prompt.map_or(String::new(), |found| found.as_str().to_owned());
            labels.push(Label { text: text.to_owned(), prompt, columns: Vec::new() });
        }
    }
    labels
}
