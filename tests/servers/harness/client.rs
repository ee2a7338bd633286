//! A small IMAP client of the tests' own, so that the daemon's is not its own witness.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
};

use tokio_rustls::rustls::{ClientConnection, StreamOwned, pki_types::ServerName};

use super::{PATIENCE, certificates::trusting};

/// A logged-in connection.
pub(crate) struct Imap {
    stream: StreamOwned<ClientConnection, TcpStream>,
    tags: u32,
}

impl Imap {
    /// Connects and logs in.
    pub(crate) fn login(port: u16, ca: &Path, user: &str, password: &str) -> Self {
        let connection = ClientConnection::new(trusting(ca), ServerName::try_from("localhost").unwrap()).unwrap();
        let tcp = TcpStream::connect(("127.0.0.1", port)).unwrap();
        tcp.set_nodelay(true).unwrap();
        tcp.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut client = Self { stream: StreamOwned::new(connection, tcp), tags: 0 };
        client.line();
        client.command(&format!("LOGIN {user} \"{password}\""));
        client
    }

    /// Says a command and gives what comes back, up to the tagged answer.
    ///
    /// # Panics
    /// Where that is not OK.
    pub(crate) fn command(&mut self, command: &str) -> Vec<String> {
        self.tags += 1;
        let tag = format!("t{}", self.tags);
        self.stream.write_all(format!("{tag} {command}\r\n").as_bytes()).unwrap();
        self.stream.flush().unwrap();
        self.until(&tag)
    }

    fn until(&mut self, tag: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            if let Some(end) = line.strip_prefix(tag) {
                assert!(end.trim_start().starts_with("OK"), "{line}");
                return lines;
            }
            lines.push(line);
        }
    }

    /// How many messages of the INBOX a search finds.
    pub(crate) fn count(&mut self, query: &str) -> usize {
        self.command("EXAMINE INBOX");
        let found = self.command(&format!("UID SEARCH {query}")).join(" ");
        found.split_whitespace().filter(|word| word.parse::<u32>().is_ok()).count()
    }

    /// Every message of the INBOX.
    pub(crate) fn messages(&mut self) -> Vec<Vec<u8>> {
        self.command("EXAMINE INBOX");
        let mut messages: Vec<Vec<u8>> = Vec::new();
        for line in self.command("UID FETCH 1:* (BODY.PEEK[])") {
            match messages.last_mut() {
                _ if line.starts_with("* ") && line.ends_with('}') => messages.push(Vec::new()),
                // The end of what the server says of it.
                _ if line == ")" => {}
                Some(last) => last.extend([line.as_bytes(), b"\r\n"].concat()),
                None => {}
            }
        }
        messages
    }

    /// APPEND, received at this time.
    pub(crate) fn append(&mut self, folder: &str, message: &[u8], received: &str) {
        self.tags += 1;
        let tag = format!("t{}", self.tags);
        let command = format!("{tag} APPEND {folder} \"{received}\" {{{}}}\r\n", message.len());
        self.stream.write_all(command.as_bytes()).unwrap();
        self.line();
        self.stream.write_all(message).unwrap();
        self.stream.write_all(b"\r\n").unwrap();
        self.until(&tag);
    }

    fn line(&mut self) -> String {
        let mut line = Vec::new();
        let mut byte = [0];
        while !line.ends_with(b"\n") {
            self.stream.read_exact(&mut byte).unwrap();
            line.push(byte[0]);
        }
        String::from_utf8_lossy(&line).trim_end().to_owned()
    }
}
