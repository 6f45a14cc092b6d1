//! W3C Trace Context, <https://www.w3.org/TR/trace-context/>: hides how a trace is read from a caller's
//! headers and told to upstreams.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(crate) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The flag that says somebody keeps the trace.
const SAMPLED: u8 = 1;

/// The longest `tracestate` that is passed on; the specification asks for 512 at least.
const LONGEST_STATE: usize = 8192;

/// A span of somebody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceContext {
    pub(crate) trace_id: [u8; 16],
    pub(crate) span_id: [u8; 8],
    pub(crate) flags: u8,
    /// `tracestate`, as it came.
    pub(crate) state: String,
}

// === impl TraceContext ===

impl TraceContext {
    /// The caller's span, if there is one and it is written as it should be.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut all = headers.get_all(&TRACEPARENT).iter();
        let (written, None) = (all.next()?, all.next()) else {
            return None;
        };
        let states = headers.get_all(&TRACESTATE).iter();
        let states = states.map(|state| state.to_str().map(str::trim));
        let states: Vec<&str> = states.collect::<Result<_, _>>().unwrap_or_default();
        let state = states.join(",");
        Some(Self {
            state: if state.len() > LONGEST_STATE {
                String::new()
            } else {
                state
            },
            ..Self::parse(written.to_str().ok()?.trim())?
        })
    }

    fn parse(written: &str) -> Option<Self> {
        let mut fields = written.split('-');
        let version: [u8; 1] = bytes(fields.next()?)?;
        let trace_id = bytes(fields.next()?)?;
        let span_id = bytes(fields.next()?)?;
        let [flags] = bytes(fields.next()?)?;
        // A later version may have more fields, this one may not.
        let ends = fields.next().is_none() || version != [0];
        let known = version != [0xff] && trace_id != [0; 16] && span_id != [0; 8];
        (ends && known).then_some(Self {
            trace_id,
            span_id,
            flags,
            state: String::new(),
        })
    }

    /// A trace that begins here.
    pub(crate) fn begun() -> Self {
        Self {
            trace_id: Uuid::new_v4().into_bytes(),
            span_id: span_id(),
            flags: 0,
            state: String::new(),
        }
    }

    /// The same span, kept or not.
    pub(crate) fn sampled(self, sampled: bool) -> Self {
        Self {
            flags: u8::from(sampled) * SAMPLED,
            ..self
        }
    }

    /// A number from 0 to 1 that is the same wherever the trace goes: the last 56 bits of its id, as
    /// OpenTelemetry's samplers take them.
    pub(crate) fn draw(&self) -> f64 {
        let mut last = [0; 8];
        last[1..].copy_from_slice(&self.trace_id[9..]);
        u64::from_be_bytes(last) as f64 / (1_u64 << 56) as f64
    }

    /// A new span in the same trace.
    pub(crate) fn child(&self) -> Self {
        Self {
            span_id: span_id(),
            ..self.clone()
        }
    }

    pub(crate) fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// Writes the span into a request's headers, in place of the one that is there.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let (trace, span) = (hex(&self.trace_id), hex(&self.span_id));
        let parent = format!("00-{trace}-{span}-{:02x}", self.flags & SAMPLED);
        if let Ok(value) = HeaderValue::from_str(&parent) {
            headers.insert(TRACEPARENT, value);
        }
        headers.remove(&TRACESTATE);
        if let (false, Ok(value)) = (self.state.is_empty(), HeaderValue::from_str(&self.state)) {
            headers.insert(TRACESTATE, value);
        }
    }
}

/// Gives a call a span of its own below the one that its headers name; its id, to be booked.
pub(crate) fn descend(headers: &mut HeaderMap) -> Option<Arc<str>> {
    let child = TraceContext::of(headers)?.child();
    child.tell(headers);
    Some(hex(&child.span_id).into())
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Nothing that is written to a string fails.
        write!(text, "{byte:02x}").ok();
    }
    text
}

/// As many bytes as lower-case hexadecimal digits say; `None` if they are others, or not as many.
pub(crate) fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != N * 2 || !text.bytes().all(is_digit) {
        return None;
    }
    let mut bytes = [0; N];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[place * 2..place * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

fn span_id() -> [u8; 8] {
    fastrand::u64(1..).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[track_caller]
    fn check(written: &[&str], expected: Option<bool>) {
        let headers = written
            .iter()
            .map(|value| (TRACEPARENT, HeaderValue::from_str(value).unwrap()));
        let headers = headers.collect::<Vec<_>>();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value);
        }
        let found = TraceContext::of(&map).map(|context| context.is_sampled());
        assert_eq!(found, expected, "{written:?}");
    }

    #[test]
    fn a_caller_s_span_is_read() {
        check(&[SPAN], Some(true));
        check(
            &["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"],
            Some(false),
        );
        // Flags that are not known yet, and a version that is not.
        check(
            &["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff"],
            Some(true),
        );
        check(
            &["cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-is-to-come"],
            Some(true),
        );
    }

    #[test]
    fn what_is_no_span_is_not() {
        for written in [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        ] {
            check(&[written], None);
        }
        check(&[SPAN, SPAN], None);
    }

    #[test]
    fn a_call_has_a_span_of_its_own_in_the_same_trace() {
        let mut headers = HeaderMap::new();
        headers.insert(TRACEPARENT, HeaderValue::from_static(SPAN));
        headers.append(TRACESTATE, HeaderValue::from_static("a=1"));
        headers.append(TRACESTATE, HeaderValue::from_static("b=2"));
        let id = descend(&mut headers).unwrap();
        let told = headers[TRACEPARENT].to_str().unwrap();
        assert_eq!(told, format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{id}-01"));
        assert_ne!(&*id, "00f067aa0ba902b7");
        assert_eq!(headers[TRACESTATE], "a=1,b=2");
        assert_eq!(descend(&mut HeaderMap::new()), None);
    }
}
