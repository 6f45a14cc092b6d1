//! A schedule as a person would say it.

use super::{Field, Item, Schedule};
use crate::{day, figures};

/// "at 9:00 AM, Monday through Friday"; `None` for what takes more than a sentence.
pub(super) fn sentence(schedule: &Schedule) -> Option<String> {
    let time = time(schedule)?;
    let days = days(schedule)?;
    let daily = time.starts_with("at ") && days.is_empty();
    Some(match (daily, days.as_str()) {
        (true, _) => format!("every day {time}"),
        (false, "") => time,
        (false, days) => format!("{time}, {days}"),
    })
}

/// "9:05 AM".
pub(super) fn clock(hour: u32, minute: u32) -> String {
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = match hour % 12 {
        0 => 12,
        hour => hour,
    };
    format!("{hour}:{minute:02} {half}")
}

fn values(field: &Field, most: i8) -> Vec<u32> {
    (0..=most)
        .filter(|value| field.allows(*value))
        .filter_map(|value| u32::try_from(value).ok())
        .collect()
}

fn time(schedule: &Schedule) -> Option<String> {
    let (minute, hour) = (&schedule.minute, &schedule.hour);
    if let Some(minute) = minute.only() {
        return at_minute(minute, hour);
    }
    let minutes = values(minute, 59);
    let (first, last) = (*minutes.first()?, *minutes.last()?);
    let pace = match minute.items.as_slice() {
        [Item::Star] => "every minute".to_owned(),
        [Item::Step(step)] if 60 % step == 0 => format!("every {step} minutes"),
        [Item::Step(step)] if *step < 60 => {
            format!("every {step} minutes, counted anew from the start of each hour")
        }
        _ if hour.is_star() && minutes.len() <= 8 => {
            let minutes: Vec<String> = minutes.iter().map(u32::to_string).collect();
            return Some(format!(
                "every hour, at {} minutes past",
                figures::listed(&minutes)
            ));
        }
        _ => return None,
    };
    match hour.items.as_slice() {
        [Item::Star] => Some(pace),
        [Item::One(hour)] => Some(format!(
            "{pace} from {} to {}",
            clock(*hour, first),
            clock(*hour, last)
        )),
        [Item::Range(from, to)] => Some(format!(
            "{pace} from {} to {}",
            clock(*from, first),
            clock(*to, last)
        )),
        _ => None,
    }
}

/// Times at one minute of the hour.
fn at_minute(minute: u32, hour: &Field) -> Option<String> {
    let past = match minute {
        0 => "on the hour".to_owned(),
        1 => "at 1 minute past".to_owned(),
        _ => format!("at {minute} minutes past"),
    };
    match hour.items.as_slice() {
        [Item::Star] => return Some(format!("every hour, {past}")),
        [Item::Step(step)] if 24 % step == 0 && *step < 12 => {
            return Some(format!("every {step} hours from midnight, {past}"));
        }
        [Item::Range(from, to)] => {
            return Some(format!(
                "every hour from {} to {}",
                clock(*from, minute),
                clock(*to, minute)
            ));
        }
        _ => {}
    }
    let hours = values(hour, 23);
    let times: Vec<String> = hours.iter().map(|hour| clock(*hour, minute)).collect();
    (times.len() <= 6).then(|| format!("at {}", figures::listed(&times)))
}

fn days(schedule: &Schedule) -> Option<String> {
    let (day, weekday, month) = (&schedule.day, &schedule.weekday, &schedule.month);
    let months = months(month)?;
    let in_months = if months.is_empty() {
        String::new()
    } else {
        format!(" in {months}")
    };
    let of_month = if months.is_empty() {
        " of every month".to_owned()
    } else {
        format!(" of {months}")
    };
    Some(match (day.is_star(), weekday.is_star()) {
        (true, true) if months.is_empty() => String::new(),
        (true, true) => format!("every day{in_months}"),
        (true, false) => format!("{}{in_months}", weekdays(weekday)?),
        (false, true) => format!("{}{of_month}", month_days(day)?),
        (false, false) => format!(
            "{}{of_month} and also {}{in_months}",
            month_days(day)?,
            weekdays(weekday)?
        ),
    })
}

fn weekday_name(value: u32) -> Option<&'static str> {
    let offset = i8::try_from(value % 7).ok()?;
    let weekday = jiff::civil::Weekday::from_sunday_zero_offset(offset).ok()?;
    Some(day::weekday_name(weekday))
}

fn weekdays(field: &Field) -> Option<String> {
    if let [Item::Range(from, to)] = field.items.as_slice() {
        return Some(format!(
            "{} through {}",
            weekday_name(*from)?,
            weekday_name(*to)?
        ));
    }
    let names: Option<Vec<String>> = values(field, 6)
        .into_iter()
        .map(|value| Some(format!("{}s", weekday_name(value)?)))
        .collect();
    Some(format!("on {}", figures::listed(&names?)))
}

fn months(field: &Field) -> Option<String> {
    if field.is_star() {
        return Some(String::new());
    }
    let name = |value: u32| Some(day::month_name(i8::try_from(value).ok()?).to_owned());
    if let [Item::Range(from, to)] = field.items.as_slice() {
        return Some(format!("{} through {}", name(*from)?, name(*to)?));
    }
    let names: Option<Vec<String>> = values(field, 12).into_iter().map(name).collect();
    Some(figures::listed(&names?))
}

fn month_days(field: &Field) -> Option<String> {
    match field.items.as_slice() {
        [Item::Range(from, to)] => Some(format!(
            "from the {} to the {}",
            ordinal(*from),
            ordinal(*to)
        )),
        [Item::Step(step)] => Some(format!("every {step} days from the 1st")),
        _ => {
            let days: Vec<String> = values(field, 31).into_iter().map(ordinal).collect();
            (days.len() <= 8).then(|| format!("on the {}", figures::listed(&days)))
        }
    }
}

fn ordinal(day: u32) -> String {
    let ending = match (day % 10, day / 10) {
        (_, 1) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}
