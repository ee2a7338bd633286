//! What a mail's author wrote himself, told from the mails that he quotes or forwards and from his signature. Mail
//! programs mark these in dozens of ways; where none of them is seen, everything stays the author's own.

use super::{Interleaved, dialogue::Dialogue};
use crate::document::{Block, Paragraph, Table, html::Zone, text_of};

/// How many lines of a text are looked at.
const LINES: usize = 100_000;

/// A body taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) own: Vec<Block>,
    pub(super) signature: String,
    pub(super) quoted: String,
    pub(super) forwarded: Vec<Block>,
    pub(super) interleaved: Vec<Interleaved>,
    pub(super) tables: Vec<Table>,
}

/// The lines of a plain text; those behind «>» are quoted.
pub(super) fn lines(text: &str) -> Vec<(Zone, Block)> {
    let line = |line: &str| {
        let shown: String = line.trim_end().chars().filter(|c| !c.is_control() || *c == '\t').collect();
        let quoted = shown.trim_start().starts_with('>');
        let text = if quoted { shown.trim_start_matches(['>', ' ', '\u{A0}']) } else { &shown };
        (if quoted { Zone::Quoted } else { Zone::Own }, Block::Paragraph(Paragraph::from(text)))
    };
    text.replace("\r\n", "\n").replace('\r', "\n").trim_end().split('\n').take(LINES).map(line).collect()
}

/// Where the reading has come to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The author speaks.
    Own,
    /// All that follows is quoted.
    Quoted,
    /// All that follows is forwarded.
    Forwarded,
}

/// Takes a body apart. `forward`: whether the subject or the thread says that an original below is forwarded rather
/// than answered, which the block that Outlook puts above it does not tell.
pub(super) fn split(blocks: Vec<(Zone, Block)>, forward: bool) -> Parts {
    let mut parts = Parts::default();
    let mut dialogue = Dialogue::default();
    let (mut quoted, mut signed) = (Vec::new(), Vec::new());
    let mut state = State::Own;
    let mut attributed = false;
    let mut skip = 0;
    for at in 0..blocks.len() {
        let Some((zone, block)) = blocks.get(at) else { break };
        let rest = blocks.get(at..).unwrap_or_default();
        let line = line(block);
        if skip > 0 {
            skip -= 1;
            quoted.push(block.clone());
            continue;
        }
        match state {
            State::Forwarded if ends_forward(line) => state = State::Own,
            State::Forwarded => parts.forwarded.push(block.clone()),
            State::Quoted => {
                dialogue.table(block);
                quoted.push(block.clone());
            }
            State::Own if begins_forward(line) => state = State::Forwarded,
            State::Own if *zone == Zone::Quoted => {
                dialogue.quoted(block);
                quoted.push(block.clone());
            }
            State::Own if *zone == Zone::Signature => signed.push(block.clone()),
            State::Own if *zone == Zone::Indented && attributed => {
                dialogue.quoted(block);
                quoted.push(block.clone());
            }
            State::Own if begins_original(line) || header_block(rest) => {
                state = if forward { State::Forwarded } else { State::Quoted };
                if forward { parts.forwarded.push(block.clone()) } else { quoted.push(block.clone()) }
            }
            State::Own => match attribution(rest) {
                Some((length, answered_below)) => {
                    quoted.push(block.clone());
                    skip = length - 1;
                    attributed = true;
                    if !answered_below {
                        state = State::Quoted;
                    }
                }
                None => {
                    attributed &= line.is_empty() && matches!(block, Block::Paragraph(_));
                    dialogue.own(line);
                    parts.own.push(block.clone());
                }
            },
        }
    }
    (parts.interleaved, parts.tables) = dialogue.finish();
    trim(&mut parts.own);
    trim(&mut parts.forwarded);
    let own_signature = cut_signature(&mut parts.own);
    trim(&mut parts.own);
    parts.signature = [text_of(&own_signature), text_of(&signed)].join("\n").trim().to_owned();
    parts.quoted = [text_of(&quoted), text_of(&parts.forwarded)].join("\n").trim().to_owned();
    parts
}

/// The text of a paragraph, without white space at its ends; nothing for a table.
fn line(block: &Block) -> &str {
    match block {
        Block::Paragraph(paragraph) => paragraph.text.trim(),
        _ => "",
    }
}

/// What is left of a line without the dashes around it, in lower case, and whether there were any before it.
fn bare(line: &str) -> Option<(String, bool)> {
    if line.len() > 200 {
        return None;
    }
    let rule = |c: char| matches!(c, '-' | '—' | '–' | '_' | '=' | '*' | '#');
    let dashed = line.starts_with("--") || line.starts_with(['—', '–', '_', '=']);
    Some((line.trim_matches(|c: char| rule(c) || c.is_whitespace()).to_lowercase(), dashed))
}

fn begins_forward(line: &str) -> bool {
    const MARKS: [&str; 16] = [
        "пересылаемое сообщение",
        "пересланное сообщение",
        "пересылаемое письмо",
        "пересланное письмо",
        "перенаправленное сообщение",
        "перенаправленное письмо",
        "переадресованное сообщение",
        "переадресованное письмо",
        "начало пересылаемого сообщения",
        "начало пересланного сообщения",
        "начало переадресованного сообщения",
        "начало переадресованного письма",
        "forwarded message",
        "forwarded mail",
        "begin forwarded message",
        "forwarded by",
    ];
    bare(line).is_some_and(|(text, dashed)| {
        MARKS.iter().any(|mark| {
            text.strip_prefix(mark).is_some_and(|rest| {
                // «Пересылаемое сообщение от …» with dashes; without them only the bare words and a colon.
                if dashed { rest.is_empty() || rest.starts_with([' ', ':', '(']) } else { rest == ":" || rest == "." }
            })
        })
    })
}

fn ends_forward(line: &str) -> bool {
    bare(line).is_some_and(|(text, dashed)| {
        let ends = [
            "конец пересылаемого",
            "конец пересланного",
            "конец переадресованного",
            "end forwarded",
            "end of forwarded",
        ];
        dashed && ends.iter().any(|end| text.starts_with(end))
    })
}

fn begins_original(line: &str) -> bool {
    const MARKS: [&str; 10] = [
        "original message",
        "original appointment",
        "исходное сообщение",
        "исходное письмо",
        "оригинал сообщения",
        "оригинальное сообщение",
        "первоначальное сообщение",
        "reply message",
        "сообщение",
        "ursprüngliche nachricht",
    ];
    bare(line).is_some_and(|(text, dashed)| dashed && MARKS.iter().any(|mark| text.trim_end_matches(':') == *mark))
}

/// Whether here begins the block «От: … Отправлено: … Кому: … Тема: …» that stands above a quoted or forwarded mail.
fn header_block(rest: &[(Zone, Block)]) -> bool {
    const FROM: [&str; 5] = ["от:", "от кого:", "from:", "отправитель:", "von:"];
    const SENT: [&str; 7] = ["отправлено:", "дата:", "sent:", "date:", "дата отправки:", "gesendet:", "отправлен:"];
    const OTHER: [&str; 9] = ["кому:", "to:", "копия:", "cc:", "тема:", "subject:", "an:", "betreff:", "ответить:"];
    let lines = rest.iter().map(|(_, block)| line(block)).filter(|line| !line.is_empty()).take(7);
    let mut lines = lines.map(|line| line.replace('*', "").trim().to_lowercase());
    let begins = |line: &str, keys: &[&str]| keys.iter().any(|key| line.starts_with(key));
    // Not from a blank line on: the block begins with its own first line.
    let here = rest.first().is_some_and(|(_, block)| !line(block).is_empty());
    let Some(first) = lines.next().filter(|first| here && begins(first, &FROM)) else { return false };
    let following: Vec<String> = lines.collect();
    let sent = following.iter().any(|line| begins(line, &SENT));
    let others = following.iter().filter(|line| begins(line, &OTHER)).count();
    (sent && others >= 1) || (first.contains('@') && others >= 2)
}

/// The line or lines that announce a quotation («14.11.2022 12:00, Комитет <…> пишет:»): how many there are, and whether
/// only what is marked behind them is quoted, so that the author may go on in between.
fn attribution(rest: &[(Zone, Block)]) -> Option<(usize, bool)> {
    let (zone, _) = rest.first()?;
    let run: Vec<&str> = rest
        .iter()
        .take(3)
        .take_while(|(z, _)| z == zone)
        .map(|(_, block)| line(block))
        .take_while(|line| !line.is_empty())
        .collect();
    for length in 1..=run.len() {
        let joined = run.get(..length)?.join(" ");
        let marked = marked_behind(rest.get(length..).unwrap_or_default());
        // A line that does not look like the first half of an announcement is the author's own last word.
        let halves = length == 1 || run.first().is_some_and(|first| first.contains(|c: char| c.is_ascii_digit()));
        let later = (1..length).any(|from| run.get(from..length).is_some_and(|run| announces(&run.join(" "), marked)));
        if halves && !later && announces(&joined, marked) {
            return Some((length, marked));
        }
    }
    None
}

/// Whether the next thing that is not blank is marked as quoted.
fn marked_behind(rest: &[(Zone, Block)]) -> bool {
    rest.iter()
        .find(|(_, block)| !line(block).is_empty() || matches!(block, Block::Table(_)))
        .is_some_and(|(zone, _)| matches!(zone, Zone::Quoted | Zone::Indented))
}

fn announces(line: &str, marked: bool) -> bool {
    const VERBS: [&str; 12] = [
        "пишет",
        "писал",
        "писала",
        "написал",
        "написала",
        "написал(а)",
        "написал(-а)",
        "писал(а)",
        "wrote",
        "writes",
        "schrieb",
        "сообщил(а)",
    ];
    if line.chars().count() > 300 {
        return false;
    }
    let line = line.to_lowercase();
    let Some(line) = line.trim_end_matches(['-', ' ']).strip_suffix(':') else { return false };
    let line = line.trim_end();
    let verb = VERBS.iter().any(|verb| line.ends_with(verb) && line.len() > verb.len());
    let dated = line.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 4 && digits.starts_with("20"))
        || line.contains(|c: char| c.is_ascii_digit()) && line.contains(':');
    let address = line.contains('@');
    (verb && (dated || address || marked)) || (dated && address)
}

/// Cuts the signature off: what follows «--» or a closing formula, where it is short enough to be one.
fn cut_signature(own: &mut Vec<Block>) -> Vec<Block> {
    for at in 0..own.len() {
        let Some(block) = own.get(at) else { break };
        let line = line(block);
        let most = if line == "--" {
            30
        } else if matches!(line, "—" | "–") {
            // Typed by hand, and an empty answer as often.
            8
        } else if closes(line) {
            12
        } else {
            continue;
        };
        let rest = own.get(at..).unwrap_or_default();
        let short = rest.iter().filter(|block| !self::line(block).is_empty()).nth(most).is_none()
            && rest.iter().all(|block| matches!(block, Block::Paragraph(p) if p.text.chars().count() <= 200));
        if short && !rest.iter().any(|block| is_item(self::line(block))) {
            return own.split_off(at);
        }
    }
    Vec::new()
}

/// «12. Оцените эффективность»: a numbered line is a form's, and no signature's.
fn is_item(line: &str) -> bool {
    let after = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = line.len() - after.len();
    (1..=2).contains(&digits)
        && after.strip_prefix(['.', ')']).is_some_and(|text| text.trim_start().starts_with(char::is_alphabetic))
}

/// Whether a line is a closing formula.
pub(super) fn closes(line: &str) -> bool {
    const FORMULAS: [&str; 12] = [
        "с уважением",
        "с искренним уважением",
        "с глубоким уважением",
        "с наилучшими пожеланиями",
        "всего доброго",
        "всего наилучшего",
        "best regards",
        "kind regards",
        "sincerely",
        "regards,",
        "sent from my",
        "sent from mail",
    ];
    const DEVICES: [&str; 4] = ["отправлено из ", "отправлено с ", "отправлено через ", "послано с "];
    let lower = line.to_lowercase();
    if line.chars().count() > 120 {
        return false;
    }
    let formula = FORMULAS.iter().any(|formula| {
        lower.strip_prefix(formula).is_some_and(|rest| rest.is_empty() || !rest.starts_with(char::is_alphabetic))
            && !lower.contains(" относ")
    });
    formula || DEVICES.iter().any(|device| lower.starts_with(device) && line.chars().count() <= 60)
}

/// Drops blank lines and rules at both ends.
fn trim(blocks: &mut Vec<Block>) {
    let blank = |block: &Block| match block {
        Block::Paragraph(paragraph) => paragraph
            .text
            .trim_matches(|c: char| c.is_whitespace() || (c == '_' && paragraph.text.len() > 9))
            .is_empty(),
        Block::Table(_) => false,
        Block::Break => true,
    };
    while blocks.last().is_some_and(blank) {
        blocks.pop();
    }
    let lead = blocks.iter().take_while(|block| blank(block)).count();
    blocks.drain(..lead);
}

#[cfg(test)]
#[path = "quote_tests.rs"]
mod tests;
