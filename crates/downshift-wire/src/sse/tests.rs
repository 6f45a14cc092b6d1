use proptest::prelude::*;

use super::*;

fn decode(pieces: &[&[u8]]) -> Vec<(Option<String>, String)> {
    let mut decoder = SseDecoder::new(1 << 20);
    let mut events = Vec::new();
    let mut drain = |decoder: &mut SseDecoder| {
        while let Some(Event { event, data }) = decoder.next_event() {
            events.push((event, String::from_utf8_lossy(&data).into_owned()));
        }
    };
    for piece in pieces {
        decoder.push(piece).unwrap();
        drain(&mut decoder);
    }
    decoder.finish();
    drain(&mut decoder);
    events
}

#[track_caller]
fn check(stream: &str, expected: &[(Option<&str>, &str)]) {
    let found = decode(&[stream.as_bytes()]);
    let found: Vec<_> = found
        .iter()
        .map(|(event, data)| (event.as_deref(), data.as_str()))
        .collect();
    assert_eq!(found, expected, "{stream:?}");
}

#[test]
fn reads_events() {
    check("data: a\n\ndata: b\n\n", &[(None, "a"), (None, "b")]);
    check("data:a\n\ndata:  b\n\n", &[(None, "a"), (None, " b")]);
    check(
        "event: x\ndata: 1\n\ndata: 2\n\n",
        &[(Some("x"), "1"), (None, "2")],
    );
    check("data: {\ndata: }\n\n", &[(None, "{\n}")]);
    check("data\n\n", &[(None, "")]);
    check("data:\ndata:\n\n", &[(None, "\n")]);
    check("event:\ndata: a\n\n", &[(None, "a")]);
    check("\u{feff}data: a\n\n", &[(None, "a")]);
    check(
        "data: \u{feff}a\n\n\u{feff}data: lost\n\n",
        &[(None, "\u{feff}a")],
    );
}

#[test]
fn takes_every_line_end() {
    for end in ["\n", "\r", "\r\n"] {
        check(
            &"data: a;data: b;;: c;data: d;;".replace(';', end),
            &[(None, "a\nb"), (None, "d")],
        );
    }
    check("data: a\r\n\rdata: b\n\r\n", &[(None, "a"), (None, "b")]);
}

#[test]
fn drops_what_is_no_event() {
    check(
        ": comment\n\nid: 1\nretry: 2\n\nevent: lonely\n\nfoo: bar\n\n\n\n",
        &[],
    );
    check("event: x\n\ndata: not x\n\n", &[(None, "not x")]);
}

#[test]
fn delivers_an_event_without_its_closing_line_when_the_stream_ends() {
    check("data: a\n\ndata: [DONE]", &[(None, "a"), (None, "[DONE]")]);
    check("data: a\n", &[(None, "a")]);
    check("data: a\r", &[(None, "a")]);
    check("", &[]);
}

#[test]
fn bounds_events_and_not_streams() {
    let mut decoder = SseDecoder::new(16);
    for _ in 0..100 {
        decoder.push(b"data: 0123456789\n\n").unwrap();
    }
    let error = decoder
        .push(b"data: 0123456789\ndata: 0123456789\n\n")
        .unwrap_err();
    assert_eq!(error.code, Error::TOO_LARGE);
    assert_eq!(
        error.message,
        "an event of the stream is larger than the 16 bytes allowed"
    );
    let mut decoder = SseDecoder::new(16);
    decoder.push(b": 0123456789").unwrap();
    decoder.push(b"0123456789").unwrap_err();
    let mut decoder = SseDecoder::new(16);
    decoder
        .push(b"data: a\n\n: 01234567890123456789\n")
        .unwrap_err();
    assert_eq!(
        decoder.next_event().unwrap().data,
        "a",
        "what was complete before stays"
    );
}

#[test]
fn writes_frames() {
    assert_eq!(data(b"{\"a\":1}"), "data: {\"a\":1}\n\n");
    assert_eq!(
        data(b"a\nb\r\nc\rd"),
        "data: a\ndata: b\ndata: c\ndata: d\n\n"
    );
    assert_eq!(data(b""), "data: \n\n");
    assert_eq!(comment("still\nhere"), ": still here\n\n");
    check(std::str::from_utf8(DONE).unwrap(), &[(None, "[DONE]")]);
    assert_eq!(DONE_DATA, b"[DONE]");
}

/// A stream made of what streams are made of, in any order.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "data: a",
        "data:é😀",
        "data",
        "event: x",
        ": c",
        "id: 1",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\u{feff}",
        "x",
    ]);
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn gives_the_same_events_for_any_split(stream in stream(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut rest = &stream[..];
        for pair in [&[0], &cuts[..]].concat().windows(2) {
            let (piece, after) = rest.split_at(pair[1] - pair[0]);
            pieces.push(piece);
            rest = after;
        }
        pieces.push(rest);
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        let whole = decode(&[&stream]);
        prop_assert_eq!(&decode(&pieces), &whole);
        prop_assert_eq!(&decode(&bytes), &whole);
    }

    #[test]
    fn returns_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        decode(&[&bytes]);
    }

    #[test]
    fn reads_what_it_wrote(text in "[^\r\n]{0,40}(\n[^\r\n]{0,40}){0,3}") {
        let framed = data(text.as_bytes());
        prop_assert_eq!(decode(&[&framed]), vec![(None, text)]);
    }
}
