//! The whole crate on ONNX Runtime. These tests need its library under `.onnxruntime` in the repository's root:
//!
//! ```text
//! python3 -m pip install --no-deps --only-binary=:all: --target .onnxruntime onnxruntime==1.24.4
//! cargo test -p downshift-intent --test onnxruntime -- --ignored
//! ```

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says why"
)]

mod shared;

use std::path::{Path, PathBuf};

use downshift_intent::{Backend, Preference, Runtime, RuntimeConfig, start};
use shared::{
    check_examples, check_no_vectors, check_refused, check_sense, check_shipped, check_tiny,
    encoder,
};

fn runtime() -> Runtime {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    // What is absent or no library is passed over, with the reason kept for the error.
    let libraries = vec![
        PathBuf::from("/nowhere"),
        Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"),
        root.join(".onnxruntime/onnxruntime/capi"),
    ];
    start(&RuntimeConfig {
        libraries,
        prefer: Preference::OnnxRuntime,
    })
    .expect("the library is there")
}

#[test]
#[ignore = "needs the ONNX Runtime library, see above"]
fn onnx_runtime_says_so() {
    let runtime = runtime();
    assert!(
        matches!(runtime.backend(), Backend::OnnxRuntime { .. }),
        "{:?}",
        runtime.backend()
    );
    assert!(
        runtime.backend().to_string().starts_with("ONNX Runtime 1."),
        "{}",
        runtime.backend()
    );
}

#[test]
#[ignore = "needs the ONNX Runtime library, see above"]
fn a_small_model_gives_the_logits_worked_out_by_hand() {
    check_tiny(&runtime());
}

#[test]
#[ignore = "needs the ONNX Runtime library, see above"]
fn broken_models_are_refused_by_name() {
    check_refused(&runtime());
}

#[test]
#[ignore = "needs the ONNX Runtime library, see above"]
fn the_shipped_model_does_as_in_training() {
    check_shipped(&runtime());
}

#[test]
#[ignore = "needs the ONNX Runtime library, see above"]
fn the_shipped_model_makes_sense_and_survives_any_text() {
    check_sense(&runtime());
}

#[test]
#[ignore = "needs the ONNX Runtime library, see above"]
fn examples_teach_the_shipped_model_an_intent() {
    check_examples(&runtime());
}

#[test]
#[ignore = "needs the ONNX Runtime library, see above"]
fn a_model_without_vectors_refuses_examples() {
    check_no_vectors(&runtime());
}

#[test]
#[ignore = "needs the ONNX Runtime library, see above"]
fn an_encoder_of_anothers_making_gives_the_vectors_it_gives_elsewhere() {
    encoder::check_vectors(&runtime());
}

#[test]
#[ignore = "needs the ONNX Runtime library, see above"]
fn examples_are_told_by_an_encoder() {
    encoder::check_taught(&runtime());
}

#[test]
#[ignore = "needs the ONNX Runtime library, see above"]
fn a_head_takes_its_encoder_along() {
    encoder::check_trained(&runtime());
}

#[test]
#[ignore = "needs the ONNX Runtime library, see above"]
fn encoders_that_do_not_fit_are_refused_by_name() {
    encoder::check_unfit(&runtime());
}
