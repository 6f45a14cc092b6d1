# Recipes; `just` lists them. CI runs the same ones.

set shell := ["bash", "-euo", "pipefail", "-c"]

# List the recipes.
default:
    @just --list

# Everything that must pass before a change is proposed.
check: fmt clippy test doc deny typos policies

# The code is formatted.
fmt:
    cargo fmt --all --check

# No lint fires.
clippy:
    cargo clippy --locked --workspace --all-targets -- -D warnings

# All tests of Rust code.
test:
    cargo test --locked

# The documentation builds without a warning.
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

# Licences, sources and duplicates of what we build on.
deny:
    cargo deny --locked --log-level error check --hide-inclusion-graph bans licenses sources

# Known vulnerabilities in what we build on; needs the network.
advisories:
    cargo deny --locked check advisories

# Spelling.
typos:
    typos

# Every policy that ships is valid and passes its own tests.
policies:
    cargo run --locked --quiet --package downshift -- check router.yaml config/*.yaml

# Clients in Python against the executable, OpenAPI descriptions as judges, a llama.cpp server behind it.
sdk *arguments:
    tests/sdk/run {{ arguments }}

# The Node SDKs of OpenAI and Anthropic and the Vercel AI SDK against the executable.
node *arguments:
    tests/node/run {{ arguments }}

# The store on a real Postgres and on a full disk.
store *arguments:
    tests/store/run {{ arguments }}

# The dashboard in headless Chromium.
dashboard:
    tests/dashboard/run

# Every query of dashboards and alerts on a real Prometheus.
prometheus:
    tests/prometheus/run

# Every trivial query through the release executable, judged by an independent oracle.
oracle:
    python3 tests/data/trivial/oracle.py ask target/release/downshift

# What the ladder adds, and how many decisions it makes a second.
bench *arguments:
    cargo bench --locked --package downshift-benches -- {{ arguments }}

# Serve the shipped policy.
run *arguments:
    cargo run --locked --release --package downshift -- serve {{ arguments }}
