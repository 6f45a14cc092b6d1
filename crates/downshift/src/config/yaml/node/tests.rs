use super::{Resolved, resolve};

#[track_caller]
fn check(text: &str, expected: Resolved<'_>) {
    assert_eq!(resolve(text), expected, "{text}");
}

#[test]
fn numbers_are_what_the_core_schema_says() {
    check("0", Resolved::Unsigned(0));
    check("007", Resolved::Unsigned(7));
    check("+7", Resolved::Unsigned(7));
    check("-7", Resolved::Signed(-7));
    check("0x1F", Resolved::Unsigned(31));
    check("0o17", Resolved::Unsigned(15));
    check("18446744073709551615", Resolved::Unsigned(u64::MAX));
    check(
        "18446744073709551616",
        Resolved::Float(18_446_744_073_709_551_616.0),
    );
    check(
        "-9223372036854775809",
        Resolved::Float(-9_223_372_036_854_775_809.0),
    );
    check("1.5e6", Resolved::Float(1.5e6));
    check("-.5", Resolved::Float(-0.5));
    check("1.", Resolved::Float(1.0));
    check("1E+3", Resolved::Float(1000.0));
    check(".inf", Resolved::Float(f64::INFINITY));
    check("-.INF", Resolved::Float(f64::NEG_INFINITY));
    assert!(matches!(resolve(".nan"), Resolved::Float(number) if number.is_nan()));
}

#[test]
fn flags_and_nothing_have_three_spellings_each() {
    check("true", Resolved::Bool(true));
    check("FALSE", Resolved::Bool(false));
    for nothing in ["", "~", "null", "Null", "NULL"] {
        check(nothing, Resolved::Null);
    }
}

#[test]
fn everything_else_is_a_string() {
    for text in [
        "yes",
        "no",
        "on",
        "off",
        "tRue",
        "nUll",
        "inf",
        "nan",
        "infinity",
        "-",
        "+",
        ".",
        "..",
        "-.",
        "e5",
        ".e5",
        "1e",
        "1e+",
        "1.2.3",
        "127.0.0.1",
        "127.0.0.1:80",
        "1_000",
        "1,000",
        "10s",
        "0x",
        "0xg",
        "0o8",
        "--1",
        "+-1",
        "-0x1F",
        "0b1",
        "12:30",
        "é",
        "٣",
        "<2000",
        "100..2000",
    ] {
        check(text, Resolved::Text(text));
    }
}
