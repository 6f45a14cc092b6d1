"""CLINC150, BANKING77 and HWU64 by the recipe of the shipped model, each with a model of its own, beside a TF-IDF and SVM floor.

    python -m downshift_training.literature --data DATA --teacher WHEEL_OR_DIR --cache CACHE --model config/intent [--width 256]

Settings are those of the shipped model or chosen on validation rows; test rows are read for the figures alone.
"""

import argparse
import copy
from pathlib import Path

import jax.numpy as jnp
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from . import distil, export, measures, public, second, tune
from .student import Student, softmax
from .teacher import Teacher
from .train import BUCKETS, HIDDEN, Encoder, cached
from .train_second import Corpus, distilled, kept
from .evaluate import Shipped

SETS = ("clinc150", "banking77", "hwu64")
# How much of a training target is what the second reader, fitted first, makes of the text, and how soft that is.
SOFT, HEAT = 0.5, 1.5
LENT = 600


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True, help="the shipped model, for its tokenizer")
    parser.add_argument("--cache", type=Path, required=True, help="folder for vectors and distilled starts")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--width", type=int, default=256)
    return parser.parse_args()


def apart(rows, seed):
    """Rows by split; a set without validation rows lends some of its training rows."""
    splits = {split: [row for row in rows if row["split"] == split] for split in ("train", "val", "test")}
    if not splits["val"]:
        order = np.random.default_rng(seed).permutation(len(splits["train"]))
        splits["val"] = [splits["train"][i] for i in order[:LENT]]
        splits["train"] = [splits["train"][i] for i in order[LENT:]]
    return splits


class Split:
    """Texts and labels of one split; -1 is out of scope."""

    def __init__(self, rows, labels, encoder, some):
        self.texts = [row["text"] for row in rows]
        self.labels = np.array([labels.get(row["label"], -1) for row in rows])
        self.bags, self.ids = encoder.bags(self.texts), some.encode(self.texts)


def first_start(args, some, encoder, labels):
    """The first reader after distillation."""
    rng = np.random.default_rng(args.seed)
    mean, basis = distil.axes(some.vectors, args.width)
    bags = encoder.bags(some.texts)
    counts = np.asarray(bags.tokens.sum(0)).ravel() + 1
    pieces = cached(args.cache, "pieces", distil.words(encoder.pieces), some.teacher.embed)
    model = Student(distil.token_rows(pieces, counts, mean, basis), BUCKETS, labels, HIDDEN, rng)
    distil.align(model, bags, (some.vectors - mean) @ basis, rng)
    return model.E, model.B


def fitted(args, starts, splits, count):
    """Both readers of one set: the second first, then the first, partly on what the second makes of the rows."""
    train, rng = splits["train"], np.random.default_rng(args.seed)
    (tokens, pairs), (rows, weights) = starts
    weights["head.weight"] = jnp.asarray(rng.standard_normal((count, second.WIDTH)) / np.sqrt(second.WIDTH), jnp.float32)
    weights["head.bias"] = jnp.zeros(count)
    wanted = tune.targets(train.labels, count)
    unseen = np.zeros((len(train.ids), second.WIDTH), np.float32)
    student = second.fit((rows, weights), train.ids, wanted, unseen, rng, epochs=5, rate=2e-4)
    soft = softmax(second.run(student, train.ids)[1] / HEAT)
    inside = (train.labels >= 0)[:, None]
    model = Student(tokens, BUCKETS, count, HIDDEN, rng)
    model.B = pairs
    tune.fit(model, train.bags, np.where(inside, (1 - SOFT) * wanted + SOFT * soft, wanted).astype(np.float32), rng,
             epochs=12, batch=64, rate=2e-3)
    export.dequantised(model)
    return model, student


def figures(name, splits, model, student):
    """Prints what both readers are worth, alone and together."""
    def scores(split):
        return model.logits(split.bags), second.run(student, split.ids)[1]
    val, test = splits["val"], splits["test"]
    inside = val.labels >= 0
    z1, z2 = scores(val)
    heats = [measures.temperature(z[inside], val.labels[inside]) for z in (z1, z2)]
    line = {}
    for threshold in np.arange(0.3, 1.0, 0.05):
        unsure = softmax(z1 / heats[0]).max(1) < threshold
        both = np.where(unsure[:, None], z1 / heats[0] + z2 / heats[1], z1 / heats[0])
        line[round(float(threshold), 2)] = (both.argmax(1) == val.labels)[inside].mean()
    # The lowest threshold within a tenth of a point of the best.
    threshold = min(t for t, right in line.items() if right >= max(line.values()) - 0.001)
    average = (z1 / heats[0] + z2 / heats[1]) / 2
    unsure = softmax(z1 / heats[0]).max(1) < threshold
    again = measures.temperature(average[unsure & inside], val.labels[unsure & inside])

    z1, z2 = scores(test)
    inside = test.labels >= 0
    p = softmax(z1 / heats[0])
    unsure = p.max(1) < threshold
    p[unsure] = softmax((z1 / heats[0] + z2 / heats[1])[unsure] / 2 / again)
    said = [f"{name}: first {100 * (z1.argmax(1) == test.labels)[inside].mean():.1f}",
            f"second {100 * (z2.argmax(1) == test.labels)[inside].mean():.1f}",
            f"both {100 * (p.argmax(1) == test.labels)[inside].mean():.1f} with {100 * unsure[inside].mean():.1f} % read twice (below {threshold})",
            f"calibration error {100 * measures.calibration_error(p[inside], test.labels[inside]):.1f} %"]
    if not inside.all():
        both = np.where(unsure[:, None], (z1 / heats[0] + z2 / heats[1]) / 2, z1 / heats[0])
        said += [f"out-of-scope AUROC {which} {measures.auroc(z[inside].max(1), z[~inside].max(1)):.3f}"
                 for which, z in (("first", z1), ("second", z2), ("both", both), ("both always", z1 / heats[0] + z2 / heats[1]))]
    print("; ".join(said), flush=True)


def floor(name, splits):
    """The classical floor on the same rows."""
    train, test = splits["train"], splits["test"]
    inside = train.labels >= 0
    svm = make_pipeline(
        make_union(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
                   TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)), LinearSVC(C=1.0))
    svm.fit([t for t, k in zip(train.texts, inside) if k], train.labels[inside])
    scores = svm.decision_function(test.texts)
    known = test.labels >= 0
    said = f"{name}: TF-IDF and SVM {100 * (scores.argmax(1) == test.labels)[known].mean():.1f}"
    if not known.all():
        said += f"; out-of-scope AUROC {measures.auroc(scores[known].max(1), scores[~known].max(1)):.3f}"
    print(said, flush=True)


def main():
    """All sets in order."""
    args = parse()
    teacher = Teacher(args.teacher)
    sets = {name: public.read(args.data / name / "data.jsonl") for name in SETS}
    tokenizer = Shipped(args.model).tokenizer
    pieces = tokenizer.get_vocab()
    encoder = Encoder(tokenizer, sorted(pieces, key=pieces.get))
    some = Corpus(args, teacher, tokenizer)
    starts = (kept(args.cache / f"first-{args.width}-{args.seed}.pkl", lambda: first_start(args, some, encoder, 2)),
              distilled(args, some, encoder.pieces))
    for name, rows in sets.items():
        labels = {label: i for i, label in enumerate(sorted({row["label"] for row in rows} - {"oos"}))}
        splits = {split: Split(some_rows, labels, encoder, some) for split, some_rows in apart(rows, args.seed).items()}
        floor(name, splits)
        figures(name, splits, *fitted(args, copy.deepcopy(starts), splits, len(labels)))


if __name__ == "__main__":
    main()
