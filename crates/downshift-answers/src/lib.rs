//! Deterministic answers with two keys: time, date, arithmetic, units, lookups.
