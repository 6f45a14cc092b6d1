//! The tables, as SQLite and Postgres both take them. docs/ledger.md says what each column means.
//!
//! A change is a new migration at the end; one that was released is never edited.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Number, name and statements of each migration, in their order.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "ledger", LEDGER),
    (2, "timeline", TIMELINE),
    (3, "cache writes and carbon", CARBON),
];

/// One row per request, with the figures that are asked for as columns and the whole entry as JSON;
/// sums per span of time and group, of which reports are made; and, where the policy says so,
/// what was said.
const LEDGER: &str = "
CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    started_us BIGINT NOT NULL,
    rung TEXT NOT NULL,
    intent TEXT NOT NULL,
    model TEXT NOT NULL,
    caller_key TEXT NOT NULL,
    outcome TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    tokens_unknown BIGINT NOT NULL,
    input_tokens BIGINT NOT NULL,
    cached_input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cost_picousd BIGINT,
    known_cost_picousd BIGINT NOT NULL,
    unknown_costs BIGINT NOT NULL,
    baseline_picousd BIGINT,
    saving_picousd BIGINT,
    flops DOUBLE PRECISION,
    energy_min_joules DOUBLE PRECISION,
    energy_max_joules DOUBLE PRECISION,
    seconds DOUBLE PRECISION,
    own_seconds DOUBLE PRECISION,
    entry TEXT NOT NULL
);
CREATE INDEX requests_by_time ON requests
    (started_us, id, rung, intent, model, caller_key, outcome);
CREATE TABLE rollups (
    span_seconds BIGINT NOT NULL,
    start_us BIGINT NOT NULL,
    rung TEXT NOT NULL,
    intent TEXT NOT NULL,
    model TEXT NOT NULL,
    caller_key TEXT NOT NULL,
    writer TEXT NOT NULL,
    figures TEXT NOT NULL,
    PRIMARY KEY (span_seconds, start_us, rung, intent, model, caller_key, writer)
);
CREATE TABLE bodies (
    id TEXT PRIMARY KEY,
    started_us BIGINT NOT NULL,
    request TEXT,
    reply TEXT
);
CREATE INDEX bodies_by_time ON bodies (started_us);
";

/// Cost by time is read from an index alone: the rows are a hundred times as large.
const TIMELINE: &str = "
CREATE INDEX requests_cost_by_time ON requests (started_us, known_cost_picousd, baseline_picousd);
";

/// Tokens written to caches, and greenhouse gases. Rows that are there already had neither.
const CARBON: &str = "
ALTER TABLE requests ADD COLUMN cache_write_tokens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN co2e_min_grams DOUBLE PRECISION;
ALTER TABLE requests ADD COLUMN co2e_max_grams DOUBLE PRECISION;
";

/// What brings a database up to date.
pub(super) fn migrator() -> Migrator {
    let migration = |(version, name, sql): &(i64, &'static str, &'static str)| {
        let name = Cow::Borrowed(*name);
        Migration::new(
            *version,
            name,
            MigrationType::Simple,
            Cow::Borrowed(*sql),
            false,
        )
    };
    Migrator {
        migrations: MIGRATIONS.iter().map(migration).collect(),
        ..Migrator::DEFAULT
    }
}
