//! Other ways to write whole numbers: binary, octal, hexadecimal and Roman.

use num_bigint::BigUint;
use num_traits::Num;

use crate::{
    Context, figures, number,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "<conv> [decimal|the decimal number|the number|number|base 10|denary] {number} [from decimal] (in|to|into|as) <binary>",
        say: to_binary,
    },
    Rule {
        pattern: "<conv> [decimal|the decimal number|the number|number|base 10|denary] {number} [from decimal] (in|to|into|as) <octal>",
        say: to_octal,
    },
    Rule {
        pattern: "<conv> [decimal|the decimal number|the number|number|base 10|denary] {number} [from decimal] (in|to|into|as) <hex>",
        say: to_hex,
    },
    Rule {
        pattern: "[what is] [the] binary (number|value|code|) (of|for|form of|representation of|equivalent of) [the number|decimal] {number}",
        say: to_binary,
    },
    Rule {
        pattern: "[what is] [the] (hex|hexadecimal) (number|value|) (of|for|form of|representation of|equivalent of) [the number|decimal] {number}",
        say: to_hex,
    },
    Rule {
        pattern: "{word} in (numbers|regular numbers|arabic numerals|arabic numbers|normal numbers)",
        say: from_roman,
    },
    Rule {
        pattern: "what does {word} mean in (numbers|roman numerals)",
        say: from_roman,
    },
    Rule {
        pattern: "<conv> [the] binary [number] {word} (in|to|into|as) <decimal>",
        say: from_binary,
    },
    Rule {
        pattern: "<conv> {word} (from binary|binary|in binary|from base 2) (in|to|into|as) <decimal>",
        say: from_binary,
    },
    Rule {
        pattern: "<conv> [the] (hex|hexadecimal) [number|value] {word} (in|to|into|as) <decimal>",
        say: from_hex,
    },
    Rule {
        pattern: "<conv> {word} (from hex|hex|in hex|from hexadecimal|hexadecimal) (in|to|into|as) <decimal>",
        say: from_hex,
    },
    Rule {
        pattern: "<conv> [the] octal [number] {word} (in|to|into|as) <decimal>",
        say: from_octal,
    },
    Rule {
        pattern: "<conv> {word} (from octal|octal|in octal) (in|to|into|as) <decimal>",
        say: from_octal,
    },
    Rule {
        pattern: "<conv> {word} (in|to|into|as) <decimal>",
        say: from_prefixed,
    },
    Rule {
        pattern: "<conv> [the] hex [number|value] {word} (in|to|into|as) <binary>",
        say: hex_to_binary,
    },
    Rule {
        pattern: "<conv> [the] binary [number] {word} (in|to|into|as) <hex>",
        say: binary_to_hex,
    },
    Rule {
        pattern: "<conv> {based} (in|to|into|as) <hex>",
        say: prefixed_to_hex,
    },
    Rule {
        pattern: "<conv> {based} (in|to|into|as) <binary>",
        say: prefixed_to_binary,
    },
    Rule {
        pattern: "roman numeral {word}",
        say: from_roman,
    },
    Rule {
        pattern: "<conv> [the number|number|the year|year] {number} (in|to|into|as|as a|to a) <roman>",
        say: to_roman,
    },
    Rule {
        pattern: "(roman numeral|roman numerals) for {number}",
        say: to_roman,
    },
    Rule {
        pattern: "what is [the] roman (numeral|numerals) (for|of) {number}",
        say: to_roman,
    },
    Rule {
        pattern: "<conv> [the] [roman numeral|roman numerals|roman number] {word} (in|to|into|as) (a number|numbers|arabic numerals|arabic|an arabic number|digits|english|normal numbers)",
        say: from_roman,
    },
    Rule {
        pattern: "what number is [the roman numeral|roman numeral] {word} [in roman numerals]",
        say: from_roman,
    },
    Rule {
        pattern: "what is [the] roman numeral {word}",
        say: from_roman,
    },
    Rule {
        pattern: "{word} in roman numerals is what [number]",
        say: from_roman,
    },
];

/// More digits than this are not a short answer.
const MAX_BITS: u64 = 256;

fn natural(found: &Match<'_>) -> Option<BigUint> {
    let value = found.number(0)?;
    let value = value
        .is_integer()
        .then(|| value.to_integer())?
        .to_biguint()?;
    (value.bits() <= MAX_BITS).then_some(value)
}

fn decimal(value: &BigUint) -> Option<String> {
    figures::integer(&value.clone().into())
}

fn to_binary(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = natural(found)?;
    Some(format!(
        "{} in binary is {}.",
        decimal(&value)?,
        value.to_str_radix(2)
    ))
}

fn to_octal(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = natural(found)?;
    Some(format!(
        "{} in octal is {}.",
        decimal(&value)?,
        value.to_str_radix(8)
    ))
}

fn to_hex(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = natural(found)?;
    Some(format!(
        "{} in hexadecimal is 0x{}.",
        decimal(&value)?,
        value.to_str_radix(16).to_uppercase()
    ))
}

fn read(word: &str, prefix: &str, radix: u32) -> Option<BigUint> {
    let digits = word.strip_prefix(prefix).unwrap_or(word);
    let plain = !digits.is_empty()
        && digits.len() <= 64
        && digits.chars().all(|digit| digit.is_digit(radix));
    plain
        .then(|| BigUint::from_str_radix(digits, radix).ok())
        .flatten()
}

fn from(found: &Match<'_>, prefix: &str, radix: u32, name: &str) -> Option<String> {
    let word = found.word(0)?;
    let value = read(word, prefix, radix)?;
    let digits = word.strip_prefix(prefix).unwrap_or(word).to_uppercase();
    Some(format!(
        "{name} {digits} is {} in decimal.",
        decimal(&value)?
    ))
}

fn from_binary(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    from(found, "0b", 2, "Binary")
}

fn from_octal(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    from(found, "0o", 8, "Octal")
}

fn from_hex(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    from(found, "0x", 16, "Hexadecimal")
}

/// "0xff in decimal": the prefix says the base; without one there is none.
fn from_prefixed(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    match found.word(0)?.get(..2)? {
        "0x" => from_hex(found, context),
        "0b" => from_binary(found, context),
        "0o" => from_octal(found, context),
        _ => from_roman(found, context),
    }
}

/// "0b1111 to hex": the prefix says the base; a plain number is another rule's.
fn prefixed(found: &Match<'_>) -> Option<(String, BigUint)> {
    let word = found.word(0)?;
    let (name, radix) = match word.get(..2)? {
        "0x" => ("Hexadecimal", 16),
        "0b" => ("Binary", 2),
        "0o" => ("Octal", 8),
        _ => return None,
    };
    let digits = word.get(2..)?;
    Some((
        format!("{name} {}", digits.to_uppercase()),
        read(digits, "", radix)?,
    ))
}

fn prefixed_to_hex(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (name, value) = prefixed(found)?;
    Some(format!(
        "{name} is 0x{} in hexadecimal.",
        value.to_str_radix(16).to_uppercase()
    ))
}

fn prefixed_to_binary(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (name, value) = prefixed(found)?;
    Some(format!("{name} is {} in binary.", value.to_str_radix(2)))
}

fn hex_to_binary(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let word = found.word(0)?;
    let value = read(word, "0x", 16)?;
    Some(format!(
        "Hexadecimal {} is {} in binary.",
        word.trim_start_matches("0x").to_uppercase(),
        value.to_str_radix(2)
    ))
}

fn binary_to_hex(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let word = found.word(0)?;
    let value = read(word, "0b", 2)?;
    Some(format!(
        "Binary {} is 0x{} in hexadecimal.",
        word.trim_start_matches("0b"),
        value.to_str_radix(16).to_uppercase()
    ))
}

const ROMAN: [(i64, &str); 13] = [
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
];

/// Roman numerals, 1 to 3999.
fn roman(mut value: i64) -> String {
    let mut text = String::new();
    for (worth, letters) in ROMAN {
        while value >= worth {
            text.push_str(letters);
            value -= worth;
        }
    }
    text
}

fn to_roman(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = number::integer_in(found.number(0)?, 1..=3_999)?;
    Some(format!("{value} in Roman numerals is {}.", roman(value)))
}

fn from_roman(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let word = found.word(0)?.to_uppercase();
    // "mix in numbers" is about a mix; "MIX in numbers" is 1,009.
    let tokens = &found.reading.tokens;
    let meant = tokens
        .iter()
        .any(|token| token.typed == word || token.is("roman"));
    if !meant || word.len() < 2 {
        return None;
    }
    let value = (1..=3_999).find(|value| roman(*value) == word)?;
    Some(format!("{word} is {}.", figures::integer(&value.into())?))
}

/// A numeral of four letters or more, which is no word: "what does MMXXVI equal".
pub(super) fn from_long_roman(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    (found.word(0)?.len() >= 4)
        .then(|| from_roman(found, context))
        .flatten()
}

/// "45000 = 4.5 × 10^4."
pub(super) fn scientific(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = found.number(0)?;
    let plain = figures::exact(value)?;
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_matches('0');
    let first = significant.get(..1)?;
    let rest = significant.get(1..).filter(|rest| !rest.is_empty());
    let whole = plain.trim_start_matches('-').replace(',', "");
    let whole = whole.split('.').next()?;
    let exponent = if whole == "0" {
        let zeros = digits.get(1..)?.len() - digits.get(1..)?.trim_start_matches('0').len();
        -i64::try_from(zeros + 1).ok()?
    } else {
        i64::try_from(whole.len() - 1).ok()?
    };
    let sign = if plain.starts_with('-') { "-" } else { "" };
    let point = rest.map(|rest| format!(".{rest}")).unwrap_or_default();
    Some(format!("{plain} = {sign}{first}{point} × 10^{exponent}."))
}
