"""Trains the shipped intent model from public data and our own templates.

    python -m downshift_training.train --data DATA --teacher WHEEL_OR_DIR --out config/intent --cache CACHE

Deterministic by `--seed`. `--data` holds one folder per public set; test splits are never read.
"""

import argparse
import copy
import hashlib
import time
from datetime import date
from pathlib import Path

import numpy as np
import onnxruntime

from . import corpus, distil, export, measures, public, tune, vocabulary
from .conformance import TEXTS
from .labels import INDEX, LABELS, NOWHERE
from .student import Bags, Student, softmax
from .teacher import Teacher

WIDTH, HIDDEN, BUCKETS = 128, 512, 32768


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="folder for the teacher's vectors")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--version", default=date.today().strftime("%Y.%m.0"))
    parser.add_argument("--epochs", type=int, default=7)
    return parser.parse_args()


def cached(folder, name, texts, compute):
    """An array computed once per list of texts."""
    key = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    path = folder / f"{name}-{key}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        np.save(path, compute(texts).astype(np.float16))
    return np.load(path).astype(np.float32)


class Encoder:
    """Texts to bags, with one tokenizer."""

    def __init__(self, tokenizer, pieces):
        self.tokenizer, self.pieces = tokenizer, pieces

    def bags(self, texts):
        """Both sparse matrices of these texts."""
        ids = vocabulary.encode(self.tokenizer, texts)
        return Bags(ids, [vocabulary.bigrams(i, BUCKETS) for i in ids], len(self.pieces), BUCKETS)


def distilled(args, teacher, encoder, labelled, rng):
    """The student after stage one."""
    texts = public.unlabelled(args.data, np.random.default_rng(0))
    vectors = cached(args.cache, "sentences", texts, teacher.embed)
    mean, basis = distil.axes(vectors, WIDTH)
    bags = encoder.bags(texts)
    counts = np.asarray(bags.tokens.sum(0)).ravel() + np.asarray(encoder.bags(labelled).tokens.sum(0)).ravel() + 1
    pieces = cached(args.cache, "pieces", distil.words(encoder.pieces), teacher.embed)
    rows = distil.token_rows(pieces, counts, mean, basis)
    model = Student(rows, BUCKETS, len(LABELS), HIDDEN, rng)
    distil.align(model, bags, (vectors - mean) @ basis, rng)
    return model


def validation(data, encoder):
    """`(bags, labels)` of the mixture's own and of the written validation rows, and the outside."""
    public_rows = public.rows(data, "val")
    written = [r for r in corpus.made(np.random.default_rng(99), True, 0.15) if r[1] != NOWHERE]
    outside = public.out_of_scope(data, "val")
    return {name: (encoder.bags([r[0] for r in rows]), np.array([INDEX.get(r[1], -1) for r in rows]))
            for name, rows in (("public", public_rows), ("written", written), ("outside", outside))}


def tuned(start, encoder, rows, args, rng, check=None):
    """A copy of the distilled student, fitted to these rows and rounded as it will ship."""
    model = copy.deepcopy(start)
    labels = np.array([INDEX.get(row[1], -1) for row in rows])
    bags = encoder.bags([row[0] for row in rows])
    tune.fit(model, bags, tune.targets(labels, len(LABELS)), rng, epochs=args.epochs, check=check)
    export.dequantised(model)
    return model


def main():
    """All stages in order."""
    args, started = parse(), time.time()

    def say(text):
        print(f"[{time.time() - started:6.0f} s] {text}", flush=True)

    rows = corpus.training(args.data, np.random.default_rng(args.seed), everything=True)
    texts = [row[0] for row in rows]
    say(f"{len(rows)} labelled rows")
    teacher = Teacher(args.teacher)
    bare = public.unlabelled(args.data, np.random.default_rng(0))
    encoder = Encoder(*vocabulary.prune(vocabulary.bert_pieces(teacher.tokenizer.to_str()), texts, bare))
    say(f"{len(encoder.pieces)} pieces kept")
    start = distilled(args, teacher, encoder, texts, np.random.default_rng(args.seed))
    say("distilled")

    # First without the held-out templates, to see how sure a model is of phrasing it never saw.
    held = validation(args.data, encoder)
    part = corpus.training(args.data, np.random.default_rng(args.seed))

    def check(model):
        return ", ".join(f"{name} {(model.logits(held[name][0]).argmax(1) == held[name][1]).mean():.4f}"
                         for name in ("public", "written"))

    model = tuned(start, encoder, part, args, np.random.default_rng(args.seed), check)
    fitted = calibrated(model, held)
    say("calibrated")
    # Then with all of them, to ship.
    model = tuned(start, encoder, rows, args, np.random.default_rng(args.seed))
    write(args, model, encoder, fitted)
    say("written")


def calibrated(model, held):
    """`temperature, slope, offset`, fitted on validation rows."""
    z = np.concatenate([model.logits(held[name][0]) for name in ("public", "written")])
    y = np.concatenate([held[name][1] for name in ("public", "written")])
    heat = measures.temperature(z, y)
    print("validation:", measures.summary(softmax(z / heat), y), flush=True)
    return heat, *measures.out_of_scope(z.max(1), model.logits(held["outside"][0]).max(1))


def write(args, model, encoder, fitted):
    """Writes the files that ship."""
    args.out.mkdir(parents=True, exist_ok=True)
    proto = export.graph(model, "downshift-intent")
    (args.out / "model.onnx").write_bytes(proto.SerializeToString())
    encoder.tokenizer.save(str(args.out / "tokenizer.json"), pretty=False)
    export.write_json(args.out / "model.json", described(args, encoder, *fitted))
    session = onnxruntime.InferenceSession(args.out / "model.onnx")

    def run(ids, pairs):
        return session.run(None, {"token_ids": np.array(ids), "bigram_ids": np.array(pairs)})[0]

    export.write_json(args.out / "vectors.json", export.vectors(encoder.tokenizer, TEXTS, BUCKETS, run), indent=None)


def described(args, encoder, heat, slope, offset):
    """The model's own description."""
    dense = 2 * (WIDTH * HIDDEN + HIDDEN * len(LABELS))
    return {
        "format": 1, "name": "downshift-intent-en", "version": args.version, "labels": LABELS,
        "max_tokens": vocabulary.MAX_TOKENS, "bigram_buckets": BUCKETS, "empty_token": 0,
        "temperature": round(heat, 4), "out_of_scope": {"slope": round(slope, 4), "offset": round(offset, 4)},
        # Multiply and add for a token row and a bigram row; norm, hidden layer, GELU, output.
        "flops": {"per_token": 4 * WIDTH, "fixed": dense + 8 * WIDTH + 8 * HIDDEN},
        "dimensions": {"vocabulary": len(encoder.pieces), "width": WIDTH, "hidden": HIDDEN},
        "license": "CC-BY-SA-4.0",
        "trained_on": ["router_mix (" + ", ".join(
            ["CLINC150", "BANKING77", "HWU64", "Snips", "Rasa NLU", "MS chitchat", "MedQuAD", "MMLU", "GSM8K", "SVAMP",
             "TAT-QA", "Dolly 15k", "ExpertQA", "NQ-Open", "WebQuestions", "Stack Overflow titles", "HumanEval",
             "Self-Instruct"]) + ")", "our own templates"],
        "teacher": "sentence-transformers/all-MiniLM-L6-v2", "seed": args.seed,
    }


if __name__ == "__main__":
    main()
