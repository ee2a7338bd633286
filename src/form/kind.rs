//! What a document without a filled form is: the draft of a speech, information, a cover letter, or something else.
//! Signs are weighed, each with its reason; where they do not suffice, it is something else.

use crate::{
    campaign::{Campaign, RequirementKind},
    document::{Block, Document, text_of},
};

use super::{
    Contents, Kind, Recogniser,
    front::{is_author, is_greeting},
    layout::names_school,
    subject::{self, shares_stem},
    vocabulary as say,
    words::{self, holds, is_small, spaced},
};

/// A paragraph from this length on, in characters, is prose.
const PROSE: usize = 120;

/// A line longer than this, in bytes, is no heading.
const LONGEST_HEADING: usize = 600;

/// Less text than this beside a form, in characters, is no speech.
pub(super) const SHORTEST_BESIDE: usize = 300;

/// What a heading says of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heading {
    /// That it is spoken.
    Speech,
    /// That it is something else, and what.
    Else(&'static str),
}

/// A weighed reason.
type Reason = (f32, String);

/// What is seen of a document.
#[derive(Debug)]
pub(super) struct Signs {
    /// Its text, folded.
    text: String,
    /// Its lines that are not empty.
    lines: Vec<String>,
    /// How many characters they have.
    length: usize,
    heading: Option<Heading>,
    /// Whether a heading of a speech stands anywhere in it.
    speech_within: bool,
    slides: bool,
    /// Whether its file is one of slides by its name.
    deck: bool,
    /// How many paragraphs of prose it has.
    prose: usize,
    /// How many of the campaign's own words it speaks of.
    topic: usize,
    /// How many of the words of the form's own questions it says.
    questions: usize,
    /// Whether it speaks of what schools speak of elsewhere: road safety, food.
    elsewhere: bool,
    /// Whether its title is such as any school's presentation bears.
    plainly_titled: bool,
    /// Whether its head speaks of what the letter asks for: «Проект выступления», «на окружном совещании».
    asked: bool,
    /// How many phrases of the letter it holds.
    letter: usize,
    /// The share of its text that stands in tables.
    tables: f32,
    /// The name of its file, folded.
    name: String,
    /// What it says of each requirement of information.
    information: f32,
}

impl Signs {
    /// Looks at a document.
    pub(super) fn of(campaign: &Campaign, recogniser: &Recogniser, document: &Document, name: Option<&str>) -> Self {
        let Recogniser { letter, subject, .. } = recogniser;
        let whole = document.text();
        let lines: Vec<String> =
            whole.split(['\n', '\t']).map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
        let length: usize = lines.iter().map(|line| line.chars().count()).sum();
        let text = spaced(&whole);
        let in_tables: usize = document
            .blocks
            .iter()
            .filter(|block| matches!(block, Block::Table(_)))
            .map(|block| text_of(std::slice::from_ref(block)).chars().count())
            .sum();
        let prose = document.blocks.iter().filter(|block| is_prose(block)).count();
        #[expect(clippy::cast_precision_loss, reason = "only a share is wanted")]
        let tables = in_tables as f32 / length.max(1) as f32;
        let title = name.map(spaced).unwrap_or_default();
        Self {
            heading: lines.iter().take(15).find_map(|line| heading(line)),
            speech_within: lines.iter().any(|line| heading(line) == Some(Heading::Speech)),
            slides: is_slides(document, name),
            deck: name.is_some_and(is_deck),
            prose,
            topic: subject.topics_in(&text) + subject.named_in(&whole, name),
            questions: if is_named(&title) { subject.questions_in(&text) } else { 0 },
            elsewhere: subject::is_elsewhere(&text),
            plainly_titled: lines.first().is_some_and(|line| subject::is_plain_title(line)),
            asked: is_asked(campaign, &lines),
            letter: letter.phrases_in(&text),
            tables,
            name: title,
            information: information(campaign, &text, &lines),
            length,
            lines,
            text,
        }
    }

    /// Whether its heading says that it is spoken.
    pub(super) fn speaks(&self) -> bool {
        self.heading == Some(Heading::Speech)
    }

    /// Whether it is headed as the very speech that the letter asks for.
    fn is_what_was_asked(&self) -> bool {
        self.asked && self.speaks()
    }

    /// Whether it is about the campaign's subject; what is headed as asked for need not say so again.
    fn is_on_subject(&self) -> bool {
        let spoken_about_it = self.topic >= 1 && self.speaks() && self.greets();
        // Short slides say little: their title must not be of something else.
        let presented = self.is_named() && self.head_names_school();
        let shown = self.topic >= 1 || self.speaks() || self.plainly_titled || presented;
        let few_slides = self.slides && !self.elsewhere && (self.length < 600 || self.speaks()) && shown;
        self.topic >= 2 || self.is_what_was_asked() || spoken_about_it || few_slides || self.is_sent_as_asked()
    }

    /// Whether it is a school's own speech, in a file named as one, that speaks of what the form asks.
    fn is_sent_as_asked(&self) -> bool {
        let whole = self.greets() && self.says(say::THANKS) && self.ours() >= 1;
        whole && self.is_named() && self.questions >= 4 && !self.elsewhere
    }

    /// How often it speaks of its own school.
    fn ours(&self) -> usize {
        say::OURS.iter().map(|phrase| self.text.matches(&spaced(phrase)).count()).sum()
    }

    /// Whether it is a presentation.
    pub(super) fn is_slides(&self) -> bool {
        self.slides
    }

    /// Whether its file is one of slides by its name.
    pub(super) fn is_deck(&self) -> bool {
        self.deck
    }

    /// Whether it opens as a speech does: with the heading of one and a greeting.
    pub(super) fn opens_as_speech(&self) -> bool {
        self.speaks() && self.greets()
    }

    /// Whether what stands beside a form is the draft of a speech.
    pub(super) fn is_speech_beside_a_form(&self) -> bool {
        let opens = self.speech_within || self.lines.iter().any(|line| greets_many(line));
        if !opens || self.topic < 2 || self.length < SHORTEST_BESIDE {
            return false;
        }
        let heading = if self.speech_within { 3.0 } else { 0.0 };
        self.draft().0 + heading >= 4.0
    }

    fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| holds(&self.text, phrase))
    }

    fn head_names_school(&self) -> bool {
        let head = self.lines.iter().take(12).take_while(|line| line.chars().count() < 200);
        head.clone().count() >= 2 && head.into_iter().any(|line| names_school(line))
    }

    /// How much speaks for the draft of a speech.
    fn draft(&self) -> (f32, Vec<Reason>) {
        let mut reasons: Vec<Reason> = Vec::new();
        let mut weigh = |applies: bool, weight: f32, why: &str| {
            if applies {
                reasons.push((weight, why.to_owned()));
            }
        };
        weigh(self.speaks(), 3.0, "its heading is a speech's");
        weigh(self.is_what_was_asked(), 1.5, "its head speaks of what the letter asks for");
        weigh(self.slides, 4.0, "it is a presentation of slides");
        weigh(self.greets(), 1.5, "it greets an audience");
        weigh(self.says(say::THANKS), 2.0, "it thanks for attention");
        weigh(self.says(say::SPOKEN), 1.5, "it speaks to listeners");
        let ours = self.ours();
        weigh(ours >= 1, if ours >= 3 { 1.0 } else { 0.5 }, "it tells of its own school");
        weigh(self.prose >= 2, if self.prose >= 3 { 1.5 } else { 0.75 }, "it has paragraphs of prose");
        weigh(self.topic >= 2, if self.topic >= 4 { 2.0 } else { 1.0 }, "it speaks of the campaign's subject");
        weigh(self.is_named(), 1.0, "its file is named like a speech");
        weigh(self.head_names_school(), 0.5, "a school stands on its title page");
        weigh(self.has_author(), 0.5, "it names its author");
        if let Some(Heading::Else(what)) = self.heading {
            weigh(true, -4.0, &format!("its heading is that of {what}"));
        }
        // Slides are as short as their maker likes.
        let short = if self.is_what_was_asked() { 200 } else { 300 };
        weigh(!self.slides && self.length < short, -3.0, "it is too short");
        weigh(self.slides && self.topic == 0 && self.length >= 600, -3.0, "it is about another subject");
        weigh(self.says(say::MONEY), -3.0, "it speaks of payments");
        weigh(self.says(say::ORDERS), -4.0, "it orders");
        weigh(self.timetable() >= 3, -3.0, "it is a timetable");
        weigh(!self.slides && self.tables > 0.6, -2.0, "most of it is a table");
        weigh(self.cover_signs() >= 2.0 && self.length < 2500, -2.0, "it is written as a letter");
        let score = reasons.iter().map(|(weight, _)| weight).sum();
        (score, reasons)
    }

    /// Whether anything but its subject shows that it is meant to be spoken.
    fn is_meant_to_be_spoken(&self) -> bool {
        self.speaks()
            || self.slides
            || self.greets()
            || self.says(say::THANKS)
            || self.says(say::SPOKEN)
            || (self.prose >= 3 && (self.is_named() || (self.head_names_school() && self.title_lines() >= 2)))
    }

    /// How many short lines stand above the first prose.
    fn title_lines(&self) -> usize {
        self.lines.iter().take_while(|line| line.chars().count() < PROSE && !line.ends_with('.')).count()
    }

    fn greets(&self) -> bool {
        self.lines.iter().take(30).any(|line| greets_many(line))
    }

    fn is_named(&self) -> bool {
        is_named(&self.name)
    }

    fn has_author(&self) -> bool {
        let short = |line: &&String| line.chars().count() < 200;
        self.lines.iter().take(12).filter(short).any(|line| is_author(line))
    }

    /// How many lines begin with a time of the day.
    fn timetable(&self) -> usize {
        self.lines.iter().filter(|line| begins_with_time(line)).count()
    }

    fn cover_signs(&self) -> f32 {
        let mut signs = 0.0;
        let mut weigh = |applies: bool, weight: f32| {
            if applies {
                signs += weight;
            }
        };
        weigh(self.says(say::SENDS), 1.5);
        weigh(self.says(&["сопроводительное письмо"]), 2.0);
        weigh(self.says(say::OUTGOING), 1.0);
        weigh(self.says(say::ENCLOSED), 1.0);
        weigh(self.says(say::IN_ANSWER), 1.0);
        weigh(self.lines.iter().any(|line| starts_with_any(line, say::ADDRESSEES)), 0.5);
        let signed = |line: &String| starts_with_any(line, &["директор", "и о директора", "заведующий", "с уважением"]);
        weigh(self.lines.iter().rev().take(6).any(signed), 0.5);
        signs
    }
}

/// Tells what a document is that holds no filled form.
pub(super) fn tell(campaign: &Campaign, signs: &Signs, blank: bool) -> Contents {
    let contents = |kind: Kind, why: Vec<String>| Contents {
        kind,
        forms: Vec::new(),
        labels: 0,
        also_draft: false,
        letterhead: String::new(),
        why,
    };
    if blank && !signs.is_speech_beside_a_form() {
        return contents(Kind::Other, vec!["the blank form".to_owned()]);
    }
    if signs.letter >= 2 && !signs.is_speech_beside_a_form() {
        return contents(Kind::Other, vec![format!("the letter itself: {} of its phrases", signs.letter)]);
    }
    let (score, reasons) = signs.draft();
    let told = reasons.iter().map(|(weight, why)| format!("{weight:+}: {why}"));
    let subject = signs.is_on_subject();
    let draft = score >= 4.0 && subject && signs.is_meant_to_be_spoken();
    let informs = signs.information >= 3.0 && campaign.requirements_of(RequirementKind::Information).next().is_some();
    if draft && (signs.speaks() || signs.slides || !informs) {
        return contents(Kind::Draft, told.collect());
    }
    let cover = signs.cover_signs();
    if cover >= 2.5 && signs.length <= 1800 && !signs.slides {
        return contents(Kind::CoverLetter, vec![format!("a short letter that sends something ({cover:+})")]);
    }
    if informs && !signs.speaks() {
        return contents(Kind::Information, vec![format!("it informs of what is asked ({:+})", signs.information)]);
    }
    let mut why = vec![format!("no form, and too little of a speech ({score:+})")];
    if score >= 4.0 && !subject {
        why.push("it speaks of another subject".to_owned());
    }
    why.extend(told);
    contents(Kind::Other, why)
}

/// Whether the name of a file, folded, is a speech's.
fn is_named(name: &str) -> bool {
    let stems = ["выступлен", "доклад", "тезис", "презентац", "опыт", "слайд", "речь"];
    name.split_whitespace().any(|word| stems.iter().any(|stem| word.starts_with(stem)))
}

fn is_prose(block: &Block) -> bool {
    match block {
        Block::Paragraph(paragraph) => paragraph.text.split('\n').any(|line| line.chars().count() >= PROSE),
        _ => false,
    }
}

/// What a line says as a heading: it begins with the word for a kind of document, and is short.
fn heading(line: &str) -> Option<Heading> {
    if line.len() > LONGEST_HEADING {
        return None;
    }
    let text = spaced(line);
    let words = text.split_whitespace().count();
    if words > 16 || (words > 3 && line.trim_end().ends_with(['.', ';', ','])) {
        return None;
    }
    let begins = |phrase: &&str| words::begins(&text, phrase);
    if say::SPEECHES.iter().any(begins) {
        return Some(Heading::Speech);
    }
    if let Some((_, what)) = say::OTHERS.iter().find(|(phrase, _)| begins(phrase)) {
        return Some(Heading::Else(what));
    }
    // «Программа» heads a programme; «Программа наставничества как ресурс развития» heads anything.
    let (_, what) = say::OTHERS_ALONE.iter().find(|(phrase, _)| begins(phrase))?;
    let capitals = !line.contains(char::is_lowercase);
    let event =
        text.split_whitespace().nth(1).is_some_and(|word| say::EVENTS.iter().any(|stem| word.starts_with(stem)));
    (words == 1 || capitals || event).then_some(Heading::Else(what))
}

fn greets_many(line: &str) -> bool {
    is_greeting(line) && say::AUDIENCES.iter().any(|who| holds(&spaced(line), who))
}

/// Whether a line begins with a time of the day: «10.00 – 10.15».
fn begins_with_time(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| !c.is_ascii_digit() && !c.is_alphabetic());
    let Some((hours, rest)) = line.split_once([':', '.', '-']) else { return false };
    let minutes: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let date = after.starts_with('.') && after.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit());
    let below = |text: &str, limit: u8| text.trim().parse::<u8>().is_ok_and(|number| number < limit);
    below(hours, 24) && minutes.len() == 2 && below(&minutes, 60) && !date
}

fn starts_with_any(line: &str, phrases: &[&str]) -> bool {
    let text = words::beginning(line);
    phrases.iter().any(|phrase| words::begins(&text, phrase))
}

/// Whether a document is a presentation: several pages, most of them short text.
fn is_slides(document: &Document, name: Option<&str>) -> bool {
    let pages: Vec<&[Block]> = document
        .blocks
        .split(|block| matches!(block, Block::Break))
        .filter(|page| page.iter().any(|block| !text_of(std::slice::from_ref(block)).trim().is_empty()))
        .collect();
    let written = |page: &&&[Block]| {
        page.iter().any(|block| matches!(block, Block::Paragraph(one) if !one.text.trim().is_empty()))
    };
    let letters: usize = pages.iter().map(|page| text_of(page).chars().count()).sum();
    let short = letters / pages.len().max(1) < 700;
    let table = matches!(name.map(extension).as_deref(), Some("xlsx" | "xls" | "ods"));
    let mostly = pages.iter().filter(written).count() * 2 >= pages.len();
    let known = name.is_some_and(is_deck) && !pages.is_empty();
    !table && mostly && (known || (pages.len() >= 4 && short))
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}

/// Whether a file is one of slides by its name.
fn is_deck(name: &str) -> bool {
    matches!(extension(name).as_str(), "pptx" | "ppt" | "odp" | "ppsx" | "pps")
}

/// Whether the first lines hold a phrase by which mail about the letter is known, in whatever case it stands.
fn is_asked(campaign: &Campaign, lines: &[String]) -> bool {
    let head: Vec<String> = lines.iter().take(12).flat_map(|line| words::words(line)).collect();
    campaign.recognition.words.iter().map(|phrase| words::words(phrase)).any(|phrase| {
        phrase.len() >= 2
            && head
                .windows(phrase.len())
                .any(|said| said.iter().zip(&phrase).all(|(said, word)| shares_stem(said, word)))
    })
}

/// How much a text says of what a requirement of information asks.
fn information(campaign: &Campaign, text: &str, lines: &[String]) -> f32 {
    let asked = campaign.requirements.iter().filter(|one| one.kind == RequirementKind::Information);
    let mut most: f32 = 0.0;
    for one in asked {
        let phrases: Vec<String> = one.words.iter().map(|word| spaced(word)).collect();
        let hits: usize = phrases.iter().map(|phrase| text.matches(phrase.as_str()).count()).sum();
        let head = spaced(&lines.iter().take(15).map(String::as_str).collect::<Vec<_>>().join(" "));
        let heads = phrases.iter().any(|phrase| head.contains(phrase.as_str()));
        let mut score = match (hits, heads) {
            (0, _) => continue,
            (1, false) => 0.5,
            (_, false) => 1.5,
            (_, true) => 2.0,
        };
        let begins = |line: &String| {
            starts_with_any(line, &["информация", "отчет", "справка", "сведения", "аналитическая справка"])
        };
        if lines.iter().take(15).any(begins) {
            score += 1.5;
        }
        let title = words::words(&one.title);
        let said = title.iter().filter(|word| !is_small(word) && head.contains(&format!(" {word} "))).count();
        if said * 2 >= title.len() {
            score += 1.0;
        }
        if lines.iter().map(|line| line.chars().count()).sum::<usize>() < 200 {
            score -= 2.0;
        }
        most = most.max(score);
    }
    most
}
