//! What the shipped router.yaml computes by itself: near misses never, genuine queries rightly and often.
//!
//! `tests/data/trivial/README.md` says what the two sets hold and what counts as right.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};

use downshift::Router;
use downshift::config::Loaded;
use downshift::explain::{Circumstances, Explainer};
use downshift::headers;
use downshift::ladder::{Ask, Error, ReplyBody};
use downshift::stack;
use downshift_tests::{Expectation, Policy};
use downshift_wire::ChatRequest;
use futures_util::{StreamExt, stream};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tower::ServiceExt;

/// The moment at which every row is asked.
const NOW: &str = "2026-11-25T18:44:00Z";

/// The zone of rows that name none.
const HOME: &str = "Europe/London";

/// Rows asked at once; enough to keep every classifier thread busy.
const AT_ONCE: usize = 64;

/// Of a hundred genuine queries, how many are answered at least, and rightly. Over the same rows these only ever go up.
const FLOORS: [(&str, usize); 7] = [
    ("time", 97),
    ("date", 97),
    ("arithmetic", 95),
    ("units", 96),
    ("text", 89),
    ("lookup", 96),
    (ALL, 96),
];

/// The name of the sum in [`FLOORS`] and in the table.
const ALL: &str = "all";

/// Near misses that the classifier alone holds back: the grammars would answer them.
/// This list only ever gets shorter.
const ANSWERED_BY_GRAMMARS_ALONE: &[&str] = &["convert unix timestamp"];

#[derive(Debug, Deserialize)]
struct Genuine {
    query: String,
    answerer: String,
    zone: Option<String>,
    #[serde(flatten)]
    expectation: Expectation,
}

#[derive(Debug, Deserialize)]
struct NearMiss {
    query: String,
    why: String,
}

/// What became of the genuine queries of one answerer.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    rows: usize,
    answered: usize,
    right: usize,
}

impl Genuine {
    fn is_answered_by(&self, answer: &str) -> bool {
        self.expectation.holds(answer)
    }
}

fn rows<T: DeserializeOwned>(text: &str) -> Vec<T> {
    let row = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    text.lines().map(row).collect()
}

fn genuine() -> Vec<Genuine> {
    rows(include_str!("../data/trivial/genuine.jsonl"))
}

fn near_misses() -> Vec<NearMiss> {
    rows(include_str!("../data/trivial/near_misses.jsonl"))
}

/// The router of the shipped policy, built once; it waits for the classifier however busy the machine is.
fn router() -> &'static Arc<Router> {
    static ROUTER: LazyLock<Arc<Router>> = LazyLock::new(|| {
        let policy = Policy::shipped().and("classifier: { timeout: 60s }");
        let text = policy.render(SocketAddr::from(([127, 0, 0, 1], 0)));
        let loaded = Loaded::parse("router.yaml", text, Some(policy.folder().to_owned()));
        Router::build(loaded.expect("router.yaml can be read")).expect("router.yaml can run")
    });
    &ROUTER
}

fn zone(name: Option<&str>) -> TimeZone {
    TimeZone::get(name.unwrap_or(HOME)).expect("a zone of the tz database")
}

/// The answers of the first rung, as the shipped policy gives them; `None` where it passes on.
async fn answers(queries: &[(&str, Option<&str>)]) -> Vec<Option<String>> {
    let explainer = &Explainer::new(router());
    let answers = stream::iter(queries).map(|(query, name)| async move {
        let at = Circumstances {
            zone: Some(zone(*name)),
            now: Some(NOW.parse().expect("a moment")),
        };
        let explanation = explainer.explain(query, &at).await;
        assert!(explanation.intent.is_some(), "{query:?} was not classified");
        assert_eq!(
            explanation.answer.is_some(),
            explanation.rung == "answer",
            "{query:?}: the first rung alone computes"
        );
        explanation.answer
    });
    answers.buffered(AT_ONCE).collect().await
}

/// The answer where the caller forces the first rung, which waives every threshold of the policy. The
/// model named is none that is routed, so that the classifier is not even asked.
async fn forced_answer(query: &str) -> Option<String> {
    let request = Arc::new(ChatRequest::from_text("none", query));
    let ask = Ask {
        forced: headers::rung("answer"),
        now: NOW.parse().expect("a moment"),
        ..Ask::unsent("trivial".into(), request, zone(None))
    };
    match stack::ladder(router()).oneshot(ask).await {
        Ok(settled) => match settled.reply.body {
            ReplyBody::Whole(reply) => Some(reply.text),
            ReplyBody::Stream(_) => panic!("{query:?}: a stream that nobody asked for"),
        },
        Err(failure) => match failure.error {
            Error::Declined(_) => None,
            error => panic!("{query:?}: {error}"),
        },
    }
}

/// No near miss is answered, but for the `known`.
#[track_caller]
fn passed_on(rows: &[NearMiss], answers: Vec<Option<String>>, known: &[&str]) {
    assert_eq!(rows.len(), answers.len());
    let answered = rows.iter().zip(answers).filter_map(|(row, answer)| {
        let NearMiss { query, why } = row;
        let told = format!("{query:?} ({why}) → {:?}", answer?);
        (!known.contains(&query.as_str())).then_some(told)
    });
    let answered: Vec<_> = answered.collect();
    let (count, told) = (answered.len(), answered.join("\n"));
    assert!(count == 0, "{count} near misses are answered:\n{told}");
}

#[tokio::test]
async fn near_misses_are_passed_on() {
    let rows = near_misses();
    let queries: Vec<_> = rows.iter().map(|row| (row.query.as_str(), None)).collect();
    passed_on(&rows, answers(&queries).await, &[]);
}

#[tokio::test]
async fn the_grammars_alone_pass_near_misses_on() {
    let rows = near_misses();
    let known = forced_answer("what is 15% of 2,340?").await;
    assert!(
        known.is_some_and(|answer| answer.contains("351")),
        "a forced first rung answers what it can"
    );
    let answers = stream::iter(&rows).then(|row| forced_answer(&row.query));
    passed_on(&rows, answers.collect().await, ANSWERED_BY_GRAMMARS_ALONE);
}

#[tokio::test]
async fn genuine_queries_are_answered_rightly_and_often() {
    let rows = genuine();
    let queries: Vec<_> = rows
        .iter()
        .map(|row| (row.query.as_str(), row.zone.as_deref()))
        .collect();
    let mut scores = BTreeMap::<&str, Score>::new();
    let mut wrong = String::new();
    for (row, answer) in rows.iter().zip(answers(&queries).await) {
        let right = answer.as_ref().map(|answer| row.is_answered_by(answer));
        for name in [&row.answerer, ALL] {
            let score = scores.entry(name).or_default();
            score.rows += 1;
            score.answered += usize::from(right.is_some());
            score.right += usize::from(right == Some(true));
        }
        if let (Some(answer), Some(false)) = (answer, right) {
            let expected = row.expectation.expect.first();
            writeln!(wrong, "{:?} → {answer:?}, not {expected:?}", row.query).expect("text");
        }
    }
    show(&scores);
    assert!(wrong.is_empty(), "these answers are wrong:\n{wrong}");
    assert_eq!(scores.len(), FLOORS.len(), "{scores:?}");
    let low: Vec<_> = FLOORS
        .iter()
        .filter(|(name, floor)| scores[name].right * 100 < floor * scores[name].rows)
        .collect();
    assert!(low.is_empty(), "below the floor: {low:?}");
}

#[expect(clippy::print_stdout, reason = "figures for whoever raises the floors")]
fn show(scores: &BTreeMap<&str, Score>) {
    println!("answerer      rows  answered  right  per cent right");
    for (name, _) in FLOORS {
        let Score {
            rows,
            answered,
            right,
        } = scores[name];
        let tenths = right * 1000 / rows;
        println!(
            "{name:<12}{rows:>6}{answered:>10}{right:>7}{:>14}.{}",
            tenths / 10,
            tenths % 10
        );
    }
}

#[track_caller]
fn check(part: &str, answer: &str, expected: bool) {
    let expectation = Expectation {
        expect: vec![vec![part.to_owned()]],
        ..Expectation::default()
    };
    assert_eq!(
        expectation.holds(answer),
        expected,
        "{part:?} in {answer:?}"
    );
}

#[test]
fn numbers_and_words_stand_by_themselves() {
    for (part, answer, expected) in [
        ("12", "15% of 80 is 12.", true),
        ("12", "That is $12.00.", true),
        ("12", "It is 12.5.", false),
        ("12", "112", false),
        ("12", "-12", false),
        ("12", "from 5-12", true),
        ("2.5", "2.50", true),
        ("2.5", "2.51", false),
        ("0.333", "0.3333", false),
        ("0.3333", "0.333333", true),
        ("1234567", "1,234,567", true),
        ("1234567", "1\u{202f}234\u{a0}567", true),
        ("123", "1,23", false),
        ("no", "It is now 5.", false),
        ("no", "No, it is not.", true),
        ("3:44 am", "It\u{2019}s 3:44 AM in Tokyo", true),
        ("-40", "\u{2212}40 \u{b0}C", true),
        ("3:44 am", "It's 13:44 am", false),
        ("5", "0.5", false),
        ("2026-11-26", "2026-11-26T00:00", true),
        ("1, 2, 3", "sorted: 1, 2, 3", true),
        ("strasse", "Stra\u{df}e", true),
        ("caf\u{e9}", "cafe\u{301}", true),
    ] {
        check(part, answer, expected);
    }
}

#[test]
fn alternatives_case_and_patterns_count() {
    let row = |text: &str| serde_json::from_str::<Expectation>(text).expect("a row");
    let exact = row(r#"{ "expect": [["HELLO"]], "exact": true }"#);
    assert!(!exact.holds("hello") && exact.holds("It is HELLO."));
    let either = row(r#"{ "expect": [["10", "may"], ["ten"]] }"#);
    assert!(either.holds("10 May") && either.holds("Ten") && !either.holds("10 June"));
    let uuid = row(r#"{ "expect": [["-"]], "pattern": "[0-9a-f]{4}-7[89ab]" }"#);
    assert!(uuid.holds("x 0a9f-7b") && !uuid.holds("0a9f-7c") && !uuid.holds("0a9g-7b"));
    assert!(!uuid.holds("-"), "an answer shorter than the pattern");
}
