//! A rule of thumb for counting tokens without a tokenizer.

/// About how many tokens a text is: its UTF-8 bytes divided by four, rounded up.
///
/// For English this is OpenAI's published rule, "1 token ~= 4 characters"
/// (<https://help.openai.com/en/articles/4936856-what-are-tokens-and-how-to-count-them>).
/// Tokenizers of the BPE kind merge bytes, so for scripts of two or three bytes a character,
/// which make more tokens a character than English, bytes are nearer the truth than characters.
/// An estimate: entries that rest on it say so.
pub const fn estimate_tokens(text: &str) -> u64 {
    (text.len() as u64).div_ceil(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: u64) {
        assert_eq!(estimate_tokens(text), expected, "{text}");
    }

    #[test]
    fn four_bytes_make_a_token() {
        check("", 0);
        check("a", 1);
        check("four", 1);
        check("fours", 2);
        check("what time is it in Tokyo?", 7);
        check("東京は今何時ですか", 7);
    }
}
