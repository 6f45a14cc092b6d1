//! A policy put together with everything it names: models, tables, classifier, ledger.
//!
//! A [`Router`] never changes once it is built; a reload builds another.

mod unknown;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use downshift_answers::Table;
use downshift_intent::{Classifier, Error as ClassifierError, Examples};
use downshift_intent::{PoolConfig, Runtime};
use downshift_ledger::{History, Ledger, ModelCost, PriceBook, Recent, Sink, Store, Timeline};
use downshift_policy::{AnswerConfig, Catalogue, ModelFacts, Policy, PolicyConfig};
use downshift_upstream as upstream;
use jiff::tz::TimeZone;

use crate::close::{self, Closes};
use crate::config::{self, Loaded, Modality, ModelConfig, Problem};
use crate::gets::{self, Gets};
use crate::judge::{self, Calibrations};
use crate::log::RequestLog;
use crate::metrics::Metrics;
use crate::model::{self, Model};
use crate::sticky::Sticky;
use crate::telemetry::Telemetry;

pub use self::unknown::with_unknown_names;

/// Requests that `GET /requests/{id}` remembers.
const RECENT: usize = 10_000;

/// Rates older than so many days are not answered from, where the policy says nothing.
const MAX_AGE_OF_RATES: u16 = 7;

/// Lookup tables by the path the policy names them with.
pub type Tables = BTreeMap<String, Table>;

/// Models by their name in the policy.
pub type Models = BTreeMap<Arc<str>, Model>;

/// Everything a request needs, built once.
#[derive(Debug)]
pub struct Router {
    /// The policy as it was written.
    pub loaded: Loaded,
    /// The policy as it runs.
    pub policy: Arc<Policy>,
    /// The models it names.
    pub models: Arc<Models>,
    llm: Model,
    /// The tables it names.
    pub tables: Arc<Tables>,
    /// How each intent's judges are weighed.
    pub calibrations: Arc<Calibrations>,
    /// The tables of which close matches are answered too.
    pub closes: Arc<Closes>,
    /// The lookups over HTTP.
    pub gets: Arc<Gets>,
    /// The model that finds out what a query is about.
    pub classifier: Arc<Classifier>,
    /// Which conversation is with which model.
    pub sticky: Arc<Sticky>,
    /// Where each request is booked.
    pub ledger: Arc<Ledger>,
    /// The newest entries, by id.
    pub recent: Arc<Recent>,
    /// What is remembered of past requests.
    pub history: History,
    /// What requests came to by the time they arrived, for the dashboard.
    pub timeline: Arc<Timeline>,
    /// Where entries are kept for good, if anywhere.
    pub store: Option<Arc<Store>>,
    /// Who else is told of requests, if anybody.
    pub telemetry: Option<Arc<Telemetry>>,
    /// What Prometheus reads.
    pub metrics: Arc<Metrics>,
    /// The zone of callers who name none.
    pub zone: TimeZone,
}

/// Why a router could not be built.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The policy, or a file it names.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// The classifier.
    #[error("cannot start the classifier")]
    Classifier(#[from] ClassifierError),
    /// The HTTP client.
    #[error("cannot start the HTTP client")]
    Client(#[from] upstream::Error),
    /// The metrics registry.
    #[error("cannot register metrics")]
    Metrics(#[from] prometheus::Error),
}

// === impl Router ===

impl Router {
    /// Builds everything `loaded` names, or says all that is wrong with it.
    pub fn build(loaded: Loaded) -> Result<Arc<Self>, Error> {
        let router = Self::begin(loaded)?;
        router.classifier.settle();
        Ok(router)
    }

    /// The same without waiting until intents are learned from examples, by which they are told roughly until then.
    pub fn begin(loaded: Loaded) -> Result<Arc<Self>, Error> {
        let runtime = loaded.inference()?;
        let mut problems = Vec::new();
        let classifier = classifier(&loaded, &runtime, &mut problems)?;
        let tables = tables(&loaded, &mut problems);
        let closes = close::closes(&loaded, &tables, &runtime, &mut problems)?;
        let zone = zone(&loaded, &mut problems);
        let client = upstream::Client::new(&upstream::ClientConfig::default())?;
        let metrics = Arc::new(Metrics::new(&runtime.backend().to_string())?);
        let models = models(&loaded, &client, &metrics, &mut problems);
        let gets = gets::gets(&loaded, &client, &mut problems);
        let store = store(&loaded, &mut problems);
        let telemetry = telemetry(&loaded, &client, &metrics, &mut problems);
        let calibrations = judge::calibration::load(&loaded, &mut problems);
        let prices = prices(&loaded, &mut problems);
        let policy = match compile(&loaded, classifier.labels()) {
            Ok(policy) if problems.is_empty() => policy,
            Ok(_) => return Err(loaded.invalid(problems).into()),
            Err(more) => {
                problems.extend(more.into_iter().map(Problem::from));
                return Err(loaded.invalid(problems).into());
            }
        };
        let Some(llm) = models.get(policy.llm()).cloned() else {
            let unknown = Problem::at("llm", "names no model of this policy");
            return Err(loaded.invalid([unknown]).into());
        };
        let recent = Arc::new(Recent::new(RECENT));
        let timeline = Arc::new(Timeline::default());
        let mut sinks = vec![
            metrics.sink(),
            recent.clone() as Arc<dyn Sink>,
            timeline.clone(),
        ];
        if let Some(store) = &store {
            metrics.watch(store.clone())?;
            sinks.push(store.clone());
        }
        sinks.extend(RequestLog::sink(&loaded.config.log));
        let ledger = Arc::new(ledger(&loaded, &prices, policy.llm(), sinks));
        metrics.machines(ledger.clone())?;
        Ok(Arc::new(Self {
            policy: Arc::new(policy),
            models: Arc::new(models),
            llm,
            tables: Arc::new(tables),
            calibrations: Arc::new(calibrations),
            closes: Arc::new(closes),
            gets: Arc::new(gets),
            classifier: Arc::new(classifier),
            sticky: Arc::new(Sticky::new(&loaded.config.sticky)),
            ledger,
            history: History::new(recent.clone(), store.clone()),
            recent,
            timeline,
            store,
            telemetry,
            metrics,
            zone,
            loaded,
        }))
    }

    /// Whether requests for this model name climb the ladder.
    pub fn routes(&self, requested: &str) -> bool {
        self.policy.routes(requested)
    }

    /// The top rung's model.
    pub fn llm(&self) -> &Model {
        &self.llm
    }

    /// The model that a request which is only passed on names: by its name in the policy, or by
    /// that of its provider. A name that is routed as it stands, such as `auto`, is the llm.
    pub fn provider(&self, requested: &str) -> Option<&Model> {
        let of_provider = |model: &&Model| model.upstream.endpoint().model == requested;
        let routed = self
            .loaded
            .config
            .route
            .iter()
            .any(|name| name == requested);
        self.models
            .get(requested)
            .or_else(|| routed.then_some(&self.llm))
            .or_else(|| self.models.values().find(of_provider))
    }

    /// What went wrong with a model, and what an operator can do about it.
    pub fn explain_error(&self, model: &str, error: &upstream::Error) -> String {
        self.models
            .get(model)
            .map_or_else(|| error.to_string(), |model| model.explain(error))
    }

    /// What a caller is told who asks for a model that there is not.
    pub fn unknown_model(&self, model: &str) -> String {
        let config = &self.loaded.config;
        let routed = config.route.join("`, `");
        let models = config
            .models
            .keys()
            .cloned()
            .collect::<Vec<_>>()
            .join("`, `");
        format!(
            "the model `{model}` does not exist here; routed names are `{routed}`, models are `{models}`"
        )
    }

    /// Whether a model of this name may be asked for.
    pub fn knows(&self, requested: &str) -> bool {
        self.routes(requested) || self.models.contains_key(requested)
    }
}

/// The model, taught the policy's examples. Where those are no good they are problems at their place in the file, and
/// the rest of the policy is looked at without them.
fn classifier(
    loaded: &Loaded,
    runtime: &Runtime,
    problems: &mut Vec<Problem>,
) -> Result<Classifier, ClassifierError> {
    let config = &loaded.config.classifier;
    problems.extend(
        config
            .strange_languages()
            .map(|(at, message)| Problem::at(format!("classifier.languages[{at}]"), message)),
    );
    let pool = PoolConfig {
        workers: config.workers,
        queue: config.queue,
        timeout: config.timeout.0,
    };
    let source = loaded.classifier_source();
    let cache = loaded.classifier_cache();
    match Classifier::start(
        runtime,
        &source,
        &pool,
        &loaded.examples(),
        cache.as_deref(),
    ) {
        Err(ClassifierError::Examples(wrong)) => {
            problems.extend(wrong.into_iter().map(|wrong| {
                let list = if wrong.counter {
                    "counter_examples"
                } else {
                    "examples"
                };
                let all = format!("intents.{}.{list}", wrong.intent);
                let place = match wrong.index {
                    Some(index) => format!("{all}[{index}]"),
                    None => all,
                };
                Problem::at(place, wrong.message)
            }));
            Classifier::start(runtime, &source, &pool, &Examples::new(), None)
        }
        started => started,
    }
}

fn compile(loaded: &Loaded, labels: &[Arc<str>]) -> Result<Policy, Vec<downshift_policy::Problem>> {
    let config = &loaded.config;
    let answerers = downshift_answers::ANSWERERS
        .iter()
        .map(|answerer| answerer.name());
    let answerers = answerers.collect::<Vec<_>>();
    let models = config
        .models
        .iter()
        .map(|(name, model)| model_facts(name, model));
    let models = models.collect::<Vec<_>>();
    let catalogue = Catalogue {
        intents: labels,
        answerers: &answerers,
        models: &models,
    };
    let written = PolicyConfig {
        llm: config.llm.clone(),
        route: config.route.clone(),
        intents: config.intents.clone(),
        rules: config.rules.clone(),
    };
    Policy::compile(&written, &catalogue)
}

fn model_facts<'a>(name: &'a str, config: &ModelConfig) -> ModelFacts<'a> {
    let reads = |modality| {
        config
            .modalities
            .as_ref()
            .is_some_and(|all| all.contains(&modality))
    };
    ModelFacts {
        name,
        context: config.context,
        images: reads(Modality::Image),
        audio: reads(Modality::Audio),
        files: reads(Modality::File),
    }
}

/// The price list in force.
fn prices(loaded: &Loaded, problems: &mut Vec<Problem>) -> PriceBook {
    loaded.prices().unwrap_or_else(|error| {
        problems.push(Problem::at("prices", error.to_string()));
        PriceBook::default()
    })
}

/// The ledger of the policy's models.
fn ledger(loaded: &Loaded, prices: &PriceBook, llm: &str, sinks: Vec<Arc<dyn Sink>>) -> Ledger {
    let grid = loaded.config.grid_intensity;
    Ledger::on_grid(costs(loaded, prices), llm, sinks, grid)
}

/// What each model costs.
fn costs(loaded: &Loaded, prices: &PriceBook) -> Vec<ModelCost> {
    let config = &loaded.config;
    let models = config.models.iter().map(|(name, model)| ModelCost {
        price: model.price_of(prices).price(),
        active_parameters: model.active_parameters,
        hardware: model.serving(),
        grid: model.grid_intensity.or(config.grid_intensity),
        ..ModelCost::named(name.as_str())
    });
    models.collect()
}

/// Reads every table the policy names; a table that cannot be read is a problem at its place in the file.
fn tables(loaded: &Loaded, problems: &mut Vec<Problem>) -> Tables {
    let mut tables = Tables::new();
    for (intent, config) in &loaded.config.intents {
        let (paths, max_age, field) = match &config.answer {
            Some(AnswerConfig::Lookup { lookup, .. }) => (lookup.as_slice(), None, "lookup"),
            Some(AnswerConfig::Currency { currency, max_age }) => {
                let max_age = i32::from(max_age.unwrap_or(MAX_AGE_OF_RATES));
                (std::slice::from_ref(currency), Some(max_age), "currency")
            }
            _ => continue,
        };
        for path in paths {
            if tables.contains_key(path) {
                continue;
            }
            match table(loaded, path, max_age) {
                Ok(table) => {
                    tables.insert(path.clone(), table);
                }
                Err(message) => {
                    let place = format!("intents.{intent}.answer.{field}");
                    problems.push(Problem::at(place, message));
                }
            }
        }
    }
    tables
}

/// A table of rates where there is an age that they may have, else one to look up in.
fn table(loaded: &Loaded, path: &str, max_age: Option<i32>) -> Result<Table, String> {
    let text = loaded.table(path).map_err(|error| match error {
        config::Error::Read { path, source } => format!("cannot read {}: {source}", path.display()),
        invalid @ config::Error::Invalid { .. } => invalid.to_string(),
    })?;
    let extension = Path::new(path)
        .extension()
        .and_then(|extension| extension.to_str());
    let yaml = matches!(extension, Some("yaml" | "yml"));
    if let Some(max_age) = max_age {
        let table = if yaml {
            let rates = config::rates::read(&text).map_err(|error| format!("{path}: {error}"))?;
            let day = (rates.base.as_str(), rates.date.0.as_str());
            Table::from_rate_list(path, day, &rates.listed(), max_age)
        } else {
            Table::from_rates(path, &text, max_age)
        };
        return table.map_err(|error| format!("{path}: {error}"));
    }
    if yaml {
        let pairs = config::yaml::pairs(&text).map_err(|error| format!("{path}: {error}"))?;
        return Ok(Table::from_pairs(path, pairs));
    }
    Table::from_csv(path, &text).map_err(|error| format!("{path}: {error}"))
}

/// The store the policy names; it is opened once the router serves.
fn store(loaded: &Loaded, problems: &mut Vec<Problem>) -> Option<Arc<Store>> {
    match loaded.config.store.as_ref()?.running(loaded) {
        Ok(config) => config.map(|config| Arc::new(Store::new(config))),
        Err(error) => {
            problems.push(Problem::at("store.url", error.to_string()));
            None
        }
    }
}

/// Who else is told of requests; it begins once the router serves.
fn telemetry(
    loaded: &Loaded,
    client: &upstream::Client,
    metrics: &Arc<Metrics>,
    problems: &mut Vec<Problem>,
) -> Option<Arc<Telemetry>> {
    let telemetry = Telemetry::new(loaded, client, metrics);
    telemetry.unwrap_or_else(|problem| {
        problems.push(problem);
        None
    })
}

/// The zone of callers who name none: the policy's, else the server's.
fn zone(loaded: &Loaded, problems: &mut Vec<Problem>) -> TimeZone {
    let Some(name) = &loaded.config.timezone else {
        return TimeZone::system();
    };
    TimeZone::get(name).unwrap_or_else(|_| {
        let message =
            format!("unknown time zone `{name}`; write an IANA name such as Europe/London");
        problems.push(Problem::at("timezone", message));
        TimeZone::UTC
    })
}

fn models(
    loaded: &Loaded,
    client: &upstream::Client,
    metrics: &Metrics,
    problems: &mut Vec<Problem>,
) -> Models {
    let config = &loaded.config;
    problems.extend(config::parameters::wrong(config));
    let mut models = Models::new();
    for name in config.models.keys() {
        match Model::new(client, name, config, metrics.upstreams()) {
            Ok(model) => {
                models.insert(model.name().clone(), model);
            }
            Err(error) => problems.push(Problem::at(format!("models.{name}"), error.to_string())),
        }
    }
    model::resolve(&mut models, &config.models, problems);
    models
}
