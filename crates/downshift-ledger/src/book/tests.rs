use super::*;

fn row(model: &str, host: Option<&str>, input: &str) -> PriceRow {
    let rate = |text| Rate::from_usd_per_million(text).unwrap();
    PriceRow {
        model: model.to_owned(),
        provider: "a provider".to_owned(),
        host: host.map(str::to_owned),
        input: rate(input),
        cached_input: None,
        cache_write: None,
        cache_write_1h: None,
        output: rate("0"),
        reasoning: None,
        audio_input: None,
        audio_output: None,
        image_input: None,
        image: None,
        long_input: LongInputs::default(),
        source: "https://example.com/".to_owned(),
        date: jiff::civil::date(2026, 1, 2),
        imported: false,
    }
}

fn book() -> PriceBook {
    PriceBook::from_rows([
        row("big", None, "1"),
        row("big-20??-??-??", None, "2"),
        row("big-2024-05-13", None, "3"),
        row("big-mini*", None, "4"),
        row("open-7b", Some("api.seller.com"), "5"),
        row("open-7b", Some("api.other.com"), "6"),
        row("*", Some("api.flat.com"), "7"),
        row("open-*", Some("api.flat.com"), "8"),
    ])
    .unwrap()
}

#[track_caller]
fn check(model: &str, base_url: Option<&str>, expected: Option<&str>) {
    let book = book();
    let row = book.row(model, base_url.and_then(host));
    assert_eq!(
        row.map(|row| row.input.to_string()).as_deref(),
        expected,
        "{model} at {base_url:?}"
    );
    let price = match base_url {
        Some(url) => book.lookup_at(model, url),
        None => book.lookup(model),
    };
    assert_eq!(price, row.map(PriceRow::price));
}

#[test]
fn a_name_goes_before_a_pattern() {
    check("big", None, Some("1"));
    check("big-2024-08-06", None, Some("2"));
    check("big-2024-05-13", None, Some("3"));
    check("big-mini", None, Some("4"));
    check("big-mini-2024-07-18", None, Some("4"));
    check("big-other", None, None);
    check("Big", None, None);
    check("bigger", None, None);
    check("", None, None);
}

#[test]
fn an_open_model_has_a_price_only_where_it_is_sold() {
    check("open-7b", None, None);
    check("open-7b", Some("http://127.0.0.1:11434/v1"), None);
    check("open-7b", Some("https://api.seller.com/v1"), Some("5"));
    check(
        "open-7b",
        Some("https://user:pass@api.other.com:443/v1"),
        Some("6"),
    );
    check(
        "open-7b",
        Some("https://api.seller.com.evil.example/v1"),
        None,
    );
    check("open-8b", Some("https://api.flat.com"), Some("8"));
    check("else", Some("https://api.flat.com"), Some("7"));
}

#[test]
fn a_name_only_one_company_sells_has_its_price_behind_a_gateway_too() {
    check("big", Some("http://gateway.internal:4000"), Some("1"));
    check("big", Some(""), Some("1"));
    check("big", Some("://"), Some("1"));
}

#[test]
fn patterns() {
    #[track_caller]
    fn check(pattern: &str, text: &str, expected: bool) {
        assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
    }
    check("", "", true);
    check("*", "", true);
    check("**", "abc", true);
    check("?", "", false);
    check("a*b", "ab", true);
    check("a*b", "axxbxb", true);
    check("a*b", "axxbx", false);
    check("*-v?", "model-v2", true);
    check("*-v?", "model-v22", false);
    check("é?", "éß", true);
    check(&"*a".repeat(200), &"a".repeat(5000), true);
    check(&format!("{}b", "*a".repeat(200)), &"a".repeat(5000), false);
}

#[test]
fn a_file_that_could_mislead_is_refused() {
    let two = [row("big", None, "1"), row("big", None, "1")];
    assert_eq!(
        PriceBook::from_rows(two).unwrap_err(),
        Error::Duplicate("big".to_owned())
    );
    let file = |currency: &str, per: u32, rows: &str| {
        let text =
            format!(r#"{{"currency": "{currency}", "per_tokens": {per}, "prices": [{rows}]}}"#);
        PriceBook::from_json(&text)
    };
    assert!(file("USD", 1_000_000, "").is_ok());
    assert!(file("EUR", 1_000_000, "").is_err());
    assert!(file("USD", 1000, "").is_err());
    let error = file("USD", 1_000_000, r#"{"model": "a", "prize": 1}"#)
        .unwrap_err()
        .to_string();
    assert!(error.contains("prize"), "{error}");
    assert!(PriceBook::from_json("").is_err());
}

#[test]
fn the_shipped_file_is_whole() {
    let text = include_str!("../../../../config/prices.json");
    let book = PriceBook::from_json(text).unwrap();
    assert!(book.rows().count() >= 24);
    for row in book.rows() {
        assert!(row.source.starts_with("https://"), "{row:?}");
        assert!(row.date >= jiff::civil::date(2024, 1, 1), "{row:?}");
        assert!(!row.provider.is_empty() && !row.model.is_empty(), "{row:?}");
        assert!(
            row.cached_input.is_none_or(|cached| cached <= row.input),
            "{row:?}"
        );
        assert!(row.input <= row.output, "{row:?}");
    }
    let input = |model| book.row(model, None).map(|row| row.input.to_string());
    assert_eq!(input("gpt-5.4").as_deref(), Some("2.5"));
    assert_eq!(input("gpt-5.4-mini").as_deref(), Some("0.75"));
    assert_eq!(input("gpt-5.4-2026-03-05").as_deref(), Some("2.5"));
    assert_eq!(input("gpt-oss:20b"), None);
}
