//! The whole crate on tract, the backend that is compiled in. One process has one backend, hence one file each.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

mod shared;

use downshift_intent::{Backend, Preference, Runtime, RuntimeConfig, start};
use shared::{Copy, check_refused, check_tiny};

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
