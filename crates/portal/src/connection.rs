//! Connections: how many there may be, what is done when none can be taken, and how long a client may leave its answer lying.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

/// The next connection, with its place among those there may be at once. Beyond them nobody is taken: the system holds who waits,
/// and the first who ends, or is cut off for sending or taking nothing, makes room.
pub async fn next(listener: &TcpListener, places: &Arc<Semaphore>) -> (Option<OwnedSemaphorePermit>, TcpStream, SocketAddr) {
    let place = match Arc::clone(places).try_acquire_owned() {
        Ok(place) => Some(place),
        Err(_) => {
            tracing::warn!("as many connections as there may be (connections_max): others wait");
            Arc::clone(places).acquire_owned().await.ok()
        }
    };
    let mut failures = 0;
    loop {
        match listener.accept().await {
            Ok((stream, from)) => return (place, stream, from),
            Err(why) => {
                failures += 1;
                if let Some(pause) = pause(why.kind(), failures) {
                    tracing::warn!(kind = why.kind().to_string(), code = why.raw_os_error(), "no connection could be taken");
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }
}

/// How long to wait after so many failures to take a connection; none: it broke before it was taken, which is its client's affair.
/// What else goes wrong – no file handle is free, no memory – will go wrong again at once: without a pause that is a loop at full
/// speed in which nothing ends.
fn pause(kind: ErrorKind, failures: u32) -> Option<Duration> {
    let of_the_client = matches!(kind, ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset);
    (!of_the_client).then(|| Duration::from_millis(50 << failures.min(5)))
}

/// A connection that is given up when its client takes nothing of its answer for a while: hyper waits for ever.
pub struct Patient {
    stream: TcpStream,
    patience: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    /// A connection with that much patience.
    pub const fn new(stream: TcpStream, patience: Duration) -> Self {
        Self { stream, patience, stalled: None }
    }

    /// What came of writing: what is taken starts the time anew, what is not taken in time ends it.
    fn written<T>(&mut self, context: &mut Context<'_>, came: Poll<Result<T>>) -> Poll<Result<T>> {
        if came.is_ready() {
            self.stalled = None;
            return came;
        }
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        stalled.as_mut().poll(context).map(|()| Err(Error::from(ErrorKind::TimedOut)))
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let came = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, came)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<Result<usize>> {
        let came = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.written(context, came)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_without_free_handles_is_asked_again_after_a_while_and_a_broken_connection_is_passed_over() {
        assert_eq!(pause(ErrorKind::ConnectionAborted, 1), None);
        // EMFILE: "too many open files".
        let full = Error::from_raw_os_error(24).kind();
        let pauses: Vec<_> = (1..=9).map(|failures| pause(full, failures).unwrap().as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1600, 1600, 1600, 1600, 1600]);
    }
}
