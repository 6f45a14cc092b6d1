//! Hides a bounded queue with many senders and many takers.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::Error;

/// First in, first out; never longer than its capacity.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    /// Signalled once per item, and to all at the end.
    ready: Condvar,
    capacity: usize,
}

struct State<T> {
    items: VecDeque<T>,
    closed: bool,
}

impl<T> Queue<T> {
    pub(super) fn new(capacity: NonZeroUsize) -> Self {
        let state = State {
            items: VecDeque::new(),
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            ready: Condvar::new(),
            capacity: capacity.get(),
        }
    }

    /// Appends an item. If there is no room, items that are `abandoned` make it; with none of those,
    /// [`Error::Busy`]. After the end, [`Error::Stopped`].
    pub(super) fn push(&self, item: T, abandoned: impl Fn(&T) -> bool) -> Result<(), Error> {
        let mut state = self.lock();
        if state.closed {
            return Err(Error::Stopped);
        }
        if state.items.len() >= self.capacity {
            state.items.retain(|item| !abandoned(item));
        }
        let waiting = state.items.len();
        if waiting >= self.capacity {
            return Err(Error::Busy { waiting });
        }
        state.items.push_back(item);
        drop(state);
        self.ready.notify_one();
        Ok(())
    }

    /// The oldest item, waited for; `None` once closed.
    pub(super) fn next(&self) -> Option<T> {
        let mut state = self
            .ready
            .wait_while(self.lock(), |state| state.items.is_empty() && !state.closed)
            .unwrap_or_else(PoisonError::into_inner);
        state.items.pop_front()
    }

    /// Drops what waits and lets every taker go.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let waiting = std::mem::take(&mut state.items);
        drop(state);
        self.ready.notify_all();
        drop(waiting);
    }

    /// How many items wait.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// Nothing under the lock can leave the queue half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
