//! A reply that calls a tool which there is not, or with arguments that do not fit.

use downshift_ledger::Reason;
use serde_json::Value;

use super::{Defect, schema};
use crate::judge::Exhibit;
use crate::judge::answer::Call;

/// The first call that could not be carried out.
pub(super) fn check(exhibit: &Exhibit<'_>) -> Option<Defect> {
    if exhibit.answer.calls.is_empty() || !exhibit.answer.complete {
        return None;
    }
    let request: Value = serde_json::from_slice(exhibit.request.body()).ok()?;
    let mut calls = exhibit.answer.calls.iter().filter(|call| !call.custom);
    let wrong = calls.find_map(|call| wrong(call, &request))?;
    Some(Defect::new(Reason::MalformedReply, wrong))
}

fn wrong(call: &Call, request: &Value) -> Option<String> {
    let list = |name: &str| request[name].as_array().cloned().unwrap_or_default();
    let tools = list("tools");
    let functions = tools
        .iter()
        .map(|tool| tool["function"].clone())
        .chain(list("functions"));
    let mut known = functions.filter(Value::is_object).peekable();
    // Tools of other kinds are not checked, and neither are those that nobody offered here.
    known.peek()?;
    let Some(function) = known.find(|function| function["name"] == call.name.as_str()) else {
        return Some("calls a tool that was not offered".to_owned());
    };
    let arguments = if call.arguments.trim().is_empty() {
        "{}"
    } else {
        &call.arguments
    };
    let Ok(arguments) = serde_json::from_str::<Value>(arguments) else {
        return Some("arguments that are no JSON".to_owned());
    };
    let parameters = function.get("parameters")?;
    schema::misfit(parameters, &arguments)
        .map(|misfit| format!("arguments that do not fit: {misfit}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::defect;
    use crate::judge::Answer;
    use crate::judge::answer::Call;

    #[track_caller]
    fn check(name: &str, arguments: &str, expected: Option<&str>) {
        let request = json!({"model":"auto","messages":[{"role":"user","content":"hi"}],"tools":[
            {"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}},
        ]});
        let answer = Answer {
            calls: vec![Call {
                name: name.to_owned(),
                arguments: arguments.to_owned(),
                custom: false,
            }],
            ..Answer::of_text("")
        };
        let got = defect(super::check, &request.to_string(), &answer);
        assert_eq!(got.as_deref(), expected, "{name}({arguments})");
    }

    #[test]
    fn a_call_can_be_carried_out() {
        check("weather", r#"{"city":"Paris"}"#, None);
        check(
            "weather",
            r#"{"city":}"#,
            Some("malformed_reply: arguments that are no JSON"),
        );
        check(
            "weather",
            "",
            Some("malformed_reply: arguments that do not fit: `city` is missing"),
        );
        check(
            "weather",
            r#"{"city":7}"#,
            Some("malformed_reply: arguments that do not fit: /city is no string"),
        );
        check(
            "wether",
            r#"{"city":"Paris"}"#,
            Some("malformed_reply: calls a tool that was not offered"),
        );
    }
}
