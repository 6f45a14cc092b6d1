//! What the targets share: one question to one grammar, answered twice alike and in bounded room.

use downshift_answers::{Context, Question, Table, answerer};
use jiff::Timestamp;
use jiff::tz::TimeZone;

const TABLE: &str = "country,capital\nMongolia,Ulaanbaatar\nPeru,Lima\n";
const RATES: &str = "base,date,currency,rate\nEUR,2026-01-01,USD,1.25\nEUR,2026-01-01,JPY,160\n";
const LONGEST_ANSWER: usize = 1 << 20;

/// Asks `name` a question. A grammar may refuse whatever it likes; it may not panic or take its time.
pub fn answer(name: &str, text: &str) {
    let answerer = answerer(name).expect("a registered answerer");
    let table = match name {
        "lookup" => Some(Table::from_csv("table.csv", TABLE).expect("the table is good")),
        "currency" => Some(Table::from_rates("rates.csv", RATES, 36_500).expect("the rates are good")),
        _ => None,
    };
    let zone = TimeZone::get("Europe/London").expect("it is bundled");
    let context = Context {
        now: Timestamp::from_second(1_764_096_240).expect("a time of this century"),
        zone: Some(&zone),
        table: table.as_ref(),
    };
    if let Some(answer) = answerer.answer(&Question::alone(text), &context) {
        assert!(!answer.text.is_empty() && answer.text.len() <= LONGEST_ANSWER);
    }
}
