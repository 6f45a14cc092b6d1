use proptest::prelude::*;

use super::*;

fn price(json: &str) -> Price {
    serde_json::from_str::<PriceConfig>(json).unwrap().into()
}

#[track_caller]
fn check(price_json: &str, usage: Usage, expected: Option<&str>) {
    let cost = price(price_json).cost(&usage).map(Money::usd_string);
    assert_eq!(cost.as_deref(), expected, "{price_json} {usage:?}");
}

fn usage(input: u64, cached_input: u64, output: u64) -> Usage {
    Usage {
        input,
        cached_input,
        output,
        ..Usage::default()
    }
}

#[test]
fn a_usage_is_charged_exactly() {
    let prices = r#"{"input": 2.5, "cached_input": "0.25", "output": 15}"#;
    check(prices, usage(1, 0, 0), Some("0.0000025"));
    check(prices, usage(1_000_000, 0, 0), Some("2.5"));
    check(prices, usage(1000, 400, 10), Some("0.00175"));
    check(
        prices,
        Usage {
            reasoning: 7,
            ..usage(0, 0, 10)
        },
        Some("0.00015"),
    );
    check(prices, usage(0, 0, 0), Some("0"));
}

#[test]
fn without_a_price_for_cached_input_it_costs_as_input_does() {
    check(
        r#"{"input": "0.075", "output": "0.3"}"#,
        usage(3, 2, 0),
        Some("0.000000225"),
    );
}

#[test]
fn what_is_written_to_the_cache_has_its_price_and_twice_the_input_for_an_hour() {
    let written = Usage {
        cache_write: 40,
        cache_write_1h: 10,
        ..usage(100, 50, 0)
    };
    let prices = r#"{"input": 4, "cached_input": 1, "cache_write": 5, "output": 0}"#;
    check(prices, written, Some("0.00032"));
    check(
        r#"{"input": 4, "cached_input": 1, "output": 0}"#,
        written,
        Some("0.00025"),
    );
}

#[test]
fn more_cached_than_input_is_charged_as_all_cached() {
    check(
        r#"{"input": 2, "cached_input": 1, "output": 0}"#,
        usage(5, 900, 0),
        Some("0.000005"),
    );
}

#[test]
fn a_long_input_changes_the_price_of_the_whole_request() {
    let prices = r#"{"input": 2, "cached_input": 1, "output": 10,
        "long_input": {"above": 100, "input": 4, "output": 20}}"#;
    check(prices, usage(100, 50, 1), Some("0.00016"));
    check(prices, usage(101, 50, 1), Some("0.000424"));
}

#[test]
fn a_longer_input_still_may_change_it_again() {
    let prices = r#"{"input": 1, "output": 1, "long_input": [
        {"above": 200, "input": 4, "output": 4}, {"above": 100, "input": 2, "output": 2}]}"#;
    check(prices, usage(100, 0, 0), Some("0.0001"));
    check(prices, usage(101, 0, 0), Some("0.000202"));
    check(prices, usage(200, 0, 0), Some("0.0004"));
    check(prices, usage(201, 0, 0), Some("0.000804"));
}

#[test]
fn what_is_written_to_a_cache_has_a_price_of_its_own() {
    let written = |cache_write, cache_write_1h| Usage {
        cache_write,
        cache_write_1h,
        ..usage(10, 2, 0)
    };
    let both =
        r#"{"input": 4, "cached_input": 1, "cache_write": 5, "cache_write_1h": 8, "output": 0}"#;
    // Two read, five written for minutes, three for an hour, none anew.
    check(both, written(8, 3), Some("0.000051"));
    check(both, written(0, 0), Some("0.000034"));
    // A server that claims more than there is.
    check(both, written(900, 900), Some("0.000066"));
    // Where writing has no price of its own it costs what input does.
    check(
        r#"{"input": 4, "cached_input": 1, "output": 0}"#,
        written(8, 3),
        Some("0.000034"),
    );
    // A price that the provider has and nobody wrote down is unknown.
    let minutes = r#"{"input": 4, "cached_input": 1, "cache_write": 5, "output": 0}"#;
    check(minutes, written(8, 0), Some("0.000042"));
    // What is kept for an hour costs twice the input, where nothing else is said.
    check(minutes, written(8, 3), Some("0.000051"));
    let long = r#"{"input": 4, "cache_write": 5, "output": 0,
        "long_input": {"above": 9, "input": 8, "output": 0}}"#;
    check(long, written(8, 0), None);
    check(long, written(0, 0), Some("0.00008"));
}

#[test]
fn reasoning_and_images_have_prices_of_their_own_where_they_are_given() {
    let prices = r#"{"input": 1, "output": 2, "reasoning": 3, "image": "0.0048"}"#;
    let thought = Usage {
        reasoning: 4,
        images: 2,
        ..usage(10, 0, 10)
    };
    check(prices, thought, Some("0.009634"));
    check(r#"{"input": 1, "output": 2}"#, thought, Some("0.00003"));
}

#[test]
fn audio_and_images_by_the_token_have_their_own_price_or_none() {
    // Of a transcription, an image made from another, and a spoken chat.
    let heard = Usage {
        audio_input: 90,
        ..usage(100, 0, 10)
    };
    let seen = Usage {
        image_input: 60,
        ..usage(100, 0, 10)
    };
    let spoken = Usage {
        audio_output: 7,
        ..heard
    };
    let prices =
        r#"{"input": 1, "output": 2, "audio_input": 3, "audio_output": 4, "image_input": 5}"#;
    check(prices, heard, Some("0.0003"));
    check(prices, seen, Some("0.00036"));
    check(prices, spoken, Some("0.000314"));
    for used in [heard, seen, spoken] {
        check(r#"{"input": 1, "output": 2}"#, used, None);
    }
    // Nobody says which of the cached tokens were audio, nor does more audio than there is make sense.
    let cached = Usage {
        cached_input: 1,
        ..heard
    };
    let more = Usage {
        audio_input: 101,
        ..heard
    };
    check(prices, cached, None);
    check(prices, more, None);
}

#[test]
fn a_free_model_costs_nothing_and_is_not_unknown() {
    check(r#"{"input": 0, "output": 0}"#, usage(7, 3, 5), Some("0"));
}

#[test]
fn an_hour_has_no_price_by_the_token() {
    check(r#"{"per_hour": 2.5}"#, usage(1, 0, 1), None);
}

#[test]
fn a_machine_costs_its_time() {
    #[track_caller]
    fn check(config: &str, (share, busy, elapsed): (u64, u64, u64), expected: Option<&str>) {
        let Price::Hour(hour) = price(config) else {
            panic!("{config} is no price by the hour");
        };
        let cost = hour.cost(Occupancy {
            share: Duration::from_nanos(share),
            busy: Duration::from_nanos(busy),
            elapsed: Duration::from_nanos(elapsed),
        });
        assert_eq!(cost.map(Money::usd_string).as_deref(), expected, "{config}");
    }
    let second = 1_000_000_000;
    let dear = r#"{"per_hour": 36}"#;
    check(dear, (second, second, 9 * second), Some("0.01"));
    check(dear, (0, second, second), Some("0"));
    check(r#"{"per_hour": 0}"#, (second, second, second), Some("0"));
    let charged = r#"{"per_hour": 36, "idle": "charged"}"#;
    check(charged, (second, 2 * second, 8 * second), Some("0.04"));
    check(charged, (0, 0, second), Some("0"));
    // A nanosecond of a cheap machine is less than can be kept.
    check(r#"{"per_hour": 0.003}"#, (1, 1, 1), Some("0"));
    check(
        r#"{"per_hour": 1000000000}"#,
        (u64::MAX, u64::MAX, u64::MAX),
        None,
    );
}

#[test]
fn a_charge_too_large_to_hold_is_unknown() {
    let prices = r#"{"input": 1000000000, "output": 1000000000}"#;
    check(
        prices,
        usage(u64::MAX, 0, 0),
        Some("18446744073709551615000"),
    );
    check(
        r#"{"input": 0, "output": 0}"#,
        usage(u64::MAX, u64::MAX, u64::MAX),
        Some("0"),
    );
}

#[test]
fn a_bad_price_is_refused_with_its_reason() {
    for (json, reason) in [
        (r#"{"input": -1, "output": 1}"#, "no price"),
        (r#"{"input": "1e-6", "output": 1}"#, "plain decimal"),
        (r#"{"input": 1e300, "output": 1}"#, "plain decimal"),
        (r#"{"input": 1000000001, "output": 1}"#, "no price"),
        (r#"{"input": 0.0000001, "output": 1}"#, "decimals"),
        (r#"{"input": true, "output": 1}"#, "USD per million"),
        (r#"{"input": null, "output": 1}"#, "USD per million"),
        (r#"{"input": 1}"#, "output"),
        ("{}", "per_hour"),
        (r#"{"per_hour": -1}"#, "no price"),
        (r#"{"per_hour": 1e10}"#, "no price"),
        (
            r#"{"per_hour": 1, "input": 1, "output": 1}"#,
            "one or the other",
        ),
        (r#"{"per_hour": 1, "image": 1}"#, "one or the other"),
        (r#"{"per_hour": 1, "idle": "paid"}"#, "charged"),
        (r#"{"input": 1, "output": 1, "idle": "apart"}"#, "per_hour"),
        (r#"{"input": 1, "output": 1, "image": -0.1}"#, "no price"),
        (r#"{"input": 1, "output": 1, "long_input": 5}"#, "above"),
        (
            r#"{"input": 1, "output": 1, "long_input": {"above": 5, "input": 1}}"#,
            "output",
        ),
        (
            r#"{"input": 1, "output": 1, "long_input": [{"above": 5, "input": 1, "output": 1}, {"above": 5, "input": 2, "output": 1}]}"#,
            "above 5 tokens",
        ),
        (r#"{"input": 1, "output": 1, "inputs": 1}"#, "inputs"),
    ] {
        let error = serde_json::from_str::<PriceConfig>(json)
            .unwrap_err()
            .to_string();
        assert!(error.contains(reason), "{json}: {error}");
    }
}

proptest! {
    #[test]
    fn a_number_and_its_text_are_the_same_price(micros in 0_u64..1_000_000_000_000) {
        let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
        let from_text: Rate = serde_json::from_str(&format!("\"{text}\"")).unwrap();
        let from_number: Rate = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(from_text, from_number);
        prop_assert_eq!(from_text.picodollars_per_token, micros);
        let written = serde_json::to_string(&from_text).unwrap();
        prop_assert_eq!(serde_json::from_str::<Rate>(&written).unwrap(), from_text);
    }

    #[test]
    fn any_usage_has_a_cost_or_none(input: u64, cached: u64, output: u64) {
        let known = price(r#"{"input": 1000000000, "output": 1000000000}"#).cost(&usage(input, cached, output));
        prop_assert!(known.is_none_or(|cost| cost >= Money::ZERO));
    }
}
