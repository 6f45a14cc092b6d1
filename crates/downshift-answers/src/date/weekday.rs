//! Weekdays: the n-th of a month, that of a date, and whether a day is a stated one.

use jiff::civil;

use super::{between, is_past, resolve, tense, today_here};
use crate::{Context, day, day::Lean, number, pattern::Match};

/// "The last Friday of December 2026 is 25 December 2026."
pub(super) fn nth_day(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let day::Day::Nth(nth, weekday, period) = found.day(0)? else {
        return None;
    };
    // Only a month without a year hangs on when it is asked for.
    let today = match period {
        day::Period::Named(_, Some(_)) | day::Period::Numbered(_) => {
            civil::Date::constant(2026, 1, 1)
        }
        _ => today_here(context)?,
    };
    let lean = if is_past(found) {
        Lean::Last
    } else {
        Lean::Next
    };
    let date = day::nth_in((*nth, *weekday, *period), today, lean)?;
    let ordinal = match usize::try_from(*nth) {
        Ok(nth) => number::ORDINALS.get(nth.checked_sub(1)?)?,
        Err(_) => "last",
    };
    let of = match period {
        day::Period::Named(month, None) => format!("{} {}", day::month_name(*month), date.year()),
        _ => period.named(today)?,
    };
    Some(format!(
        "The {ordinal} {} of {of} {} {}.",
        day::weekday_name(*weekday),
        tense(date, context),
        day::without_weekday(date)
    ))
}

/// "was 14 march 1990 a wednesday".
pub(super) fn is_weekday(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (named, day::Day::Coming(asked)) = (found.day(0)?, found.day(1)?) else {
        return None;
    };
    if named.is_weekday() || is_past(found) && !named.is_definite() {
        return None;
    }
    let date = resolve(named, context, Lean::Next)?;
    let answer = if date.weekday() == *asked {
        "Yes"
    } else {
        "No"
    };
    if *named == day::Day::Offset(0) {
        return Some(format!("{answer}, today is {}.", day::written(date)));
    }
    Some(format!(
        "{answer}, {} {} a {}.",
        day::without_weekday(date),
        tense(date, context),
        day::weekday_name(date.weekday())
    ))
}

/// "what day does christmas fall on in 2027".
pub(super) fn weekday_in(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let year = number::integer_in(found.number(0)?, 1583..=9999)?;
    let year = i16::try_from(year).ok()?;
    let (name, date) = match found.day(0)? {
        day::Day::Holiday(holiday, None) => (holiday.name, holiday.date(year)?),
        day::Day::Yearly(month, day) => ("It", civil::Date::new(year, *month, *day).ok()?),
        _ => return None,
    };
    let weekday = day::weekday_name(date.weekday());
    Some(format!(
        "{name} {} a {weekday}: {}.",
        tense(date, context),
        day::without_weekday(date)
    ))
}

/// "is 4 july 2026 a weekday", "is it on a weekend".
pub(super) fn not_weekend(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let date = resolve(found.day(0)?, context, Lean::Next)?;
    let asks_work = found
        .reading
        .tokens
        .iter()
        .any(|token| token.is("business") || token.is("working"));
    let weekend = between::is_weekend(date);
    // A weekday may be a public holiday, which is not known here.
    if asks_work && !weekend {
        return None;
    }
    let answer = if weekend { "No" } else { "Yes" };
    let verb = tense(date, context);
    Some(format!(
        "{answer}, {} {verb} a {}.",
        day::without_weekday(date),
        day::weekday_name(date.weekday())
    ))
}

/// "does 31 october 2026 fall on a weekend".
pub(super) fn not_weekend_or_weekend(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let named = found.day(0)?;
    if found.has(&["what", "which", "when", "many", "much", "have", "need"]) {
        return None;
    }
    let date = resolve(named, context, Lean::Next)?;
    let yes = between::is_weekend(date) == found.has(&["weekend"]);
    Some(format!(
        "{}, {} {} a {}.",
        if yes { "Yes" } else { "No" },
        day::without_weekday(date),
        tense(date, context),
        day::weekday_name(date.weekday())
    ))
}

/// "how many sundays in november 2026"; without a year the count is any year's.
pub(super) fn counted_in(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let day::Day::Coming(weekday) = found.day(0)? else {
        return None;
    };
    if !found.has(&["many", "number", "count"]) {
        return None;
    }
    let year = number::integer_in(found.number(0)?, 1583..=9999)?;
    let month = *found.month(0)?;
    let first = civil::Date::new(i16::try_from(year).ok()?, month, 1).ok()?;
    let count = (0..i64::from(first.days_in_month()))
        .filter_map(|days| first.checked_add(jiff::Span::new().days(days)).ok())
        .filter(|date| date.weekday() == *weekday)
        .count();
    Some(format!(
        "{} {year} has {count} {}s.",
        day::month_name(month),
        day::weekday_name(*weekday)
    ))
}

/// "is today Monday".
pub(super) fn is_today(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let today = today_here(context)?;
    let same = match found.day(0)? {
        day::Day::Coming(weekday) => *weekday == today.weekday(),
        day::Day::On(date) => *date == today,
        day::Day::Yearly(month, day) => (*month, *day) == (today.month(), today.day()),
        _ => return None,
    };
    Some(format!(
        "{}, today is {}.",
        if same { "Yes" } else { "No" },
        day::written(today)
    ))
}
