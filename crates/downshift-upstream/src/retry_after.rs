//! Hides how an upstream says when to come back: milliseconds, seconds, or a date.

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// More than this is taken for this: a day.
const LONGEST: Duration = Duration::from_hours(24);

/// When to come back, from now: `retry-after-ms`, else `retry-after` in seconds or as a date.
///
/// A date is read against the `date` of the same answer, so that it is the upstream's own clock
/// that counts; without that it says nothing.
pub(crate) fn read(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |text: &str| text.parse::<f64>().ok();
    let millis = text("retry-after-ms").and_then(number);
    let seconds = text(RETRY_AFTER.as_str()).and_then(number);
    let told = match (millis, seconds) {
        (Some(millis), _) => seconds_of(millis / 1000.0),
        (None, Some(seconds)) => seconds_of(seconds),
        (None, None) => {
            let until = httpdate::parse_http_date(text(RETRY_AFTER.as_str())?).ok()?;
            let now = httpdate::parse_http_date(text(DATE.as_str())?).ok()?;
            Some(until.duration_since(now).unwrap_or_default())
        }
    };
    told.map(|told| told.min(LONGEST))
}

fn seconds_of(seconds: f64) -> Option<Duration> {
    let limited = if seconds > LONGEST.as_secs_f64() {
        LONGEST.as_secs_f64()
    } else {
        seconds
    };
    Duration::try_from_secs_f64(limited).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], expected: Option<u64>) {
        let all = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        assert_eq!(
            read(&all),
            expected.map(Duration::from_millis),
            "{headers:?}"
        );
    }

    #[test]
    fn reads_every_form() {
        check(&[("retry-after", "2")], Some(2000));
        check(&[("retry-after", " 1.5 ")], Some(1500));
        check(&[("retry-after", "0")], Some(0));
        check(
            &[("retry-after", "9"), ("retry-after-ms", "150")],
            Some(150),
        );
        let at = ("retry-after", "Wed, 21 Oct 2015 07:28:03 GMT");
        check(&[at, ("date", "Wed, 21 Oct 2015 07:28:00 GMT")], Some(3000));
        check(&[at, ("date", "Wed, 21 Oct 2015 08:00:00 GMT")], Some(0));
    }

    #[test]
    fn makes_nothing_of_the_rest() {
        check(&[], None);
        check(&[("retry-after", "soon")], None);
        check(&[("retry-after", "-1")], None);
        check(&[("retry-after", "NaN")], None);
        check(&[("retry-after", "Wed, 21 Oct 2015 07:28:03 GMT")], None);
        check(&[("retry-after", "1e300")], Some(86_400_000));
    }
}
