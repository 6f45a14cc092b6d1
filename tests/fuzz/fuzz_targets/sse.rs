//! Any bytes in any two parts, as an event stream: where it is split changes nothing.
#![no_main]

use downshift_wire::sse::{Event, SseDecoder};

fn events(parts: [&[u8]; 2]) -> Vec<Event> {
    let mut decoder = SseDecoder::new(1 << 20);
    let mut events = Vec::new();
    for part in parts {
        if decoder.push(part).is_err() {
            break;
        }
        events.extend(std::iter::from_fn(|| decoder.next_event()));
    }
    decoder.finish();
    events.extend(std::iter::from_fn(|| decoder.next_event()));
    events
}

libfuzzer_sys::fuzz_target!(|input: (usize, &[u8])| {
    let (at, bytes) = input;
    let (one, two) = bytes.split_at(at % (bytes.len() + 1));
    assert_eq!(events([bytes, &[]]), events([one, two]));
});
