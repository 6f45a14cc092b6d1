//! Hides how bytes are searched quickly: block by block, in a form that compilers vectorise.

/// Wide enough to be worth a vector, short enough to suit the strings of a chunk.
const BLOCK: usize = 32;

/// Where the first byte is for which `wanted` holds. `wanted` is to be written without
/// branches, `u8::from(…) | u8::from(…)` in place of `||` and of `matches!`, or it is six
/// times slower.
pub(crate) fn position(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut behind = 0;
    for block in bytes.chunks_exact(BLOCK) {
        // No early exit within a block: that is what makes it one comparison of vectors.
        if block
            .iter()
            .fold(false, |found, &byte| found | wanted(byte))
        {
            break;
        }
        behind += BLOCK;
    }
    bytes[behind..]
        .iter()
        .position(|&byte| wanted(byte))
        .map(|at| behind + at)
}

/// Whether a word stands anywhere in these bytes.
pub(crate) fn contains(bytes: &[u8], word: &str) -> bool {
    memchr::memmem::find(bytes, word.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(bytes in prop::collection::vec(0_u8..40, 0..200)) {
            prop_assert_eq!(position(&bytes, |byte| byte == 7), bytes.iter().position(|&byte| byte == 7));
        }
    }
}
