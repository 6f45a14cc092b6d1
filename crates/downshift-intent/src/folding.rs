//! Hides that the same can be written in several ways: full-width letters, curly quotes, joiners nobody sees.

use std::borrow::Cow;

/// The text in plain letters and quotes, without what has no width. Case and accents are left to the tokenizer.
pub(crate) fn folded(text: &str) -> Cow<'_, str> {
    if text.chars().all(|letter| fold(letter) == Some(letter)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(fold).collect())
}

/// What a character stands for; `None` if for nothing.
fn fold(letter: char) -> Option<char> {
    match letter {
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}' => None,
        '\u{3000}' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => Some(' '),
        '‘' | '’' | '‚' | '‛' | 'ʼ' | '´' => Some('\''),
        '“' | '”' | '„' | '‟' => Some('"'),
        // The full-width forms stand in the order of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xff01 + 0x21),
        // Letters in bold, italics, script and so on stand in alphabets of 52, digits in tens, circled ones in one row.
        '\u{1d400}'..='\u{1d6a3}' => latin((u32::from(letter) - 0x1d400) % 52),
        '\u{1d7ce}'..='\u{1d7ff}' => char::from_digit((u32::from(letter) - 0x1d7ce) % 10, 10),
        '\u{24b6}'..='\u{24e9}' => latin(u32::from(letter) - 0x24b6),
        other => Some(other),
    }
}

/// The letter at a place among `A` to `Z` and `a` to `z`.
fn latin(place: u32) -> Option<char> {
    let first = if place < 26 { 'A' } else { 'a' };
    char::from_u32(u32::from(first) + place % 26)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(folded(text), expected);
    }

    #[test]
    fn what_looks_the_same_becomes_the_same() {
        check("what’s “it”", "what's \"it\"");
        check("ｗｈａｔ　ｔｉｍｅ？", "what time?");
        check("ti\u{200b}me\u{feff} \u{ad}now", "time now");
        check("10\u{a0}km", "10 km");
        check("𝐰𝐡𝐚𝐭 𝑡𝑖𝑚𝑒 𝚒𝚜 𝖎𝖙 𝐙𝑨", "what time is it ZA");
        check("ⓦⓗⓐⓣ ⓉⒾⓂⒺ 𝟏𝟘𝟿", "what TIME 109");
    }

    #[test]
    fn all_else_stays() {
        for text in ["", "what time is it", "naïve café 東京 x² ½ 🙂", "e\u{301}"] {
            check(text, text);
            assert!(matches!(folded(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
