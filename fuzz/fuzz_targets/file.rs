//! Any bytes as a file, of whatever format they are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use svodka::{document::Limits, message::OwnIdentity, reader};

fuzz_target!(|file: &[u8]| {
    let _ = reader::read_file(file, None, &OwnIdentity::default(), &Limits::default());
});
