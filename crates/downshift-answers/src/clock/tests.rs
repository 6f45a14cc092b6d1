use super::{parse, written};
use crate::reading::Reading;

#[track_caller]
fn check(text: &str, expected: &str) {
    let reading = Reading::of(text).unwrap();
    let found = parse(&reading, 0)
        .into_iter()
        .find(|(end, _)| *end == reading.tokens.len());
    assert_eq!(
        found.map(|(_, time)| written(time)).unwrap_or_default(),
        expected,
        "{text:?}"
    );
}

#[test]
fn times_of_day_in_many_forms() {
    check("3pm", "3:00 PM");
    check("3:30 p.m.", "3:30 PM");
    check("15:00", "3:00 PM");
    check("00:15", "12:15 AM");
    check("12am", "12:00 AM");
    check("12 pm", "12:00 PM");
    check("noon", "12:00 PM");
    check("midnight", "12:00 AM");
    check("9 in the morning", "9:00 AM");
    check("half past three pm", "3:30 PM");
    check("quarter to 5 in the afternoon", "4:45 PM");
    check("quarter to one pm", "12:45 PM");
    check("nine thirty am", "9:30 AM");
    check("10 o'clock at night", "10:00 PM");
}

#[test]
fn either_half_of_the_day_is_neither() {
    for text in [
        "3",
        "3:30",
        "three",
        "25:00",
        "13pm",
        "3:75pm",
        "0am",
        "6 at night",
    ] {
        check(text, "");
    }
}
