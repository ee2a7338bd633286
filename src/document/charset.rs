//! Bytes of a text → the text: by its mark, by what is declared, and, where that is missing or wrong (common in
//! Russian mail: raw windows-1251 in a header, koi8-r called us-ascii), by which Cyrillic code page reads as Russian.

use std::{collections::HashSet, sync::LazyLock};

use encoding_rs::{
    Encoding, IBM866, ISO_8859_5, KOI8_R, KOI8_U, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252, X_MAC_CYRILLIC,
};

/// How many bytes a guess looks at.
const SAMPLE: usize = 16 << 10;

/// The code pages that Russian text comes in, the likeliest first: the earlier one wins a tie.
const CYRILLIC: [&Encoding; 5] = [WINDOWS_1251, KOI8_R, IBM866, ISO_8859_5, X_MAC_CYRILLIC];

/// The commonest pairs of letters in Russian: together about two thirds of all pairs.
const PAIRS: &str = "ст но то на ен ов ни ра во ко по пр ро ре та ер ть го не ли ал ос ор ол ка ва ла от ом ле ел ин \
    ет де ат ть ло ан да ес ри ис ть ме ви ит ог ем ам об ие ия ых ый ой ий ая ое ую ью ся ак ар ас ав ад ве вс вы ги \
    ди до за зо ив ид из ик ил им их ищ ки кр кт ку лу ль лю ля ма ми мо му мы нн ну ны нь ня од оз ок он оп от оц оч \
    ош ощ па пе пи пу ру ры ря са св се си ск сл см со сс су те ти тр тс ту ты уд ук ул ум ун ус ут уч хо це ци ча че \
    чи ше ши шк шл юч яв яд яз ят гл бр бо бл бу бы ба бе аб аг аз ац ащ ев ег ед еж ез ек еч жд же жи ив ые ей ям ях";

/// The text of these bytes. `declared` is a name of a charset by the sender, in any spelling; wrong ones are overruled
/// only where the bytes speak clearly. Never fails: what cannot be read becomes U+FFFD.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> String {
    let encoding = detect(bytes, declared);
    encoding.decode(bytes).0.into_owned()
}

fn detect(bytes: &[u8], declared: Option<&str>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    let declared = declared.and_then(by_label);
    if let Some(encoding) = unmarked_utf16(bytes) {
        return encoding;
    }
    // Encodings that are no superset of ASCII (ISO-2022-JP) or whose letters can look like UTF-8 (GBK) are taken as
    // they are declared, except UTF-16, which nobody sends without the NULs seen above.
    let foreign = |encoding: &&'static Encoding| !encoding.is_single_byte() && *encoding != UTF_8;
    if let Some(encoding) = declared.filter(foreign).filter(|e| *e != UTF_16LE && *e != UTF_16BE) {
        return encoding;
    }
    if is_utf8(bytes) {
        return UTF_8;
    }
    match declared {
        Some(encoding) if encoding == WINDOWS_1252 => cyrillic(bytes).unwrap_or(WINDOWS_1252),
        Some(encoding) if CYRILLIC.contains(&encoding) || encoding == KOI8_U => match cyrillic(bytes) {
            Some(better) if score(bytes, encoding) < 0 => better,
            _ => encoding,
        },
        Some(encoding) if encoding.is_single_byte() => encoding,
        _ => cyrillic(bytes).unwrap_or(WINDOWS_1251),
    }
}

/// The encoding of a charset's name; also of the names that only mail programs use.
fn by_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    Encoding::for_label(label.as_bytes()).or_else(|| {
        let bare: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
        Some(match bare.as_str() {
            "cp1251" | "win1251" | "windows1251" | "ansi1251" | "1251" | "xcp1251" => WINDOWS_1251,
            "cp866" | "ibm866" | "866" | "dos866" | "xcp866" => IBM866,
            "koi8" | "koi8r" | "koi8ru" => KOI8_R,
            "utf8" | "unicode" | "utf" => UTF_8,
            "ansi" | "ascii" | "usascii" | "iso88591" | "latin" | "8bit" => WINDOWS_1252,
            _ => return None,
        })
    })
}

/// UTF-16 without its mark: every other byte of ASCII is NUL, every other byte of Russian is 4.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(SAMPLE) & !1)?;
    if head.len() < 4 {
        return None;
    }
    let high = |parity: usize| head.iter().skip(parity).step_by(2).filter(|b| matches!(b, 0 | 4)).count();
    let (even, odd) = (high(0), high(1));
    let most = head.len() / 2 * 9 / 10;
    if odd >= most.max(1) && even * 4 < odd {
        Some(UTF_16LE)
    } else if even >= most.max(1) && odd * 4 < even {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether bytes are UTF-8, but for a character cut at an end or a few broken ones among many good ones.
fn is_utf8(bytes: &[u8]) -> bool {
    if std::str::from_utf8(bytes).is_ok() {
        return true;
    }
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good >= 2 && bad * 4 <= good
}

/// The Cyrillic code page in which bytes read as Russian; `None` where they do in none.
fn cyrillic(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut best: Option<(i64, &'static Encoding)> = None;
    for encoding in CYRILLIC {
        let score = score(bytes, encoding);
        if score > best.map_or(0, |(best, _)| best) {
            best = Some((score, encoding));
        }
    }
    best.map(|(_, encoding)| encoding)
}

/// How Russian bytes look in an encoding: common pairs of letters speak for it; capitals behind small letters, lines
/// and shades, letters of other languages against it.
fn score(bytes: &[u8], encoding: &'static Encoding) -> i64 {
    let sample = bytes.get(..bytes.len().min(SAMPLE)).unwrap_or_default();
    let text = encoding.decode_without_bom_handling(sample).0;
    let mut score = 0;
    let mut before = ' ';
    for c in text.chars() {
        score += match (russian(before), russian(c)) {
            (true, true) => pair(before, c),
            (false, true) if matches!(lower(c), 'ъ' | 'ь' | 'ы') => -3,
            (false, true) if before.is_ascii_alphabetic() => -2,
            (false, true) => 1,
            (_, false) if c.is_ascii() || "«»№–—“”„…\u{A0}".contains(c) => 0,
            (_, false) => -3,
        };
        before = c;
    }
    score
}

fn pair(first: char, second: char) -> i64 {
    let common = common(lower(first), lower(second));
    match (first.is_uppercase(), second.is_uppercase()) {
        (false, true) => -4,
        (true, true) if common => 1,
        (true, true) => -2,
        _ if common => 3,
        _ => -1,
    }
}

fn common(first: char, second: char) -> bool {
    static COMMON: LazyLock<HashSet<(char, char)>> = LazyLock::new(|| {
        let letters = |pair: &str| {
            let mut letters = pair.chars();
            Some((letters.next()?, letters.next()?))
        };
        PAIRS.split_whitespace().filter_map(letters).collect()
    });
    COMMON.contains(&(first, second))
}

fn russian(c: char) -> bool {
    matches!(c, 'А'..='я' | 'Ё' | 'ё')
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 12] = [
        "Отчет",
        "Анкета",
        "Форма школы №3",
        "АНКЕТА ШКОЛЫ",
        "Проект выступления.docx",
        "Иванова Мария Петровна",
        "МБОУ «Важинский образовательный центр»",
        "Добрый день! Направляем заполненную форму и проект выступления. С уважением, директор.",
        "Re: Об участии в мероприятиях региональной дорожной карты",
        "Приложение 1.doc",
        "форма",
        "тезисы",
    ];

    #[test]
    fn undeclared_russian_is_read_in_every_code_page() {
        for text in TEXTS {
            for encoding in [WINDOWS_1251, KOI8_R, UTF_8] {
                let (bytes, _, lossy) = encoding.encode(text);
                if !lossy {
                    assert_eq!(decode(&bytes, None), text, "{}", encoding.name());
                    assert_eq!(decode(&bytes, Some("us-ascii")), text, "{}", encoding.name());
                }
            }
        }
        let long = TEXTS[7];
        for encoding in CYRILLIC {
            assert_eq!(decode(&encoding.encode(long).0, None), long, "{}", encoding.name());
        }
    }

    #[test]
    fn a_wrong_declaration_is_overruled_where_the_bytes_are_clear() {
        let text = TEXTS[7];
        assert_eq!(decode(text.as_bytes(), Some("koi8-r")), text);
        assert_eq!(decode(&WINDOWS_1251.encode(text).0, Some("koi8-r")), text);
        assert_eq!(decode(&KOI8_R.encode(text).0, Some("utf-8")), text);
        assert_eq!(decode(&KOI8_R.encode(text).0, Some("no-such-charset")), text);
    }

    #[test]
    fn other_languages_stay_what_they_declare() {
        assert_eq!(decode(b"caf\xE9", Some("iso-8859-1")), "café");
        assert_eq!(decode(b"\x1B$B$3$s\x1B(B", Some("iso-2022-jp")), "こん");
        assert_eq!(decode(b"\x82\xB1", Some("shift_jis")), "こ");
    }

    #[test]
    fn utf_16_is_known_with_and_without_its_mark() {
        for text in ["Form of school", "Форма школы"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(decode(&little, None), text);
            assert_eq!(decode(&big, None), text);
            assert_eq!(decode(&[b"\xFF\xFE".as_slice(), &little].concat(), None), text);
        }
    }

    #[test]
    fn a_character_cut_at_the_end_does_not_spoil_the_rest() {
        let text = "Форма школы".as_bytes();
        assert!(decode(&text[..text.len() - 1], None).starts_with("Форма школ"));
    }
}
