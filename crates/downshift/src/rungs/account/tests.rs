//! Whatever becomes of a request, exactly one entry is closed, and it says what became of it.

use std::sync::Mutex;

use downshift_ledger::{AttemptOutcome, ModelCost, Rung, Sink};
use downshift_upstream::Error as UpstreamError;
use downshift_wire::{ChatReply, ChatRequest, Usage, Written, written_chunks};
use futures_util::{StreamExt, stream};
use http::HeaderMap;
use jiff::tz::TimeZone;

use super::*;

/// Keeps every entry that is closed.
#[derive(Debug, Default)]
struct Kept(Mutex<Vec<Arc<Entry>>>);

impl Sink for Kept {
    fn record(&self, entry: &Arc<Entry>) {
        self.0.lock().unwrap().push(entry.clone());
    }
}

fn written() -> Written {
    Written {
        id: "chatcmpl-1".to_owned(),
        created: 1,
        model: "frontier".to_owned(),
        text: "4".to_owned(),
        usage: Usage {
            input: 3,
            output: 1,
            ..Usage::default()
        },
    }
}

fn ask() -> Ask {
    let request = Arc::new(ChatRequest::from_text("auto", "what is 2+2?"));
    Ask::unsent("1".into(), request, TimeZone::UTC)
}

fn reply(body: ReplyBody) -> Reply {
    Reply {
        rung: Rung::Llm,
        model: "frontier".into(),
        intent: None,
        headers: HeaderMap::new(),
        usage: None,
        body,
    }
}

fn streamed(items: Vec<Result<ChatChunk, UpstreamError>>) -> Reply {
    reply(ReplyBody::Stream(Box::pin(stream::iter(items))))
}

fn chunks() -> Vec<Result<ChatChunk, UpstreamError>> {
    written_chunks(&written(), true)
        .into_iter()
        .map(Ok)
        .collect()
}

/// A ledger, and a stack of the account layer over a rung that does as it is told.
fn stack<F>(
    rung: F,
) -> (
    Arc<Kept>,
    impl Service<Ask, Response = Settled, Error = Box<Failure>>,
)
where
    F: Fn(Accounted) -> Result<Reply, Error> + Clone + Send + 'static,
{
    let kept = Arc::new(Kept::default());
    let sinks = [kept.clone() as Arc<dyn Sink>];
    let ledger = Ledger::new([ModelCost::named("frontier")], "frontier", sinks);
    let inner = tower::service_fn(move |accounted| std::future::ready(rung(accounted)));
    (kept, Account::layer(Arc::new(ledger)).layer(inner))
}

#[track_caller]
fn check(kept: &Kept, expected: Outcome) -> Arc<Entry> {
    let entries = kept.0.lock().unwrap();
    assert_eq!(
        entries
            .iter()
            .map(|entry| entry.outcome)
            .collect::<Vec<_>>(),
        [expected]
    );
    entries[0].clone()
}

#[tokio::test]
async fn a_whole_reply_closes_its_entry() {
    let (kept, stack) = stack(|accounted| {
        let attempt = accounted.tab.attempt(Rung::Llm, "frontier");
        attempt.usage(written().usage);
        attempt.finish(AttemptOutcome::Ok);
        Ok(reply(ReplyBody::Whole(ChatReply::written(&written()))))
    });
    let settled = stack.oneshot(ask()).await.unwrap();
    let entry = check(&kept, Outcome::Ok);
    assert_eq!(settled.entry.as_deref(), Some(&*entry));
    assert_eq!(entry.usage.map(|usage| usage.output), Some(1));
}

#[tokio::test]
async fn a_failure_closes_its_entry() {
    let (kept, stack) = stack(|_| Err(Error::Declined(Rung::Answer)));
    let failure = stack.oneshot(ask()).await.unwrap_err();
    assert_eq!(*failure.entry, *check(&kept, Outcome::Refused));
}

#[tokio::test]
async fn a_panic_closes_its_entry_and_ends_there() {
    let (kept, stack) = stack(|_| panic!("a rung has a bug"));
    let failure = stack.oneshot(ask()).await.unwrap_err();
    assert!(matches!(failure.error, Error::Internal));
    check(&kept, Outcome::Internal);
}

#[tokio::test]
async fn a_complete_stream_closes_its_entry_and_says_what_it_cost() {
    let (kept, stack) = stack(|_| Ok(streamed(chunks())));
    let settled = stack.oneshot(ask()).await.unwrap();
    assert!(kept.0.lock().unwrap().is_empty());
    let ReplyBody::Stream(stream) = settled.reply.body else {
        panic!("a stream was asked for")
    };
    let chunks = stream.map(Result::unwrap).collect::<Vec<_>>().await;
    check(&kept, Outcome::Ok);
    let last = chunks.last().unwrap();
    let data: serde_json::Value = serde_json::from_slice(last.data()).unwrap();
    assert_eq!(data["usage"]["completion_tokens"], 1);
    assert!(data["downshift"].is_object(), "{data}");
}

#[tokio::test]
async fn a_stream_that_breaks_closes_its_entry_as_the_upstreams_fault() {
    let broken = |_| {
        let mut items = chunks();
        items.truncate(2);
        let client =
            downshift_upstream::Client::new(&downshift_upstream::ClientConfig::default()).unwrap();
        items.push(Err(downshift_upstream::Upstream::new(
            &client,
            downshift_upstream::Endpoint::default(),
        )
        .unwrap_err()));
        Ok(streamed(items))
    };
    let (kept, stack) = stack(broken);
    let settled = stack.oneshot(ask()).await.unwrap();
    let ReplyBody::Stream(stream) = settled.reply.body else {
        panic!("a stream was asked for")
    };
    assert!(stream.collect::<Vec<_>>().await.pop().unwrap().is_err());
    check(&kept, Outcome::UpstreamError);
}

#[tokio::test]
async fn a_caller_who_leaves_a_stream_closes_its_entry_as_abandoned() {
    let (kept, stack) = stack(|_| Ok(streamed(chunks())));
    let settled = stack.oneshot(ask()).await.unwrap();
    let ReplyBody::Stream(mut stream) = settled.reply.body else {
        panic!("a stream was asked for")
    };
    stream.next().await.unwrap().unwrap();
    drop(stream);
    let entry = check(&kept, Outcome::Abandoned);
    assert_eq!(
        (entry.rung, entry.model.as_deref()),
        (Some(Rung::Llm), Some("frontier"))
    );
}

#[tokio::test]
async fn a_caller_who_leaves_before_the_reply_closes_its_entry_as_abandoned() {
    let kept = Arc::new(Kept::default());
    let ledger = Ledger::new(
        [ModelCost::named("frontier")],
        "frontier",
        [kept.clone() as Arc<dyn Sink>],
    );
    let inner = tower::service_fn(|accounted: Accounted| async move {
        let attempt = accounted.tab.attempt(Rung::Llm, "frontier");
        std::future::pending::<()>().await;
        attempt.finish(AttemptOutcome::Ok);
        Err::<Reply, _>(Error::Internal)
    });
    let call = Account::layer(Arc::new(ledger)).layer(inner).oneshot(ask());
    let waited = tokio::time::timeout(std::time::Duration::from_millis(20), call).await;
    assert!(waited.is_err());
    let entry = check(&kept, Outcome::Abandoned);
    assert_eq!(entry.attempts[0].outcome, AttemptOutcome::Abandoned);
    assert_eq!(entry.cost, None, "what an abandoned call costs is unknown");
}
