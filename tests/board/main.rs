//! The board as a browser, and whoever means harm, meets it: over HTTP, with the daemon that serves it.

#![expect(clippy::unwrap_used, reason = "a scenario that cannot go on has failed")]

mod acts;
mod browser;
mod campaigns;
mod commands;
mod committee;
mod district;
mod erase;
mod events;
mod protection;
mod roles;
mod sign_in;
