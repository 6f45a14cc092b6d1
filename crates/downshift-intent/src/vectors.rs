//! Hides arithmetic over vectors.

/// The vector at length 1; `None` if it has no direction.
pub(crate) fn unit(vector: &[f32]) -> Option<Vec<f32>> {
    let length = dot(vector, vector).sqrt();
    (length.is_finite() && length > f32::MIN_POSITIVE)
        .then(|| vector.iter().map(|value| value / length).collect())
}

/// Eight sums at once, which compilers turn into vector instructions.
pub(crate) fn dot(one: &[f32], other: &[f32]) -> f32 {
    let (ones, others) = (one.chunks_exact(8), other.chunks_exact(8));
    let rest = ones.remainder().iter().zip(others.remainder());
    let rest: f32 = rest.map(|(one, other)| one * other).sum();
    let mut sums = [0.0_f32; 8];
    for (one, other) in ones.zip(others) {
        for ((sum, one), other) in sums.iter_mut().zip(one).zip(other) {
            *sum += one * other;
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// Where several vectors point together, at length 1; `None` if nowhere.
pub(crate) fn middle<'a>(vectors: impl IntoIterator<Item = &'a [f32]>) -> Option<Vec<f32>> {
    let mut sum = Vec::new();
    for vector in vectors {
        sum.resize(vector.len().max(sum.len()), 0.0);
        for (sum, value) in sum.iter_mut().zip(vector) {
            *sum += value;
        }
    }
    unit(&sum)
}

/// Turns scores into probabilities: `exp(score) / Σ exp`, without overflow.
pub(crate) fn softmax(scores: &mut [f32]) {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - largest).exp();
        sum += *score;
    }
    for score in scores {
        *score /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_product_is_the_sum_of_all_products() {
        for length in [0_u8, 1, 7, 8, 9, 20] {
            let numbers: Vec<f32> = (1..=length).map(f32::from).collect();
            let n = f32::from(length);
            assert_eq!(
                dot(&numbers, &numbers).to_bits(),
                (n * (n + 1.0) * (2.0 * n + 1.0) / 6.0).to_bits()
            );
        }
    }

    #[test]
    fn what_has_no_direction_is_no_unit() {
        for bad in [
            [0.0, 0.0],
            [f32::NAN, 1.0],
            [f32::INFINITY, 1.0],
            [f32::MAX, f32::MAX],
        ] {
            assert_eq!(unit(&bad), None, "{bad:?}");
        }
        assert_eq!(unit(&[3.0, 4.0]), Some(vec![0.6, 0.8]));
        assert_eq!(middle([&[1.0, 0.0][..], &[-1.0, 0.0][..]]), None);
        assert_eq!(
            middle([&[1.0, 0.0][..], &[1.0, 0.0][..]]),
            Some(vec![1.0, 0.0])
        );
    }
}
