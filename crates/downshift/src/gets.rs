//! Lookups over HTTP as they run: hides how a question becomes one GET, and its reply a sentence.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use downshift_answers::{
    Ask, Captures, Misread, Sentence, Target, TemplateError, Unfilled, UrlTemplate,
};
use downshift_policy::{AnswerConfig, GetConfig, KeyConfig};
use downshift_upstream::{self as upstream, Client, FetchConfig, Fetcher, Secret};

use crate::config::yaml::{Unresolved, expand};
use crate::config::{Loaded, Problem, variable};
use crate::duration;

/// How long a fetch may take where the policy does not say.
const TIMEOUT: Duration = Duration::from_secs(2);
/// The longest that a policy may allow: a person waits for the answer.
const LONGEST: Duration = Duration::from_secs(30);
/// The largest reply where the policy does not say.
const MAX_BYTES: u64 = 64 * 1024;
/// The largest that a policy may allow.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Lookups over HTTP by the intent they answer.
pub type Gets = BTreeMap<Arc<str>, Arc<Get>>;

/// One lookup over HTTP.
#[derive(Debug)]
pub struct Get {
    ask: Ask,
    url: UrlTemplate,
    say: Sentence,
    fetcher: Fetcher,
}

/// A question that was understood: what to ask of the host.
#[derive(Debug)]
pub struct Fetch {
    get: Arc<Get>,
    captures: Captures,
    target: Target,
}

/// Why a fetch gave nothing to say.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The host did not give its reply.
    #[error(transparent)]
    Upstream(#[from] upstream::Error),
    /// The reply does not fill the sentence.
    #[error("{unfilled}, asked of {origin}")]
    Unfilled {
        /// What is missing.
        unfilled: Unfilled,
        /// The host.
        origin: String,
    },
}

/// Compiles every lookup over HTTP that the policy names; what is wrong with one is told at its place.
pub fn gets(loaded: &Loaded, client: &Client, problems: &mut Vec<Problem>) -> Gets {
    let mut gets = Gets::new();
    for (intent, config) in &loaded.config.intents {
        if let Some(AnswerConfig::Get(config)) = &config.answer {
            let path = format!("intents.{intent}.answer.get");
            let mut compiler = Compiler { path, problems };
            if let Some(get) = compiler.get(client, config) {
                gets.insert(intent.as_str().into(), Arc::new(get));
            }
        }
    }
    gets
}

// === impl Get ===

impl Get {
    /// What to ask of the host, where the patterns take the whole question.
    pub fn read(self: &Arc<Self>, question: &str) -> Result<Fetch, Misread> {
        let captures = self.ask.read(question)?;
        let target = self.url.fill(&captures).ok_or(Misread::NotUnderstood)?;
        Ok(Fetch {
            get: self.clone(),
            captures,
            target,
        })
    }

    /// Scheme, host and port of who is asked.
    pub fn origin(&self) -> String {
        self.fetcher.origin()
    }
}

// === impl Fetch ===

impl Fetch {
    /// Asks the host, and says what it replied.
    pub async fn say(&self) -> Result<String, Error> {
        let Get { say, fetcher, .. } = &*self.get;
        let Target { path, query } = &self.target;
        let reply = fetcher.fetch(path, query.as_deref()).await?;
        let said = say.fill(&self.captures, &reply);
        said.map_err(|unfilled| Error::Unfilled {
            unfilled,
            origin: fetcher.origin(),
        })
    }
}

/// Compiles one lookup, and goes on after a problem to find the others.
struct Compiler<'a> {
    path: String,
    problems: &'a mut Vec<Problem>,
}

impl Compiler<'_> {
    fn get(&mut self, client: &Client, config: &GetConfig) -> Option<Get> {
        let ask = self.ask(&config.ask);
        let timeout = self.timeout(config.timeout.as_deref());
        let max_bytes = self.max_bytes(config.max_bytes);
        let key = self.key(config.key.as_ref());
        let (names, always) = match &ask {
            Some(ask) => (ask.names(), ask.always()),
            None => Default::default(),
        };
        let url = match UrlTemplate::compile(&config.url, &always) {
            // Which names there are is known only once the patterns are.
            Err(TemplateError::Unknown { .. }) if ask.is_none() => None,
            url => self.noted("url", url),
        };
        let say = Sentence::compile(&config.say, &names, &always);
        let say = self.noted("say", say);
        let (url, (key, missing_variable)) = (url?, key?);
        let fetcher = Fetcher::new(
            client,
            FetchConfig {
                origin: url.origin().to_owned(),
                key,
                missing_variable,
                timeout: timeout?,
                max_bytes: max_bytes?,
            },
        );
        let fetcher = self.noted("url", fetcher);
        Some(Get {
            say: say?,
            fetcher: fetcher?,
            url,
            ask: ask?,
        })
    }

    fn ask(&mut self, patterns: &[String]) -> Option<Ask> {
        if patterns.is_empty() {
            self.add(
                "ask",
                "no question is asked; write at least one pattern, such as `order {id:\\d+}`",
            );
            return None;
        }
        match Ask::compile(patterns) {
            Ok(ask) => Some(ask),
            Err(wrong) => {
                for (index, error) in wrong {
                    self.add(&format!("ask[{index}]"), &error.to_string());
                }
                None
            }
        }
    }

    fn timeout(&mut self, written: Option<&str>) -> Option<Duration> {
        let Some(written) = written else {
            return Some(TIMEOUT);
        };
        let read = duration::parse(written);
        let fit = read.filter(|duration| !duration.is_zero() && *duration <= LONGEST);
        if fit.is_none() {
            let message = format!(
                "`{written}` is no time for a fetch; write a number with a unit, such as 800ms or 2s, at most {}s",
                LONGEST.as_secs()
            );
            self.add("timeout", &message);
        }
        fit
    }

    fn max_bytes(&mut self, written: Option<u64>) -> Option<usize> {
        let bytes = written.unwrap_or(MAX_BYTES);
        let fit = (1..=LARGEST).contains(&bytes);
        let fit = usize::try_from(bytes).ok().filter(|_| fit);
        if fit.is_none() {
            let message = format!(
                "{bytes} is no size of a reply; write a number of bytes from 1 to {LARGEST}"
            );
            self.add("max_bytes", &message);
        }
        fit
    }

    /// The key, or the variable that should hold it and does not.
    fn key(&mut self, written: Option<&KeyConfig>) -> Option<(Option<Secret>, Option<String>)> {
        let Some(KeyConfig(written)) = written else {
            return Some((None, None));
        };
        match expand(written, &variable) {
            Ok(key) => Some((Some(Secret::new(key)), None)),
            Err(Unresolved::Unset(variable)) => Some((None, Some(variable))),
            Err(malformed @ Unresolved::Malformed(_)) => {
                self.add("key", &format!("the key cannot be read: {malformed}"));
                None
            }
        }
    }

    fn noted<T>(&mut self, field: &str, result: Result<T, impl std::fmt::Display>) -> Option<T> {
        result
            .map_err(|error| self.add(field, &error.to_string()))
            .ok()
    }

    fn add(&mut self, field: &str, message: &str) {
        let place = format!("{}.{field}", self.path);
        self.problems.push(Problem::at(place, message));
    }
}
