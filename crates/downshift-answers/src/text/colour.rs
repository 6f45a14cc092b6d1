//! Colours between their notations.

use num_rational::BigRational;
use num_traits::Zero;

use crate::{
    Context, figures, number,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "(convert|what is|) [the] [hex] [colour|color] {bare} (to|in|into|as) rgb",
        say: hex_to_rgb,
    },
    Rule {
        pattern: "(convert|what is|) [the] [hex] [colour|color] {bare} (to|in|into|as) hsl",
        say: hex_to_hsl,
    },
    Rule {
        pattern: "(convert|what is|) [the] [colour|color] rgb {list} (to|in|into|as) (hex|hexadecimal|a hex code|hex code)",
        say: rgb_to_hex,
    },
    Rule {
        pattern: "(convert|what is|) [the] [colour|color] rgb {list} (to|in|into|as) hsl",
        say: rgb_to_hsl,
    },
];

/// The three channels of `#rrggbb` or `#rgb`.
fn channels(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#')?;
    if !digits.is_ascii() {
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

fn hex_to_rgb(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    Some(format!(
        "{} is {}.",
        text.to_uppercase(),
        rgb(channels(text)?)
    ))
}

fn hex_to_hsl(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    Some(format!(
        "{} is {}, rounded.",
        text.to_uppercase(),
        hsl(channels(text)?)?
    ))
}

fn rgb_to_hex(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let colour = listed(found)?;
    Some(format!("{} is {}.", rgb(colour), hex(colour)))
}

fn rgb_to_hsl(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let colour = listed(found)?;
    Some(format!("{} is {}, rounded.", rgb(colour), hsl(colour)?))
}
