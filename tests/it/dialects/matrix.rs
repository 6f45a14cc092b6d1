//! What a model says arrives, whoever speaks what.

use downshift_tests::Script;
use serde_json::json;

use super::said::{self, Said};
use super::{Spoken, post, started};

/// Asks in every dialect for what `script` says in every dialect.
async fn check(script: &Script, expected: impl Fn(Spoken, Spoken) -> Said) {
    let (upstream, router) = started().await;
    for client in Spoken::ALL {
        for model in Spoken::ALL {
            for stream in [false, true] {
                upstream.then(script.clone());
                let body = client.ask(model.model(), "Tell me a story.", stream);
                let response = post(&router, client, &body).await;
                let said = if stream {
                    said::stream(client, response).await
                } else {
                    said::whole(client, response).await
                };
                let expected = Said {
                    costs: stream,
                    ..expected(client, model)
                };
                assert_eq!(said, expected, "{client:?} on {model:?}, stream: {stream}");
            }
        }
    }
}

fn hello() -> Said {
    Said {
        text: "Hello, world.".to_owned(),
        finish: "stop".to_owned(),
        usage: (11, 3, 5),
        ..Said::default()
    }
}

#[tokio::test]
async fn text_and_usage() {
    check(&Script::default(), |_, _| hello()).await;
}

#[tokio::test]
async fn a_reply_that_is_cut_by_its_length() {
    let script = Script {
        finish_reason: "length".to_owned(),
        ..Script::default()
    };
    check(&script, |_, _| Said {
        finish: "length".to_owned(),
        ..hello()
    })
    .await;
}

#[tokio::test]
async fn calls_of_tools_beside_text_and_alone() {
    let calls = vec![
        ("look".to_owned(), json!({ "at": "the \"sky\"" })),
        ("wait".to_owned(), json!({})),
    ];
    let script = Script::default()
        .calls("call_1", "look", r#"{"at":"the \"sky\""}"#)
        .calls("call_2", "wait", "{}");
    let finish = "tool_calls".to_owned();
    let expected = Said {
        calls,
        finish,
        ..hello()
    };
    check(&script, |_, _| expected.clone()).await;
    let silent = Script {
        pieces: Vec::new(),
        ..script
    };
    check(&silent, |_, _| Said {
        text: String::new(),
        ..expected.clone()
    })
    .await;
}

#[tokio::test]
async fn thinking_with_its_signature() {
    let script = Script::default().thinks("Hm, a story.", "c2ln");
    check(&script, |client, model| Said {
        thought: "Hm, a story.".to_owned(),
        signature: signature(client, model).to_owned(),
        ..hello()
    })
    .await;
}

/// Servers of the chat API do not sign; where a signature crosses to another API it says whose it is.
fn signature(client: Spoken, model: Spoken) -> &'static str {
    match (client, model) {
        (Spoken::Responses, Spoken::Chat) => "unsigned:",
        (_, Spoken::Chat) => "",
        (Spoken::Responses, Spoken::Messages) => "anthropic:c2ln",
        (Spoken::Chat | Spoken::Messages, Spoken::Responses) => "responses:rs_1:c2ln",
        _ => "c2ln",
    }
}

#[tokio::test]
async fn the_first_rung_speaks_every_dialect() {
    let (upstream, router) = started().await;
    for client in Spoken::ALL {
        for stream in [false, true] {
            let body = client.ask("auto", "what is 27 * 13?", stream);
            let response = post(&router, client, &body).await;
            assert_eq!(
                response.header("x-downshift-rung"),
                Some("answer"),
                "{client:?}"
            );
            let said = if stream {
                said::stream(client, response).await
            } else {
                said::whole(client, response).await
            };
            assert!(said.text.contains("351"), "{said:?}");
            assert_eq!((said.finish.as_str(), said.costs), ("stop", stream));
            assert!(said.usage.0 > 0 && said.usage.2 > 0, "{said:?}");
        }
    }
    assert_eq!(upstream.counted().calls, 0);
}

#[tokio::test]
async fn the_ledger_counts_the_same_in_every_dialect() {
    let (_upstream, router) = started().await;
    for client in Spoken::ALL {
        for model in Spoken::ALL {
            for stream in [false, true] {
                let body = client.ask(model.model(), "Tell me a story.", stream);
                let response = post(&router, client, &body).await;
                let id = response.header("x-downshift-id").expect("an id").to_owned();
                response.text().await;
                let entry = router.entry(&id).await;
                // 8 fresh at $2, 3 cached at $1, 5 out at $8, per million.
                assert_eq!(
                    entry["cost_usd"], "0.000059",
                    "{client:?} on {model:?}: {entry}"
                );
            }
        }
    }
}
