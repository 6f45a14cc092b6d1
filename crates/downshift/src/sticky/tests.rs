use super::*;

const TOOLS: &str = r#""tools":[{"type":"function","function":{"name":"look"}}]"#;

fn request(messages: &str, more: &str) -> ChatRequest {
    let body = format!(r#"{{"model":"auto","messages":[{messages}]{more}}}"#);
    ChatRequest::decode(body.into()).unwrap()
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.insert(*name, value.parse().unwrap());
    }
    headers
}

/// Whether a conversation that begins with `first` is found again in `second`.
#[track_caller]
fn check(first: (&str, &str), second: (&str, &str), expected: bool) {
    let sticky = Sticky::new(&StickyConfig::default());
    let caller = headers(&[("authorization", "Bearer a")]);
    let begun = sticky.conversation(&caller, &request(first.0, first.1));
    sticky.stay(&begun, Rung::Llm, &"big".into());
    let goes_on = sticky.conversation(&caller, &request(second.0, second.1));
    assert_eq!(sticky.find(&goes_on).is_some(), expected, "{second:?}");
}

#[test]
fn a_conversation_is_known_by_how_it_began() {
    let system =
        r#"{"role":"system","content":"x-anthropic-billing-header: cch=1\nyou are a bot"}"#;
    let turn = r#"{"role":"user","content":"<system-reminder>now</system-reminder>fix it"}"#;
    let begun = format!("{system},{turn}");
    let reply = r#"{"role":"assistant","content":"done"},{"role":"user","content":"thanks"}"#;
    check((&begun, ""), (&format!("{begun},{reply}"), ""), true);
    let later = begun.replace("cch=1", "cch=2").replace("now", "later");
    check((&begun, ""), (&format!("{later},{reply}"), ""), true);
    for other in [
        begun.replace("a bot", "a cat"),
        begun.replace("fix it", "fix that"),
    ] {
        check((&begun, ""), (&format!("{other},{reply}"), ""), false);
    }
    let tools = format!(",{TOOLS}");
    check((&begun, ""), (&format!("{begun},{reply}"), &tools), false);
    // Another conversation may begin like this one.
    check((&begun, ""), (&begun, ""), false);
}

#[test]
fn a_session_is_known_by_its_name_and_is_its_callers_own() {
    let sticky = Sticky::new(&StickyConfig::default());
    let of = |caller, session, text| {
        let headers = headers(&[("x-api-key", caller), ("x-downshift-session", session)]);
        sticky.conversation(&headers, &ChatRequest::from_text("auto", text))
    };
    sticky.stay(&of("a", "s", "hello"), Rung::Llm, &"big".into());
    assert!(sticky.find(&of("a", "s", "anything")).is_some());
    assert!(sticky.find(&of("b", "s", "anything")).is_none());
    assert!(sticky.find(&of("a", "t", "anything")).is_none());
}

#[test]
fn what_has_moved_up_stays_up() {
    let sticky = Sticky::new(&StickyConfig::default());
    let headers = headers(&[("x-downshift-session", "s")]);
    let conversation = sticky.conversation(&headers, &ChatRequest::from_text("auto", "hello"));
    let found = || sticky.find(&conversation).unwrap().to_string();
    sticky.stay(&conversation, Rung::Specialist, &"small".into());
    assert_eq!(found(), "small");
    sticky.stay(&conversation, Rung::Llm, &"big".into());
    assert_eq!(found(), "big");
    sticky.stay(&conversation, Rung::Specialist, &"small".into());
    assert_eq!(found(), "big");
}

#[test]
fn results_go_to_the_model_that_called_and_to_no_other_callers() {
    let sticky = Sticky::new(&StickyConfig::default());
    let asked = r#"{"role":"user","content":"look"}"#;
    let results = format!(
        r#"{asked},{{"role":"assistant","tool_calls":[{{"id":"c1"}}]}},{{"role":"tool","tool_call_id":"c1","content":"x"}}"#
    );
    let of = |caller, messages| {
        let headers = headers(&[("authorization", caller)]);
        sticky.conversation(&headers, &request(messages, ""))
    };
    sticky.called(
        &of("a", asked),
        Rung::Specialist,
        &"small".into(),
        &["c1".to_owned()],
    );
    sticky.stay(&of("a", asked), Rung::Llm, &"big".into());
    assert_eq!(sticky.find(&of("a", &results)).as_deref(), Some("small"));
    assert_eq!(sticky.find(&of("b", &results)), None);
}

#[test]
fn turned_off_it_remembers_nothing() {
    let sticky = Sticky::new(&StickyConfig {
        remember: 0,
        ..StickyConfig::default()
    });
    let headers = headers(&[("x-downshift-session", "s")]);
    let conversation = sticky.conversation(&headers, &ChatRequest::from_text("auto", "hello"));
    sticky.stay(&conversation, Rung::Llm, &"big".into());
    assert_eq!(sticky.find(&conversation), None);
}
