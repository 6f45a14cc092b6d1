use super::*;

/// A unit vector in the plane.
fn at(degrees: f32) -> Vec<f32> {
    let angle = degrees.to_radians();
    vec![angle.cos(), angle.sin()]
}

/// Utterances that say nothing but where they lie.
fn utterances(degrees: &[f32]) -> Vec<Utterance> {
    let each = degrees.iter().map(|degrees| Utterance {
        text: String::new(),
        vector: at(*degrees),
    });
    each.collect()
}

fn taught(intent: &str, degrees: &[f32]) -> Taught {
    Taught::new(intent.into(), utterances(degrees), Vec::new())
}

fn fitted(taught: Vec<Taught>, background: &[f32]) -> Head {
    let head = Head::new(taught, utterances(background), Names::default());
    head.read_by(head.fit());
    head
}

/// Refunds around 0°, the background from 90° on, and one of it among the refunds.
fn head() -> Head {
    let refunds = taught("refund", &[-20.0, 0.0, 5.0, 20.0]);
    fitted(vec![refunds], &[2.0, 90.0, 120.0, 150.0, 180.0, 210.0])
}

fn own() -> Intents {
    vec![("support".into(), 0.8), ("time".into(), 0.2)]
}

/// The intents, as percentages, and the out-of-scope percentage of a query at so many degrees.
#[track_caller]
fn check(head: &Head, degrees: f32, expected: &[(&str, std::ops::RangeInclusive<f32>)]) {
    let (mut intents, mut out_of_scope) = (own(), 0.5);
    head.mix("", &at(degrees), &mut intents, &mut out_of_scope);
    let total: f32 = intents.iter().map(|(_, probability)| probability).sum();
    assert!((total - 1.0).abs() < 1e-5, "{intents:?}");
    assert!(intents.is_sorted_by(|(_, a), (_, b)| a >= b), "{intents:?}");
    for (name, range) in expected {
        let found = match *name {
            "out of scope" => out_of_scope,
            name => {
                let named = intents.iter().filter(|(intent, _)| &**intent == name);
                named.map(|(_, probability)| probability).sum()
            }
        };
        assert!(
            range.contains(&found),
            "{name}: {found} at {degrees}° in {intents:?}"
        );
    }
}

#[test]
fn what_is_like_the_examples_is_theirs_and_the_rest_is_the_models() {
    let head = head();
    check(
        &head,
        3.0,
        &[
            ("refund", 0.9..=1.0),
            ("support", 0.0..=0.08),
            ("out of scope", 0.0..=0.05),
        ],
    );
    check(
        &head,
        170.0,
        &[
            ("refund", 0.0..=0.02),
            ("support", 0.78..=0.8),
            ("out of scope", 0.49..=0.5),
        ],
    );
}

#[test]
fn the_background_that_may_mean_the_same_is_passed_over() {
    assert_eq!(head().passed_over(), 1);
}

#[test]
fn an_intent_does_not_reach_beyond_its_examples() {
    // With nothing on this side but refunds, the regression alone would give them nearly all of it.
    let head = head();
    assert!(head.probabilities("", &at(-70.0))[1] > 0.6);
    check(
        &head,
        -70.0,
        &[("refund", 0.49..=0.5), ("support", 0.39..=0.41)],
    );
    check(&head, -22.0, &[("refund", 0.8..=1.0)]);
}

#[test]
fn far_from_many_is_no_nearer_than_far_from_one() {
    let refunds = taught("refund", &[-10.0, 0.0]);
    let returns = taught("return", &[-12.0, -2.0]);
    let head = fitted(vec![refunds, returns], &[120.0, 180.0]);
    let shares = head.shares("", &at(-75.0));
    let total: f32 = shares.iter().sum();
    assert!((total - FAR).abs() < 1e-5, "{shares:?}");
}

#[test]
fn an_intent_of_the_model_gains_by_examples() {
    let head = fitted(vec![taught("support", &[-5.0, 0.0, 5.0])], &[120.0, 180.0]);
    check(&head, 1.0, &[("support", 0.95..=1.0), ("time", 0.0..=0.05)]);
    check(
        &head,
        150.0,
        &[("support", 0.8..=0.82), ("time", 0.18..=0.2)],
    );
    assert_eq!(
        head.intents().map(|intent| &**intent).collect::<Vec<_>>(),
        ["support"]
    );
}

#[test]
fn a_single_example_reaches_some_way() {
    let head = fitted(vec![taught("refund", &[0.0])], &[120.0, 180.0]);
    check(&head, 20.0, &[("refund", 0.6..=1.0)]);
    check(&head, 75.0, &[("refund", 0.0..=0.5)]);
}

#[test]
fn a_vector_without_direction_leaves_the_verdict_alone() {
    for bad in [
        [0.0, 0.0],
        [f32::NAN, 1.0],
        [f32::INFINITY, 1.0],
        [f32::MAX, f32::MAX],
    ] {
        let (mut intents, mut out_of_scope) = (own(), 0.5);
        head().mix("", &bad, &mut intents, &mut out_of_scope);
        assert_eq!((intents, out_of_scope), (own(), 0.5), "{bad:?}");
    }
}

#[test]
fn the_same_examples_make_the_same_head() {
    let (one, two) = (head(), head());
    for degrees in [0.0, 33.0, 90.0, 200.0] {
        assert_eq!(one.shares("", &at(degrees)), two.shares("", &at(degrees)));
    }
}

#[test]
fn what_a_query_costs_is_counted() {
    // Four examples in two dimensions, and two functions over them and a constant; none over letters.
    assert_eq!(head().flops(0), 2 * 2 * 4 + 2 * 2 * 3);
}

#[test]
fn until_there_is_a_reader_queries_go_by_the_middle_of_the_examples() {
    let refunds = taught("refund", &[-20.0, 0.0, 5.0, 20.0]);
    let head = Head::new(vec![refunds], utterances(&[90.0, 180.0]), Names::default());
    check(&head, 3.0, &[("refund", 0.9..=1.0)]);
    check(&head, 100.0, &[("refund", 0.0..=0.05)]);
}

#[test]
fn what_is_nearer_to_a_counter_example_is_not_taken_for_sure() {
    let of = |counter: &[f32]| {
        let refunds = Taught::new(
            "refund".into(),
            utterances(&[-20.0, 0.0, 5.0, 20.0]),
            utterances(counter),
        );
        fitted(vec![refunds], &[90.0, 120.0, 150.0, 180.0, 210.0])
    };
    check(&of(&[]), 30.0, &[("refund", 0.6..=1.0)]);
    check(&of(&[35.0]), 30.0, &[("refund", 0.0..=0.5)]);
    check(&of(&[35.0]), 3.0, &[("refund", 0.7..=1.0)]);
}
