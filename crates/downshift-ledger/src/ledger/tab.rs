//! The handle through which rungs book what they do: hides the lock, and what is open.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use downshift_wire::Usage;

use super::machine::Stay;
use super::shadow::Shadow;
use super::{Book, Closing, Opening, settle};
use crate::entry::{AttemptOutcome, Entry, Outcome};
use crate::judgement::Judgement;
use crate::price::Occupancy;
use crate::rung::Rung;
use crate::trace::{self, Sent, Trace};
use crate::trail::{Spent, Step, Trail};

/// A handle to an open entry, cheap to clone and to send. Once the entry is closed, whatever is
/// booked is too late and ignored.
#[derive(Debug, Clone)]
pub struct Tab {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    book: Arc<Book>,
    opening: Opening,
    /// Held for a few assignments at a time, never across anything that waits or calls out.
    state: Mutex<State>,
}

/// What has been booked.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) key: Option<Arc<str>>,
    pub(super) trace: Option<Trace>,
    pub(super) closed: bool,
    pub(super) classified: Option<Classified>,
    pub(super) prompt_tokens: Option<u64>,
    pub(super) trail: Trail,
    pub(super) attempts: Vec<Try>,
    pub(super) judged: Vec<Judgement>,
    pub(super) shadow: Shadow,
}

/// An attempt as it is booked.
#[derive(Debug)]
pub(super) struct Try {
    pub(super) rung: Rung,
    pub(super) model: Arc<str>,
    /// Called to judge another's reply.
    pub(super) judging: bool,
    pub(super) started: Instant,
    pub(super) first_token: Option<Instant>,
    pub(super) usage: Option<Usage>,
    /// Images that were sent with it.
    pub(super) images: u64,
    /// What it occupies, where that is paid by the hour.
    pub(super) stay: Option<Stay>,
    /// What it occupied, once it has ended.
    pub(super) occupancy: Option<Occupancy>,
    /// How and when it ended; `None` while it is open.
    pub(super) ended: Option<(AttemptOutcome, Instant)>,
    /// Its `after_seconds` is worked out when the entry is settled.
    pub(super) sent: Sent,
}

/// What the classifier said, and what saying it took.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Classified {
    /// The first of its intents.
    pub intent: Option<Arc<str>>,
    /// How sure it is of it, 0 to 1.
    pub confidence: Option<f32>,
    /// Seconds it computed, without queueing.
    pub seconds: f64,
    /// Floating-point operations.
    pub flops: u64,
}

/// One call to an upstream. Closed exactly once: by [`Attempt::finish`], or as abandoned when dropped.
#[derive(Debug)]
pub struct Attempt {
    tab: Tab,
    index: usize,
    /// The machine it is still on.
    stay: Option<Stay>,
}

// === impl Tab ===

impl Tab {
    pub(super) fn new(book: Arc<Book>, opening: Opening) -> Self {
        Self {
            shared: Arc::new(Shared {
                book,
                opening,
                state: Mutex::default(),
            }),
        }
    }

    /// Books who calls, by the name the operator gave the key.
    pub fn key(&self, name: impl Into<Arc<str>>) {
        let name = name.into();
        self.write(|state| state.key = Some(name));
    }

    /// Books which trace the request belongs to.
    pub fn traced(&self, trace: Trace) {
        self.write(|state| state.trace = Some(trace));
    }

    /// Whether the request has a span of its own, and each call is to have one below it.
    pub fn has_span(&self) -> bool {
        let state = self.state();
        let trace = state.trace.as_ref();
        trace.is_some_and(|trace| trace.span_id.is_some())
    }

    /// Books the classifier's verdict.
    pub fn classified(&self, classified: Classified) {
        self.write(|state| state.classified = Some(classified));
    }

    /// Books the intent that the operator's rule gives, over the classifier's; what classifying took stays.
    pub fn ruled(&self, intent: Arc<str>, confidence: Option<f32>) {
        self.write(|state| {
            let said = state.classified.get_or_insert_default();
            said.intent = Some(intent);
            said.confidence = confidence;
        });
    }

    /// Books about how many tokens the prompt is.
    pub fn prompt_tokens(&self, estimate: u64) {
        self.write(|state| state.prompt_tokens = Some(estimate));
    }

    /// Books that a rung passes on.
    pub fn pass_on(&self, step: Step) {
        self.write(|state| state.trail.push(step));
    }

    /// Books what judges said of a reply.
    pub fn judged(&self, judgement: Judgement) {
        self.write(|state| state.judged.push(judgement));
    }

    /// Books a call to an upstream that begins now; `model` is its name in the policy.
    pub fn attempt(&self, rung: Rung, model: impl Into<Arc<str>>) -> Attempt {
        self.begin(rung, model.into(), false)
    }

    /// Books a call that begins now and whose reply is only to judge another by.
    pub fn second_opinion(&self, rung: Rung, model: impl Into<Arc<str>>) -> Attempt {
        self.begin(rung, model.into(), true)
    }

    fn begin(&self, rung: Rung, model: Arc<str>, judging: bool) -> Attempt {
        let started = Instant::now();
        let machine = self.shared.book.machines.get(&model);
        let stay = machine.map(|machine| machine.enter(started));
        let begun = Try {
            rung,
            model,
            judging,
            started,
            first_token: None,
            usage: None,
            images: 0,
            stay: stay.clone(),
            occupancy: None,
            ended: None,
            sent: Sent::default(),
        };
        let mut state = self.state();
        let index = state.attempts.len();
        if !state.closed {
            state.attempts.push(begun);
        }
        drop(state);
        Attempt {
            tab: self.clone(),
            index,
            stay,
        }
    }

    /// The trail so far.
    pub fn trail(&self) -> Trail {
        self.state().trail.clone()
    }

    /// The intent that a rule gave, else the classifier's first, and how sure that is.
    pub fn verdict(&self) -> (Option<Arc<str>>, Option<f32>) {
        let state = self.state();
        state
            .classified
            .as_ref()
            .map_or((None, None), |said| (said.intent.clone(), said.confidence))
    }

    /// Sends a closed entry to all sinks, the trace's own last.
    pub(super) fn record(&self, entry: &Arc<Entry>) {
        let trace = self.state().trace.take();
        self.book().record(entry);
        if let Some(sink) = trace.and_then(|trace| trace.sink) {
            self.book().tell(&*sink, entry);
        }
    }

    pub(super) fn book(&self) -> &Book {
        &self.shared.book
    }

    pub(super) fn is_open(&self) -> bool {
        !self.state().closed
    }

    /// The entry as it would be if it ended now.
    pub(super) fn settled(&self, closing: &Closing) -> Entry {
        let state = self.state();
        settle::entry(&self.shared.book, &self.shared.opening, &state, closing)
    }

    /// Settles the entry, and takes no more bookings.
    pub(super) fn close(&self, closing: &Closing) -> Entry {
        let mut state = self.state();
        state.closed = true;
        settle::entry(&self.shared.book, &self.shared.opening, &state, closing)
    }

    /// The closing of an entry that nobody closed: whoever was last asked was replying.
    pub(super) fn abandoned(&self) -> Closing {
        let state = self.state();
        let last = state.attempts.iter().rfind(|attempt| !attempt.judging);
        Closing {
            rung: last.map(|attempt| attempt.rung),
            model: last.map(|attempt| attempt.model.clone()),
            ..Closing::with(Outcome::Abandoned)
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Bookings are plain assignments: a panic elsewhere leaves nothing half done.
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, book: impl FnOnce(&mut State)) {
        let mut state = self.state();
        if !state.closed {
            book(&mut state);
        }
    }
}

// === impl Attempt ===

impl Attempt {
    /// Books which server it goes to, and the call's span in the request's trace.
    pub fn sent(&self, server: Arc<str>, span_id: Option<Arc<str>>) {
        self.write(|attempt| {
            attempt.sent.server = Some(server);
            attempt.sent.span_id = span_id;
        });
    }

    /// Books the model that the server says replies; the first name counts.
    pub fn replied_by(&self, model: &str) {
        self.write(|attempt| {
            let named = &mut attempt.sent.response_model;
            named.get_or_insert_with(|| trace::said(model));
        });
    }

    /// Books why the server says the reply ended.
    pub fn finish_reason(&self, reason: &str) {
        self.write(|attempt| attempt.sent.finish_reason = Some(trace::said(reason)));
    }

    /// Books that the first token has come; later ones are not the first.
    pub fn first_token(&self) {
        let now = Instant::now();
        self.write(|attempt| {
            attempt.first_token.get_or_insert(now);
        });
    }

    /// Books the upstream's count of tokens. A count is of the whole call: a later one replaces an
    /// earlier one.
    pub fn usage(&self, usage: Usage) {
        self.write(|attempt| attempt.usage = Some(usage));
    }

    /// Books how many images were sent with it.
    pub fn images(&self, count: u64) {
        self.write(|attempt| attempt.images = count);
    }

    /// Closes the attempt; says what it cost, for the trail.
    pub fn finish(mut self, outcome: AttemptOutcome) -> Spent {
        self.end(outcome);
        let state = self.tab.state();
        let spent = state
            .attempts
            .get(self.index)
            .map(|attempt| settle::spent(self.tab.book(), attempt));
        drop(state);
        spent.unwrap_or(Spent {
            cost: None,
            flops: None,
            energy: None,
            seconds: 0.0,
        })
    }

    fn end(&mut self, outcome: AttemptOutcome) {
        let now = Instant::now();
        let occupancy = self.stay.take().map(|stay| stay.leave(now));
        self.write(|attempt| {
            if attempt.ended.is_none() {
                attempt.ended = Some((outcome, now));
                attempt.occupancy = occupancy;
            }
        });
    }

    fn write(&self, book: impl FnOnce(&mut Try)) {
        self.tab.write(|state| {
            if let Some(attempt) = state.attempts.get_mut(self.index) {
                book(attempt);
            }
        });
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.end(AttemptOutcome::Abandoned);
    }
}
