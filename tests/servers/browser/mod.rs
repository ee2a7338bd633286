//! The board as people meet it: in a real browser, on real mail servers.

mod chromium;
mod committee;
mod journey;
mod pages;
