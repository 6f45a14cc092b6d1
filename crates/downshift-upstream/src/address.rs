//! Hides where an upstream is: its address to call, and the same to show, without credentials.

use reqwest::Url;

use crate::{Error, ErrorKind};

/// What dialects append by themselves.
const ENDPOINTS: &[&str] = &[
    "/chat/completions",
    "/completions",
    "/messages",
    "/responses",
];

/// A checked base URL.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    base: Url,
    loopback: bool,
}

impl Address {
    /// Checks a base URL such as `https://api.openai.com/v1`.
    pub(crate) fn parse(base_url: &str) -> Result<Self, Error> {
        let wrong = |what: &str| {
            let shown = redacted(base_url);
            let message = format!(
                "base_url `{shown}` {what}; write an address such as https://api.openai.com/v1"
            );
            Error::new(ErrorKind::Config, message)
        };
        let base = Url::parse(base_url.trim())
            .map_err(|error| wrong(&format!("is not a URL ({error})")))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(wrong("is neither http:// nor https://"));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(wrong("has a query or a fragment"));
        }
        let path = base.path().trim_end_matches('/');
        if let Some(endpoint) = ENDPOINTS.iter().find(|endpoint| path.ends_with(**endpoint)) {
            return Err(wrong(&format!("names one endpoint; leave {endpoint} off")));
        }
        let host = base.host_str().ok_or_else(|| wrong("names no host"))?;
        let loopback = is_this_machine(host);
        Ok(Self { base, loopback })
    }

    /// Checks scheme, host and port, such as `https://orders.example.com:8443`, with nothing after them.
    pub(crate) fn of_host(origin: &str) -> Result<Self, Error> {
        let refused = |why: &str| {
            let shown = redacted(origin);
            Error::new(ErrorKind::Config, format!("`{shown}` {why}"))
        };
        let address = Self::parse(origin);
        let address = address.map_err(|_| refused("is not an address that can be asked"))?;
        let base = &address.base;
        let only_host =
            base.path() == "/" && base.username().is_empty() && base.password().is_none();
        only_host
            .then_some(address)
            .ok_or_else(|| refused("is more than scheme, host and port"))
    }

    /// The host with a path and a query, both percent-encoded; `None` if a URL reader would
    /// make of them something else than they say.
    pub(crate) fn at(&self, path: &str, query: Option<&str>) -> Option<Url> {
        let mut url = self.base.clone();
        url.set_path(path);
        url.set_query(query);
        (url.path() == path && url.query() == query).then_some(url)
    }

    /// The base with a path such as `/chat/completions` behind it.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }

    /// The base with a path such as `/files/f-1` behind it, and a query, both percent-encoded;
    /// `None` if a URL reader would make of them something else than they say.
    pub(crate) fn below(&self, path: &str, query: Option<&str>) -> Option<Url> {
        let path = format!("{}{path}", self.base.path().trim_end_matches('/'));
        self.at(&path, query)
    }

    /// Credentials in the address give way to a key.
    pub(crate) fn without_credentials(mut self) -> Result<Self, Error> {
        let cleared = self
            .base
            .set_username("")
            .and_then(|()| self.base.set_password(None));
        let refused = |()| Error::new(ErrorKind::Config, "base_url cannot be used with a key");
        cleared.map_err(refused).map(|()| self)
    }

    /// Scheme, host and port: what a person checks first.
    pub(crate) fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// The host, for messages.
    pub(crate) fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// Whether it is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        self.loopback
    }
}

fn is_this_machine(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost"
        || host
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// A URL without its user, password and query; text that is no URL loses what stands before an `@`.
pub(crate) fn redacted(url: &str) -> String {
    match (Url::parse(url), url.rsplit_once('@')) {
        (Ok(url), _) if url.has_host() => {
            format!("{}{}", url.origin().ascii_serialization(), url.path())
        }
        (_, Some((_, after))) => format!("[redacted]@{after}"),
        (_, None) => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base_url: &str, expected: Result<&str, &str>) {
        let found =
            Address::parse(base_url).map(|address| address.join("/chat/completions").to_string());
        let found = found.map_err(|error| error.to_string());
        assert_eq!(
            found
                .as_deref()
                .map_err(|message| message.split(';').next().unwrap()),
            expected
        );
    }

    #[test]
    fn joins_paths_with_one_slash() {
        check(
            "http://127.0.0.1:11434/v1",
            Ok("http://127.0.0.1:11434/v1/chat/completions"),
        );
        check(
            "http://127.0.0.1:11434/v1/",
            Ok("http://127.0.0.1:11434/v1/chat/completions"),
        );
        check(
            "https://[::1]:8000",
            Ok("https://[::1]:8000/chat/completions"),
        );
    }

    #[test]
    fn says_what_is_wrong_with_an_address() {
        check(
            "",
            Err("base_url `` is not a URL (relative URL without a base)"),
        );
        check(
            "localhost:11434",
            Err("base_url `localhost:11434` is neither http:// nor https://"),
        );
        check(
            "ftp://a",
            Err("base_url `ftp://a/` is neither http:// nor https://"),
        );
        check(
            "https://a/v1?x=y",
            Err("base_url `https://a/v1` has a query or a fragment"),
        );
        check(
            "https://a/v1/chat/completions/",
            Err("base_url `https://a/v1/chat/completions/` names one endpoint"),
        );
    }

    #[test]
    fn never_shows_credentials() {
        assert_eq!(
            redacted("https://me:pw@host:1/v1?key=x"),
            "https://host:1/v1"
        );
        assert_eq!(redacted("ht!tp://me:pw@host"), "[redacted]@host");
        let address = Address::parse("http://me:pw@127.0.0.1:9/v1").unwrap();
        assert_eq!(address.origin(), "http://127.0.0.1:9");
        assert_eq!(
            address.without_credentials().unwrap().join("").as_str(),
            "http://127.0.0.1:9/v1"
        );
    }

    #[test]
    fn a_host_is_asked_for_what_is_written_and_nothing_else() {
        for more in [
            "http://a/v1",
            "http://me@a",
            "http://:pw@a",
            "http://a?x",
            "ftp://a",
            "http://a:99999",
            "a",
        ] {
            assert!(Address::of_host(more).is_err(), "{more}");
        }
        let address = Address::of_host("https://a.example:8443").unwrap();
        let at = |path, query| address.at(path, query).map(|url| url.to_string());
        assert_eq!(
            at("/v1/a%2F..%2Fb", Some("q=%26")).as_deref(),
            Some("https://a.example:8443/v1/a%2F..%2Fb?q=%26")
        );
        for path in [
            "/v1/../b",
            "/v1/%2e%2E/b",
            "/v1/./b",
            "v1",
            "/a b",
            "//b/\\c",
            "/a?b",
        ] {
            assert_eq!(at(path, None), None, "{path}");
        }
        assert_eq!(
            at("//b.example/c", None).as_deref(),
            Some("https://a.example:8443//b.example/c"),
            "a path is never a host"
        );
    }

    #[test]
    fn knows_this_machine() {
        for (url, expected) in [
            ("http://localhost:1", true),
            ("http://127.0.0.9", true),
            ("http://[::1]:3", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example.com", false),
        ] {
            assert_eq!(
                Address::parse(url).unwrap().is_loopback(),
                expected,
                "{url}"
            );
        }
    }
}
