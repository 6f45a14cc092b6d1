//! Remembers the items of responses that were written here, so that a later request may name them by their ids.
//!
//! Unless it is told `store: false`, OpenAI keeps what it replies, and its clients send `{"type":"item_reference","id":…}`
//! in the place of what they got. What another dialect's model replied nobody keeps but the router: for an hour, in
//! memory alone, for the caller who got it alone. A reference that is not found goes on as it came.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use memchr::memmem;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::hashed::{Hashed, Keys};

/// How many bytes of items are remembered.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// How long an item is remembered.
const AGE: Duration = Duration::from_hours(1);

/// What a reference says that it is.
const REFERENCE: &str = "item_reference";

/// What is remembered.
#[derive(Debug, Default)]
pub struct Items {
    keys: Keys,
    memory: Mutex<Memory>,
}

/// The items of one caller, for as long as one request takes.
#[derive(Debug, Clone)]
pub(super) struct CallersItems {
    items: Arc<Items>,
    caller: Hashed,
}

#[derive(Debug, Default)]
struct Memory {
    items: HashMap<Hashed, Arc<RawValue>>,
    /// Keys in the order in which they came, with when that was.
    order: VecDeque<(Hashed, Instant)>,
    bytes: usize,
}

/// What is read of a response.
#[derive(Deserialize)]
struct Response {
    output: Vec<Box<RawValue>>,
}

/// What is read of a request.
#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    input: Vec<&'a RawValue>,
}

/// What is read of an item.
#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    r#type: Option<String>,
    #[serde(default)]
    id: Option<String>,
}

// === impl Items ===

impl Items {
    /// Those of the caller who sends these headers.
    pub(super) fn of(self: &Arc<Self>, headers: &HeaderMap) -> CallersItems {
        CallersItems {
            items: self.clone(),
            caller: self.keys.caller(headers),
        }
    }
}

// === impl CallersItems ===

impl CallersItems {
    /// Remembers what a response says, given as JSON.
    pub(super) fn keep(&self, response: &[u8]) {
        let Ok(response) = serde_json::from_slice::<Response>(response) else {
            return;
        };
        let now = Instant::now();
        let mut memory = self.memory();
        for item in response.output {
            let said: Option<Item> = serde_json::from_str(item.get()).ok();
            if let Some(id) = said.and_then(|said| said.id) {
                memory.put(self.key(&id), item.into(), now);
            }
        }
        memory.forget(now);
    }

    /// Remembers what the last event of a stream says, given as its line of data.
    pub(super) fn keep_event(&self, line: &[u8]) {
        #[derive(Deserialize)]
        struct Event {
            response: Box<RawValue>,
        }
        let data = line.strip_prefix(b"data: ").unwrap_or(line);
        if let Ok(event) = serde_json::from_slice::<Event>(data) {
            self.keep(event.response.get().as_bytes());
        }
    }

    /// A request's body with what its references stand for; as it came where there are none, and
    /// `None` if it would be larger than `limit` bytes: a short reference may stand for a long item.
    pub(super) fn resolve(&self, body: Bytes, limit: usize) -> Option<Bytes> {
        if memmem::find(&body, REFERENCE.as_bytes()).is_none() {
            return Some(body);
        }
        let known = self.known(self.references(&body));
        if known.is_empty() {
            return Some(body);
        }
        let size = known.iter().try_fold(body.len(), |size, (place, kept)| {
            (size - place.len()).checked_add(kept.get().len())
        });
        let size = size.filter(|size| *size <= limit)?;
        let mut resolved = BytesMut::with_capacity(size);
        let mut copied = 0;
        for (place, kept) in known {
            resolved.extend_from_slice(&body[copied..place.start]);
            resolved.extend_from_slice(kept.get().as_bytes());
            copied = place.end;
        }
        resolved.extend_from_slice(&body[copied..]);
        Some(resolved.freeze())
    }

    /// The references whose items are remembered, with these.
    fn known(&self, references: Vec<(Range<usize>, Hashed)>) -> Vec<(Range<usize>, Arc<RawValue>)> {
        let memory = self.memory();
        let known = references
            .into_iter()
            .filter_map(|(place, key)| Some((place, memory.items.get(&key)?.clone())));
        known.collect()
    }

    /// Where references stand in a request's body, and what they mean.
    fn references(&self, body: &[u8]) -> Vec<(Range<usize>, Hashed)> {
        let Ok(request) = serde_json::from_slice::<Request<'_>>(body) else {
            return Vec::new();
        };
        let start = body.as_ptr().addr();
        let references = request.input.into_iter().filter_map(|item| {
            let said: Item = serde_json::from_str(item.get()).ok()?;
            let id = said
                .id
                .filter(|_| said.r#type.as_deref() == Some(REFERENCE))?;
            let at = item.get().as_ptr().addr() - start;
            Some((at..at + item.get().len(), self.key(&id)))
        });
        references.collect()
    }

    fn key(&self, id: &str) -> Hashed {
        self.items.keys.hashed(&(self.caller, id))
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        let memory = self.items.memory.lock();
        memory.unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Memory ===

impl Memory {
    fn put(&mut self, key: Hashed, item: Arc<RawValue>, now: Instant) {
        self.bytes += item.get().len();
        match self.items.insert(key, item) {
            Some(before) => self.bytes -= before.get().len(),
            None => self.order.push_back((key, now)),
        }
    }

    /// Drops what is too old, and what is too much, the oldest first.
    fn forget(&mut self, now: Instant) {
        while let Some(&(key, since)) = self.order.front() {
            let old = now.saturating_duration_since(since) > AGE;
            if !old && self.bytes <= MOST_BYTES {
                return;
            }
            self.order.pop_front();
            if let Some(item) = self.items.remove(&key) {
                self.bytes -= item.get().len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::AUTHORIZATION;

    use super::*;

    fn caller(items: &Arc<Items>, key: &'static str) -> CallersItems {
        let headers = [(AUTHORIZATION, HeaderValue::from_static(key))];
        items.of(&headers.into_iter().collect())
    }

    #[track_caller]
    fn check(items: &CallersItems, body: &str, expected: &str) {
        let resolved = items.resolve(Bytes::from(body.to_owned()), 1000);
        assert_eq!(resolved.unwrap(), expected.as_bytes(), "{body}");
    }

    const RESPONSE: &[u8] =
        br#"{"id":"resp_1","output":[{"id":"msg_1","text":"a  b"},{"id":"fc_1","n":1.0}]}"#;

    #[test]
    fn a_reference_is_replaced_and_nothing_else() {
        let items = caller(&Arc::default(), "a");
        items.keep(RESPONSE);
        check(
            &items,
            r#"{ "input": [ {"role":"user"}, {"type":"item_reference", "id":"msg_1"} ,{"id":"fc_1","type":"item_reference"}], "x": 1.50 }"#,
            r#"{ "input": [ {"role":"user"}, {"id":"msg_1","text":"a  b"} ,{"id":"fc_1","n":1.0}], "x": 1.50 }"#,
        );
    }

    #[test]
    fn what_is_not_known_stays_as_it_came() {
        let items = Arc::default();
        caller(&items, "a").keep(RESPONSE);
        let bodies = [
            r#"{"input":[{"type":"item_reference","id":"msg_2"}]}"#,
            r#"{"input":[{"type":"message","id":"msg_1","content":"item_reference"}]}"#,
            r#"{"input":[{"type":"item_reference"}, 7, null]}"#,
            r#"{"input":"item_reference"}"#,
            r#"{"input":[item_reference"#,
        ];
        for body in bodies {
            check(&caller(&items, "a"), body, body);
        }
        let known = r#"{"input":[{"type":"item_reference","id":"msg_1"}]}"#;
        check(&caller(&items, "b"), known, known);
    }

    #[test]
    fn what_would_grow_above_the_limit_is_refused() {
        let items = caller(&Arc::default(), "a");
        let text = "x".repeat(500);
        items.keep(format!(r#"{{"output":[{{"id":"msg_1","text":"{text}"}}]}}"#).as_bytes());
        let reference = r#"{"type":"item_reference","id":"msg_1"}"#;
        let body = |times| {
            let references = vec![reference; times].join(",");
            Bytes::from(format!(r#"{{"input":[{references}]}}"#))
        };
        let size = items.resolve(body(2), 2000).unwrap().len();
        assert!(size > 1000, "{size}");
        assert_eq!(items.resolve(body(2), size).unwrap().len(), size);
        assert_eq!(items.resolve(body(2), size - 1), None);
        assert_eq!(items.resolve(body(1000), 60_000), None);
    }

    #[test]
    fn the_oldest_are_forgotten_first() {
        let (mut memory, start) = (Memory::default(), Instant::now());
        let item = |size: usize| {
            Arc::from(RawValue::from_string(format!("\"{}\"", "x".repeat(size))).unwrap())
        };
        memory.put([1, 1], item(MOST_BYTES / 2), start);
        memory.put([2, 2], item(MOST_BYTES / 2), start);
        memory.forget(start);
        assert_eq!(memory.items.keys().collect::<Vec<_>>(), [&[2, 2]]);
        memory.put([2, 2], item(10), start);
        memory.forget(start + AGE);
        assert_eq!((memory.items.len(), memory.bytes), (1, 12));
        memory.forget(start + AGE + Duration::from_secs(1));
        assert_eq!(
            (memory.items.len(), memory.order.len(), memory.bytes),
            (0, 0, 0)
        );
    }
}
