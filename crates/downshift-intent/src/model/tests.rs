use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// What a fake session does: from token ids to logits.
pub(crate) type Act = dyn Fn(&[i64]) -> Result<Vec<f32>, Error> + Send + Sync;

struct Fake(Arc<Act>);

impl Session for Fake {
    fn run(&mut self, token_ids: &[i64], _: &[i64], logits: &mut Vec<f32>) -> Result<(), Error> {
        *logits = (self.0)(token_ids)?;
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
    let model = Model::open(Arc::new(Shared {
        tokenizer: Tokenizer::decode(&File::of("tokenizer.json", &tokenizer[..]), 8)
            .expect("it is good"),
        description: Description::decode(&File::of("model.json", &description[..]))
            .expect("it is good"),
        open: Box::new(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(Box::new(Fake(Arc::clone(&act))))
        }),
    }));
    (model, made)
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
