//! The pages over a store that holds the sample mails: what they show, to whom, and in which words.

mod hostile;
mod pages;
mod reasons;
mod sight;
mod world;

use world::World;
