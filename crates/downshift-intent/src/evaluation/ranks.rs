//! Hides figures that depend on nothing but the order of scores.

/// The chance that one of `high` is above one of `low`, equals counting half: the area under the ROC curve, by the
/// Mann–Whitney statistic. `None` if either is empty.
pub(super) fn auroc(high: &[f64], low: &[f64]) -> Option<f64> {
    let pairs = high.len() as f64 * low.len() as f64;
    if pairs == 0.0 {
        return None;
    }
    let mut low = low.to_vec();
    low.sort_by(f64::total_cmp);
    let above = high.iter().map(|score| {
        let below = low.partition_point(|other| other < score);
        let up_to = low.partition_point(|other| other <= score);
        f64::midpoint(below as f64, up_to as f64)
    });
    Some(above.sum::<f64>() / pairs)
}

/// The share of `outside` whose score is no higher than what `rate` of `inside` keep to. `None` if either is empty.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank among the scores"
)]
pub(super) fn false_positives_at(rate: f64, inside: &[f64], outside: &[f64]) -> Option<f64> {
    let mut inside = inside.to_vec();
    inside.sort_by(f64::total_cmp);
    let rank = (rate * inside.len() as f64).ceil() as usize;
    let bound = inside.get(rank.max(1) - 1)?;
    let taken = outside.iter().filter(|score| *score <= bound).count();
    (!outside.is_empty()).then(|| taken as f64 / outside.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(high: &[f64], low: &[f64], expected: Option<f64>) {
        assert_eq!(auroc(high, low), expected);
    }

    #[test]
    fn the_area_counts_pairs() {
        check(&[0.9, 0.8], &[0.1, 0.2], Some(1.0));
        check(&[0.1, 0.2], &[0.9, 0.8], Some(0.0));
        check(&[0.5], &[0.5, 0.5], Some(0.5));
        check(&[0.3, 0.9], &[0.1, 0.5], Some(0.75));
        check(&[], &[0.5], None);
        check(&[0.5], &[], None);
    }

    #[test]
    fn false_positives_are_counted_where_most_of_the_others_are_in() {
        let inside: Vec<f64> = (0..100).map(f64::from).collect();
        // 95 of 100 are at most 94.
        let outside = [10.0, 94.0, 95.0, 200.0];
        assert_eq!(false_positives_at(0.95, &inside, &outside), Some(0.5));
        assert_eq!(false_positives_at(0.95, &[], &outside), None);
        assert_eq!(false_positives_at(0.95, &inside, &[]), None);
    }
}
