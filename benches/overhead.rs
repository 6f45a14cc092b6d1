//! What the ladder adds: a stand-in model asked directly, through the router, and not at all.
//!
//! All are asked in turn over one keep-alive connection each, so that whatever
//! else the machine does falls on all alike.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints what it measured"
)]

use bytes::Bytes;
use downshift_benches::{Client, StandIn, Table, Times, rounds};
use downshift_tests::{Policy, Router};
use serde_json::json;

/// Computed on the first rung.
const SUM: &str = "what is 15% of 2,340?";
/// Left to the large model.
const STORY: &str = "tell me a bedtime story about a dragon who is afraid of the dark";

fn main() {
    let standin = StandIn::start();
    let policy = Policy::shipped()
        .set("OPENAI_BASE_URL", &standin.base_url())
        .set("OLLAMA_URL", &standin.base_url());
    let routing = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let router = routing.block_on(Router::start(&policy));
    let asking = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    asking.block_on(async {
        println!("{}", whole(&standin, &router).await);
        println!("{}", streams(&standin, &router).await);
    });
}

fn body(model: &str, question: &str, stream: bool) -> Bytes {
    let mut body = json!({ "model": model, "messages": [{ "role": "user", "content": question }] });
    if stream {
        body["stream"] = json!(true);
    }
    body.to_string().into()
}

async fn whole(standin: &StandIn, router: &Router) -> Table {
    let mut direct = Client::connect(standin.address()).await;
    let mut through = Client::connect(router.address()).await;
    let [straight, named, climbed, computed] = [
        ("m", STORY),
        ("frontier", STORY),
        ("auto", STORY),
        ("auto", SUM),
    ]
    .map(|(model, text)| body(model, text, false));
    let mut times: [Times; 4] = Default::default();
    let rounds = rounds(10_000);
    for round in 0..rounds + rounds / 10 {
        let taken = [
            direct.post(&straight).await.1,
            through.post(&named).await.1,
            through.post(&climbed).await.1,
            through.post(&computed).await.1,
        ];
        // The first tenth is the warm-up.
        if round >= rounds / 10 {
            times
                .iter_mut()
                .zip(taken)
                .for_each(|(times, taken)| times.push(taken));
        }
    }
    let [straight, named, climbed, computed] = times;
    Table::new("whole reply")
        .row("stand-in, asked directly", straight)
        .row("through, model named", named)
        .row("through, classified and sent up", climbed)
        .row("computed on the first rung", computed)
}

async fn streams(standin: &StandIn, router: &Router) -> Table {
    let mut direct = Client::connect(standin.address()).await;
    let mut through = Client::connect(router.address()).await;
    let [straight, climbed, computed] =
        [("m", STORY), ("auto", STORY), ("auto", SUM)].map(|(model, text)| body(model, text, true));
    let mut times: [Times; 5] = Default::default();
    let rounds = rounds(3_000);
    for round in 0..rounds + rounds / 10 {
        let straight = direct.post(&straight).await;
        let climbed = through.post(&climbed).await;
        let computed = through.post(&computed).await;
        if round >= rounds / 10 {
            let taken = [straight.0, climbed.0, straight.1, climbed.1, computed.1];
            times
                .iter_mut()
                .zip(taken)
                .for_each(|(times, taken)| times.push(taken));
        }
    }
    let [first_straight, first_climbed, straight, climbed, computed] = times;
    let first = Table::new("stream, to the first byte of the body")
        .row("stand-in, asked directly", first_straight)
        .row("through, classified and sent up", first_climbed);
    println!("{first}");
    Table::new("stream, to the end (103 events)")
        .row("stand-in, asked directly", straight)
        .row("through, classified and sent up", climbed)
        .row("computed on the first rung", computed)
}
