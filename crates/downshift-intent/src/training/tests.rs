use super::*;
use crate::{RuntimeConfig, start};

const PARCELS: [&str; 6] = [
    "where is my parcel",
    "track my package please",
    "has the delivery left yet",
    "my order has not arrived",
    "when will the parcel come",
    "is my package on its way",
];
const REFUNDS: [&str; 6] = [
    "I want my money back",
    "please refund me",
    "how do I return this for a refund",
    "cancel it and give me the money back",
    "refund the last payment",
    "I was charged twice, return the money",
];

fn rows(outside: &[&str]) -> Vec<(String, Option<Arc<str>>)> {
    let of = |texts: &[&str], label: Option<&str>| -> Vec<_> {
        let label: Option<Arc<str>> = label.map(Into::into);
        texts
            .iter()
            .map(|text| ((*text).to_owned(), label.clone()))
            .collect()
    };
    [
        of(&PARCELS, Some("parcel")),
        of(&REFUNDS, Some("refund")),
        of(outside, None),
    ]
    .concat()
}

fn model() -> Model {
    let runtime = start(&RuntimeConfig::default()).expect("tract is compiled in");
    Model::load(&runtime, &Source::shipped()).expect("the shipped model is good")
}

fn config() -> TrainingConfig {
    TrainingConfig {
        name: "shop".into(),
        version: "1".into(),
    }
}

#[test]
fn a_head_is_trained_kept_and_read_again() {
    let trained = train(&mut model(), &rows(&[]), &[], &config()).expect("enough of both");
    assert_eq!(trained.figures.texts, 12);
    assert!(trained.figures.accuracy > 0.8, "{:?}", trained.figures);
    assert!(!trained.figures.outside_given && trained.figures.outside > 50);
    let folder = tempfile::tempdir().expect("a folder");
    trained
        .save(&Source::shipped(), folder.path())
        .expect("it can be written");

    let runtime = start(&RuntimeConfig::default()).expect("it runs already");
    let source = Source::directory(folder.path().to_owned());
    let mut again = Model::load(&runtime, &source).expect("what was written is good");
    assert_eq!((again.name(), again.version()), ("shop", "1"));
    let mut check = |text: &str, intent: &str| {
        let verdict = again.classify(text).expect("it has words");
        assert_eq!(
            verdict.top().map(|(name, _)| &**name),
            Some(intent),
            "{text}: {verdict:?}"
        );
        let sum: f32 = verdict
            .intents
            .iter()
            .map(|(_, probability)| probability)
            .sum();
        assert!((sum - 1.0).abs() < 1e-4);
        verdict.out_of_scope
    };
    let near = check("where's the package", "parcel");
    check("could you return my money", "refund");
    let far = again
        .classify("write a poem about the sea")
        .expect("words")
        .out_of_scope;
    assert!(far > near, "{far} and {near}");
}

#[test]
fn texts_outside_come_with_the_data() {
    let outside = ["what is the weather", "sing a song", "integrate x squared"];
    let trained = train(&mut model(), &rows(&outside), &[], &config()).expect("enough of both");
    assert_eq!(
        (trained.figures.outside, trained.figures.outside_given),
        (3, true)
    );
}

#[test]
fn too_little_is_told() {
    #[track_caller]
    fn check(rows: &[(&str, &str)], expected: &str) {
        let rows: Vec<_> = rows
            .iter()
            .map(|(text, label)| ((*text).to_owned(), Some(Arc::from(*label))))
            .collect();
        let error = train(&mut model(), &rows, &[], &config()).expect_err("too little");
        assert!(error.to_string().contains(expected), "{error}");
    }
    check(&[], "0 intents");
    check(&[("a", "x"), ("b", "x")], "1 intents");
    check(&[("one", "x"), ("two", "x"), ("three", "y")], "`y` has 1");
}

#[test]
fn a_broken_head_is_refused_with_its_file() {
    let trained = train(&mut model(), &rows(&[]), &[], &config()).expect("enough of both");
    let folder = tempfile::tempdir().expect("a folder");
    trained
        .save(&Source::shipped(), folder.path())
        .expect("it can be written");
    std::fs::write(folder.path().join("head.bin"), [0; 10]).expect("it can be written");
    let runtime = start(&RuntimeConfig::default()).expect("it runs already");
    let source = Source::directory(folder.path().to_owned());
    let error = Model::load(&runtime, &source).expect_err("ten bytes are too few");
    let told = error.to_string();
    assert!(
        told.contains("head.bin") && told.contains("10 bytes"),
        "{told}"
    );
}

#[test]
#[cfg(feature = "second-stage")]
fn a_head_over_both_readers_takes_the_second_along() {
    let mut over = model();
    assert!(over.compare_by_both());
    let trained = train(&mut over, &rows(&[]), &[], &config()).expect("enough of both");
    let folder = tempfile::tempdir().expect("a folder");
    trained
        .save(&Source::shipped(), folder.path())
        .expect("it can be written");

    let runtime = start(&RuntimeConfig::default()).expect("it runs already");
    let source = Source::directory(folder.path());
    let mut again = Model::load(&runtime, &source).expect("what was written is good");
    let text = "where's the package";
    let verdict = again.classify(text).expect("it has words");
    assert_eq!(verdict.top().map(|(name, _)| &**name), Some("parcel"));
    // Two layers over the tokens of the text cost more than all else.
    assert!(verdict.flops > 7_077_888 * 4, "{}", verdict.flops);
    let vector = again.embed(text).expect("it runs").expect("it has words");
    assert_eq!(vector.len(), 128 + 384);
    assert_eq!(over.embed(text).expect("it runs"), Some(vector));

    std::fs::remove_file(folder.path().join("second.onnx")).expect("it was written");
    let error = Model::load(&runtime, &source).expect_err("it is not there");
    assert_eq!(error.label(), "unreadable");
}
