//! The board as a server, until the daemon stops.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context as _;

use super::{events, router::router, state::Board};
use crate::{explain::Plain, http::Listener, office::Office};

/// So many connections are open at once; more wait.
const CONNECTIONS: usize = 256;

/// The board, ready to be served.
#[derive(Debug)]
pub struct Server {
    listener: Listener,
    board: Arc<Board>,
}

impl Server {
    /// Listens where the configuration says; none where it has no `[board]`.
    ///
    /// # Errors
    /// Where it cannot listen there: the message says what to change.
    pub async fn open(office: Arc<Office>) -> anyhow::Result<Option<Self>> {
        let Some(config) = office.config.board.clone() else { return Ok(None) };
        let listener = Listener::open(config.listen, CONNECTIONS).await.with_context(|| {
            Plain(format!(
                "the board cannot listen on {}: another program may use it; set another listen in [board], or end that program",
                config.listen
            ))
        })?;
        let base = config.base(listener.address());
        let board = Arc::new(Board::new(office, config, base)?);
        Ok(Some(Self { listener, board }))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Serves until `stop`; what has begun may then go on for a few seconds.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        tracing::info!(address = %self.address(), "the board is open");
        let router = router(&self.board);
        let watching = tokio::spawn(events::watch(Arc::clone(&self.board)));
        let ending = || {
            self.board.stopping.send_replace(true);
        };
        self.listener.serve(&router, stop, ending).await;
        let _ = watching.await;
    }
}
