//! Text → tokens that no longer depend on how it was typed: case, ё, look-alike letters, quotes, dashes, invisible
//! characters and missing spaces are settled here. Every token remembers where it stood.

use std::{iter::Peekable, ops::Range, str::CharIndices};

use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

use super::vocabulary;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Letters, with inner hyphens; lower case, е for ё.
    Word,
    /// Decimal digits without leading zeros.
    Number,
    /// № and #.
    NumberSign,
    Quote,
    Open,
    Close,
    Comma,
    Semicolon,
    Dot,
    Dash,
    Slash,
    LineBreak,
    /// An address on the network, or a character that means nothing here.
    Noise,
}

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Lower,
    Capital,
    Upper,
}

/// A word, number or sign.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) mark: Mark,
    pub(super) text: String,
    pub(super) shape: Shape,
    /// Bytes of the text as it was given.
    pub(super) span: Range<usize>,
    /// Counted from 1.
    pub(super) line: usize,
    /// No white space stood before it.
    pub(super) glued: bool,
}

impl Token {
    /// Whether it is this word.
    pub(super) fn is(&self, word: &str) -> bool {
        self.mark == Mark::Word && self.text == word
    }
}

/// A character after normalisation, and the bytes it came from.
#[derive(Debug, Clone)]
struct Letter {
    c: char,
    span: Range<usize>,
}

/// An address on the network is looked for so many characters far.
const LONGEST_ADDRESS: usize = 256;

/// Cuts a text into tokens.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut cutter = Cutter { letters: letters(text), at: 0, line: 1, glued: false, out: Vec::new() };
    while cutter.at < cutter.letters.len() {
        cutter.step();
    }
    cutter.out
}

/// Normalisation form KC one character with its marks at a time, so that the place in the text is not lost. № is kept
/// (its compatibility form is «No»); a raised digit is a footnote's, not part of a number.
fn letters(text: &str) -> Vec<Letter> {
    let mut out = Vec::with_capacity(text.len());
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let end = cluster_end(&mut chars, start + c.len_utf8());
        let span = start..end;
        if c == '№' || (c.is_ascii() && end == start + 1) {
            out.push(Letter { c, span });
        } else if matches!(c, '²' | '³' | '¹' | '⁰' | '⁴'..='⁹' | '₀'..='₉') {
            out.push(Letter { c: ' ', span });
        } else if !is_invisible(c) {
            let cluster = text.get(span.clone()).unwrap_or_default();
            for c in cluster.nfkc().filter(|&c| canonical_combining_class(c) == 0 && !is_invisible(c)) {
                out.push(Letter { c, span: span.clone() });
            }
        }
    }
    out
}

fn cluster_end(chars: &mut Peekable<CharIndices<'_>>, mut end: usize) -> usize {
    while let Some((at, mark)) = chars.next_if(|&(_, c)| canonical_combining_class(c) != 0) {
        end = at + mark.len_utf8();
    }
    end
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}')
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\u{7}' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

struct Cutter {
    letters: Vec<Letter>,
    at: usize,
    line: usize,
    glued: bool,
    out: Vec<Token>,
}

impl Cutter {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).map(|letter| letter.c)
    }

    fn step(&mut self) {
        let Some(c) = self.peek(0) else { return };
        if is_line_break(c) {
            self.push(Mark::LineBreak, 1);
            self.line += 1;
        } else if c.is_whitespace() || c == '_' || c.is_control() {
            self.at += 1;
            self.glued = false;
        } else if let Some(length) = self.network_address() {
            self.push(Mark::Noise, length);
        } else if c.is_alphabetic() {
            self.word();
        } else if c.is_ascii_digit() {
            let length = self.run(0, |c| c.is_ascii_digit());
            self.push(Mark::Number, length);
        } else {
            self.push(sign(c), 1);
        }
    }

    /// The length of the run of such characters that begins `from` characters ahead.
    fn run(&self, from: usize, wanted: impl Fn(char) -> bool) -> usize {
        (from..).take_while(|&ahead| self.peek(ahead).is_some_and(&wanted)).count()
    }

    /// Digits and words of an e-mail or web address name no school.
    fn network_address(&self) -> Option<usize> {
        if self.glued && self.out.last().is_some_and(|token| token.mark == Mark::Word) {
            return None;
        }
        if self.glued && self.out.last().is_some_and(|token| token.mark == Mark::Number) && self.peek(0) != Some('@') {
            return None;
        }
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '(' | ')' | '«' | '»');
        let length = (0..LONGEST_ADDRESS).take_while(|&ahead| self.peek(ahead).is_some_and(|c| !ends(c))).count();
        let chunk = self.letters.get(self.at..self.at + length)?;
        let mark = |c: char| chunk.iter().any(|letter| letter.c == c);
        let starts = |prefix: &str| {
            chunk.iter().map(|letter| letter.c.to_ascii_lowercase()).take(prefix.len()).eq(prefix.chars())
        };
        let is_address = length > 3 && (mark('@') || starts("http:") || starts("https:") || starts("www."));
        is_address.then_some(length)
    }

    fn word(&mut self) {
        let mut run: Vec<Letter> = Vec::new();
        let line = self.line;
        loop {
            let length = self.run(0, char::is_alphabetic);
            run.extend_from_slice(self.letters.get(self.at..self.at + length).unwrap_or_default());
            self.at += length;
            // A hyphen joins a word; at the end of a line it breaks one, unless the next line begins with a capital.
            if !self.peek(0).is_some_and(is_hyphen) {
                break;
            }
            let broken = self.run(1, |c| matches!(c, '\r' | '\n' | ' '));
            let breaks = (1..=broken).filter(|&ahead| self.peek(ahead) == Some('\n')).count();
            let next = self.peek(1 + broken);
            if broken == 0 && next.is_some_and(char::is_alphabetic) {
                run.extend(self.letters.get(self.at).cloned());
            } else if breaks != 1 || !next.is_some_and(char::is_lowercase) {
                break;
            }
            self.line += breaks;
            self.at += 1 + broken;
        }
        // A broken word stands where it begins.
        let end = std::mem::replace(&mut self.line, line);
        for part in scripts(&run) {
            for piece in glued_words(part) {
                self.push_word(&piece);
            }
        }
        self.line = end;
    }

    fn push_word(&mut self, letters: &[Letter]) {
        let (Some(first), Some(last)) = (letters.first(), letters.last()) else { return };
        let upper = letters.iter().filter(|letter| letter.c.is_uppercase()).count();
        let lower = letters.iter().filter(|letter| letter.c.is_lowercase()).count();
        let shape = match (first.c.is_uppercase(), upper, lower) {
            (false, _, _) => Shape::Lower,
            (true, 2.., 0) => Shape::Upper,
            _ => Shape::Capital,
        };
        let span = first.span.start..last.span.end;
        self.out.push(Token {
            mark: Mark::Word,
            text: folded(letters),
            shape,
            span,
            line: self.line,
            glued: self.glued,
        });
        self.glued = true;
    }

    fn push(&mut self, mark: Mark, length: usize) {
        let letters = self.letters.get(self.at..self.at + length).unwrap_or_default();
        let (Some(first), Some(last)) = (letters.first(), letters.last()) else { return };
        let mut text: String = letters.iter().map(|letter| letter.c).collect();
        if mark == Mark::Number {
            let significant = text.trim_start_matches('0');
            text = if significant.is_empty() { "0".to_owned() } else { significant.to_owned() };
        }
        let span = first.span.start..last.span.end;
        self.out.push(Token { mark, text, shape: Shape::Lower, span, line: self.line, glued: self.glued });
        self.at += length;
        self.glued = mark != Mark::LineBreak;
    }
}

fn sign(c: char) -> Mark {
    match c {
        '№' | '#' => Mark::NumberSign,
        '(' | '[' | '{' => Mark::Open,
        ')' | ']' | '}' => Mark::Close,
        ',' => Mark::Comma,
        ';' => Mark::Semicolon,
        '.' => Mark::Dot,
        '/' | '\\' | '|' => Mark::Slash,
        '"'
        | '\''
        | '«'
        | '»'
        | '<'
        | '>'
        | '`'
        | '´'
        | '\u{2018}'..='\u{201f}'
        | '\u{2039}'
        | '\u{203a}'
        | '\u{2032}'
        | '\u{2033}'
        | '\u{301d}'..='\u{301f}' => Mark::Quote,
        c if is_hyphen(c) => Mark::Dash,
        _ => Mark::Noise,
    }
}

/// Letters of a word in lower case, е for ё, one kind of hyphen.
fn folded(letters: &[Letter]) -> String {
    letters
        .iter()
        .flat_map(|letter| letter.c.to_lowercase())
        .map(|c| match c {
            'ё' => 'е',
            c if is_hyphen(c) => '-',
            c => c,
        })
        .collect()
}

/// The Cyrillic letter that a Latin or Greek one looks like.
fn look_alike(c: char) -> Option<char> {
    Some(match c {
        'A' | 'Α' => 'А',
        'B' | 'Β' => 'В',
        'C' => 'С',
        'E' | 'Ε' => 'Е',
        'H' | 'Η' => 'Н',
        'K' | 'Κ' => 'К',
        'M' | 'Μ' => 'М',
        'O' | 'Ο' => 'О',
        'P' | 'Ρ' => 'Р',
        'T' | 'Τ' => 'Т',
        'X' | 'Χ' => 'Х',
        'Y' | 'Υ' => 'У',
        'Ë' => 'Ё',
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'k' | 'κ' => 'к',
        'm' => 'м',
        'o' | 'ο' => 'о',
        'p' | 'ρ' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        'ë' => 'ё',
        _ => return None,
    })
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

/// One word of look-alikes becomes Cyrillic; where another alphabet's letters remain, the word is cut at the change
/// («СОШN3»).
fn scripts(run: &[Letter]) -> Vec<Vec<Letter>> {
    let mut parts: Vec<Vec<Letter>> = Vec::new();
    let mut foreign = None;
    for chunk in run.chunk_by(|a, b| (is_cyrillic(a.c) || is_hyphen(a.c)) == (is_cyrillic(b.c) || is_hyphen(b.c))) {
        let replaced: Option<Vec<Letter>> = chunk
            .iter()
            .map(|letter| {
                let kept = is_cyrillic(letter.c) || is_hyphen(letter.c);
                let c = if kept { Some(letter.c) } else { look_alike(letter.c) };
                c.map(|c| Letter { c, span: letter.span.clone() })
            })
            .collect();
        let is_foreign = replaced.is_none();
        let letters = replaced.unwrap_or_else(|| chunk.to_vec());
        match parts.last_mut() {
            Some(last) if foreign == Some(is_foreign) => last.extend(letters),
            _ => parts.push(letters),
        }
        foreign = Some(is_foreign);
    }
    parts
}

/// Words typed without a space between them: «МОУКиришская», «КиришскаяСОШ», «МОУСОШ», «школа-интернат». They are cut
/// only where a part is a known abbreviation or kind of school, so that no ordinary word falls apart.
fn glued_words(letters: Vec<Letter>) -> Vec<Vec<Letter>> {
    let whole = folded(&letters);
    if vocabulary::is_known(&whole) {
        return vec![letters];
    }
    if letters.iter().any(|letter| is_hyphen(letter.c)) {
        let parts: Vec<Vec<Letter>> = letters.split(|letter| is_hyphen(letter.c)).map(<[Letter]>::to_vec).collect();
        let cut = parts.iter().any(|part| vocabulary::is_kind(&folded(part)));
        return if cut { parts.into_iter().flat_map(glued_words).collect() } else { vec![letters] };
    }
    if let Some((first, rest)) = vocabulary::seam(&whole).and_then(|at| letters.split_at_checked(at)) {
        return std::iter::once(first.to_vec()).chain(glued_words(rest.to_vec())).collect();
    }
    let mut parts: Vec<Vec<Letter>> = Vec::new();
    for (at, letter) in letters.iter().enumerate() {
        let previous = at.checked_sub(1).and_then(|at| letters.get(at));
        let next = letters.get(at + 1);
        let begins = letter.c.is_uppercase()
            && previous.is_some_and(|one| one.c.is_lowercase() || next.is_some_and(|two| two.c.is_lowercase()));
        match parts.last_mut() {
            Some(last) if !begins => last.push(letter.clone()),
            _ => parts.push(vec![letter.clone()]),
        }
    }
    let cut = parts.len() > 1 && parts.iter().any(|part| vocabulary::is_abbreviation(&folded(part)));
    if cut { parts } else { vec![letters] }
}
