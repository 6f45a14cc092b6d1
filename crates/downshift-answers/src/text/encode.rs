//! Encodings and digests of a stated text, taken as UTF-8.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use md5::Md5;
use sha2::{Digest, Sha256, Sha512};

use crate::{
    Context,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "(base64|base64 encode|encode in base64|encode to base64|base64 - encode|base 64 encode) [:] {bare}",
        say: to_base64,
    },
    Rule {
        pattern: "(encode|convert|what is|turn) {bare} (in|to|into|as) (base64|base 64)",
        say: to_base64,
    },
    Rule {
        pattern: "<what> [the] base64 [encoding] of {bare}",
        say: to_base64,
    },
    Rule {
        pattern: "(decode|base64 decode|decode base64|decode this base64|decode from base64|base64 - decode) [string] [:] {bare}",
        say: from_base64,
    },
    Rule {
        pattern: "decode {bare} from base64",
        say: from_base64,
    },
    Rule {
        pattern: "(url encode|urlencode|percent encode|url - encode) [:] {quoted}",
        say: to_url,
    },
    Rule {
        pattern: "(url decode|urldecode|percent decode|url - decode) [:] {bare}",
        say: from_url,
    },
    Rule {
        pattern: "(hex encode|encode in hex|encode to hex) [:] {bare}",
        say: to_hex,
    },
    Rule {
        pattern: "(hex decode|decode hex) [:] {bare}",
        say: from_hex,
    },
    Rule {
        pattern: "<what> [the] (sha256|sha - 256|sha 256) [hash|digest|sum|checksum] (of|for) [the string|the text] {bare}",
        say: sha256,
    },
    Rule {
        pattern: "(sha256|sha - 256|sha256 hash|hash with sha256) [:] {quoted}",
        say: sha256,
    },
    Rule {
        pattern: "<what> [the] (sha512|sha - 512) [hash|digest] (of|for) [the string|the text] {bare}",
        say: sha512,
    },
    Rule {
        pattern: "<what> [the] md5 [hash|digest|sum|checksum] (of|for) [the string|the text] {bare}",
        say: md5,
    },
    Rule {
        pattern: "(md5|md5 hash|hash with md5) [:] {quoted}",
        say: md5,
    },
];

/// A result that stays legible in a sentence.
fn clean(text: String) -> Option<String> {
    let legible = !text.is_empty() && text.chars().all(|character| !character.is_control());
    legible.then_some(text)
}

fn to_base64(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    Some(format!("\"{text}\" in base64 is {}", STANDARD.encode(text)))
}

fn from_base64(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    // Four letters are as likely a word as an encoding.
    if text.len() < 8 {
        return None;
    }
    let bytes = STANDARD.decode(text).ok()?;
    Some(format!(
        "It decodes to \"{}\".",
        clean(String::from_utf8(bytes).ok()?)?
    ))
}

/// RFC 3986: all but the unreserved characters as `%` and two hexadecimal digits.
fn to_url(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let mut encoded = String::new();
    for byte in found.text(0)?.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").ok()?;
        }
    }
    clean(encoded)
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
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend(part.get(2..)?.bytes());
    }
    Some(format!(
        "It decodes to \"{}\".",
        clean(String::from_utf8(bytes).ok()?)?
    ))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digits = |byte: &u8| {
        [
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 15)],
        ]
    };
    bytes.iter().flat_map(digits).collect()
}

fn to_hex(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    Some(format!(
        "\"{text}\" in hexadecimal (UTF-8) is {}",
        hex(text.as_bytes())
    ))
}

fn from_hex(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?.trim_start_matches("0x");
    if text.len() < 4 || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect();
    Some(format!(
        "It decodes to \"{}\".",
        clean(String::from_utf8(bytes?).ok()?)?
    ))
}

fn digest<D: Digest>(found: &Match<'_>, name: &str) -> Option<String> {
    let text = found.text(0)?;
    Some(format!(
        "The {name} of \"{text}\" is {}",
        hex(&D::digest(text.as_bytes()))
    ))
}

fn sha256(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    digest::<Sha256>(found, "SHA-256")
}

fn sha512(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    digest::<Sha512>(found, "SHA-512")
}

fn md5(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    digest::<Md5>(found, "MD5")
}
