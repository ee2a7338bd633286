//! Where the letter ends and its annexes begin.

use super::{
    pattern::pattern,
    schedule,
    text::{Line, Part, fold},
};

/// An annex: a heading and what follows it.
#[derive(Debug, Clone)]
pub(super) struct Annex<'a> {
    /// Its number, where it bears one.
    pub(super) number: Option<usize>,
    /// The lines of its heading, without numbers and dates of the letter.
    pub(super) heading: Vec<String>,
    /// All of its parts, heading included.
    pub(super) parts: Vec<Part<'a>>,
}

/// With what the heading of an annex begins.
pub(super) const HEADINGS: &str = r"^(?:ИНФОРМАЦИ[ЯИ]|ФОРМА|АНКЕТА|ГРАФИК|СВЕДЕНИЯ|ПЕРЕЧЕНЬ|СПИСОК|ЗАЯВКА|ОТЧ[ЕЁ]Т|ОПРОСН\w+|ПЛАН|ПЛАН-ГРАФИК|ПРОГРАММА|СПРАВКА|МОНИТОРИНГ|ПАСПОРТ|РАСПИСАНИЕ|ЧЕК-ЛИСТ|КАРТА|КАРТОЧКА|ТАБЛИЦА|ДАННЫЕ|ПОЛОЖЕНИЕ)(?:[\s,.:]|$)";

/// The letter itself and its annexes.
pub(super) fn split<'p, 'a>(parts: &'p [Part<'a>]) -> (&'p [Part<'a>], Vec<Annex<'a>>) {
    let starts: Vec<usize> = starts(parts);
    let body = parts.get(..starts.first().copied().unwrap_or(parts.len())).unwrap_or(parts);
    let ends = starts.iter().skip(1).copied().chain([parts.len()]);
    let annexes = starts.iter().zip(ends).map(|(&from, to)| annex(parts.get(from..to).unwrap_or_default()));
    (body, annexes.collect())
}

fn starts(parts: &[Part<'_>]) -> Vec<usize> {
    let mut starts: Vec<usize> = Vec::new();
    // Whether something has stood in the current section that is more than a heading.
    let mut filled = false;
    let mut text_seen = false;
    for (at, part) in parts.iter().enumerate() {
        let begins = match part {
            Part::Line(line) if is_annex_word(&line.text) => text_seen,
            Part::Line(line) => text_seen && filled && is_heading(line) && leads_to_content(parts, at),
            Part::Break => text_seen && filled && heads_an_annex(parts, at),
            Part::Table(_) => {
                text_seen
                    && starts.is_empty()
                    && !parts.iter().skip(at).any(|part| part.text().chars().count() > 300)
                    && is_behind_signature(parts, at)
            }
        };
        if begins && (filled || starts.is_empty()) {
            starts.push(at);
            filled = false;
        }
        match part {
            Part::Table(_) => filled = true,
            Part::Line(line) => {
                text_seen = text_seen
                    || line.text.chars().count() > 120
                    || (line.text.chars().count() > 60 && line.text.ends_with('.'));
                filled = filled
                    || line.text.chars().count() > 120
                    || (starts.is_empty() && text_seen)
                    || line.text.contains("___") && !pattern!(r"(?i)№\s*_|от\s*_").is_match(&line.text);
            }
            Part::Break => {}
        }
    }
    starts
}

/// «Приложение», «Приложение № 2 к письму …» – but not «Приложение: на 2 л.», which stands in the letter.
fn is_annex_word(text: &str) -> bool {
    pattern!(r"(?i)^приложение\s*(?:№|N)?\s*\d{0,2}\s*(?:$|\(?к\s)").is_match(text)
}

fn is_heading(line: &Line) -> bool {
    line.text.chars().count() <= 150 && pattern!(HEADINGS).is_match(&line.text)
}

/// A table or questions follow a heading soon.
fn leads_to_content(parts: &[Part<'_>], at: usize) -> bool {
    let next = parts.iter().skip(at + 1).take(8);
    let mut questions = 0;
    for part in next {
        match part {
            Part::Table(_) => return true,
            Part::Line(line)
                if line.text.contains("___")
                    || line.marker.is_some()
                    || pattern!(r"^\d{1,2}[.)]\s").is_match(&line.text) =>
            {
                questions += 1;
            }
            _ => {}
        }
    }
    questions >= 2
}

/// A page begins anew, and its first lines head an annex.
fn heads_an_annex(parts: &[Part<'_>], at: usize) -> bool {
    let lines: Vec<&Line> = parts.iter().skip(at + 1).take(8).map_while(Part::line).collect();
    lines.iter().any(|line| is_annex_word(&line.text) || is_heading(line))
        || (lines.len() < 6 && matches!(parts.get(at + 1 + lines.len()), Some(Part::Table(_))))
}

/// Nothing but the signature and the executor stands between the letter's text and a table.
fn is_behind_signature(parts: &[Part<'_>], at: usize) -> bool {
    let before: Vec<&str> = parts.iter().take(at).rev().take(6).map(Part::text).collect();
    before.iter().any(|text| pattern!(r"(?i)^исп(?:\.|олн)").is_match(text))
}

fn annex<'a>(parts: &[Part<'a>]) -> Annex<'a> {
    let number = parts.iter().take(4).find_map(|part| {
        let found = pattern!(r"(?i)^приложение\s*(?:№|N)?\s*(\d{1,2})").captures(part.text())?;
        found.get(1)?.as_str().parse().ok()
    });
    let mut heading: Vec<String> = Vec::new();
    for part in parts {
        let Part::Line(line) = part else {
            if matches!(part, Part::Table(_)) {
                break;
            }
            continue;
        };
        let text = without_stamp(&line.text);
        let question =
            line.marker.is_some() || line.text.contains("___") || pattern!(r"^\d{1,2}[.)]\s").is_match(&line.text);
        if (question || is_content(&text)) && !heading.is_empty() {
            break;
        }
        let skip = text.is_empty()
            || is_annex_word(&text)
            || question
            || pattern!(r"(?i)^(?:к письму|от\s+[_«\d]|утвержд|\(|№|комитета |департамента |министерства |управления |образования )").is_match(&text);
        if !skip {
            heading.push(text);
        }
        if heading.len() >= 6 {
            break;
        }
    }
    Annex { number, heading, parts: parts.to_vec() }
}

/// A day, a district or a school: the list that the heading heads has begun.
fn is_content(text: &str) -> bool {
    let short = text.chars().count() < 60;
    let listed = pattern!(r#"^(?:[А-ЯЁ]{2,}У\s+[«"“]|\d{1,2}[.\s]\s*(?:\d{2}|[а-я]{3,8}))"#);
    listed.is_match(text) || (short && (text.ends_with(':') || schedule::district_of(text).is_some()))
}

/// A heading without the letter's date and number that a machine has stamped on it.
fn without_stamp(text: &str) -> String {
    let stamp = pattern!(r"\s*\d{2}\.\d{2}\.\d{4}\s+(?:№\s*)?\S*\d\S*$");
    stamp.replace(text, "").trim().to_owned()
}

impl Annex<'_> {
    /// How people call it.
    pub(super) fn name(&self, at: usize) -> String {
        let title = super::text::begin(&self.title(), 70);
        match self.number {
            Some(number) => format!("приложение {number} «{title}»"),
            None => format!("приложение по порядку {} «{title}»", at + 1),
        }
    }

    /// Its heading in one line, spelled as a sentence.
    pub(super) fn title(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        for word in self.heading.iter().flat_map(|line| line.split(' ')) {
            let loud = word.chars().filter(|c| c.is_alphabetic()).count() > 3
                && !word.contains(['«', '»', '"'])
                && word.chars().all(|c| !c.is_alphabetic() || c.is_uppercase());
            words.push(if loud { fold_case(word) } else { word.to_owned() });
        }
        super::russian::sentence(words.join(" ").trim_end_matches([':', '.', '*', ' ']))
    }
}

fn fold_case(word: &str) -> String {
    word.to_lowercase()
}

/// The note under a schedule that says what a school may send that is not in it.
pub(super) fn footnote(annexes: &[Annex<'_>]) -> Option<String> {
    let about = |text: &str| {
        let text = fold(text);
        (text.starts_with('*') || text.contains("по желанию"))
            && (text.contains("не явля") || text.contains("по желанию") || text.contains("не вош"))
    };
    annexes.iter().flat_map(|annex| &annex.parts).map(Part::text).find(|text| about(text)).map(str::to_owned)
}
