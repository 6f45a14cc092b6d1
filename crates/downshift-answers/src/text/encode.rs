//! Encodings of a stated text, taken as UTF-8: base64, percent signs, hexadecimal, binary.

use std::fmt::Write;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};

use super::{colour, operand};
use crate::{
    Context,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "(<b64>|<b64> encode|encode (in|to|into|as) <b64>|<b64> - encode|encode with <b64>) [the string|string|the text|this] (<given>|{bare})",
        say: to_base64,
    },
    Rule {
        pattern: "(encode|convert|what is|turn|put) (<given>|{bare}) (in|to|into|as) <b64>",
        say: to_base64,
    },
    Rule {
        pattern: "<what> [the] <b64> [encoding|encoded value|value|representation] (of|for) [the string|the text] (<given>|{bare})",
        say: to_base64,
    },
    Rule {
        pattern: "(<b64> decode|decode <b64>|decode this <b64>|decode the <b64>|decode from <b64>|<b64> - decode) [string] (<given>|{bare})",
        say: from_base64,
    },
    Rule {
        pattern: "(decode|convert) (<given>|{bare}) from <b64>",
        say: from_base64,
    },
    Rule {
        pattern: "what does (<given>|{bare}) (decode to|say|mean|translate to) [in|from] <b64>",
        say: from_base64,
    },
    Rule {
        pattern: "what does <b64> [string] (<given>|{bare}) (decode to|say|mean)",
        say: from_base64,
    },
    Rule {
        pattern: "what is (<given>|{bare}) decoded (from|as) <b64>",
        say: from_base64,
    },
    Rule {
        pattern: "<what> [the] <b64> [string] (<given>|{bare}) (decoded|decode to|in plain text|in text|mean)",
        say: from_base64,
    },
    Rule {
        pattern: "(<url> encode|<url> - encode|encode for a url|encode for url|urlencode) [the string|the text|this] <given>",
        say: to_url,
    },
    Rule {
        pattern: "<url> encode {bare}",
        say: to_url,
    },
    Rule {
        pattern: "<what> [the] <url> encoding (of|for) <given>",
        say: to_url,
    },
    Rule {
        pattern: "(<url> encoded|encode) <given> (as a|for a|as|for) url",
        say: to_url,
    },
    Rule {
        pattern: "(<url> decode|<url> - decode|urldecode|decode url|decode this url|decode the url) [string] (<given>|{bare})",
        say: from_url,
    },
    Rule {
        pattern: "(hex encode|encode (in|to|as) <hex>) (<given>|{bare})",
        say: colour::to_hex,
    },
    Rule {
        pattern: "(encode|convert|turn|what is) <given> (in|to|into|as) <hex>",
        say: colour::to_hex,
    },
    Rule {
        pattern: "(hex decode|decode hex|decode this hex|hex to text|hex to ascii|decode from hex) [string] (<given>|{bare})",
        say: from_hex,
    },
    Rule {
        pattern: "(convert|decode) [the hex|hex] (<given>|{bare}) from hex [to text|to ascii]",
        say: from_hex,
    },
    Rule {
        pattern: "(encode|convert|turn|what is|write|translate) <given> (in|to|into|as) binary [code]",
        say: to_binary,
    },
    Rule {
        pattern: "(encode (in|to|as) binary|text to binary|binary encode) <given>",
        say: to_binary,
    },
    Rule {
        pattern: "(decode binary|binary to text|binary decode|decode this binary|binary to ascii|convert binary to text|convert this binary to text|decode) : ({rest}|{quoted})",
        say: from_binary,
    },
    Rule {
        pattern: "(decode [the|this] binary|binary to text|binary decode) ({rest}|{quoted})",
        say: from_binary,
    },
];

/// What is shown of a decoded text: all of it, when it stays legible in a sentence.
fn decoded(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(bytes).ok()?;
    let legible = !text.is_empty() && text.chars().all(|character| !character.is_control());
    legible.then(|| format!("It decodes to \"{text}\"."))
}

/// The encoded text, after the text itself where that is short.
fn encoded(text: &str, name: &str, code: &str) -> String {
    if text.len() > 60 || text.chars().any(char::is_control) {
        return code.to_owned();
    }
    format!("\"{text}\" in {name} is {code}")
}

/// Numbers are converted by value, and elsewhere.
fn worded<'a>(found: &'a Match<'_>) -> Option<&'a str> {
    let text = operand::stated(found, 0)?;
    text.contains(char::is_alphabetic).then_some(text)
}

fn to_base64(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    let verb = ["encode", "decode", "encoding", "decoded", "to", "in"].contains(&text);
    (!verb).then(|| encoded(text, "base64", &STANDARD.encode(text)))
}

fn from_base64(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    let engines = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
    decoded(engines.iter().find_map(|engine| engine.decode(text).ok())?)
}

/// RFC 3986: all but the unreserved characters as `%` and two hexadecimal digits.
fn to_url(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    // A word without any such character, or an address, may be meant otherwise.
    let marked = operand::delimited(found).is_some();
    if !marked && (text.chars().all(char::is_alphanumeric) || text.contains("://")) {
        return None;
    }
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").ok()?;
        }
    }
    Some(encoded)
}

fn from_url(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    // A plus is a space in forms and a plus in paths.
    if !text.contains('%') || text.contains('+') {
        return None;
    }
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(pair(part.get(..2)?)?);
        bytes.extend(part.get(2..)?.bytes());
    }
    decoded(bytes)
}

/// The byte that two hexadecimal digits write; signs are no digits.
fn pair(digits: &str) -> Option<u8> {
    let digits_only = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits_only
        .then(|| u8::from_str_radix(digits, 16).ok())
        .flatten()
}

/// Two lower-case digits for each byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// The bytes of a text; numbers have another hexadecimal.
pub(super) fn to_hex(found: &Match<'_>) -> Option<String> {
    let text = worded(found)?;
    // Without the word for what it is, "red to hex" is about a colour.
    let encodes = found.reading.tokens.iter().any(|token| token.is("encode"));
    if operand::delimited(found).is_none() && !encodes {
        return None;
    }
    // "What is "face" in hex" is as likely a number already; what is to be encoded is none.
    let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!digits || (encodes && operand::delimited(found).is_some()))
        .then(|| encoded(text, "hexadecimal (UTF-8)", &hex(text.as_bytes())))
}

fn from_hex(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?.trim_start_matches("0x").replace(' ', "");
    if text.len() < 4 || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = (0..text.len())
        .step_by(2)
        .map(|at| pair(text.get(at..at + 2)?))
        .collect();
    decoded(bytes?)
}

fn to_binary(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = worded(found)?;
    let bytes: Vec<String> = text.bytes().map(|byte| format!("{byte:08b}")).collect();
    Some(encoded(text, "binary (UTF-8)", &bytes.join(" ")))
}

/// Groups of eight digits, or one run of them.
fn from_binary(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?.trim_end_matches(['.', '?']);
    let grouped = text
        .split_whitespace()
        .all(|group| group.len().is_multiple_of(8));
    let digits: String = text.split_whitespace().collect();
    if !grouped || digits.is_empty() || !digits.bytes().all(|byte| b"01".contains(&byte)) {
        return None;
    }
    let bytes: Option<Vec<u8>> = (0..digits.len())
        .step_by(8)
        .map(|at| u8::from_str_radix(digits.get(at..at + 8)?, 2).ok())
        .collect();
    decoded(bytes?)
}
