use std::time::Instant;

use bytes::Bytes;
use downshift_wire::Usage;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::*;
use crate::{
    AttemptOutcome, Closing, Entry, Ledger, ModelCost, Opening, Outcome, PriceConfig, Rung,
};

fn entry(id: usize, input: Option<u64>) -> Entry {
    let price: PriceConfig = serde_json::from_str(r#"{"input": 1.25, "output": 10}"#).unwrap();
    let big = ModelCost {
        price: Some(price.into()),
        ..ModelCost::named("big")
    };
    let ledger = Ledger::new([big], "big", []);
    let open = ledger.open(Opening {
        id: format!("request {id} \u{1F600}"),
        started: Timestamp::from_microsecond(1_700_000_000_123_456).unwrap(),
        arrived: Instant::now(),
        requested_model: "auto".to_owned(),
        stream: id.is_multiple_of(2),
    });
    let attempt = open.tab().attempt(Rung::Llm, "big");
    if let Some(input) = input {
        attempt.usage(Usage {
            input,
            output: 1,
            ..Usage::default()
        });
    }
    attempt.finish(AttemptOutcome::Ok);
    let entry = open.close(Closing {
        rung: Some(Rung::Llm),
        model: Some("big".into()),
        ..Closing::with(Outcome::Ok)
    });
    Entry::clone(&entry)
}

/// What a file of these entries says, row by row, as the JSON of a line of the other format.
fn read_back(entries: &[Entry]) -> Vec<BTreeMap<String, Value>> {
    let mut out = Vec::new();
    let mut file = ParquetFile::new(&mut out).unwrap();
    for entry in entries {
        file.add(&Exported {
            entry: entry.clone(),
            request: Some(r#"{"model":"auto"}"#.to_owned()),
            reply: None,
        })
        .unwrap();
    }
    file.finish().unwrap();
    let reader = SerializedFileReader::new(Bytes::from(out)).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| {
        let row = row.unwrap();
        let columns = row.get_column_iter();
        columns
            .map(|(name, field)| (name.clone(), value(name, field)))
            .collect()
    })
    .collect()
}

fn value(name: &str, field: &Field) -> Value {
    let kind = COLUMNS
        .iter()
        .find(|(column, _)| *column == name)
        .unwrap()
        .1;
    match (kind, field) {
        (_, Field::Null) => Value::Null,
        (Kind::Json, Field::Str(text)) => serde_json::from_str(text).unwrap(),
        (_, Field::Str(text)) => text.as_str().into(),
        (_, Field::Bool(value)) => (*value).into(),
        (Kind::Count, Field::Long(value)) => (*value).into(),
        (_, Field::Double(value)) => (*value).into(),
        (_, Field::Float(value)) => value.to_string().parse::<f64>().unwrap().into(),
        (_, Field::TimestampMicros(micros)) => Timestamp::from_microsecond(*micros)
            .unwrap()
            .to_string()
            .into(),
        (_, Field::Decimal(decimal)) => {
            assert_eq!((decimal.precision(), decimal.scale()), (38, 12));
            let bytes: [u8; 16] = decimal.data().try_into().unwrap();
            Money::from_picodollars(i128::from_be_bytes(bytes))
                .usd_string()
                .into()
        }
        (kind, field) => panic!("{name} is {kind:?} and was read as {field:?}"),
    }
}

#[track_caller]
fn check(entries: &[Entry]) {
    let found = read_back(entries);
    assert_eq!(found.len(), entries.len());
    for (found, entry) in found.into_iter().zip(entries) {
        let text = serde_json::to_string(entry).unwrap();
        let mut line: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
        line.insert("request".to_owned(), r#"{"model":"auto"}"#.into());
        line.insert("reply".to_owned(), Value::Null);
        // Numbers that are whole are the same in both, however they are written.
        for (name, value) in &line {
            let found = &found[name];
            let same = found == value || (found.is_number() && found.as_f64() == value.as_f64());
            assert!(same, "{name}: {found} is not {value}");
        }
        assert!(found.keys().eq(line.keys()), "the same columns");
    }
}

#[test]
fn a_file_says_what_the_lines_say() {
    check(&[]);
    check(&[entry(1, Some(7))]);
    check(&[entry(1, None), entry(2, Some(u64::from(u32::MAX)))]);
    let mut loss = entry(3, Some(7));
    loss.saving = Some(Money::from_picodollars(-1));
    loss.confidence = Some(0.8);
    check(&[loss]);
}

#[test]
fn more_rows_than_are_gathered_are_all_written() {
    let one = entry(1, Some(7));
    let many = vec![one; ROWS + 1];
    let found = read_back(&many);
    assert_eq!(found.len(), ROWS + 1);
    assert_eq!(found[ROWS]["cost_usd"], "0.00001875");
}

#[test]
fn an_amount_no_column_holds_is_said_and_not_cut() {
    let mut dear = entry(1, Some(7));
    dear.cost = Some(Money::from_picodollars(i128::MAX));
    let mut file = ParquetFile::new(Vec::new()).unwrap();
    file.add(&Exported {
        entry: dear,
        request: None,
        reply: None,
    })
    .unwrap();
    let error = file.finish().unwrap_err().to_string();
    assert!(
        error.contains("does not fit into the column `cost_usd`"),
        "{error}"
    );
}
