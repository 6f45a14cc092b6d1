use super::*;
use crate::price::Rate;

fn row(model: &str, input: &str) -> PriceRow {
    let rate = |text| Rate::from_usd_per_million(text).unwrap();
    PriceRow {
        model: model.to_owned(),
        provider: "a provider".to_owned(),
        host: None,
        input: rate(input),
        cached_input: None,
        cache_write: None,
        cache_write_1h: None,
        output: rate("9"),
        reasoning: None,
        audio_input: None,
        audio_output: None,
        image_input: None,
        image: None,
        long_input: crate::LongInputs::default(),
        source: "https://example.com/".to_owned(),
        date: jiff::civil::date(2026, 1, 2),
        imported: false,
    }
}

fn imported(model: &str, input: &str) -> PriceRow {
    PriceRow {
        imported: true,
        source: "https://example.com/map.json".to_owned(),
        ..row(model, input)
    }
}

fn book(rows: &[PriceRow]) -> PriceBook {
    PriceBook::from_rows(rows.iter().cloned()).unwrap()
}

/// `+` added, `~` changed, `!` kept, `-` gone; then the new file's rows, `*` behind imported ones.
#[track_caller]
fn check(file: &[PriceRow], shipped: &[PriceRow], source: &[PriceRow], expected: &str) {
    let update = Update::new(&book(file), &book(shipped), source);
    let name = |row: &PriceRow| {
        let star = if row.imported { "*" } else { "" };
        format!("{}={}{star}", row.model, row.input)
    };
    let change = |change: &Change| format!("{}>{}", name(&change.before), name(&change.after));
    let mut said: Vec<String> = Vec::new();
    said.extend(update.added.iter().map(|row| format!("+{}", name(row))));
    said.extend(update.changed.iter().map(|row| format!("~{}", change(row))));
    said.extend(update.kept.iter().map(|row| format!("!{}", change(row))));
    said.extend(update.gone.iter().map(|row| format!("-{}", name(row))));
    said.push("|".to_owned());
    said.extend(update.rows.iter().map(name));
    assert_eq!(said.join(" "), expected);
    // What was written is read, and a second update changes nothing.
    let text = book(file).to_json(&update.rows).unwrap();
    let again = PriceBook::from_json(&text).unwrap();
    assert!(again.rows().eq(&update.rows), "{text}");
    assert!(Update::new(&again, &book(shipped), source).is_empty());
}

#[test]
fn new_models_are_added_and_imported_ones_follow_their_source() {
    check(&[], &[], &[imported("a", "1")], "+a=1* | a=1*");
    check(
        &[imported("a", "1"), imported("b", "2"), imported("c", "3")],
        &[],
        &[imported("b", "5"), imported("a", "1")],
        "~b=2*>b=5* -c=3* | a=1* b=5* c=3*",
    );
}

#[test]
fn the_operators_own_rows_are_never_touched() {
    check(
        &[row("mine", "1"), row("a", "2")],
        &[row("a", "4")],
        &[imported("a", "3"), imported("b", "5")],
        "+b=5* !a=2>a=3* | mine=1 a=2 b=5*",
    );
    // The same price under another source is still the operator's row.
    check(&[row("a", "1")], &[], &[imported("a", "1")], "| a=1");
    // The same model at one host and at any are two rows.
    let at = PriceRow {
        host: Some("api.example.com".to_owned()),
        ..row("a", "1")
    };
    check(&[at], &[], &[imported("a", "2")], "+a=2* | a=1 a=2*");
}

#[test]
fn rows_of_a_copied_shipped_table_follow_the_source_too() {
    let shipped = [row("a", "1"), row("b", "2")];
    check(
        &shipped,
        &shipped,
        &[imported("a", "3")],
        "~a=1>a=3* | a=3* b=2",
    );
}

#[test]
fn what_a_file_says_of_itself_is_kept() {
    let text =
        r#"{"about": "ours \"alone\"", "currency": "USD", "per_tokens": 1000000, "prices": []}"#;
    let file = PriceBook::from_json(text).unwrap();
    let written = file.to_json([&row("a", "1")]).unwrap();
    assert!(
        written.contains(r#""about": "ours \"alone\"","#),
        "{written}"
    );
    assert_eq!(PriceBook::from_json(&written).unwrap().rows().count(), 1);
}
