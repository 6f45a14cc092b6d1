//! `downshift demo`.

mod table;

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use clap::Args;
use futures_util::StreamExt;
use serde_json::json;

use crate::Server;
use crate::config;
use crate::demo::{self, Asked, Pace, Script, StandIns, Tally, Visitor};

/// How long the requests of a run are spread over.
const LENGTH: Duration = Duration::from_secs(25);

/// The ledger remembers so many, and the closing table is made of what it remembers.
const MOST: i64 = 10_000;

/// See the whole ladder at work in half a minute: no key, no server, scripted stand-in models.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// How many requests are sent.
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=MOST))]
    requests: u32,
    /// The order of the requests and what goes wrong on the way; the same for the same seed.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Stay up after the last request, until ctrl-c.
    #[arg(long)]
    keep: bool,
    /// Do not wait: requests are sent at once, and stand-ins reply at once.
    #[arg(long)]
    fast: bool,
    /// Where the dashboard is served; a free port of loopback when left out.
    #[arg(long, value_name = "ADDRESS:PORT")]
    admin: Option<SocketAddr>,
    /// Print one JSON object: the addresses and what the run came to.
    #[arg(long)]
    json: bool,
}

/// Says on standard error how far the run is.
struct Progress {
    lines: bool,
    colour: bool,
    all: usize,
    seen: usize,
}

impl Demo {
    pub(super) fn run(self) -> anyhow::Result<()> {
        super::init_logs("off")?;
        super::runtime()?.block_on(self.show())
    }

    async fn show(self) -> anyhow::Result<()> {
        let models = StandIns::start(self.fast).await?;
        let router = demo::router(models.address(), self.admin)?;
        let history = router.history.clone();
        let server = Server::start(router).await?;
        let dashboard = format!("http://{}/dashboard", server.admin_addr());
        let mut err = io::stderr();
        if !self.json {
            writeln!(
                err,
                "The real router, asked over HTTP. Its models are stand-ins: scripted replies, assumed prices.\n\
                 Watch it at {dashboard}\n"
            )?;
        }
        let pace = if self.fast {
            Pace::Hurried
        } else {
            Pace::Steady
        };
        let visitor = Visitor::new(server.public_addr(), history, pace)?;
        let count = usize::try_from(self.requests)?;
        let started = Instant::now();
        let tally = self
            .watch(&visitor, Script::new(count, LENGTH, self.seed))
            .await?;
        self.print(&tally, started.elapsed(), &server)?;
        if self.keep {
            if !self.json {
                writeln!(err, "\nStill up at {dashboard}; ctrl-c ends it.")?;
            }
            super::serve::stop_signal().await?;
        }
        server.shutdown().await;
        Ok(())
    }

    /// Sends the requests and adds them up, saying how far it is.
    async fn watch(&self, visitor: &Visitor, script: Script) -> anyhow::Result<Tally> {
        let mut progress = Progress::new(script.requests.len());
        let mut tally = Tally::default();
        let asked = visitor.visit(script);
        let mut asked = std::pin::pin!(asked);
        while let Some(asked) = asked.next().await {
            let asked = asked?;
            if let Some(entry) = &asked.entry {
                tally.add(entry);
            }
            if !self.json {
                progress.step(&asked, &tally)?;
            }
        }
        Ok(tally)
    }

    fn print(&self, tally: &Tally, took: Duration, server: &Server) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        if self.json {
            let report = json!({
                "stand_ins": true,
                "listen": server.public_addr(),
                "admin": server.admin_addr(),
                "seed": self.seed,
                "seconds": took.as_secs_f64(),
                "tally": tally,
            });
            writeln!(out, "{report}")?;
        } else {
            table::print(&mut out, tally, took)?;
        }
        Ok(out.flush()?)
    }
}

// === impl Progress ===

impl Progress {
    fn new(all: usize) -> Self {
        let terminal = io::stderr().is_terminal();
        Self {
            lines: terminal,
            colour: terminal && config::variable("NO_COLOR").is_none(),
            all,
            seen: 0,
        }
    }

    /// On a terminal a line for each request, elsewhere one for each tenth of the run.
    fn step(&mut self, asked: &Asked, tally: &Tally) -> io::Result<()> {
        let tenths = |seen: usize| seen * 10 / self.all;
        let before = tenths(self.seen);
        self.seen += 1;
        let mut err = io::stderr();
        if self.lines {
            writeln!(err, "{}", table::line(asked, self.colour))
        } else if tenths(self.seen) > before {
            let saved = tally.report.total().totals.saving;
            writeln!(err, "{:>4} of {}, saved {saved}", self.seen, self.all)
        } else {
            Ok(())
        }
    }
}
