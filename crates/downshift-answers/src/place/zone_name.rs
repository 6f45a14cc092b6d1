//! Zones by their own names: UTC offsets, abbreviations, IANA identifiers.

use super::{Place, Zone};
use crate::reading::Reading;

/// "UTC", "GMT+2", "UTC-03:30", "+05:30" and where it ends.
pub(super) fn offset(reading: &Reading, at: usize) -> Option<(usize, Place)> {
    let named = reading.is(at, "utc") || reading.is(at, "gmt");
    if !named {
        return None;
    }
    let negative = reading.is(at + 1, "-") || reading.is(at + 1, "minus");
    let positive = reading.is(at + 1, "+") || reading.is(at + 1, "plus");
    if !negative && !positive {
        return None;
    }
    let hours = reading.get(at + 2)?.integer()?;
    let (hours, minutes, end) = match reading.get(at + 4).filter(|_| reading.is(at + 3, ":")) {
        Some(minutes) if minutes.text.len() == 2 => (hours, minutes.integer()?, at + 5),
        Some(_) => return None,
        None if reading.get(at + 2)?.text.len() == 4 => (hours / 100, hours % 100, at + 3),
        None => (hours, 0, at + 3),
    };
    if hours > 14 || ![0, 15, 30, 45].contains(&minutes) {
        return None;
    }
    let total = i32::try_from(hours * 60 + minutes).ok()?;
    let total = if negative { -total } else { total };
    let end = if reading.is(end, "hours") {
        end + 1
    } else {
        end
    };
    Some((
        end,
        Place {
            name: "",
            zone: Zone::Fixed(total),
            is_zone: true,
        },
    ))
}

/// A zone by abbreviation, by everyday name, or by IANA identifier.
pub(super) fn named(key: &str) -> Option<Place> {
    let (key, spelled) = match key
        .strip_suffix(" time zone")
        .or_else(|| key.strip_suffix(" timezone"))
        .or_else(|| key.strip_suffix(" time"))
    {
        Some(stem) => (stem, true),
        None => (key, false),
    };
    let known = ABBREVIATIONS.iter().find(|(names, ..)| {
        names.split('|').any(|name| match name.strip_suffix('*') {
            // "eastern" is a zone only as "eastern time".
            Some(name) => spelled && name == key,
            None => name == key,
        })
    });
    if let Some((_, name, zone)) = known {
        return Some(Place {
            name,
            zone: *zone,
            is_zone: true,
        });
    }
    let zone = iana(key)?;
    Some(Place {
        name: zone,
        zone: Zone::Named(zone),
        is_zone: true,
    })
}

/// "europe / paris" or "america / new york", as tokens make it.
fn iana(key: &str) -> Option<&'static str> {
    let (area, _) = key.split_once(" / ")?;
    if ![
        "africa",
        "america",
        "antarctica",
        "asia",
        "atlantic",
        "australia",
        "europe",
        "indian",
        "pacific",
        "etc",
    ]
    .contains(&area)
    {
        return None;
    }
    let wanted = key.replace(" / ", "/").replace(' ', "_");
    super::iana_names().get(wanted.as_str()).copied()
}

use Zone::{Fixed, Named, Seasonal};

/// Names (`|` between them, `*`: only before "time"), what a sentence calls it, the zone. Left out
/// for having two readings that people use: IST (India, Ireland, Israel), AST, ADT, ECT, AMT, WST.
const ABBREVIATIONS: &[(&str, &str, Zone)] = &[
    (
        "utc|zulu|zulu*|coordinated universal|universal coordinated|coordinated universal*|universal*|utc*",
        "UTC",
        Fixed(0),
    ),
    ("gmt|greenwich mean|greenwich mean*|gmt*", "GMT", Fixed(0)),
    (
        "et|eastern*|us east coast|the east coast|east coast|us eastern*|eastern us*|et*",
        "US Eastern Time",
        Named("America/New_York"),
    ),
    (
        "pt|us west coast|west coast|pacific*|us pacific*|pt*",
        "US Pacific Time",
        Named("America/Los_Angeles"),
    ),
    (
        "us central*|ct*|central*",
        "US Central Time",
        Named("America/Chicago"),
    ),
    (
        "mt*|us mountain*|mountain*",
        "US Mountain Time",
        Named("America/Denver"),
    ),
    (
        "est|eastern standard*|est*",
        "US Eastern Standard Time",
        Seasonal(-300, "America/New_York"),
    ),
    (
        "edt|eastern daylight*|edt*",
        "US Eastern Daylight Time",
        Seasonal(-240, "America/New_York"),
    ),
    (
        "cst|cst*|central standard*",
        "US Central Standard Time",
        Seasonal(-360, "America/Chicago"),
    ),
    (
        "cdt|central daylight*|cdt*",
        "US Central Daylight Time",
        Seasonal(-300, "America/Chicago"),
    ),
    (
        "mst|mst*|mountain standard*",
        "US Mountain Standard Time",
        Seasonal(-420, "America/Denver"),
    ),
    (
        "mdt|mdt*|mountain daylight*",
        "US Mountain Daylight Time",
        Seasonal(-360, "America/Denver"),
    ),
    (
        "pst|pst*|pacific standard*",
        "US Pacific Standard Time",
        Seasonal(-480, "America/Los_Angeles"),
    ),
    (
        "pdt|pdt*|pacific daylight*",
        "US Pacific Daylight Time",
        Seasonal(-420, "America/Los_Angeles"),
    ),
    (
        "akst|akst*|alaska standard*",
        "Alaska Standard Time",
        Seasonal(-540, "America/Anchorage"),
    ),
    (
        "akdt|akdt*",
        "Alaska Daylight Time",
        Seasonal(-480, "America/Anchorage"),
    ),
    (
        "hst|hst*|hawaii standard*",
        "Hawaii Standard Time",
        Named("Pacific/Honolulu"),
    ),
    (
        "cet|cet*|central european*",
        "Central European Time",
        Seasonal(60, "Europe/Paris"),
    ),
    (
        "cest|cest*|central european summer*",
        "Central European Summer Time",
        Seasonal(120, "Europe/Paris"),
    ),
    (
        "eet|eet*|eastern european*",
        "Eastern European Time",
        Seasonal(120, "Europe/Athens"),
    ),
    (
        "eest|eest*",
        "Eastern European Summer Time",
        Seasonal(180, "Europe/Athens"),
    ),
    (
        "british summer*",
        "British Summer Time",
        Seasonal(60, "Europe/London"),
    ),
    (
        "bst|bst*",
        "British Summer Time",
        Seasonal(60, "Europe/London"),
    ),
    (
        "jst|jst*|japan standard*",
        "Japan Standard Time",
        Named("Asia/Tokyo"),
    ),
    (
        "kst|kst*|korea standard*|korean standard*",
        "Korea Standard Time",
        Named("Asia/Seoul"),
    ),
    (
        "indian standard*|india standard*|indian*",
        "India Standard Time",
        Named("Asia/Kolkata"),
    ),
    ("hkt|hkt*", "Hong Kong Time", Named("Asia/Hong_Kong")),
    (
        "sgt|sgt*|singapore standard*",
        "Singapore Time",
        Named("Asia/Singapore"),
    ),
    (
        "pkt|pkt*|pakistan standard*",
        "Pakistan Standard Time",
        Named("Asia/Karachi"),
    ),
    (
        "msk|msk*|moscow standard*",
        "Moscow Time",
        Named("Europe/Moscow"),
    ),
    (
        "sast|sast*|south africa standard*|south african standard*",
        "South Africa Standard Time",
        Named("Africa/Johannesburg"),
    ),
    (
        "aest|aest*|australian eastern standard*",
        "Australian Eastern Standard Time",
        Seasonal(600, "Australia/Sydney"),
    ),
    (
        "aedt|aedt*|australian eastern daylight*",
        "Australian Eastern Daylight Time",
        Seasonal(660, "Australia/Sydney"),
    ),
    (
        "awst|awst*|australian western standard*",
        "Australian Western Standard Time",
        Named("Australia/Perth"),
    ),
    (
        "acst|acst*",
        "Australian Central Standard Time",
        Seasonal(570, "Australia/Adelaide"),
    ),
    (
        "acdt|acdt*",
        "Australian Central Daylight Time",
        Seasonal(630, "Australia/Adelaide"),
    ),
    (
        "nzst|nzst*",
        "New Zealand Standard Time",
        Seasonal(720, "Pacific/Auckland"),
    ),
    (
        "nzdt|nzdt*",
        "New Zealand Daylight Time",
        Seasonal(780, "Pacific/Auckland"),
    ),
];
