//! Any bytes as a mail, with whatever is packed into it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use svodka::{document::Limits, message::OwnIdentity, reader};

fuzz_target!(|mail: &[u8]| {
    let _ = reader::read_mail(mail, &OwnIdentity::default(), &Limits::default());
});
