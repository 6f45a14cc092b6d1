//! What goes in and what comes out, for every pair of dialects and every feature.
//!
//! `tests/golden/requests/<client>/<feature>.json` is what a client sends,
//! `tests/golden/replies/<upstream>/<feature>.json` and `.sse` what an upstream replies, whole and
//! streamed. `tests/golden/<client>-<upstream>/` holds what becomes of them; after a change that
//! is meant, `UPDATE_GOLDEN=1 cargo test -p downshift-wire --test it` writes those files again,
//! to be read before they are committed.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use downshift_wire::{ChatRequest, Error, Protocol, Translated};
use serde_json::Value;

use crate::sides::{self, CLIENTS, Flow, UPSTREAMS};

/// The environment variable that has the files written again.
pub(crate) const UPDATE: &str = "UPDATE_GOLDEN";

/// Where the files are.
fn place() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// What is given, by feature: requests of a client's, or replies of an upstream's.
pub(crate) fn given(side: &str, protocol: Protocol, ending: &str) -> BTreeMap<String, String> {
    let folder = place().join(side).join(sides::name(protocol));
    let files =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files = files.map(|file| file.expect("a file").path());
    files
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == ending)
        })
        .map(|path| {
            let feature = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (feature, fs::read_to_string(path).expect("UTF-8"))
        })
        .collect()
}

/// What becomes of one request.
pub(crate) fn request(
    client: Protocol,
    upstream: Protocol,
    body: &str,
) -> Result<Translated, Error> {
    let request = sides::decode_request(client, body)?;
    sides::encode_request(&request, upstream)
}

/// A request to which any reply may be the reply.
pub(crate) fn plain(client: Protocol, stream: bool) -> ChatRequest {
    let mut body: Value =
        serde_json::from_str(&given("requests", client, "json")["text"]).expect("JSON");
    body["stream"] = stream.into();
    if stream && matches!(client, Protocol::Chat | Protocol::Completions) {
        body["stream_options"] = serde_json::json!({ "include_usage": true });
    }
    sides::decode_request(client, &body.to_string()).expect("it can be read")
}

fn told_request(client: Protocol, upstream: Protocol, body: &str) -> String {
    let mut told = String::new();
    section(&mut told, "The client asks", &pretty(body.as_bytes()));
    match request(client, upstream, body) {
        Ok(Translated { body, dropped }) => {
            section(&mut told, "The model is asked", &pretty(&body));
            left_out(&mut told, &dropped);
        }
        Err(Error { message, param, .. }) => {
            let param = param.unwrap_or_else(|| "null".to_owned());
            writeln!(
                told,
                "## It is refused\n\n400, `param`: `{param}`\n\n> {message}\n"
            )
            .expect("text");
        }
    }
    told
}

/// A reply that fails in mid-stream has no whole form.
fn told_reply(
    client: Protocol,
    upstream: Protocol,
    whole: Option<&String>,
    stream: &str,
) -> String {
    let mut told = String::new();
    if let Some(whole) = whole {
        section(&mut told, "The model replies", &pretty(whole.as_bytes()));
        let reply = sides::decode_reply(upstream, whole).expect("a reply");
        let Translated { body, dropped } =
            sides::encode_reply(client, &plain(client, false), &reply);
        section(&mut told, "The client is told", &pretty(&body));
        left_out(&mut told, &dropped);
    }
    events(&mut told, "The model streams", stream);
    let flow = Flow::all(client, upstream, &plain(client, true), stream);
    events(&mut told, "The client is streamed", &flow.sent);
    left_out(&mut told, &flow.dropped);
    told
}

fn section(told: &mut String, title: &str, json: &str) {
    writeln!(told, "## {title}\n\n```json\n{json}\n```\n").expect("text");
}

fn events(told: &mut String, title: &str, stream: &str) {
    writeln!(told, "## {title}\n\n```\n{}\n```\n", stream.trim_end()).expect("text");
}

fn left_out(told: &mut String, dropped: &[String]) {
    if !dropped.is_empty() {
        writeln!(told, "Left out, and told: `{}`\n", dropped.join("`, `")).expect("text");
    }
}

fn pretty(json: &[u8]) -> String {
    let value: Value = serde_json::from_slice(json).expect("JSON");
    serde_json::to_string_pretty(&value).expect("JSON")
}

/// Every file there is to be, by its name.
fn files() -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for client in CLIENTS {
        for upstream in UPSTREAMS {
            let (client_name, upstream_name) = (sides::name(client), sides::name(upstream));
            let folder = PathBuf::from(format!("{client_name}-{upstream_name}"));
            for (feature, body) in given("requests", client, "json") {
                let head =
                    format!("# A request from {client_name} to {upstream_name}: {feature}\n\n");
                let file = folder.join(format!("request-{feature}.md"));
                files.insert(file, head + &told_request(client, upstream, &body));
            }
            let wholes = given("replies", upstream, "json");
            for (feature, stream) in given("replies", upstream, "sse") {
                let head =
                    format!("# A reply from {upstream_name} to {client_name}: {feature}\n\n");
                let file = folder.join(format!("reply-{feature}.md"));
                let told = told_reply(client, upstream, wholes.get(&feature), &stream);
                files.insert(file, head + &told);
            }
        }
    }
    let trimmed = files
        .into_iter()
        .map(|(file, text)| (file, text.trim_end().to_owned() + "\n"));
    trimmed.collect()
}

#[test]
fn every_pair_says_what_its_golden_file_says() {
    let place = place();
    let files = files();
    if std::env::var_os(UPDATE).is_some() {
        for (file, text) in &files {
            let file = place.join(file);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, text).expect("written");
        }
    }
    let mut wrong = Vec::new();
    for (file, text) in &files {
        let kept = fs::read_to_string(place.join(file)).unwrap_or_default();
        if kept != *text {
            let line = kept
                .lines()
                .zip(text.lines())
                .position(|(kept, text)| kept != text);
            let line = line.map_or(0, |line| line + 1);
            wrong.push(format!("{}:{line}", file.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "not as they were, {UPDATE}=1 writes them again: {wrong:#?}"
    );
}
