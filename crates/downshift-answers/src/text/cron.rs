//! Cron expressions of five fields: what they say, and when they are next due.
//!
//! Only what every cron daemon reads alike is read: a step over one value, seconds, years and the
//! letters of other schedulers (`L`, `W`, `#`, `?`) are passed on.

mod due;
mod words;

use crate::{
    Context, number,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "what (does|do|would|is) [the|this] [<cron>] {quoted} (mean|do|say)",
        say: described,
    },
    Rule {
        pattern: "what is the meaning of [the|this] [<cron>] {quoted}",
        say: described,
    },
    Rule {
        pattern: "what [is] [the|this] <cron> {quoted} [mean]",
        say: described,
    },
    Rule {
        pattern: "(explain|describe|translate|read|parse|interpret|decode) [the|this] [<cron>] [:] {quoted} [(in|to|into) (plain english|english|words|human readable)]",
        say: described,
    },
    Rule {
        pattern: "[<cron>] [:] {quoted} (in|to|into|as) (plain english|english|words|human readable)",
        say: described,
    },
    Rule {
        pattern: "(when|how often) (does|will|would|do) [a|the|this] [<cron>] [with] [schedule] {quoted} (run|fire|execute|trigger)",
        say: described,
    },
    Rule {
        pattern: "when (does|will|is|would) [a|the|this] [<cron>] {quoted} [run|fire|execute|trigger|due] next",
        say: next,
    },
    Rule {
        pattern: "when (does|will|is|would) [a|the|this] [<cron>] {quoted} next [run|fire|execute|trigger|due]",
        say: next,
    },
    Rule {
        pattern: "[when is|what is] [the] next (run|run time|execution|execution time|occurrence|time) (of|for) [the|this] [<cron>] {quoted}",
        say: next,
    },
    Rule {
        pattern: "[what are|when are|list|show] [the] next {count} (runs|run times|executions|execution times|occurrences|times) (of|for) [the|this] [<cron>] {quoted}",
        say: several,
    },
];

pub(super) const CRON: &str = "(cron|crontab|cron expression|cron job|cronjob|cron schedule|crontab entry|crontab expression|cron string|cron syntax|schedule)";

/// What a field allows, a bit for each value.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    /// As it was written.
    items: Vec<Item>,
    /// Which values are allowed.
    allowed: u64,
}

impl Field {
    fn allows(&self, value: i8) -> bool {
        u32::try_from(value).is_ok_and(|value| value < 64 && self.allowed & (1 << value) != 0)
    }

    /// Whether every value is allowed, because a star says so.
    fn is_star(&self) -> bool {
        self.items == [Item::Star]
    }

    /// Its one value.
    fn only(&self) -> Option<u32> {
        match self.items.as_slice() {
            [Item::One(value)] => Some(*value),
            _ => None,
        }
    }
}

/// A part of a field between commas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Star,
    /// Every so many from the first value on.
    Step(u32),
    One(u32),
    Range(u32, u32),
    RangeStep(u32, u32, u32),
}

/// A cron expression.
#[derive(Debug)]
struct Schedule {
    minute: Field,
    hour: Field,
    day: Field,
    month: Field,
    weekday: Field,
}

const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// The names that crontab(5) gives to five fields.
const NAMED: &[(&str, &str)] = &[
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// Whether a word may be a field of a cron expression, or one of its names.
pub(super) fn is_field(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let part = |part: &str| {
        part == "*"
            || (!part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
            || MONTHS.contains(&part)
            || WEEKDAYS.contains(&part)
    };
    NAMED.iter().any(|(name, _)| *name == lower)
        || (word.len() <= 60 && lower.split([',', '-', '/']).all(part))
}

impl Schedule {
    fn parse(text: &str) -> Option<Self> {
        let lower = text.trim().to_ascii_lowercase();
        let named = NAMED.iter().find(|(name, _)| *name == lower);
        let text = named.map_or(lower.as_str(), |(_, fields)| fields);
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return None;
        };
        let schedule = Self {
            minute: field(minute, 0, 59, &[])?,
            hour: field(hour, 0, 23, &[])?,
            day: field(day, 1, 31, &[])?,
            month: field(month, 1, 12, MONTHS)?,
            weekday: field(weekday, 0, 7, WEEKDAYS)?,
        };
        // Daemons differ on whether a stepped star beside the other kind of day is "and" or "or".
        // A range over all values is no star to them, which shows when the other day is given too.
        let full =
            |field: &Field, count: u32| !field.is_star() && field.allowed.count_ones() == count;
        if full(&schedule.day, 31) || full(&schedule.weekday, 7) {
            return None;
        }
        let stepped = |field: &Field| matches!(field.items.as_slice(), [Item::Step(_)]);
        let both = !schedule.day.is_star() && !schedule.weekday.is_star();
        (!(both && (stepped(&schedule.day) || stepped(&schedule.weekday)))).then_some(schedule)
    }
}

fn field(text: &str, least: u32, most: u32, names: &[&str]) -> Option<Field> {
    let first = least;
    let value = |part: &str| -> Option<u32> {
        if let Some(place) = names.iter().position(|name| *name == part) {
            return Some(first + u32::try_from(place).ok()?);
        }
        let digits =
            !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
        let value = digits.then(|| part.parse().ok()).flatten()?;
        (least..=most).contains(&value).then_some(value)
    };
    let items: Option<Vec<Item>> = text.split(',').map(|part| item(part, value)).collect();
    let items = items?;
    // A star among others says what the star alone says; that is a slip.
    let stars = items
        .iter()
        .filter(|item| matches!(item, Item::Star | Item::Step(_)));
    if items.len() > 1 && stars.count() > 0 {
        return None;
    }
    let mut allowed = 0;
    for item in &items {
        let (from, to, step) = match *item {
            Item::Star => (least, most, 1),
            Item::Step(step) => (least, most, step),
            Item::One(value) => (value, value, 1),
            Item::Range(from, to) => (from, to, 1),
            Item::RangeStep(from, to, step) => (from, to, step),
        };
        // Sunday is 0 and 7, and a stepped star counts it once.
        let to = if most == 7 && matches!(item, Item::Step(_)) {
            6
        } else {
            to
        };
        let mut value = from;
        while value <= to {
            allowed |= 1_u64 << if most == 7 { value % 7 } else { value };
            value += step;
        }
    }
    Some(Field { items, allowed })
}

fn item(part: &str, value: impl Fn(&str) -> Option<u32>) -> Option<Item> {
    let step = |text: &str| -> Option<u32> {
        let digits = text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits
            .then(|| text.parse().ok())
            .flatten()
            .filter(|step| *step > 0)
    };
    let (range, stepped) = match part.split_once('/') {
        Some((range, every)) => (range, Some(step(every)?)),
        None => (part, None),
    };
    let range = match range.split_once('-') {
        Some((from, to)) => Item::Range(value(from)?, value(to)?),
        None if range == "*" => Item::Star,
        None => Item::One(value(range)?),
    };
    match (range, stepped) {
        (Item::Range(from, to), _) if from >= to => None,
        (Item::Star, Some(step)) => Some(if step == 1 {
            Item::Star
        } else {
            Item::Step(step)
        }),
        (Item::Range(from, to), Some(step)) => Some(Item::RangeStep(from, to, step)),
        // "5/15" is an error to some daemons and a series to others.
        (Item::One(_), Some(_)) => None,
        (range, _) => Some(range),
    }
}

pub(super) fn described(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    let schedule = Schedule::parse(text)?;
    let words = words::sentence(&schedule)?;
    Some(format!("{} runs {words}.", text.trim()))
}

fn next(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    let runs = due::next(&Schedule::parse(text)?, 1, context)?;
    Some(format!("{} runs next on {}.", text.trim(), runs.first()?))
}

fn several(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    let count = usize::try_from(number::integer_in(found.number(0)?, 2..=10)?).ok()?;
    let runs = due::next(&Schedule::parse(text)?, count, context)?;
    Some(format!(
        "The next {count} runs of {} are:\n- {}",
        text.trim(),
        runs.join("\n- ")
    ))
}
