use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::{Examples, Utterances};

/// What a fake session does: from token ids to logits.
pub(crate) type Act = dyn Fn(&[i64]) -> Result<Vec<f32>, Error> + Send + Sync;

struct Fake(Arc<Act>);

impl Session for Fake {
    fn run(&mut self, token_ids: &[i64], _: &[i64], outputs: &mut Outputs) -> Result<(), Error> {
        outputs.logits = (self.0)(token_ids)?;
        // As many of each of the eight tokens as there are.
        outputs.embedding = vec![0.0; 8];
        for &id in token_ids {
            outputs.embedding[usize::try_from(id).expect("an id is an index")] += 1.0;
        }
        Ok(())
    }
}

/// A model of the labels time, code and chat whose every session acts as told, and how many sessions it has made.
pub(crate) fn fake(
    act: impl Fn(&[i64]) -> Result<Vec<f32>, Error> + Send + Sync + 'static,
) -> (Result<Model, Error>, Arc<AtomicUsize>) {
    let tokenizer = include_bytes!("../../tests/fixtures/tiny/tokenizer.json");
    let description = include_bytes!("../../tests/fixtures/tiny/model.json");
    let act: Arc<Act> = Arc::new(act);
    let made = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&made);
    let shared = Shared {
        file: "model.onnx".to_owned(),
        tokenizer: Tokenizer::decode(&File::of("tokenizer.json", &tokenizer[..]), 8)
            .expect("it is good"),
        description: Description::decode(&File::of("model.json", &description[..]))
            .expect("it is good"),
        trained: None,
        by_encoder: false,
        open: Box::new(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(Box::new(Fake(Arc::clone(&act))))
        }),
        open_second: None,
    };
    (Model::open(Arc::new(shared), None), made)
}

#[test]
fn a_text_goes_through_ids_and_logits_to_a_verdict() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let (model, made) = fake(move |ids| {
        log.lock().expect("no panics").push(ids.to_vec());
        Ok(vec![0.0, 4.0, 2.0])
    });
    let mut model = model.expect("it opens");
    let verdict = model.classify("what time is it").expect("it has words");
    assert_eq!(verdict.top().map(|(name, _)| &**name), Some("code"));
    assert_eq!((verdict.tokens, verdict.flops), (4, 6 * 4 + 3));
    assert!(
        verdict.seconds > 0.0 && verdict.seconds < 10.0,
        "{}",
        verdict.seconds
    );
    // First the trial with the largest ids, then the text.
    assert_eq!(
        *seen.lock().expect("no panics"),
        [vec![0, 7], vec![1, 2, 3, 4]]
    );
    assert_eq!(made.load(Ordering::SeqCst), 1);
    assert_eq!(model.labels().len(), 3);
}

#[test]
fn nothing_to_classify_does_not_reach_the_model() {
    let (model, _) = fake(|ids| {
        if ids == [0, 7] {
            Ok(vec![0.0; 3])
        } else {
            panic!("ran on {ids:?}")
        }
    });
    let mut model = model.expect("it opens");
    for text in ["", "  \n", "\0"] {
        assert_eq!(model.classify(text).expect_err("no words").label(), "empty");
    }
}

#[test]
fn a_model_that_gives_nonsense_does_not_load() {
    #[track_caller]
    fn check(logits: &[f32], expected: &str) {
        let logits = logits.to_vec();
        let (model, _) = fake(move |_| Ok(logits.clone()));
        assert_eq!(
            model.expect_err("it should be refused").to_string(),
            expected
        );
    }
    check(
        &[0.0, 1.0],
        "the model failed: it gave 2 logits for 3 labels",
    );
    check(
        &[0.0, 1.0, f32::NAN],
        "the model's logit for `chat` is NaN, not a finite number",
    );
}

#[test]
fn a_failed_run_leaves_the_model_usable() {
    let (model, _) = fake(|ids| match ids {
        [6] => Err(Error::Run {
            problem: "out of memory".to_owned(),
        }),
        [7] => Ok(vec![f32::INFINITY, 0.0, 0.0]),
        _ => Ok(vec![9.0, 0.0, 0.0]),
    });
    let mut model = model.expect("it opens");
    assert_eq!(model.classify("?").expect_err("it fails").label(), "run");
    assert_eq!(
        model.classify("now").expect_err("it overflows").label(),
        "not_finite"
    );
    let verdict = model.classify("time").expect("it works again");
    assert_eq!(verdict.top().map(|(name, _)| &**name), Some("time"));
}

fn examples(of: &[(&str, &[&str])]) -> Examples {
    let pairs = of.iter().map(|(intent, examples)| {
        let utterances = Utterances {
            examples: examples.iter().map(ToString::to_string).collect(),
            counter_examples: Vec::new(),
        };
        (intent.to_string(), utterances)
    });
    pairs.collect()
}

fn unsure() -> Model {
    let (model, _) = fake(|_| Ok(vec![0.0; 3]));
    model.expect("it opens")
}

#[test]
fn examples_teach_an_intent_to_every_session() {
    let mut model = unsure();
    let plain = model.classify("now now").expect("it has words");
    model
        .learn(&examples(&[
            ("hurry", &["now", "now now", "is it now", "now ?"]),
            ("chat", &["what"]),
        ]))
        .expect("they are good");
    let names: Vec<_> = model.intents().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["time", "code", "chat", "hurry"]);
    assert_eq!(model.labels().len(), 3);

    let mut another = model.another().expect("it opens");
    for model in [&mut model, &mut another] {
        let verdict = model.classify("now now").expect("it has words");
        let (top, probability) = verdict.top().expect("there are intents");
        assert!(&**top == "hurry" && probability > 0.7, "{verdict:?}");
        assert!(
            verdict.out_of_scope < plain.out_of_scope / 2.0 && verdict.flops > plain.flops,
            "{verdict:?}"
        );
    }

    model
        .learn(&Examples::new())
        .expect("there is nothing to learn");
    let verdict = model.classify("now now").expect("it has words");
    assert_eq!(
        (verdict.intents, verdict.flops),
        (plain.intents, plain.flops)
    );
}

#[test]
fn bad_examples_are_told_all_at_once() {
    #[track_caller]
    fn check(of: &[(&str, &[&str])], expected: &str) {
        let error = unsure().learn(&examples(of)).expect_err("they are bad");
        assert_eq!(error.label(), "examples");
        assert_eq!(
            error.to_string(),
            format!("cannot learn from the examples of {expected}")
        );
    }
    check(
        &[("hurry", &["", " \n"])],
        "`hurry`: none of its examples holds a word",
    );
    check(
        &[("hurry", &[])],
        "`hurry`: none of its examples holds a word",
    );
    check(
        &[
            ("hurry", &["now", "what time"]),
            ("wait", &["it", "What  TIME"]),
        ],
        "`wait`, example 2: the classifier reads \"What  TIME\" as it does \"what time\", an example of `hurry`",
    );
    let long = "now ".repeat(2_500);
    check(
        &[("a", &["now", &long]), ("b", &["now"])],
        "`a`, example 2: it is 10000 characters long, at most 1000 are one query; write what a person would ask; \
         `b`, example 1: the classifier reads \"now\" as it does \"now\", an example of `a`",
    );
    check(
        &[("hurry", &["now"; 201])],
        "`hurry`: it has 201 examples, at most 200 are learned; `classifier.model` names a model made from more",
    );
}

#[test]
fn the_same_example_twice_counts_once() {
    let probability = |of: &[&str]| {
        let mut model = unsure();
        model
            .learn(&examples(&[("hurry", of)]))
            .expect("they are good");
        model
            .classify("is it now")
            .expect("it has words")
            .probability("hurry")
    };
    assert_eq!(
        probability(&["now", "time ?", ""]),
        probability(&["now", "NOW", "time ?", "now"])
    );
}
