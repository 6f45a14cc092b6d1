//! Hides how bytes are searched quickly: block by block, in a form that compilers vectorise.

/// Wide enough to be worth a vector, short enough to suit the strings of a chunk.
const BLOCK: usize = 32;

/// What is left of a string, and the names of most fields, is looked through by so many bytes.
const SHORT: usize = 8;

/// Where the first byte is for which `wanted` holds. `wanted` is to be written without
/// branches, `u8::from(…) | u8::from(…)` in place of `||` and of `matches!`, or it is six
/// times slower.
pub(crate) fn position(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut behind = skipped::<BLOCK>(bytes, &wanted);
    behind += skipped::<SHORT>(&bytes[behind..], &wanted);
    bytes[behind..]
        .iter()
        .position(|&byte| wanted(byte))
        .map(|at| behind + at)
}

/// How many bytes the blocks of this size have in which there is none that is wanted.
fn skipped<const SIZE: usize>(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    let (blocks, _) = bytes.as_chunks::<SIZE>();
    // No early exit within a block: that is what makes it one comparison of vectors.
    let has = |block: &[u8; SIZE]| {
        block
            .iter()
            .fold(false, |found, &byte| found | wanted(byte))
    };
    SIZE * blocks.iter().position(has).unwrap_or(blocks.len())
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
