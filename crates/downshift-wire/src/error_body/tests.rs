use super::*;

#[test]
fn is_written_with_all_four_keys() {
    let full = ErrorBody {
        message: "`messages` is \"empty\"".into(),
        kind: "invalid_request_error",
        param: Some("messages".into()),
        code: Some("invalid_value".into()),
    };
    insta::assert_snapshot!(full.to_json(), @r#"{"error":{"message":"`messages` is \"empty\"","type":"invalid_request_error","param":"messages","code":"invalid_value"}}"#);
    let bare = ErrorBody {
        message: "no".into(),
        kind: "server_error",
        param: None,
        code: None,
    };
    insta::assert_snapshot!(bare.to_json(), @r#"{"error":{"message":"no","type":"server_error","param":null,"code":null}}"#);
}

#[track_caller]
fn check(body: &str, expected: Option<(&str, Option<&str>, Option<&str>)>) {
    let found = ReportedError::decode(body.as_bytes());
    let found = found.as_ref().map(|error| {
        (
            error.message.as_str(),
            error.kind.as_deref(),
            error.code.as_deref(),
        )
    });
    assert_eq!(found, expected, "{body}");
}

#[test]
fn is_read_in_the_shapes_that_servers_use() {
    check(
        r#"{"error":{"message":"m","type":"t","param":null,"code":"c"}}"#,
        Some(("m", Some("t"), Some("c"))),
    );
    check(
        r#"{"error":{"message":"m","code":404}}"#,
        Some(("m", None, Some("404"))),
    );
    check(
        r#"{"error":{"type":"t","message":null}}"#,
        Some(("", Some("t"), None)),
    );
    check(
        r#"{"error":"model not found"}"#,
        Some(("model not found", None, None)),
    );
    check(
        r#"{"object":"error","message":"m","code":400}"#,
        Some(("m", None, None)),
    );
    check(r#"{"detail":"Not Found"}"#, Some(("Not Found", None, None)));
    check(r#"{"detail":[{"loc":["body"]}]}"#, None);
    check(
        r#"{"type":"error","error":{"type":"overloaded_error","message":"m"}}"#,
        Some(("m", Some("overloaded_error"), None)),
    );
    check(r#"{"error":null,"choices":[]}"#, None);
    check("<html>", None);
    check("", None);
    check("[]", None);
}
