//! The few lines in clear that lead to STARTTLS. Read byte by byte: whatever a stranger has put behind the server's
//! answer must not be taken for something said under encryption (CVE-2011-0411).

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::Protocol;
use Denied::{Gone, Refused};

/// RFC 5321 §4.5.3.1.5 allows 512, RFC 9051 more; no greeting comes near.
const LINE: usize = 4096;
/// Lines of an answer, of which each capability may have one.
const LINES: usize = 100;

/// What came in place of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denied {
    /// The server does not want to, or cannot.
    Refused(&'static str),
    /// It went away, or is not there for us now: that may pass.
    Gone(&'static str),
}

/// Asks for encryption; the next byte belongs to the handshake.
pub(super) async fn ask(tcp: &mut TcpStream, protocol: Protocol) -> Result<(), Denied> {
    match protocol {
        Protocol::Imap => {
            let greeting = line(tcp).await?.to_ascii_uppercase();
            if greeting.starts_with("* BYE") {
                return Err(Gone("it is closing"));
            }
            if !greeting.starts_with("* OK") {
                return Err(Refused("its greeting is not that of an IMAP server"));
            }
            write(tcp, b"s STARTTLS\r\n").await?;
            for _ in 0..LINES {
                let line = line(tcp).await?.to_ascii_uppercase();
                if line.starts_with("S OK") {
                    return Ok(());
                }
                if line.starts_with("* BYE") {
                    return Err(Gone("it is closing"));
                }
                if !line.starts_with("* ") {
                    break;
                }
            }
            Err(Refused("it refused STARTTLS"))
        }
        Protocol::Smtp => {
            answer(tcp, "220", "its greeting is not that of an SMTP server that takes mail").await?;
            write(tcp, b"EHLO [127.0.0.1]\r\n").await?;
            let offered = answer(tcp, "250", "it refused EHLO").await?;
            if !offered.iter().any(|line| line.eq_ignore_ascii_case("STARTTLS")) {
                return Err(Refused("it does not offer STARTTLS"));
            }
            write(tcp, b"STARTTLS\r\n").await?;
            answer(tcp, "220", "it refused STARTTLS").await.map(|_| ())
        }
    }
}

/// The texts of an SMTP answer with this code (RFC 5321 §4.2.1); `refused` is what another code means. One of 4xx means
/// that it may pass.
async fn answer(tcp: &mut TcpStream, code: &str, refused: &'static str) -> Result<Vec<String>, Denied> {
    let mut texts = Vec::new();
    for _ in 0..LINES {
        let line = line(tcp).await?;
        let Some(rest) = line.strip_prefix(code) else {
            return Err(if line.starts_with('4') { Gone("it takes no mail now") } else { Refused(refused) });
        };
        texts.extend(rest.get(1..).map(|text| text.trim().to_owned()));
        if !rest.starts_with('-') {
            return Ok(texts);
        }
    }
    Err(Refused("its answer has no end"))
}

async fn line(tcp: &mut TcpStream) -> Result<String, Denied> {
    let mut line = Vec::new();
    while line.len() < LINE {
        let byte = tcp.read_u8().await.map_err(|_| Gone("it closed the connection"))?;
        if byte == b'\n' {
            return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
        }
        line.push(byte);
    }
    Err(Refused("its line has no end"))
}

async fn write(tcp: &mut TcpStream, bytes: &[u8]) -> Result<(), Denied> {
    tcp.write_all(bytes).await.map_err(|_| Gone("it closed the connection"))
}
