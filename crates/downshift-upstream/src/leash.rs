//! Hides how something is dropped at its time although nobody looks at it any more.
//!
//! A caller that stops reading its reply stops asking for it, so no timer inside the reply is
//! looked at. What hangs on a leash is dropped by a timer of its own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

/// Who looks in time finds out by itself; only then is what was not looked at dropped.
const GRACE: Duration = Duration::from_secs(1);

/// A value that is dropped a moment after its time.
#[derive(Debug)]
pub(crate) struct Leash<T> {
    held: Arc<Mutex<Option<T>>>,
    timer: AbortHandle,
}

// === impl Leash ===

impl<T: Send + 'static> Leash<T> {
    pub(crate) fn new(value: T, until: Instant) -> Self {
        let held = Arc::new(Mutex::new(Some(value)));
        let watched = held.clone();
        let timer = tokio::spawn(async move {
            sleep_until(until + GRACE).await;
            drop(lock(&watched).take());
        });
        Self {
            held,
            timer: timer.abort_handle(),
        }
    }

    /// What `look` makes of the value; `None` if it is gone.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&mut T) -> R) -> Option<R> {
        lock(&self.held).as_mut().map(look)
    }
}

impl<T> Drop for Leash<T> {
    fn drop(&mut self) {
        self.timer.abort();
        // The timer's own handle goes with its task, which may take a moment.
        drop(lock(&self.held).take());
    }
}

fn lock<T>(held: &Mutex<Option<T>>) -> MutexGuard<'_, Option<T>> {
    // A panic while looking leaves a value that is as good as one that was never looked at.
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_nobody_looks_at_is_dropped_after_its_time() {
        let value = Arc::new(());
        let leash = Leash::new(value.clone(), Instant::now());
        assert_eq!(leash.with(|_| 7), Some(7));
        while Arc::strong_count(&value) > 1 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(leash.with(|_| 7), None);
    }

    #[tokio::test]
    async fn a_leash_that_is_dropped_lets_go_at_once() {
        let value = Arc::new(());
        let far = Instant::now() + Duration::from_hours(1);
        let leash = Leash::new(value.clone(), far);
        drop(leash);
        assert_eq!(Arc::strong_count(&value), 1);
    }
}
