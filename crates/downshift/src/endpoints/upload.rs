//! Hides how a caller's body is read without being kept: piece by piece, no longer and no larger than the policy allows.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use downshift_upstream::BoxError;
use futures_util::Stream;
use tokio::time::{Sleep, sleep};

use crate::config::LimitsConfig;
use crate::rescue::{self, Rescue};

/// A caller's body as it comes. What is wrong with it is told by its [`Fault`] as well: who sends
/// the body on learns no more than that it broke off.
pub(super) struct Upload {
    pieces: BodyDataStream,
    limits: LimitsConfig,
    left: usize,
    alarm: Pin<Box<Sleep>>,
    fault: Fault,
}

/// What was wrong with a body, once that is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Fault(Arc<OnceLock<Rescue>>);

// === impl Upload ===

impl Upload {
    /// Reads `body` within the limits.
    pub(super) fn new(body: Body, limits: &LimitsConfig) -> Self {
        Self {
            pieces: body.into_data_stream(),
            left: limits.body_bytes,
            alarm: Box::pin(sleep(limits.body.0)),
            limits: limits.clone(),
            fault: Fault::default(),
        }
    }

    /// Where it will be said what is wrong.
    pub(super) fn fault(&self) -> Fault {
        self.fault.clone()
    }
}

impl Stream for Upload {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Poll::Ready(piece) = Pin::new(&mut this.pieces).poll_next(cx) else {
            ready!(this.alarm.as_mut().poll(cx));
            return Poll::Ready(Some(Err(this.fault.set(too_slow(&this.limits)))));
        };
        Poll::Ready(piece.map(|piece| match piece {
            Ok(piece) if piece.len() > this.left => {
                Err(this.fault.set(too_large(this.limits.body_bytes)))
            }
            Ok(piece) => {
                this.left -= piece.len();
                Ok(piece)
            }
            Err(_) => Err(this.fault.set(broken_off())),
        }))
    }
}

// === impl Fault ===

impl Fault {
    /// What was wrong, if anything was.
    pub(super) fn found(&self) -> Option<Rescue> {
        self.0.get().cloned()
    }

    fn set(&self, rescue: Rescue) -> BoxError {
        let told = rescue.message().to_owned();
        // Only the first fault counts.
        let _first = self.0.get_or_init(|| rescue);
        told.into()
    }
}

/// A body of more bytes than the policy allows.
pub(super) fn too_large(limit: usize) -> Rescue {
    let message =
        format!("the request body is larger than the {limit} bytes that limits.body_bytes allows");
    Rescue::new(rescue::REQUEST_TOO_LARGE, message)
}

/// A body that took longer than the policy allows.
pub(super) fn too_slow(limits: &LimitsConfig) -> Rescue {
    let message = format!(
        "the request body was not complete within the {:?} that limits.body allows",
        limits.body.0
    );
    Rescue::new(rescue::REQUEST_TIMEOUT, message)
}

/// A body without its end.
pub(super) fn broken_off() -> Rescue {
    let message = "the request body broke off before it was complete";
    Rescue::new(rescue::INVALID_REQUEST, message)
}
