use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{CurrencyAnswerer, GRAMMAR};
use crate::{Answerer, Context, Question, Table};

const RATES: &str = "\
base,date,currency,rate
EUR,2026-11-24,USD,1.25
EUR,2026-11-24,GBP,0.8
EUR,2026-11-24,JPY,160
EUR,2026-11-24,KWD,0.4
";

fn asked(query: &str, now: &str, max_age: i32) -> Option<String> {
    let table = Table::from_rates("rates.csv", RATES, max_age).unwrap();
    let zone = TimeZone::UTC;
    let context = Context {
        now: now.parse().unwrap(),
        zone: Some(&zone),
        table: Some(&table),
    };
    let answer = CurrencyAnswerer.answer(&Question::alone(query), &context);
    answer.map(|answer| answer.text)
}

#[track_caller]
fn check(query: &str, expected: Option<&str>) {
    let said = asked(query, "2026-11-25T18:44:00Z", 7);
    let said = said.as_deref().map(|said| {
        said.strip_suffix(", at the rates of 24 November 2026.")
            .expect("the date of the rates is in the answer")
    });
    assert_eq!(said, expected, "{query}");
}

#[test]
fn amounts_are_converted_through_the_base() {
    for (query, expected) in [
        (
            "how much is 50 dollars in euros",
            "50 US dollars is 40.00 euros",
        ),
        ("$50 in euros", "50 US dollars is 40.00 euros"),
        ("50 usd to eur", "50 US dollars is 40.00 euros"),
        ("USD 50 to EUR", "50 US dollars is 40.00 euros"),
        (
            "convert 19.99 pounds to dollars",
            "19.99 British pounds is about 31.23 US dollars",
        ),
        (
            "what's £100 in yen?",
            "100 British pounds is 20,000 Japanese yen",
        ),
        ("how many yen is 3 euros", "3 euros is 480 Japanese yen"),
        (
            "how many euros are in 100 dollars",
            "100 US dollars is 80.00 euros",
        ),
        (
            "1,000 yen in kuwaiti dinars",
            "1,000 Japanese yen is 2.500 Kuwaiti dinars",
        ),
        (
            "usd to gbp exchange rate",
            "1 US dollar is 0.64 British pounds",
        ),
        (
            "what is the exchange rate between euro and yen",
            "1 euro is 160 Japanese yen",
        ),
        (
            "how many dollars to the pound",
            "1 British pound is 1.5625 US dollars",
        ),
        ("1 yen in euros", "1 Japanese yen is 0.00625 euros"),
    ] {
        check(query, Some(expected));
    }
}

#[test]
fn what_is_not_a_sum_in_another_currency_is_passed_on() {
    for query in [
        "how much are 5 pounds of apples",
        "convert 100 bitcoin",
        "convert 100 bitcoin to dollars",
        "euro 2024 final",
        "50 dollars in 1950",
        "50 dollars in euros in 2019",
        "how many pounds in a kilo",
        "50 pounds in kilos",
        "20 pesos in dollars",
        "50 dollars in dollars",
        "will the dollar rise against the euro",
        "why is the dollar stronger than the euro",
        "what is a dollar",
        "5 euros",
        "dollar to euro forecast",
        "50 dollars to zloty", // no rate in the table
        "-50 dollars in euros",
    ] {
        check(query, None);
    }
}

#[test]
fn stale_rates_are_not_answered_from() {
    let fresh = |now: &str| asked("50 usd to eur", now, 2).is_some();
    assert!(fresh("2026-11-24T00:00:00Z") && fresh("2026-11-26T23:59:59Z"));
    assert!(!fresh("2026-11-27T00:00:00Z") && !fresh("2026-11-22T00:00:00Z"));
}

#[test]
fn a_table_that_is_none_says_where_and_why() {
    for (text, part) in [
        ("code,rate\nUSD,1", "`base,date,currency,rate`"),
        ("base,date,currency,rate\n", "no rate in it"),
        (
            "base,date,currency,rate\nEUR,24.11.2026,USD,1.1",
            "line 2: `24.11.2026` is no date",
        ),
        (
            "base,date,currency,rate\nEUR,2026-11-24,usd,1.1",
            "line 2: `usd` is no currency",
        ),
        (
            "base,date,currency,rate\nEUR,2026-11-24,USD,0",
            "line 2: `0` is no rate",
        ),
        (
            "base,date,currency,rate\nEUR,2026-11-24,USD,1\nEUR,2026-11-23,GBP,1",
            "line 3: base and date",
        ),
        (
            "base,date,currency,rate\nEUR,2026-11-24,USD,1\nEUR,2026-11-24,USD,2",
            "line 3: USD has a rate",
        ),
    ] {
        let error = Table::from_rates("rates.csv", text, 7)
            .unwrap_err()
            .to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn every_pattern_compiles() {
    assert_eq!(GRAMMAR.broken(), <[&str; 0]>::default());
}

proptest! {
    #[test]
    fn there_and_back_is_the_same_to_the_cent(cents in 100_u64..10_000_000) {
        let there = asked(
            &format!("{}.{:02} usd to eur", cents / 100, cents % 100),
            "2026-11-25T00:00:00Z",
            7,
        );
        let there = there.expect("an amount of dollars");
        // 1 euro is 1.25 dollars: the cents of euros are the dollars' times 4 / 5, half up.
        let expected = (cents * 8 + 5) / 10;
        let plain = there.replace(',', "");
        let expected = format!(" {}.{:02} euros", expected / 100, expected % 100);
        prop_assert!(plain.contains(&expected), "{there} {expected}");
    }
}
