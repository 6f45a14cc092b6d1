//! What a path of the API does, in OpenTelemetry's words: hides which names are well known.

/// The paths that have a name of their own, and what is done there.
const OPERATIONS: &[(&str, &str)] = &[
    ("/v1/chat/completions", "chat"),
    ("/v1/messages", "chat"),
    ("/v1/responses", "chat"),
    ("/v1/completions", "text_completion"),
    ("/v1/embeddings", "embeddings"),
    ("/v1/messages/count_tokens", "count_tokens"),
    ("/v1/models", "list_models"),
];

/// All others of the API.
const OTHER: (&str, &str) = ("/v1/{*path}", "passthrough");

/// Hosts whose provider OpenTelemetry has a name for, by the end of their name.
const PROVIDERS: &[(&str, &str)] = &[
    ("openai.com", "openai"),
    ("anthropic.com", "anthropic"),
    ("openai.azure.com", "azure.ai.openai"),
    ("services.ai.azure.com", "azure.ai.inference"),
    ("amazonaws.com", "aws.bedrock"),
    ("generativelanguage.googleapis.com", "gcp.gemini"),
    ("aiplatform.googleapis.com", "gcp.vertex_ai"),
    ("cohere.com", "cohere"),
    ("cohere.ai", "cohere"),
    ("deepseek.com", "deepseek"),
    ("groq.com", "groq"),
    ("ml.cloud.ibm.com", "ibm.watsonx.ai"),
    ("mistral.ai", "mistral_ai"),
    ("moonshot.ai", "moonshot_ai"),
    ("perplexity.ai", "perplexity"),
    ("x.ai", "x_ai"),
];

/// The route of a path, and what is done there; `None` for a path that is not of the API.
pub(super) fn of(path: &str) -> Option<(&'static str, &'static str)> {
    let named = OPERATIONS.iter().find(|(route, _)| *route == path);
    let other = || path.starts_with("/v1/").then_some(OTHER);
    named.copied().or_else(other)
}

/// What is done at a path; `chat` where it has no name.
pub(super) fn name(path: &str) -> &'static str {
    of(path).map_or("chat", |(_, operation)| operation)
}

/// Who runs a host; its API's own name where that is not known.
pub(super) fn provider(host: &str, api: &'static str) -> &'static str {
    let is_of = |domain: &str| {
        host.strip_suffix(domain)
            .is_some_and(|front| front.is_empty() || front.ends_with('.'))
    };
    // The longest: azure's hosts of OpenAI end as others do.
    let known = PROVIDERS.iter().filter(|(domain, _)| is_of(domain));
    let known = known.max_by_key(|(domain, _)| domain.len());
    known.map_or(api, |(_, provider)| provider)
}

/// Host and port of an origin such as `https://api.openai.com`; an IPv6 address without its brackets.
pub(super) fn host_and_port(origin: &str) -> (&str, Option<u64>) {
    let (scheme, rest) = origin.split_once("://").unwrap_or(("", origin));
    let usual = match scheme {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    };
    // The colons of an IPv6 address lie within brackets.
    let split = rest
        .rfind(':')
        .filter(|colon| !rest[*colon..].contains(']'));
    let (host, port) = match split {
        Some(colon) => (&rest[..colon], rest[colon + 1..].parse().ok()),
        None => (rest, usual),
    };
    (host.trim_matches(['[', ']']), port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(origin: &str, expected: (&str, Option<u64>, &str)) {
        let (host, port) = host_and_port(origin);
        assert_eq!((host, port, provider(host, "openai")), expected);
    }

    #[test]
    fn servers_are_named() {
        check(
            "https://api.openai.com",
            ("api.openai.com", Some(443), "openai"),
        );
        check(
            "https://x.openai.azure.com",
            ("x.openai.azure.com", Some(443), "azure.ai.openai"),
        );
        check("https://api.x.ai", ("api.x.ai", Some(443), "x_ai"));
        check("https://max.ai", ("max.ai", Some(443), "openai"));
        check(
            "http://127.0.0.1:11434",
            ("127.0.0.1", Some(11434), "openai"),
        );
        check("http://[::1]:8000", ("::1", Some(8000), "openai"));
        check("http://[::1]", ("::1", Some(80), "openai"));
    }

    #[test]
    fn paths_are_named_out_of_a_closed_set() {
        assert_eq!(of("/v1/messages"), Some(("/v1/messages", "chat")));
        assert_eq!(of("/v1/files/f-1"), Some(("/v1/{*path}", "passthrough")));
        assert_eq!(of("/metrics"), None);
    }
}
