//! Hides how token log-probabilities are told side by side, a list for each thing that is known of a token.

use serde_json::{Map, Value, json};

/// The chat API's log-probabilities of a text that begins `from` characters after the prompt's start;
/// null if there are none.
pub(super) fn legacy(logprobs: &Value, from: usize) -> Value {
    let Some(said) = logprobs["content"]
        .as_array()
        .filter(|said| !said.is_empty())
    else {
        return Value::Null;
    };
    let mut at = from;
    let mut offsets = Vec::with_capacity(said.len());
    for token in said {
        offsets.push(at);
        at += token["token"].as_str().unwrap_or_default().chars().count();
    }
    let each = |name: &str| said.iter().map(|token| token[name].clone()).collect();
    let tokens: Vec<Value> = each("token");
    let chosen: Vec<Value> = each("logprob");
    let likeliest: Vec<Value> = said
        .iter()
        .map(|token| likeliest(&token["top_logprobs"]))
        .collect();
    let none = likeliest.iter().all(Value::is_null);
    json!({
        "tokens": tokens,
        "token_logprobs": chosen,
        "top_logprobs": if none { Value::Null } else { likeliest.into() },
        "text_offset": offsets,
    })
}

fn likeliest(top: &Value) -> Value {
    let top = top.as_array().into_iter().flatten();
    let top =
        top.filter_map(|one| Some((one["token"].as_str()?.to_owned(), one["logprob"].clone())));
    let top: Map<String, Value> = top.collect();
    if top.is_empty() {
        Value::Null
    } else {
        Value::Object(top)
    }
}

/// The other way round, for who reads a completion as a chat.
pub(super) fn chat(logprobs: &Value) -> Value {
    let Some(tokens) = logprobs["tokens"].as_array() else {
        return Value::Null;
    };
    let content = tokens.iter().enumerate().map(|(at, token)| {
        let top = logprobs["top_logprobs"][at].as_object();
        let top = top
            .into_iter()
            .flatten()
            .map(|(token, logprob)| json!({ "token": token, "logprob": logprob, "bytes": null }));
        json!({
            "token": token, "logprob": logprobs["token_logprobs"][at], "bytes": null,
            "top_logprobs": top.collect::<Vec<_>>(),
        })
    });
    json!({ "content": content.collect::<Vec<_>>(), "refusal": null })
}
