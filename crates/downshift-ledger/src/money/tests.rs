use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expected: Option<&str>) {
    assert_eq!(
        Money::from_usd(text).ok().map(Money::usd_string).as_deref(),
        expected,
        "{text}"
    );
}

#[test]
fn dollars_are_read_exactly_and_written_plainly() {
    check("0", Some("0"));
    check("-0", Some("0"));
    check("1", Some("1"));
    check("+1.50", Some("1.5"));
    check("0.000000000001", Some("0.000000000001"));
    check("-0.000012340000000000000", Some("-0.00001234"));
    check("170141183460469231731687303.715884105728", None);
    check(
        "170141183460469231731687302",
        Some("170141183460469231731687302"),
    );
}

#[test]
fn an_exponent_moves_the_point_and_rounds_nothing() {
    #[track_caller]
    fn check(text: &str, expected: Option<i128>) {
        assert_eq!(scientific(text, 12).ok(), expected, "{text}");
    }
    check("2.5e-06", Some(2_500_000));
    check("2.5E-6", Some(2_500_000));
    check("1.25e-07", Some(125_000));
    check("3.75e-08", Some(37_500));
    check("0.00001", Some(10_000_000));
    check("100e-12", Some(100));
    check("1200e-14", Some(12));
    check("+1e+2", Some(100_000_000_000_000));
    check("-1e-12", Some(-1));
    check("0e99", None);
    check("0e64", Some(0));
    check("0e-64", Some(0));
    check("1e-13", None);
    check("2.7000000000000004e-07", None);
    check("1e64", None);
    check("1e", None);
    check("e5", None);
    check("1e5.0", None);
    check("1e5e5", None);
    check("é1e-5", None);
    check("1e99999999999999999999", None);
}

proptest! {
    #[test]
    fn an_exponent_reads_as_the_number_it_stands_for(digits in 0_i128..1_000_000_000, exponent in -12_i64..9) {
        let plain = digits * 10_i128.pow(u32::try_from(exponent + 12).unwrap());
        prop_assert_eq!(scientific(&format!("{digits}e{exponent}"), 12), Ok(plain));
    }
}

#[test]
fn what_is_not_a_plain_decimal_is_refused() {
    for text in [
        "",
        " ",
        "-",
        "+",
        ".",
        "1.",
        ".5",
        "1e3",
        "1_000",
        "1,5",
        "0x10",
        "NaN",
        "inf",
        "--1",
        "+-1",
        "1.2.3",
        "٣",
        "１",
        "$1",
        "1 ",
        "0.0000000000001",
    ] {
        check(text, None);
    }
    check(&"9".repeat(4000), None);
    check(&format!("0.{}1", "0".repeat(4000)), None);
    check(&format!("1.{}", "0".repeat(4000)), Some("1"));
}

#[test]
fn it_is_shown_with_a_sign_of_currency() {
    let shown = |pico| Money::from_picodollars(pico).to_string();
    assert_eq!(shown(12_340_000), "$0.00001234");
    assert_eq!(shown(-3_000_000_000_000), "-$3");
    assert_eq!(shown(0), "$0");
    assert!(shown(i128::MIN).starts_with("-$170141183460469231731687303.7158"));
}

#[test]
fn a_sum_with_an_unknown_part_is_unknown() {
    let one = Some(Money::from_picodollars(1));
    assert_eq!(Money::sum([one, one]), Some(Money::from_picodollars(2)));
    assert_eq!(Money::sum([one, None]), None);
    assert_eq!(Money::sum([]), Some(Money::ZERO));
    assert_eq!(
        Money::sum([Some(Money::from_picodollars(i128::MAX)), one]),
        None
    );
}

proptest! {
    #[test]
    fn text_round_trips(pico: i128) {
        // The smallest number has no positive counterpart to be read as.
        prop_assume!(pico != i128::MIN);
        let money = Money::from_picodollars(pico);
        prop_assert_eq!(Money::from_usd(&money.usd_string()).ok(), Some(money));
        let json = serde_json::to_string(&money).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&json).ok(), Some(money));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        let plain = text.trim_start_matches(['+', '-']).chars().all(|c| c.is_ascii_digit() || c == '.');
        prop_assert!(plain || Money::from_usd(&text).is_err());
    }
}
