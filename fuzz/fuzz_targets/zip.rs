//! Any bytes as an archive.
#![no_main]

use libfuzzer_sys::fuzz_target;
use svodka::document::{Format, Limits, unpack};

fuzz_target!(|bytes: &[u8]| {
    let _ = unpack(bytes, Format::Zip, &Limits::default());
});
