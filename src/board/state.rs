//! What every request is given.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{Semaphore, watch};

use super::{limits::Limits, page::Pages, standing::Standing};
use crate::{config::BoardConfig, office::Office};

/// So many browsers are told of changes at once; beyond that, a page is as old as when it was loaded.
const LISTENERS: usize = 64;

/// What every request is given.
#[derive(Debug)]
pub(crate) struct Board {
    pub(super) office: Arc<Office>,
    pub(super) config: BoardConfig,
    /// With what every link to the board begins.
    pub(super) base: String,
    /// The hosts under which it is asked for, in lower case, without ports.
    pub(super) hosts: Vec<String>,
    pub(super) pages: Pages,
    pub(super) limits: Limits,
    /// How the campaign stands.
    pub(super) standing: Standing,
    /// The number of the last event; whoever waits for it to change hears of everything.
    pub(super) changes: watch::Sender<i64>,
    /// Whether the daemon stops.
    pub(super) stopping: watch::Sender<bool>,
    pub(super) listeners: Arc<Semaphore>,
}

impl Board {
    /// The board over an office; `base` is with what its links begin.
    pub(super) fn new(office: Arc<Office>, config: BoardConfig, base: String) -> anyhow::Result<Self> {
        let mut hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned()];
        hosts.extend(
            config.url.iter().chain([&base]).filter_map(|url| Some(url::Url::parse(url).ok()?.host()?.to_string())),
        );
        Ok(Self {
            office,
            config,
            base,
            hosts,
            pages: Pages::load()?,
            limits: Limits::default(),
            standing: Standing::default(),
            changes: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
            listeners: Arc::new(Semaphore::new(LISTENERS)),
        })
    }

    pub(super) fn now(&self) -> Timestamp {
        self.office.clock.now()
    }
}
