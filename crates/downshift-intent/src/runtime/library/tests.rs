use std::fs;

use tempfile::TempDir;

use super::*;

#[track_caller]
fn check(name: &str, expected: bool) {
    assert_eq!(
        is_library(&Path::new("/somewhere").join(name)),
        expected,
        "{name}"
    );
}

#[test]
fn libraries_are_told_by_their_names() {
    check("libonnxruntime.so", true);
    check("libonnxruntime.so.1.24.4", true);
    check("libonnxruntime.1.24.4.dylib", true);
    check("onnxruntime.dll", true);
    check("libonnxruntime_providers_shared.so", false);
    check("onnxruntime_pybind11_state.so", false);
    check("onnxruntime.lib", false);
    check("libonnxruntime.txt", false);
    check("", false);
}

#[test]
fn versions_are_read_from_names() {
    let of = |name: &str| version_of(Path::new(name));
    assert_eq!(
        of("/opt/9/libonnxruntime.so.1.24.4").as_deref(),
        Some("1.24.4")
    );
    assert_eq!(of("libonnxruntime.1.24.4.dylib").as_deref(), Some("1.24.4"));
    assert_eq!(of("onnxruntime.dll"), None);
}

/// Makes files of these names and contents and finds the library among them, by name.
#[track_caller]
fn check_find(files: &[(&str, &[u8])], expected: Result<&str, &str>) {
    let directory = TempDir::new().expect("a temporary directory");
    for (name, bytes) in files {
        fs::write(directory.path().join(name), bytes).expect("it can be written");
    }
    let candidates = [PathBuf::from("/nowhere"), directory.path().to_owned()];
    let place = format!(
        "{}{}",
        directory.path().display(),
        std::path::MAIN_SEPARATOR
    );
    let found = find(&candidates);
    let found = found
        .as_ref()
        .map(|path| name(path))
        .map_err(|problem| problem.replace(&place, ""));
    assert_eq!(found, expected.map_err(str::to_owned));
}

#[test]
fn the_newest_real_library_is_found() {
    let real: &[u8] = &MAGIC[0];
    check_find(
        &[
            ("libonnxruntime.so.1.9.0", real),
            ("libonnxruntime.so.1.31.1", real),
            ("libonnxruntime.so.1.24.4", real),
            ("libonnxruntime.so.1.40.0", b"an HTML page"),
            ("libonnxruntime_providers_shared.so", real),
        ],
        Ok("libonnxruntime.so.1.31.1"),
    );
    check_find(&[("libonnxruntime.so", real)], Ok("libonnxruntime.so"));
}

#[test]
fn what_is_no_library_is_passed_over_with_its_reason() {
    check_find(
        &[("libonnxruntime.so", b"")],
        Err("libonnxruntime.so cannot be read: failed to fill whole buffer"),
    );
    check_find(
        &[("libonnxruntime.so", b"text")],
        Err("libonnxruntime.so is not a shared library of this system"),
    );
    check_find(
        &[("libonnxruntime.so.1.9.0", &MAGIC[0])],
        Err("libonnxruntime.so.1.9.0 is older than ONNX Runtime 1.24"),
    );
}
