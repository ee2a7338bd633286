//! The pages over a store that holds the sample mails: what they show, to whom, and in which words.

mod pages;
mod world;

use world::World;
