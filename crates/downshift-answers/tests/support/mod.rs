//! One clock, one zone and one table for all tests.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set up its world has failed"
)]

use downshift_answers::{ANSWERERS, Context, Exchange, Question, Table};
use jiff::{Timestamp, tz::TimeZone};
use std::sync::LazyLock;

static COUNTRIES: LazyLock<Table> = LazyLock::new(|| {
    Table::from_csv(
        "countries",
        include_str!("../../../../config/countries.csv"),
    )
    .unwrap()
});

/// All answers to a question: Wednesday, 25 November 2026, 19:44:10 in Berlin.
pub(crate) fn ask_all(query: &str) -> Vec<(&'static str, String)> {
    ask_after(&[], query)
}

/// All answers to a question that follows others.
pub(crate) fn ask_after(earlier: &[Exchange<'_>], query: &str) -> Vec<(&'static str, String)> {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let now: Timestamp = "2026-11-25T18:44:10Z".parse().unwrap();
    let context = Context {
        now,
        zone: Some(&zone),
        table: Some(&COUNTRIES),
    };
    let question = Question {
        text: query,
        earlier,
    };
    ANSWERERS
        .iter()
        .filter_map(|answerer| Some((answerer.name(), answerer.answer(&question, &context)?.text)))
        .collect()
}
