//! What goes through the pipes: frames of a length (eight bytes, little-endian) and so many bytes. A request is two
//! frames, [`Request`] and the bytes to be read. An answer is [`Answer`], and a frame for each file. Before anything
//! else the child says [`Ready`].

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::{document::Limits, message::OwnIdentity, reader::Reading};

/// An ordinary document goes through a pipe at once: each side wakes the other once.
pub(super) const BUFFER: usize = 64 << 10;
/// The most that a frame of bytes may hold.
pub(super) const LARGEST: u64 = 128 << 20;
/// The most that an [`Answer`] may hold. What comes out of the jail is believed no more than what goes in, and a value
/// takes several times the memory of its text.
pub(super) const LARGEST_ANSWER: u64 = 32 << 20;

/// What the child says of itself.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ready {
    /// Why it is not confined; none where it is.
    pub(super) unconfined: Option<String>,
}

/// What is to be read, and how.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// What the bytes are.
    pub(super) what: What,
    /// By what our own mail is known.
    pub(super) own: OwnIdentity,
    /// What it may cost.
    pub(super) limits: Limits,
}

/// What bytes are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum What {
    /// A message.
    Mail,
    /// A file under this name.
    File(Option<String>),
    /// The words of a PDF and their places.
    Words,
}

/// What was read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    /// The reading.
    pub(super) reading: Reading,
    /// How many files follow.
    pub(super) files: usize,
}

/// Writes a frame.
pub(super) fn write(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(&(bytes.len() as u64).to_le_bytes())?;
    to.write_all(bytes)
}

/// Reads a frame; none where the other side has ended.
pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = bounded(length, LARGEST)?;
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    whole(bytes, length).map(Some)
}

/// Writes a frame.
pub(super) async fn send(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    to.write_all(&(bytes.len() as u64).to_le_bytes()).await?;
    to.write_all(bytes).await
}

/// Reads a frame of at most so many bytes.
pub(super) async fn receive(from: &mut (impl AsyncRead + Unpin), most: u64) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length).await?;
    let length = bounded(length, most)?;
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes).await?;
    whole(bytes, length)
}

fn bounded(length: [u8; 8], most: u64) -> io::Result<u64> {
    let length = u64::from_le_bytes(length);
    if length > most { Err(io::Error::from(io::ErrorKind::FileTooLarge)) } else { Ok(length) }
}

fn whole(bytes: Vec<u8>, length: u64) -> io::Result<Vec<u8>> {
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::Error::from(io::ErrorKind::UnexpectedEof)) }
}
