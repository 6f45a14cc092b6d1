//! `downshift ask QUERY`.

use std::io::{self, Write};
use std::sync::Arc;

use clap::Args;
use downshift_ledger::{Entry, Rung};
use downshift_wire::ChatRequest;
use jiff::tz::TimeZone;
use serde_json::json;
use tower::ServiceExt;

use super::{Failed, PolicyArgs, trail};
use crate::ladder::{self, ReplyBody};
use crate::layers::request_id::RequestId;
use crate::rescue::Rescue;
use crate::router::Router;
use crate::rungs::account::{Failure, Settled};
use crate::{headers, stack};

/// Send one query up the ladder; print the reply and its trail.
#[derive(Debug, Args)]
pub(super) struct Ask {
    #[command(flatten)]
    policy: PolicyArgs,
    /// The query.
    #[arg(required = true, num_args = 1..)]
    query: Vec<String>,
    /// The model to ask for: `auto` climbs the ladder, a model's name goes straight to it.
    #[arg(long, default_value = "auto")]
    model: String,
    /// Insist on a rung: answer, specialist or llm.
    #[arg(long, value_parser = rung)]
    rung: Option<Rung>,
    /// Your IANA time zone, such as Europe/London.
    #[arg(long, value_parser = zone)]
    timezone: Option<TimeZone>,
    /// Print one JSON object: the reply and the ledger's entry.
    #[arg(long)]
    json: bool,
}

impl Ask {
    pub(super) fn run(self) -> anyhow::Result<()> {
        super::init_logs("warn")?;
        let router = self.policy.build()?;
        if !router.knows(&self.model) {
            let message = router.unknown_model(&self.model);
            return Err(Failed { message, code: 2 }.into());
        }
        let result = super::runtime()?.block_on(self.ask(&router));
        match result {
            Ok(settled) => self.print(&settled),
            Err(failure) => self.fail(&router, &failure),
        }
    }

    async fn ask(&self, router: &Arc<Router>) -> Result<Settled, Box<Failure>> {
        let query = self.query.join(" ");
        let request = Arc::new(ChatRequest::from_text(&self.model, &query));
        let zone = self.timezone.clone().unwrap_or_else(|| router.zone.clone());
        let ask = ladder::Ask {
            forced: self.rung,
            ..ladder::Ask::unsent(RequestId::new().0, request, zone)
        };
        stack::ladder(router).oneshot(ask).await
    }

    fn print(&self, settled: &Settled) -> anyhow::Result<()> {
        let text = match &settled.reply.body {
            ReplyBody::Whole(reply) => reply.text.as_str(),
            ReplyBody::Stream(_) => "",
        };
        let mut out = io::stdout().lock();
        let Some(entry) = &settled.entry else {
            return Ok(writeln!(out, "{text}")?);
        };
        if self.json {
            writeln!(out, "{}", json!({ "reply": text, "entry": &**entry }))?;
        } else {
            writeln!(out, "{text}\n")?;
            describe(&mut out, entry)?;
        }
        Ok(())
    }

    fn fail(&self, router: &Router, failure: &Failure) -> anyhow::Result<()> {
        let rescue = Rescue::failure(failure, |model, error| router.explain_error(model, error));
        let mut out = io::stdout().lock();
        if self.json {
            let error: serde_json::Value = serde_json::from_slice(&rescue.body())?;
            writeln!(
                out,
                "{}",
                json!({ "error": error["error"], "entry": &*failure.entry })
            )?;
        } else {
            describe(&mut out, &failure.entry)?;
        }
        Err(Failed {
            message: rescue.message().to_owned(),
            code: 1,
        }
        .into())
    }
}

/// The trail and the account, a line each.
fn describe(out: &mut impl Write, entry: &Entry) -> io::Result<()> {
    let rung = entry.rung.map_or("none", Rung::label);
    let model = entry.model.as_deref().unwrap_or("no model");
    for step in entry.trail.steps() {
        trail::line(out, step)?;
    }
    writeln!(out, "{rung:<11}{} by {model}", entry.outcome.label())?;
    // Those that went up are on the trail.
    for judgement in entry.judged.iter().filter(|judgement| judgement.released) {
        writeln!(out, "judged     {judgement}")?;
    }
    match (&entry.intent, entry.confidence) {
        (Some(intent), Some(confidence)) => {
            writeln!(out, "intent     {intent}, {:.1} % sure", confidence * 100.0)?;
        }
        _ => writeln!(out, "intent     none")?,
    }
    let costs = entry.costs();
    let money = |money: Option<downshift_ledger::Money>| {
        money.map_or("unknown".to_owned(), |money| money.to_string())
    };
    writeln!(
        out,
        "cost       {}; at the llm {}; saved {}",
        money(costs.cost),
        money(costs.baseline),
        money(costs.saving)
    )?;
    let energy = costs.energy.map_or("unknown".to_owned(), |energy| {
        format!("{energy} J, estimated")
    });
    let flops = costs
        .flops
        .map_or("unknown".to_owned(), |flops| format!("{flops:.3e}"));
    writeln!(out, "energy     {energy}; FLOPs {flops}")?;
    writeln!(
        out,
        "time       {:.3} ms, of it our own {:.3} ms",
        entry.seconds * 1e3,
        entry.own_seconds * 1e3
    )
}

fn rung(text: &str) -> Result<Rung, String> {
    headers::rung(text).ok_or_else(|| "write answer, specialist or llm".to_owned())
}

/// Parses an IANA time zone for the command line.
pub(super) fn zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|_| "write an IANA time zone such as Europe/London".to_owned())
}
