"""Trains the second reader of a model directory: asked where the first is unsure, averaged with it.

    python -m downshift_training.train_second --data DATA --teacher WHEEL_OR_DIR --model config/intent --cache CACHE

Adds `second.onnx` and what model.json says of it. Deterministic by `--seed`; test splits are never read.
"""

import argparse
import json
import pickle
import time
from pathlib import Path

import numpy as np
import onnxruntime

from . import corpus, export, measures, public, second, second_graph, tune, vocabulary
from .evaluate import Shipped
from .labels import INDEX, LABELS
from .student import softmax
from .teacher import Teacher
from .train import cached

# Texts for the distillation, and the first reader's confidence below which the second is asked.
DISTILLED, UNSURE = 60_000, 0.9


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True, help="a directory with a trained first reader")
    parser.add_argument("--cache", type=Path, required=True, help="folder for the teacher's vectors")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def kept(path, compute):
    """A value computed once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(compute()))
    return pickle.loads(path.read_bytes())


def distilled(args, some, pieces):
    """The student whose vectors are near the teacher's, before it knows any label."""
    def compute():
        rng = np.random.default_rng(args.seed)
        student = second.start(some.teacher, pieces, len(LABELS), rng)
        chosen = rng.permutation(len(some.texts))[:DISTILLED]
        rows, weights = second.distil(student, some.encode([some.texts[i] for i in chosen]), some.vectors[chosen], rng)
        return rows, {name: np.asarray(value) for name, value in weights.items()}
    return kept(args.cache / f"second-{args.seed}.pkl", compute)


class Corpus:
    """Texts as token ids, beside the teacher's vectors of those that it has read."""

    def __init__(self, args, teacher, tokenizer):
        self.data, self.teacher, self.tokenizer = args.data, teacher, tokenizer
        self.texts = public.unlabelled(args.data, np.random.default_rng(0))
        self.vectors = np.asarray(second.unit(cached(args.cache, "sentences", self.texts, teacher.embed)))
        self.where = {text: i for i, text in enumerate(self.texts)}

    def encode(self, texts):
        """Token ids of each text."""
        return [vocabulary.truncate(ids, second.MAX_TOKENS) for ids in vocabulary.encode(self.tokenizer, texts)]

    def labelled(self, seed, everything):
        """`(ids, targets, vectors)` of the labelled rows; a vector of zeros where the teacher was not asked."""
        rows = corpus.training(self.data, np.random.default_rng(seed), everything=everything)
        wanted = tune.targets(np.array([INDEX.get(row[1], -1) for row in rows]), len(LABELS))
        vectors = np.zeros((len(rows), second.WIDTH), np.float32)
        for i, row in enumerate(rows):
            if row[0] in self.where:
                vectors[i] = self.vectors[self.where[row[0]]]
        return self.encode([row[0] for row in rows]), wanted, vectors


def calibrated(args, model, student, some):
    """What model.json says of the second reader; fitted on validation rows that neither reader was trained on."""
    rows = public.rows(args.data, "val")
    labels, heat = np.array([INDEX[row[1]] for row in rows]), model.about["temperature"]
    first = model.logits([row[0] for row in rows])
    logits = second.run(student, some.encode([row[0] for row in rows]))[1]
    heat_second = measures.temperature(logits, labels)
    average = (first / heat + logits / heat_second) / 2
    unsure = softmax(first / heat).max(1) < UNSURE
    print(f"validation: {unsure.mean():.3f} unsure; of those the first is right on "
          f"{(first.argmax(1) == labels)[unsure].mean():.4f}, both on {(average.argmax(1) == labels)[unsure].mean():.4f}")
    layer = 2 * second.WIDTH * (4 * second.WIDTH + 2 * 4 * second.WIDTH)
    return {
        "unsure_below": UNSURE, "max_tokens": second.MAX_TOKENS, "temperature": round(heat_second, 4),
        "average_temperature": round(measures.temperature(average[unsure], labels[unsure]), 4),
        # Multiply and add: the layers' matrices per token, scores and mixtures per pair of tokens, the output.
        "flops": {"per_token": len(second.TAKEN) * layer, "per_pair": len(second.TAKEN) * 4 * second.WIDTH,
                  "fixed": 2 * second.WIDTH * len(LABELS)},
    }


def write(folder, student, said, some):
    """Writes the graph, its section of model.json and its logits in vectors.json."""
    path = folder / "second.onnx"
    path.write_bytes(second_graph.graph(*student, "downshift-intent-second").SerializeToString())
    about = json.loads((folder / "model.json").read_text())
    about["second"] = said
    export.write_json(folder / "model.json", about)
    session = onnxruntime.InferenceSession(path)
    vectors = json.loads((folder / "vectors.json").read_text())
    for vector in vectors:
        ids = np.array(vocabulary.truncate(vector["token_ids"], second.MAX_TOKENS))
        logits = session.run(None, {"token_ids": ids, "position_ids": np.arange(len(ids))})[0]
        vector["second_logits"] = [round(float(v), 4) for v in logits]
    export.write_json(folder / "vectors.json", vectors, indent=None)


def main():
    """All stages in order."""
    args, started = parse(), time.time()

    def say(text):
        print(f"[{time.time() - started:6.0f} s] {text}", flush=True)

    model, teacher = Shipped(args.model), Teacher(args.teacher)
    pieces = model.tokenizer.get_vocab()
    some = Corpus(args, teacher, model.tokenizer)
    student = distilled(args, some, sorted(pieces, key=pieces.get))
    say("distilled")
    # First without the held-out templates, to calibrate on phrasing it never saw; then on with them, to ship.
    student = second.fit(student, *some.labelled(args.seed, False), np.random.default_rng(args.seed))
    said = calibrated(args, model, student, some)
    say("calibrated")
    student = second.fit(student, *some.labelled(args.seed, True), np.random.default_rng(args.seed + 1), epochs=1,
                         rate=second.LATER)
    write(args.model, student, said, some)
    say("written")


if __name__ == "__main__":
    main()
