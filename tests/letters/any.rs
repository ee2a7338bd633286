//! Whatever a letter is made of: it is refused, or its campaign is sound, and every doubt stands on its line.

use fastrand::Rng;
use svodka::{
    campaign::{self, Finding},
    document::{Block, Document},
    letter::{self, Options},
};

use crate::builder::{document, docx};

/// The parts of every letter of the fixtures.
fn parts() -> Vec<Block> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/letters");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().flat_map(|file| document(&docx(&std::fs::read_to_string(file).unwrap())).blocks).collect()
}

#[test]
fn letters_drawn_from_parts_of_others_are_refused_or_sound() {
    let parts = parts();
    let mut random = Rng::with_seed(9);
    let (mut sound, mut refused) = (0, 0);
    for nth in 0..150 {
        // Some whole stretches, some parts each by itself.
        let mut blocks: Vec<Block> = Vec::new();
        while blocks.len() < 60 {
            let from = random.usize(..parts.len());
            let length = if random.bool() { random.usize(1..40) } else { 1 };
            blocks.extend(parts.iter().skip(from).take(length).cloned());
        }
        let document = Document { blocks, ..Document::default() };
        let annex = (nth % 7 == 0).then_some(1);
        let options = Options { today: "2026-01-15".parse().unwrap(), annex };
        let Ok(draft) = letter::read(&document, &options) else {
            refused += 1;
            continue;
        };
        let written = letter::write(&draft);
        let (campaign, found) = campaign::look(&written.text).unwrap();
        assert!(campaign.is_some() && found.iter().all(Finding::is_gap), "{nth}: {found:?}\n{}", written.text);
        sound += usize::from(found.is_empty());
        let lines: Vec<&str> = written.text.lines().collect();
        // What the letter does not say stands under its mark.
        for (place, gap) in campaign::place(&written.text, found).0 {
            let above = lines.iter().take(place.line - 1).rev().take_while(|line| line.starts_with('#'));
            assert!(above.into_iter().any(|line| line.starts_with("# ПРОВЕРЬТЕ")), "{nth}: {gap:?}\n{}", written.text);
        }
        for doubt in &written.doubts {
            let line = lines.get(doubt.line - 1).unwrap();
            assert!(line.starts_with("# ПРОВЕРЬТЕ"), "{nth}: line {}: {line}", doubt.line);
        }
    }
    assert!(sound > 30 && refused > 10, "{sound} sound, {refused} refused");
}
