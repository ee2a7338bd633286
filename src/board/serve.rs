//! The listener: takes connections, within limits, until the daemon stops.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::{Router, body::Body, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tower::Service as _;

use super::{client::Peer, events, router::router, state::Board};
use crate::{discreet::discreet, explain::Plain, office::Office};

/// So many connections are open at once; more wait.
const CONNECTIONS: usize = 256;
/// How long the head of a request may take, also of the next one on an open connection.
const HEAD: Duration = Duration::from_secs(15);
/// The longest head, in bytes, and the most fields in it.
const HEAD_BYTES: usize = 32 << 10;
const HEAD_FIELDS: usize = 64;
/// How long requests that have begun may go on when the daemon stops.
const STOP: Duration = Duration::from_secs(5);
/// Before the next try where the system gives no connection.
const PAUSE: Duration = Duration::from_millis(100);

/// The board, ready to be served.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    board: Arc<Board>,
}

impl Server {
    /// Listens where the configuration says; none where it has no `[board]`.
    ///
    /// # Errors
    /// Where it cannot listen there: the message says what to change.
    pub async fn open(office: Arc<Office>) -> anyhow::Result<Option<Self>> {
        let Some(config) = office.config.board.clone() else { return Ok(None) };
        let listener = TcpListener::bind(config.listen).await.with_context(|| {
            Plain(format!(
                "the board cannot listen on {}: another program may use it; set another listen in [board], or end that program",
                config.listen
            ))
        })?;
        let address = listener.local_addr()?;
        let base = config.base(address);
        let board = Arc::new(Board::new(office, config, base)?);
        Ok(Some(Self { listener, address, board }))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop`; what has begun may then go on for a few seconds.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        tracing::info!(address = %self.address, "the board is open");
        let router = router(&self.board);
        let watching = tokio::spawn(events::watch(Arc::clone(&self.board)));
        let (connections, open) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = accept(&self.listener, &open) => accepted,
            };
            match accepted {
                Ok((stream, peer, permit)) => connection(stream, peer, permit, &router, &connections),
                Err(error) => {
                    tracing::error!(error = discreet(&error.into()), "the board cannot take a connection");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        drop(self.listener);
        self.board.stopping.send_replace(true);
        let _ = tokio::time::timeout(STOP, connections.shutdown()).await;
        let _ = watching.await;
    }
}

async fn accept(
    listener: &TcpListener,
    open: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(open).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, peer, permit))
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    permit: OwnedSemaphorePermit,
    router: &Router,
    connections: &GracefulShutdown,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_header_size(HEAD_BYTES).max_headers(HEAD_FIELDS);
    let router = router.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let mut router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer.ip()));
            Ok::<_, Infallible>(router.call(request).await.unwrap_or_else(|never: Infallible| match never {}))
        }
    });
    let served = connections.watch(http.serve_connection(TokioIo::new(stream), service));
    tokio::spawn(async move {
        // A browser that goes away in the middle is nothing to speak of.
        let _ = served.await;
        drop(permit);
    });
}
