//! Letters of committees made into campaigns: the one that the program ships with, which has to give a campaign equal in
//! effect to the one that was written by hand, and others of other offices, each with a layout of its own.

#![expect(clippy::unwrap_used, reason = "a letter that cannot be read is a failed test")]

mod any;
mod builder;
mod command;
mod others;
mod same;
mod together;
