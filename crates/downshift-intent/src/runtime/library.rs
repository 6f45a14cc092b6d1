//! Hides what an ONNX Runtime library looks like from outside, before anything of it is loaded.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The oldest minor version of ONNX Runtime 1 that will do (the interface that tract's bridge is built for).
const OLDEST: u32 = 24;

/// How a shared library's file begins.
const MAGIC: &[[u8; 4]] = if cfg!(target_os = "macos") {
    &[[0xCF, 0xFA, 0xED, 0xFE], [0xCA, 0xFE, 0xBA, 0xBE]]
} else if cfg!(windows) {
    &[*b"MZ\x90\0"]
} else {
    &[*b"\x7fELF"]
};

/// The first of the candidates that looks like a library that will do; or what there is instead.
pub(super) fn find(candidates: &[PathBuf]) -> Result<PathBuf, String> {
    let mut refused = Vec::new();
    for library in candidates
        .iter()
        .flat_map(|candidate| libraries_at(candidate))
    {
        match look(&library) {
            Ok(()) => {
                return library
                    .canonicalize()
                    .map_err(|problem| problem.to_string());
            }
            Err(problem) => {
                tracing::warn!(library = %library.display(), "passed over: {problem}");
                refused.push(format!("{} {problem}", library.display()));
            }
        }
    }
    Err(match candidates {
        _ if !refused.is_empty() => refused.join("; "),
        [] => "no place to look for an ONNX Runtime library was given".to_owned(),
        _ => {
            let places: Vec<_> = candidates
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            format!("no ONNX Runtime library at {}", places.join(", "))
        }
    })
}

/// The files that `candidate` stands for: itself, or if it is a directory the libraries in it, newest version first.
fn libraries_at(candidate: &Path) -> Vec<PathBuf> {
    if candidate.is_file() {
        return vec![candidate.to_owned()];
    }
    let entries = candidate.read_dir().into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| is_library(path))
        .collect();
    found.sort_by_cached_key(|path| std::cmp::Reverse((version(path), path.clone())));
    found
}

/// `libonnxruntime.so.1.24.4`, `libonnxruntime.1.24.4.dylib`, `onnxruntime.dll` and the like, but none of the
/// `…_providers_…` that lie beside them.
fn is_library(path: &Path) -> bool {
    let name = name(path);
    let Some(rest) = name
        .strip_prefix("lib")
        .unwrap_or(name)
        .strip_prefix("onnxruntime.")
    else {
        return false;
    };
    rest.split('.')
        .any(|part| matches!(part, "so" | "dylib" | "dll"))
}

/// The version in a library's name, as `1.24.4`; not all have one.
pub(super) fn version_of(library: &Path) -> Option<String> {
    let numbers: Vec<_> = version(library).iter().map(ToString::to_string).collect();
    (!numbers.is_empty()).then(|| numbers.join("."))
}

/// The numbers in a library's name.
fn version(path: &Path) -> Vec<u32> {
    name(path)
        .split('.')
        .filter_map(|part| part.parse().ok())
        .collect()
}

fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

fn look(library: &Path) -> Result<(), String> {
    let mut start = [0; 4];
    File::open(library)
        .and_then(|mut file| file.read_exact(&mut start))
        .map_err(|problem| format!("cannot be read: {problem}"))?;
    if !MAGIC.contains(&start) {
        return Err("is not a shared library of this system".to_owned());
    }
    match version(library)[..] {
        [1, minor, ..] if minor < OLDEST => Err(format!("is older than ONNX Runtime 1.{OLDEST}")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
