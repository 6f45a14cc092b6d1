use super::{fractional, ratio, unsigned};
use crate::reading::Reading;

#[track_caller]
fn check(text: &str, top: i64, bottom: i64) {
    let reading = Reading::of(text).unwrap();
    let (end, value) = fractional(&reading, 0).unwrap();
    assert_eq!(
        (end, value),
        (reading.tokens.len(), ratio(top, bottom)),
        "{text:?}"
    );
}

#[test]
fn digits_and_words_are_one_number() {
    check("2,340.5", 4_681, 2);
    check("1.5e2", 150, 1);
    check("forty-two", 42, 1);
    check("one hundred and five", 105, 1);
    check("two thousand three hundred and forty one", 2_341, 1);
    check("three million two hundred thousand", 3_200_000, 1);
    check("2.5 million", 2_500_000, 1);
    check("three point one four", 157, 50);
    check("two and a half", 5, 2);
    check("1 1/2", 3, 2);
    check("3/4", 3, 4);
    check("-3/4", -3, 4);
    check("minus five", -5, 1);
    check("a dozen", 12, 1);
}

#[test]
fn a_fraction_before_a_scale_is_a_part_of_it() {
    check("1/2 dozen", 6, 1);
    check("3/4 dozen", 9, 1);
    check("1/2 million", 500_000, 1);
    check("a 1/2 gross", 72, 1);
    check("1/2 a dozen", 6, 1);
    check("1 1/2 dozen", 18, 1);
    check("half a million", 500_000, 1);
}

#[test]
fn what_is_no_number_is_none() {
    for text in [
        "and",
        "million",
        "hundred five",
        "thousand",
        "1e999",
        "6/2 dozen",
        "1 / 2 million",
    ] {
        let reading = Reading::of(text).unwrap();
        assert!(unsigned(&reading, 0).is_none(), "{text:?}");
    }
}

#[test]
fn words_out_of_order_are_not_one_number() {
    let reading = Reading::of("two thousand three million").unwrap();
    assert!(unsigned(&reading, 0).is_none());
    let reading = Reading::of("twenty nineteen").unwrap();
    assert_eq!(unsigned(&reading, 0).unwrap().0, 1);
}
