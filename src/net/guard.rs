//! What a server may make us hold in memory, whatever it announces.

use std::io;

/// Watches the bytes of a server before any parser gathers them.
#[derive(Debug, Clone)]
pub enum Guard {
    /// IMAP: a literal and a line are each bounded (RFC 9051 §4.3). A parser allocates what a literal announces.
    Imap(ImapGuard),
    /// SMTP: what comes in answer to one command is bounded.
    Smtp {
        /// Bytes since we last wrote.
        since_command: usize,
    },
}

/// Where in the server's stream we are.
#[derive(Debug, Clone)]
pub struct ImapGuard {
    /// The largest literal, in bytes.
    largest: u64,
    /// Bytes of the literal that are still to come.
    literal: u64,
    /// Bytes of the line so far.
    line: usize,
    /// The number in the last braces of the line, and whether the line is just behind them.
    announced: Announced,
}

/// How much of `{number}` at the end of a line has been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Announced {
    No,
    Digits(u64),
    Closed(u64),
}

/// An answer to one SMTP command: the longest real ones are a few hundred bytes.
const SMTP_ANSWER: usize = 64 * 1024;
/// A line of an IMAP server: four hundred thousand UIDs in one SEARCH are about this much.
const IMAP_LINE: usize = 4 * 1024 * 1024;

impl Guard {
    /// For IMAP, with literals of at most `largest` bytes.
    pub fn imap(largest: u64) -> Self {
        Self::Imap(ImapGuard { largest, literal: 0, line: 0, announced: Announced::No })
    }

    /// For SMTP.
    pub fn smtp() -> Self {
        Self::Smtp { since_command: 0 }
    }

    /// Sees what the server has sent.
    pub(super) fn read(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Imap(guard) => guard.read(bytes),
            Self::Smtp { since_command } => {
                *since_command = since_command.saturating_add(bytes.len());
                if *since_command > SMTP_ANSWER { Err(refused("an endless answer")) } else { Ok(()) }
            }
        }
    }

    /// Notes that we have written.
    pub(super) fn wrote(&mut self) {
        if let Self::Smtp { since_command } = self {
            *since_command = 0;
        }
    }
}

impl ImapGuard {
    fn read(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.literal > 0 {
                let within = bytes.len().min(usize::try_from(self.literal).unwrap_or(usize::MAX));
                self.literal -= within as u64;
                bytes = bytes.get(within..).unwrap_or_default();
                continue;
            }
            let end = memchr::memchr(b'\n', bytes);
            let (line, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
            self.line += line.len();
            if self.line > IMAP_LINE {
                return Err(refused("an endless line"));
            }
            for byte in line {
                self.announced = match (self.announced, byte) {
                    (_, b'{') => Announced::Digits(0),
                    (Announced::Digits(number), b'0'..=b'9') => {
                        Announced::Digits(number.saturating_mul(10).saturating_add(u64::from(byte - b'0')))
                    }
                    (Announced::Digits(number), b'}') => Announced::Closed(number),
                    // `{10+}` of LITERAL+ is for clients only; a server that writes it means a literal all the same.
                    (digits @ Announced::Digits(_), b'+') => digits,
                    (closed @ Announced::Closed(_), b'\r' | b'\n') => closed,
                    _ => Announced::No,
                };
            }
            if end.is_some() {
                if let Announced::Closed(number) = self.announced {
                    if number > self.largest {
                        return Err(refused("a literal that is too large"));
                    }
                    // The line goes on behind the literal.
                    self.literal = number;
                } else {
                    self.line = 0;
                }
                self.announced = Announced::No;
            }
            bytes = rest;
        }
        Ok(())
    }
}

fn refused(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the server sends {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(largest: u64, text: &[u8], step: usize) -> bool {
        let mut guard = Guard::imap(largest);
        text.chunks(step).all(|chunk| guard.read(chunk).is_ok())
    }

    #[test]
    fn a_literal_is_refused_before_its_bytes_come_however_the_line_is_cut() {
        for step in [1, 2, 7, 1000] {
            assert!(!judge(100, b"* 1 FETCH (UID 3 BODY[] {629145600}\r\n", step));
            assert!(!judge(100, b"* 1 FETCH (BODY[] {99999999999999999999999}\r\n", step));
            assert!(judge(100, b"* 1 FETCH (UID 3 BODY[] {100}\r\n", step));
        }
    }

    #[test]
    fn what_only_looks_like_a_literal_inside_another_is_no_announcement() {
        let mut text = b"* 1 FETCH (BODY[] {20}\r\n{629145600}\r\n1234567)\r\n".to_vec();
        text.extend_from_slice(b"* OK {12345678} is quoted\r\nA1 OK done\r\n");
        for step in [1, 3, 1000] {
            assert!(judge(100, &text, step));
        }
    }

    #[test]
    fn lines_and_answers_without_an_end_are_refused() {
        let line = vec![b'x'; 2 * IMAP_LINE];
        assert!(!judge(100, &line, 4096));
        let mut smtp = Guard::smtp();
        assert!(smtp.read(&vec![b'2'; SMTP_ANSWER]).is_ok());
        smtp.wrote();
        assert!(smtp.read(&vec![b'2'; SMTP_ANSWER]).is_ok());
        assert!(smtp.read(b"2").is_err());
    }
}
