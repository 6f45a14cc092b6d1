//! When a schedule is next due on the caller's clock.

use jiff::{ToSpan, civil::DateTime, tz::AmbiguousOffset};

use super::Schedule;
use crate::{Context, day};

/// Schedules that are not due within so many days are passed on: 29 February comes every eight
/// years at worst.
const MAX_DAYS: usize = 9 * 366;

/// The next runs after now, as the caller's calendar and clock say them; `None` without a zone,
/// or where the clock is set at the time of a run, which every daemon treats in its own way.
pub(super) fn next(
    schedule: &Schedule,
    count: usize,
    context: &Context<'_>,
) -> Option<Vec<String>> {
    let zone = context.zone?;
    let now = zone.to_datetime(context.now);
    let mut date = now.date();
    let mut runs = Vec::new();
    for _ in 0..MAX_DAYS {
        if day_allowed(schedule, date) {
            let minutes = (0..24)
                .filter(|hour| schedule.hour.allows(*hour))
                .flat_map(|hour| {
                    (0..60)
                        .filter(|minute| schedule.minute.allows(*minute))
                        .map(move |minute| (hour, minute))
                });
            for (hour, minute) in minutes {
                let at = date.at(hour, minute, 0, 0);
                if at <= now {
                    continue;
                }
                let offset = zone.to_ambiguous_zoned_datetime(at).offset();
                if !matches!(offset, AmbiguousOffset::Unambiguous { .. }) {
                    return None;
                }
                runs.push(said(at, context)?);
                if runs.len() == count {
                    return Some(runs);
                }
            }
        }
        date = date.checked_add(1.day()).ok()?;
    }
    None
}

/// The day of the month or the weekday, when both are given; else the one that is.
fn day_allowed(schedule: &Schedule, date: jiff::civil::Date) -> bool {
    let day = schedule.day.allows(date.day());
    let weekday = schedule
        .weekday
        .allows(date.weekday().to_sunday_zero_offset());
    let either = !schedule.day.is_star() && !schedule.weekday.is_star();
    schedule.month.allows(date.month())
        && if either {
            day || weekday
        } else {
            day && weekday
        }
}

/// "Thursday, 26 November 2026 at 9:00 AM (Europe/Berlin)".
fn said(at: DateTime, context: &Context<'_>) -> Option<String> {
    let zone = context.zone?.iana_name()?;
    let (hour, minute) = (at.hour(), at.minute());
    let clock = super::words::clock(u32::try_from(hour).ok()?, u32::try_from(minute).ok()?);
    Some(format!("{} at {clock} ({zone})", day::written(at.date())))
}
