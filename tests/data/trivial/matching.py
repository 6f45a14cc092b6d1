"""How an answer is compared with a row's `expect`; the README's rules, made executable."""

import re
import unicodedata

_LETTER = r"[^\W\d_]"
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "‑": "-", "’": "'", "×": "x"})


def normalise(text, exact=False):
    """Thousands separators, exotic spaces and dashes, and (unless `exact`) case removed."""
    text = text.translate(_DASHES)
    text = re.sub(r"(?<=\d)[\u2009\u202f\u00a0](?=\d{3}(?!\d))", "", text)
    text = _THOUSANDS.sub("", text)
    text = re.sub(r"\s+", " ", text)
    if exact:
        return text
    return unicodedata.normalize("NFC", text).casefold()


def _left(needle):
    first = needle[0]
    if first.isdigit():
        # Not the tail of a longer number, a fraction or a negative number.
        return r"(?<!\d)(?<!\d\.)(?<![\s(=]-)"
    if first.isalpha():
        return f"(?<!{_LETTER})"
    return ""


def _right(needle):
    last = needle[-1]
    if last.isalpha():
        return f"(?!{_LETTER})"
    if not last.isdigit():
        return ""
    number = re.search(r"-?\d+(?:\.(\d+))?$", needle).group(0)
    if "." not in number:
        return r"(?!\d)(?!\.\d*[1-9])"
    significant = number.lstrip("-0.").replace(".", "")
    # Four significant digits or more are a prefix; fewer are the whole number.
    return "" if len(significant) >= 4 else r"(?!0*[1-9])"


def occurs(needle, answer, exact=False):
    """Whether `needle` stands in `answer` as a word or number of its own."""
    needle = normalise(needle, exact)
    pattern = _left(needle) + re.escape(needle) + _right(needle)
    return re.search(pattern, " " + normalise(answer, exact)) is not None


def right(answer, row):
    """Whether `answer` states the essential fact of `row`."""
    if "pattern" in row and not re.search(row["pattern"], answer):
        return False
    exact = row.get("exact", False)
    return any(all(occurs(n, answer, exact) for n in option) for option in row["expect"])


def self_test():
    """The rules on answers whose verdict is plain."""
    cases = [
        (["12"], "15% of 80 is 12.", True), (["12"], "That is $12.00.", True),
        (["12"], "It is 12.5.", False), (["12"], "112", False), (["12"], "-12", False),
        (["2.5"], "2.50", True), (["2.5"], "2.51", False), (["0.333"], "0.3333", False),
        (["0.3333"], "0.333333", True), (["1234567"], "1,234,567", True),
        (["no"], "It is now 5.", False), (["no"], "No, it is not.", True),
        (["3:44 am"], "It’s 3:44 AM in Tokyo", True), (["-40"], "−40 °C", True),
        (["3:44 am"], "It's 13:44 am", False), (["5"], "0.5", False),
        (["2026-11-26"], "2026-11-26T00:00", True), (["1, 2, 3"], "sorted: 1, 2, 3", True),
    ]
    for option, answer, verdict in cases:
        assert right(answer, {"expect": [option]}) is verdict, (option, answer)
    assert not right("hello", {"expect": [["HELLO"]], "exact": True})
