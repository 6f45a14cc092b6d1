//! The command line: one file per verb.
//!
//! Exit codes: 0 done, 1 the work failed, 2 the command line or the policy is wrong.

mod ask;
mod check;
mod demo;
mod eval;
mod explain;
mod export;
mod labelled;
mod prices;
mod progress;
mod replay;
mod report;
mod serve;
mod stored;
mod trail;
mod train;
mod tune;
mod whole;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use crate::config::{self, Loaded};
use crate::duration::Seconds;
use crate::log;
use crate::router::{self, Router};

/// A proxy in front of LLM APIs that stops each query on the lowest rung that is sure of it.
#[derive(Debug, Parser)]
#[command(name = "downshift", version, about, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the policy until SIGTERM or ctrl-c.
    Serve(serve::Serve),
    /// Send one query up the ladder; print the reply and its trail.
    Ask(ask::Ask),
    /// Say where a query would stop, and why; no model is called.
    Explain(explain::Explain),
    /// Validate a policy and run the tests in it.
    Check(check::Check),
    /// Say what requests came to, and what was saved.
    Report(report::Report),
    /// Write the ledger's entries to a file.
    Export(export::Export),
    /// Show what models cost, and bring the price file up to date.
    Prices(prices::Prices),
    /// Say what a classifier is worth on labelled queries.
    Eval(eval::Eval),
    /// Send recorded traffic through a policy: what it would cost, and how good the replies would be.
    Replay(replay::ReplayArgs),
    /// Fit judges, find thresholds that keep to a stated quality or risk, and write both into the policy.
    Tune(tune::Tune),
    /// See the whole ladder at work in half a minute: no key, no server, scripted stand-in models.
    Demo(demo::Demo),
    /// Make a classifier of your own from labelled queries.
    Train(train::Train),
}

/// How long a command waits for a verdict.
const PATIENCE: Seconds = Seconds(Duration::from_mins(1));

/// Which policy a command works on.
#[derive(Debug, Clone, Args)]
struct PolicyArgs {
    /// The policy; router.yaml in the working directory, else the one compiled in.
    #[arg(long, short, visible_alias = "policy", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The exit status of a failed command.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Failed {
    message: String,
    code: u8,
}

// === impl Cli ===

impl Cli {
    /// Runs the command; what went wrong is printed to standard error.
    pub fn run(self) -> ExitCode {
        let result = match self.command {
            Command::Serve(serve) => serve.run(),
            Command::Ask(ask) => ask.run(),
            Command::Explain(explain) => explain.run(),
            Command::Check(check) => check.run(),
            Command::Report(report) => report.run(),
            Command::Export(export) => export.run(),
            Command::Prices(prices) => prices.run(),
            Command::Eval(eval) => eval.run(),
            Command::Replay(replay) => replay.run(),
            Command::Tune(tune) => tune.run(),
            Command::Demo(demo) => demo.run(),
            Command::Train(train) => train.run(),
        };
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
            Err(error) => {
                let code = exit_code(&error);
                // Nothing is left to be done where even standard error is closed.
                drop(writeln!(io::stderr(), "error: {error:#}"));
                ExitCode::from(code)
            }
        }
    }
}

// === impl PolicyArgs ===

impl PolicyArgs {
    fn load(&self) -> Result<Loaded, config::Error> {
        Loaded::open(self.config.as_deref()).map_err(router::with_unknown_names)
    }

    /// The policy with everything it names, for work that nobody waits for on the other end
    /// of a line: a query is given the time it takes on a busy machine, and never fails open.
    fn build(&self) -> Result<Arc<Router>, router::Error> {
        let mut loaded = self.load()?;
        loaded.config.classifier.timeout = PATIENCE;
        Router::build(loaded)
    }
}

/// Logs of a command that prints results.
fn init_logs(default: &str) -> anyhow::Result<()> {
    log::init(default, log::Format::Text)
}

/// A runtime for one command.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the async runtime")
}

fn exit_code(error: &anyhow::Error) -> u8 {
    if let Some(failed) = error.downcast_ref::<Failed>() {
        return failed.code;
    }
    let policy = error.downcast_ref::<config::Error>().is_some()
        || error
            .downcast_ref::<config::prices::PricesError>()
            .is_some()
        || matches!(
            error.downcast_ref::<router::Error>(),
            Some(router::Error::Config(_))
        );
    if policy { 2 } else { 1 }
}

/// `downshift explain --lines | head` is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<io::Error>());
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
