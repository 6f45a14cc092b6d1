use std::collections::BTreeSet;

use super::{Sentence, UrlTemplate};
use crate::ask::Captures;

fn ids() -> BTreeSet<&'static str> {
    BTreeSet::from(["id"])
}

#[track_caller]
fn target(template: &str, id: &str, expected: Option<&str>) {
    let url = UrlTemplate::compile(template, &ids()).unwrap();
    let filled = url.fill(&Captures::from_iter([("id", id)]));
    let shown = filled.map(|target| match target.query {
        Some(query) => format!("{}?{query}", target.path),
        None => target.path,
    });
    assert_eq!(shown.as_deref(), expected, "{id:?}");
    assert!(template.starts_with(url.origin()), "{}", url.origin());
}

#[test]
fn a_capture_stays_in_its_place() {
    let path = "https://orders.internal:8443/v1/orders/{id}";
    target(path, "4711", Some("/v1/orders/4711"));
    target(path, "a/../b", Some("/v1/orders/a%2F..%2Fb"));
    target(path, "a?b=c&d#e", Some("/v1/orders/a%3Fb%3Dc%26d%23e"));
    target(path, "%2e%2e%2f", Some("/v1/orders/%252e%252e%252f"));
    target(path, "é \\@:", Some("/v1/orders/%C3%A9%20%5C%40%3A"));
    target(path, "@evil.example", Some("/v1/orders/%40evil.example"));
    target(
        path,
        "\r\nHost: evil",
        Some("/v1/orders/%0D%0AHost%3A%20evil"),
    );
    target(path, ".", None);
    target(path, "..", None);
    target(path, "...", Some("/v1/orders/..."));
    target(path, "", None);
    target(path, &"9".repeat(10_000), None);
    target("http://h/.{id}/x", ".", None);
    target("http://h/%2E{id}/x", ".", None);
    target("http://h?q={id}&x=1", "..&y=2", Some("/?q=..%26y%3D2&x=1"));
    target("http://h/?", "1", Some("/"));
    target("http://h/{{{id}}}", "1", Some("/{1}"));
}

#[track_caller]
fn address_refused(template: &str, expected: &str) {
    let error = UrlTemplate::compile(template, &ids())
        .unwrap_err()
        .to_string();
    assert!(error.contains(expected), "{template:?}: {error}");
}

#[test]
fn what_is_wrong_with_an_address_is_said() {
    address_refused("", "no http:// or https://");
    address_refused("orders.internal/{id}", "no http:// or https://");
    address_refused("ftp://h/{id}", "neither http:// nor https://");
    address_refused("{id}://h/", "neither http:// nor https://");
    address_refused("http://{id}.example/", "in the host");
    address_refused("http://h:{id}/", "in the host");
    address_refused("http://{id}", "in the host");
    address_refused("http://me:pw@h/", "user or password");
    address_refused("http:///v1", "no host");
    address_refused("http://h\\@evil/", "user or password");
    address_refused("http://h\\evil/", "no host");
    address_refused("http://h/a b", "percent-encoded");
    address_refused("http://h/a#{id}", "percent-encoded");
    address_refused("http://h/é", "percent-encoded");
    address_refused("http://h/a/../{id}", "`.` or `..`");
    address_refused(
        "http://h/{nr}",
        "`{nr}` is not captured by every pattern of `ask`; they all capture `{id}`",
    );
    address_refused("http://h/?q={nr}", "`{nr}` is not captured");
    address_refused("http://h/{id", "never closed");
    address_refused("http://h/id}", "closes nothing");
}

const REPLY: &str = r#"{
    "status": "on its way", "total": 12.50, "big": 123456789012345678901234567890, "paid": true,
    "delivery": { "date": "3 May", "a/b": "slash", "places": ["Kiel", "Ulm"] },
    "none": null, "empty": " ", "lines": "a\nb", "turned": "a\u202eb", "long": "LONG"
}"#;

#[track_caller]
fn said(template: &str, expected: Result<&str, &str>) {
    let names = BTreeSet::from(["id", "sometimes"]);
    let sentence = Sentence::compile(template, &names, &ids()).unwrap();
    let reply = REPLY.replace("LONG", &"x".repeat(257));
    let filled = sentence.fill(&Captures::from_iter([("id", "4711")]), reply.as_bytes());
    let filled = filled.map_err(|error| error.to_string());
    assert_eq!(filled.as_deref().map_err(String::as_str), expected);
}

#[test]
fn a_sentence_is_whole_or_not_there() {
    said("Order {id} is {status}.", Ok("Order 4711 is on its way."));
    said(
        "{total} {big} {paid}",
        Ok("12.50 123456789012345678901234567890 true"),
    );
    said("{/delivery/date}: {/delivery/places/1}", Ok("3 May: Ulm"));
    said("{/delivery/a~1b} {{id}}", Ok("slash {id}"));
    said("Plain.", Ok("Plain."));
    for (field, why) in [
        ("state", "the reply has no field `state`"),
        ("none", "the reply has no field `none`"),
        ("empty", "the reply has no field `empty`"),
        (
            "/delivery/places/01",
            "the reply has no field `/delivery/places/01`",
        ),
        (
            "/delivery/places/2",
            "the reply has no field `/delivery/places/2`",
        ),
        ("/status/x", "the reply has no field `/status/x`"),
        (
            "delivery",
            "the field `delivery` of the reply is no text, number or truth value",
        ),
        (
            "/delivery/places",
            "the field `/delivery/places` of the reply is no text, number or truth value",
        ),
        (
            "lines",
            "the field `lines` of the reply holds control characters, or more than 256 characters",
        ),
        (
            "turned",
            "the field `turned` of the reply holds control characters, or more than 256 characters",
        ),
        (
            "long",
            "the field `long` of the reply holds control characters, or more than 256 characters",
        ),
    ] {
        said(&format!("Order {{id}} is {{{field}}}."), Err(why));
    }
}

#[test]
fn what_is_no_json_says_nothing() {
    let sentence = Sentence::compile("{x}", &ids(), &ids()).unwrap();
    let deep = format!("{{\"y\":{}", "[".repeat(100_000));
    for reply in [
        "",
        "<html>",
        "{\"x\":1",
        "{\"x\":1} {",
        "{\"x\":NaN}",
        &deep,
    ] {
        assert!(
            sentence
                .fill(&Captures::default(), reply.as_bytes())
                .is_err(),
            "{reply:.20}"
        );
    }
    assert!(
        sentence
            .fill(&Captures::default(), b"{\"x\":\"\xff\"}")
            .is_err()
    );
    assert!(sentence.fill(&Captures::default(), b"[1]").is_err());
    assert_eq!(
        sentence.fill(&Captures::default(), b" {\"x\":1} ").unwrap(),
        "1"
    );
}

#[test]
fn what_is_wrong_with_a_sentence_is_said() {
    for (template, expected) in [
        ("", "the text is missing"),
        ("  ", "the text is missing"),
        ("is {", "never closed"),
        ("is }", "closes nothing"),
        ("is {}", "names nothing"),
        ("is {/}", "names nothing"),
        ("is {a b}", "names nothing"),
        (
            "is {sometimes}",
            "`{sometimes}` is not captured by every pattern",
        ),
    ] {
        let names = BTreeSet::from(["id", "sometimes"]);
        let error = Sentence::compile(template, &names, &ids())
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{template:?}: {error}");
    }
}
