//! Hides the bar that long work draws, on a terminal alone.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the bar is drawn anew.
const EVERY: Duration = Duration::from_millis(100);
const WIDTH: usize = 30;

/// Work of known extent; nothing is drawn where standard error is no terminal.
#[derive(Debug)]
pub(super) struct Progress {
    of: usize,
    done: usize,
    what: &'static str,
    drawn: Option<Instant>,
}

impl Progress {
    /// Work on `of` of `what`.
    pub(super) fn over(of: usize, what: &'static str) -> Self {
        let drawn = io::stderr().is_terminal().then(Instant::now);
        Self {
            of,
            done: 0,
            what,
            drawn,
        }
    }

    /// One of them is done.
    pub(super) fn one_more(&mut self) {
        self.done += 1;
        let Some(drawn) = &mut self.drawn else {
            return;
        };
        if drawn.elapsed() < EVERY {
            return;
        }
        *drawn = Instant::now();
        let full = WIDTH * self.done / self.of.max(1);
        let bar = format!(
            "{}{}",
            "█".repeat(full),
            "░".repeat(WIDTH - full.min(WIDTH))
        );
        // A bar that cannot be drawn is not missed.
        drop(write!(
            io::stderr(),
            "\r{bar} {} of {} {}",
            self.done,
            self.of,
            self.what
        ));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            drop(write!(io::stderr(), "\r\x1b[K"));
        }
    }
}
