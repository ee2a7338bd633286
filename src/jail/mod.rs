//! Untrusted bytes are read in a process of their own, which can open no file and no socket: this program started once
//! more, bytes in and a [`Reading`] out through pipes. It is kept for many messages, and replaced where it dies or takes
//! too long. A message over which it dies twice is a person's.

mod child;
mod sandbox;
mod wire;

use std::{
    process::Stdio,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncWriteExt as _, BufReader, BufWriter},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::{
    document::Limits,
    message::OwnIdentity,
    meter::{METER, measured},
    pulse,
    reader::{Reading, VERSION},
};

pub use child::serve;

use wire::{Answer, LARGEST, LARGEST_ANSWER, Ready, Request, What};

/// The hidden command by which this program becomes the side within.
pub const COMMAND: &str = "reader";

/// This very program, also where its file was replaced by an upgrade.
pub const PROGRAM: &str = "/proc/self/exe";

/// A message is tried again once: the reader may have died of the one before it.
const TRIES: u32 = 2;

/// What to do where the kernel gives no sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sandbox {
    /// Refuse to read.
    #[default]
    Require,
    /// Warn, and read in a process of its own all the same.
    BestEffort,
}

/// Why something was not read.
#[derive(Debug, thiserror::Error)]
pub enum JailError {
    /// The reading process does not start.
    #[error("the reading process does not start: {0}")]
    Start(std::io::Error),
    /// It starts, and cannot be confined.
    #[error(
        "this kernel gives no sandbox to read untrusted documents in: {why}; mend that, or allow it with sandbox = \"best-effort\" in [reader]"
    )]
    NoSandbox {
        /// What is missing.
        why: String,
    },
    /// It died, or took too long, each time.
    #[error("the reading process {how}, {TRIES} times")]
    Killed {
        /// How it ended the last time.
        how: String,
    },
}

/// A reading, and the bytes of each of its files.
pub type Contents = (Reading, Vec<Vec<u8>>);

/// Reads untrusted bytes in processes of their own.
#[derive(Debug)]
pub struct Jail {
    sandbox: Sandbox,
    limits: Limits,
    /// Those that have nothing to do. Readings at once have one each.
    idle: Mutex<Vec<Worker>>,
    warned: AtomicBool,
}

/// A reading process.
#[derive(Debug)]
struct Worker {
    child: Child,
    input: BufWriter<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Jail {
    /// A jail in which no process has been started.
    pub fn new(sandbox: Sandbox, limits: Limits) -> Self {
        Self { sandbox, limits, idle: Mutex::default(), warned: AtomicBool::new(false) }
    }

    /// Starts a process, and keeps it for the first message.
    ///
    /// # Errors
    /// Where it does not start, or there must be a sandbox and is none.
    pub async fn prove(&self) -> Result<(), JailError> {
        let worker = self.worker().await?;
        self.keep(worker);
        Ok(())
    }

    /// Reads a mail.
    ///
    /// # Errors
    /// Where no process can be had, or each one died of this mail.
    pub async fn read_mail(&self, raw: &[u8], own: &OwnIdentity) -> Result<Contents, JailError> {
        self.read(raw, What::Mail, own).await
    }

    /// Reads a file: a mail where its bytes are one, else a document as if it had come in a mail without anything else.
    ///
    /// # Errors
    /// As [`Jail::read_mail`].
    pub async fn read_file(
        &self,
        bytes: &[u8],
        name: Option<String>,
        own: &OwnIdentity,
    ) -> Result<Contents, JailError> {
        self.read(bytes, What::File(name), own).await
    }

    /// Reads the words of a PDF and their places as if it were the PDF.
    ///
    /// # Errors
    /// As [`Jail::read_mail`].
    pub async fn read_words(&self, words: &[u8]) -> Result<Contents, JailError> {
        self.read(words, What::Words, &OwnIdentity::default()).await
    }

    async fn read(&self, bytes: &[u8], what: What, own: &OwnIdentity) -> Result<Contents, JailError> {
        measured(&METER.read, self.tried(bytes, what, own)).await
    }

    async fn tried(&self, bytes: &[u8], what: What, own: &OwnIdentity) -> Result<Contents, JailError> {
        let request = Request { what, own: own.clone(), limits: self.limits };
        let request = serde_json::to_vec(&request).map_err(|error| JailError::Start(error.into()))?;
        let mut how = String::new();
        for _ in 0..TRIES {
            let mut worker = self.worker().await?;
            // Beside its own limit on processor time: a process that waits uses none.
            let deadline = self.limits.time.saturating_mul(3);
            match pulse::within(deadline, worker.read(&request, bytes, self.limits.total_bytes)).await {
                Ok(Some(contents)) => {
                    self.keep(worker);
                    tracing::debug!(bytes = bytes.len(), files = contents.1.len(), "read");
                    return Ok(contents);
                }
                Ok(None) => how = worker.end().await,
                Err(_) => {
                    worker.end().await;
                    how = format!("was not done after {} s", deadline.as_secs());
                }
            }
            METER.readers_replaced.inc();
            tracing::warn!(how, "the reading process is replaced");
        }
        METER.quarantined.inc();
        Err(JailError::Killed { how })
    }

    /// Lets the processes end that have nothing to do, and waits for that.
    pub async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for worker in idle {
            worker.end().await;
        }
    }

    fn keep(&self, worker: Worker) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
    }

    async fn worker(&self) -> Result<Worker, JailError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(mut worker) = idle
            && matches!(worker.child.try_wait(), Ok(None))
        {
            return Ok(worker);
        }
        let (worker, ready) = Worker::start().await.map_err(JailError::Start)?;
        match (ready.unconfined, self.sandbox) {
            (Some(why), Sandbox::Require) => return Err(JailError::NoSandbox { why }),
            (Some(why), Sandbox::BestEffort) if !self.warned.swap(true, Ordering::Relaxed) => {
                tracing::warn!(why, "documents are read without a full sandbox");
            }
            _ => {}
        }
        Ok(worker)
    }
}

impl Worker {
    async fn start() -> std::io::Result<(Self, Ready)> {
        let mut command = Command::new(PROGRAM);
        command.arg(COMMAND).current_dir("/").env_clear().kill_on_drop(true);
        // What a dying process prints may hold what it was reading.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(std::io::ErrorKind::BrokenPipe.into());
        };
        let input = BufWriter::with_capacity(wire::BUFFER, input);
        let mut output = BufReader::with_capacity(wire::BUFFER, output);
        let ready = serde_json::from_slice(&wire::receive(&mut output, LARGEST_ANSWER).await?)?;
        Ok((Self { child, input, output }, ready))
    }

    /// None where it has died, or says what cannot be so.
    async fn read(&mut self, request: &[u8], bytes: &[u8], unpacked: usize) -> Option<Contents> {
        wire::send(&mut self.input, request).await.ok()?;
        wire::send(&mut self.input, bytes).await.ok()?;
        self.input.flush().await.ok()?;
        let Answer { reading, files } =
            serde_json::from_slice(&wire::receive(&mut self.output, LARGEST_ANSWER).await.ok()?).ok()?;
        if reading.version != VERSION || reading.files.len() != files {
            return None;
        }
        let mut contents = Vec::new();
        // Decoding makes some texts longer, unpacking has a limit; more than both is no answer.
        let mut left = (bytes.len() as u64).saturating_mul(3).saturating_add(unpacked as u64);
        for _ in 0..files {
            let file = wire::receive(&mut self.output, LARGEST).await.ok()?;
            left = left.checked_sub(file.len() as u64)?;
            contents.push(file);
        }
        let told = reading.files.iter().map(|file| (file.size, file.sha256));
        let found = contents.iter().map(|bytes| (bytes.len() as u64, crate::digest::Sha256::of(bytes)));
        told.eq(found).then_some((reading, contents))
    }

    /// Ends it, and says how it had ended.
    async fn end(mut self) -> String {
        drop(self.input);
        // One that has died is found dead; one that has not is killed.
        let ended = match tokio::time::timeout(std::time::Duration::from_millis(100), self.child.wait()).await {
            Ok(ended) => ended,
            Err(_) => {
                let _ = self.child.kill().await;
                return "gave no sound answer".to_owned();
            }
        };
        ended.map_or_else(|error| error.to_string(), |status| format!("ended ({status})"))
    }
}
