//! A file on its way out, piece by piece: however large it is and however many ask for it, no more of it is in memory than a piece.

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::fs::File;
use tokio::io::{AsyncRead, ReadBuf};

/// Bytes of a piece.
const PIECE: usize = 64 << 10;

struct Outgoing {
    file: File,
    /// Bytes that are still to go.
    left: u64,
    piece: Box<[u8]>,
}

/// A file as the body of an answer; its length is known before. Errors: it cannot be opened.
pub async fn open(path: &Path) -> io::Result<Body> {
    let file = File::open(path).await?;
    let left = file.metadata().await?.len();
    Ok(Body::new(Outgoing { file, left, piece: vec![0; PIECE].into() }))
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Self { file, left, piece } = &mut *self;
        if *left == 0 {
            return Poll::Ready(None);
        }
        let mut piece = ReadBuf::new(piece);
        match Pin::new(file).poll_read(context, &mut piece) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Err(why)) => return Poll::Ready(Some(Err(why))),
            Poll::Ready(Ok(())) => {}
        }
        // What was kept under a digest does not change: less than there was is a fault of the disk, more is not this file.
        let read = piece.filled().len() as u64;
        if read == 0 || read > *left {
            return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
        }
        *left -= read;
        Poll::Ready(Some(Ok(Frame::data(Bytes::copy_from_slice(piece.filled())))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
