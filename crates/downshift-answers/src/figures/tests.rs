use super::{counted, exact, fixed, fraction, rounded};
use crate::number::{decimal, ratio, whole};

#[test]
fn exact_decimals_are_written_out() {
    assert_eq!(
        exact(&decimal("1234567.25").unwrap()).as_deref(),
        Some("1,234,567.25")
    );
    assert_eq!(exact(&ratio(-1, 8)).as_deref(), Some("-0.125"));
    assert_eq!(exact(&ratio(1, 3)), None);
}

#[test]
fn rounding_is_half_away_from_zero_to_significant_digits() {
    for (value, digits, expected) in [
        (ratio(2, 3), 4, "0.6667"),
        (ratio(-2, 3), 4, "-0.6667"),
        (ratio(1, 300), 3, "0.00333"),
        (decimal("999.96").unwrap(), 4, "1,000"),
        (decimal("9.9999999").unwrap(), 3, "10"),
        (decimal("123456789").unwrap(), 3, "123,000,000"),
        (decimal("1.5e20").unwrap(), 3, "1.5 × 10^20"),
        (decimal("9.9999e20").unwrap(), 3, "1 × 10^21"),
        (decimal("1.2345e-9").unwrap(), 3, "1.23 × 10^-9"),
    ] {
        assert_eq!(rounded(&value, digits).as_deref(), Some(expected));
    }
    assert_eq!(fixed(&ratio(5, 1000), 2).as_deref(), Some("0.01"));
    assert_eq!(fixed(&whole(0), 2).as_deref(), Some("0.00"));
}

#[test]
fn fractions_are_mixed_numbers() {
    assert_eq!(fraction(&ratio(10, 3)).as_deref(), Some("3 1/3"));
    assert_eq!(fraction(&ratio(-2, 6)).as_deref(), Some("-1/3"));
    assert_eq!(fraction(&whole(3)), None);
}

#[test]
fn plurals_follow_the_number() {
    assert_eq!(counted(&whole(1), "day", "days").as_deref(), Some("1 day"));
    assert_eq!(
        counted(&ratio(3, 2), "day", "days").as_deref(),
        Some("1.5 days")
    );
}
