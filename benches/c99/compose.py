#!/usr/bin/env python3
"""Composes the C99 trace out of recorded benchmarks, as a log that `downshift replay` reads.

    compose.py DATA --half a|b|all --out trace.jsonl

DATA holds a folder per benchmark, each with its rows (`*.jsonl.gz`, one of them without `responses` in its name) and,
for some models, `responses.<model>.jsonl.gz`. A row is
`{"id", "q", "tin", "m": {model: [score, output tokens, short answer]}, "gold"?}`. Where a model's full reply was not
kept, its short answer stands in. Every benchmark has a fixed share of the whole, so each row has a weight.
"""

import argparse
import gzip
import hashlib
import json
import pathlib
import sys

# Folder: its share of the trace, its large model, and the small models by the name that the policy gives them.
TASKS = {
    "zeroeval-numersense-v2": (0.20, "gpt-4o-2024-05-13", {}),
    "zeroeval-gsm": (
        0.20,
        "claude-3-5-sonnet-20241022",
        {
            "llama-3.1-8b": "Meta-Llama-3.1-8B-Instruct",
            "phi-3.5-mini": "Phi-3.5-mini-instruct",
            "qwen2.5-7b": "Qwen2.5-7B-Instruct",
            "qwen2.5-3b": "Qwen2.5-3B-Instruct",
        },
    ),
    "zeroeval-crux": (
        0.15,
        "gpt-4o-2024-08-06",
        {
            "llama-3.1-8b": "Meta-Llama-3.1-8B-Instruct",
            "phi-3.5-mini": "Phi-3.5-mini-instruct",
            "qwen2.5-7b": "Qwen2.5-7B-Instruct",
            "qwen2.5-3b": "Qwen2.5-3B-Instruct",
        },
    ),
    "zeroeval-math-l5": (
        0.10,
        "o1-mini-2024-09-12",
        {
            "llama-3.1-8b": "Meta-Llama-3.1-8B-Instruct",
            "phi-3.5-mini": "Phi-3.5-mini-instruct",
            "qwen2.5-7b": "Qwen2.5-7B-Instruct",
            "qwen2.5-3b": "Qwen2.5-3B-Instruct",
        },
    ),
    "mmlu-pro": (
        0.35,
        "gemini-1.5-pro-002",
        {
            "llama-3.1-8b": "Meta-Llama-3.1-8B-Instruct",
            "phi-3-mini": "Phi-3-mini-4k-instruct",
            "mathstral-7b": "mathstral-7B",
        },
    ),
}


def lines(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def rows_of(folder):
    found = [
        path
        for path in sorted(folder.glob("*.jsonl*"))
        if not path.name.startswith("responses")
    ]
    if not found:
        sys.exit(f"{folder} holds no rows")
    return [row for path in found for row in lines(path)]


def half_of(identifier):
    digest = hashlib.sha256(("half:" + identifier).encode()).hexdigest()
    return "ab"[int(digest[:8], 16) % 2]


def reply(row, model, responses):
    if model not in row["m"]:
        return None
    score, tokens, short = row["m"][model][:3]
    text = responses.get(model, {}).get(row["id"])
    if text is None:
        text = "I do not know." if short is None else str(short)
    return {
        "text": text,
        "input_tokens": row["tin"],
        "output_tokens": tokens or 0,
        "score": score,
    }


def records(data, half):
    for task, (share, large, small) in TASKS.items():
        folder = data / task
        rows = [row for row in rows_of(folder) if large in row["m"]]
        rows = [row for row in rows if half == "all" or half_of(row["id"]) == half]
        models = {"large": large, **small}
        responses = {}
        for model in models.values():
            path = folder / f"responses.{model}.jsonl.gz"
            if path.exists():
                responses[model] = {row["id"]: row["r"] for row in lines(path)}
        for row in rows:
            replies = {
                name: said
                for name, model in models.items()
                if (said := reply(row, model, responses)) is not None
            }
            record = {
                "id": row["id"],
                "request": {"messages": [{"role": "user", "content": row["q"]}]},
                "replies": replies,
                "weight": share * 1000 / len(rows),
            }
            if row.get("gold") is not None:
                record["gold"] = str(row["gold"])
            yield record


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--half", choices=["a", "b", "all"], default="all")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    with open(arguments.out, "w", encoding="utf-8") as out:
        for record in records(arguments.data, arguments.half):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
