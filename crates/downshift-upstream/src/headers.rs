//! Hides which headers cross: a caller's to an upstream, an upstream's to a caller.

use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName};

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

/// A caller's headers as they go upstream.
pub(crate) fn outward(headers: &HeaderMap) -> HeaderMap {
    let crosses = |name: &HeaderName| {
        !KEPT_BACK.contains(&name.as_str()) && !name.as_str().starts_with("x-downshift-")
    };
    crossing(headers, crosses)
}

/// An upstream's headers as they go to a caller.
pub(crate) fn inward(headers: &HeaderMap) -> HeaderMap {
    crossing(headers, |name| {
        let text = name.as_str();
        let named = matches!(
            text,
            "x-request-id" | "retry-after-ms" | "x-should-retry" | "request-id"
        );
        named
            || name == RETRY_AFTER
            || ["openai-", "x-ratelimit-", "anthropic-"]
                .iter()
                .any(|prefix| text.starts_with(prefix))
    })
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
            outward,
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
