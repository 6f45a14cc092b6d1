"""Numbers, amounts, dates and times of day, in the ways people write them."""

ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen").split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
MONTHS = ("january february march april may june july august september october november "
          "december").split()
SHORT = "jan feb mar apr may jun jul aug sept oct nov dec".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
ORDINALS = ("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
            "thirteenth fourteenth fifteenth twentieth thirtieth").split()


def words(n):
    """A whole number below a million, spelled."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f" {ONES[n % 10]}" if n % 10 else "")
    if n < 1000:
        rest = f" and {words(n % 100)}" if n % 100 else ""
        return f"{ONES[n // 100]} hundred{rest}"
    rest = f" {words(n % 1000)}" if n % 1000 else ""
    return f"{words(n // 1000)} thousand{rest}"


def whole(rng):
    """Small more often than large, now and then spelled."""
    n = int(10 ** rng.uniform(0, 4)) if rng.random() < .8 else int(rng.integers(2, 21))
    if rng.random() < .12:
        return words(n)
    return f"{n:,}" if n >= 1000 and rng.random() < .4 else str(n)


def number(rng):
    """A number that may have decimals."""
    draw = rng.random()
    if draw < .7:
        return whole(rng)
    if draw < .95:
        return f"{10 ** rng.uniform(-1, 3):.{rng.integers(1, 4)}f}"
    return ["half a", "a half", "1/2", "one and a half", "3/4", "a quarter", "1e6", "2.5k", "1.2m", "-40"][
        rng.integers(10)]


def small(rng):
    """From two to twenty."""
    n = int(rng.integers(2, 21))
    return words(n) if rng.random() < .25 else str(n)


def ordinal(rng):
    """A day of the month."""
    n = int(rng.integers(1, 32))
    if rng.random() < .2:
        return ORDINALS[rng.integers(len(ORDINALS))]
    end = "th" if 10 < n < 14 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{end}"


def year(rng):
    """Mostly recent."""
    return str(int(rng.integers(1900, 2060)) if rng.random() < .7 else int(rng.integers(2015, 2032)))


def date(rng):
    """A date in one of a dozen notations."""
    m, d = int(rng.integers(12)), int(rng.integers(1, 29))
    y = year(rng)
    month = MONTHS[m] if rng.random() < .6 else SHORT[m]
    forms = [
        f"{month} {d}", f"{d} {month}", f"{month} {ordinal(rng)}", f"the {ordinal(rng)} of {month}",
        f"{month} {d} {y}", f"{month} {d}, {y}", f"{d} {month} {y}", f"{ordinal(rng)} {month} {y}",
        f"{m + 1}/{d}/{y}", f"{y}-{m + 1:02}-{d:02}", f"{d}.{m + 1}.{y}", f"{m + 1}/{d}", f"{month} {y}",
        f"{month} {ordinal(rng)} {y}", f"{d}/{m + 1}/{y[2:]}",
    ]
    return forms[rng.integers(len(forms))]


def clock(rng):
    """A time of day."""
    h, m = int(rng.integers(1, 13)), int(rng.integers(0, 12)) * 5
    half = ["am", "pm", " am", " pm", "a.m.", " p.m."][rng.integers(6)]
    forms = [f"{h}{half}", f"{h}:{m:02}{half}", f"{h + 11}:{m:02}", f"{h} o'clock", "noon", "midnight",
             f"{h}:{m:02}", f"half past {ONES[h]}", f"{h}{half}"]
    return forms[rng.integers(len(forms))]


def money(rng):
    """An amount of dollars, pounds or euros."""
    n = whole(rng)
    if not n[0].isdigit():
        return f"{n} {['dollars', 'pounds', 'euros', 'bucks'][rng.integers(4)]}"
    return [f"${n}", f"{n} dollars", f"£{n}", f"{n} euros", f"${n}", f"€{n}", f"{n} bucks", f"{n}k", f"${n}k"][
        rng.integers(9)]


NUMBERS = {
    "n": whole, "x": number, "small": small, "ordinal": ordinal, "year": year, "date": date,
    "clock": clock, "money": money,
    "day": DAYS, "month": MONTHS,
    "percent": lambda rng: f"{[whole, small][rng.integers(2)](rng)}{['%', ' percent', '%', ' per cent'][rng.integers(4)]}",
    "op": ["+", "-", "*", "/", "x", "×", "÷", "plus", "minus", "times", "divided by", "multiplied by", "over",
           "mod", "^", "**", "%", "to the power of", "added to", "take away"],
    "sym": ["+", "-", "*", "/", "^", " + ", " - ", " * ", " / ", "x", "×", "÷", " x "],
    "holiday": ["christmas", "xmas", "christmas eve", "new year's eve", "new year", "new years", "easter", "halloween",
                "thanksgiving", "valentine's day", "st patrick's day", "mother's day", "father's day", "labor day",
                "memorial day", "independence day", "the 4th of july", "diwali", "ramadan", "hanukkah", "boxing day",
                "good friday", "black friday", "lunar new year", "chinese new year", "new year's day", "pancake day"],
    "period": ["days", "weeks", "months", "years", "hours", "business days", "working days", "minutes", "day", "week"],
}
