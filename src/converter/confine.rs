//! What a converter may do: read the system's programs, write into one folder, compute for a while. No network, nothing
//! of the daemon's.

use std::{collections::BTreeMap, io, os::unix::process::CommandExt as _, path::PathBuf, process::Command};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

/// Address space: an office suite maps much and uses little.
const ADDRESSES: u64 = 4 << 30;
/// Memory of its own.
const MEMORY: u64 = 1 << 30;
/// Bytes of one file that it writes.
const FILE: u64 = 256 << 20;

/// The question of access(2) whether something may be written, and nothing else (`W_OK`).
const WRITABLE: u64 = 2;

/// What programs and their libraries, fonts and settings are read from.
const READ: [&str; 11] = [
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/opt",
    "/etc",
    "/proc/self",
    "/sys/devices",
    "/var/lib/libreoffice",
    "/var/spool/libreoffice",
    "/var/cache",
];
/// Devices without a memory.
const DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"];

/// What is to be run, and within which bounds.
#[derive(Debug)]
pub struct Confinement {
    /// The one folder that it may write into.
    pub folder: PathBuf,
    /// Processor time.
    pub seconds: u64,
    /// Whether it runs although the kernel cannot confine it.
    pub best_effort: bool,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
}

/// Confines this process and becomes the program. Returns only where that fails.
pub fn confine(confinement: &Confinement) -> anyhow::Error {
    match enter(confinement) {
        Err(error) if !confinement.best_effort => error,
        _ => Command::new(&confinement.program).args(&confinement.args).exec().into(),
    }
}

fn enter(confinement: &Confinement) -> anyhow::Result<()> {
    // The first to go where memory runs short.
    std::fs::write("/proc/self/oom_score_adj", "1000")?;
    for (resource, most) in [
        (Resource::Core, 0),
        (Resource::Cpu, confinement.seconds),
        (Resource::As, ADDRESSES),
        (Resource::Data, MEMORY),
        (Resource::Fsize, FILE),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    let filed = within(&confinement.folder);
    unconnected()?;
    filed
}

/// Landlock: the system to read, the folder to write.
fn within(folder: &PathBuf) -> anyhow::Result<()> {
    let abi = ABI::V5;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .add_rules(path_beneath_rules(READ, AccessFs::from_read(abi)))?
        .add_rules(path_beneath_rules(DEVICES, AccessFs::ReadFile | AccessFs::WriteFile))?
        .add_rules(path_beneath_rules([folder], AccessFs::from_all(abi)))?
        .restrict_self()?;
    anyhow::ensure!(status.ruleset != RulesetStatus::NotEnforced, "Landlock is not in force");
    Ok(())
}

/// seccomp: no socket but those between its own processes, no connection by them to any other, no look into others.
fn unconnected() -> anyhow::Result<()> {
    let forbidden = [
        libc::SYS_connect,
        libc::SYS_io_uring_setup,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_mount,
        libc::SYS_bpf,
        libc::SYS_keyctl,
        libc::SYS_add_key,
    ];
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = forbidden.into_iter().map(|call| (call, Vec::new())).collect();
    let other = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, u64::try_from(libc::AF_UNIX)?)?;
    rules.insert(libc::SYS_socket, vec![SeccompRule::new(vec![other])?]);
    // LibreOffice puts its socket into /tmp where it is told that it may write there, else where OSL_SOCKET_PATH says.
    let writing = |argument| {
        let asked = SeccompCmpOp::Eq;
        SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Dword, asked, WRITABLE)?])
    };
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_access, vec![writing(1)?]);
    rules.insert(libc::SYS_faccessat, vec![writing(2)?]);
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, denied, std::env::consts::ARCH.try_into()?)?;
    seccompiler::apply_filter(&BpfProgram::try_from(filter)?).map_err(io::Error::other)?;
    Ok(())
}
