//! `downshift check [FILE]`.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::{Failed, PolicyArgs};
use crate::config::{self, ExpectationConfig};
use crate::explain::{Circumstances, Explainer, Explanation};
use crate::router;

/// Validate a policy and run the tests in it.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The policies; router.yaml in the working directory if none is named.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON object per file.
    #[arg(long)]
    json: bool,
}

/// What came of one file.
struct Outcome {
    file: String,
    tests: usize,
    problems: Vec<serde_json::Value>,
    rendered: String,
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<()> {
        super::init_logs("warn")?;
        let runtime = super::runtime()?;
        let mut files = self
            .files
            .iter()
            .map(|file| Some(file.as_path()))
            .collect::<Vec<_>>();
        if files.is_empty() {
            files.push(None);
        }
        let mut bad = 0;
        let mut out = io::stdout().lock();
        for file in files {
            let outcome = runtime.block_on(check(file))?;
            bad += usize::from(!outcome.problems.is_empty());
            if self.json {
                let Outcome {
                    file,
                    tests,
                    problems,
                    ..
                } = &outcome;
                writeln!(
                    out,
                    "{}",
                    json!({ "file": file, "ok": problems.is_empty(), "tests": tests, "problems": problems })
                )?;
            } else if outcome.problems.is_empty() {
                writeln!(out, "{}: ok, {} tests passed", outcome.file, outcome.tests)?;
            } else {
                writeln!(out, "{}", outcome.rendered.trim_end())?;
            }
        }
        if bad == 0 {
            return Ok(());
        }
        Err(Failed {
            message: format!("{bad} of the policies checked cannot be used"),
            code: 2,
        }
        .into())
    }
}

async fn check(file: Option<&Path>) -> anyhow::Result<Outcome> {
    let name = file.map_or("router.yaml".to_owned(), |file| file.display().to_string());
    let policy = PolicyArgs {
        config: file.map(Path::to_owned),
    };
    let router = match policy.build() {
        Ok(router) => router,
        Err(router::Error::Config(config::Error::Invalid {
            rendered, problems, ..
        })) => {
            let problems = problems.iter().map(|problem| json!({ "path": problem.path, "line": problem.line, "column": problem.column, "message": problem.message, "hint": problem.hint })).collect();
            return Ok(Outcome {
                file: name,
                tests: 0,
                problems,
                rendered,
            });
        }
        Err(error) => {
            let message = format!("{:#}", anyhow::Error::from(error));
            let rendered = format!("{name}: {message}");
            return Ok(Outcome {
                file: name,
                tests: 0,
                problems: vec![json!({ "message": message })],
                rendered,
            });
        }
    };
    let explainer = Explainer::new(&router);
    let tests = &router.loaded.config.tests;
    let mut outcome = Outcome {
        file: name,
        tests: tests.len(),
        problems: Vec::new(),
        rendered: String::new(),
    };
    for (index, test) in tests.iter().enumerate() {
        let explanation = explainer
            .explain(&test.query, &Circumstances::default())
            .await;
        if let Some(message) = unmet(test, &explanation) {
            writeln!(
                outcome.rendered,
                "{}: tests[{index}]: {message}",
                outcome.file
            )?;
            outcome
                .problems
                .push(json!({ "path": format!("tests[{index}]"), "message": message }));
        }
    }
    Ok(outcome)
}

/// What a test of the policy expected and did not get.
fn unmet(test: &ExpectationConfig, got: &Explanation) -> Option<String> {
    let intent = got.intent.as_deref().unwrap_or("none");
    let rung_met = test.rung == got.rung;
    let intent_met = test
        .intent
        .as_deref()
        .is_none_or(|expected| expected == intent);
    if rung_met && intent_met {
        return None;
    }
    let expected = test
        .intent
        .as_deref()
        .map_or(String::new(), |intent| format!(" as {intent}"));
    let trail = got
        .trail
        .iter()
        .map(|step| format!("; {} passed on: {}", step.rung.label(), step.reason.label()));
    Some(format!(
        "`{}` should stop on {}{expected}, and stops on {} as {intent}{}",
        test.query,
        test.rung,
        got.rung,
        trail.collect::<String>()
    ))
}
