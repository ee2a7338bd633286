//! Characters of symbol fonts, which stand for something else than their code: check boxes above all.

/// What a code of a symbol font looks like; codes are as stored, with or without the private-use offset U+F000.
pub(super) fn glyph(font: &str, code: u32) -> char {
    let low = if (0xF000..=0xF0FF).contains(&code) { code - 0xF000 } else { code };
    let family = font.to_ascii_lowercase();
    let found = if low > 0xFF {
        char::from_u32(low)
    } else if family.starts_with("wingdings 2") {
        wingdings2(low)
    } else if family.starts_with("wingdings 3") || family.starts_with("webdings") {
        webdings(low)
    } else if family.starts_with("wingdings") {
        wingdings(low)
    } else if family.starts_with("symbol") {
        symbol(low)
    } else {
        char::from_u32(low)
    };
    found.unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Whether plain letters in this font are drawn as something else.
pub(super) fn symbolic(font: &str) -> bool {
    let family = font.to_ascii_lowercase();
    ["wingdings", "webdings", "symbol"].iter().any(|name| {
        family
            .strip_prefix(name)
            .is_some_and(|rest| rest.chars().all(|c| c == ' ' || c.is_ascii_digit() || c == 'm' || c == 't'))
    })
}

/// Text in a font: private-use characters, and every character of a symbol font, as they look.
pub(super) fn drawn(font: &str, text: &str) -> Option<String> {
    let private = |c: char| ('\u{F000}'..='\u{F0FF}').contains(&c);
    if symbolic(font) {
        let looks = |c: char| if c.is_whitespace() { c } else { glyph(font, u32::from(c)) };
        return Some(text.chars().map(looks).collect());
    }
    // Without a font at hand such a character comes from Wingdings or Symbol, whose bullets agree with these.
    let font = if font.is_empty() { "Wingdings" } else { font };
    text.contains(private).then(|| {
        text.chars()
            .map(|c| if private(c) { glyph(if symbolic(font) { font } else { "Wingdings" }, u32::from(c)) } else { c })
            .collect()
    })
}

fn wingdings(code: u32) -> Option<char> {
    Some(match code {
        0x20 => ' ',
        0x28 => '☎',
        0x2A => '✉',
        0x46 => '☞',
        0x4A => '☺',
        0x6C | 0x6E | 0x9F | 0xA7 | 0xB7 => '•',
        0x6F | 0x70 | 0x71 | 0x72 | 0xA8 => '☐',
        0x73..=0x76 => '◆',
        0x78 | 0xFD => '☒',
        0x81..=0x8A => return char::from_u32(0x2460 + code - 0x81),
        0xA1 => '○',
        0xAB => '★',
        0xD8 => '➢',
        0xE0 | 0xF0 => '→',
        0xFB => '✗',
        0xFC => '✓',
        0xFE => '☑',
        _ => return None,
    })
}

fn wingdings2(code: u32) -> Option<char> {
    Some(match code {
        0x20 => ' ',
        0x2A | 0xA3 => '☐',
        0x4F | 0xD0 | 0xCE => '✗',
        0x50 | 0x97 => '✓',
        0x51 | 0x53 | 0x54 => '☒',
        0x52 => '☑',
        0x95..=0x9A => '•',
        _ => return None,
    })
}

fn webdings(code: u32) -> Option<char> {
    Some(match code {
        0x20 => ' ',
        0x61 => '✓',
        0x63 | 0x67 => '☐',
        0x72 => '✗',
        0x7D => '•',
        _ => return None,
    })
}

/// The Symbol font, whose letters are Greek.
fn symbol(code: u32) -> Option<char> {
    const CAPITAL: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
    const SMALL: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
    let letter = |alphabet: &str, first: u32| alphabet.chars().nth(usize::try_from(code - first).ok()?);
    match code {
        0x41..=0x5A => letter(CAPITAL, 0x41),
        0x61..=0x7A => letter(SMALL, 0x61),
        0x2D => Some('−'),
        0x20..=0x7E => char::from_u32(code),
        0xA3 => Some('≤'),
        0xAE => Some('→'),
        0xB0 => Some('°'),
        0xB1 => Some('±'),
        0xB3 => Some('≥'),
        0xB4 => Some('×'),
        0xB7 => Some('•'),
        0xB8 => Some('÷'),
        0xB9 => Some('≠'),
        0xBB => Some('≈'),
        0xBC => Some('…'),
        0xBE => Some('—'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_boxes_of_symbol_fonts_look_as_printed() {
        for (font, code, look) in [
            ("Wingdings", 0xF0FE, '☑'),
            ("Wingdings", 0x6F, '☐'),
            ("Wingdings 2", 0xF052, '☑'),
            ("Wingdings 2", 0xA3, '☐'),
            ("Symbol", 0xF0B7, '•'),
            ("Symbol", 0x61, 'α'),
            ("MS Gothic", 0x2612, '☒'),
        ] {
            assert_eq!(glyph(font, code), look, "{font} {code:x}");
        }
    }

    #[test]
    fn plain_fonts_keep_their_letters() {
        assert_eq!(drawn("Times New Roman", "да"), None);
        assert_eq!(drawn("Symbola", "o"), None);
        assert_eq!(drawn("Wingdings", "o").as_deref(), Some("☐"));
        assert_eq!(drawn("", "\u{F0FE} да").as_deref(), Some("☑ да"));
    }
}
