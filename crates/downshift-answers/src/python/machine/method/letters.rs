//! Methods that ask what class of letter a sign is, or change its case: for ASCII alone.

use super::text::SPACE;
use crate::python::machine::{Run, Stop};
use crate::python::value::Value;

/// The value of such a method; nothing if `name` is none.
pub(super) fn by_class(text: &str, name: &str, arguments: &[Value]) -> Run<Option<Value>> {
    let value = asked(text, name)
        .map(Value::Bool)
        .or_else(|| cased(text, name).map(Value::text));
    if value.is_some() && (!arguments.is_empty() || !text.is_ascii() && name != "isascii") {
        return Err(Stop::Unknown);
    }
    Ok(value)
}

fn asked(text: &str, name: &str) -> Option<bool> {
    let all = |class: fn(&char) -> bool| !text.is_empty() && text.chars().all(|sign| class(&sign));
    let any = |class: fn(&char) -> bool| text.chars().any(|sign| class(&sign));
    Some(match name {
        "isalnum" => all(char::is_ascii_alphanumeric),
        "isalpha" => all(char::is_ascii_alphabetic),
        "isascii" => text.is_ascii(),
        "isdecimal" | "isdigit" | "isnumeric" => all(char::is_ascii_digit),
        "isidentifier" => {
            !text.starts_with(|sign: char| sign.is_ascii_digit())
                && all(|sign| sign.is_ascii_alphanumeric() || *sign == '_')
        }
        "islower" => any(char::is_ascii_lowercase) && !any(char::is_ascii_uppercase),
        "isupper" => any(char::is_ascii_uppercase) && !any(char::is_ascii_lowercase),
        "isprintable" => text.chars().all(|sign| (' '..='~').contains(&sign)),
        "isspace" => all(|sign| SPACE.contains(sign)),
        "istitle" => any(char::is_ascii_alphabetic) && titled(text) == text,
        _ => return None,
    })
}

fn cased(text: &str, name: &str) -> Option<String> {
    Some(match name {
        "capitalize" => {
            let mut out = text.to_ascii_lowercase();
            if let Some(first) = out.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            out
        }
        "lower" | "casefold" => text.to_ascii_lowercase(),
        "upper" => text.to_ascii_uppercase(),
        "title" => titled(text),
        "swapcase" => {
            let swap = |sign: char| {
                if sign.is_ascii_lowercase() {
                    sign.to_ascii_uppercase()
                } else {
                    sign.to_ascii_lowercase()
                }
            };
            text.chars().map(swap).collect()
        }
        _ => return None,
    })
}

/// Each word's first letter large, the others small.
fn titled(text: &str) -> String {
    let mut within = false;
    let case = |sign: char| {
        let cased = if within {
            sign.to_ascii_lowercase()
        } else {
            sign.to_ascii_uppercase()
        };
        within = sign.is_ascii_alphabetic();
        cased
    };
    text.chars().map(case).collect()
}
