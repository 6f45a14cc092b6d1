//! Hides which headers cross: a caller's to an upstream, an upstream's to a caller.

use http::header::{CONNECTION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue};

/// On a reply: fields of the request that the upstream's dialect cannot express, and of the reply that the client's cannot.
pub const DROPPED: HeaderName = HeaderName::from_static("x-downshift-dropped");

/// Which compression is asked for: none. A server that is told nothing may choose one.
pub(crate) const PLAIN: HeaderValue = HeaderValue::from_static("identity");

/// As much of that as is said, in characters.
const MAX_DROPPED: usize = 1000;

/// Never sent upstream, whatever the router let through: they belong to one hop or to one caller.
const KEPT_BACK: &[&str] = &[
    "accept",
    "accept-encoding",
    "api-key",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-api-key",
];

/// Of these, what a request that is passed on as it came takes along all the same: they speak of its body.
const OF_THE_BODY: &[&str] = &["accept", "content-encoding", "content-type"];

/// Not passed back with a server's answer: they belong to one hop, or speak of the server's own
/// host. `alt-svc` would lead clients past the router.
const NOT_RETURNED: &[&str] = &[
    "alt-svc",
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "set-cookie",
    "strict-transport-security",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A caller's headers as they go upstream.
pub(crate) fn outward(headers: &HeaderMap, takes: impl Fn(&str) -> bool) -> HeaderMap {
    let crosses = |name: &HeaderName| {
        !KEPT_BACK.contains(&name.as_str())
            && !name.as_str().starts_with("x-downshift-")
            && takes(name.as_str())
    };
    crossing(headers, crosses)
}

/// Says which fields could not be put into the other side's dialect, behind those that it says
/// already; a letter that no header can hold is `?`.
pub fn note_dropped(headers: &mut HeaderMap, dropped: &[String]) {
    if dropped.is_empty() {
        return;
    }
    let before = headers.get(DROPPED).and_then(|value| value.to_str().ok());
    let mut named: Vec<&str> = before.into_iter().collect();
    for field in dropped {
        if !named.contains(&field.as_str()) {
            named.push(field);
        }
    }
    let shown = |c: char| {
        if c.is_ascii_graphic() || c == ' ' {
            c
        } else {
            '?'
        }
    };
    let told: String = named
        .join(", ")
        .chars()
        .map(shown)
        .take(MAX_DROPPED)
        .collect();
    if let Ok(value) = HeaderValue::from_str(&told) {
        headers.insert(DROPPED, value);
    }
}

/// An upstream's headers as they go to a caller.
pub(crate) fn inward(headers: &HeaderMap) -> HeaderMap {
    crossing(headers, |name| {
        let text = name.as_str();
        let named = matches!(
            text,
            "x-request-id" | "retry-after-ms" | "x-should-retry" | "request-id" | "x-downshift-id"
        );
        named
            || name == RETRY_AFTER
            || ["openai-", "x-ratelimit-", "anthropic-"]
                .iter()
                .any(|prefix| text.starts_with(prefix))
    })
}

/// The headers of a request that is passed on as it came. Compression is not asked for: a reply's
/// usage could not be read.
pub(crate) fn forwarded(headers: &HeaderMap) -> HeaderMap {
    let of_this_hop = named_by_connection(headers);
    crossing(headers, |name| {
        let text = name.as_str();
        let kept = KEPT_BACK.contains(&text) && !OF_THE_BODY.contains(&text);
        let tells_of_hops = text.starts_with("x-downshift-")
            || text.starts_with("x-forwarded-")
            || text == "x-real-ip";
        let for_proxies = text.starts_with("proxy-");
        !kept && !tells_of_hops && !for_proxies && !of_this_hop.iter().any(|named| named == text)
    })
}

/// The headers of an answer that is passed back as it came.
pub(crate) fn returned(headers: &HeaderMap) -> HeaderMap {
    let of_this_hop = named_by_connection(headers);
    crossing(headers, |name| {
        let text = name.as_str();
        !NOT_RETURNED.contains(&text)
            && !text.starts_with("x-downshift-")
            && !of_this_hop.iter().any(|named| named == text)
    })
}

/// The headers that `connection` says are for one hop.
fn named_by_connection(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(CONNECTION).iter();
    let names = values.filter_map(|value| value.to_str().ok());
    let names = names.flat_map(|value| value.split(','));
    names.map(|name| name.trim().to_ascii_lowercase()).collect()
}

fn crossing(headers: &HeaderMap, crosses: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    let crossing = headers.iter().filter(|(name, _)| crosses(name));
    crossing
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cross: fn(&HeaderMap) -> HeaderMap, names: &[&'static str], expected: &[&str]) {
        let value = || "1".parse().unwrap();
        let all = names
            .iter()
            .map(|name| (HeaderName::from_static(name), value()))
            .collect();
        let crossed = cross(&all);
        let crossed: Vec<&str> = crossed.keys().map(HeaderName::as_str).collect();
        assert_eq!(crossed, expected);
    }

    #[test]
    fn a_callers_credentials_stay_here() {
        check(
            |headers| outward(headers, |_| true),
            &[
                "authorization",
                "x-api-key",
                "cookie",
                "host",
                "x-downshift-rung",
                "openai-project",
                "te",
            ],
            &["openai-project"],
        );
    }

    #[test]
    fn a_request_that_is_passed_on_keeps_what_speaks_of_its_body() {
        check(
            forwarded,
            &[
                "authorization",
                "accept",
                "accept-encoding",
                "content-type",
                "content-length",
                "proxy-authorization",
                "range",
                "user-agent",
                "x-forwarded-for",
                "x-downshift-session",
                "idempotency-key",
            ],
            &[
                "accept",
                "content-type",
                "range",
                "user-agent",
                "idempotency-key",
            ],
        );
        let mut headers = HeaderMap::new();
        headers.insert(CONNECTION, "X-Secret-Hop, close".parse().unwrap());
        headers.insert("x-secret-hop", "1".parse().unwrap());
        headers.insert("x-other", "1".parse().unwrap());
        let crossed = forwarded(&headers);
        assert_eq!(crossed.keys().collect::<Vec<_>>(), ["x-other"]);
        assert_eq!(returned(&headers), crossed);
    }

    #[test]
    fn only_what_speaks_of_the_reply_comes_back() {
        check(
            inward,
            &[
                "set-cookie",
                "server",
                "openai-version",
                "x-ratelimit-limit-tokens",
                "retry-after",
                "x-request-id",
            ],
            &[
                "openai-version",
                "x-ratelimit-limit-tokens",
                "retry-after",
                "x-request-id",
            ],
        );
    }
}
