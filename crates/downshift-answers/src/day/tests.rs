use jiff::civil::{Date, date};

use super::{Day, Lean, parse};
use crate::reading::Reading;

/// Wednesday.
const TODAY: Date = date(2026, 11, 25);

#[track_caller]
fn check(text: &str, expected: Option<Date>) {
    let reading = Reading::of(text).unwrap();
    let found = parse(&reading, 0)
        .into_iter()
        .find(|(end, _)| *end == reading.tokens.len());
    assert_eq!(
        found.and_then(|(_, day)| day.date(TODAY, Lean::Next)),
        expected,
        "{text:?}"
    );
}

#[test]
fn dates_in_many_forms() {
    for text in [
        "26 November 2026",
        "november 26th, 2026",
        "the 26th of November 2026",
        "2026-11-26",
        "Nov 26 2026",
        "thursday, 26 november 2026",
        "tomorrow",
        "26/11/2026",
        "11/26/2026",
        "thanksgiving",
    ] {
        check(text, Some(date(2026, 11, 26)));
    }
    check("july 4", Some(date(2027, 7, 4)));
    check("yesterday", Some(date(2026, 11, 24)));
    check("friday", Some(date(2026, 11, 27)));
    check("the day after tomorrow", Some(date(2026, 11, 27)));
}

#[test]
fn what_may_be_two_days_is_none() {
    for text in [
        "03/04/2026",
        "next friday",
        "31 november 2026",
        "29 february 2027",
        "friday, 26 november 2026",
    ] {
        check(text, None);
    }
    check("05/05/2026", Some(date(2026, 5, 5)));
}

#[test]
fn a_weekday_on_itself_is_that_day_or_the_next() {
    for text in ["wednesday", "this wednesday", "wednesday the 25th"] {
        check(text, None);
    }
    check("the next wednesday", Some(date(2026, 12, 2)));
    check("coming wednesday", Some(date(2026, 12, 2)));
    check("thursday the 26th", Some(date(2026, 11, 26)));
    check("friday the 13th", Some(date(2027, 8, 13)));
}

/// Dates from the almanacs of those years.
#[test]
fn easter_falls_where_the_almanac_says() {
    for (year, month, day) in [
        (1818, 3, 22),
        (1943, 4, 25),
        (1954, 4, 18),
        (1981, 4, 19),
        (2000, 4, 23),
        (2008, 3, 23),
        (2024, 3, 31),
        (2025, 4, 20),
        (2038, 4, 25),
        (2049, 4, 18),
    ] {
        check(&format!("easter {year}"), Some(date(year, month, day)));
    }
}

#[test]
fn holidays_by_weekday() {
    check("thanksgiving 2025", Some(date(2025, 11, 27)));
    check("black friday 2025", Some(date(2025, 11, 28)));
    check("memorial day 2027", Some(date(2027, 5, 31)));
    check("labor day 2027", Some(date(2027, 9, 6)));
    check("mlk day 2027", Some(date(2027, 1, 18)));
    check("mother's day 2027", Some(date(2027, 5, 9)));
    check("new year's eve", Some(date(2026, 12, 31)));
    check("christmas next year", Some(date(2027, 12, 25)));
}

#[test]
fn the_last_one_lies_behind() {
    let day = Day::Yearly(7, 4);
    assert_eq!(day.date(TODAY, Lean::Last), Some(date(2026, 7, 4)));
    assert_eq!(
        Day::Yearly(2, 29).date(TODAY, Lean::Next),
        Some(date(2028, 2, 29))
    );
}
