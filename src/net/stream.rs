//! An encrypted connection whose server is watched.

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

use super::Guard;

/// An encrypted connection whose server is watched by a [`Guard`].
pub struct Stream {
    tls: Box<TlsStream<TcpStream>>,
    guard: Guard,
    /// What is to be read before anything from the server.
    first: &'static [u8],
    /// Whether the last that was written ends a message (RFC 5321 §4.1.1.4).
    #[cfg(feature = "faults")]
    dot: bool,
}

impl Stream {
    pub(super) fn new(tls: TlsStream<TcpStream>, guard: Guard, first: &'static [u8]) -> Self {
        Self {
            tls: Box::new(tls),
            guard,
            first,
            #[cfg(feature = "faults")]
            dot: false,
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream")
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.first.is_empty() {
            let (now, later) = this.first.split_at(this.first.len().min(buffer.remaining()));
            buffer.put_slice(now);
            this.first = later;
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.tls).poll_read(cx, buffer);
        if let Poll::Ready(Ok(())) = read {
            this.guard.read(buffer.filled().get(before..).unwrap_or_default())?;
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.guard.wrote();
        #[cfg(feature = "faults")]
        {
            this.dot = bytes == b"\r\n.\r\n";
        }
        Pin::new(&mut this.tls).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.tls).poll_flush(cx);
        #[cfg(feature = "faults")]
        if flushed.is_ready() && std::mem::take(&mut this.dot) {
            crate::fault::point!("smtp::dot");
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tls).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Stream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tls.get_ref().0.peer_addr()
    }
}
