//! Moments as people write them: `24h` (ago), `7d`, `2026-11-01`, `2026-11-01T18:30:00Z`.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::duration;

/// The moment that `text` means at `now`; days begin at midnight UTC. An error says how one is written.
pub fn parse(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let day = text.parse::<Date>().ok();
    // A civil date also parses from a date and a time without zone, which would lose the time.
    if let Some(day) = day.filter(|_| text.len() == "2026-11-01".len()) {
        let midnight = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
        return midnight.map_err(|error| error.to_string());
    }
    let ago = duration::parse(text).and_then(|ago| now.checked_sub(ago).ok());
    ago.ok_or_else(|| {
        format!(
            "`{text}` is no moment; write how long ago (24h, 7d), a day (2026-11-01) or a moment \
             (2026-11-01T18:30:00Z)"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let now = "2026-11-25T22:00:00Z".parse().unwrap();
        match parse(text, now) {
            Ok(moment) => assert_eq!(moment.to_string(), expected, "{text}"),
            Err(message) => assert!(message.contains(expected), "{text}: {message}"),
        }
    }

    #[test]
    fn moments_are_read() {
        check("24h", "2026-11-24T22:00:00Z");
        check("90m", "2026-11-25T20:30:00Z");
        check("7d", "2026-11-18T22:00:00Z");
        check("1w", "2026-11-18T22:00:00Z");
        check("2026-11-01", "2026-11-01T00:00:00Z");
        check("2026-11-01T18:30:00+02:00", "2026-11-01T16:30:00Z");
        check(" 1h ", "2026-11-25T21:00:00Z");
    }

    #[test]
    fn what_is_no_moment_is_told() {
        for text in [
            "",
            "yesterday",
            "24",
            "-1h",
            "2026-13-01",
            "2026-11-01T10:00",
            "1000000w",
        ] {
            check(text, "is no moment; write how long ago (24h, 7d)");
        }
    }
}
