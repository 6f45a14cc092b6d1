"""Stage two: the whole model on labelled queries."""

import numpy as np

from .student import Adam, softmax

SMOOTHING = 0.1


def targets(labels, count):
    """Smoothed one-hot rows; a label of -1 (nowhere) is the uniform row."""
    rows = np.full((len(labels), count), SMOOTHING / count, np.float32)
    known = labels >= 0
    rows[known, labels[known]] += 1 - SMOOTHING
    rows[~known] = 1 / count
    return rows


def fit(model, bags, wanted, rng, epochs=8, batch=256, rate=3e-3, table_rate=2e-3, drop=0.2, check=None):
    """Fits all parameters by cross-entropy; prints a line per epoch."""
    optimiser = Adam(model, b2=0.999)
    steps, step = epochs * (len(bags) // batch), 0
    for epoch in range(epochs):
        order, total = rng.permutation(len(bags)), 0.0
        for start in range(0, len(order) - batch + 1, batch):
            index = order[start:start + batch]
            some = bags.batch(index, rng, drop)
            kept = model.forward(some, rng, dropout=0.3)
            p = softmax(kept["z"])
            total -= float((wanted[index] * np.log(p + 1e-9)).sum())
            grads = model.backward(some, kept, (p - wanted[index]) / np.float32(batch))
            left = 1 - step / steps
            tables = {name: grads.pop(name) for name in ("E", "B")}
            optimiser.update(grads, rate * left, decay=1e-2)
            optimiser.update(tables, table_rate * left, advance=False)
            step += 1
        line = f"  tune epoch {epoch + 1}: loss {total / len(order):.4f}"
        print(line + (f", {check(model)}" if check and (epoch % 3 == 2 or epoch == epochs - 1) else ""), flush=True)
