"""Numbers as an answer may state them: exact, as fractions, or rounded."""

import decimal
import math
from decimal import Decimal
from fractions import Fraction as F

decimal.getcontext().prec = 60
WORDS = ("zero one two three four five six seven eight nine ten eleven twelve thirteen "
         "fourteen fifteen sixteen seventeen eighteen nineteen twenty").split()


def s(*needles):
    """One alternative: every needle must occur."""
    return [list(needles)]


def alt(*options):
    """Several one-needle alternatives."""
    return [[o] for o in options]


def either(*groups):
    """The union of several lists of alternatives."""
    return [option for group in groups for option in group]


def both(first, second):
    """Every pairing of two lists of alternatives."""
    return [a + b for a in first for b in second]


def yes(*more):
    return alt("yes", *more)


def no(*more):
    return alt("no", *more)


def plain(x):
    """A finite decimal in plain digits without trailing zeros."""
    text = format(x, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimal(x):
    return Decimal(x.numerator) / Decimal(x.denominator) if isinstance(x, F) else Decimal(x)


def approx(x, loose=False):
    """Rounded and truncated forms of `x` at four significant digits, as prefixes; with `loose`
    also the shorter roundings a person would accept for a measurement."""
    x = _decimal(x)
    if x == 0:
        return [["0"]]
    size = x.adjusted()
    out = []

    def at(places, modes=(decimal.ROUND_HALF_UP, decimal.ROUND_DOWN), strip=False):
        for mode in modes:
            value = x.quantize(Decimal(1).scaleb(-places), rounding=mode)
            text = plain(value) if strip else format(value, "f")
            if [text] not in out:
                out.append([text])

    if size >= 6 or size < -4:
        mantissa = x.scaleb(-size)
        forms = [(3, decimal.ROUND_HALF_UP), (3, decimal.ROUND_DOWN), (2, decimal.ROUND_HALF_UP)]
        for places, mode in forms if loose else forms[:2]:
            text = format(mantissa.quantize(Decimal(1).scaleb(-places), rounding=mode), "f")
            if [text] not in out:
                out.append([text])
    if size < -4:
        at(3 - size)
        return out
    at(max(1, 3 - size))
    if loose or size >= 3:
        at(0 if size >= 2 else 2 - size, (decimal.ROUND_HALF_UP,), strip=True)
    return out


def num(x):
    """A number: exact where it ends, else as a fraction or to four significant digits."""
    if isinstance(x, (int, F)):
        x = F(x)
        if x.denominator == 1:
            out = [[str(x.numerator)]]
        else:
            rest = x.denominator
            for p in (2, 5):
                while rest % p == 0:
                    rest //= p
            text = plain(_decimal(x))
            ends = rest == 1 and len(text) < 16
            out = [[text]] if ends else [[f"{x.numerator}/{x.denominator}"], *approx(x)]
        if x < 0 and len(out) == 1:
            out.append(["minus " + out[0][0][1:]])
        return out
    return approx(Decimal(repr(x)) if isinstance(x, float) else x)


def word(n):
    """A small whole number, in digits or in words."""
    return [[str(n)], *([[WORDS[n]]] if 0 <= n <= 20 else [])]


def money(x):
    """An amount: exact, or rounded to the cent."""
    cents = _decimal(F(x)).quantize(Decimal("0.01"), rounding=decimal.ROUND_HALF_UP)
    out = [[format(cents, "f")], [plain(cents)]]
    return [option for i, option in enumerate(out) if option not in out[:i]]


def sqrt(x):
    return root(x, 2)


def root(x, n):
    exact = round(float(x) ** (1 / n))
    return exact if exact ** n == x else _decimal(F(x)) ** (Decimal(1) / Decimal(n))


def ln(x):
    return _decimal(F(x)).ln()


def log10(x):
    value = _decimal(F(x)).log10()
    return int(value) if value == int(value) else value


def roman(n):
    pairs = zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
                "M CM D CD C XC L XL X IX V IV I".split())
    out = ""
    for value, letters in pairs:
        out += letters * (n // value)
        n %= value
    return out


def factors(n):
    """Prime factors of `n`, in order, as alternatives of the ways to write a product."""
    primes, p = [], 2
    while n > 1:
        while n % p == 0:
            primes.append(p)
            n //= p
        p += 1
    powers = {p: primes.count(p) for p in dict.fromkeys(primes)}
    sup = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
    forms = []
    for sep in (" x ", " * ", "*", " · ", ", "):
        forms.append([sep.join(map(str, primes))])
        forms.append([sep.join(f"{p}^{k}" if k > 1 else str(p) for p, k in powers.items())])
        forms.append([sep.join(f"{p}{str(k).translate(sup)}" if k > 1 else str(p)
                               for p, k in powers.items())])
    return forms


def prime(n):
    is_prime = n > 1 and all(n % d for d in range(2, math.isqrt(n) + 1))
    return yes("is prime", "is a prime") if is_prime else no("not prime", "not a prime", "isn't prime")


def seq(items):
    """A list in this order, with the usual separators."""
    items = [str(i) for i in items]
    tail = " and ".join([", ".join(items[:-1]), items[-1]])
    return [[sep.join(items)] for sep in (", ", ",", " ")] + [[tail], [tail.replace(" and ", ", and ")]]
