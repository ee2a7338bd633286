//! Any bytes as a winmail.dat.
#![no_main]

use libfuzzer_sys::fuzz_target;
use svodka::document::{Format, Limits, unpack};

fuzz_target!(|bytes: &[u8]| {
    let _ = unpack(bytes, Format::Tnef, &Limits::default());
});
