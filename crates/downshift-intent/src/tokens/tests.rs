use super::*;

const TINY: &[u8] = include_bytes!("../../tests/fixtures/tiny/tokenizer.json");

/// `[UNK] what time is it ##s ? now` are 0 to 7.
fn tokenizer(max_tokens: usize) -> Tokenizer {
    Tokenizer::decode(&File::of("tokenizer.json", TINY), max_tokens).expect("the fixture is good")
}

fn ids(max_tokens: usize, text: &str) -> Vec<u32> {
    let mut token_ids = vec![99];
    tokenizer(max_tokens)
        .encode(text, &mut token_ids)
        .expect("any text has tokens");
    token_ids
}

#[track_caller]
fn check(text: &str, expected: &[u32]) {
    assert_eq!(ids(8, text), expected, "{text:?}");
}

#[test]
fn words_become_pieces() {
    check("What time is it?", &[1, 2, 3, 4, 6]);
    check("TIMES its é\u{301}", &[2, 5, 4, 5, 0]);
    check("\twhat\u{a0}time\r\n", &[1, 2]);
    check("[CLS] [SEP]", &[0; 6]);
}

#[test]
fn nothing_becomes_nothing() {
    for text in ["", " ", "\n\t\u{3000}", "\0\u{7f}\u{200b}\u{feff}"] {
        check(text, &[]);
    }
    check(&" ".repeat(100_000), &[]);
}

#[test]
fn too_many_tokens_lose_their_middle() {
    check(
        "what what time time is is now now",
        &[1, 1, 2, 2, 3, 3, 7, 7],
    );
    check(
        "what what time time it is is now now",
        &[1, 1, 2, 2, 3, 3, 7, 7],
    );
    assert_eq!(ids(3, "what time is it now"), [1, 4, 7]);
    assert_eq!(ids(2, "what time is it now"), [1, 7]);
}

#[test]
fn a_long_text_has_the_tokens_of_its_ends() {
    // However long the middle, words at the cuts come through whole: three-byte spaces shift every cut.
    for middle in [100, 4_000, 5_000, 20_000, 40_000, 1_000_000] {
        let text = format!("what time{}is it", " now\u{3000}".repeat(middle / 7 + 1));
        assert_eq!(ids(8, &text), [1, 2, 7, 7, 7, 7, 3, 4], "{middle}");
        let bounded = bounded(text);
        assert!(bounded.len() <= 2 * LARGEST_WINDOW + 1, "{middle}");
        assert_eq!(ids(8, &bounded), [1, 2, 7, 7, 7, 7, 3, 4], "{middle}");
    }
}

#[test]
fn a_long_text_of_few_tokens_is_looked_at_further() {
    // Three tokens within the smallest window, the fourth beyond it.
    let text = format!(
        "what time is {} it {} now now now now",
        " ".repeat(5_000),
        "x".repeat(5_000)
    );
    assert_eq!(ids(8, &text), [1, 2, 3, 4, 7, 7, 7, 7]);
}

#[test]
fn one_endless_word_is_bounded_work() {
    for letter in ["x", "é", "漢", "😀"] {
        let text = letter.repeat(3_000_000 / letter.len());
        assert!(ids(256, &text).len() <= 256, "{letter}");
        assert!(bounded(text).len() <= 2 * LARGEST_WINDOW + 1, "{letter}");
    }
}

#[test]
fn a_short_text_stays_as_it_is() {
    for text in ["", "what time is it", &"é".repeat(LARGEST_WINDOW)] {
        assert_eq!(bounded(text.to_owned()), text);
    }
}

#[test]
fn truncation_and_padding_in_the_file_are_not_ours() {
    let json = String::from_utf8(TINY.to_vec()).expect("JSON is UTF-8");
    let json = json
        .replace(
            "\"truncation\": null",
            r#""truncation": {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0}"#,
        )
        .replace(
            "\"padding\": null",
            r#""padding": {"strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0, "pad_type_id": 0, "pad_token": "[UNK]"}"#,
        );
    let tokenizer =
        Tokenizer::decode(&File::of("tokenizer.json", json.into_bytes()), 8).expect("it is good");
    let mut token_ids = Vec::new();
    tokenizer
        .encode("what time is it", &mut token_ids)
        .expect("any text has tokens");
    assert_eq!(token_ids, [1, 2, 3, 4]);
}

#[track_caller]
fn refused(json: &str, expected: &str) {
    let file = File::of("tokenizer.json", json.as_bytes().to_vec());
    let error = Tokenizer::decode(&file, 8)
        .expect_err("it should be refused")
        .to_string();
    assert!(
        error.starts_with("tokenizer.json is not a usable tokenizer: "),
        "{error}"
    );
    assert!(error.contains(expected), "{error}");
}

#[test]
fn what_is_no_tokenizer_is_refused() {
    let json = String::from_utf8(TINY.to_vec()).expect("JSON is UTF-8");
    refused("", "EOF");
    refused("{}", "Model missing");
    refused(&json[..json.len() / 2], "EOF");
    refused(&json.replace("\"[UNK]\": 0, ", ""), "unknown word");
}

/// Both ways of a tokenizer give the same ids.
#[track_caller]
fn check_ways(tokenizer: &Tokenizer, text: &str, quick: bool) {
    let plain = tokenizer
        .plain
        .as_ref()
        .expect("the file cuts as BERT does");
    let found = plain.ids(text);
    assert_eq!(found.is_some(), quick, "{text:?}");
    if let Some(found) = found {
        let known = tokenizer
            .ids_the_long_way(text)
            .expect("any text has tokens");
        assert_eq!(found, known, "{text:?}");
    }
}

#[test]
fn the_quick_way_gives_the_same_ids() {
    let shipped = include_bytes!("../../../../config/intent/tokenizer.json");
    let shipped = Tokenizer::decode(&File::of("tokenizer.json", &shipped[..]), 256)
        .expect("the shipped tokenizer is good");
    let queries = include_str!("../../training/downshift_training/written/held_out.txt");
    let background = include_str!("../../../../config/intent/background.txt");
    for text in queries.lines().chain(background.lines()) {
        check_ways(&shipped, text, text.is_ascii());
    }
    check_ways(&tokenizer(8), &"x".repeat(101), true);
    check_ways(
        &tokenizer(8),
        "TIMES ##s now\0now\x0bnow\x1c now\x7f?!",
        true,
    );
    // Any bytes of ASCII, by a generator with a period longer than this takes.
    let mut state = 1_u32;
    for length in 0..400 {
        let letters = (0..length % 80).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(u8::try_from(state >> 25).unwrap_or(0))
        });
        let text: String = letters.collect();
        check_ways(&shipped, &text, true);
        check_ways(&tokenizer(8), &text, true);
    }
}

#[test]
fn tokens_that_a_file_adds_are_read_the_long_way() {
    let encoder = include_bytes!("../../tests/fixtures/encoder/tokenizer.json");
    let encoder = Tokenizer::framed(&File::of("tokenizer.json", &encoder[..]), 12)
        .expect("the fixture is good");
    check_ways(&encoder, "where is my [MASK] parcel", true);
    check_ways(&encoder, "where is my [SEP] parcel", false);
    assert_eq!(encoder.frame(), (&[2][..], &[3][..]));
}

#[test]
fn a_token_that_is_met_in_many_spellings_leaves_no_quick_way() {
    let json = include_str!("../../tests/fixtures/encoder/tokenizer.json");
    let mut json: serde_json::Value = serde_json::from_str(json).expect("the fixture is JSON");
    json["added_tokens"][0]["normalized"] = true.into();
    let file = File::of("tokenizer.json", json.to_string().into_bytes());
    let tokenizer = Tokenizer::decode(&file, 12).expect("it is good");
    assert!(tokenizer.plain.is_none());
}

#[test]
fn tokenizers_are_told_apart_by_file_and_limit() {
    let json = [TINY, b"\n"].concat();
    let other = Tokenizer::decode(&File::of("tokenizer.json", json), 8).expect("it is good");
    assert_eq!(tokenizer(8).mark(), tokenizer(8).mark());
    assert_ne!(tokenizer(8).mark(), tokenizer(9).mark());
    assert_ne!(tokenizer(8).mark(), other.mark());
}
