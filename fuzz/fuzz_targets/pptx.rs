//! Any bytes as a presentation, and as the XML within one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use svodka::document::{Format, Limits, read};
use svodka_fuzz::packed;

fuzz_target!(|part: &[u8]| {
    // As it is, and as the main part of a sound package: chance alone seldom finds a sound checksum.
    let limits = Limits::default();
    let _ = read(part, Format::Pptx, &limits);
    let _ = read(&packed("ppt/presentation.xml", part), Format::Pptx, &limits);
});
