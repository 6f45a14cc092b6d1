//! Listens to a reply as it passes, and tells what it said once it is over.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use downshift_upstream as upstream;
use downshift_wire::ChatChunk;
use futures_util::Stream;
use tokio::sync::oneshot;

use crate::ladder::{ChunkStream, ReplyBody};

/// Longer replies are compared by their end, in bytes.
const MOST: usize = 256 * 1024;

/// The reply, listened to; one that breaks off is told nothing of.
pub(super) fn heard(body: ReplyBody, says: oneshot::Sender<String>) -> ReplyBody {
    match body {
        ReplyBody::Whole(reply) => {
            tell(says, reply.text.clone());
            ReplyBody::Whole(reply)
        }
        ReplyBody::Stream(chunks) => ReplyBody::Stream(Box::pin(Heard {
            chunks,
            text: String::new(),
            says: Some(says),
        })),
    }
}

struct Heard {
    chunks: ChunkStream,
    text: String,
    says: Option<oneshot::Sender<String>>,
}

impl Stream for Heard {
    type Item = Result<ChatChunk, upstream::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.chunks.as_mut().poll_next(cx));
        match &item {
            Some(Ok(chunk)) => self.text.push_str(&chunk.text),
            Some(Err(_)) => self.says = None,
            None => {
                let text = std::mem::take(&mut self.text);
                if let Some(says) = self.says.take() {
                    tell(says, text);
                }
            }
        }
        if self.text.len() > 2 * MOST {
            let mut from = self.text.len() - MOST;
            while !self.text.is_char_boundary(from) {
                from += 1;
            }
            self.text.drain(..from);
        }
        Poll::Ready(item)
    }
}

/// Nobody may be left who listens, which is no matter.
fn tell(says: oneshot::Sender<String>, text: String) {
    if says.send(text).is_err() {
        tracing::debug!("a shadow run ended before its request");
    }
}
