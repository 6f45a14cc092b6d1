//! Times of day as people write them; "at 3" is none, because it may be either half of the day.

use jiff::civil::Time;

use crate::reading::Reading;

/// A time of day that is sure.
pub(crate) type Clock = Time;

/// The times of day that start at `at`, at most one.
pub(crate) fn parse(reading: &Reading, at: usize) -> Vec<(usize, Clock)> {
    let at = if reading.is(at, "exactly") {
        at + 1
    } else {
        at
    };
    named(reading, at)
        .or_else(|| in_words(reading, at))
        .or_else(|| digits(reading, at))
        .into_iter()
        .collect()
}

fn named(reading: &Reading, at: usize) -> Option<(usize, Clock)> {
    let twelve = reading.get(at).is_some_and(|token| token.text == "12");
    let at = at + usize::from(twelve);
    let (end, hour) = if reading.is(at, "noon") || reading.is(at, "midday") {
        (at + 1, 12)
    } else if reading.is(at, "midnight") {
        (at + 1, 0)
    } else {
        return None;
    };
    Some((end, Time::new(hour, 0, 0, 0).ok()?))
}

/// "3pm", "3:30 pm", "15:00", "9 in the morning", "1530 hours".
fn digits(reading: &Reading, at: usize) -> Option<(usize, Clock)> {
    let first = reading.get(at)?;
    if let Some(found) = of_four_digits(reading, at) {
        return Some(found);
    }
    let hour = first
        .integer()
        .filter(|_| !first.ordinal && first.text.len() <= 2)?;
    let mut end = at + 1;
    let mut minute = 0;
    let mut second = 0;
    let mut written = false;
    let colon = |at: usize| {
        reading.is(at, ":")
            && reading
                .get(at + 1)
                .is_some_and(|next| !next.spaced && next.text.len() == 2)
    };
    if colon(end) {
        minute = reading.get(end + 1)?.integer()?;
        end += 2;
        written = true;
        if colon(end) {
            second = reading.get(end + 1)?.integer()?;
            end += 2;
        }
    }
    if let Some(count) = reading.phrase(end, "oclock") {
        end += count;
    }
    let meridian = meridian(reading, end);
    let (end, hour) = match meridian {
        Some((next, half)) => (next, twelve_hour(hour, half)?),
        None if written && (hour > 12 || first.text.starts_with('0')) => (end, hour),
        // Nobody counts the hours of UTC to twelve.
        None if written && first.text.len() == 2 && is_universal(reading, end) => (end, hour),
        None => return None,
    };
    clock(hour, minute, second).map(|clock| (end, clock))
}

fn is_universal(reading: &Reading, at: usize) -> bool {
    ["utc", "gmt", "z", "zulu"]
        .iter()
        .any(|name| reading.is(at, name))
}

/// "1400 UTC", "1530 hours".
fn of_four_digits(reading: &Reading, at: usize) -> Option<(usize, Clock)> {
    let token = reading
        .get(at)
        .filter(|token| !token.ordinal && token.text.len() == 4)?;
    let value = token.integer()?;
    let hours = reading.is(at + 1, "hours") || reading.is(at + 1, "hrs");
    let time = clock(value / 100, value % 100, 0)?;
    if hours {
        Some((at + 2, time))
    } else {
        is_universal(reading, at + 1).then_some((at + 1, time))
    }
}

fn clock(hour: i64, minute: i64, second: i64) -> Option<Clock> {
    Time::new(
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        0,
    )
    .ok()
}

/// Which half of the day.
#[derive(Clone, Copy, PartialEq)]
enum Half {
    Morning,
    Afternoon,
    /// "at night": from nine on the evening, before five the morning.
    Night,
}

fn meridian(reading: &Reading, at: usize) -> Option<(usize, Half)> {
    const WAYS: &[(&str, Half)] = &[
        ("am", Half::Morning),
        ("a m", Half::Morning),
        ("pm", Half::Afternoon),
        ("p m", Half::Afternoon),
        ("in the morning", Half::Morning),
        ("in the afternoon", Half::Afternoon),
        ("in the evening", Half::Afternoon),
        ("at night", Half::Night),
    ];
    WAYS.iter()
        .find_map(|(phrase, half)| Some((at + reading.phrase(at, phrase)?, *half)))
}

fn twelve_hour(hour: i64, half: Half) -> Option<i64> {
    if !(1..=12).contains(&hour) {
        return None;
    }
    Some(match half {
        Half::Morning => hour % 12,
        Half::Afternoon => hour % 12 + 12,
        Half::Night if (7..12).contains(&hour) => hour + 12,
        Half::Night if hour < 5 => hour,
        Half::Night => return None,
    })
}

/// "half past three pm", "quarter to 5 in the afternoon", "ten past nine am", "nine am", "three thirty pm".
fn in_words(reading: &Reading, at: usize) -> Option<(usize, Clock)> {
    let start = if reading.is(at, "a") { at + 1 } else { at };
    let (next, minutes) = if reading.is(start, "half") {
        (start + 1, 30)
    } else if reading.is(start, "quarter") {
        (start + 1, 15)
    } else {
        let (next, value) = small(reading, at)?;
        let next = if reading.is(next, "minutes") {
            next + 1
        } else {
            next
        };
        if !(reading.is(next, "past") || reading.is(next, "to") || reading.is(next, "after"))
            || value >= 60
        {
            return spoken(reading, at);
        }
        (next, value)
    };
    let before = reading.is(next, "to");
    if !before && !reading.is(next, "past") && !reading.is(next, "after") {
        return None;
    }
    let (end, hour) = small(reading, next + 1)?;
    let (end, half) = meridian(reading, end)?;
    let hour = twelve_hour(hour, half)?;
    let total = if before {
        hour * 60 - minutes
    } else {
        hour * 60 + minutes
    }
    .rem_euclid(1_440);
    Some((end, clock(total / 60, total % 60, 0)?))
}

/// "nine am", "three thirty pm", "nine o'clock in the morning".
fn spoken(reading: &Reading, at: usize) -> Option<(usize, Clock)> {
    if reading.get(at)?.kind != crate::reading::Kind::Word {
        return None;
    }
    let (next, hour) = small(reading, at)?;
    let (next, minute) = match small(reading, next) {
        Some((end, minute)) if minute >= 10 => (end, minute),
        _ => (next, 0),
    };
    let next = if reading.is(next, "oclock") {
        next + 1
    } else {
        next
    };
    let (end, half) = meridian(reading, next)?;
    Some((end, clock(twelve_hour(hour, half)?, minute, 0)?))
}

fn small(reading: &Reading, at: usize) -> Option<(usize, i64)> {
    let (end, value) = crate::number::unsigned(reading, at)?;
    Some((end, crate::number::integer_in(&value, 0..=59)?))
}

/// "3:44 AM", with seconds when there are some.
pub(crate) fn written(time: Clock) -> String {
    let (hour, half) = match time.hour() {
        0 => (12, "AM"),
        hour @ 1..=11 => (hour, "AM"),
        12 => (12, "PM"),
        hour => (hour - 12, "PM"),
    };
    if time.second() == 0 {
        format!("{hour}:{:02} {half}", time.minute())
    } else {
        format!("{hour}:{:02}:{:02} {half}", time.minute(), time.second())
    }
}

#[cfg(test)]
mod tests;
