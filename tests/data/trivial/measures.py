"""Units by their definitions, and conversions as an answer may state them."""

from decimal import Decimal
from fractions import Fraction as F

from amounts import approx, num

IN, LB, GAL, IGAL = F("0.0254"), F("0.45359237"), F("3.785411784"), F("4.54609")
FT = 12 * IN
MI = 5280 * FT
G0 = F("9.80665")
PI = F(str(Decimal("3.14159265358979323846264338327950288419716939937510582097494")))
FACTORS = {  # name: (dimension, size in the coherent unit); exact by definition
    **{k: ("length", v) for k, v in {
        "m": F(1), "km": F(1000), "cm": F("0.01"), "mm": F("0.001"), "um": F("1e-6"), "nm": F("1e-9"),
        "in": IN, "ft": FT, "yd": 3 * FT, "mi": MI, "nmi": F(1852), "fathom": 6 * FT, "furlong": 660 * FT,
        "chain": 66 * FT, "ly": F(9460730472580800), "au": F(149597870700),
        "pc": F(149597870700) * 648000 / PI, "angstrom": F("1e-10"), "hand": 4 * IN}.items()},
    **{k: ("mass", v) for k, v in {
        "kg": F(1), "g": F("0.001"), "mg": F("1e-6"), "ug": F("1e-9"), "t": F(1000), "lb": LB, "oz": LB / 16,
        "st": 14 * LB, "uston": 2000 * LB, "ukton": 2240 * LB, "grain": LB / 7000, "carat": F("0.0002"),
        "ozt": F("0.0311034768")}.items()},
    **{k: ("volume", v) for k, v in {
        "l": F(1), "ml": F("0.001"), "cl": F("0.01"), "dl": F("0.1"), "m3": F(1000), "cm3": F("0.001"),
        "gal": GAL, "igal": IGAL, "qt": GAL / 4, "pt": GAL / 8, "ipt": IGAL / 8, "cup": GAL / 16,
        "mcup": F("0.25"), "floz": GAL / 128, "ifloz": IGAL / 160, "tbsp": GAL / 256, "mtbsp": F("0.015"),
        "tsp": GAL / 768, "mtsp": F("0.005"), "ft3": FT ** 3 * 1000, "in3": IN ** 3 * 1000,
        "bbl": 42 * GAL, "yd3": 27 * FT ** 3 * 1000, "iqt": IGAL / 4}.items()},
    **{k: ("area", v) for k, v in {
        "m2": F(1), "km2": F(10 ** 6), "cm2": F("1e-4"), "ha": F(10000), "acre": 43560 * FT ** 2,
        "ft2": FT ** 2, "in2": IN ** 2, "yd2": 9 * FT ** 2, "mi2": MI ** 2}.items()},
    **{k: ("speed", v) for k, v in {
        "m/s": F(1), "km/h": F(1000, 3600), "mph": MI / 3600, "kn": F(1852, 3600), "ft/s": FT,
        "c": F(299792458)}.items()},
    **{k: ("pressure", v) for k, v in {
        "pa": F(1), "kpa": F(1000), "hpa": F(100), "mbar": F(100), "bar": F(10 ** 5), "atm": F(101325),
        "psi": LB * G0 / IN ** 2, "torr": F(101325, 760), "mpa": F(10 ** 6)}.items()},
    **{k: ("energy", v) for k, v in {
        "j": F(1), "kj": F(1000), "mj": F(10 ** 6), "cal": F("4.184"), "kcal": F(4184), "wh": F(3600),
        "kwh": F(3600000), "btu": F("1055.05585262"), "ev": F("1.602176634e-19"),
        "ftlb": LB * G0 * FT}.items()},
    **{k: ("power", v) for k, v in {
        "w": F(1), "kw": F(1000), "mw": F(10 ** 6), "hp": 550 * LB * G0 * FT, "ps": 75 * G0,
        "btu/h": F("1055.05585262") / 3600}.items()},
    **{k: ("force", v) for k, v in {"n": F(1), "lbf": LB * G0, "kgf": G0}.items()},
    **{k: ("data", v) for k, v in {
        "bit": F(1), "b": F(8), "kb": F(8000), "mb": F(8 * 10 ** 6), "gb": F(8 * 10 ** 9), "tb": F(8 * 10 ** 12),
        "pb": F(8 * 10 ** 15), "kib": F(8 * 2 ** 10), "mib": F(8 * 2 ** 20), "gib": F(8 * 2 ** 30),
        "tib": F(8 * 2 ** 40), "kbit": F(1000), "mbit": F(10 ** 6), "gbit": F(10 ** 9)}.items()},
    **{k: ("time", v) for k, v in {
        "s": F(1), "ms": F("0.001"), "us": F("1e-6"), "ns": F("1e-9"), "min": F(60), "h": F(3600), "d": F(86400),
        "wk": F(604800), "fortnight": F(1209600), "y365": F(86400 * 365), "y": F(86400 * 36525, 100),
        "decade": F(86400 * 36525, 10)}.items()},
    **{k: ("angle", v) for k, v in {
        "rad": F(1), "deg": PI / 180, "grad": PI / 200, "turn": 2 * PI, "arcmin": PI / 10800,
        "arcsec": PI / 648000}.items()},
}
PINT = {  # names that pint spells otherwise; the rest are looked up as they stand
    "in": "inch", "ft": "foot", "yd": "yard", "mi": "mile", "nmi": "nautical_mile", "um": "micrometer", "ly": "light_year",
    "au": "astronomical_unit", "pc": "parsec", "t": "metric_ton", "st": "stone", "uston": "short_ton",
    "ukton": "long_ton", "ozt": "troy_ounce", "ug": "microgram", "gal": "gallon", "igal": "imperial_gallon", "qt": "quart",
    "pt": "pint", "ipt": "imperial_pint", "mcup": None, "floz": "fluid_ounce", "ifloz": "imperial_fluid_ounce",
    "mtbsp": None, "mtsp": None, "iqt": "imperial_quart", "kn": "knot", "pa": "pascal", "kpa": "kilopascal",
    "hpa": "hectopascal", "mbar": "millibar", "mpa": "megapascal", "mj": "megajoule", "kj": "kilojoule",
    "j": "joule", "ev": "electron_volt", "kwh": "kilowatt_hour", "wh": "watt_hour", "btu": "Btu_it",
    "ftlb": "foot_pound", "w": "watt", "kw": "kilowatt", "mw": "megawatt", "hp": "horsepower",
    "ps": "metric_horsepower", "btu/h": "Btu_it/hour", "n": "newton", "lbf": "force_pound", "kgf": "force_kilogram",
    "bit": "bit", "b": "byte", "kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte", "tb": "terabyte",
    "pb": "petabyte", "kib": "kibibyte", "mib": "mebibyte", "gib": "gibibyte", "tib": "tebibyte",
    "kbit": "kilobit", "mbit": "megabit", "gbit": "gigabit", "us": "microsecond", "min": "minute", "h": "hour",
    "d": "day", "wk": "week", "y365": None, "y": "year", "deg": "degree", "arcmin": "arcminute",
    "arcsec": "arcsecond", "grad": "grade", "c": "speed_of_light", "m3": "meter**3", "cm3": "cm**3", "ft3": "foot**3",
    "in3": "inch**3", "yd3": "yard**3", "m2": "m**2", "km2": "km**2", "cm2": "cm**2", "ha": "hectare",
    "ft2": "foot**2", "in2": "inch**2", "yd2": "yard**2", "mi2": "mile**2", "l": "liter", "ml": "milliliter",
    "bbl": "oil_barrel", "hand": "hand", "cal": "calorie", "kcal": "kilocalorie", "lb": "pound", "oz": "ounce",
}
CONVERTED = []  # (value, from, to, result): what `u` computed, for the cross-check with pint


def measure(x):
    """A measurement: exact where it ends, or reasonably rounded."""
    x = F(x)
    if x.denominator == 1 and abs(x) < 10 ** 6:
        return num(x)
    out = [o for o in num(x) if "/" not in o[0]]
    same = [o for o in approx(x, loose=True) if F(o[0]) == x]
    return out + [o for o in approx(x, loose=True) if o not in out + same]


def ratio(value, source, target):
    (dim, a), (other, b) = FACTORS[source], FACTORS[target]
    assert dim == other, (source, target)
    result = F(value) * a / b
    CONVERTED.append((value, source, target, result))
    return result


def u(value, source, target):
    """A conversion between units of one dimension."""
    return measure(ratio(value, source, target))


def u_sum(parts, target):
    """A compound measure such as 5 ft 11 in, told in one unit."""
    return measure(sum(ratio(v, unit, target) for v, unit in parts))


def temp(value, source, target):
    """Celsius, Fahrenheit and kelvin."""
    v = F(value)
    c = {"c": v, "f": (v - 32) * 5 / 9, "k": v - F("273.15"), "r": v * 5 / 9 - F("273.15")}[source]
    return measure({"c": c, "f": c * 9 / 5 + 32, "k": c + F("273.15")}[target])
