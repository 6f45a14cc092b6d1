use super::{Manner, is_same_sense, is_slip, is_slip_of_name, slips};
use crate::Table;

#[track_caller]
fn check_sense(asked: &str, known: &str, expected: bool) {
    assert_eq!(
        is_same_sense(asked, known),
        expected,
        "{asked:?} for {known:?}"
    );
}

#[test]
fn what_turns_the_answer_round_is_no_close_match() {
    check_sense(
        "when can i return an item",
        "until when can i return something",
        true,
    );
    check_sense("within 30 days", "within 60 days", false);
    check_sense("can i not return it", "can i return it", false);
    check_sense("where are you", "when are you open", false);
    check_sense("when do you close", "when do you open", false);
    check_sense("how much is delivery", "how long does delivery take", false);
    check_sense("how do i subscribe", "how do i unsubscribe", false);
    check_sense("opening hours", "when are you open", true);
}

#[track_caller]
fn check_name(asked: &str, name: &str, expected: bool) {
    assert_eq!(
        is_slip_of_name(asked, name),
        expected,
        "{asked:?} for {name:?}"
    );
}

#[test]
fn a_name_is_meant_by_its_slips_alone() {
    check_name("widgit", "widget", true);
    check_name("wdiget", "widget", true);
    check_name("office of munich", "Munich office", true);
    check_name("munich", "Munich office", false);
    check_name("north sudan", "south sudan", false);
    check_name("model 3", "model 5", false);
    check_name("usb2", "usb3", false);
    check_name("iran", "iraq", true);
    check_name("", "widget", false);
}

#[test]
fn a_slip_is_one_letter_or_two_in_a_long_word() {
    for (word, known, expected) in [
        ("refnud", "refund", true),
        ("refudn", "refund", true),
        ("refns", "refund", false),
        ("cat", "cats", false),
        ("retunring", "returning", true),
        ("retrunig", "returning", true),
        ("retung", "returning", false),
        ("room1", "room2", false),
    ] {
        assert_eq!(is_slip(word, known), expected, "{word} {known}");
    }
}

#[test]
fn slips_are_made_up_of_the_longest_word() {
    assert_eq!(
        slips("how do i get a refund", true),
        [
            "how do i get a refund",
            "how do i get a reufnd",
            "how do i get a refnd",
            "refund"
        ]
    );
    assert_eq!(slips("oak", false), ["oak"]);
}

#[test]
fn the_row_that_was_matched_is_named() {
    let pairs = vec![
        (
            "How long can I return things?".to_owned(),
            "30 days.".to_owned(),
        ),
        (
            "What is the return period?".to_owned(),
            "30 days.".to_owned(),
        ),
        ("Where are you?".to_owned(), "In Bern.".to_owned()),
    ];
    let table = Table::from_pairs("faq", pairs);
    let entries = table.entries();
    assert_eq!(
        entries.iter().map(|entry| entry.row).collect::<Vec<_>>(),
        [0, 0, 2]
    );
    assert_eq!(
        table.asked("Where are you?"),
        None,
        "the table answers it as it stands"
    );
    let asked = table.asked("where can i find you").unwrap();
    assert_eq!(
        table.told(&asked, &entries[2]).unwrap(),
        "In Bern.\n\n(This is the answer to \"Where are you?\".)"
    );
    assert_eq!(table.manner(&asked, &entries[2]), Some(Manner::Wording));
    assert_eq!(
        table.manner(&asked, &entries[0]),
        None,
        "a place is no length of time"
    );
    let slip = table.asked("how long can i retrun things").unwrap();
    assert_eq!(table.manner(&slip, &entries[0]), Some(Manner::Slip));
    let strangers = table.strangers();
    assert_eq!(strangers[0].asked.text, "how long can i return period");
}

#[test]
fn a_name_stands_where_the_attribute_leaves_room() {
    let table =
        Table::from_csv("goods", "product,price|cost\nWidget,5 EUR\nGizmo,7 EUR\n").unwrap();
    let asked = table.asked("what is the price of the widgit?").unwrap();
    assert_eq!(asked.text, "widgit");
    let entries = table.entries();
    let [widget] = entries
        .iter()
        .filter(|entry| table.manner(&asked, entry).is_some())
        .collect::<Vec<_>>()[..]
    else {
        panic!("one row is meant");
    };
    assert_eq!(
        table.told(&asked, widget).unwrap(),
        "The price of Widget is 5 EUR. (Read \"widgit\" as Widget.)"
    );
    for query in [
        "price of widget",
        "colour of widgit",
        "the price is widgit",
        "widgit",
    ] {
        assert_eq!(table.asked(query), None, "{query:?}");
    }
    assert_eq!(table.asked("widgit cost").unwrap().text, "widgit");
}
