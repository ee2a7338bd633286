//! [`Document`] + [`Form`] → the filled forms in it: each answer with where it was found, what is missing, what is
//! invalid. Also tells what a document without a form is. Knows nothing of who sent it.

mod alike;
mod aside;
mod collect;
mod columns;
mod find;
mod front;
mod judge;
mod kind;
mod labels;
mod layout;
mod letter;
mod marks;
mod numbered;
mod quoted;
mod rules;
mod subject;
mod tagged;
#[cfg(test)]
mod tests;
mod vocabulary;
mod words;

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    campaign::{Campaign, Field, FieldId, Form},
    document::{Block, Document},
};

pub use alike::{Alike, too_alike};
pub use front::title_page;
pub use judge::{Meaning, judge, names_options_alone};
pub use marks::{CHOOSE_HERE, RECEIVED_EARLIER, SIGN_OF_A_LETTER, WRITE_HERE, control_tag, holds_our_letter};
pub use numbered::numbered_lines;
pub use quoted::quoted_answers;
pub use rules::{differs, gaps};

use find::Demand;
use labels::Labels;
use layout::Item;
use letter::Letter;
use subject::Subject;

/// What a document is to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The campaign's form, filled in at least in part.
    Form,
    /// The draft of a speech: text or slides.
    Draft,
    /// Information of a `kind = "information"` requirement.
    Information,
    /// A cover letter.
    CoverLetter,
    /// Anything else that can be read: also the blank form and the bare letter.
    Other,
    /// A file that gave no document.
    Unreadable,
}

/// One filled form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FilledForm {
    /// The answers that are there, valid or not, by field. A field without an answer has no entry.
    pub answers: BTreeMap<FieldId, Answer>,
    /// The heading or text near the form that names a school, where it has none of its own in the name field.
    pub heading: String,
    /// Text near the form that belongs to no field.
    pub remarks: Vec<String>,
}

/// An answer to a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// As it was written: lines kept, white space at the ends removed.
    pub text: String,
    /// What it means, where its field has a value.
    pub value: Option<Value>,
    /// Why it is no answer of the field's kind; `None` for a valid one.
    pub invalid: Option<Invalid>,
    /// Where it was found, for a person: «таблица 1, строка 3».
    pub found: String,
}

/// The value of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// A count or a rating.
    Number(u32),
    /// A number that may have a fraction.
    Decimal(f64),
    /// Yes or no.
    Yes(bool),
    /// A day; the first one of a period.
    Date(#[schemars(with = "String")] Date),
    /// The chosen options, the addresses or the telephone numbers, one or several.
    Texts(Vec<String>),
    /// The rows of a table, cell by cell.
    Rows(Vec<Vec<String>>),
}

/// Why a text is no answer of its field's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    /// No number is in it, or several.
    NotANumber,
    /// The number lies outside the field's range.
    OutOfRange,
    /// No date or period is in it.
    NotADate,
    /// No name is in it.
    NotAName,
    /// It says neither yes nor no, or both.
    NotYesOrNo,
    /// None of the options is in it, or something besides.
    NotAnOption,
    /// Several options are in it where one is wanted.
    SeveralOptions,
    /// An e-mail address in it cannot be right, or there is none.
    NotAnAddress,
    /// A telephone number in it cannot be right or lacks its area code, or there is none.
    NotAPhone,
    /// Some row lacks something.
    NotRows,
    /// It does not say that a document is attached.
    NotAttached,
    /// It has more characters than are wanted.
    TooLong,
}

impl Invalid {
    /// All reasons, each with its name in the store.
    pub const ALL: [(Self, &'static str); 12] = [
        (Self::NotANumber, "not_a_number"),
        (Self::OutOfRange, "out_of_range"),
        (Self::NotADate, "not_a_date"),
        (Self::NotAName, "not_a_name"),
        (Self::NotYesOrNo, "not_yes_or_no"),
        (Self::NotAnOption, "not_an_option"),
        (Self::SeveralOptions, "several_options"),
        (Self::NotAnAddress, "not_an_address"),
        (Self::NotAPhone, "not_a_phone"),
        (Self::NotRows, "not_rows"),
        (Self::NotAttached, "not_attached"),
        (Self::TooLong, "too_long"),
    ];
}

/// What a document holds for a campaign.
#[derive(Debug, Clone)]
pub struct Contents {
    /// What it is.
    pub kind: Kind,
    /// Its filled forms: several where it holds several schools.
    pub forms: Vec<FilledForm>,
    /// How many of the form's questions stand in it: of two campaigns' forms the right one has more.
    pub labels: usize,
    /// Whether the draft of a speech stands in the same document, beside its forms.
    pub also_draft: bool,
    /// What names its sender: the page's header, and what stands above the form or the heading.
    pub letterhead: String,
    /// Why it is that, one reason each, in English.
    pub why: Vec<String>,
}

/// What documents are compared with, made ready once for a campaign: the form's labels, the letter's phrases, the words
/// of its subject.
#[derive(Debug)]
pub struct Recogniser {
    labels: Labels,
    letter: Letter,
    subject: Subject,
}

impl Recogniser {
    /// Makes a campaign ready.
    pub fn new(campaign: &Campaign) -> Self {
        Self { labels: Labels::new(&campaign.form), letter: Letter::new(campaign), subject: Subject::new(campaign) }
    }

    /// How many signs of the campaign's own letter stand in a text: phrases of it, and its form's title.
    pub fn signs_of_letter(&self, text: &str) -> usize {
        self.letter.signs_in(text)
    }
}

/// Looks for the campaign's form in a document, and tells what the document is. The file's name only supports what
/// the document itself shows.
pub fn contents(campaign: &Campaign, recogniser: &Recogniser, document: &Document, name: Option<&str>) -> Contents {
    let head = kind::Signs::of(campaign, recogniser, document, name);
    // Headings of a speech may sound like labels: slides and speeches must speak for a form more clearly.
    let lines = if head.speaks() || head.is_slides() { 5.0 } else { 3.0 };
    let mut found = forms(campaign, recogniser, document, Demand { table: 1.4, lines });
    tagged::settle(campaign, document, &mut found.forms);
    if found.forms.is_empty() {
        let letterhead = front::letterhead(&recogniser.letter, document, &document.blocks);
        return Contents { letterhead, ..kind::tell(campaign, &head, found.blank) };
    }
    let above = found.rest.get(..found.above).unwrap_or_default();
    if let Some(speech) = speech_on_questions(campaign, recogniser, &head, &found, above, name) {
        let letterhead = front::letterhead(&recogniser.letter, document, &document.blocks);
        return Contents { letterhead, ..speech };
    }
    let letterhead = front::letterhead(&recogniser.letter, document, above);
    let rest = Document { blocks: found.rest, ..Document::default() };
    // Looking closely costs as much as the form itself, and most forms stand alone.
    let long = rest.text().chars().nth(kind::SHORTEST_BESIDE).is_some();
    let also_draft = long && kind::Signs::of(campaign, recogniser, &rest, name).is_speech_beside_a_form();
    let why = vec![format!("{} filled form(s) in it", found.forms.len())];
    Contents { kind: Kind::Form, forms: found.forms, labels: found.labels, also_draft, letterhead, why }
}

/// A speech whose headings are the form's questions, or slides that are titled by them: no table, and either the heading
/// of a speech and a greeting stand above the first question, or each slide has its own. It must be a draft by itself.
fn speech_on_questions(
    campaign: &Campaign,
    recogniser: &Recogniser,
    head: &kind::Signs,
    found: &Forms,
    above: &[Block],
    name: Option<&str>,
) -> Option<Contents> {
    if found.in_table {
        return None;
    }
    let above = Document { blocks: above.to_vec(), ..Document::default() };
    let spread = head.is_deck() && found.slides * 3 >= found.labels * 2;
    let spoken = spread || kind::Signs::of(campaign, recogniser, &above, name).opens_as_speech();
    let told = spoken.then(|| kind::tell(campaign, head, false))?;
    (told.kind == Kind::Draft).then_some(told)
}

/// Looks for the form in the text of a mail: a line or two with labels are enough, since a mail that corrects an
/// answer names little else. A mail's text is never the draft of a speech.
pub fn contents_of_body(campaign: &Campaign, recogniser: &Recogniser, body: &Document) -> Contents {
    let found = forms(campaign, recogniser, body, Demand { table: 0.7, lines: 0.7 });
    if found.forms.is_empty() {
        return Contents {
            kind: Kind::Other,
            forms: Vec::new(),
            labels: 0,
            also_draft: false,
            letterhead: String::new(),
            why: vec!["the text of a mail".to_owned()],
        };
    }
    let why = vec![format!("{} filled form(s) in the text of a mail", found.forms.len())];
    let above = found.rest.get(..found.above).unwrap_or_default();
    let letterhead = front::letterhead(&recogniser.letter, body, above);
    Contents { kind: Kind::Form, forms: found.forms, labels: found.labels, also_draft: false, letterhead, why }
}

/// The forms of a document, and what it holds beside them.
struct Forms {
    forms: Vec<FilledForm>,
    /// Whether the form is there without an answer.
    blank: bool,
    /// What stands outside the forms.
    rest: Vec<Block>,
    /// How many of those blocks stand above the first form.
    above: usize,
    /// How many labels the forms have, and on how many pages these stand.
    labels: usize,
    slides: usize,
    /// Whether any of them stands in a table.
    in_table: bool,
}

fn forms(campaign: &Campaign, recogniser: &Recogniser, document: &Document, demand: Demand) -> Forms {
    let Recogniser { labels, letter, .. } = recogniser;
    if holds_our_letter(&document.text()) {
        let rest = document.blocks.clone();
        return Forms { forms: Vec::new(), blank: false, rest, above: 0, labels: 0, slides: 0, in_table: false };
    }
    let items = layout::items(labels, document);
    let mut forms: Vec<FilledForm> = Vec::new();
    let mut blank = false;
    let mut rest = Vec::new();
    let (mut before, mut above) = (0, None);
    let (mut labelled, mut in_table) = (Vec::new(), false);
    for found in find::forms(labels, &items, demand) {
        let between = items.get(before..found.items.start).unwrap_or_default();
        rest.extend(lines_of(between));
        let _ = above.get_or_insert(rest.len());
        let mut collected = collect::collect(campaign, labels, letter, &items, &found);
        blank |= collected.forms.is_empty();
        let named = found.candidates.iter().zip(&found.fields).filter(|(_, field)| field.is_some());
        for (one, _) in named {
            in_table |= one.cell;
            labelled.push(items.iter().take(one.item).filter(|item| matches!(item, Item::Break)).count());
        }
        let heading = front::heading(letter, between);
        for form in &mut collected.forms {
            if form.heading.is_empty() {
                form.heading.clone_from(&heading);
            }
        }
        forms.append(&mut collected.forms);
        before = collected.end;
    }
    rest.extend(lines_of(items.get(before..).unwrap_or_default()));
    let labels = labelled.len();
    labelled.dedup();
    Forms { forms, blank, rest, above: above.unwrap_or(0), labels, slides: labelled.len(), in_table }
}

/// The text of items, as paragraphs.
fn lines_of(items: &[Item]) -> impl Iterator<Item = Block> {
    items.iter().map(|item| match item {
        Item::Line(line) => Block::Paragraph(line.text.as_str().into()),
        Item::Pair(pair) => {
            let answers = pair.answers.iter().map(|(text, _)| text.as_str());
            Block::Paragraph(
                [pair.label.as_str()].into_iter().chain(answers).collect::<Vec<_>>().join("\t").as_str().into(),
            )
        }
        Item::Table(lines) => Block::Paragraph(lines.join("\n").as_str().into()),
        Item::Break => Block::Break,
    })
}

impl FilledForm {
    /// The fields without an answer, in the form's order.
    pub fn missing<'f>(&self, form: &'f Form) -> Vec<&'f Field> {
        form.fields.iter().filter(|field| !self.answers.contains_key(&field.id)).collect()
    }

    /// How complete it is: of two versions of a form the one with the greater rank says more. Valid answers count
    /// first, then answers at all, then the length of what is written.
    pub fn merge_rank(&self) -> (usize, usize, usize) {
        let valid = self.answers.values().filter(|answer| answer.invalid.is_none()).count();
        (valid, self.answers.len(), self.answers.values().map(|answer| answer.text.chars().count()).sum())
    }
}
