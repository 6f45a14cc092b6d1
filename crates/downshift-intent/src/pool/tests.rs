use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use super::*;
use crate::model::tests::fake;

const TIME: [f32; 3] = [9.0, 0.0, 0.0];

fn config(workers: usize, queue: usize, timeout: Duration) -> PoolConfig {
    let number = |number| NonZeroUsize::new(number).expect("not zero");
    PoolConfig {
        workers: number(workers),
        queue: number(queue),
        timeout,
    }
}

/// A pool whose workers tell when they are at a text and wait to be let on, but for the trial.
struct Gated {
    pool: Arc<Classifier>,
    at: Receiver<Vec<i64>>,
    go: Sender<()>,
}

fn gated(config: &PoolConfig) -> Gated {
    let (tell, at) = channel();
    let (go, wait) = channel();
    let wait = Mutex::new(wait);
    let (model, _) = fake(move |ids| {
        if ids != [0, 7] {
            tell.send(ids.to_vec()).ok();
            wait.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv()
                .ok();
        }
        Ok(TIME.to_vec())
    });
    let pool = Classifier::of(model.expect("it opens"), config).expect("threads start");
    Gated {
        pool: Arc::new(pool),
        at,
        go,
    }
}

const LONG: Duration = Duration::from_mins(1);

fn ask(pool: &Arc<Classifier>, text: &str) -> tokio::task::JoinHandle<Result<Verdict, Error>> {
    let (pool, text) = (Arc::clone(pool), text.to_owned());
    tokio::spawn(async move { pool.classify(text).await })
}

/// Lets every task that can run do so, until `done`.
async fn until(done: impl Fn() -> bool) {
    while !done() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn waiting(pool: &Classifier) -> usize {
    pool.queue.len()
}

#[tokio::test]
async fn many_askers_get_their_own_answers() {
    let (model, made) = fake(|ids| Ok(vec![if ids == [2] { 9.0 } else { 0.0 }, 1.0, 0.0]));
    let pool =
        Classifier::of(model.expect("it opens"), &config(3, 1_000, LONG)).expect("threads start");
    let pool = Arc::new(pool);
    assert_eq!(made.load(Ordering::SeqCst), 3, "a session for each worker");
    assert_eq!(
        pool.labels()
            .iter()
            .map(|label| &**label)
            .collect::<Vec<_>>(),
        ["time", "code", "chat"]
    );
    let asked: Vec<_> = (0..400)
        .map(|number| ask(&pool, if number % 2 == 0 { "time" } else { "now" }))
        .collect();
    for (number, answer) in asked.into_iter().enumerate() {
        let verdict = answer.await.expect("no panic").expect("a verdict");
        let expected = if number % 2 == 0 { "time" } else { "code" };
        assert_eq!(
            verdict.top().map(|(name, _)| &**name),
            Some(expected),
            "{number}"
        );
    }
}

#[tokio::test]
async fn a_full_queue_refuses() {
    let Gated { pool, at, go } = gated(&config(1, 2, LONG));
    let first = ask(&pool, "time");
    until(|| at.try_recv().is_ok()).await;
    let others = [ask(&pool, "now"), ask(&pool, "now")];
    until(|| waiting(&pool) == 2).await;
    let error = pool
        .classify("what".to_owned())
        .await
        .expect_err("it is full");
    assert_eq!(
        error.to_string(),
        "the classifier's queue is full (2 waiting)"
    );
    drop(go);
    for asked in [first].into_iter().chain(others) {
        asked
            .await
            .expect("no panic")
            .expect("those in the queue are answered");
    }
}

#[tokio::test]
async fn those_who_gave_up_make_room_and_are_passed_over() {
    let Gated { pool, at, go } = gated(&config(1, 2, LONG));
    let first = ask(&pool, "time");
    until(|| at.try_recv().is_ok()).await;
    let gone = ask(&pool, "is");
    let gone_too = ask(&pool, "it");
    until(|| waiting(&pool) == 2).await;
    gone.abort();
    gone_too.abort();
    until(|| gone.is_finished() && gone_too.is_finished()).await;
    // One pushes the abandoned out; of the next, one is abandoned in the queue and met by the worker.
    let kept = ask(&pool, "now");
    until(|| waiting(&pool) == 1).await;
    let passed_over = ask(&pool, "is");
    until(|| waiting(&pool) == 2).await;
    passed_over.abort();
    until(|| passed_over.is_finished()).await;
    drop(go);
    first.await.expect("no panic").expect("a verdict");
    kept.await.expect("no panic").expect("a verdict");
    drop(pool);
    assert_eq!(
        at.iter().collect::<Vec<_>>(),
        [[7]],
        "only the kept one ran"
    );
}

#[tokio::test]
async fn time_is_limited() {
    let after = Duration::from_millis(20);
    let Gated { pool, at, go } = gated(&config(1, 8, after));
    let error = pool
        .classify("time".to_owned())
        .await
        .expect_err("the worker is held up");
    assert_eq!(error.to_string(), "no verdict within 20ms");
    let error = pool
        .classify("now".to_owned())
        .await
        .expect_err("it waits behind the first");
    assert_eq!(error.label(), "timeout");
    drop(go);
    until(|| waiting(&pool) == 0).await;
    drop(pool);
    assert_eq!(
        at.iter().collect::<Vec<_>>(),
        [[2]],
        "the one that timed out in the queue never ran"
    );
}

#[tokio::test]
async fn a_panic_is_one_querys_error() {
    let (model, made) = fake(|ids| {
        if ids == [0] {
            panic!("a bug")
        } else {
            Ok(TIME.to_vec())
        }
    });
    let pool =
        Classifier::of(model.expect("it opens"), &config(1, 8, LONG)).expect("threads start");
    for round in 1..=3 {
        let error = pool
            .classify("gibberish".to_owned())
            .await
            .expect_err("it panics");
        assert_eq!(error.label(), "panicked");
        pool.classify("time".to_owned())
            .await
            .expect("the worker lives on");
        assert_eq!(
            made.load(Ordering::SeqCst),
            1 + round,
            "with a session made afresh"
        );
    }
}

#[tokio::test]
async fn errors_of_the_model_come_through() {
    let (model, _) = fake(|_| Ok(TIME.to_vec()));
    let pool =
        Classifier::of(model.expect("it opens"), &PoolConfig::default()).expect("threads start");
    assert_eq!(
        pool.classify(String::new())
            .await
            .expect_err("no words")
            .label(),
        "empty"
    );
    let verdict = pool
        .classify("time ".repeat(1_000_000))
        .await
        .expect("a long text is cut");
    assert_eq!(verdict.tokens, 8);
}

#[tokio::test]
async fn dropping_it_stops_those_who_wait_and_joins() {
    let Gated { pool, at, go } = gated(&config(1, 8, LONG));
    let running = ask(&pool, "time");
    until(|| at.try_recv().is_ok()).await;
    let queue = Arc::clone(&pool.queue);
    let (reply, answer) = oneshot::channel();
    queue
        .push(
            Job {
                text: "now".to_owned(),
                work: Work::Classify(reply),
            },
            |_| false,
        )
        .expect("there is room");
    running.abort();
    until(|| running.is_finished()).await;
    let pool = Arc::into_inner(pool).expect("nobody else asks");
    let dropped = tokio::task::spawn_blocking(move || drop(pool));
    answer
        .await
        .expect_err("it is told at once, though the worker is still busy");
    assert!(!dropped.is_finished(), "the worker is waited for");
    drop(go);
    dropped.await.expect("it joins");
    let (reply, _) = oneshot::channel();
    let late = queue.push(
        Job {
            text: "now".to_owned(),
            work: Work::Classify(reply),
        },
        |_| false,
    );
    assert_eq!(late.expect_err("it is closed").label(), "stopped");
}

#[tokio::test]
async fn vectors_wait_their_turn_as_verdicts_do() {
    let pool = Classifier::start(
        &crate::start(&crate::RuntimeConfig::default()).expect("a runtime"),
        &Source::shipped(),
        &config(1, 8, LONG),
        &Examples::default(),
        None,
    )
    .expect("the shipped model starts");
    let same = pool
        .embed("what time is it".to_owned())
        .await
        .expect("a run");
    let same = same.expect("the shipped model gives vectors");
    let length: f32 = same.iter().map(|value| value * value).sum();
    assert!((length - 1.0).abs() < 1e-3, "{length}");
    assert_eq!(pool.embed(" ".to_owned()).await.expect("no words"), None);
}
