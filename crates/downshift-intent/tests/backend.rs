//! What is said when no backend can be had, and that a bad library does no harm.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use std::path::{Path, PathBuf};

use downshift_intent::{Backend, Preference, RuntimeConfig, start};

#[track_caller]
fn check(libraries: &[&Path], expected: &[&str]) {
    let libraries = libraries.iter().map(PathBuf::from).collect();
    let config = RuntimeConfig {
        libraries,
        prefer: Preference::OnnxRuntime,
    };
    let error = start(&config).expect_err("there is none");
    assert_eq!(error.label(), "no_backend");
    let message = error.to_string();
    for part in expected {
        assert!(message.contains(part), "{message}");
    }
}

/// In one test, since the order matters: a process may try to load one library.
#[test]
fn every_place_tried_is_named_and_tract_is_left() {
    check(
        &[],
        &["no usable ONNX backend: no place to look for an ONNX Runtime library was given"],
    );
    let (nowhere, nor_here) = (Path::new("/nowhere"), Path::new("/nor/here"));
    check(
        &[nowhere, nor_here],
        &["no ONNX Runtime library at /nowhere, /nor/here"],
    );
    let manifest = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    check(
        &[nowhere, manifest],
        &["Cargo.toml is not a shared library of this system"],
    );
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    check(
        &[directory],
        &["no ONNX Runtime library at", env!("CARGO_MANIFEST_DIR")],
    );

    // This very program is of the right kind of file, but no library to load, or none with ONNX Runtime in it.
    let program = std::env::current_exe().expect("it runs");
    check(&[&program], &[&program.display().to_string()]);
    check(&[&program], &["another can be tried after a restart"]);

    let config = RuntimeConfig {
        libraries: vec![program],
        prefer: Preference::Any,
    };
    let runtime = start(&config).expect("tract is compiled in");
    assert!(
        matches!(runtime.backend(), Backend::Tract { .. }),
        "{}",
        runtime.backend()
    );
}
