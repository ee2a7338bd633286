//! A proxy between daemon and server that ends the encryption on both sides, sees every line, and does what a script
//! says: cuts, delays, half-open connections, drips, garbage, other answers.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    sync::{Mutex as AsyncMutex, watch},
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    rustls::{
        ServerConfig,
        crypto::ring::default_provider,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    },
};

use super::{
    certificates::{Certificate, trusting},
    script::{Act, Event, Script, Side, Wire},
    servers::Servers,
    wait_for,
};

/// What is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// RFC 9051.
    Imap,
    /// RFC 5321.
    Smtp,
}

/// A line that passed, or would have.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    /// When.
    pub(crate) at: Instant,
    /// On which connection, from 1.
    pub(crate) connection: u32,
    /// By whom.
    pub(crate) from: Side,
    /// What.
    pub(crate) line: String,
}

/// A running proxy; it ends with the test.
pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
}

struct Shared {
    speaks: Speaks,
    wire: Wire,
    upstream: u16,
    acceptor: TlsAcceptor,
    connector: TlsConnector,
    script: Mutex<Script>,
    transcript: Mutex<Vec<Said>>,
    clear: Mutex<Vec<u8>>,
    connections: AtomicU32,
    refusing: AtomicBool,
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap())
}

impl Proxy {
    /// A proxy before the server's encrypted port, with a good certificate.
    pub(crate) fn start(speaks: Speaks, script: impl FnMut(&Event<'_>) -> Act + Send + 'static) -> Self {
        Self::with(speaks, Wire::Implicit, Certificate::Good, script)
    }

    /// The same, with other encryption or another certificate.
    pub(crate) fn with(
        speaks: Speaks,
        wire: Wire,
        certificate: Certificate,
        script: impl FnMut(&Event<'_>) -> Act + Send + 'static,
    ) -> Self {
        let servers = Servers::shared();
        let upstream = if speaks == Speaks::Imap { servers.imaps() } else { servers.smtps() };
        let shared = Arc::new(Shared {
            speaks,
            wire,
            upstream,
            acceptor: acceptor(servers.folder(), certificate),
            connector: TlsConnector::from(trusting(&servers.ca_file())),
            script: Mutex::new(Box::new(script)),
            transcript: Mutex::default(),
            clear: Mutex::default(),
            connections: AtomicU32::new(0),
            refusing: AtomicBool::new(false),
        });
        let listener = runtime().block_on(TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = watch::channel(false);
        runtime().spawn(listen(listener, Arc::clone(&shared), stopped));
        Self { port, shared, stop }
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Another script, from the next line on.
    pub(crate) fn script(&self, script: impl FnMut(&Event<'_>) -> Act + Send + 'static) {
        *self.shared.script.lock().unwrap() = Box::new(script);
    }

    /// Whether whoever connects is shown out at once.
    pub(crate) fn refuse(&self, refusing: bool) {
        self.shared.refusing.store(refusing, Ordering::SeqCst);
    }

    /// Everything that was said.
    pub(crate) fn transcript(&self) -> Vec<Said> {
        self.shared.transcript.lock().unwrap().clone()
    }

    /// How many lines with these words in them this side has said.
    pub(crate) fn count(&self, from: Side, words: &str) -> usize {
        self.transcript().iter().filter(|said| said.from == from && said.line.contains(words)).count()
    }

    /// Waits until this side has said these words so many times.
    pub(crate) fn wait_for(&self, from: Side, words: &str, count: usize) {
        wait_for(&format!("{count} times {words:?} from {from:?}"), || {
            (self.count(from, words) >= count).then_some(())
        });
    }

    /// How many connections there have been.
    pub(crate) fn connections(&self) -> u32 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Every byte that came from the daemon outside of encryption.
    pub(crate) fn clear_bytes(&self) -> Vec<u8> {
        self.shared.clear.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

fn acceptor(folder: &Path, certificate: Certificate) -> TlsAcceptor {
    let file = |extension: &str| fs::read(folder.join(format!("{}.{extension}", certificate.name()))).unwrap();
    let chain = CertificateDer::pem_slice_iter(&file("pem")).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(&file("key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn listen(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        let Ok((tcp, _)) = accepted else { return };
        let number = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
        if shared.refusing.load(Ordering::SeqCst) {
            continue;
        }
        let (shared, mut stopped) = (Arc::clone(&shared), stopped.clone());
        tokio::spawn(async move {
            tokio::select! {
                _ = serve(&shared, tcp, number) => {}
                _ = stopped.changed() => {}
            }
        });
    }
}

async fn serve(shared: &Arc<Shared>, mut tcp: TcpStream, number: u32) -> std::io::Result<()> {
    tcp.set_nodelay(true)?;
    if shared.wire != Wire::Implicit && !until_tls(shared, &mut tcp).await? {
        return Ok(());
    }
    let client = shared.acceptor.accept(tcp).await?;
    let upstream = TcpStream::connect(("127.0.0.1", shared.upstream)).await?;
    upstream.set_nodelay(true)?;
    let name = ServerName::try_from("localhost").unwrap();
    let server = shared.connector.connect(name, upstream).await?;
    let (client_read, client_write) = tokio::io::split(client);
    let (server_read, server_write) = tokio::io::split(server);
    let mut server_read = BufReader::new(server_read);
    if shared.wire == Wire::Starttls {
        // The client has been greeted before the encryption.
        server_read.read_line(&mut String::new()).await?;
    }
    let to_client: Writer = Arc::new(AsyncMutex::new(Box::new(client_write)));
    let to_server: Writer = Arc::new(AsyncMutex::new(Box::new(server_write)));
    let line = Arc::new(Mutex::new(String::new()));
    let pump = |from, to: &Writer| Pump {
        shared: Arc::clone(shared),
        number,
        from,
        to: Arc::clone(to),
        to_client: Arc::clone(&to_client),
        command: Arc::clone(&line),
    };
    let ended = tokio::select! {
        ended = pump(Side::Client, &to_server).run(BufReader::new(client_read)) => ended,
        ended = pump(Side::Server, &to_client).run(server_read) => ended,
    };
    let _ = to_client.lock().await.shutdown().await;
    ended
}

/// The clear beginning; whether the encryption begins now.
async fn until_tls(shared: &Shared, tcp: &mut TcpStream) -> std::io::Result<bool> {
    let imap = shared.speaks == Speaks::Imap;
    tcp.write_all(if imap { b"* OK ready\r\n" } else { b"220 ready\r\n" }).await?;
    loop {
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            match tcp.read_u8().await {
                Ok(byte) => line.push(byte),
                Err(_) => return Ok(false),
            }
            shared.clear.lock().unwrap().push(*line.last().unwrap());
        }
        let line = String::from_utf8_lossy(&line).trim().to_uppercase();
        let offered = shared.wire == Wire::Starttls;
        let tag = line.split(' ').next().unwrap_or_default().to_lowercase();
        let answer = match (imap, line.contains("STARTTLS"), offered) {
            (true, true, true) => format!("{tag} OK begin\r\n"),
            (true, _, _) => format!("{tag} BAD no\r\n"),
            (false, true, true) => "220 begin\r\n".to_owned(),
            (false, true, false) => "502 no\r\n".to_owned(),
            (false, false, true) => "250-here\r\n250 STARTTLS\r\n".to_owned(),
            (false, false, false) => "250-here\r\n250 AUTH PLAIN LOGIN\r\n".to_owned(),
        };
        tcp.write_all(answer.as_bytes()).await?;
        if offered && line.contains("STARTTLS") {
            return Ok(true);
        }
    }
}

type Writer = Arc<AsyncMutex<Box<dyn AsyncWrite + Send + Unpin>>>;

/// One direction of a connection.
struct Pump {
    shared: Arc<Shared>,
    number: u32,
    from: Side,
    to: Writer,
    to_client: Writer,
    command: Arc<Mutex<String>>,
}

/// How a pump goes on after a line.
enum After {
    Line,
    /// So many bytes, then the end.
    Cut(usize),
    Drip(Duration),
}

impl Pump {
    async fn run<R: AsyncRead + Unpin>(self, mut reader: BufReader<R>) -> std::io::Result<()> {
        loop {
            let mut bytes = Vec::new();
            if reader.read_until(b'\n', &mut bytes).await? == 0 {
                return Ok(());
            }
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            let act = self.decide(&line);
            let replaced = matches!(act, Act::Replace(_) | Act::Swallow | Act::Answer(_));
            let after = match self.act(act, &bytes).await? {
                Some(after) => after,
                None => return Ok(()),
            };
            match after {
                After::Cut(bytes) => return self.copy(&mut reader, bytes, None, true).await,
                After::Drip(pause) => return self.copy(&mut reader, usize::MAX, Some(pause), true).await,
                After::Line => {}
            }
            if let Some(literal) = self.literal(&line) {
                self.copy(&mut reader, literal, None, !replaced).await?;
            }
        }
    }

    fn decide(&self, line: &str) -> Act {
        let command = self.command.lock().unwrap().clone();
        if self.from == Side::Client {
            *self.command.lock().unwrap() = line.to_owned();
        }
        let said = Said { at: Instant::now(), connection: self.number, from: self.from, line: line.to_owned() };
        self.shared.transcript.lock().unwrap().push(said);
        let event = Event { connection: self.number, from: self.from, line, command: &command };
        (*self.shared.script.lock().unwrap())(&event)
    }

    /// None: the connection ends.
    async fn act(&self, act: Act, line: &[u8]) -> std::io::Result<Option<After>> {
        match act {
            Act::Pass => self.send(&self.to, line).await?,
            Act::Replace(other) => self.send(&self.to, &other).await?,
            Act::Before(first) => {
                self.send(&self.to, &first).await?;
                self.send(&self.to, line).await?;
            }
            Act::Swallow => {}
            Act::Answer(answer) => self.send(&self.to_client, &answer).await?,
            Act::Cut => return Ok(None),
            Act::CutWithin(bytes) => {
                self.send(&self.to, line).await?;
                return Ok(Some(After::Cut(bytes)));
            }
            Act::Hang => {
                // Held for ever, and with it the other direction.
                let _client = self.to_client.lock().await;
                std::future::pending::<()>().await;
            }
            Act::Delay(pause) => {
                tokio::time::sleep(pause).await;
                self.send(&self.to, line).await?;
            }
            Act::Drip(pause) => {
                self.send(&self.to, line).await?;
                return Ok(Some(After::Drip(pause)));
            }
            Act::Hold(gate) => {
                tokio::task::spawn_blocking(move || gate.pass()).await?;
                self.send(&self.to, line).await?;
            }
        }
        Ok(Some(After::Line))
    }

    async fn send(&self, to: &Writer, bytes: &[u8]) -> std::io::Result<()> {
        let mut to = to.lock().await;
        to.write_all(bytes).await?;
        to.flush().await
    }

    /// The size of the literal that a line announces (RFC 9051 §4.3).
    fn literal(&self, line: &str) -> Option<usize> {
        let number = line.strip_suffix('}')?.rsplit_once('{')?.1;
        (self.shared.speaks == Speaks::Imap).then(|| number.trim_end_matches('+').parse().ok())?
    }

    async fn copy<R: AsyncRead + Unpin>(
        &self,
        reader: &mut BufReader<R>,
        mut bytes: usize,
        pause: Option<Duration>,
        pass: bool,
    ) -> std::io::Result<()> {
        let mut buffer = vec![0; if pause.is_some() { 1 } else { 64 * 1024 }];
        while bytes > 0 {
            let wanted = bytes.min(buffer.len());
            let read = reader.read(&mut buffer[..wanted]).await?;
            if read == 0 {
                return Ok(());
            }
            bytes -= read;
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
            if pass {
                self.send(&self.to, &buffer[..read]).await?;
            }
        }
        Ok(())
    }
}
