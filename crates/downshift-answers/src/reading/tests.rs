use super::{Reading, fold_key};

#[track_caller]
fn check(text: &str, expected: &str) {
    let reading = Reading::of(text).map(|reading| {
        reading
            .tokens
            .iter()
            .map(|token| token.text.as_str())
            .collect::<Vec<_>>()
            .join("|")
    });
    assert_eq!(reading.unwrap_or_default(), expected, "{text:?}");
}

#[test]
fn framing_is_taken_off_both_ends() {
    check(
        "Hey, could you please tell me the time? Thanks!",
        "the|time",
    );
    check("quick question: what's 2 + 2", "what|is|2|+|2");
    check("\"what time is it\"", "what|time|is|it");
    check("ok so - what day is it 🙏", "what|day|is|it");
    check("please", "please");
    check("thanks", "thanks");
    check("", "");
}

#[test]
fn what_carries_meaning_stays() {
    check("hey jude release date", "jude|release|date");
    check("quick_sort to camel case", "quick|_|sort|to|camel|case");
    check("hi, 2 + 2", "2|+|2");
    check("what is 5 in french", "what|is|5|in|french");
    check("-5 + 3", "-|5|+|3");
}

#[test]
fn an_order_is_no_question() {
    check("remind me what day it is", "what|day|it|is");
    check("can you remind me how old he is", "how|old|he|is");
    check(
        "remind me 3 days before christmas",
        "remind|me|3|days|before|christmas",
    );
    check("remind me friday", "remind|me|friday");
}

#[test]
fn what_a_question_is_for_stays_where_it_says_which_time() {
    check("capital of france for a quiz", "capital|of|france");
    check(
        "what is the date for a project",
        "what|is|the|date|for|a|project",
    );
    check("what time is it then", "what|time|is|it|then");
    check("what is 2 + 2 then", "what|is|2|+|2");
}

#[test]
fn unicode_forms_are_folded() {
    check("São Paulo", "sao|paulo");
    check("５ × ６", "5|*|6");
    check("3½ cups", "3|1/2|cups");
    check("5² − 1", "5|^|2|-|1");
    check("what\u{2019}s", "what|is");
    check("ti\u{200b}me", "time");
}

#[test]
fn numbers_keep_their_separators_apart() {
    check("2,340.5", "2340.5");
    check("12,34,567", "1234567");
    check("1,5", "1|,|5");
    check("1,2,3", "1|,|2|,|3");
    check("1e6", "1e6");
    check("3pm", "3|pm");
    check("21st 22th", "21|22|th");
    check("0xff 0b10", "0xff|0b10");
    check("2x4", "2|x|4");
    check("5.", "5");
}

#[test]
fn points_inside_abbreviations_do_not_end_anything() {
    check("3 p.m. in the U.S.", "3|pm|in|the|us");
    check("st. louis time", "st|louis|time");
    check("o'clock N'Djamena's", "oclock|ndjamena|'s");
}

#[test]
fn slips_are_only_of_function_words() {
    let reading = Reading::of("waht tiem in pars").unwrap();
    assert!(reading.is(0, "what") && reading.is(1, "time") && !reading.is(3, "paris"));
}

#[test]
fn long_texts_are_not_read() {
    assert!(Reading::of(&"word ".repeat(500)).is_none());
    assert!(Reading::of(&"a ".repeat(100)).is_none());
}

#[test]
fn keys_fold_alike() {
    assert_eq!(
        fold_key("  Côte  d\u{2019}Ivoire "),
        fold_key("cote d'ivoire")
    );
}
