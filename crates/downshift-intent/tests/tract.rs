//! The whole crate on tract, the backend that is compiled in. One process has one backend, hence one file each.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says why"
)]

mod shared;

use std::num::NonZeroUsize;
use std::time::Duration;

use downshift_intent::{
    Backend, Classifier, Examples, PoolConfig, Preference, Runtime, RuntimeConfig, Source, start,
};
use shared::{
    Copy, check_examples, check_no_vectors, check_refused, check_sense, check_shipped, check_tiny,
    encoder,
};

fn runtime() -> Runtime {
    let config = RuntimeConfig {
        libraries: Vec::new(),
        prefer: Preference::Tract,
    };
    start(&config).expect("tract is compiled in")
}

#[test]
fn tract_says_so() {
    let runtime = runtime();
    assert!(
        matches!(runtime.backend(), Backend::Tract { version } if version.starts_with(char::is_numeric))
    );
    assert!(
        runtime.backend().to_string().starts_with("tract "),
        "{}",
        runtime.backend()
    );
}

#[test]
fn the_first_choice_stands() {
    let first = runtime();
    let config = RuntimeConfig {
        prefer: Preference::OnnxRuntime,
        ..RuntimeConfig::default()
    };
    let second = start(&config).expect("one runs already");
    assert_eq!(first.backend(), second.backend());
}

#[test]
fn a_small_model_gives_the_logits_worked_out_by_hand() {
    check_tiny(&runtime());
}

#[test]
fn broken_models_are_refused_by_name() {
    check_refused(&runtime());
}

#[test]
fn a_graph_of_nothing_is_refused() {
    let copy = Copy::new();
    copy.put("model.onnx", b"\x08\x08\x3a\x00");
    let expected = "model.onnx has no inputs, expected `token_ids`: i64 [any length]";
    copy.check(&runtime(), "contract", expected);
}

#[test]
fn the_shipped_model_does_as_in_training() {
    check_shipped(&runtime());
}

#[test]
fn the_shipped_model_makes_sense_and_survives_any_text() {
    check_sense(&runtime());
}

#[test]
fn examples_teach_the_shipped_model_an_intent() {
    check_examples(&runtime());
}

#[test]
fn a_model_without_vectors_refuses_examples() {
    check_no_vectors(&runtime());
}

#[test]
fn an_encoder_of_anothers_making_gives_the_vectors_it_gives_elsewhere() {
    encoder::check_vectors(&runtime());
}

#[test]
fn examples_are_told_by_an_encoder() {
    encoder::check_taught(&runtime());
}

#[test]
fn a_head_takes_its_encoder_along() {
    encoder::check_trained(&runtime());
}

#[test]
fn encoders_that_do_not_fit_are_refused_by_name() {
    encoder::check_unfit(&runtime());
}

#[tokio::test]
async fn a_pool_of_the_shipped_model_answers() {
    let config = PoolConfig {
        workers: NonZeroUsize::MIN.saturating_add(1),
        timeout: Duration::from_mins(1),
        ..PoolConfig::default()
    };
    let (runtime, source) = (runtime(), Source::default());
    let pool =
        Classifier::start(&runtime, &source, &config, &Examples::new(), None).expect("it starts");
    let (greeting, code) = tokio::join!(
        pool.classify("hi".to_owned()),
        pool.classify("write a python function that reverses a linked list".to_owned()),
    );
    for (verdict, expected) in [(greeting, "greeting"), (code, "code")] {
        let verdict = verdict.expect("it has words");
        assert_eq!(verdict.top().map(|(intent, _)| &**intent), Some(expected));
    }
    assert!(pool.labels().iter().any(|label| &**label == "greeting"));
}
