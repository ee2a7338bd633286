//! Old formats → new ones, by the programs that know them: DOC, RTF, PPT and XLS by an office suite, PDF by pdftotext.
//! Such a program is large and meets hostile bytes, so it runs confined ([`confine()`]), in an empty folder, and what
//! comes out of it is read like any other untrusted bytes.

mod confine;

use std::{
    env,
    fs::File,
    io::{self, Read as _, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::{
    fs::{Mode, OFlags},
    process::{Pid, Signal, kill_process_group},
};
use tokio::{process::Command, sync::Semaphore};

use crate::{
    config::ConverterConfig,
    document::{Document, Format, Limits, Problem},
    jail::{Contents, Jail, JailError, Sandbox},
    message::{Automatic, OwnIdentity},
    meter::{METER, measured},
    pulse,
};

pub use confine::{Confinement, confine};

/// The hidden command by which this program confines itself and becomes the converter.
pub const COMMAND: &str = "confined";

/// Where programs are looked for that are named without a folder.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// With this status LibreOffice ends when it has only made a profile, and wants to be started again.
const MADE_PROFILE: i32 = 81;

/// Files of one message that are converted; the others wait for a person, or come again in another format.
const MOST: usize = 10;

/// The programs that were found.
#[derive(Debug)]
pub struct Converter {
    office: Option<PathBuf>,
    pdf: Option<PathBuf>,
    time: Duration,
    sandbox: Sandbox,
    largest: usize,
    /// They are large: one at a time.
    alone: Semaphore,
}

/// Why a file was not converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// No program for this format is there.
    #[error("no program is there that reads it")]
    NoProgram,
    /// The folder, the process or its output failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The program took too long.
    #[error("it was not done after {0:?}")]
    Time(Duration),
    /// The program ended without a file, or with one over the limit.
    #[error("it gave no file ({0})")]
    Nothing(ExitStatus),
}

impl Converter {
    /// Looks for the programs.
    pub fn find(config: &ConverterConfig, sandbox: Sandbox, limits: &Limits) -> Self {
        Self {
            office: find(&config.office).map(without_launcher),
            pdf: find(&config.pdf),
            time: config.time.unsigned_abs(),
            sandbox,
            largest: limits.file_bytes,
            alone: Semaphore::new(1),
        }
    }

    /// The office suite and pdftotext, where they were found.
    pub fn programs(&self) -> [Option<&Path>; 2] {
        [self.office.as_deref(), self.pdf.as_deref()]
    }

    /// Converts what the reader could not read, and has the reader read that.
    ///
    /// # Errors
    /// Where no reading process can be had. A file that cannot be converted stays as it was.
    pub async fn complete(&self, jail: &Jail, contents: &mut Contents) -> Result<(), JailError> {
        let (reading, files) = contents;
        // A machine may hand on what a person wrote; only our own mail holds nothing new.
        if reading.message.automatic == Some(Automatic::Own) {
            return Ok(());
        }
        let wanting = reading.files.iter_mut().zip(files.iter());
        let wanting = wanting.filter(|(file, _)| file.content == Err(Problem::NeedsConverter) && !file.inline);
        for (file, bytes) in wanting.take(MOST) {
            match measured(&METER.convert, self.convert(bytes, file.format)).await {
                Ok((converted, name)) => file.content = read(jail, &converted, name, file.format).await?,
                Err(ConvertError::NoProgram) => {}
                Err(error) => {
                    METER
                        .conversions_failed
                        .get_or_create(&[("format", format!("{:?}", file.format).to_lowercase())])
                        .inc();
                    tracing::warn!(format = ?file.format, sha256 = %file.sha256, %error, "a file is not converted");
                }
            }
        }
        Ok(())
    }

    /// The file in another format, and a name that tells which.
    ///
    /// # Errors
    /// Where no program is there, or it fails.
    pub async fn convert(&self, bytes: &[u8], format: Format) -> Result<(Vec<u8>, &'static str), ConvertError> {
        let (input, output) = match format {
            Format::Doc => ("file.doc", "file.docx"),
            Format::Rtf => ("file.rtf", "file.docx"),
            Format::Ppt => ("file.ppt", "file.pptx"),
            Format::Xls => ("file.xls", "file.xlsx"),
            Format::Pdf => ("file.pdf", "file.tsv"),
            _ => return Err(ConvertError::NoProgram),
        };
        let program = if format == Format::Pdf { &self.pdf } else { &self.office };
        let program = program.as_deref().ok_or(ConvertError::NoProgram)?;
        let _alone = self.alone.acquire().await.map_err(io::Error::other)?;
        let folder = tempfile::Builder::new().prefix("svodka-").tempdir()?;
        File::create_new(folder.path().join(input))?.write_all(bytes)?;
        let place = folder.path().display();
        let args = match format {
            Format::Pdf => ["-tsv", "-enc", "UTF-8", input, output].map(str::to_owned).to_vec(),
            _ => vec![
                format!("-env:UserInstallation=file://{place}/profile"),
                format!("-env:OSL_SOCKET_PATH={place}"),
                "--headless".to_owned(),
                "--norestore".to_owned(),
                "--convert-to".to_owned(),
                output.trim_start_matches("file.").to_owned(),
                input.to_owned(),
            ],
        };
        let mut ended = run(self.confined(program, folder.path(), &args), self.time).await?;
        if ended.code() == Some(MADE_PROFILE) {
            ended = run(self.confined(program, folder.path(), &args), self.time).await?;
        }
        let converted = self.fetch(&folder.path().join(output))?;
        converted.map(|converted| (converted, output)).ok_or(ConvertError::Nothing(ended))
    }

    /// This program, which becomes the other one once it is confined to the folder.
    fn confined(&self, program: &Path, folder: &Path, args: &[String]) -> Command {
        let mut command = Command::new(crate::jail::PROGRAM);
        command.arg(COMMAND).arg("--folder").arg(folder);
        command.arg("--seconds").arg(self.time.as_secs().max(1).to_string());
        if self.sandbox == Sandbox::BestEffort {
            command.arg("--best-effort");
        }
        command.arg("--").arg(program).args(args);
        command.current_dir(folder).env_clear().process_group(0).kill_on_drop(true);
        command.env("PATH", PATH).env("HOME", folder).env("TMPDIR", folder).env("LANG", "C.UTF-8");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// The output, where there is one within the limit. The program may have put anything there: a link to a file of
    /// ours, a pipe that never ends.
    fn fetch(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let Ok(file) = rustix::fs::open(path, flags, Mode::empty()) else { return Ok(None) };
        let file = File::from(file);
        if !file.metadata()?.is_file() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        file.take(self.largest as u64 + 1).read_to_end(&mut bytes)?;
        Ok((bytes.len() <= self.largest).then_some(bytes))
    }
}

/// What the reader makes of a converted file. A PDF that gives no text is a picture of one.
async fn read(jail: &Jail, bytes: &[u8], name: &str, was: Format) -> Result<Result<Document, Problem>, JailError> {
    let read = match was {
        Format::Pdf => jail.read_words(bytes).await,
        _ => jail.read_file(bytes, Some(name.to_owned()), &OwnIdentity::default()).await,
    };
    let read = match read {
        Ok((reading, _)) => reading.files.into_iter().next().map_or(Err(Problem::Empty), |file| file.content),
        Err(JailError::Killed { .. }) => Err(Problem::Hostile),
        Err(error) => return Err(error),
    };
    Ok(match read {
        Err(Problem::Empty) if was == Format::Pdf => Err(Problem::Scan),
        read => read.map(|mut document| {
            document.oddities.push("it was converted before it was read".to_owned());
            document
        }),
    })
}

/// Runs a command to its end, and ends the processes that it leaves, also where nobody waits for it any more.
async fn run(mut command: Command, time: Duration) -> Result<ExitStatus, ConvertError> {
    let mut child = command.spawn()?;
    let group = Group(child.id().and_then(|id| Pid::from_raw(id.cast_signed())));
    let ended = pulse::within(time, child.wait()).await;
    drop(group);
    match ended {
        Ok(ended) => Ok(ended?),
        Err(_) => {
            child.wait().await?;
            Err(ConvertError::Time(time))
        }
    }
}

/// A process and those that it has started; they are killed when this is dropped.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// LibreOffice's own program, where this is the script that starts it: the one between them cannot do without /tmp.
fn without_launcher(office: PathBuf) -> PathBuf {
    let own = office.canonicalize().ok().and_then(|real| Some(real.parent()?.join("soffice.bin")));
    own.filter(|own| own.exists()).unwrap_or(office)
}

/// A program by its path, or by its name in one of the usual folders.
fn find(program: &str) -> Option<PathBuf> {
    let runs = |path: &PathBuf| path.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0);
    if program.is_empty() {
        return None;
    }
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(runs);
    }
    env::split_paths(PATH).map(|folder| folder.join(program)).find(runs)
}
