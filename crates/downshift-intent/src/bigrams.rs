//! Hides how neighbouring tokens become rows of the bigram table.
//!
//! The hash is part of the model's format: training uses the same one, and a change to it needs a new format.

/// Stands before the first token. Neither can be mistaken for a token as long as a vocabulary has fewer than 65,534
/// entries; with more, a few bigrams merely share their rows with others, as hashed bigrams do anyway.
const BEGIN: u32 = 0xFFFF;
/// Stands after the last token.
const END: u32 = 0xFFFE;

/// Puts the bucket of each pair of neighbours in `token_ids` into `bigram_ids`, ends included: n tokens give n + 1.
pub(crate) fn hash(token_ids: &[u32], buckets: u32, bigram_ids: &mut Vec<i64>) {
    bigram_ids.clear();
    let mut before = BEGIN;
    for token in token_ids.iter().copied().chain([END]) {
        bigram_ids.push(i64::from(mix(before, token) % buckets));
        before = token;
    }
}

/// The multipliers are those of xxHash32 (primes 1, 2 and 3 of its specification), the shifts its avalanche's
/// first and second.
fn mix(a: u32, b: u32) -> u32 {
    let mut hash = a.wrapping_mul(0x9E37_79B1) ^ b.wrapping_mul(0x85EB_CA77);
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0xC2B2_AE3D);
    hash ^ (hash >> 13)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(token_ids: &[u32], buckets: u32, expected: &[i64]) {
        let mut bigram_ids = vec![-1; 9];
        hash(token_ids, buckets, &mut bigram_ids);
        assert_eq!(bigram_ids, expected);
    }

    #[test]
    fn pairs_hash_as_in_training() {
        // Worked out with Python's unbounded integers, masked to 32 bits after each step.
        check(&[], 32_768, &[8_504]);
        check(&[101], 32_768, &[19_057, 5_073]);
        check(
            &[7, 7, 2054],
            4_294_967_295,
            &[3_981_852_210, 145_862_592, 785_262_375, 64_089_673],
        );
        check(&[1, 2, 3], 1, &[0, 0, 0, 0]);
    }
}
