//! The schools of a region: a table of theirs → [`Entry`]s, and these laid under a campaign. Knows no files: bytes come in.
//!
//! Whose tables they are, nobody can say: columns stand in any order under any heading, in a workbook or a text. What of
//! such a table cannot be used is told, row by row; nothing is left out in silence.

mod columns;
mod ids;
mod join;
mod place;
mod read;
mod table;
#[cfg(test)]
mod tests;

use crate::campaign::SchoolId;

pub use join::{join, learnt};
pub use read::{Import, Problem, import, read};
pub use table::{TableError, write};

/// A school of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id, the same after every import.
    pub id: SchoolId,
    /// Its full name.
    pub name: String,
    /// Further names.
    pub aliases: Vec<String>,
    /// Its district as an adjective: «Киришский»; empty where the table has none.
    pub district: String,
    /// Its town or village: «Кириши»; empty where the table has none.
    pub settlement: String,
    /// Its e-mail addresses.
    pub addresses: Vec<String>,
    /// Its taxpayer's number; empty where the table has none.
    pub inn: String,
    /// Who coordinates its district.
    pub coordinator: Option<Coordinator>,
}

/// Who coordinates the schools of a district.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Coordinator {
    /// His name; empty where the table has none.
    pub name: String,
    /// His e-mail address.
    pub address: String,
}
