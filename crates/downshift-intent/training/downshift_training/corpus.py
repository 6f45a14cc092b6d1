"""The labelled corpus: public rows and our own templates, with the held-out parts held out.

Two kinds of holding out: the mixture's own `val` and `test` splits, and one template in twelve, so
that calibration sees unknown phrasing; only the model that ships is trained on those templates too.
"""

import math
import re
import zlib
from collections import Counter
from pathlib import Path

import numpy as np

from . import public
from .labels import LABELS, NOWHERE
from .written.grammar import expand, pick
from .written.vary import vary

TOPICS = Path(__file__).parent / "written" / "topics"
FRAMES = Path(__file__).parent / "written" / "frames.txt"
HELD_OUT = Path(__file__).parent / "written" / "held_out.txt"
HELD_OUT_ONE_IN = 12
# How many texts are made per label; the chattier labels have little to vary.
MADE = {NOWHERE: 1500, "greeting": 1500, "thanks": 1500, "identity": 1800, "chat": 1800, "weather": 1500,
        "random": 1500, "currency": 1800, "capital": 1800, "command": 2000, "support": 1800,
        "translate": 1500, "word_problem": 1500, "math": 2200, "creative": 3000, "rewrite": 2500,
        "time": 3200, "date": 3200, "arithmetic": 3500, "units": 3200, "text": 3500, "reference": 2800,
        "code": 4500, "fact": 3500, "howto": 3500, "general": 3500, "medical": 3500, "legal": 3500,
        "finance": 3500}
USUAL = 2500


def sections(path: Path):
    """`(label, line)` of a text file with `## label` headings and one entry per line."""
    label = None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("## "):
                label = line[3:].strip()
                assert label == NOWHERE or label in LABELS, f"{path}: unknown label {label}"
            elif line.strip() and not line.startswith("# "):
                yield label, line.strip()


def templates():
    """`{label: [(template, held_out)]}` over all topic files."""
    found = {}
    for path in sorted(TOPICS.glob("*.txt")):
        for label, line in sections(path):
            held = zlib.crc32(line.encode()) % HELD_OUT_ONE_IN == 0
            found.setdefault(label, []).append((line, held))
    return found


def variety(template):
    """Roughly the logarithm of how many texts a template stands for."""
    ways = 0.5
    for group in re.findall(r"\[([^\[\]]*)\]", template):
        ways += math.log(1 + group.count("|"))
    return ways + 1.5 * len(re.findall(r"\{\w+\}", template))


def made(rng, held_out, share=1.0):
    """Texts from templates: `(text, label, "written")`."""
    rows = []
    for label, lines in sorted(templates().items()):
        lines = [line for line, held in lines if held == held_out]
        if not lines:
            continue
        weights = [1 + variety(line) for line in lines]
        total = sum(weights)
        want = int(MADE.get(label, USUAL) * share)
        picks = rng.choice(len(lines), size=want, p=[w / total for w in weights])
        texts = Counter(vary(expand(lines[i], rng), rng) for i in picks)
        # Short texts come up often by nature ("hi"); more than three of one teach nothing.
        rows += [(text, label, "written") for text in sorted(texts) for _ in range(min(texts[text], 3))]
    return rows


def framed(passages, rng, most=6000):
    """Instructions around other rows' texts: what is asked *about* a text outweighs the text."""
    frames = list(sections(FRAMES))
    weights = np.array([1 + variety(frame) + (3 if label in ("rewrite", "translate") else 0)
                        for label, frame in frames])
    rows = []
    for i in rng.choice(len(frames), size=most, p=weights / weights.sum()):
        label, frame = frames[i]
        count = int(rng.integers(1, 6)) if label == "rewrite" and rng.random() < .5 else 1
        passage = " ".join(pick(rng, passages) for _ in range(count)).replace("[", "(").replace("]", ")")
        rows.append((expand(frame, rng).replace("@", passage), label, "framed"))
    return rows


def training(data: Path, rng, everything=False):
    """All that may be trained on; with `everything`, texts of the held-out templates too."""
    rows = public.rows(data, "train") + public.out_of_scope(data, "train") + public.more(data, rng)
    rows += made(rng, False)
    if everything:
        rows += made(rng, True, 1 / HELD_OUT_ONE_IN)
    rows += framed([row[0] for row in rows if len(row[0]) < 500], rng)
    held = {text.lower() for text, _, _ in public.rows(data, "val") + public.rows(data, "test")}
    held |= {line.lower() for _, line in sections(HELD_OUT)}
    return [row for row in rows if row[0].lower() not in held]


def held_out():
    """Queries written one by one for evaluation alone: `(text, label, "held_out")`."""
    return [(line, label, "held_out") for label, line in sections(HELD_OUT)]
