//! Any bytes, as a request and as a stream of every dialect: read or refused, and told again in every other.
#![no_main]

use downshift_wire::sse::SseDecoder;
use downshift_wire::{
    ChatChunk, ChatReply, ChatRequest, ChatTarget, Told, anthropic, completions, responses,
};

const TARGET: ChatTarget<'_> = ChatTarget {
    model: "m",
    include_usage: true,
    max_completion_tokens: true,
};

fn told_again(request: &ChatRequest) {
    let _ = anthropic::request_for(request, "m");
    let _ = responses::request_for(request, "m");
    let _ = request.encode_translated(TARGET);
    let _ = completions::native_request(request, TARGET);
}

fn streamed(bytes: &[u8]) {
    let mut decoder = SseDecoder::new(1 << 20);
    let _ = decoder.push(bytes);
    decoder.finish();
    let mut messages = anthropic::EventReader::default();
    let mut response = responses::EventReader::default();
    let request = ChatRequest::from_text("m", "hello");
    let mut message = anthropic::EventWriter::default();
    let mut written = responses::EventWriter::new(&request, 0);
    let mut completion = completions::EventWriter::new(&request, 0);
    while let Some(event) = decoder.next_event() {
        if let Ok(chunk) = ChatChunk::decode(event.data.clone()) {
            if chunk.choices > 0 {
                let removed = chunk.clone().without_field("usage");
                assert_eq!(chunk.clone().without_usage().data(), removed.data());
            }
            message.write(&chunk);
            written.write(&chunk);
            completion.write(&chunk);
        }
        for told in [messages.read(event.clone()), response.read(event)] {
            let Ok(Told::Pieces(pieces) | Told::Ending(pieces)) = told else {
                continue;
            };
            for piece in pieces.iter().filter(|piece| !piece.is_untranslated()) {
                message.write(piece);
                written.write(piece);
                completion.write(piece);
            }
        }
    }
}

fn replied(bytes: &[u8]) {
    let request = ChatRequest::from_text("m", "hello");
    let readers = [
        ChatReply::decode,
        anthropic::decode_reply,
        responses::decode_reply,
        completions::decode_reply,
    ];
    for read in readers {
        if let Ok(reply) = read(bytes.to_vec().into()) {
            anthropic::encode_reply(&reply);
            responses::encode_reply(&request, &reply, 0);
            completions::encode_reply(&request, &reply, 0);
        }
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let readers = [
        anthropic::decode_request,
        responses::decode_request,
        completions::decode_request,
    ];
    for read in readers {
        if let Ok(request) = read(bytes.to_vec().into()) {
            told_again(&request);
        }
    }
    replied(bytes);
    streamed(bytes);
});
