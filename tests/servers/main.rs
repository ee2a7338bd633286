//! The daemon on real mail servers, through every fault. Nothing is mocked: mails go to a Postfix, from there to a
//! Dovecot; the daemon reads and answers; the senders' mailboxes are read. Each row of the table of faults is a test that
//! bears its number.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test's own helpers: what is wrong here is to stop the test"
)]

mod browser;
mod canaries;
mod harness;
mod doctor;
mod everyday;
mod latency;
mod monitoring;
mod odd_servers;
mod rows_killed;
mod rows_machine;
mod rows_mailbox;
mod rows_sending;
mod rows_watched;
mod torture;
