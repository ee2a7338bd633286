//! The side within: one thread, three pipes, nothing else.

use std::io::{self, BufReader, BufWriter, Write};

use crate::{
    document::Limits,
    reader::{self, Reading},
};

use super::{
    sandbox,
    wire::{self, Answer, Ready, Request, What},
};

/// Confines this process, says whether that worked, and reads what it is given until its input ends.
///
/// # Errors
/// Where a pipe breaks, or what comes through it is no request.
pub fn serve() -> anyhow::Result<()> {
    let mut input = BufReader::with_capacity(wire::BUFFER, io::stdin().lock());
    let mut output = BufWriter::with_capacity(wire::BUFFER, io::stdout().lock());
    let confined = sandbox::enter(&Limits::default());
    let ready = Ready { unconfined: confined.err().map(|error| error.to_string()) };
    wire::write(&mut output, &serde_json::to_vec(&ready)?)?;
    output.flush()?;
    while let Some(request) = wire::read(&mut input)? {
        let Request { what, own, limits } = serde_json::from_slice(&request)?;
        let bytes = wire::read(&mut input)?.unwrap_or_default();
        sandbox::allow_time(&limits)?;
        #[cfg(feature = "faults")]
        crate::fault::misbehave(&bytes);
        let (reading, files) = match what {
            What::Mail => reader::read_mail(&bytes, &own, &limits),
            What::Words => reader::read_words(&bytes, &limits),
            What::File(name) => reader::read_file(&bytes, name.as_deref(), &own, &limits),
        };
        answer(&mut output, reading, &files)?;
    }
    Ok(())
}

fn answer(output: &mut impl Write, reading: Reading, files: &[Vec<u8>]) -> anyhow::Result<()> {
    wire::write(output, &serde_json::to_vec(&Answer { reading, files: files.len() })?)?;
    for file in files {
        wire::write(output, file)?;
    }
    Ok(output.flush()?)
}
