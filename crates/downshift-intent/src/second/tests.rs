use std::sync::Mutex;

use super::*;
use crate::source::File;

/// A session that gives these logits and notes what it was given.
struct Fake(Vec<f32>, Arc<Mutex<Vec<Given>>>);

/// Token ids and positions.
type Given = (Vec<i64>, Vec<i64>);

impl Session for Fake {
    fn run(&mut self, ids: &[i64], others: &[i64], outputs: &mut Outputs) -> Result<(), Error> {
        let given = (ids.to_vec(), others.to_vec());
        self.1.lock().expect("no panics").push(given);
        outputs.logits.clone_from(&self.0);
        Ok(())
    }
}

/// The fixture's labels time, code and chat at temperature 2.
fn description() -> Description {
    let json = include_bytes!("../../tests/fixtures/tiny/model.json");
    Description::decode(&File::of("model.json", &json[..])).expect("the fixture is good")
}

fn about(json: &str) -> SecondAbout {
    serde_json::from_str(json).expect("it is good")
}

const ABOUT: &str = r#"{
    "unsure_below": 0.9, "max_tokens": 4, "temperature": 0.5,
    "average_temperature": 1.0,
    "flops": {"per_token": 10, "per_pair": 2, "fixed": 5}
}"#;

fn open(logits: &[f32]) -> (Result<Second, Error>, Arc<Mutex<Vec<Given>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let session = Fake(logits.to_vec(), Arc::clone(&seen));
    let labels = description().labels;
    let second = Second::open(about(ABOUT), Box::new(session), 8, &labels);
    (second, seen)
}

#[test]
fn both_readers_are_averaged() {
    let (second, _) = open(&[2.0, 0.0, 1.0]);
    let mut second = second.expect("it opens");
    assert!(second.is_worth_asking(0.89) && !second.is_worth_asking(0.9));
    // (0 / 2 + 2 / 0.5) / 2 = 2, (4 / 2 + 0) / 2 = 1, (2 / 2 + 1 / 0.5) / 2 = 1.5; exp(-1) = 0.36788, exp(-0.5) =
    // 0.60653, their sum with 1 is 1.97441.
    let (intents, flops) = second
        .verdict(&[1, 2, 3], &[0.0, 4.0, 2.0], &description())
        .expect("it runs");
    let expected = [("time", 0.506_48), ("chat", 0.307_20), ("code", 0.186_32)];
    for ((name, probability), (expected_name, expected_probability)) in intents.iter().zip(expected)
    {
        assert!(
            &**name == expected_name && (probability - expected_probability).abs() < 1e-4,
            "{intents:?}"
        );
    }
    assert_eq!(flops, 3 * 3 * 2 + 3 * 10 + 5);
}

#[test]
fn a_long_text_is_read_at_both_ends() {
    let (second, seen) = open(&[0.0; 3]);
    let mut second = second.expect("it opens");
    let mut check = |ids: &[u32], expected: &[i64], positions: &[i64]| {
        second
            .verdict(ids, &[0.0; 3], &description())
            .expect("it runs");
        assert_eq!(
            seen.lock().expect("no panics").last(),
            Some(&(expected.to_vec(), positions.to_vec()))
        );
    };
    check(&[5], &[5], &[0]);
    check(&[1, 2, 3, 4], &[1, 2, 3, 4], &[0, 1, 2, 3]);
    check(&[1, 2, 3, 4, 5, 6, 7], &[1, 2, 6, 7], &[0, 1, 2, 3]);
}

#[test]
fn one_that_gives_nonsense_does_not_open() {
    #[track_caller]
    fn check(logits: &[f32], expected: &str) {
        let error = open(logits).0.err().expect("it should be refused");
        assert_eq!(error.to_string(), expected);
    }
    check(
        &[0.0; 2],
        "the model failed: its second reader gave 2 logits, its first 3",
    );
    check(
        &[0.0, f32::NAN, 0.0],
        "the model's logit for `code` is NaN, not a finite number",
    );
}

#[test]
fn a_bad_description_is_told() {
    #[track_caller]
    fn check(from: &str, to: &str, expected: &str) {
        let problem = about(&ABOUT.replacen(from, to, 1)).check();
        assert_eq!(problem, Err(expected.to_owned()));
    }
    assert_eq!(about(ABOUT).check(), Ok(()));
    check(
        "0.9",
        "1.9",
        "`second.unsure_below` is 1.9, expected a probability",
    );
    check(
        "\"max_tokens\": 4",
        "\"max_tokens\": 1",
        "`second.max_tokens` is 1, expected at least 2",
    );
    check(
        "0.5",
        "0",
        "`second.temperature` is 0, expected a number above 0",
    );
    check(
        "1.0",
        "-1.0",
        "`second.average_temperature` is -1, expected a number above 0",
    );
}
