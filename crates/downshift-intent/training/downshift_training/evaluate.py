"""Prints what the shipped model is worth, beside a TF-IDF and linear SVM floor.

    python -m downshift_training.evaluate --data DATA --model config/intent [--floor] [--seed 7]

The floor is fitted on the same rows as the model. Everything is measured on the shipped files,
through ONNX Runtime, with the shipped temperature.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from . import corpus, measures, public, vocabulary
from .labels import INDEX, LABELS, TRIVIAL
from .student import softmax


class Shipped:
    """The files of a model directory, ready to run."""

    def __init__(self, folder: Path):
        self.about = json.loads((folder / "model.json").read_text())
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(folder / "model.onnx", options)
        self.second = (onnxruntime.InferenceSession(folder / "second.onnx", options)
                       if "second" in self.about and (folder / "second.onnx").exists() else None)

    def logits(self, texts):
        """The first reader's logits: one row per text, one run per text, as in production."""
        return np.stack([self.run(ids) for ids in vocabulary.encode(self.tokenizer, texts)])

    def read(self, texts, alone=False):
        """What comes of each text, as in production: the intents' probabilities, that it has none of them, and whether
        the second reader was asked; with `alone` it never is."""
        first = self.logits(texts)
        line = self.about["out_of_scope"]
        p = softmax(first / self.about["temperature"])
        outside = 1 / (1 + np.exp(line["slope"] * first.max(1) - line["offset"]))
        asked = np.zeros(len(texts), bool)
        if self.second is not None and not alone:
            asked = p.max(1) < self.about["second"]["unsure_below"]
            ids = vocabulary.encode(self.tokenizer, [text for text, unsure in zip(texts, asked) if unsure])
            second = np.stack([self.run_second(i) for i in ids]) / self.about["second"]["temperature"]
            average = (first[asked] / self.about["temperature"] + second) / 2
            p[asked] = softmax(average / self.about["second"]["average_temperature"])
        return p, outside, asked

    def run_second(self, ids):
        """The second reader's logits of one text."""
        ids = np.array(vocabulary.truncate(ids, self.about["second"]["max_tokens"]))
        return self.second.run(None, {"token_ids": ids, "position_ids": np.arange(len(ids))})[0]

    def run(self, ids):
        """Logits of one text."""
        pairs = vocabulary.bigrams(ids, self.about["bigram_buckets"])
        return self.session.run(None, {"token_ids": np.array(ids), "bigram_ids": np.array(pairs)})[0]


def floor(data, seed, sets):
    """Accuracy, macro-F1 and false-trivial rate of word and character TF-IDF with a linear SVM."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC
    rows = [r for r in corpus.training(data, np.random.default_rng(seed)) if r[1] in INDEX]
    model = make_pipeline(
        make_union(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
                   TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=3)),
        LinearSVC(C=0.5))
    model.fit([r[0] for r in rows], [INDEX[r[1]] for r in rows])
    for name, (texts, labels) in sets.items():
        p = np.eye(len(LABELS))[model.predict(texts)]
        scores = measures.summary(p, labels)
        print(f"floor, {name:9}: accuracy {scores['accuracy']:.4f}, macro-F1 {scores['macro_f1']:.4f}, "
              f"false trivial {scores['false_trivial']:.4f}")


def by_label(p, labels):
    """A line per label."""
    top = p.argmax(1)
    for index, label in enumerate(LABELS):
        here, said = labels == index, top == index
        if here.any():
            wrong = [LABELS[i] for i in top[here] if i != index]
            often = sorted(set(wrong), key=wrong.count, reverse=True)[:3]
            print(f"  {label:13} n {here.sum():4}  recall {said[here].mean():.3f}  "
                  f"precision {here[said].mean() if said.any() else 0:.3f}  confused with {', '.join(often) or '-'}")


def speed(model, texts):
    """Microseconds per query, tokenising apart."""
    texts = texts[:2000]
    started = time.perf_counter()
    ids = [vocabulary.truncate(model.tokenizer.encode(t, add_special_tokens=False).ids) or [0] for t in texts]
    middle = time.perf_counter()
    feeds = [{"token_ids": np.array(i), "bigram_ids": np.array(vocabulary.bigrams(i, model.about["bigram_buckets"]))}
             for i in ids]
    times = []
    for feed in feeds:
        begun = time.perf_counter()
        model.session.run(None, feed)
        times.append(time.perf_counter() - begun)
    print(f"speed: tokenise {(middle - started) / len(texts) * 1e6:.0f} µs mean, "
          f"run p50 {np.percentile(times, 50) * 1e6:.0f} µs, p99 {np.percentile(times, 99) * 1e6:.0f} µs (Python)")


def main():
    """All figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--floor", action="store_true", help="fit the SVM too (minutes)")
    parser.add_argument("--wrong", action="store_true", help="print each wrong held-out query")
    args = parser.parse_args()
    model = Shipped(args.model)
    rows = {"test": public.rows(args.data, "test"), "held out": corpus.held_out()}
    sets = {name: ([r[0] for r in some], np.array([INDEX[r[1]] for r in some])) for name, some in rows.items()}
    beyond = [r[0] for r in public.out_of_scope(args.data, "test")]
    for name, (texts, labels) in sets.items():
        for alone in (True, False) if model.second else (True,):
            p, outside, asked = model.read(texts, alone)
            print(f"{name} ({len(texts)}), {'the first reader alone' if alone else f'{asked.mean():.3f} read twice'}:",
                  ", ".join(f"{k} {v:.4f}" for k, v in measures.summary(p, labels).items()))
            if name == "test":
                apart, apart_outside, _ = model.read(beyond, alone)
                print(f"out of scope (CLINC150, {len(beyond)}): AUROC {measures.auroc(-outside, -apart_outside):.4f}; "
                      f"sent to a trivial intent at 0.8: {np.mean(fires(apart)):.4f}")
        by_label(p, labels)
        if name != "test" and args.wrong:
            for text, label, row in zip(texts, labels, p):
                if row.argmax() != label:
                    print(f"    {LABELS[label]} -> {LABELS[row.argmax()]} {row.max():.2f}: {text}")
    speed(model, sets["test"][0])
    if args.floor:
        floor(args.data, args.seed, sets)


def fires(p):
    """Whether each row goes to a trivial intent with at least 0.8."""
    return np.isin(p.argmax(1), [LABELS.index(t) for t in TRIVIAL]) & (p.max(1) >= .8)


if __name__ == "__main__":
    main()
