//! Hides which ONNX backend runs the model, and that the choice is global to the process.
//!
//! ONNX Runtime is used when a library of it is found, else tract, which is compiled in. The library underneath
//! holds one backend and one environment per process, so the first successful [`start`] decides for all.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use ort::environment::{Environment, EnvironmentBuilder};
use serde::Deserialize;

use crate::Error;

#[cfg(feature = "onnxruntime")]
mod library;

#[cfg(not(any(feature = "tract", feature = "onnxruntime")))]
compile_error!(
    "downshift-intent needs a backend: enable the feature `tract` (default) or `onnxruntime`"
);

/// Where to look for ONNX Runtime, and whether to use it.
#[derive(Debug, Clone, Default)]
pub struct RuntimeConfig {
    /// Where an ONNX Runtime library (1.24 or newer) may be, in order: a library file, or a directory holding
    /// one. What is not there is passed over.
    pub libraries: Vec<PathBuf>,
    /// Which backend to use.
    pub prefer: Preference,
}

/// Which backend to use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preference {
    /// ONNX Runtime where it is found, else tract.
    #[default]
    Any,
    /// ONNX Runtime, or an error.
    OnnxRuntime,
    /// tract, which is compiled in; ONNX Runtime is not looked for.
    Tract,
}

/// The backend that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backend {
    /// Microsoft's ONNX Runtime, loaded at run time.
    OnnxRuntime {
        /// The library that was loaded.
        library: PathBuf,
        /// Its version, as `1.24.4`.
        version: String,
    },
    /// tract, pure Rust, compiled in.
    Tract {
        /// The version of the bridge to it and of tract itself, as `0.5.0+0.23`.
        version: String,
    },
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnnxRuntime { library, version } => {
                write!(f, "ONNX Runtime {version} ({})", library.display())
            }
            Self::Tract { version } => write!(f, "tract {version}"),
        }
    }
}

/// The process's inference backend, ready to open models. Clones are handles to the same one.
#[derive(Debug, Clone)]
pub struct Runtime {
    environment: Environment,
    backend: Backend,
}

/// How far the process has come.
static STATE: Mutex<State> = Mutex::new(State::Untouched);

enum State {
    Untouched,
    /// A library was tried and would not load, for this reason. No other may be tried: `ort` (2.0.0-rc.14) takes its
    /// memory of a failed load for a loaded library the next time, and calls into nowhere.
    LibraryFailed(String),
    Started(Runtime),
}

/// Chooses and starts the backend; from the second call on, returns the one that runs whatever `config` says.
///
/// # Errors
///
/// [`Error::NoBackend`] names each library tried and why it would not do. A later call may try again.
pub fn start(config: &RuntimeConfig) -> Result<Runtime, Error> {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    if let State::Started(runtime) = &*state {
        return Ok(runtime.clone());
    }
    let runtime = choose(config, &mut state)?;
    tracing::info!(backend = %runtime.backend, "classifier backend started");
    *state = State::Started(runtime.clone());
    Ok(runtime)
}

// === impl Runtime ===

impl Runtime {
    /// Which backend this is.
    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// The handle that sessions are opened with.
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }
}

fn choose(config: &RuntimeConfig, state: &mut State) -> Result<Runtime, Error> {
    let mut tried = Vec::new();
    if config.prefer != Preference::Tract {
        match onnx_runtime(&config.libraries, state) {
            Ok(runtime) => return Ok(runtime),
            Err(problem) => tried.push(problem),
        }
    }
    if config.prefer != Preference::OnnxRuntime {
        match tract() {
            Ok(runtime) => return Ok(runtime),
            Err(problem) => tried.push(problem),
        }
    }
    Err(Error::NoBackend {
        tried: tried.join("; "),
    })
}

/// The first library that is one, or why there is none.
#[cfg(feature = "onnxruntime")]
fn onnx_runtime(libraries: &[PathBuf], state: &mut State) -> Result<Runtime, String> {
    if let State::LibraryFailed(problem) = state {
        return Err(format!("{problem}; another can be tried after a restart"));
    }
    let library = library::find(libraries)?;
    let builder = ort::init_from(&library).map_err(|problem| {
        let problem = problem.to_string();
        tracing::warn!(%problem, "not a usable ONNX Runtime");
        *state = State::LibraryFailed(problem.clone());
        problem
    })?;
    let environment = build(builder.with_logger(std::sync::Arc::new(log)))?;
    environment.set_log_level(ort::logging::LogLevel::Warning);
    // Builds from a release branch say their version; for others it may stand in the library's name.
    let info = ort::info();
    let version = build_entry(info, "git-branch=rel-")
        .or_else(|| library::version_of(&library))
        .unwrap_or_else(|| format!("of unknown version ({info})"));
    Ok(Runtime {
        environment,
        backend: Backend::OnnxRuntime { library, version },
    })
}

#[cfg(not(feature = "onnxruntime"))]
fn onnx_runtime(_: &[PathBuf], _: &mut State) -> Result<Runtime, String> {
    Err("ONNX Runtime is not compiled in (feature `onnxruntime`)".to_owned())
}

#[cfg(feature = "tract")]
fn tract() -> Result<Runtime, String> {
    // Kept for the rest of the process even if the next step fails, and harmless to repeat.
    ort::set_api(ort_tract::api());
    let info = ort::info();
    if !info.contains("ort-tract") {
        return Err(
            "ONNX Runtime failed but stays loaded; tract can be used after a restart".to_owned(),
        );
    }
    let environment = build(ort::init())?;
    let version = build_entry(info, "version=").unwrap_or_else(|| info.to_owned());
    Ok(Runtime {
        environment,
        backend: Backend::Tract { version },
    })
}

#[cfg(not(feature = "tract"))]
fn tract() -> Result<Runtime, String> {
    Err("tract is not compiled in (feature `tract`)".to_owned())
}

fn build(builder: EnvironmentBuilder) -> Result<Environment, String> {
    let builder = builder.with_name("downshift").with_telemetry(false);
    builder.build().map_err(|problem| problem.to_string())
}

/// ONNX Runtime's own log lines go where ours go.
#[cfg(feature = "onnxruntime")]
fn log(level: ort::logging::LogLevel, _category: &str, _id: &str, place: &str, message: &str) {
    use ort::logging::LogLevel;
    match level {
        LogLevel::Verbose | LogLevel::Info => tracing::debug!(place, "ONNX Runtime: {message}"),
        LogLevel::Warning => tracing::warn!(place, "ONNX Runtime: {message}"),
        LogLevel::Error | LogLevel::Fatal => tracing::error!(place, "ONNX Runtime: {message}"),
    }
}

/// What follows `key` in a build line such as `ORT Build Info: git-branch=rel-1.24.4, git-commit-id=…`.
fn build_entry(info: &str, key: &str) -> Option<String> {
    let (_, rest) = info.split_once(key)?;
    let value = rest.split(',').next()?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(info: &str, key: &str, expected: Option<&str>) {
        assert_eq!(build_entry(info, key).as_deref(), expected);
    }

    #[test]
    fn versions_are_read_from_build_lines() {
        let release =
            "ORT Build Info: git-branch=rel-1.24.4, git-commit-id=1234, build type=Release";
        check(release, "git-branch=rel-", Some("1.24.4"));
        check(
            "ORT Build Info: git-branch=HEAD, git-commit-id=1234",
            "git-branch=rel-",
            None,
        );
        check(
            "ORT Build Info: backend=ort-tract, version=0.5.0+0.23",
            "version=",
            Some("0.5.0+0.23"),
        );
        check("version=", "version=", None);
    }
}
