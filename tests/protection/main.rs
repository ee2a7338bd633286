//! Backup, restore, audit and erasure, as an administrator meets them: whole commands on whole folders, killed in the middle.

#![expect(clippy::unwrap_used, reason = "a scenario that cannot go on has failed")]

mod backups;
mod killed;
mod office;
mod owners;
mod restored;
