"""Times, dates and lengths of time as an answer may state them, from zoneinfo and datetime."""

import calendar
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction as F
from zoneinfo import ZoneInfo

from amounts import WORDS, _decimal, alt, both, no, plain, word, yes

NOW = datetime(2026, 11, 25, 18, 44, tzinfo=timezone.utc)
HOME = "Europe/London"


def clock(moment):
    """A time of day on the 24-hour and the 12-hour clock."""
    hour, minute, half = moment.hour, moment.minute, "am" if moment.hour < 12 else "pm"
    short = hour % 12 or 12
    dotted = f"{half[0]}.m"
    out = [[f"{hour:02}:{minute:02}"]]
    for h in dict.fromkeys((str(short), f"{short:02}")):
        out += [[f"{h}:{minute:02} {half}"], [f"{h}:{minute:02}{half}"], [f"{h}:{minute:02} {dotted}"]]
    if minute == 0:
        out += [[f"{short} {half}"], [f"{short}{half}"], [f"{short} {dotted}"]]
        out += [["noon"], ["midday"]] if hour == 12 else [["midnight"]] if hour == 0 else []
    return out


def fixed(hours):
    """A fixed offset from UTC, in hours."""
    return timezone(timedelta(hours=float(hours)))


def _zone(name):
    return name if isinstance(name, timezone) else ZoneInfo(name)


def at(zone):
    """The time now in a zone."""
    return clock(NOW.astimezone(_zone(zone)))


def conv(text, source, target, on=(2026, 11, 25)):
    """A stated time in one zone, told in another."""
    hour, minute = map(int, text.split(":"))
    return clock(datetime(*on, hour, minute, tzinfo=_zone(source)).astimezone(_zone(target)))


def dur(minutes):
    """A length of time in hours and minutes."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return [[f"{rest} minutes"], [f"{rest} min"], [f"{rest}m"], [f"{rest} minute"], [f"{rest} mins"]]
    if not rest:
        names = [str(hours)] + ([WORDS[hours]] if hours <= 20 else [])
        return [[f"{n} {u}"] for n in names for u in ("hours", "hour", "hrs", "h")] + [[f"{hours}h"]]
    out = [[f"{hours} {hour}", f"{rest} {minute}"] for hour in ("hours", "hour", "h", "hrs")
           for minute in ("minutes", "min", "minute", "m", "mins")]
    out += [[f"{hours}h", f"{rest}m"], [f"{hours}:{rest:02}"], [f"{minutes} minutes"]]
    decimal_hours = plain(_decimal(F(minutes, 60))) if (minutes * 100) % 60 == 0 else None
    out += [[f"{decimal_hours} hours"]] if decimal_hours else []
    return out + ([[f"{hours}½"], [f"{hours} and a half"]] if rest == 30 else [])


def gap(a, b):
    """The difference between two places now; the direction is not part of it."""
    minutes = abs(int((NOW.astimezone(_zone(a)).utcoffset()
                       - NOW.astimezone(_zone(b)).utcoffset()).total_seconds())) // 60
    return dur(minutes) if minutes else alt("same time", "no time difference", "0 hours", "no difference", "the same")


def zone_of(name, *names):
    """The zone of a place: its identifier, its names, or its offset now."""
    minutes = int(NOW.astimezone(ZoneInfo(name)).utcoffset().total_seconds()) // 60
    sign, (h, m) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    offsets = [f"{p}{sign}{h:02}:{m:02}" for p in ("UTC", "GMT")]
    offsets += [f"{p}{sign}{h}:{m:02}" if m else f"{p}{sign}{h}" for p in ("UTC", "GMT")]
    return alt(name, *names, *offsets)


def ordinal(n):
    return f"{n}{'th' if 10 <= n % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def day(value, year=True):
    """A date in the ways it is written; without `year` the year may be left out."""
    if isinstance(value, tuple):
        value = date(*value)
    y, out = value.year, [[value.isoformat()[:10]]]
    for month in dict.fromkeys((calendar.month_name[value.month], calendar.month_abbr[value.month])):
        for n in (str(value.day), ordinal(value.day)):
            if year:
                out += [[f"{n} {month} {y}"], [f"{month} {n}, {y}"], [f"{n} {month}, {y}"],
                        [f"{n} of {month} {y}"], [f"{month} {n} {y}"]]
            else:
                out += [[f"{n} {month}"], [f"{month} {n}"], [f"{n} of {month}"]]
    return [option for i, option in enumerate(out) if option not in out[:i]]


def weekday(*ymd):
    """The day of the week of a date."""
    return alt(calendar.day_name[date(*ymd).weekday()])


def days(a, b):
    """Whole days from one date to another."""
    return word((date(*b) - date(*a)).days)


def shift(start, days=0, weeks=0, months=0, years=0):
    """A date moved by whole units; months are clipped to the month's last day."""
    start = date(*start)
    month = start.year * 12 + start.month - 1 + months + 12 * years
    year, month = divmod(month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last)) + timedelta(days=days, weeks=weeks)


def leap(year):
    forms = [f"{verb} a leap year" for verb in ("is", "was", "will be", "not", "isn't", "wasn't")]
    return yes(*forms[:3]) if calendar.isleap(year) else no(*forms[3:])


def workdays(a, b):
    """Mondays to Fridays between two dates that are themselves at weekends."""
    a, b = date(*a), date(*b)
    assert a.weekday() > 4 and b.weekday() > 4, "choose ends at weekends: no reading differs"
    return word(sum((a + timedelta(n)).weekday() < 5 for n in range((b - a).days)))


def nth(year, month, which, n):
    """The n-th (or last, n = -1) such weekday (0 = Monday) of a month."""
    found = [d for d in calendar.Calendar().itermonthdates(year, month)
             if d.month == month and d.weekday() == which]
    return found[n - 1 if n > 0 else n]


def easter(year):
    """Western Easter Sunday, by the anonymous Gregorian computus."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l) // 451
    month, rest = divmod(h + l - 7 * m + 114, 31)
    return date(year, month, rest + 1)


def age(*born):
    """Completed years on the fixed day."""
    today = NOW.date()
    return word(today.year - born[0] - ((today.month, today.day) < born[1:]))


def stamp(seconds):
    """A Unix timestamp as a date and a time in UTC."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return both(day(moment.date()), clock(moment))


def unix(*parts, zone="UTC"):
    return [[str(int(datetime(*parts, tzinfo=ZoneInfo(zone)).timestamp()))]]
