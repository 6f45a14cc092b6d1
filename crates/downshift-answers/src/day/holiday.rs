//! Holidays that a rule gives; those of the moon and of proclamation are not here.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::{Day, year};
use crate::reading::Reading;

/// A holiday by its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holiday {
    /// What a sentence calls it, with the country where others keep it on another day.
    pub(crate) name: &'static str,
    rule: On,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    Fixed(i8, i8),
    /// The n-th weekday of a month, from the end when negative.
    Nth(i8, i8, Weekday),
    /// Days after the n-th weekday of a month.
    After(i8, i8, Weekday, i32),
    /// Days from Western Easter Sunday.
    Easter(i32),
}

impl Holiday {
    /// Its date in a year of the Gregorian calendar.
    pub(crate) fn date(&self, year: i16) -> Option<Date> {
        match self.rule {
            On::Fixed(month, day) => Date::new(year, month, day).ok(),
            On::Nth(month, nth, weekday) => Date::new(year, month, 1)
                .ok()?
                .nth_weekday_of_month(nth, weekday)
                .ok(),
            On::After(month, nth, weekday, days) => {
                let base = Date::new(year, month, 1)
                    .ok()?
                    .nth_weekday_of_month(nth, weekday)
                    .ok()?;
                base.checked_add(days.days()).ok()
            }
            On::Easter(days) => easter(year)?.checked_add(days.days()).ok(),
        }
    }
}

/// Western Easter Sunday: the Gregorian computus in the form of Meeus, "Astronomical Algorithms", ch. 8.
fn easter(year: i16) -> Option<Date> {
    let year = i32::from(year);
    let golden = year % 19;
    let (century, of_century) = (year / 100, year % 100);
    let moon =
        (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - moon - of_century % 4) % 7;
    let correction = (golden + 11 * moon + 22 * weekday) / 451;
    let days = moon + weekday - 7 * correction + 114;
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(days / 31).ok()?,
        i8::try_from(days % 31 + 1).ok()?,
    )
    .ok()
}

/// A holiday by name, with a year after it if one stands there.
pub(super) fn parse(reading: &Reading, at: usize) -> Option<(usize, Day)> {
    let at = if reading.is(at, "the") { at + 1 } else { at };
    let (count, holiday) = HOLIDAYS
        .iter()
        .filter_map(|(names, holiday)| {
            let longest = names
                .split('|')
                .filter_map(|name| reading.phrase(at, name))
                .max()?;
            Some((longest, holiday))
        })
        .max_by_key(|(count, _)| *count)?;
    let mut end = at + count;
    if reading.is(end, "day") && holiday.name.starts_with("Christmas") {
        end += 1;
    }
    let before_year =
        end + usize::from(reading.is(end, "in") || reading.is(end, "of") || reading.is(end, ","));
    let (holiday, end, before_year) = match country(reading, end, holiday) {
        Some((named, next)) => (
            named,
            next,
            next + usize::from(reading.is(next, "in") || reading.is(next, ",")),
        ),
        None => (*holiday, end, before_year),
    };
    match year(reading, before_year) {
        Some(year) => {
            let end = before_year + 1;
            let (holiday, end) = country(reading, end, &holiday).unwrap_or((holiday, end));
            Some((end, Day::Holiday(holiday, Some(year))))
        }
        None if reading.phrase(end, "this year").is_some() => {
            Some((end + 2, Day::HolidayOf(holiday, 0)))
        }
        None if reading.phrase(end, "next year").is_some() => {
            Some((end + 2, Day::HolidayOf(holiday, 1)))
        }
        None if reading.phrase(end, "last year").is_some() => {
            Some((end + 2, Day::HolidayOf(holiday, -1)))
        }
        None => Some((end, Day::Holiday(holiday, None))),
    }
}

/// The holiday as a country keeps it that is named behind it, and where that name ends.
fn country(reading: &Reading, at: usize, holiday: &Holiday) -> Option<(Holiday, usize)> {
    const AMERICA: &[&str] = &[
        "in the us",
        "in the usa",
        "in america",
        "in the united states",
        "in us",
        "us",
        "usa",
    ];
    let longest = |names: &[&str]| {
        let lengths = names.iter().filter_map(|name| reading.phrase(at, name));
        lengths.max()
    };
    if let Some(count) = longest(AMERICA).filter(|_| holiday.name.contains("(US")) {
        return Some((*holiday, at + count));
    }
    let count = longest(&["in canada", "canada"])?;
    let canadian = holiday.name.starts_with("Thanksgiving").then(|| {
        HOLIDAYS
            .iter()
            .find(|(_, known)| known.name == "Thanksgiving (Canada)")
    });
    Some((canadian??.1, at + count))
}

const fn holiday(name: &'static str, rule: On) -> Holiday {
    Holiday { name, rule }
}

use On::{After, Easter, Fixed, Nth};

/// Names (`|` between them) and rules.
const HOLIDAYS: &[(&str, Holiday)] = &[
    (
        "christmas|xmas|christmas day|xmas day",
        holiday("Christmas Day", Fixed(12, 25)),
    ),
    (
        "christmas eve|xmas eve",
        holiday("Christmas Eve", Fixed(12, 24)),
    ),
    ("boxing day", holiday("Boxing Day", Fixed(12, 26))),
    (
        "new years|new year|new years day|new year 's day|new year 's|new year day",
        holiday("New Year's Day", Fixed(1, 1)),
    ),
    (
        "new years eve|new year 's eve|new year eve|nye",
        holiday("New Year's Eve", Fixed(12, 31)),
    ),
    ("halloween", holiday("Halloween", Fixed(10, 31))),
    (
        "valentines|valentines day|valentine 's day|valentine 's|valentine day",
        holiday("Valentine's Day", Fixed(2, 14)),
    ),
    (
        "st patricks day|st patrick 's day|saint patricks day|saint patrick 's day|st paddys day|st paddy 's day",
        holiday("St Patrick's Day", Fixed(3, 17)),
    ),
    (
        "april fools|april fools day|april fool 's day|april fools ' day",
        holiday("April Fools' Day", Fixed(4, 1)),
    ),
    ("cinco de mayo", holiday("Cinco de Mayo", Fixed(5, 5))),
    ("earth day", holiday("Earth Day", Fixed(4, 22))),
    ("pi day", holiday("Pi Day", Fixed(3, 14))),
    ("groundhog day", holiday("Groundhog Day", Fixed(2, 2))),
    ("bastille day", holiday("Bastille Day", Fixed(7, 14))),
    ("canada day", holiday("Canada Day", Fixed(7, 1))),
    ("australia day", holiday("Australia Day", Fixed(1, 26))),
    ("juneteenth", holiday("Juneteenth", Fixed(6, 19))),
    (
        "veterans day|veteran 's day",
        holiday("Veterans Day (US)", Fixed(11, 11)),
    ),
    (
        "us independence day|american independence day|independence day in the us|independence day in the usa|independence day in the united states|independence day in america|independence day us|independence day usa|us independence day in the us",
        holiday("US Independence Day", Fixed(7, 4)),
    ),
    (
        "guy fawkes|guy fawkes night|bonfire night|guy fawkes day",
        holiday("Guy Fawkes Night", Fixed(11, 5)),
    ),
    (
        "easter|easter sunday|easter day",
        holiday("Easter Sunday", Easter(0)),
    ),
    ("good friday", holiday("Good Friday", Easter(-2))),
    (
        "maundy thursday|holy thursday",
        holiday("Maundy Thursday", Easter(-3)),
    ),
    ("holy saturday", holiday("Holy Saturday", Easter(-1))),
    (
        "ascension day|ascension|ascension thursday|feast of the ascension",
        holiday("Ascension Day", Easter(39)),
    ),
    (
        "whit monday|pentecost monday",
        holiday("Whit Monday", Easter(50)),
    ),
    ("trinity sunday", holiday("Trinity Sunday", Easter(56))),
    (
        "mothering sunday|uk mother 's day|uk mothers day",
        holiday("Mothering Sunday (UK)", Easter(-21)),
    ),
    (
        "advent sunday|first sunday of advent|first advent",
        holiday(
            "the first Sunday of Advent",
            After(11, 4, Weekday::Thursday, 3),
        ),
    ),
    (
        "remembrance sunday",
        holiday("Remembrance Sunday (UK)", Nth(11, 2, Weekday::Sunday)),
    ),
    (
        "all saints day|all saints ' day|all hallows day",
        holiday("All Saints' Day", Fixed(11, 1)),
    ),
    (
        "international womens day|international women 's day",
        holiday("International Women's Day", Fixed(3, 8)),
    ),
    ("anzac day", holiday("Anzac Day", Fixed(4, 25))),
    ("easter monday", holiday("Easter Monday", Easter(1))),
    ("ash wednesday", holiday("Ash Wednesday", Easter(-46))),
    ("palm sunday", holiday("Palm Sunday", Easter(-7))),
    ("pentecost|whit sunday", holiday("Pentecost", Easter(49))),
    (
        "mardi gras|shrove tuesday|fat tuesday|pancake day",
        holiday("Shrove Tuesday (Mardi Gras)", Easter(-47)),
    ),
    (
        "thanksgiving|thanksgiving day|us thanksgiving|american thanksgiving",
        holiday("Thanksgiving (US)", Nth(11, 4, Weekday::Thursday)),
    ),
    (
        "canadian thanksgiving",
        holiday("Thanksgiving (Canada)", Nth(10, 2, Weekday::Monday)),
    ),
    (
        "black friday",
        holiday("Black Friday", After(11, 4, Weekday::Thursday, 1)),
    ),
    (
        "cyber monday",
        holiday("Cyber Monday", After(11, 4, Weekday::Thursday, 4)),
    ),
    (
        "labor day|us labor day",
        holiday("Labor Day (US)", Nth(9, 1, Weekday::Monday)),
    ),
    (
        "memorial day",
        holiday("Memorial Day (US)", Nth(5, -1, Weekday::Monday)),
    ),
    (
        "mlk day|martin luther king day|martin luther king jr day",
        holiday("Martin Luther King Jr. Day", Nth(1, 3, Weekday::Monday)),
    ),
    (
        "presidents day|president 's day|presidents ' day",
        holiday("Presidents' Day (US)", Nth(2, 3, Weekday::Monday)),
    ),
    (
        "mothers day|mother 's day|us mother 's day",
        holiday("Mother's Day (US)", Nth(5, 2, Weekday::Sunday)),
    ),
    (
        "fathers day|father 's day",
        holiday("Father's Day (US and UK)", Nth(6, 3, Weekday::Sunday)),
    ),
    (
        "columbus day|indigenous peoples day",
        holiday("Columbus Day (US)", Nth(10, 2, Weekday::Monday)),
    ),
];
