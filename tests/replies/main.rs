//! Who is answered, and with what: whole passes of the daemon over a mailbox of crafted mails. The numbers are those of
//! the faults that a mail program must withstand.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a scenario that cannot go on has failed")]

mod authentication;
mod campaigns;
mod committee;
mod flow;
#[cfg(feature = "faults")]
mod killed;
mod machines;
mod reminders;
mod summaries;
mod tricks;
