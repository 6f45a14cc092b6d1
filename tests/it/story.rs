//! What a newcomer sees, row by row, with the shipped router.yaml.

use downshift_tests::{Policy, Router, Script, Tokens, Upstream};
use serde_json::json;

const TIME: &str = "what time is it in Tokyo?";
const PERCENT: &str = "what is 15% of 2,340?";
const MARATHON: &str = "how many kilometres are 26.2 miles?";
const CAPITAL: &str = "what is the capital of Mongolia?";
const MEDICAL: &str = "what are the side effects of ibuprofen?";
const LEGAL: &str = "can my landlord keep my security deposit without giving a reason?";
const CODE: &str = "write a python function that reverses a linked list";
const OPEN: &str = "tell me a bedtime story about a dragon who is afraid of the dark";

/// The shipped policy on a machine where nothing else runs and no key is set.
async fn bare_machine() -> Policy {
    Policy::shipped()
        .set("OPENAI_BASE_URL", "https://127.0.0.1:9/v1")
        .set("OLLAMA_URL", &Upstream::nowhere().await)
}

#[track_caller]
fn check(asked: &str, answer: &str, intent: &str, needle: &str, headers: [Option<&str>; 3]) {
    assert!(
        answer.contains(needle),
        "{asked} → {answer:?} does not say {needle:?}"
    );
    let [rung, seen, model] = headers;
    assert_eq!(rung, Some("answer"), "{asked}");
    assert_eq!(seen, Some(intent), "{asked}");
    assert!(
        model.is_some_and(|model| model.starts_with("downshift/")),
        "{asked}: {model:?}"
    );
}

const COMPUTED: [(&str, &str, &str); 4] = [
    (TIME, "time", "Tokyo"),
    (PERCENT, "arithmetic", "351"),
    (MARATHON, "units", "42.16"),
    (CAPITAL, "capital", "Ulaanbaatar"),
];

#[tokio::test]
async fn computed_answers_come_whole() {
    let router = Router::start(&bare_machine().await).await;
    for (asked, intent, needle) in COMPUTED {
        let response = router.client().ask("auto", asked).await.expect(200).await;
        let headers = [
            "x-downshift-rung",
            "x-downshift-intent",
            "x-downshift-model",
        ];
        let headers = headers.map(|name| response.header(name).map(str::to_owned));
        assert!(response.header("x-downshift-id").is_some());
        assert_eq!(
            response.header("x-downshift-cost-usd"),
            Some("0"),
            "{asked}"
        );
        let confidence: f32 = response
            .header("x-downshift-confidence")
            .and_then(|text| text.parse().ok())
            .expect("a confidence");
        assert!((0.5..=1.0).contains(&confidence), "{asked}: {confidence}");
        let reply = response.json().await;
        let headers = headers.each_ref().map(|value| value.as_deref());
        check(
            asked,
            reply["choices"][0]["message"]["content"]
                .as_str()
                .expect("text"),
            intent,
            needle,
            headers,
        );
        assert_eq!(reply["object"], "chat.completion");
        assert_eq!(
            reply["model"].as_str(),
            headers[2],
            "the reply names who answered"
        );
        assert_eq!(reply["choices"][0]["finish_reason"], "stop");
        assert_eq!(reply["choices"][0]["message"]["role"], "assistant");
        assert!(
            reply["usage"]["completion_tokens"]
                .as_u64()
                .is_some_and(|tokens| tokens > 0),
            "{reply}"
        );
        let usage = |field: &str| reply["usage"][field].as_u64().expect("a count");
        assert_eq!(
            usage("total_tokens"),
            usage("prompt_tokens") + usage("completion_tokens")
        );
    }
}

#[tokio::test]
async fn computed_answers_come_as_a_stream() {
    let router = Router::start(&bare_machine().await).await;
    for (asked, intent, needle) in COMPUTED {
        let response = router
            .client()
            .ask_stream("auto", asked)
            .await
            .expect(200)
            .await;
        let headers = [
            "x-downshift-rung",
            "x-downshift-intent",
            "x-downshift-model",
        ];
        let headers = headers.map(|name| response.header(name).map(str::to_owned));
        let chunks = response.stream().chunks().await;
        let text: String = chunks
            .iter()
            .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str())
            .collect();
        check(
            asked,
            &text,
            intent,
            needle,
            headers.each_ref().map(|value| value.as_deref()),
        );
        let usage = &chunks.last().expect("chunks")["usage"];
        assert!(
            usage["total_tokens"]
                .as_u64()
                .is_some_and(|tokens| tokens > 0),
            "{asked}: {usage}"
        );
    }
}

#[tokio::test]
async fn the_same_answer_whole_and_streamed() {
    let router = Router::start(&bare_machine().await).await;
    for asked in [PERCENT, MARATHON, CAPITAL] {
        let whole = router.client().ask("auto", asked).await.answer().await;
        let streamed = router
            .client()
            .ask_stream("gpt-4o", asked)
            .await
            .stream()
            .answer()
            .await;
        assert_eq!(whole, streamed, "{asked}");
    }
}

#[tokio::test]
async fn the_callers_zone_decides_what_here_means() {
    let router = Router::start(&bare_machine().await).await;
    let asked = "what time is it?";
    let at = async |zone: &str| {
        let client = router.client().with_header("x-downshift-timezone", zone);
        let response = client.ask("auto", asked).await.expect(200).await;
        assert_eq!(
            response.header("x-downshift-rung"),
            Some("answer"),
            "{asked}"
        );
        response.answer().await
    };
    assert_ne!(
        at("Pacific/Kiritimati").await,
        at("Pacific/Pago_Pago").await
    );
}

#[tokio::test]
async fn questions_of_a_domain_go_to_their_specialist() {
    let big = Upstream::start(Script::says("the large model")).await;
    let small = Upstream::start(Script::says("the specialist")).await;
    let policy = Policy::shipped()
        .set("OPENAI_BASE_URL", &big.base_url())
        .set("OLLAMA_URL", &small.base_url());
    let router = Router::start(&policy).await;
    for (asked, intent, model, upstream_model) in [
        (MEDICAL, "medical", "medic", "meditron:7b"),
        (
            LEGAL,
            "legal",
            "counsel",
            "adrienbrault/saul-instruct-v1:q4_k_m",
        ),
        (CODE, "code", "coder", "qwen2.5-coder:7b"),
    ] {
        let response = router.client().ask("auto", asked).await.expect(200).await;
        assert_eq!(
            response.header("x-downshift-rung"),
            Some("specialist"),
            "{asked}"
        );
        assert_eq!(
            response.header("x-downshift-intent"),
            Some(intent),
            "{asked}"
        );
        assert_eq!(response.header("x-downshift-model"), Some(model), "{asked}");
        let reply = response.json().await;
        assert_eq!(reply["choices"][0]["message"]["content"], "the specialist");
        assert_eq!(
            reply["model"], upstream_model,
            "the reply names who answered"
        );
        let asked_of = small.calls().pop().expect("a call").json();
        assert_eq!(asked_of["model"], upstream_model);
        let streamed = router
            .client()
            .ask_stream("auto", asked)
            .await
            .expect(200)
            .await;
        assert_eq!(
            streamed.header("x-downshift-rung"),
            Some("specialist"),
            "{asked}"
        );
        assert_eq!(streamed.stream().answer().await, "the specialist");
    }
    assert_eq!(big.counted().calls, 0, "nothing small enough went up");
}

#[tokio::test]
async fn everything_else_goes_to_the_large_model() {
    let script = Script::says("Once upon a time").used(Tokens {
        input: 20,
        cached: 4,
        output: 6,
    });
    let big = Upstream::start(script).await;
    let policy = Policy::shipped()
        .set("OPENAI_BASE_URL", &big.base_url())
        .set("OPENAI_MODEL", "gpt-5.4")
        .set("OLLAMA_URL", &Upstream::nowhere().await);
    let router = Router::start(&policy).await;
    let response = router.client().ask("gpt-5.4", OPEN).await.expect(200).await;
    assert_eq!(response.header("x-downshift-rung"), Some("llm"));
    assert_eq!(response.header("x-downshift-model"), Some("frontier"));
    let cost = response
        .dollars("x-downshift-cost-usd")
        .expect("gpt-5.4 has a public price");
    assert_eq!(
        response.dollars("x-downshift-baseline-usd"),
        Some(cost),
        "the top rung saves nothing"
    );
    let reply = response.json().await;
    assert_eq!(reply["usage"]["prompt_tokens"], 20);
    let streamed = router
        .client()
        .ask_stream("auto", OPEN)
        .await
        .expect(200)
        .await;
    assert_eq!(streamed.header("x-downshift-rung"), Some("llm"));
    let chunks = streamed.stream().chunks().await;
    let last = chunks.last().expect("chunks");
    assert_eq!(last["usage"]["completion_tokens"], 6);
    assert_eq!(last["usage"]["prompt_tokens_details"]["cached_tokens"], 4);
    assert!(
        last["downshift"].is_object(),
        "the usage chunk carries the cost: {last}"
    );
}

#[tokio::test]
async fn without_a_key_the_variable_is_named() {
    let router = Router::start(&bare_machine().await).await;
    for stream in [false, true] {
        let body = json!({
            "model": "auto", "stream": stream,
            "messages": [{ "role": "user", "content": OPEN }],
        });
        let response = router.client().chat(&body).await;
        assert_eq!(
            response.header("x-should-retry"),
            Some("false"),
            "trying again cannot set a key"
        );
        let error = response.error(503).await;
        assert_eq!(error["code"], "model_not_configured");
        let message = error["message"].as_str().expect("a message");
        assert!(
            message.contains(Policy::unset()),
            "names the variable: {message}"
        );
        assert!(message.contains("frontier"), "names the model: {message}");
    }
}

#[tokio::test]
async fn without_its_server_a_specialist_says_how_to_start_it() {
    let ollama = Upstream::nowhere().await;
    let text = "
models:
  frontier: { api: openai, base_url: \"https://127.0.0.1:9/v1\", model: gpt-5.4, key: \"${OPENAI_API_KEY}\" }
  coder: { api: openai, base_url: \"${OLLAMA_URL}\", model: \"qwen2.5-coder:7b\" }
llm: frontier
intents:
  code: { specialist: coder }
";
    let router = Router::start(&Policy::text(text).set("OLLAMA_URL", &ollama)).await;
    let error = router.client().ask("auto", CODE).await.error(503).await;
    let message = error["message"].as_str().expect("a message");
    let address = ollama.trim_start_matches("http://").trim_end_matches("/v1");
    assert!(
        message.contains(address),
        "names the specialist's address: {message}"
    );
    assert!(
        message.contains(Policy::unset()),
        "and what the large model lacks: {message}"
    );
    let error = router.client().ask("coder", CODE).await.error(503).await;
    assert_eq!(error["code"], "model_unreachable");
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains(address), "names the address: {message}");
}

#[tokio::test]
async fn ollama_on_its_own_port_is_told_how_to_start() {
    // Port 11434 of an address in the loopback range that nobody serves.
    let text = "
models:
  local: { api: openai, base_url: \"http://127.9.8.7:11434/v1\", model: \"llama3.2:3b\" }
llm: local
";
    let router = Router::start(&Policy::text(text)).await;
    let error = router.client().ask("auto", OPEN).await.error(503).await;
    let message = error["message"].as_str().expect("a message");
    for needle in ["127.9.8.7:11434", "ollama serve", "ollama pull llama3.2:3b"] {
        assert!(message.contains(needle), "no {needle:?} in {message}");
    }
}
