//! The listener of our pages: takes connections, within limits, until it is told to stop.

use std::{
    convert::Infallible,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

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

/// How long the head of a request may take, also of the next one on an open connection.
const HEAD: Duration = Duration::from_secs(15);
/// The longest head, in bytes, and the most fields in it.
const HEAD_BYTES: usize = 32 << 10;
const HEAD_FIELDS: usize = 64;
/// How long requests that have begun may go on when the daemon stops.
const STOP: Duration = Duration::from_secs(5);
/// Before the next try where the system gives no connection.
const PAUSE: Duration = Duration::from_millis(100);

/// The other end of the connection; a request has it among its extensions.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// A port that is listened on.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
    /// So many connections are open at once; more wait.
    connections: usize,
}

impl Listener {
    /// Listens at an address, for at most so many connections at once.
    ///
    /// # Errors
    /// Where it cannot listen there.
    pub async fn open(at: SocketAddr, connections: usize) -> io::Result<Self> {
        let listener = TcpListener::bind(at).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, connections })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop`; then `ending` is called, and what has begun may go on for a few seconds.
    pub async fn serve(self, router: &Router, stop: impl Future<Output = ()>, ending: impl FnOnce()) {
        let (connections, open) = (GracefulShutdown::new(), Arc::new(Semaphore::new(self.connections)));
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = accept(&self.listener, &open) => accepted,
            };
            match accepted {
                Ok((stream, peer, permit)) => connection(stream, peer, permit, router, &connections),
                Err(error) => {
                    tracing::error!(kind = %error.kind(), address = %self.address, "no connection can be taken");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        drop(self.listener);
        ending();
        let _ = tokio::time::timeout(STOP, connections.shutdown()).await;
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
