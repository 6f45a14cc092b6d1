use proptest::prelude::*;

use super::*;

fn splice(body: &str, edits: &[Edit<'_>]) -> String {
    let layout = Layout::read("body", body.as_bytes()).unwrap();
    let spliced = layout.splice(body.as_bytes(), edits).unwrap();
    spliced.map_or_else(
        || body.to_owned(),
        |spliced| String::from_utf8(spliced).unwrap(),
    )
}

#[track_caller]
fn check(body: &str, edits: &[Edit<'_>], expected: &str) {
    assert_eq!(splice(body, edits), expected);
}

fn set(field: &str) -> Edit<'_> {
    Edit::json(field, "9")
}

#[test]
fn sets_a_field_where_it_stands() {
    check(
        r#"{ "b" : 1.0 , "a":[1, 2] }"#,
        &[set("b")],
        r#"{ "b" : 9 , "a":[1, 2] }"#,
    );
    check(
        r#"{"a":{"b":1},"b":1e0}"#,
        &[set("b")],
        r#"{"a":{"b":1},"b":9}"#,
    );
    check(r#"{"\u0062":"x"}"#, &[set("b")], r#"{"\u0062":9}"#);
    check(
        r#"{"a":"\"b\":1"}"#,
        &[Edit::string("a", "é\"\n")],
        r#"{"a":"é\"\n"}"#,
    );
}

#[test]
fn adds_a_field_that_is_not_there_at_the_end() {
    check("{}", &[set("b")], r#"{"b":9}"#);
    check("{ }", &[set("b")], r#"{"b":9 }"#);
    check(
        "{\n \"a\": 1\n}\n",
        &[set("b"), set("c\"")],
        "{\n \"a\": 1,\"b\":9,\"c\\\"\":9\n}\n",
    );
}

#[test]
fn removes_a_field_with_its_comma() {
    check(
        r#"{"a":1,"b":2,"c":3}"#,
        &[Edit::remove("a")],
        r#"{"b":2,"c":3}"#,
    );
    check(
        r#"{"a":1,"b":2,"c":3}"#,
        &[Edit::remove("b")],
        r#"{"a":1,"c":3}"#,
    );
    check(
        r#"{"a":1,"b":2,"c":3}"#,
        &[Edit::remove("c")],
        r#"{"a":1,"b":2}"#,
    );
    check(
        r#"{"a":1,"b":2,"c":3}"#,
        &[Edit::remove("a"), Edit::remove("b")],
        r#"{"c":3}"#,
    );
    check(r#"{ "a" : 1 }"#, &[Edit::remove("a")], "{ }");
    check(r#"{"a":1}"#, &[Edit::remove("a"), set("b")], r#"{"b":9}"#);
    check(
        r#"{"a":1 , "b":2}"#,
        &[Edit::remove("a"), set("b")],
        r#"{  "b":9}"#,
    );
}

#[test]
fn of_two_edits_of_one_field_the_later_counts() {
    check(r#"{"a":1}"#, &[set("a"), Edit::remove("a")], "{}");
    check(r#"{"a":1}"#, &[Edit::remove("a"), set("a")], r#"{"a":9}"#);
    check("{}", &[set("a"), Edit::json("a", "8")], r#"{"a":8}"#);
}

#[test]
fn edits_a_field_in_every_place_it_stands() {
    check(
        r#"{"a":1,"b":2,"a":3}"#,
        &[set("a")],
        r#"{"a":9,"b":2,"a":9}"#,
    );
    check(r#"{"a":1,"b":2,"a":3}"#, &[Edit::remove("a")], r#"{"b":2}"#);
}

#[test]
fn makes_no_copy_if_nothing_changes() {
    let body = r#"{"a": "x", "b":2}"#;
    let layout = Layout::read("body", body.as_bytes()).unwrap();
    let edits = [
        Edit::string("a", "x"),
        Edit::json("b", "2"),
        Edit::remove("c"),
    ];
    assert_eq!(layout.splice(body.as_bytes(), &edits).unwrap(), None);
}

#[test]
fn refuses_a_value_that_is_not_json() {
    let layout = Layout::read("body", b"{}").unwrap();
    let error = layout
        .splice(b"{}", &[Edit::json("a", "1,\"b\":2")])
        .unwrap_err();
    assert_eq!(
        error.message,
        "`a` cannot be set: the new value is not valid JSON at line 1, column 2: expected nothing more"
    );
    assert_eq!(error.param.as_deref(), Some("a"));
}

/// White space between tokens.
fn space() -> impl Strategy<Value = String> {
    "[ \n\t\r]{0,3}"
}

/// An object with up to six fields out of few names, written in any style.
fn object() -> impl Strategy<Value = (Vec<(String, String)>, String)> {
    let name = prop::sample::select(vec!["a", "b", "model", "é", "\\u0062", "\\\"", ""]);
    let value = prop::sample::select(vec![
        "1",
        "1.0",
        "1e2",
        "-0",
        "null",
        "true",
        "\"x, y}\"",
        "\"\\u00e9\\\\\"",
        "[ 1,{\"a\":2} ]",
        "{ }",
        "{\"model\":\"q\"}",
    ]);
    let field = (space(), name, space(), space(), value, space());
    let fields = prop::collection::vec(field, 0..6);
    (space(), fields, space(), space()).prop_map(|(before, fields, inside, after)| {
        let written: Vec<String> = fields
            .iter()
            .map(|(a, name, b, c, value, d)| format!("{a}\"{name}\"{b}:{c}{value}{d}"))
            .collect();
        let text = format!("{before}{{{}{inside}}}{after}", written.join(","));
        let name = |name: &str| serde_json::from_str::<String>(&format!("\"{name}\"")).unwrap();
        let fields = fields
            .iter()
            .map(|field| (name(field.1), field.4.to_owned()))
            .collect();
        (fields, text)
    })
}

/// Names and values in order, as they are written.
fn fields(text: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    read("text", text.as_bytes(), |cursor| {
        cursor.fields(|cursor, key| {
            fields.push((key.name.clone().into_owned(), cursor.raw()?.to_owned()));
            Ok(())
        })
    })
    .unwrap();
    fields
}

proptest! {
    #[test]
    fn leaves_everything_else_as_it_is(
        (before, text) in object(),
        name in prop::sample::select(vec!["a", "b", "model", "é", "\"", ""]),
        remove in any::<bool>(),
    ) {
        let edit = if remove { Edit::remove(name) } else { set(name) };
        let mut expected: Vec<(String, String)> = before
            .iter()
            .filter(|(field, _)| !remove || field != name)
            .map(|(field, value)| (field.clone(), if field == name { "9".to_owned() } else { value.clone() }))
            .collect();
        if !remove && before.iter().all(|(field, _)| field != name) {
            expected.push((name.to_owned(), "9".to_owned()));
        }
        prop_assert_eq!(fields(&splice(&text, &[edit])), expected);
    }

    #[test]
    fn setting_and_setting_back_gives_the_same_bytes((before, text) in object(), at in any::<prop::sample::Index>()) {
        let times = |name: &str| before.iter().filter(|(field, _)| field == name).count();
        let once: Vec<_> = before.iter().filter(|(name, _)| times(name) == 1).collect();
        if once.is_empty() {
            return Ok(());
        }
        let (name, value) = once[at.index(once.len())];
        let there = splice(&text, &[set(name)]);
        prop_assert_eq!(splice(&there, &[Edit::json(name, value.as_str())]), text);
    }
}
