use super::*;
use crate::head::{Taught, Utterance};
use crate::names::Names;

fn utterance(text: &str, degrees: f32) -> Utterance {
    let angle = degrees.to_radians();
    Utterance {
        text: text.to_owned(),
        vector: vec![angle.cos(), angle.sin()],
    }
}

fn head(first: &str) -> Arc<Head> {
    let examples = vec![
        utterance(first, 0.0),
        utterance("refund me", 5.0),
        utterance("my money", 9.0),
    ];
    let refunds = Taught::new(
        "refund".into(),
        examples,
        vec![utterance("what is money", 40.0)],
    );
    let background = vec![utterance("sing", 120.0), utterance("dance", 170.0)];
    Arc::new(Head::new(vec![refunds], background, Names::default()))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("it is there");
    entries
        .map(|entry| entry.expect("it is there").path())
        .collect()
}

#[test]
fn what_was_learned_is_recalled_and_says_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("below");
    let learned = head("money back");
    let lesson = Lesson::new(learned.clone(), Some(&place));
    lesson.recalled().expect("nothing is kept yet").learn();
    assert_eq!(files(&place).len(), 1);

    let recalled = head("money back");
    assert!(
        Lesson::new(recalled.clone(), Some(&place))
            .recalled()
            .is_none()
    );
    let query = utterance("refund my money", 3.0);
    assert_eq!(learned.asked(&query), recalled.asked(&query));

    let other = Lesson::new(head("MONEY BACK NOW"), Some(&place));
    other
        .recalled()
        .expect("other examples are another lesson")
        .learn();
    assert_eq!(files(&place).len(), 2);
}

#[test]
fn a_file_that_is_broken_or_somebody_elses_is_written_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let lesson = || Lesson::new(head("money back"), Some(folder.path()));
    lesson().learn();
    let path = files(folder.path()).remove(0);
    let good = fs::read(&path).expect("it is there");
    let mut flipped = good.clone();
    flipped[100] ^= 1;
    for bad in [&b""[..], b"#!/bin/sh\n", &good[..good.len() - 1], &flipped] {
        fs::write(&path, bad).expect("it can be written");
        lesson().recalled().expect("it is of no use").learn();
        assert!(fs::read(&path).expect("it is there") == good);
    }
}

#[test]
fn the_newest_files_are_kept_and_others_are_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("notes.txt"), "mine").expect("it can be written");
    for number in 0..kept::KEPT + 3 {
        Lesson::new(
            head(&format!("money {}", "x".repeat(number))),
            Some(folder.path()),
        )
        .learn();
    }
    assert_eq!(files(folder.path()).len(), kept::KEPT + 1);
    assert!(folder.path().join("notes.txt").exists());
}

#[test]
fn where_nothing_can_be_written_it_is_learned_all_the_same() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let head = head("money back");
    let lesson = Lesson::new(head.clone(), Some(file.path()));
    lesson.recalled().expect("a file is no folder").learn();
    assert!(head.is_fitted());
}
