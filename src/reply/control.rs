//! Content controls (ISO/IEC 29500-1 §17.5.2): the places of a form in which an answer is written or chosen. Each bears the name of
//! its campaign and field, by which the answer is known again wherever the rows have gone.

use docx_rs::{Paragraph, Run, StructuredDataTag};
use quick_xml::escape::escape;

use super::russian::{one_line, printable};
use crate::{
    campaign::{CampaignId, Field, FieldKind},
    form::{CHOOSE_HERE, WRITE_HERE, control_tag},
};

/// What the library writes for a control without properties; the properties themselves come into its place.
const PROPERTIES: &str = "<w:sdtPr><w:rPr /></w:sdtPr>";
/// The height of the rows that repeat, in twentieths of a point, by which they are found again in what the library writes.
pub(super) const REPEATED_HEIGHT: f32 = 397.0;
const ROW: &str = "<w:tr><w:trPr><w:trHeight w:val=\"397\" w:hRule=\"atLeast\" /></w:trPr>";
const ROW_END: &str = "</w:tr>";
const QUIET: &str = "767676";

/// The controls of one file, in the order in which they stand in it.
#[derive(Debug)]
pub(super) struct Controls<'c> {
    campaign: &'c CampaignId,
    /// In half points.
    size: usize,
    /// The properties of each.
    made: Vec<String>,
    /// The same of the rows that repeat, each with how many rows there are.
    repeated: Vec<(String, usize)>,
}

impl<'c> Controls<'c> {
    /// None yet.
    pub(super) fn new(campaign: &'c CampaignId, size: usize) -> Self {
        Self { campaign, size, made: Vec::new(), repeated: Vec::new() }
    }

    /// A place to write or choose an answer in, with what has been answered, or with a note of ours that is none.
    pub(super) fn place(&mut self, field: &Field, text: Option<&str>, note: Option<&str>) -> Paragraph {
        let choices: Vec<String> = match &field.kind {
            FieldKind::YesNo | FieldKind::OneOf(_) => field.kind.options().into_iter().map(one_line).collect(),
            FieldKind::Rating { min, max } => (*min..=*max).map(|mark| mark.to_string()).collect(),
            _ => Vec::new(),
        };
        let kind = if choices.is_empty() {
            // Of a control of plain text LibreOffice makes a field that is filled in by a dialogue.
            "<w:richText />".to_owned()
        } else {
            let item = |choice: &String| {
                let choice = escape(choice);
                format!("<w:listItem w:displayText=\"{choice}\" w:value=\"{choice}\" />")
            };
            format!("<w:dropDownList>{}</w:dropDownList>", choices.iter().map(item).collect::<String>())
        };
        let hint = note.unwrap_or(if choices.is_empty() { WRITE_HERE } else { CHOOSE_HERE });
        self.property(field, "", text.is_none(), &kind);
        let content = match text {
            Some(text) => lines(text, self.size),
            None => Run::new().add_text(hint).size(self.size).color(QUIET),
        };
        Paragraph::new().add_structured_data_tag(StructuredDataTag::new().add_run(content))
    }

    /// An option with its box ([MS-DOCX] §2.6.1.4).
    pub(super) fn option(&mut self, field: &Field, number: usize, text: &str, ticked: bool) -> Paragraph {
        let state = u8::from(ticked);
        let kind = format!(
            "<w14:checkbox><w14:checked w14:val=\"{state}\" />\
             <w14:checkedState w14:val=\"2612\" w14:font=\"MS Gothic\" />\
             <w14:uncheckedState w14:val=\"2610\" w14:font=\"MS Gothic\" /></w14:checkbox>"
        );
        self.property(field, &number.to_string(), false, &kind);
        let sign = Run::new().add_text(if ticked { "☒" } else { "☐" }).size(self.size);
        Paragraph::new()
            .add_structured_data_tag(StructuredDataTag::new().add_run(sign))
            .add_run(Run::new().add_text(format!(" {}", one_line(text))).size(self.size))
    }

    /// Says that the next so many rows with [`REPEATED_HEIGHT`] are a field's, and may be more ([MS-DOCX] §2.5.3.7).
    pub(super) fn rows(&mut self, field: &Field, rows: usize) {
        let property = self.text_of(field, "", false, "<w15:repeatingSection />", self.repeated.len() + 5_001);
        self.repeated.push((property, rows));
    }

    fn property(&mut self, field: &Field, part: &str, empty: bool, kind: &str) {
        let made = self.text_of(field, part, empty, kind, self.made.len() + 1_001);
        self.made.push(made);
    }

    fn text_of(&self, field: &Field, part: &str, empty: bool, kind: &str, id: usize) -> String {
        let title: String = one_line(&field.short).chars().take(60).collect();
        let (size, alias) = (self.size, escape(title));
        let tag = control_tag(self.campaign, &field.id, part);
        let placeholder = if empty { "<w:showingPlcHdr />" } else { "" };
        format!(
            "<w:sdtPr><w:rPr><w:sz w:val=\"{size}\" /><w:szCs w:val=\"{size}\" /></w:rPr><w:alias w:val=\"{alias}\" />\
             <w:tag w:val=\"{tag}\" /><w:id w:val=\"{id}\" /><w:lock w:val=\"sdtLocked\" />{placeholder}{kind}</w:sdtPr>"
        )
    }

    /// Puts into a document's text what the library cannot say of its controls.
    pub(super) fn put_into(&self, document: &str) -> String {
        let mut parts = document.split(PROPERTIES);
        let first = parts.next().unwrap_or_default().to_owned();
        let whole = parts.zip(&self.made).fold(first, |whole, (part, property)| whole + property + part);
        self.repeat(&whole).replace("mc:Ignorable=\"w14 wp14\"", "mc:Ignorable=\"w14 w15 wp14\"")
    }

    fn repeat(&self, document: &str) -> String {
        const ITEM: &str = "<w:sdt><w:sdtPr><w15:repeatingSectionItem /></w:sdtPr><w:sdtContent>";
        const END: &str = "</w:sdtContent></w:sdt>";
        let mut parts = document.split(ROW);
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for (property, rows) in &self.repeated {
            for nth in 1..=*rows {
                let Some((row, rest)) = parts.next().and_then(|part| part.split_once(ROW_END)) else { return whole };
                let open = if nth == 1 { format!("<w:sdt>{property}<w:sdtContent>") } else { String::new() };
                let close = if nth == *rows { END } else { "" };
                whole.push_str(&format!("{open}{ITEM}{ROW}{row}{ROW_END}{END}{close}{rest}"));
            }
        }
        whole
    }
}

/// A text with its line breaks, all in one run: a control within a paragraph holds none.
fn lines(text: &str, size: usize) -> Run {
    let text = printable(text);
    let mut run = Run::new().size(size);
    for (nth, line) in text.split('\n').enumerate() {
        if nth > 0 {
            run = run.add_break(docx_rs::BreakType::TextWrapping);
        }
        let mut parts = line.split('\t');
        run = run.add_text(parts.next().unwrap_or_default());
        run = parts.fold(run, |run, part| run.add_tab().add_text(part));
    }
    run
}
