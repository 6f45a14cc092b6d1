//! Asks whoever a specialist's reply is judged by: hides who is asked when, and when asking more is moot.
//!
//! Other models are asked at the same time as the specialist. As soon as it is clear that nothing
//! they can still say would release the reply, they are left, and no verifier is asked. Every
//! call is on the request's tab.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use downshift_ledger::{Rung, Spent};
use downshift_policy::{Judging, Logprobs};
use downshift_upstream::{ErrorKind, HoldBack};
use downshift_wire::{ChatRequest, Edit};
use futures_util::StreamExt;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::super::asking::{self, Asking, Failed, Held};
use crate::judge::{self, Answer, Calibration, Exhibit, Ruling, verifier};
use crate::ladder::{Planned, Query};
use crate::model::Model;
use crate::router::Models;

/// How long others may take once the specialist's reply is there.
const PATIENCE: Duration = Duration::from_secs(20);
/// The temperature of further samples: at none, all would be the same.
const TEMPERATURE: &str = "0.7";
/// What an upstream answers that refuses a field.
const REFUSED_FIELD: &[u16] = &[400, 404, 422];

/// Who judges the reply of one specialist to one query.
#[derive(Clone, Copy)]
pub(super) struct Panel<'a> {
    pub(super) planned: &'a Planned,
    pub(super) model: &'a Model,
    pub(super) models: &'a Models,
    pub(super) judging: &'a Judging,
    pub(super) calibration: &'a Calibration,
}

/// A reply and what is thought of it.
pub(super) struct Judged {
    pub(super) held: Held,
    pub(super) ruling: Ruling,
    /// What asking others cost.
    pub(super) spent: Option<Spent>,
}

/// What one of the others said, at its place among them.
type Opinion<'a> = BoxFuture<'a, (usize, Option<Answer>, Option<Spent>)>;

/// What was heard so far.
struct Heard {
    answers: Vec<Option<Answer>>,
    spent: Vec<Spent>,
}

// === impl Panel ===

impl Panel<'_> {
    /// Asks the specialist and the others, and rules.
    pub(super) async fn ask(&self) -> Result<Judged, Failed> {
        let all = self.opinions();
        let mut heard = Heard {
            answers: vec![None; all.len()],
            spent: Vec::new(),
        };
        let (at_once, in_turn) = if self.judging.in_turn {
            (Vec::new(), all)
        } else {
            (all, Vec::new())
        };
        let mut opinions = at_once.into_iter().collect::<FuturesUnordered<_>>();
        let held = {
            let mut specialist = std::pin::pin!(self.specialist());
            loop {
                tokio::select! {
                    held = &mut specialist => break held?,
                    Some(opinion) = opinions.next(), if !opinions.is_empty() => heard.note(opinion),
                }
            }
        };
        let answer = answer(&held);
        let until = Instant::now() + PATIENCE;
        while self.may_pass(&held, &answer, &heard, !opinions.is_empty()) && !opinions.is_empty() {
            tokio::select! {
                Some(opinion) = opinions.next() => heard.note(opinion),
                () = sleep_until(until) => break,
            }
        }
        drop(opinions);
        for opinion in in_turn {
            if !self.may_pass(&held, &answer, &heard, true) {
                break;
            }
            match timeout_at(until, opinion).await {
                Ok(opinion) => heard.note(opinion),
                Err(_) => break,
            }
        }
        let verified = if answer.complete && self.may_pass(&held, &answer, &heard, false) {
            self.verify(&answer, &mut heard).await
        } else {
            None
        };
        let ruling = self.rule(&held, &answer, &heard.answers, verified);
        let spent = heard.spent.into_iter().reduce(Spent::and);
        Ok(Judged {
            held,
            ruling,
            spent,
        })
    }

    /// Whether the reply would be released if all who are still to speak spoke for it.
    fn may_pass(&self, held: &Held, answer: &Answer, heard: &Heard, waiting: bool) -> bool {
        let agreeing =
            |said: &Option<Answer>| said.clone().or_else(|| waiting.then(|| answer.clone()));
        let answers = heard.answers.iter().map(agreeing).collect::<Vec<_>>();
        self.rule(held, answer, &answers, Some(1.0))
            .reason
            .is_none()
    }

    fn rule(
        &self,
        held: &Held,
        answer: &Answer,
        others: &[Option<Answer>],
        verified: Option<f64>,
    ) -> Ruling {
        let query = &self.planned.query;
        let exhibit = Exhibit {
            judging: self.judging,
            request: &query.ask.request,
            question: &query.subject.text,
            answer,
            others,
            verified,
        };
        judge::rule(&exhibit, self.calibration, held.model())
    }

    /// The specialist's reply. A server that refuses to give log-probabilities is asked without, and
    /// never for them again.
    async fn specialist(&self) -> Result<Held, Failed> {
        let query = &self.planned.query;
        let asked = self.wants_logprobs();
        let with = if asked {
            edited(query, &[Edit::json("logprobs", "true")])
        } else {
            None
        };
        let Some(with) = with else {
            return asking::ask(self.asking(query), self.model).await;
        };
        match asking::ask(self.asking(&with), self.model).await {
            Err(failed) if refuses_logprobs(&failed) => {
                self.model.gives_logprobs.store(false, Ordering::Relaxed);
                tracing::warn!(model = %self.model.name(), "gives no log-probabilities, and is not asked for them again");
                asking::ask(self.asking(query), self.model).await
            }
            reply => reply,
        }
    }

    /// Whether only the beginning of a stream is held, because the policy says so.
    fn holds_a_beginning(&self) -> bool {
        let of_model = self.model.hold_back;
        self.judging.held_only() || of_model.is_some_and(|hold_back| hold_back != HoldBack::Whole)
    }

    fn wants_logprobs(&self) -> bool {
        self.judging.logprobs != Logprobs::Unasked
            && !self.planned.query.ask.request.logprobs
            && self.model.gives_logprobs.load(Ordering::Relaxed)
    }

    fn asking<'q>(&self, query: &'q Query) -> Asking<'q> {
        let structured = query.ask.request.structured && !self.judging.held_only();
        let whole = self.judging.needs_whole() || structured;
        Asking {
            query,
            rung: Rung::Specialist,
            judging: false,
            rescued: self.planned.plan.llm.is_some(),
            hold_back: whole.then_some(HoldBack::Whole),
        }
    }

    /// Calls to everybody who must say the same. They begin when they are polled.
    fn opinions(&self) -> Vec<Opinion<'_>> {
        let query = &self.planned.query;
        // Others would be compared with a beginning.
        let held_only = query.ask.request.stream && self.holds_a_beginning();
        let plain = [
            Edit::remove("stream"),
            Edit::remove("stream_options"),
            Edit::remove("n"),
        ];
        let same = edited(query, &plain).filter(|_| !held_only);
        let [stream, options, n] = plain;
        let anew = [
            stream,
            options,
            n,
            Edit::remove("seed"),
            Edit::json("temperature", TEMPERATURE),
        ];
        let anew = edited(query, &anew).filter(|_| !held_only);
        let others = self.judging.agreement.iter();
        let others = others.filter_map(|name| Some((self.models.get(name)?, same.clone()?)));
        let samples = (0..self.judging.samples).filter_map(|_| Some((self.model, anew.clone()?)));
        let calls = others.chain(samples).enumerate();
        let opinions = calls.map(|(place, (model, query))| {
            async move {
                let asked = second_opinion(&query, model).await;
                let (answer, spent) = asked.map_or((None, None), |(answer, spent)| (answer, spent));
                (place, answer, spent)
            }
            .boxed()
        });
        opinions.collect()
    }

    async fn verify(&self, answer: &Answer, heard: &mut Heard) -> Option<f64> {
        let verifier = self.models.get(self.judging.verifier.as_ref()?)?;
        let logprobs = verifier.gives_logprobs.load(Ordering::Relaxed);
        let query = &self.planned.query;
        let request = verifier::question(&query.subject.text, answer, logprobs)?;
        let held = self.asked_to_verify(verifier, request).await;
        let held = match held {
            Err(failed) if logprobs && refuses_logprobs(&failed) => {
                verifier.gives_logprobs.store(false, Ordering::Relaxed);
                let request = verifier::question(&query.subject.text, answer, false)?;
                self.asked_to_verify(verifier, request).await
            }
            held => held,
        };
        let held = held
            .map_err(|failed| heard.spent.extend(failed.spent))
            .ok()?;
        let probability = held
            .whole()
            .and_then(|reply| verifier::probability(reply.body(), &reply.text));
        heard.spent.extend(held.abandon());
        probability
    }

    async fn asked_to_verify(
        &self,
        verifier: &Model,
        request: ChatRequest,
    ) -> Result<Held, Failed> {
        let query = with_request(&self.planned.query, request);
        asking::ask(second(&query), verifier).await
    }
}

// === impl Heard ===

impl Heard {
    fn note(&mut self, (place, answer, spent): (usize, Option<Answer>, Option<Spent>)) {
        if let Some(slot) = self.answers.get_mut(place) {
            *slot = answer;
        }
        self.spent.extend(spent);
    }
}

/// What another model says to the same question, and what that cost; nothing, if it fails.
async fn second_opinion(query: &Query, model: &Model) -> Option<(Option<Answer>, Option<Spent>)> {
    match asking::ask(second(query), model).await {
        Ok(held) => {
            let answer = answer(&held);
            let good = !answer.text.trim().is_empty();
            Some((good.then_some(answer), held.abandon()))
        }
        Err(failed) => Some((None, failed.spent)),
    }
}

fn second(query: &Query) -> Asking<'_> {
    Asking {
        query,
        rung: Rung::Specialist,
        judging: true,
        rescued: false,
        hold_back: None,
    }
}

/// The reply as judges read it.
pub(in crate::rungs) fn answer(held: &Held) -> Answer {
    match held.whole() {
        Some(reply) => Answer::of_reply(reply),
        None => Answer::of_chunks(held.chunks(), held.is_complete()),
    }
}

/// The query with its request's body edited; `None` if that cannot be done.
fn edited(query: &Query, edits: &[Edit<'_>]) -> Option<Query> {
    let body = query.ask.request.rewritten(edits).ok()?;
    let request = ChatRequest::decode(body).ok()?;
    Some(with_request(query, request))
}

fn with_request(query: &Query, request: ChatRequest) -> Query {
    let mut query = query.clone();
    query.ask.request = Arc::new(request);
    query
}

/// Whether an upstream refused the request because of its `logprobs`.
fn refuses_logprobs(failed: &Failed) -> bool {
    let refused =
        matches!(failed.error.kind, ErrorKind::Status(status) if REFUSED_FIELD.contains(&status));
    let body = failed
        .error
        .body()
        .map(|body| String::from_utf8_lossy(body));
    refused && body.is_some_and(|body| body.contains("logprob"))
}
