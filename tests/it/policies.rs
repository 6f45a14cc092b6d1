//! Policies that cannot run say all that is wrong with them; those we ship can run.

use downshift_tests::{Policy, Router};

async fn refused(text: &str, needles: &[&str]) {
    let error = Router::try_start(&Policy::text(text)).await.err();
    let error = error.unwrap_or_else(|| panic!("the router starts with {text}"));
    for needle in needles {
        assert!(error.contains(needle), "no {needle:?} in:\n{error}");
    }
}

const MODELS: &str = "
models:
  big: { api: openai, base_url: \"http://127.0.0.1:9/v1\", model: big-1 }
";

#[tokio::test]
async fn names_that_do_not_exist_are_shown_the_nearest() {
    refused(
        &format!("{MODELS}llm: bigg\n"),
        &["bigg", "did you mean", "`big`"],
    )
    .await;
    let text = format!("{MODELS}llm: big\nintents:\n  arithmetic: {{ answer: arithmetik }}\n");
    refused(&text, &["arithmetik", "did you mean", "arithmetic"]).await;
    let text = format!("{MODELS}llm: big\nintents:\n  medicall: {{ specialist: big }}\n");
    refused(&text, &["medicall", "did you mean", "medical"]).await;
    let text = format!("{MODELS}llm: big\nintents:\n  code: {{ specialist: codr }}\n");
    refused(&text, &["codr", "intents.code.specialist"]).await;
}

#[tokio::test]
async fn all_problems_are_said_at_once() {
    let text = format!(
        "{MODELS}llm: bigg\nintents:\n  code: {{ specialist: codr }}\nrules:\n  - {{ when: {{ tools: true }}, use: nobody }}\n"
    );
    refused(&text, &["bigg", "codr", "nobody"]).await;
}

#[tokio::test]
async fn unknown_fields_have_a_line_and_a_column() {
    refused(
        &format!("{MODELS}llm: big\nlisten_on: 3\n"),
        &["router.yaml:7:1", "listen_on", "did you mean `listen`"],
    )
    .await;
    let text = "
models:
  big: { api: openai, base_url: \"http://127.0.0.1:9/v1\", model: big-1, timeout: 3s }
llm: big
";
    refused(text, &["timeout", "timeouts"]).await;
}

#[tokio::test]
async fn a_mixture_of_more_active_parameters_than_it_has_is_refused() {
    for parameters in [
        "total_parameters: 1e9",
        "active_parameters: 2e9, total_parameters: 1e9",
    ] {
        let text = format!(
            "
models:
  big: {{ api: openai, base_url: \"http://127.0.0.1:9/v1\", model: big-1, {parameters} }}
llm: big
"
        );
        refused(&text, &["models.big.total_parameters", "active_parameters"]).await;
    }
}

#[tokio::test]
async fn files_that_are_not_there_are_named() {
    let text = format!(
        "{MODELS}llm: big\nintents:\n  capital: {{ answer: {{ lookup: config/no-such.csv }} }}\n"
    );
    refused(&text, &["config/no-such.csv"]).await;
    let text = format!("{MODELS}llm: big\nclassifier: {{ model: config/no-such-model }}\n");
    refused(&text, &["config/no-such-model"]).await;
}

#[tokio::test]
async fn text_that_is_no_policy() {
    refused("", &["models"]).await;
    refused("hello", &[]).await;
    refused("models: [", &[]).await;
    refused("models: {}\nllm: x\n", &["x"]).await;
    refused(
        &format!("{MODELS}llm: big\nrules:\n  - {{ when: {{ tokens: \"lots\" }}, use: llm }}\n"),
        &["tokens", "lots"],
    )
    .await;
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = taken.local_addr().expect("an address");
    let error = Router::try_start_on(&Policy::text(&format!("{MODELS}llm: big\n")), address)
        .await
        .err();
    let error = error.expect("the port is taken");
    assert!(
        error.contains(&address.to_string()) && error.contains("listen"),
        "{error}"
    );
}

#[tokio::test]
async fn every_shipped_policy_starts() {
    let mut policies = Policy::worked();
    policies.push(("router.yaml".to_owned(), Policy::shipped()));
    assert!(
        policies.len() >= 3,
        "router.yaml and the worked ones: {policies:?}"
    );
    for (name, policy) in policies {
        let started = Router::try_start(&policy).await;
        let router = started.unwrap_or_else(|error| panic!("{name}: {error}"));
        router.admin().get("/readyz").await.expect(200).await;
    }
}

#[tokio::test]
async fn rates_are_read_from_yaml_too() {
    let with = |file: &str| {
        format!(
            "{MODELS}llm: big\nintents:\n  units: {{ answer: {{ currency: {file}, max_age: 36500d }} }}\n"
        )
    };
    let policy =
        Policy::text(&with("config/rates-example.yml")).and("classifier: { timeout: 60s }");
    let router = Router::try_start(&policy)
        .await
        .expect("the rates are good");
    let client = router.client().with_header("x-downshift-rung", "answer");
    let response = client.ask("auto", "how much is 50 euros in dollars").await;
    let answer = response.expect(200).await.answer().await;
    assert!(
        answer.contains("55.00 US dollars") && answer.contains("24 November 2026"),
        "{answer}"
    );
    let path = std::env::temp_dir().join(format!("downshift-rates-{}.yml", std::process::id()));
    for (text, needles) in [
        (
            "base: EUR\ndate: 2026-11-24\nrates: { usd: 1.1 }\n",
            ["usd", "ISO 4217"],
        ),
        (
            "base: EUR\ndate: 2026-11-24\nrates: { USD: -1 }\n",
            ["rates.USD", "no rate"],
        ),
        (
            "base: EUR\ndate: yesterday\nrates: { USD: 1.1 }\n",
            ["date", "2026-11-24"],
        ),
        (
            "base: EUR\ndate: 2026-11-24\nrate: { USD: 1.1 }\n",
            ["rate", "unknown field `rate`"],
        ),
    ] {
        std::fs::write(&path, text).expect("a file");
        refused(&with(&path.display().to_string()), &needles).await;
    }
    std::fs::remove_file(&path).expect("the file");
}
