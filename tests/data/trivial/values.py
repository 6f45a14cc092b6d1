"""The names an oracle expression may use: amounts, moments, measures, text and written facts.

Everything comes from the standard library and written-down definitions, never from the product.
"""

import base64
import colorsys
import hashlib
import http
import math
import mimetypes
import statistics
import urllib.parse

from amounts import *
from amounts import F
from measures import *
from moments import *

# ---- text --------------------------------------------------------------------------------

def b64(text):
    return s(base64.b64encode(text.encode()).decode())


def unb64(text):
    return s(base64.b64decode(text).decode())


def url(text):
    return alt(*dict.fromkeys((urllib.parse.quote(text, safe=""), urllib.parse.quote_plus(text),
                               urllib.parse.quote(text))))


def unurl(text):
    return s(urllib.parse.unquote(text))


def hexed(text):
    return alt(text.encode().hex(), text.encode().hex(" "), text.encode().hex().upper(),
               text.encode().hex(" ").upper())


def digest(kind, text):
    return s(hashlib.new(kind, text.encode()).hexdigest())


def rgb(code):
    parts = [int(code[i:i + 2], 16) for i in (0, 2, 4)]
    return alt(", ".join(map(str, parts)), ",".join(map(str, parts)), " ".join(map(str, parts)))


def hsl(r, g, b):
    h, light, sat = colorsys.rgb_to_hls(r / 255, g / 255, b / 255)
    return s(str(round(h * 360)), f"{round(sat * 100)}%", f"{round(light * 100)}%")


# ---- look-up: written facts, checked against packages where those are installed -------------

CLAIMS = []  # (kind, key, value) for oracle.py to check


def fact(kind, key, *values):
    """A written fact: any of `values` is right."""
    CLAIMS.append((kind, key, values))
    return alt(*values)


def cap(code, *names):
    return fact("capital", code, *names)


def dial(code, digits):
    CLAIMS.append(("dial", code, (digits,)))
    return alt(digits)


def status(code):
    return s(http.HTTPStatus(code).phrase)


def mime(name):
    return s(mimetypes.guess_type("x." + name)[0])


NAMESPACE = {k: v for k, v in globals().items() if not k.startswith("_")}
