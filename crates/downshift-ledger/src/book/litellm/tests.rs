use super::*;

fn provenance() -> Provenance {
    Provenance {
        source: "https://example.com/map.json".to_owned(),
        date: jiff::civil::date(2026, 2, 3),
    }
}

fn import(map: &str) -> Imported {
    read(map, &provenance()).unwrap()
}

/// A map of one model, and the one row it should make.
#[track_caller]
fn check(name: &str, fields: &str, expected: &str) {
    let imported = import(&format!(r#"{{"{name}": {fields}}}"#));
    let mut expected: serde_json::Value = serde_json::from_str(expected).unwrap();
    expected["source"] = "https://example.com/map.json".into();
    expected["date"] = "2026-02-03".into();
    expected["imported"] = true.into();
    let rows = serde_json::to_value(&imported.rows).unwrap();
    assert_eq!(rows, serde_json::json!([expected]), "{imported:?}");
}

/// A map of one model that makes no row, and why.
#[track_caller]
fn check_left_out(fields: &str, why: &str) {
    let imported = import(&format!(r#"{{"m": {fields}}}"#));
    assert_eq!(imported.rows, [], "{fields}");
    let reasons: Vec<_> = imported.left_out.keys().copied().collect();
    let reasons = format!("{reasons:?} {:?}", imported.unreadable);
    assert!(reasons.contains(why), "{fields}: {reasons}");
}

#[test]
fn prices_by_the_token_become_prices_by_the_million() {
    check(
        "claude-x",
        r#"{"litellm_provider": "anthropic", "mode": "chat", "input_cost_per_token": 3e-06,
            "output_cost_per_token": 0.000015, "cache_read_input_token_cost": 3e-07,
            "cache_creation_input_token_cost": 3.75e-06, "cache_creation_input_token_cost_above_1hr": 6E-6,
            "input_cost_per_token_batches": 1.5e-06, "supports_vision": true, "max_tokens": 8192}"#,
        r#"{"model": "claude-x", "provider": "anthropic", "input": "3", "cached_input": "0.3",
            "cache_write": "3.75", "cache_write_1h": "6", "output": "15"}"#,
    );
}

#[test]
fn lengths_of_input_become_tiers() {
    check(
        "gemini/gemini-9-pro",
        r#"{"litellm_provider": "gemini", "mode": "chat", "input_cost_per_token": 1.25e-06,
            "output_cost_per_token": 1e-05, "output_cost_per_reasoning_token": 1.2e-05,
            "cache_read_input_token_cost": 1.25e-07, "input_cost_per_image": 0.0011,
            "input_cost_per_token_above_200k_tokens": 2.5e-06,
            "output_cost_per_token_above_200k_tokens": 1.5e-05,
            "cache_read_input_token_cost_above_200k_tokens": 2.5e-07,
            "input_cost_per_token_above_128k_tokens": "2e-06",
            "input_cost_per_token_above_200k_tokens_batches": 1e-06}"#,
        r#"{"model": "gemini-9-pro", "provider": "gemini", "input": "1.25", "cached_input": "0.125",
            "output": "10", "reasoning": "12", "long_input": [
            {"above": 128000, "input": "2", "cached_input": "0.125", "output": "10", "reasoning": "12"},
            {"above": 200000, "input": "2.5", "cached_input": "0.25", "output": "15", "reasoning": "12"}]}"#,
    );
}

#[test]
fn an_open_model_has_a_price_only_where_it_is_sold() {
    let fields =
        r#""mode": "chat", "input_cost_per_token": 7.5e-08, "output_cost_per_token": 3e-07}"#;
    check(
        "groq/openai/gpt-oss-20b",
        &format!(r#"{{"litellm_provider": "groq", {fields}"#),
        r#"{"model": "openai/gpt-oss-20b", "provider": "groq", "host": "api.groq.com", "input": "0.075",
            "output": "0.3"}"#,
    );
    check(
        "gemini/gemma-9",
        &format!(r#"{{"litellm_provider": "gemini", {fields}"#),
        r#"{"model": "gemma-9", "provider": "gemini", "host": "generativelanguage.googleapis.com",
            "input": "0.075", "output": "0.3"}"#,
    );
    // Sold at two addresses: a row for each.
    let map = format!(r#"{{"together_ai/m": {{"litellm_provider": "together_ai", {fields}}}"#);
    let hosts: Vec<_> = import(&map).rows.into_iter().map(|row| row.host).collect();
    assert_eq!(
        hosts,
        [
            Some("api.together.xyz".to_owned()),
            Some("api.together.ai".to_owned())
        ]
    );
}

#[test]
fn a_fine_tuned_model_goes_by_its_owners_name_for_it() {
    check(
        "ft:gpt-9",
        r#"{"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2e-06,
            "output_cost_per_token": 8e-06, "input_cost_per_image": "0.01"}"#,
        r#"{"model": "ft:gpt-9*", "provider": "openai", "input": "2", "output": "8", "image": "0.01"}"#,
    );
}

#[test]
fn what_cannot_be_charged_by_is_left_out_and_said() {
    let openai =
        |rest: &str| format!(r#"{{"litellm_provider": "openai", "mode": "chat", {rest}}}"#);
    let check_openai = |rest: &str, why: &str| check_left_out(&openai(rest), why);
    check_openai(r#""input_cost_per_token": 1e-06"#, NO_PRICE);
    check_openai(
        r#""input_cost_per_token": 0, "output_cost_per_token": 0.0"#,
        NO_PRICE,
    );
    check_openai(
        r#""input_cost_per_token": null, "output_cost_per_token": 1e-06"#,
        NO_PRICE,
    );
    check_openai(
        r#""input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06, "off_peak_pricing": {}"#,
        OTHER_CHARGES,
    );
    // A float's noise is not a price, and nothing is rounded.
    check_openai(
        r#""input_cost_per_token": 1.6000000000000001e-06, "output_cost_per_token": 1e-06"#,
        "more than 12 decimals",
    );
    check_openai(
        r#""input_cost_per_token": -1e-06, "output_cost_per_token": 1e-06"#,
        "no price",
    );
    check_openai(
        r#""input_cost_per_token": "cheap", "output_cost_per_token": 1e-06"#,
        "`input_cost_per_token`",
    );
    check_openai(
        r#""input_cost_per_token": [1], "output_cost_per_token": 1e-06"#,
        "`input_cost_per_token`",
    );
    check_left_out(
        r#"{"litellm_provider": "bedrock", "mode": "chat"}"#,
        OTHER_SELLER,
    );
    check_left_out("{}", OTHER_SELLER);
    check_left_out(
        r#"{"litellm_provider": "openai", "mode": "image_generation"}"#,
        OTHER_MODE,
    );
}

#[test]
fn a_model_that_is_named_twice_counts_once() {
    let fields = r#"{"litellm_provider": "deepseek", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}"#;
    let imported = import(&format!(
        r#"{{"deepseek-x": {fields}, "deepseek/deepseek-x": {fields}}}"#
    ));
    assert_eq!(imported.rows.len(), 1);
    assert_eq!(imported.left_out.get(TWICE), Some(&1));
}

#[test]
fn what_is_no_map_is_refused() {
    for text in [
        "",
        "[]",
        "3",
        r#"{"a": 1}"#,
        r#"{"a": {"b": }}"#,
        "{\"a\": {",
    ] {
        let refused = read(text, &provenance());
        assert!(matches!(refused, Err(Error::BadFile(_))), "{text}");
    }
}
