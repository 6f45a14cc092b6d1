//! What holds for any split of a stream, any cut of it, and any request that goes there and back.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use downshift_wire::{ChatRequest, Protocol};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::golden::{given, plain};
use crate::sides::{self, CLIENTS, Flow, UPSTREAMS};

/// Every stream that is given, by what speaks so.
static STREAMS: LazyLock<Vec<(Protocol, String)>> = LazyLock::new(|| {
    let streams = UPSTREAMS.iter().flat_map(|upstream| {
        let streams: BTreeMap<String, String> = given("replies", *upstream, "sse");
        streams.into_values().map(|stream| (*upstream, stream))
    });
    streams.collect()
});

/// Every request that is given, by what it is written in.
static REQUESTS: LazyLock<Vec<(Protocol, String)>> = LazyLock::new(|| {
    let requests = CLIENTS.iter().flat_map(|client| {
        let requests: BTreeMap<String, String> = given("requests", *client, "json");
        requests.into_values().map(|request| (*client, request))
    });
    requests.collect()
});

/// The same with another value in one place.
fn with_odd(body: &str, place: prop::sample::Index, odd: &Value) -> String {
    let mut body: Value = serde_json::from_str(body).expect("JSON");
    let mut places = vec![String::new()];
    let mut at = 0;
    while let Some(pointer) = places.get(at).cloned() {
        match body.pointer(&pointer) {
            Some(Value::Object(fields)) => {
                places.extend(fields.keys().map(|name| format!("{pointer}/{name}")));
            }
            Some(Value::Array(items)) => {
                places.extend((0..items.len()).map(|item| format!("{pointer}/{item}")));
            }
            _ => {}
        }
        at += 1;
    }
    let place: &String = place.get(&places);
    if let Some(value) = body.pointer_mut(place) {
        *value = odd.clone();
    }
    body.to_string()
}

/// What a client asks, by its dialect.
static PLAIN: LazyLock<Vec<ChatRequest>> =
    LazyLock::new(|| CLIENTS.iter().map(|client| plain(*client, true)).collect());

/// What only a stream that ended well says, in each dialect.
const GOOD_ENDS: &[&str] = &[
    "[DONE]",
    "event: message_stop",
    "event: response.completed",
    "event: response.incomplete",
];

/// A flow of one stream to one client; a client is named by its place.
fn flow(client: usize, upstream: Protocol) -> Flow {
    Flow::new(CLIENTS[client], upstream, &PLAIN[client])
}

fn whole(client: usize, upstream: Protocol, stream: &str) -> Flow {
    Flow::all(CLIENTS[client], upstream, &PLAIN[client], stream)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// A stream may arrive in any pieces, within a letter too, with any line ends and comments.
    #[test]
    fn however_a_stream_is_split_its_client_is_told_the_same(
        which in any::<prop::sample::Index>(),
        client in 0..CLIENTS.len(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        comments in any::<bool>(),
    ) {
        let (upstream, stream) = which.get(&STREAMS);
        let expected = whole(client, *upstream, stream);
        let commented = if comments { stream.replace("\n\n", "\n\n: still here\n\n") } else { stream.clone() };
        let bytes = commented.replace('\n', line_end).into_bytes();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let mut flow = flow(client, *upstream);
        for cut in cuts.windows(2) {
            flow.push(&bytes[cut[0]..cut[1]]);
        }
        flow.finish();
        prop_assert_eq!(flow.sent, expected.sent);
        prop_assert_eq!(flow.dropped, expected.dropped);
    }

    /// A stream that is cut off anywhere before it is complete ends in an error, and never well.
    #[test]
    fn a_stream_that_is_cut_off_never_ends_well(
        which in any::<prop::sample::Index>(),
        client in 0..CLIENTS.len(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (upstream, stream) = which.get(&STREAMS);
        // A chat whose choices have all ended is complete, whatever else is missing.
        let ended = match upstream {
            Protocol::Chat => stream.rfind("\"finish_reason\": \"").unwrap_or(stream.len()),
            Protocol::Messages => stream.rfind("data: ").unwrap_or(0),
            _ => stream.rfind("event: ").unwrap_or(0),
        };
        let cut = (0..=cut.index(ended)).rev().find(|at| stream.is_char_boundary(*at)).unwrap_or(0);
        let flow = whole(client, *upstream, &stream[..cut]);
        prop_assert!(flow.sent.contains("\"error\":{"), "{}", flow.sent);
        for end in GOOD_ENDS {
            prop_assert!(!flow.sent.contains(end), "{end} in {}", flow.sent);
        }
    }

    /// One value that is another than the API says does no harm: a request is read or refused, a
    /// reply read or broken.
    #[test]
    fn nothing_odd_does_harm(
        which in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        odd in prop::sample::select(vec![json!(null), json!(true), json!(-1.5), json!(1e300), json!(""), json!("é"), json!([]), json!([[]]), json!({}), json!({ "type": "text" })]),
    ) {
        let (protocol, body) = which.get(&REQUESTS);
        let body = with_odd(body, place, &odd);
        if let Ok(request) = sides::decode_request(*protocol, &body) {
            for upstream in UPSTREAMS {
                if let Ok(told) = sides::encode_request(&request, upstream) {
                    let told = std::str::from_utf8(&told.body).expect("UTF-8");
                    prop_assert!(serde_json::from_str::<Value>(told).is_ok(), "{}", told);
                }
            }
        }
        let (upstream, stream) = which.get(&STREAMS);
        let events = stream.split_inclusive("\n\n").map(|event| {
            let (before, data) = event.split_at(event.find("data: ").map_or(0, |at| at + 6));
            let data = data.trim_end();
            if data.starts_with('{') { format!("{before}{}\n\n", with_odd(data, place, &odd)) } else { event.to_owned() }
        });
        let stream: String = events.collect();
        for client in 0..CLIENTS.len() {
            prop_assert!(whole(client, *upstream, &stream).ended);
        }
    }

    /// A conversation that is put into another API and read from it again says the same.
    #[test]
    fn a_request_there_and_back_means_the_same(body in chats()) {
        let asked = ChatRequest::decode(body.to_string().into()).expect("a request");
        for upstream in [Protocol::Messages, Protocol::Responses] {
            let there = sides::encode_request(&asked, upstream).expect("it can be said");
            prop_assert_eq!(&there.dropped, &Vec::<String>::new());
            let there = String::from_utf8(there.body.to_vec()).expect("UTF-8");
            let back = sides::decode_request(upstream, &there).expect("it can be read");
            let back: Value = serde_json::from_slice(back.body()).expect("JSON");
            prop_assert_eq!(meaning(&back), meaning(&body), "{}", there);
        }
    }

    /// So does a reply.
    #[test]
    fn a_reply_there_and_back_means_the_same(message in spoken(), cut in any::<bool>()) {
        let calls = message.get("tool_calls").is_some();
        let finish = if cut { "length" } else if calls { "tool_calls" } else { "stop" };
        let body = json!({
            "id": "chatcmpl-1", "model": "m",
            "choices": [{ "index": 0, "message": message, "finish_reason": finish }],
            "usage": { "prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13,
                "prompt_tokens_details": { "cached_tokens": 3, "cache_write_tokens": 2 } },
        });
        let reply = sides::decode_reply(Protocol::Chat, &body.to_string()).expect("a reply");
        for (client, upstream) in [(1, Protocol::Messages), (2, Protocol::Responses)] {
            let there = sides::encode_reply(CLIENTS[client], &PLAIN[client], &reply);
            prop_assert_eq!(&there.dropped, &Vec::<String>::new());
            let there = String::from_utf8(there.body.to_vec()).expect("UTF-8");
            let back = sides::decode_reply(upstream, &there).expect("a reply");
            prop_assert_eq!(back.usage, reply.usage);
            prop_assert_eq!(&back.finish_reason, &reply.finish_reason);
            let back: Value = serde_json::from_slice(back.body()).expect("JSON");
            let said = &back["choices"][0]["message"];
            prop_assert_eq!(turn(said), turn(&message), "{}", there);
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Zé漢🙂\"\\\\\n ]{1,12}".prop_filter("not blank", |text| !text.trim().is_empty())
}

/// An assistant's message: it says something, or calls, or both.
fn spoken() -> impl Strategy<Value = Value> {
    let calls = prop::collection::vec(("[a-z]{1,6}", text()), 0..3);
    (prop::option::of(text()), calls).prop_map(|(said, calls)| {
        let said = said.or_else(|| calls.is_empty().then(|| "nothing".to_owned()));
        let mut message = json!({ "role": "assistant", "content": said });
        let calls = calls.into_iter().enumerate().map(|(at, (name, argument))| {
            let arguments = json!({ "q": argument }).to_string();
            json!({ "id": format!("call_{at}"), "type": "function", "function": { "name": name, "arguments": arguments } })
        });
        let calls: Vec<Value> = calls.collect();
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
        message
    })
}

/// Conversations of what every API has words for: turns in turn, calls with their results.
fn chats() -> impl Strategy<Value = Value> {
    let asked = (text(), any::<bool>()).prop_map(|(text, image)| {
        if image {
            let url = "data:image/png;base64,AA==";
            json!({ "role": "user", "content": [{ "type": "text", "text": text }, { "type": "image_url", "image_url": { "url": url } }] })
        } else {
            json!({ "role": "user", "content": text })
        }
    });
    let turns = prop::collection::vec((asked, spoken(), text()), 1..4);
    let tools = prop::option::of(prop::sample::select(vec![
        json!("auto"),
        json!("required"),
        json!({ "type": "function", "function": { "name": "f" } }),
    ]));
    (prop::option::of(text()), turns, tools, prop::option::of(1..5000_u32)).prop_map(
        |(system, turns, choice, most)| {
            let mut messages: Vec<Value> = system
                .map(|system| json!({ "role": "system", "content": system }))
                .into_iter()
                .collect();
            for (asked, replied, result) in turns {
                let calls = replied["tool_calls"].as_array().cloned().unwrap_or_default();
                messages.extend([asked, replied]);
                messages.extend(calls.iter().map(|call| {
                    json!({ "role": "tool", "tool_call_id": call["id"], "content": result })
                }));
            }
            messages.push(json!({ "role": "user", "content": "go on" }));
            let mut body = json!({ "model": "m", "messages": messages });
            if let Some(choice) = choice {
                let schema = json!({ "type": "object", "properties": { "q": { "type": "string" } } });
                body["tools"] = json!([{ "type": "function", "function": { "name": "f", "description": "d", "parameters": schema } }]);
                body["tool_choice"] = choice;
            }
            if let Some(most) = most {
                body["max_completion_tokens"] = most.into();
            }
            body
        },
    )
}

/// What a request means, whatever its form: who says what, which tools there are, how long the reply may be.
fn meaning(body: &Value) -> Value {
    let mut turns: Vec<Value> = Vec::new();
    for message in body["messages"].as_array().into_iter().flatten() {
        let turn = turn(message);
        // Turns of one speaker may be put together.
        match turns.last_mut() {
            Some(last) if last["role"] == turn["role"] && turn["role"] == "user" => {
                let more = turn["content"].as_array().cloned().unwrap_or_default();
                if let Some(content) = last["content"].as_array_mut() {
                    content.extend(more);
                }
            }
            _ => turns.push(turn),
        }
    }
    let tools = body["tools"].as_array().into_iter().flatten();
    let tools: Vec<Value> = tools
        .map(|tool| {
            let function = &tool["function"];
            json!([
                function["name"],
                function["description"],
                function["parameters"]
            ])
        })
        .collect();
    let most = &body["max_completion_tokens"];
    let most = if *most == 8192 { &Value::Null } else { most };
    json!({ "turns": turns, "tools": tools, "choice": body["tool_choice"], "most": most })
}

fn turn(message: &Value) -> Value {
    let content = match &message["content"] {
        Value::String(text) if text.is_empty() => json!([]),
        Value::String(text) => json!([{ "text": text }]),
        Value::Array(parts) => {
            let parts = parts.iter().map(|part| match &part["image_url"]["url"] {
                Value::Null => json!({ "text": part["text"] }),
                url => json!({ "image": url }),
            });
            parts.collect()
        }
        _ => json!([]),
    };
    let calls = message["tool_calls"].as_array().into_iter().flatten();
    let calls: Vec<Value> = calls
        .map(|call| {
            let arguments = call["function"]["arguments"].as_str().unwrap_or_default();
            let arguments: Value = serde_json::from_str(arguments).unwrap_or_default();
            json!([call["id"], call["function"]["name"], arguments])
        })
        .collect();
    json!({ "role": message["role"], "of": message["tool_call_id"], "content": content, "calls": calls })
}
