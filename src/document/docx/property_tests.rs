//! What must hold for every document, not only for those that someone thought of.

use proptest::prelude::*;

use super::super::testing::{STRICT, WORD, Word, document_xml, grid, p, r, tbl, tc, tr};

/// One text as runs that are cut anywhere, with elements between them that show nothing.
fn cut(text: &str, cuts: &[(usize, usize)]) -> String {
    const NOTHING: [&str; 8] = [
        "",
        "<w:proofErr w:type=\"spellStart\"/>",
        "<w:bookmarkStart w:id=\"0\" w:name=\"b\"/><w:bookmarkEnd w:id=\"0\"/>",
        "<w:r/>",
        "<w:r><w:rPr><w:b/></w:rPr><w:t></w:t></w:r>",
        "<w:r><w:lastRenderedPageBreak/></w:r>",
        "<!-- a comment --><?pi of no meaning?>",
        "<w:ins w:id=\"1\" w:author=\"a\"/>",
    ];
    let characters: Vec<char> = text.chars().collect();
    let mut places: Vec<(usize, usize)> = cuts.iter().map(|(at, kind)| (at % (characters.len() + 1), *kind)).collect();
    places.sort_unstable();
    let mut xml = String::new();
    let mut from = 0;
    for (at, kind) in places {
        xml += &r(&escaped(&characters[from..at]));
        xml += NOTHING[kind % NOTHING.len()];
        from = at;
    }
    xml + &r(&escaped(&characters[from..]))
}

fn escaped(characters: &[char]) -> String {
    quick_xml::escape::escape(characters.iter().collect::<String>()).into_owned()
}

fn form(answer: &str) -> String {
    tbl(&tr(&(tc(&p(&r("Вопрос"))) + &tc(&p(answer)))))
}

fn answer(xml: Vec<u8>) -> String {
    grid(&Word::xml(xml).read().unwrap().blocks)[0][1].clone()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn how_a_text_is_cut_into_runs_never_changes_it(
        text in "[ -~а-яА-ЯёЁ«»№—\u{A0}]{0,40}",
        cuts in prop::collection::vec((0_usize..100, 0_usize..100), 0..6),
    ) {
        let xml = document_xml(&form(&cut(&text, &cuts)));
        prop_assert_eq!(answer(xml.into_bytes()), text);
    }

    #[test]
    fn how_a_part_is_written_never_changes_its_text(
        text in "[а-яА-ЯёЁ0-9 «»№—🙂]{1,40}",
        prefix in "[a-z]{2,6}",
        strict in any::<bool>(),
        wide in any::<bool>(),
    ) {
        let mut xml = document_xml(&form(&r(&text)));
        if strict {
            xml = xml.replace(WORD, STRICT);
        }
        let prefix = format!("q{prefix}");
        for (from, to) in [("<w:", format!("<{prefix}:")), ("</w:", format!("</{prefix}:")), ("xmlns:w=", format!("xmlns:{prefix}="))] {
            xml = xml.replace(from, &to);
        }
        let bytes = if wide {
            "\u{FEFF}".encode_utf16().chain(xml.replace("UTF-8", "UTF-16").encode_utf16()).flat_map(u16::to_be_bytes).collect()
        } else {
            xml.into_bytes()
        };
        prop_assert_eq!(answer(bytes), text);
    }
}
