//! The few lines in clear that lead to STARTTLS. Read byte by byte: whatever a stranger has put behind the server's
//! answer must not be taken for something said under encryption (CVE-2011-0411).

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::Protocol;

/// RFC 5321 §4.5.3.1.5 allows 512, RFC 9051 more; no greeting comes near.
const LINE: usize = 4096;
/// Lines of an answer, of which each capability may have one.
const LINES: usize = 100;

/// Asks for encryption; the next byte belongs to the handshake. The error is what came in place of a consent.
pub(super) async fn ask(tcp: &mut TcpStream, protocol: Protocol) -> Result<(), &'static str> {
    match protocol {
        Protocol::Imap => {
            if !line(tcp).await?.to_ascii_uppercase().starts_with("* OK") {
                return Err("its greeting is not that of an IMAP server");
            }
            write(tcp, b"s STARTTLS\r\n").await?;
            for _ in 0..LINES {
                let line = line(tcp).await?.to_ascii_uppercase();
                if line.starts_with("S OK") {
                    return Ok(());
                }
                if !line.starts_with("* ") {
                    break;
                }
            }
            Err("it refused STARTTLS")
        }
        Protocol::Smtp => {
            answer(tcp, "220").await.map_err(|_| "its greeting is not that of an SMTP server that takes mail")?;
            write(tcp, b"EHLO [127.0.0.1]\r\n").await?;
            if !answer(tcp, "250").await?.iter().any(|line| line.eq_ignore_ascii_case("STARTTLS")) {
                return Err("it does not offer STARTTLS");
            }
            write(tcp, b"STARTTLS\r\n").await?;
            answer(tcp, "220").await.map(|_| ()).map_err(|_| "it refused STARTTLS")
        }
    }
}

/// The texts of an SMTP answer with this code (RFC 5321 §4.2.1).
async fn answer(tcp: &mut TcpStream, code: &str) -> Result<Vec<String>, &'static str> {
    let mut texts = Vec::new();
    for _ in 0..LINES {
        let line = line(tcp).await?;
        let rest = line.strip_prefix(code).ok_or("it answered with another code")?;
        texts.extend(rest.get(1..).map(|text| text.trim().to_owned()));
        if !rest.starts_with('-') {
            return Ok(texts);
        }
    }
    Err("its answer has no end")
}

async fn line(tcp: &mut TcpStream) -> Result<String, &'static str> {
    let mut line = Vec::new();
    while line.len() < LINE {
        let byte = tcp.read_u8().await.map_err(|_| "it closed the connection")?;
        if byte == b'\n' {
            return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
        }
        line.push(byte);
    }
    Err("its line has no end")
}

async fn write(tcp: &mut TcpStream, bytes: &[u8]) -> Result<(), &'static str> {
    tcp.write_all(bytes).await.map_err(|_| "it closed the connection")
}
