//! From the written policy to the running one: every name is resolved, every problem told at once.

mod judge;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::{Catalogue, ModelFacts};
use crate::condition::Names;
use crate::config::{AnswerConfig, IntentConfig, Mode, PolicyConfig, RuleConfig};
use crate::glob::Glob;
use crate::policy::{
    AnswerBinding, Binding, CONFIDENCE, GET, Intents, Limits, Policy, Rule, Target,
};
use crate::problem::{Problem, Problems};

/// The answerer that looks things up in a table.
const LOOKUP: &str = "lookup";
/// The answerer that converts currencies, by a table of rates.
const CURRENCY: &str = "currency";
/// What a rule calls the top rung.
const LLM: &str = "llm";

impl Policy {
    /// Compiles `config` against the names that exist, or tells all that is wrong with it.
    pub fn compile(config: &PolicyConfig, catalogue: &Catalogue<'_>) -> Result<Self, Vec<Problem>> {
        let mut compiler = Compiler {
            config,
            catalogue,
            problems: Problems::default(),
        };
        let llm = compiler.llm();
        let route = compiler.route();
        let intents = compiler.intents();
        let rules = compiler.rules(&intents, &route);
        compiler.problems.into_result()?;
        let models = catalogue
            .models
            .iter()
            .map(|model| (model.name.into(), limits(model)));
        Ok(Self {
            llm,
            route,
            models: models.collect(),
            intents,
            rules,
            unsaid: Arc::default(),
        })
    }
}

struct Compiler<'a> {
    config: &'a PolicyConfig,
    catalogue: &'a Catalogue<'a>,
    problems: Problems,
}

impl Compiler<'_> {
    fn llm(&mut self) -> Arc<str> {
        let name = self.config.llm.as_str();
        self.model("llm", name);
        if name != LLM && self.catalogue.models.iter().any(|model| model.name == LLM) {
            let message = "`llm` is what rules call the top rung; give this model another name";
            self.problems.add("models.llm", message);
        }
        name.into()
    }

    fn route(&mut self) -> Vec<Glob> {
        for (index, route) in self.config.route.iter().enumerate() {
            let path = format!("route[{index}]");
            if route.is_empty() {
                self.problems.add(path, "a model name is missing");
            } else if self
                .catalogue
                .models
                .iter()
                .any(|model| model.name == route)
            {
                let message =
                    format!("`{route}` is a model's own name, which goes straight to that model");
                let hint = "leave it out here, or give the model another name";
                self.problems.add_with_hint(path, message, hint);
            }
        }
        self.config
            .route
            .iter()
            .map(|route| Glob::new(route))
            .collect()
    }

    fn intents(&mut self) -> Intents {
        let rules = &self.config.rules;
        let labels = self.catalogue.intents.iter();
        let mut intents = labels
            .map(|name| (name.clone(), Binding::default()))
            .collect::<BTreeMap<_, _>>();
        for (name, config) in &self.config.intents {
            let path = format!("intents.{name}");
            let known = intents.contains_key(name.as_str())
                || rules.iter().any(|rule| rule.as_.as_ref() == Some(name));
            if !known && config.examples.is_empty() {
                let labels = self.catalogue.intents.iter().map(|label| &**label);
                self.problems.unknown(&path, "intent", name, labels);
            }
            if name.is_empty() {
                self.problems.add(&path, "an intent needs a name");
            }
            let binding = self.binding(&path, config);
            intents.insert(name.as_str().into(), binding);
        }
        intents
    }

    fn binding(&mut self, path: &str, config: &IntentConfig) -> Binding {
        let answer = config.answer.as_ref();
        let answer = answer.map(|answer| self.answer(&format!("{path}.answer"), answer));
        let specialist = config.specialist.as_deref();
        if let Some(name) = specialist {
            self.specialist(&format!("{path}.specialist"), name);
        }
        self.fraction(&format!("{path}.confidence"), config.confidence);
        self.fraction(&format!("{path}.escalate_below"), config.escalate_below);
        if config.escalate_below.is_some() && specialist.is_none() {
            let message = "this judges a specialist's reply, and there is no `specialist`";
            self.problems.add(format!("{path}.escalate_below"), message);
        }
        let judging = self.judging(path, config);
        if answer.is_none() && specialist.is_none() && config.examples.is_empty() {
            let message = "nothing takes this intent; give it `answer`, `specialist` or `examples`";
            self.problems.add(path, message);
        }
        self.examples(path, config);
        Binding {
            answer,
            specialist: specialist.map(Into::into),
            threshold: config.confidence.unwrap_or(CONFIDENCE),
            escalate_below: config.escalate_below,
            judging,
            shadow: config.mode == Some(Mode::Shadow),
        }
    }

    fn examples(&mut self, path: &str, config: &IntentConfig) {
        let lists = [
            ("examples", &config.examples),
            ("counter_examples", &config.counter_examples),
        ];
        for (list, examples) in lists {
            for (index, example) in examples.iter().enumerate() {
                if example.trim().is_empty() {
                    let path = format!("{path}.{list}[{index}]");
                    self.problems.add(path, "an example is empty");
                }
            }
        }
        if config.examples.is_empty() && !config.counter_examples.is_empty() {
            let message = "these are told from the `examples` of this intent, and there are none";
            self.problems
                .add(format!("{path}.counter_examples"), message);
        }
    }

    fn answer(&mut self, path: &str, config: &AnswerConfig) -> AnswerBinding {
        let (name, tables) = match config {
            AnswerConfig::Name(name) => (name.as_str(), [].as_slice()),
            AnswerConfig::Lookup { lookup, close } => {
                if let Some((field, message)) = close.problem() {
                    self.problems.add(format!("{path}.close.{field}"), message);
                }
                (LOOKUP, lookup.as_slice())
            }
            AnswerConfig::Currency { currency, .. } => (CURRENCY, std::slice::from_ref(currency)),
            // What it asks is checked where hosts and patterns are known.
            AnswerConfig::Get(_) => {
                return AnswerBinding {
                    answerer: GET.into(),
                    tables: Arc::default(),
                };
            }
        };
        if name == CURRENCY && tables.is_empty() {
            let message = "currencies need their rates";
            self.problems
                .add_with_hint(path, message, "write `answer: { currency: FILE }`");
        } else if name == LOOKUP && tables.is_empty() {
            let message = "a lookup needs its table";
            self.problems
                .add_with_hint(path, message, "write `answer: { lookup: FILE }`");
        } else if name == GET {
            let message = "a fetch needs to know what to ask";
            let hint = "write `answer: { get: { ask: …, url: …, say: … } }`";
            self.problems.add_with_hint(path, message, hint);
        } else if tables.iter().any(String::is_empty) {
            self.problems
                .add(format!("{path}.{name}"), "the path of the table is missing");
        } else if !self.catalogue.answerers.contains(&name) {
            self.problems.unknown(
                path,
                "answerer",
                name,
                self.catalogue.answerers.iter().copied(),
            );
        }
        AnswerBinding {
            answerer: name.into(),
            tables: tables.iter().map(|table| table.as_str().into()).collect(),
        }
    }

    fn specialist(&mut self, path: &str, name: &str) {
        self.model(path, name);
        if name == self.config.llm {
            let message = format!("`{name}` is the top rung already");
            self.problems
                .add_with_hint(path, message, "leave `specialist` out");
        }
    }

    fn rules(&mut self, intents: &Intents, route: &[Glob]) -> Vec<Rule> {
        let names = Names { intents, route };
        let mut catch_all = None;
        let mut rules = Vec::with_capacity(self.config.rules.len());
        for (index, config) in self.config.rules.iter().enumerate() {
            let path = format!("rules[{index}]");
            if let Some(earlier) = catch_all {
                let message =
                    format!("this rule is never reached: rules[{earlier}] holds for every request");
                self.problems.add(&path, message);
            } else if config.when.is_empty() {
                catch_all = Some(index);
            }
            let mut when = config.when.clone();
            when.resolve(&names, &format!("{path}.when"), &mut self.problems);
            let target = self.target(&path, config, intents);
            rules.push(Rule { when, target });
        }
        rules
    }

    fn target(&mut self, path: &str, config: &RuleConfig, intents: &Intents) -> Target {
        match (&config.use_, &config.as_) {
            (Some(name), None) => self.taker(&format!("{path}.use"), name),
            (None, Some(intent)) => {
                if !intents.contains_key(intent.as_str()) {
                    let known = intents.keys().map(|name| &**name);
                    self.problems
                        .unknown(format!("{path}.as"), "intent", intent, known);
                }
                Target::Intent(intent.as_str().into())
            }
            _ => {
                let message = "a rule says one thing: `use: MODEL` or `llm`, or else `as: INTENT`";
                self.problems.add(path, message);
                Target::Llm
            }
        }
    }

    fn taker(&mut self, path: &str, name: &str) -> Target {
        if name == LLM || name == self.config.llm {
            return Target::Llm;
        }
        let models = self.catalogue.models.iter().map(|model| model.name);
        if !models.clone().any(|model| model == name) {
            self.problems
                .unknown(path, "model", name, std::iter::once(LLM).chain(models));
        }
        Target::Model(name.into())
    }

    fn model(&mut self, path: &str, name: &str) {
        let models = self.catalogue.models.iter().map(|model| model.name);
        if !models.clone().any(|model| model == name) {
            self.problems.unknown(path, "model", name, models);
        }
    }

    fn fraction(&mut self, path: &str, number: Option<f32>) {
        let Some(number) = number else {
            return;
        };
        if !(0.0..=1.0).contains(&number) {
            let message = format!("{number} is no probability; expected a number from 0 to 1");
            let percent = (1.0..=100.0).contains(&number);
            match percent.then(|| format!("did you mean {}?", number / 100.0)) {
                Some(hint) => self.problems.add_with_hint(path, message, hint),
                None => self.problems.add(path, message),
            }
        }
    }
}

fn limits(model: &ModelFacts<'_>) -> Limits {
    let ModelFacts {
        context,
        images,
        audio,
        files,
        ..
    } = *model;
    Limits {
        context,
        images,
        audio,
        files,
    }
}

#[cfg(test)]
mod tests;
