"""Computes, verifies and applies the expected values of genuine.jsonl.

    oracle.py check            every committed `expect` is what the row's `oracle` yields
    oracle.py write            recompute every `expect` in place
    oracle.py judge ANSWERS    JSONL of {"query", "zone"?, "answer"} (null: passed on) against both sets
    oracle.py ask DOWNSHIFT    the executable against both sets, with the policy that ships

`check`, `judge` and `ask` exit with 1 where anything is wrong: an expectation, an answer, a near miss answered.
"""

import ast
import collections
import difflib
import json
import pathlib
import re
import subprocess
import sys
from fractions import Fraction

import amounts
import matching
import measures
import moments
import values

HERE = pathlib.Path(__file__).parent
GENUINE, NEAR = HERE / "genuine.jsonl", HERE / "near_misses.jsonl"
ANSWERERS = {"time", "date", "arithmetic", "units", "text", "lookup"}
LOOKS = {"time", "date", "arithmetic", "units", "text", "capital", "country", "reference", "lookup"}


class Exact(ast.NodeTransformer):
    """Decimal literals become fractions, and division stays exact."""

    def visit_Constant(self, node):
        if not isinstance(node.value, float):
            return node
        return ast.Call(ast.Name("F", ast.Load()), [ast.Constant(repr(node.value))], [])

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        return ast.Call(ast.Name("_over", ast.Load()), [node.left, node.right], [])


def over(a, b):
    exact = isinstance(a, (int, Fraction)) and isinstance(b, (int, Fraction))
    return Fraction(a) / Fraction(b) if exact else amounts._decimal(a) / amounts._decimal(b)


def expected(row):
    """What the row's oracle expression yields, with the row's zone as home, less the alternatives
    that an answer would meet by repeating the question."""
    tree = ast.fix_missing_locations(Exact().visit(ast.parse(row["oracle"], mode="eval")))
    scope = dict(values.NAMESPACE, here=row.get("zone", moments.HOME), _over=over)
    out = eval(compile(tree, row["query"], "eval"), scope)
    assert out and all(o and all(isinstance(n, str) and n for n in o) for o in out), row["query"]
    out = [list(o) for o in dict.fromkeys(tuple(o) for o in out)]
    told = [o for o in out if not all(matching.occurs(n, row["query"], row.get("exact", False)) for n in o)]
    return told or out


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write(path, rows):
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")


def key(query):
    """A query's words without case, punctuation and spacing."""
    return re.sub(r"[\s?!.,]+", " ", query.casefold()).strip()


def near_duplicates(queries):
    """How many queries differ from an earlier one of the same opening by little."""
    groups = collections.defaultdict(list)
    count = 0
    for query in queries:
        words = key(query)
        group = groups[words[:6]]
        count += any(difflib.SequenceMatcher(None, words, o).ratio() > 0.9 for o in group)
        group.append(words)
    return count


def with_pint():
    """The conversions once more with pint, where it is installed."""
    try:
        import pint
    except ImportError:
        return "pint: not installed, skipped"
    registry = pint.UnitRegistry()
    for value, source, target, result in measures.CONVERTED:
        names = [measures.PINT.get(n, n) for n in (source, target)]
        if None in names:
            continue
        got = registry.Quantity(float(value), names[0]).to(names[1]).magnitude
        # pint's acre and furlong are of survey feet, 2 parts in a million longer each way.
        if abs(got - float(result)) > 1e-5 * abs(float(result)):
            raise SystemExit(f"pint disagrees: {value} {source} is {got} {target}, not {float(result)}")
    return f"pint: {len(measures.CONVERTED)} conversions agree"


def with_packages():
    """The look-up facts against country, phone and element packages, where installed."""
    try:
        import babel.languages
        import babel.numbers
        import countryinfo
        import periodictable
        import phonenumbers
        import pycountry
    except ImportError as missing:
        return f"facts: {missing.name} not installed, skipped"
    checks = {
        "capital": lambda k: [countryinfo.CountryInfo(k).capital()],
        "dial": lambda k: [str(phonenumbers.country_code_for_region(k))],
        "alpha2": lambda k: [pycountry.countries.lookup(k).alpha_2],
        "alpha3": lambda k: [pycountry.countries.lookup(k).alpha_3],
        "numeric": lambda k: [pycountry.countries.lookup(k).numeric],
        "name": lambda k: [pycountry.countries.lookup(k).name,
                           getattr(pycountry.countries.lookup(k), "common_name", "")],
        "currency": lambda k: babel.numbers.get_territory_currencies(k),
        "language": lambda k: [pycountry.languages.get(alpha_2=c).name for c in
                               babel.languages.get_official_languages(k, de_facto=True) if len(c) == 2],
        "symbol": lambda k: [getattr(periodictable, k).symbol],
        "number": lambda k: [str(periodictable.elements.symbol(k).number)],
        "element": lambda k: [periodictable.elements.symbol(k).name],
        "mass": lambda k: [str(periodictable.elements.symbol(k).mass)],
        "region": lambda k: [countryinfo.CountryInfo(k).region()],
    }
    doubts = []
    for kind, name, wanted in values.CLAIMS:
        if kind not in checks:
            continue
        try:
            known = checks[kind](name)
        except (KeyError, LookupError, AttributeError, ValueError) as error:
            known = [repr(error)]
        fold = [k.casefold() for k in known]
        if not any(w.casefold() in k or k in w.casefold() for w in wanted for k in fold if k):
            doubts.append(f"  {kind} {name}: written {wanted}, package says {known}")
    return "\n".join([f"facts: {len(values.CLAIMS)} checked, {len(doubts)} differ", *doubts])


def check():
    matching.self_test()
    genuine, near = read(GENUINE), read(NEAR)
    for row in genuine:
        assert row["answerer"] in ANSWERERS, row
        assert row["expect"] == expected(row), (row["query"], row["expect"], expected(row))
    for row in near:
        assert set(row) == {"query", "why", "looks_like"} and row["looks_like"] in LOOKS, row
    zoned = [(r["query"], r.get("zone")) for r in genuine]
    seen = collections.Counter(zoned)
    repeated = [k for k, n in seen.items() if n > 1]
    repeated += [k for k, n in collections.Counter(r["query"] for r in near).items() if n > 1]
    shared = {r["query"] for r in genuine} & {r["query"] for r in near}
    print("genuine", len(genuine), dict(collections.Counter(r["answerer"] for r in genuine)))
    print("near misses", len(near), dict(collections.Counter(r["looks_like"] for r in near)))
    print("near-duplicates: genuine", near_duplicates([r["query"] for r in genuine]),
          "near misses", near_duplicates([r["query"] for r in near]))
    echoes = [r["query"] for r in genuine if "pattern" not in r and matching.right(r["query"], r)]
    print("met by repeating the question:", echoes)
    print(with_pint())
    print(with_packages())
    if repeated or shared:
        raise SystemExit(f"repeated: {repeated}\nin both sets: {shared}")


def explained(downshift, queries, zone):
    """What the executable would answer to each query, null where it passes on."""
    command = [downshift, "explain", "--json", "--now", f"{moments.NOW:%Y-%m-%dT%H:%M:%SZ}", "--timezone", zone]

    def lines(arguments, text=""):
        done = subprocess.run(command + arguments, input=text, text=True, check=True, capture_output=True,
                              cwd=HERE.parent.parent.parent)
        return [json.loads(line) for line in done.stdout.splitlines()]

    # Queries of several lines are asked one by one.
    single = [query for query in queries if "\n" not in query]
    told = lines(["--lines"], "".join(query + "\n" for query in single))
    told += [line for query in queries if "\n" in query for line in lines(["--", query])]
    answers = {line["query"]: line["answer"] for line in told}
    return [answers[query] for query in queries]


def ask(downshift):
    """Asks the executable every query of both sets, each in its zone, and judges what it says."""
    downshift = str(pathlib.Path(downshift).resolve())
    zones = collections.defaultdict(list)
    for row in read(GENUINE):
        zones[row.get("zone")].append(row["query"])
    zones[None] += [row["query"] for row in read(NEAR)]
    answers = {}
    for zone, queries in zones.items():
        for query, answer in zip(queries, explained(downshift, queries, zone or moments.HOME)):
            answers[query, zone] = answer
    judged(answers)


def judge(path):
    judged({(r["query"], r.get("zone")): r["answer"] for r in read(pathlib.Path(path))})


def judged(answers):
    failed = False
    totals = collections.defaultdict(collections.Counter)
    for row in read(GENUINE):
        answer = answers.get((row["query"], row.get("zone")))
        verdict = "passed on" if answer is None else "right" if matching.right(answer, row) else "wrong"
        totals[row["answerer"]][verdict] += 1
        if verdict == "wrong":
            failed = True
            print("WRONG", json.dumps({**row, "answer": answer}, ensure_ascii=False))
    for row in read(NEAR):
        answer = answers.get((row["query"], None))
        totals["near misses"]["passed on" if answer is None else "answered"] += 1
        if answer is not None:
            failed = True
            print("ANSWERED", json.dumps({**row, "answer": answer}, ensure_ascii=False))
    for name, counts in totals.items():
        print(f"{name:12}", dict(counts))
    if failed:
        raise SystemExit(1)


def main():
    match sys.argv[1:]:
        case ["check"]:
            check()
        case ["write"]:
            write(GENUINE, [{**row, "expect": expected(row)} for row in read(GENUINE)])
        case ["judge", path]:
            judge(path)
        case ["ask", downshift]:
            ask(downshift)
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
