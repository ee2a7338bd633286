//! Places at which a test build (feature `faults`) can be killed as if the power went out, and its clock be set wrong.
//! In any other build nothing of it is there.

/// A place at which a test build can be killed.
#[cfg(feature = "faults")]
macro_rules! point {
    ($name:literal) => {
        fail::fail_point!($name)
    };
}
/// A place at which a test build can be killed.
#[cfg(not(feature = "faults"))]
macro_rules! point {
    ($name:literal) => {};
}
pub(crate) use point;

#[cfg(feature = "faults")]
pub use armed::{
    ACTS, BACKUP, CLOCK, ERASE, FAULT, MISBEHAVE, OCCASIONS, POINTS, RESTORE, arm, clock_offset, misbehave,
};

#[cfg(feature = "faults")]
mod armed {
    use std::{
        env, fs,
        sync::atomic::{AtomicU32, Ordering},
    };

    use jiff::SignedDuration;

    /// The environment variable that names a point and at which time of passing it the process dies: `name@2`; or, as
    /// `hang:name@2`, the task hangs that passes it.
    pub const FAULT: &str = "SVODKA_FAULT";
    /// The environment variable that names a file with the seconds by which the clock is wrong.
    pub const CLOCK: &str = "SVODKA_CLOCK";

    /// Every point, in the order in which a message passes them.
    pub const POINTS: &[&str] = &[
        "store::migrated",
        "imap::listed",
        "imap::fetched",
        "files::written",
        "files::renamed",
        "intake::file_stored",
        "intake::before_commit",
        "intake::committed",
        "decide::reading",
        "decide::read",
        "decide::documents_stored",
        "decide::decided",
        "record::before_commit",
        "record::committed",
        "copies::settled",
        "lease::before_commit",
        "lease::committed",
        "smtp::connected",
        "smtp::mail",
        "smtp::recipients",
        "smtp::data",
        "smtp::begun",
        "smtp::dot",
        "smtp::accepted",
        "settle::before_commit",
        "settle::committed",
        "mark::begun",
        "mark::flagged",
        "mark::copied",
        "mark::deleted",
        "mark::done",
        "incident::before_commit",
        "tell::before_commit",
        "append::begun",
        "append::done",
    ];

    /// The points that no mail passes by itself, but a day of the campaign, or a second mail.
    pub const OCCASIONS: &[&str] =
        &["renew::before_commit", "remind::before_commit", "summary::before_commit", "cases::before_commit"];

    /// The points that a person's act passes.
    pub const ACTS: &[&str] = &["rule::before_commit", "rule::committed"];

    /// The points that a copy of the whole store passes, made, put back or looked after.
    pub const BACKUP: &[&str] = &[
        "backup::copied",
        "backup::half_of_the_files",
        "backup::files",
        "backup::manifest",
        "backup::renamed",
        "backup::removing",
    ];

    /// The points that a restore passes.
    pub const RESTORE: &[&str] =
        &["restore::begun", "restore::file", "restore::files", "restore::held", "restore::renamed"];

    /// The points that an erasure passes.
    pub const ERASE: &[&str] =
        &["erase::before_commit", "erase::rows", "erase::file", "erase::files", "erase::vacuumed"];

    /// Arms what the environment names.
    ///
    /// # Panics
    /// Where it names no point: a test must not pass because its fault never came.
    pub fn arm() {
        let Ok(fault) = env::var(FAULT) else { return };
        let (hangs, fault) = fault.strip_prefix("hang:").map_or((false, fault.as_str()), |fault| (true, fault));
        let (name, time) = fault.split_once('@').unwrap_or((fault, "1"));
        assert!(
            [POINTS, OCCASIONS, ACTS, BACKUP, RESTORE, ERASE, &["upgrade::copied"]].concat().contains(&name),
            "{FAULT}: there is no point {name:?}"
        );
        let Ok(time) = time.parse::<u32>() else { panic!("{FAULT}: {time:?} is no number") };
        let passed = AtomicU32::new(0);
        let die = move || {
            if passed.fetch_add(1, Ordering::SeqCst) + 1 != time {
                return;
            }
            if hangs {
                loop {
                    std::thread::park();
                }
            }
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        };
        if let Err(error) = fail::cfg_callback(name, die) {
            panic!("{FAULT}: {error}");
        }
    }

    /// The header field by which a test's mail makes the process that reads it do what no reader should.
    pub const MISBEHAVE: &str = "X-Svodka-Misbehave: ";

    /// Does what the mail asks for in [`MISBEHAVE`].
    pub fn misbehave(mail: &[u8]) {
        let Some(at) = memchr::memmem::find(mail, MISBEHAVE.as_bytes()) else { return };
        let wish = mail.get(at + MISBEHAVE.len()..).unwrap_or_default().split(|b| b.is_ascii_whitespace()).next();
        match wish.unwrap_or_default() {
            b"die" => std::process::abort(),
            b"panic" => panic!("the fault that was asked for"),
            b"hang" => loop {
                std::hint::spin_loop();
            },
            b"sleep" => std::thread::park(),
            b"escape" => escape(),
            b"grow" => {
                let mut grown = Vec::new();
                loop {
                    grown.push(std::hint::black_box(vec![1_u8; 1 << 20]));
                }
            }
            _ => {}
        }
    }

    /// Dies where anything can be reached from here that a reader has no use for.
    fn escape() {
        use std::{fs, net, os::unix::net::UnixDatagram, process};
        let escaped = [
            ("a file was read", fs::read("/etc/passwd").is_ok()),
            ("a folder was listed", fs::read_dir("/").is_ok()),
            ("a file was written", fs::write("/tmp/svodka-escaped", "").is_ok()),
            ("a port was bound", net::UdpSocket::bind("127.0.0.1:0").is_ok()),
            (
                "a connection was tried",
                net::TcpStream::connect("127.0.0.1:9")
                    .map_or_else(|error| error.kind() != std::io::ErrorKind::PermissionDenied, |_| true),
            ),
            ("a socket was had", UnixDatagram::unbound().is_ok()),
            (
                "memory was made executable",
                memmap2::MmapMut::map_anon(4096).is_ok_and(|memory| memory.make_exec().is_ok()),
            ),
            ("a program was started", process::Command::new("/bin/true").spawn().is_ok()),
            ("a process was signalled", rustix::process::test_kill_process(rustix::process::getpid()).is_ok()),
        ];
        if escaped.iter().any(|(_, escaped)| *escaped) {
            process::abort();
        }
    }

    /// By how much the clock is wrong now.
    pub fn clock_offset() -> SignedDuration {
        let file = env::var_os(CLOCK).and_then(|file| fs::read_to_string(file).ok());
        SignedDuration::from_secs(file.and_then(|text| text.trim().parse().ok()).unwrap_or_default())
    }
}
