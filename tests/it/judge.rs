//! Judging: a small model's reply reaches the client on evidence, and otherwise is never seen.

use downshift_tests::{Fault, Policy, Response, Router, Script, Tokens, Upstream};
use serde_json::{Value, json};

/// A query that the shipped classifier takes for code.
const CODE: &str = "write a python function that reverses a linked list";
/// One whose answer is a number, and that no answerer computes.
const NUMBER: &str = "write a python program and tell me how many lines it has, as a number";

/// Three models, and what judges the small one's replies.
fn policy(models: [&Upstream; 3], intent: &str) -> Policy {
    let [big, small, other] = models.map(Upstream::base_url);
    Policy::text(
        "models:
  big: { api: openai, base_url: \"${BIG}\", model: big-1, price: { input: 2.5, output: 10 }, active_parameters: 1e11 }
  small: { api: openai, base_url: \"${SMALL}\", model: small-1, price: { input: 0.1, output: 0.3 }, active_parameters: 7e9 }
  other: { api: openai, base_url: \"${OTHER}\", model: other-1, price: { input: 0.2, output: 0.4 }, active_parameters: 3e9 }
llm: big
route: [auto, to-small]
rules:
  - { when: { model: to-small }, use: small }
intents:
  code: { specialist: small, confidence: 0.2, INTENT }",
    )
    .set("BIG", &big)
    .set("SMALL", &small)
    .set("OTHER", &other)
    .replaced("INTENT", intent)
}

/// A router whose three models say these words.
struct Stage {
    big: Upstream,
    small: Upstream,
    other: Upstream,
    router: Router,
}

impl Stage {
    async fn with(intent: &str, small: Script, other: Script) -> Self {
        let used = |input, output| Tokens {
            input,
            cached: 0,
            output,
        };
        let big = Upstream::start(Script::says("the large model").used(used(100, 50))).await;
        let small = Upstream::start(small).await;
        let other = Upstream::start(other).await;
        let router = Router::start(&policy([&big, &small, &other], intent)).await;
        Self {
            big,
            small,
            other,
            router,
        }
    }

    /// Asks whole and streamed: both times the client sees the large model's words and no others.
    async fn goes_up(&self, question: &str, reason: &str) -> Value {
        let response = self.router.client().ask("auto", question).await;
        let entry = self.went_up(&response, reason).await;
        assert_eq!(response.answer().await, "the large model");
        let streamed = self.router.client().ask_stream("auto", question).await;
        self.went_up(&streamed, reason).await;
        assert_eq!(streamed.stream().answer().await, "the large model");
        entry
    }

    async fn went_up(&self, response: &Response, reason: &str) -> Value {
        assert_eq!(response.status, 200);
        let entry = self.entry_while_open(response).await;
        let escalated = response.header("x-downshift-escalated").unwrap_or_default();
        let wanted = format!("specialist:{reason}");
        assert!(escalated.contains(&wanted), "{escalated}: {entry:#}");
        entry
    }

    /// The entry of a whole reply; of a stream that is still open there is none yet.
    async fn entry_while_open(&self, response: &Response) -> Value {
        let whole = response.header("x-downshift-cost-usd").is_some();
        let id = response.header("x-downshift-id").expect("an id");
        if whole {
            self.router.entry(id).await
        } else {
            Value::Null
        }
    }

    /// Asks whole and streamed: both times the client gets the small model's words.
    async fn stays(&self, question: &str, answer: &str) -> Value {
        let response = self.router.client().ask("auto", question).await;
        let response = response.expect(200).await;
        let id = response.header("x-downshift-id").expect("an id").to_owned();
        let entry = self.router.entry(&id).await;
        assert_eq!(
            response.header("x-downshift-rung"),
            Some("specialist"),
            "{entry:#}"
        );
        assert_eq!(response.answer().await, answer);
        let streamed = self.router.client().ask_stream("auto", question).await;
        assert_eq!(streamed.header("x-downshift-rung"), Some("specialist"));
        assert_eq!(streamed.stream().answer().await, answer);
        assert_eq!(self.big.counted().calls, 0);
        entry
    }
}

/// The specialist's step on an entry.
#[track_caller]
fn step(entry: &Value) -> &Value {
    let trail = entry["trail"].as_array().expect("a trail");
    let step = trail.iter().find(|step| step["rung"] == "specialist");
    step.unwrap_or_else(|| panic!("no specialist on {entry:#}"))
}

#[tokio::test]
async fn a_reply_with_a_defect_is_never_seen() {
    let defects = [
        (
            Script::says("I'm sorry, but I can't help with that."),
            "refused_reply",
        ),
        (Script::says(""), "empty_reply"),
        (Script::says("<think>hm, well</think>"), "empty_reply"),
        (
            Script {
                finish_reason: "length".to_owned(),
                ..Script::says("It was a")
            },
            "cut_by_length",
        ),
        (Script::says("So 17 × 23 = 381."), "refuted_reply"),
        (
            Script::says(&"and then we go on ".repeat(12)),
            "repetitive_reply",
        ),
    ];
    for (script, reason) in defects {
        let whole = if reason == "refused_reply" || reason == "refuted_reply" {
            "judge: checks"
        } else {
            "judge: { stream: whole }"
        };
        let stage = Stage::with(whole, script, Script::default()).await;
        stage.goes_up(CODE, reason).await;
        assert_eq!(stage.other.counted().calls, 0, "nobody else was needed");
    }
}

#[tokio::test]
async fn a_rule_that_names_a_model_is_checked_as_well() {
    let stage = Stage::with(
        "judge: none",
        Script::says("I'm sorry, but I can't help with that."),
        Script::default(),
    )
    .await;
    let response = stage.router.client().ask("to-small", CODE).await;
    stage.went_up(&response, "refused_reply").await;
    assert_eq!(response.answer().await, "the large model");
    // Whoever asks for the model by its name gets what it says, and so does a policy without judge.
    let refusal = "I'm sorry, but I can't help with that.";
    assert_eq!(
        stage
            .router
            .client()
            .ask("small", CODE)
            .await
            .answer()
            .await,
        refusal
    );
    stage.stays_unjudged(refusal).await;
}

impl Stage {
    async fn stays_unjudged(&self, answer: &str) {
        let response = self.router.client().ask("auto", CODE).await;
        assert_eq!(response.header("x-downshift-rung"), Some("specialist"));
        assert_eq!(response.answer().await, answer);
    }
}

#[tokio::test]
async fn two_that_agree_are_believed_and_two_that_do_not_are_not() {
    let intent = "escalate_below: 0.7, judge: { agreement: other }";
    let used = |input, output| Tokens {
        input,
        cached: 0,
        output,
    };
    let stage = Stage::with(
        intent,
        Script::says("It has few. The answer is 12.").used(used(10, 5)),
        Script::says("Counting them: \\boxed{12}").used(used(11, 6)),
    )
    .await;
    let entry = stage.stays(NUMBER, "It has few. The answer is 12.").await;
    let judged = &entry["judged"][0];
    assert_eq!(judged["released"], true, "{entry:#}");
    assert_eq!(judged["scores"][0]["evidence"], "12 from all 2");
    // Both calls are on the entry: 10 × 0.1 + 5 × 0.3, and 11 × 0.2 + 6 × 0.4 USD per million.
    assert_eq!(entry["cost_usd"], "0.0000071", "{entry:#}");
    assert_eq!(entry["output_tokens"], 5);
    assert_eq!(entry["model"], "small");
    let attempts = entry["attempts"].as_array().expect("attempts");
    let judging = attempts
        .iter()
        .map(|attempt| (&attempt["model"], &attempt["judging"]));
    let judging = judging.map(|(model, judging)| (model.as_str(), judging.as_bool()));
    let mut judging = judging.collect::<Vec<_>>();
    judging.sort_unstable();
    assert_eq!(
        judging,
        [(Some("other"), Some(true)), (Some("small"), Some(false))]
    );
    assert!(
        stage
            .other
            .calls()
            .iter()
            .all(|call| call.json().get("stream").is_none())
    );

    stage
        .small
        .then(Script::says("The answer is 21.").used(used(10, 5)));
    let response = stage.router.client().ask("auto", NUMBER).await;
    let entry = stage.went_up(&response, "weak_reply").await;
    let told = step(&entry)["detail"].as_str().expect("a sentence");
    assert_eq!(
        told,
        "small: 0.15 < 0.70: agreement 0.15 (21 vs 12), checks ok"
    );
    assert_eq!(step(&entry)["spent"]["cost_usd"], "0.0000071", "{entry:#}");
    // And the large model's 100 × 2.5 + 50 × 10.
    assert_eq!(entry["cost_usd"], "0.0007571");
    assert_eq!(response.answer().await, "the large model");
}

#[tokio::test]
async fn whoever_is_to_agree_and_fails_counts_against_the_reply() {
    let intent = "escalate_below: 0.7, judge: { agreement: other }";
    let down = Script::refuses(500, "server_error", "out of memory");
    let stage = Stage::with(intent, Script::says("The answer is 12."), down).await;
    let entry = stage.goes_up(NUMBER, "weak_reply").await;
    let told = step(&entry)["detail"].as_str().expect("a sentence");
    assert!(told.contains("none of the others replied"), "{told}");
}

#[tokio::test]
async fn others_are_left_as_soon_as_the_reply_cannot_pass() {
    let intent = "escalate_below: 0.7, judge: { agreement: other }";
    let never = Script::default().fault(Fault::Hang);
    let stage = Stage::with(
        intent,
        Script::says("I'm sorry, but I can't help with that."),
        never,
    )
    .await;
    let response = stage.router.client().ask("auto", NUMBER).await;
    stage.went_up(&response, "refused_reply").await;
    assert_eq!(response.answer().await, "the large model");
    stage.other.left().await;
}

#[tokio::test]
async fn samples_of_one_model_are_asked_at_a_temperature() {
    let intent = "escalate_below: 0.7, judge: { agreement: { samples: 2 } }";
    let stage = Stage::with(intent, Script::says("The answer is 12."), Script::default()).await;
    let entry = stage.stays(NUMBER, "The answer is 12.").await;
    assert_eq!(entry["judged"][0]["scores"][0]["evidence"], "12 from all 3");
    let warm = stage.small.calls();
    let warm = warm.iter().filter(|call| call.json()["temperature"] == 0.7);
    assert_eq!(warm.count(), 4, "two for each of two requests");
}

/// A reply whose every token was as probable as this.
fn sure(text: &str, probability: f64) -> Script {
    let logprobs = json!({ "content": [{ "token": text, "logprob": probability.ln(), "bytes": null, "top_logprobs": [] }] });
    let whole = json!({ "choices": [{
        "index": 0, "finish_reason": "stop", "logprobs": logprobs, "message": { "role": "assistant", "content": text },
    }] });
    Script::says(text).extra(whole)
}

#[tokio::test]
async fn log_probabilities_are_asked_for_judged_by_and_taken_out() {
    let stage = Stage::with(
        "escalate_below: 0.6",
        sure("The answer is 12", 0.9),
        Script::default(),
    )
    .await;
    let response = stage
        .router
        .client()
        .ask("auto", NUMBER)
        .await
        .expect(200)
        .await;
    assert_eq!(response.header("x-downshift-rung"), Some("specialist"));
    let body = response.json().await;
    assert_eq!(body["choices"][0]["logprobs"], Value::Null, "{body:#}");
    assert_eq!(body["choices"][0]["message"]["content"], "The answer is 12");
    assert_eq!(stage.small.only_call().json()["logprobs"], true);

    let wanted = json!({ "model": "auto", "logprobs": true, "messages": [{ "role": "user", "content": NUMBER }] });
    let body = stage
        .router
        .client()
        .chat(&wanted)
        .await
        .expect(200)
        .await
        .json()
        .await;
    assert!(
        body["choices"][0]["logprobs"].is_object(),
        "whoever asks for them gets them: {body:#}"
    );

    stage.small.then(sure("The answer is 12", 0.5));
    let response = stage.router.client().ask("auto", NUMBER).await;
    let entry = stage.went_up(&response, "weak_reply").await;
    assert_eq!(step(&entry)["confidence"], 0.5);
}

#[tokio::test]
async fn a_server_that_refuses_log_probabilities_is_asked_without() {
    let stage = Stage::with(
        "escalate_below: 0.6",
        Script::says("The answer is 12"),
        Script::default(),
    )
    .await;
    let refused = "`logprobs` is not supported with this model";
    stage
        .small
        .then(Script::refuses(400, "invalid_request_error", refused));
    let response = stage.router.client().ask("auto", NUMBER).await;
    assert_eq!(response.answer().await, "The answer is 12");
    let response = stage.router.client().ask("auto", NUMBER).await;
    assert_eq!(response.answer().await, "The answer is 12");
    let asked = stage.small.calls();
    let asked = asked
        .iter()
        .map(|call| call.json().get("logprobs").is_some());
    assert_eq!(asked.collect::<Vec<_>>(), [true, false, false]);
}

#[tokio::test]
async fn a_verifier_has_the_last_word() {
    let intent = "escalate_below: 0.6, judge: { verifier: other }";
    let stage = Stage::with(
        intent,
        Script::says("The answer is 12"),
        Script::says("Yes"),
    )
    .await;
    stage.stays(NUMBER, "The answer is 12").await;
    let asked = stage.other.calls()[0].json();
    let prompt = asked["messages"][0]["content"].as_str().expect("a prompt");
    assert!(
        prompt.contains(NUMBER) && prompt.contains("The answer is 12"),
        "{prompt}"
    );
    stage.other.then(Script::says("No"));
    let response = stage.router.client().ask("auto", NUMBER).await;
    stage.went_up(&response, "weak_reply").await;
}

#[tokio::test]
async fn json_that_does_not_fit_its_schema_is_never_seen() {
    let stage = Stage::with(
        "judge: checks",
        Script::says("{\"lines\": \"many\"}"),
        Script::default(),
    )
    .await;
    let format = json!({ "type": "json_schema", "json_schema": { "name": "lines", "schema": {
        "type": "object", "properties": { "lines": { "type": "integer" } }, "required": ["lines"],
    }}});
    for stream in [false, true] {
        let body = json!({ "model": "auto", "stream": stream, "response_format": format,
            "messages": [{ "role": "user", "content": CODE }] });
        let response = stage.router.client().chat(&body).await;
        stage.went_up(&response, "malformed_reply").await;
    }
    stage.small.then(Script::says("{\"lines\": 12}"));
    let body = json!({ "model": "auto", "response_format": format, "messages": [{ "role": "user", "content": CODE }] });
    let response = stage.router.client().chat(&body).await;
    assert_eq!(response.answer().await, "{\"lines\": 12}");
}

#[tokio::test]
async fn what_was_fitted_takes_the_place_of_the_defaults() {
    let intent = "escalate_below: 0.7, judge: { agreement: other, calibration: { judges: { agreement: { points: [[0.1, 0.9], [0.9, 0.95]] } } } }";
    let stage = Stage::with(
        intent,
        Script::says("The answer is 12."),
        Script::says("21"),
    )
    .await;
    let entry = stage.stays(NUMBER, "The answer is 12.").await;
    let probability = entry["judged"][0]["probability"]
        .as_f64()
        .expect("a number");
    assert!((0.9..0.95).contains(&probability), "{entry:#}");
}

#[tokio::test]
async fn judges_are_counted() {
    let stage = Stage::with(
        "escalate_below: 0.7, judge: { agreement: other }",
        Script::says("The answer is 12."),
        Script::says("12"),
    )
    .await;
    stage.stays(NUMBER, "The answer is 12.").await;
    let metrics = stage.router.metrics().await;
    let count = |judge, verdict| {
        metrics.count(
            "downshift_judged_total",
            &[("judge", judge), ("verdict", verdict)],
        )
    };
    assert_eq!(count("agreement", "release"), 2);
    assert_eq!(count("checks", "silent"), 2);
    assert_eq!(count("all", "release"), 2);
    assert_eq!(
        metrics.count("downshift_judge_score_count", &[("judge", "agreement")]),
        2
    );
}

#[tokio::test]
async fn a_policy_that_names_no_such_judge_is_told_so() {
    let upstream = Upstream::start(Script::default()).await;
    for (intent, message) in [
        ("judge: { agreement: othr }", "did you mean `other`?"),
        ("judge: { agreement: small }", "is the specialist itself"),
        (
            "judge: { checks: { refusals: false } }",
            "did you mean `refusal`?",
        ),
        ("judge: { verifer: other }", "did you mean `verifier`?"),
        ("judge: verifier", "needs to know which model"),
        ("judge: none, escalate_below: 0.5", "nobody judges"),
        (
            "judge: { calibration: { judges: { agreement: { weight: -1 } } } }",
            "at least 0",
        ),
        ("judge: { calibration: no-such-file.json }", "cannot read"),
    ] {
        let started = Router::try_start(&policy([&upstream; 3], intent)).await;
        let told = started.map(drop).expect_err("the policy is wrong");
        assert!(told.contains(message), "{told}");
    }
}
