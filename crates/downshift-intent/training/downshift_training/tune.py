"""Stage two: the whole model on labelled queries, with soft labels where a teacher gave them."""

import numpy as np

from .student import Adam, softmax

SMOOTHING, SOFT_T, SOFT_WEIGHT = 0.1, 1.5, 0.7


def targets(labels, count):
    """Smoothed one-hot rows; a label of -1 (nowhere) is the uniform row."""
    rows = np.full((len(labels), count), SMOOTHING / count, np.float32)
    known = labels >= 0
    rows[known, labels[known]] += 1 - SMOOTHING
    rows[~known] = 1 / count
    return rows


def fit(model, bags, wanted, rng, soft=None, weights=None, epochs=12, batch=256,
        rate=3e-3, table_rate=3e-3, drop=0.15, check=None):
    """Fits all parameters by cross-entropy, plus T² KL to the soft labels `[texts, labels]`."""
    optimiser = Adam(model, b2=0.999)
    steps, step = epochs * (len(bags) // batch), 0
    for epoch in range(epochs):
        order, total = rng.permutation(len(bags)), 0.0
        for start in range(0, len(order) - batch + 1, batch):
            index = order[start:start + batch]
            some = bags.batch(index, rng, drop)
            kept = model.forward(some, rng, dropout=0.3)
            p = softmax(kept["z"])
            dz = p - wanted[index]
            total -= float((wanted[index] * np.log(p + 1e-9)).sum())
            if soft is not None:
                # Rows without soft labels are all zero and add nothing.
                given = soft[index]
                has = given.sum(1, keepdims=True) > 0
                dz = np.where(has, (1 - SOFT_WEIGHT) * dz
                              + SOFT_WEIGHT * SOFT_T * (softmax(kept["z"] / SOFT_T) - given), dz)
            if weights is not None:
                dz = dz * weights[index, None]
            grads = model.backward(some, kept, (dz / batch).astype(np.float32))
            left = 1 - step / steps
            tables = {name: grads.pop(name) for name in ("E", "B")}
            optimiser.update(grads, rate * left, decay=1e-2)
            optimiser.update(tables, table_rate * left, advance=False)
            step += 1
        line = f"  tune epoch {epoch + 1}: loss {total / len(order):.4f}"
        print(line + (f", {check()}" if check and (epoch % 3 == 2 or epoch == epochs - 1) else ""), flush=True)
