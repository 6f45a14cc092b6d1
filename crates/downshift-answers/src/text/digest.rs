//! Digests and checksums of a stated text, taken as UTF-8.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::{encode::hex, operand};
use crate::{
    Context,
    pattern::{Match, Rule},
};

/// The rules of one algorithm: its names, and what is said.
macro_rules! rules {
    ($($names:literal => $say:ident;)*) => {
        &[$(
            Rule {
                pattern: concat!("[<what>] [the|a] ", $names, " [hash|digest|sum|checksum|hash value] ((of|for) [the string|the text|string|text] (<given>|{bare})|[the string|the text|string|text] <given>)"),
                say: $say,
            },
            Rule {
                pattern: concat!("(hash|digest|encode) (<given>|{bare}) (with|using|in|to|into|as) ", $names),
                say: $say,
            },
            Rule {
                pattern: concat!("(hash|digest) (with|using|in) ", $names, " <given>"),
                say: $say,
            },
        )*]
    };
}

pub(super) const RULES: &[Rule] = rules! {
    "md5" => md5;
    "sha1" => sha1;
    "sha256" => sha256;
    "sha384" => sha384;
    "sha512" => sha512;
    "crc32" => crc32;
};

fn digest<D: Digest>(found: &Match<'_>, name: &str) -> Option<String> {
    let text = operand::stated(found, 0)?;
    let digest = hex(&D::digest(text.as_bytes()));
    Some(said(name, text, &digest))
}

fn said(name: &str, text: &str, digest: &str) -> String {
    // A long text is not said again.
    if text.len() > 100 || text.chars().any(char::is_control) {
        return digest.to_owned();
    }
    format!("The {name} of \"{text}\" is {digest}")
}

fn md5(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    digest::<Md5>(found, "MD5")
}

fn sha1(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    digest::<Sha1>(found, "SHA-1")
}

fn sha256(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    digest::<Sha256>(found, "SHA-256")
}

fn sha384(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    digest::<Sha384>(found, "SHA-384")
}

fn sha512(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    digest::<Sha512>(found, "SHA-512")
}

/// CRC-32 as in ISO 3309, zip and PNG.
fn crc32(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    let checksum = crc32fast::hash(text.as_bytes());
    Some(said("CRC-32", text, &format!("{checksum:08x}")))
}
