//! What the reading process takes from itself before it sees the first byte: no files, no sockets, no other programs,
//! bounded memory. Nothing of it can be given back (landlock(7), seccomp(2), setrlimit(2)).

use std::collections::BTreeMap;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _, RulesetStatus,
    Scope,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use crate::document::Limits;

/// Why the kernel gives no sandbox.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoSandbox {
    /// Before Linux 5.13, or switched off.
    #[error("Landlock is not in force (Linux 5.13 or later, with `landlock` in its list of security modules)")]
    Landlock,
    /// Not built into the kernel, forbidden, or an unknown processor.
    #[error("seccomp is not in force: {0}")]
    Seccomp(#[from] seccompiler::Error),
    /// A limit cannot be set.
    #[error("a limit cannot be set: {0}")]
    Limit(#[from] rustix::io::Errno),
}

/// Takes everything away that can be taken away; says what could not.
///
/// # Errors
/// Where the kernel lacks a part of it. What it has is in force nevertheless.
pub(super) fn enter(limits: &Limits) -> Result<(), NoSandbox> {
    // Asked once before it is forbidden: the first question for the time looks into /proc.
    let limited = allow_time(limits).and_then(|()| limit(limits));
    // The first to go where memory runs short: what it reads is still in the store, the daemon's work is not.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let without_files = without_files();
    // Last: it forbids the calls that the others need.
    let only_reading = only_reading();
    limited?;
    without_files?;
    only_reading
}

/// No core dump with a mail in it, no file that grows, no child, bounded memory.
fn limit(limits: &Limits) -> Result<(), NoSandbox> {
    let most = |resource, most: u64| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    most(Resource::Core, 0)?;
    most(Resource::Fsize, 0)?;
    most(Resource::Nproc, 0)?;
    Ok(most(Resource::As, limits.memory)?)
}

/// Allows this much processor time from here on; SIGXCPU ends the process behind it.
///
/// # Errors
/// Where the limit cannot be set.
pub(super) fn allow_time(limits: &Limits) -> Result<(), NoSandbox> {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
    let current = Some(used + limits.time.as_secs() + 1);
    Ok(setrlimit(Resource::Cpu, Rlimit { current, maximum: getrlimit(Resource::Cpu).maximum })?)
}

/// Landlock with no exception: no path can be opened, no port bound or connected, no process outside signalled.
fn without_files() -> Result<(), NoSandbox> {
    let restricted = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(ABI::V5)))
        .and_then(|rules| rules.scope(Scope::from_all(ABI::V6)))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self);
    match restricted {
        Ok(status) if status.ruleset != RulesetStatus::NotEnforced => Ok(()),
        _ => Err(NoSandbox::Landlock),
    }
}

/// What computing, memory and the pipes need. Whatever else is called fails as if it were not permitted.
const ALLOWED: &[i64] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

fn only_reading() -> Result<(), NoSandbox> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    // Its own limits alone: the daemon runs under the same user.
    let own = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, 0);
    let own = own.and_then(|own| SeccompRule::new(vec![own])).map_err(seccompiler::Error::Backend)?;
    rules.insert(libc::SYS_prlimit64, vec![own]);
    // Its own threads may be signalled, which is how a program aborts.
    let id = u64::try_from(rustix::process::getpid().as_raw_nonzero().get()).unwrap_or_default();
    let itself = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, id);
    let itself = itself.and_then(|itself| SeccompRule::new(vec![itself])).map_err(seccompiler::Error::Backend)?;
    rules.insert(libc::SYS_tgkill, vec![itself]);
    // What was read must never be run: no memory becomes executable.
    let mask = u64::from(libc::PROT_EXEC.unsigned_abs());
    let data = SeccompCondition::new(2, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(mask), 0);
    let data = data.and_then(|data| SeccompRule::new(vec![data])).map_err(seccompiler::Error::Backend)?;
    rules.insert(libc::SYS_mmap, vec![data.clone()]);
    rules.insert(libc::SYS_mprotect, vec![data]);
    let arch = std::env::consts::ARCH.try_into().map_err(seccompiler::Error::Backend)?;
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter = SeccompFilter::new(rules, denied, SeccompAction::Allow, arch).map_err(seccompiler::Error::Backend)?;
    let program = BpfProgram::try_from(filter).map_err(seccompiler::Error::Backend)?;
    Ok(seccompiler::apply_filter(&program)?)
}
