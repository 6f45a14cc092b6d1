//! Colours between their notations.

use num_rational::BigRational;
use num_traits::Zero;

use crate::{
    Context, figures, number,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "[convert|what is|change|turn] [the] [hex] [colour|color|code|colour code|color code] ({bare}|{quoted}) (to|in|into|as) [an] rgb [value|values]",
        say: to_rgb,
    },
    Rule {
        pattern: "[convert|what is|change|turn] [the] [hex] [colour|color|code|colour code|color code] ({bare}|{quoted}) (to|in|into|as) [an] hsl [value|values]",
        say: to_hsl,
    },
    Rule {
        pattern: "[convert|what is|change|turn] [the] [colour|color] ({bare}|{quoted}) (to|in|into|as) <code>",
        say: to_hex,
    },
    Rule {
        pattern: "[what is|give me] [the] <code> (of|for) [the] [colour|color] {quoted}",
        say: to_hex,
    },
    Rule {
        pattern: "[what is|give me] [the] rgb [value|values|code] (of|for) [the] [hex] [colour|color] ({bare}|{quoted})",
        say: to_rgb,
    },
    Rule {
        pattern: "(hex to rgb|convert hex to rgb) [:] ({bare}|{quoted})",
        say: to_rgb,
    },
    Rule {
        pattern: "(rgb to hex|convert rgb to hex) [:] {quoted}",
        say: to_hex,
    },
    Rule {
        pattern: "[convert|what is] [the] [colour|color] rgb {list} (to|in|into|as) <code>",
        say: rgb_to_hex,
    },
    Rule {
        pattern: "(convert rgb|rgb) {list} to hex",
        say: rgb_to_hex,
    },
    Rule {
        pattern: "[convert|what is] [the] [colour|color] rgb {list} (to|in|into|as) hsl",
        say: rgb_to_hsl,
    },
];

/// A colour as it was written, and its channels.
fn written(found: &Match<'_>) -> Option<(String, [u8; 3])> {
    let text = found.text(0)?;
    let lower = text.to_ascii_lowercase();
    if let Some(inside) = function(&lower, "rgb") {
        let colour = channels_of(&inside)?;
        return Some((rgb(colour), colour));
    }
    if let Some(inside) = function(&lower, "hsl") {
        return Some((lower, from_hsl(&inside)?));
    }
    // Six digits without the sign are a colour where the question says so.
    let said = ["hex", "colour", "color"].iter();
    let mut said = said.filter(|name| found.reading.tokens.iter().any(|token| token.is(name)));
    let digits = text.strip_prefix('#').map_or_else(
        || (said.next().is_some() && text.len() == 6).then_some(text.as_str()),
        Some,
    )?;
    let colour = channels(digits)?;
    Some((format!("#{}", digits.to_uppercase()), colour))
}

/// The arguments of `name(…)`, with commas or spaces between them.
fn function(text: &str, name: &str) -> Option<Vec<String>> {
    let inside = text
        .strip_prefix(name)?
        .strip_prefix('(')?
        .strip_suffix(')')?;
    let split = inside.split([',', ' ']).map(str::trim);
    Some(
        split
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect(),
    )
}

fn channels_of(parts: &[String]) -> Option<[u8; 3]> {
    match parts {
        [red, green, blue] => Some([red.parse().ok()?, green.parse().ok()?, blue.parse().ok()?]),
        _ => None,
    }
}

/// The nearest channels to a hue in whole degrees and two whole percentages (CSS Color Module
/// Level 4, section 7.1), in exact arithmetic.
fn from_hsl(parts: &[String]) -> Option<[u8; 3]> {
    let [hue, saturation, lightness] = parts else {
        return None;
    };
    let hue: i64 = hue.trim_end_matches("deg").parse().ok()?;
    let percent = |part: &String| -> Option<i64> { part.strip_suffix('%')?.parse().ok() };
    let (saturation, lightness) = (percent(saturation)?, percent(lightness)?);
    if !(0..=360).contains(&hue)
        || !(0..=100).contains(&saturation)
        || !(0..=100).contains(&lightness)
    {
        return None;
    }
    let (s, l) = (
        number::ratio(saturation, 100),
        number::ratio(lightness, 100),
    );
    let one = number::whole(1);
    let reach = &s * (l.clone().min(&one - &l));
    let channel = |offset: i64| -> Option<u8> {
        let k = number::ratio(offset * 30 + hue, 30);
        let k = &k - (&k / number::whole(12)).floor() * number::whole(12);
        let slope = (&k - number::whole(3))
            .min(number::whole(9) - &k)
            .min(one.clone());
        let value = &l - &reach * slope.max(number::whole(-1));
        u8::try_from((value * number::whole(255)).round().to_integer()).ok()
    };
    Some([channel(0)?, channel(8)?, channel(4)?])
}

/// The three channels of `rrggbb` or `rgb` in hexadecimal digits.
fn channels(digits: &str) -> Option<[u8; 3]> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let byte = |at: usize| match digits.len() {
        6 => u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok(),
        3 => u8::from_str_radix(&digits.get(at..=at)?.repeat(2), 16).ok(),
        _ => None,
    };
    Some([byte(0)?, byte(1)?, byte(2)?])
}

fn listed(found: &Match<'_>) -> Option<[u8; 3]> {
    let list = found.list(0).filter(|list| list.len() == 3)?;
    let byte = |at: usize| u8::try_from(number::integer_in(list.get(at)?, 0..=255)?).ok();
    Some([byte(0)?, byte(1)?, byte(2)?])
}

fn rgb([red, green, blue]: [u8; 3]) -> String {
    format!("rgb({red}, {green}, {blue})")
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// Hue in degrees, saturation and lightness in percent (CSS Color Module Level 4, section 7).
fn hsl(channels: [u8; 3]) -> Option<String> {
    let [red, green, blue] = channels.map(|channel| number::ratio(i64::from(channel), 255));
    let (most, least) = (
        red.clone().max(green.clone()).max(blue.clone()),
        red.clone().min(green.clone()).min(blue.clone()),
    );
    let (span, sum) = (&most - &least, &most + &least);
    let one = number::whole(1);
    let (hue, saturation) = if span.is_zero() {
        (number::whole(0), number::whole(0))
    } else {
        let sector = if most == red {
            (&green - &blue) / &span + number::whole(if green < blue { 6 } else { 0 })
        } else if most == green {
            (&blue - &red) / &span + number::whole(2)
        } else {
            (&red - &green) / &span + number::whole(4)
        };
        let room = if sum > one {
            number::whole(2) - &sum
        } else {
            sum.clone()
        };
        (sector * number::whole(60), &span / room)
    };
    let percent = |value: &BigRational| figures::fixed(&(value * number::whole(100)), 0);
    let lightness = sum / number::whole(2);
    Some(format!(
        "hsl({}, {}%, {}%)",
        figures::fixed(&hue, 0)?,
        percent(&saturation)?,
        percent(&lightness)?
    ))
}

fn to_rgb(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (name, colour) = written(found)?;
    Some(format!("{name} is {}.", rgb(colour)))
}

pub(super) fn to_hsl(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (name, colour) = written(found)?;
    Some(format!("{name} is {}, rounded.", hsl(colour)?))
}

/// A colour in hexadecimal, or the bytes of a text that is none.
pub(super) fn to_hex(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?.to_ascii_lowercase();
    if !text.starts_with("rgb(") && !text.starts_with("hsl(") {
        return super::encode::to_hex(found);
    }
    let (name, colour) = written(found)?;
    Some(format!("{name} is {}.", hex(colour)))
}

pub(super) fn rgb_to_hex(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let colour = listed(found)?;
    Some(format!("{} is {}.", rgb(colour), hex(colour)))
}

fn rgb_to_hsl(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let colour = listed(found)?;
    Some(format!("{} is {}, rounded.", rgb(colour), hsl(colour)?))
}
