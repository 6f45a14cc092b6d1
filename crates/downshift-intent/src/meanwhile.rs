//! Hides that two things are done at the same time, where a thread is to be had, and else one after the other.

use std::thread;

/// Does `own` here and `other` on a thread of this name; gives what both came to.
pub(crate) fn meanwhile<T, U: Send>(
    name: &str,
    own: impl FnOnce() -> T,
    other: impl Fn() -> U + Sync,
) -> (T, U) {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn_scoped(scope, &other);
        let own = own();
        let done = thread.ok().and_then(|thread| thread.join().ok());
        (own, done.unwrap_or_else(&other))
    })
}
