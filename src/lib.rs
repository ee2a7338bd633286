//! svodka watches the mailbox of an education committee, reads the documents that schools e-mail, knows which school
//! each belongs to, answers with a confirmation or with exactly what is missing, and keeps the summary up to date.
//!
//! The modules stand in the order in which a mail flows through them; see `docs/ARCHITECTURE.md`.

pub mod clock;
pub mod pulse;
pub mod fault;
pub mod explain;
pub mod logging;
pub mod digest;
pub mod latin;
pub mod campaign;
pub mod meter;
pub mod net;
pub mod config;
pub mod mailbox;
pub mod message;
pub mod document;
pub mod reader;
pub mod jail;
pub mod converter;
pub mod authenticity;
pub mod form;
pub mod matching;
pub mod roster;
pub mod scrutiny;
pub mod letter;
pub mod decision;
pub mod reply;
pub mod store;
pub mod outbox;
pub mod report;
pub mod office;
pub mod backup;
pub mod discreet;
pub mod http;
pub mod monitoring;
pub mod board;
pub mod daemon;
pub mod cli;
