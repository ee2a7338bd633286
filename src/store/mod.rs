//! The tables and the content-addressed files. Nothing else in the crate speaks SQL.
