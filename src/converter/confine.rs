//! What a converter may do: read the system's programs, write into one folder, compute for a while. No network, no file
//! of the daemon's, no signal to it.

use std::{collections::BTreeMap, io, os::unix::process::CommandExt as _, path::PathBuf, process::Command};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, set_parent_process_death_signal, setrlimit};
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
const READ: [&str; 19] = [
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/opt",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/group",
    "/etc/ld.so.cache",
    "/etc/libreoffice",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/papersize",
    "/etc/passwd",
    "/proc/self",
    "/sys/devices",
    "/var/cache/fontconfig",
    "/var/lib/libreoffice",
    "/var/spool/libreoffice",
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

/// Does everything of it that can be done; says what could not.
fn enter(confinement: &Confinement) -> anyhow::Result<()> {
    let last = [unprivileged(confinement.seconds), within(&confinement.folder), unconnected()];
    last.into_iter().collect()
}

fn unprivileged(seconds: u64) -> anyhow::Result<()> {
    // It ends with who has asked for it, and is the first to go where memory runs short.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    std::fs::write("/proc/self/oom_score_adj", "1000")?;
    for (resource, most) in [
        (Resource::Core, 0),
        (Resource::Cpu, seconds),
        (Resource::As, ADDRESSES),
        (Resource::Data, MEMORY),
        (Resource::Fsize, FILE),
    ] {
        let most = Some(getrlimit(resource).maximum.map_or(most, |already| already.min(most)));
        setrlimit(resource, Rlimit { current: most, maximum: most })?;
    }
    Ok(())
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

/// What no converter has a use for: connections, signals and looks at other processes, a session of its own (by which it
/// would outlive its time), and whatever changes files by their names without opening them, which Landlock lets pass.
const FORBIDDEN: &[i64] = &[
    libc::SYS_connect,
    libc::SYS_io_uring_setup,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_pidfd_send_signal,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_setsid,
    libc::SYS_setpgid,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_bpf,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_truncate,
    libc::SYS_fchmodat,
    libc::SYS_fchmodat2,
    libc::SYS_fchownat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utime,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utimes,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_futimesat,
];

/// A condition on an argument of a system call.
fn argument(number: u8, compared: SeccompCmpOp, value: u64) -> anyhow::Result<SeccompRule> {
    Ok(SeccompRule::new(vec![SeccompCondition::new(number, SeccompCmpArgLen::Dword, compared, value)?])?)
}

/// seccomp: streams between its own processes, no other sockets; nothing of [`FORBIDDEN`].
fn unconnected() -> anyhow::Result<()> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = FORBIDDEN.iter().map(|call| (*call, Vec::new())).collect();
    let other_family = argument(0, SeccompCmpOp::Ne, u64::try_from(libc::AF_UNIX)?)?;
    // A datagram needs no connection to be sent. The upper bits of the type are flags.
    let datagram = argument(1, SeccompCmpOp::MaskedEq(0xF), u64::try_from(libc::SOCK_DGRAM)?)?;
    let sequence = argument(1, SeccompCmpOp::MaskedEq(0xF), u64::try_from(libc::SOCK_SEQPACKET)?)?;
    rules.insert(libc::SYS_socket, vec![other_family, datagram, sequence]);
    // Times of a file by its name; those of an open one have none.
    let named = SeccompCondition::new(1, SeccompCmpArgLen::Qword, SeccompCmpOp::Ne, 0)?;
    rules.insert(libc::SYS_utimensat, vec![SeccompRule::new(vec![named])?]);
    // Its own threads may be signalled, which is how a program aborts.
    let own = u64::try_from(rustix::process::getpid().as_raw_nonzero().get())?;
    rules.insert(libc::SYS_tgkill, vec![argument(0, SeccompCmpOp::Ne, own)?]);
    // LibreOffice puts its socket into /tmp where it is told that it may write there, else where OSL_SOCKET_PATH says.
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_access, vec![argument(1, SeccompCmpOp::Eq, WRITABLE)?]);
    rules.insert(libc::SYS_faccessat, vec![argument(2, SeccompCmpOp::Eq, WRITABLE)?]);
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, denied, std::env::consts::ARCH.try_into()?)?;
    seccompiler::apply_filter(&BpfProgram::try_from(filter)?).map_err(io::Error::other)?;
    Ok(())
}
