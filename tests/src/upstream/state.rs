//! What an upstream remembers, shared between its connections.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use tokio::sync::Notify;

use super::{Counted, Recorded};
use crate::script::{Script, Tokens};

/// What an upstream remembers.
#[derive(Debug)]
pub(super) struct State {
    memory: Mutex<Memory>,
    changed: Notify,
}

#[derive(Debug)]
struct Memory {
    always: Script,
    by_model: BTreeMap<String, Script>,
    queue: VecDeque<Script>,
    calls: Vec<Recorded>,
    counted: Counted,
    left_at: Option<Instant>,
    panics: Vec<String>,
}

/// Held by one call until its reply has ended; dropped earlier, its client left.
#[derive(Debug)]
pub(super) struct Watch {
    state: Arc<State>,
    ended: bool,
}

// === impl State ===

impl State {
    pub(super) fn new(always: Script) -> Self {
        let memory = Memory {
            always,
            by_model: BTreeMap::new(),
            queue: VecDeque::new(),
            calls: Vec::new(),
            counted: Counted::default(),
            left_at: None,
            panics: Vec::new(),
        };
        Self {
            memory: Mutex::new(memory),
            changed: Notify::new(),
        }
    }

    pub(super) fn push(&self, script: Script) {
        self.memory().queue.push_back(script);
    }

    pub(super) fn always(&self, script: Script) {
        self.memory().always = script;
    }

    pub(super) fn by_model(&self, model: &str, script: Script) {
        self.memory().by_model.insert(model.to_owned(), script);
    }

    /// Remembers a call, and gives the script it is to follow.
    pub(super) fn record(&self, call: Recorded) -> Script {
        let asked: serde_json::Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let model = asked["model"].as_str().unwrap_or_default();
        let mut memory = self.memory();
        memory.calls.push(call);
        memory.counted.calls += 1;
        self.changed.notify_waiters();
        let queued = memory.queue.pop_front();
        let otherwise = memory.by_model.get(model).unwrap_or(&memory.always);
        queued.unwrap_or_else(|| otherwise.clone())
    }

    pub(super) fn calls(&self) -> Vec<Recorded> {
        self.memory().calls.clone()
    }

    pub(super) fn counted(&self) -> Counted {
        self.memory().counted
    }

    pub(super) fn left_at(&self) -> Option<Instant> {
        self.memory().left_at
    }

    pub(super) fn panicked(&self, what: String) {
        self.memory().panics.push(what);
        self.changed.notify_waiters();
    }

    pub(super) fn panics(&self) -> Vec<String> {
        self.memory().panics.clone()
    }

    /// Resolves when something was counted, or soon.
    pub(super) async fn changed(&self) {
        let soon = tokio::time::sleep(std::time::Duration::from_millis(5));
        tokio::select! {
            () = self.changed.notified() => {}
            () = soon => {}
        }
    }

    pub(super) fn watch(self: &Arc<Self>) -> Watch {
        Watch {
            state: self.clone(),
            ended: false,
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory
            .lock()
            .expect("no connection panics while it counts")
    }
}

// === impl Watch ===

impl Watch {
    /// The reply has said what it used.
    pub(super) fn uses(&self, usage: Option<Tokens>) {
        let Some(usage) = usage else { return };
        let counted = &mut self.state.memory().counted;
        counted.reported += 1;
        counted.input += usage.input;
        counted.cached += usage.cached;
        counted.output += usage.output;
    }

    /// The reply has ended as its script says.
    pub(super) fn ended(mut self) {
        self.end();
    }

    pub(super) fn end(&mut self) {
        self.ended = true;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.ended {
            let mut memory = self.state.memory();
            memory.counted.left += 1;
            memory.left_at = Some(Instant::now());
            self.state.changed.notify_waiters();
        }
    }
}
