//! What holds of encoders of another's making, on every backend.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use downshift_intent::{Examples, Model, Runtime, Source, TrainingConfig, Utterances, train};
use serde::Deserialize;
use tempfile::TempDir;

use super::fixtures;

/// What ONNX Runtime made of a text, from Python.
#[derive(Deserialize)]
struct Known {
    text: String,
    tokens: u64,
    vector: Vec<f32>,
}

fn folder() -> PathBuf {
    fixtures().join("encoder")
}

fn known() -> Vec<Known> {
    let bytes = fs::read(folder().join("vectors.json")).expect("it is there");
    serde_json::from_slice(&bytes).expect("it is JSON")
}

fn encoded(runtime: &Runtime, folder: &Path) -> Model {
    let source = Source::shipped().encoded(Some(folder.to_owned()));
    Model::load(runtime, &source).expect("it is good")
}

/// A copy of the encoder, to be changed.
struct Changed(TempDir);

impl Changed {
    fn new() -> Self {
        let to = TempDir::new().expect("a temporary directory");
        for name in [
            "model.onnx",
            "tokenizer.json",
            "config.json",
            "modules.json",
            "sentence_bert_config.json",
            "1_Pooling/config.json",
        ] {
            let path = to.path().join(name);
            fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
            fs::copy(folder().join(name), path).expect("it can be copied");
        }
        Self(to)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn without(self, name: &str) -> Self {
        fs::remove_file(self.path().join(name)).expect("it was there");
        self
    }

    /// Replaces bytes in a file by as many others, wherever they stand.
    fn replaced(self, name: &str, from: &str, to: &str) -> Self {
        let path = self.path().join(name);
        let mut bytes = fs::read(&path).expect("it is there");
        let found: Vec<_> = (0..bytes.len())
            .filter(|at| bytes[*at..].starts_with(from.as_bytes()))
            .collect();
        assert!(!found.is_empty(), "{from} is not in {name}");
        for at in found.into_iter().rev() {
            bytes.splice(at..at + from.len(), to.bytes());
        }
        fs::write(path, bytes).expect("it can be written");
        self
    }

    #[track_caller]
    fn check(self, runtime: &Runtime, label: &str, expected: &str) {
        let source = Source::shipped().encoded(Some(self.path().to_owned()));
        let error = Model::load(runtime, &source).expect_err("it should be refused");
        let message = error.to_string();
        let expected = expected.replace("DIR", &self.path().display().to_string());
        assert!(message.contains(&expected), "{message}\nlacks\n{expected}");
        assert_eq!(error.label(), label, "{message}");
    }
}

#[track_caller]
fn check_same(model: &mut Model, text: &str, expected: &[f32]) {
    let found = model.embed(text).expect("it runs").expect("it has words");
    assert_eq!(found.len(), expected.len(), "{text}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() < 1e-4,
            "{text}: {found} for {expected}"
        );
    }
}

/// Vectors are those of Python, however the graph is kept, and a long text is its two ends.
pub(crate) fn check_vectors(runtime: &Runtime) {
    let pooled = Changed::new()
        .without("model.onnx")
        .without("1_Pooling/config.json");
    fs::create_dir(pooled.path().join("onnx")).expect("it can be made");
    for (name, place) in [
        ("pooled.onnx", "model.onnx"),
        ("weights.data", "weights.data"),
    ] {
        fs::copy(folder().join(name), pooled.path().join("onnx").join(place))
            .expect("it can be copied");
    }
    for folder in [&folder(), pooled.path()] {
        let mut model = encoded(runtime, folder);
        for Known { text, vector, .. } in known() {
            check_same(&mut model, &text, &vector);
        }
        let ends = "where is my parcel order money back please return the";
        let ends = model.embed(ends).expect("it runs").expect("it has words");
        let middle = "arrived not ".repeat(20_000);
        let long = format!("where is my parcel order {middle} money back please return the");
        check_same(&mut model, &long, &ends);
        assert_eq!(model.embed(" \n").expect("it runs"), None);
    }
    let newer = Changed::new().replaced(
        "1_Pooling/config.json",
        "\"pooling_mode_cls_token\": false",
        "\"pooling_mode\": [\"mean\", \"cls\"]",
    );
    let mut model = encoded(runtime, newer.path());
    let both = model
        .embed("order")
        .expect("it runs")
        .expect("it has words");
    assert_eq!(both.len(), 32);
}

fn taught(examples: &[&str]) -> Utterances {
    Utterances {
        examples: examples.iter().map(ToString::to_string).collect(),
        counter_examples: Vec::new(),
    }
}

/// Examples are told by the encoder, the model's own intents as ever; what both cost is booked.
pub(crate) fn check_taught(runtime: &Runtime) {
    let mut plain = Model::load(runtime, &Source::shipped()).expect("it is good");
    let mut model = encoded(runtime, &folder());
    let text = "where is my parcel";
    let before = plain.classify(text).expect("it has words");
    // Nothing is taught yet, so the encoder is not asked.
    let untaught = model.classify(text).expect("it has words");
    assert_eq!(
        (&untaught.intents, untaught.flops),
        (&before.intents, before.flops)
    );

    let examples = Examples::from([
        (
            "parcel".to_owned(),
            taught(&[
                "where is my parcel",
                "track my order",
                "has the package arrived",
            ]),
        ),
        (
            "refund".to_owned(),
            taught(&["i want my money back", "refund please", "return the money"]),
        ),
    ]);
    model.learn(&examples).expect("they are good");
    plain.learn(&examples).expect("they are good");
    let verdict = model.classify(text).expect("it has words");
    let (top, probability) = verdict.top().expect("there are intents");
    assert!(
        &**top == "parcel" && probability > 0.6,
        "{top} {probability}"
    );
    assert!(verdict.probability("time").is_some());
    let tokens = known()[0].tokens;
    // Per layer and token 8·16² + 4·16·32, and 4·16 for each token it looks at.
    let run = 2 * tokens * (8 * 16 * 16 + 4 * 16 * 32 + 4 * 16 * tokens);
    let own = plain.classify(text).expect("it has words").flops;
    // Heads over vectors of 16 in place of 128 cost less.
    assert!(
        verdict.flops > run && verdict.flops < own + run,
        "{} and {own}, {run}",
        verdict.flops
    );
    assert_eq!(model.encoder(), Some("encoder"));
}

/// A head that is trained over an encoder takes it along.
pub(crate) fn check_trained(runtime: &Runtime) {
    let rows = [
        ("parcel", "where is my parcel"),
        ("parcel", "track my order"),
        ("parcel", "has the package arrived"),
        ("parcel", "my order has not arrived"),
        ("refund", "i want my money back"),
        ("refund", "refund please"),
        ("refund", "return the money"),
        ("refund", "please refund my order"),
    ];
    let rows = rows.map(|(label, text)| (text.to_owned(), Some(Arc::from(label))));
    let (name, version) = ("shop".to_owned(), "1".to_owned());
    let config = TrainingConfig { name, version };
    let over = Source::shipped().encoded(Some(folder()));
    let mut model = Model::load(runtime, &over).expect("it is good");
    let trained = train(&mut model, &rows, &[], &config).expect("there are enough");
    let kept = TempDir::new().expect("a temporary directory");
    trained.save(&over, kept.path()).expect("it can be written");

    let source = Source::directory(kept.path());
    let mut again = Model::load(runtime, &source).expect("what was written is good");
    let verdict = again.classify("where is my order").expect("it has words");
    assert_eq!(verdict.intents.len(), 2);
    assert_eq!(verdict.top().map(|(intent, _)| &**intent), Some("parcel"));
    let vector = &known()[0].vector;
    check_same(&mut again, "where is my parcel", vector);

    let another = source.clone().encoded(Some(folder()));
    let error = Model::load(runtime, &another).expect_err("its head knows one");
    let message = error.to_string();
    assert!(
        message.contains("the encoder that the model's head was trained over"),
        "{message}"
    );

    fs::remove_dir_all(kept.path().join("encoder")).expect("it was written");
    let error = Model::load(runtime, &source).expect_err("its head knows nothing else");
    let message = error.to_string();
    assert!(
        message.contains("has no `encoder/`, expected the encoder that its head was trained over"),
        "{message}"
    );
}

/// What is wrong with a directory is told by the name of the file.
pub(crate) fn check_unfit(runtime: &Runtime) {
    let new = Changed::new;
    new().without("model.onnx").check(
        runtime,
        "contract",
        "DIR has no ONNX graph, expected `model.onnx` or",
    );
    new().without("tokenizer.json").check(
        runtime,
        "contract",
        "DIR has no `tokenizer.json`, expected",
    );
    new()
        .without("config.json")
        .check(runtime, "unreadable", "cannot read DIR/config.json");
    new()
        .replaced("config.json", "hidden_size", "hidden_sise")
        .check(
            runtime,
            "description",
            "DIR/config.json does not describe a model: it has no number `hidden_size`",
        );
    new()
        .replaced(
            "1_Pooling/config.json",
            "pooling_mode_mean_tokens",
            "pooling_mode_none_tokens",
        )
        .check(
            runtime,
            "description",
            "unknown pooling `none_tokens`, expected cls, lasttoken, max, mean,",
        );
    new()
        .replaced("modules.json", "models.Normalize", "models.Dense")
        .check(
            runtime,
            "contract",
            "DIR/model.onnx has `last_hidden_state`, to go through `Dense` of modules.json, expected",
        );
    check_unfit_graphs(runtime);
    let nowhere = Source::shipped().encoded(Some("/nowhere".into()));
    let error = Model::load(runtime, &nowhere).expect_err("there is none");
    assert_eq!(error.to_string(), "cannot read /nowhere");
}

fn check_unfit_graphs(runtime: &Runtime) {
    let new = Changed::new;
    new().replaced("model.onnx", "attention_mask", "attention_bias").check(
        runtime,
        "contract",
        "`attention_bias`: i64 [any length, any length], `token_type_ids`: i64 [any length, any length], expected \
         `input_ids` and of `attention_mask` and `token_type_ids` those it needs",
    );
    new().replaced("model.onnx", "last_hidden_state", "last_hidden_stuff").check(
        runtime,
        "contract",
        "DIR/model.onnx has the outputs `last_hidden_stuff`: f32 [any length, any length, 16], expected one of",
    );
    new().replaced("tokenizer.json", "\"##ed\": 25", "\"##ed\": 99").check(
        runtime,
        "contract",
        "DIR/model.onnx has 26 rows for `input_ids`, expected at least 100, for the ids of tokenizer.json",
    );
    let outside = new().without("model.onnx");
    fs::copy(
        folder().join("pooled.onnx"),
        outside.path().join("model.onnx"),
    )
    .expect("a copy");
    outside.replaced("model.onnx", "weights.data", "../eight.dat").check(
        runtime,
        "contract",
        "DIR/model.onnx has weights in `../eight.dat`, expected them beside it, or in a directory below",
    );
}
