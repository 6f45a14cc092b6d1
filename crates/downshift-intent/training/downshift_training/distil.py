"""Stage one: rows for every token from the teacher, then sentences that agree with its own.

Each piece goes through the teacher alone, is projected onto the main axes of the teacher's
sentence vectors, and is weighted by its rarity (SIF: a / (a + p)). Then rows and bigram rows are
trained so that their sum points where the teacher's sentence vector points (cosine).
"""

import numpy as np

from . import vocabulary
from .student import Adam, Student, table_gradient

SIF = 1e-3


def axes(sentences, width):
    """Mean and main axes `[384, width]` of the teacher's sentence vectors."""
    mean = sentences.mean(0)
    centred = sentences - mean
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return mean, vectors[:, ::-1][:, :width].copy()


def words(pieces):
    """What the teacher reads for each piece."""
    bare = [piece.removeprefix("##") for piece in pieces]
    return [vocabulary.STANDS_FOR.get(piece, piece) for piece in bare]


def token_rows(vectors, counts, mean, basis):
    """First rows of the token table `[pieces, width]` from the teacher's vectors of the pieces."""
    rarity = SIF / (SIF + counts / counts.sum())
    return ((vectors - mean) @ basis * rarity[:, None]).astype(np.float32)


def align(model: Student, bags, targets, rng, epochs=4, batch=256, rate=3e-3, drop=0.1):
    """Trains both tables on the cosine to the target vectors; prints one line per epoch."""
    optimiser = Adam(model)
    targets = targets / np.maximum(np.linalg.norm(targets, axis=1, keepdims=True), 1e-9)
    steps, step = epochs * (len(bags) // batch), 0
    for epoch in range(epochs):
        order, total = rng.permutation(len(bags)), 0.0
        for start in range(0, len(order) - batch + 1, batch):
            index = order[start:start + batch]
            some = bags.batch(index, rng, drop)
            s = model.summed(some)
            length = np.linalg.norm(s, axis=1, keepdims=True) + 1e-6
            unit, target = s / length, targets[index]
            cosine = (unit * target).sum(1, keepdims=True)
            ds = (unit * cosine - target) / length / batch * some[2]
            grads = {"E": table_gradient(some[0], ds), "B": table_gradient(some[1], ds)}
            optimiser.update(grads, rate * (1 - step / steps))
            total += float(cosine.sum())
            step += 1
        print(f"  distil epoch {epoch + 1}: mean cosine {total / (len(order) // batch * batch):.4f}", flush=True)
