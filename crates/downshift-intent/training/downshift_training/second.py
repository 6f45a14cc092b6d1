"""The second stage: two layers of attention over the same tokens, for queries that the first is unsure of.

Layers 0 and 5 of the teacher, over the pruned vocabulary and without special tokens; a text is the mean of its last
hidden states. First the student's sentence vectors are drawn to the teacher's own (`distil`), then it is fitted to
labelled rows while its vectors stay near the teacher's where those are known (`fit`).
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax

from . import vocabulary
from .teacher import HEADS, batches, linear, norm

TAKEN = (0, 5)
WIDTH = 384
# The longest text it reads, in tokens.
MAX_TOKENS = 128
# The learning rate of a fit, and of one that goes on from another.
RATE, LATER = 1.5e-4, 7e-5
# Rows of a batch are compacted to one of these sizes, so that few shapes are compiled.
COMPACT = (256, 512, 1024, 2048, 4096, 8192)


def start(teacher, pieces, labels, rng):
    """The student before training: the teacher's rows for each piece and two of its layers."""
    known = {piece: i for i, piece in enumerate(vocabulary.bert_pieces(teacher.tokenizer.to_str()))}
    table = teacher.weights["embeddings.word_embeddings.weight"]

    def row(piece):
        inner = piece.removeprefix("##")
        bare = piece.replace(inner, vocabulary.STANDS_FOR.get(inner, inner))
        for name in (bare, bare.removeprefix("##"), vocabulary.UNKNOWN):
            if name in known:
                return table[known[name]]
        raise KeyError(piece)

    rows = np.stack([row(piece) for piece in pieces]).astype(np.float32)
    kind = teacher.weights["embeddings.token_type_embeddings.weight"][0]
    # The teacher's first position is that of a special token, which the student does not have.
    weights = {"positions": teacher.weights["embeddings.position_embeddings.weight"][1:MAX_TOKENS + 1] + kind}
    for part in ("weight", "bias"):
        weights[f"norm.{part}"] = teacher.weights[f"embeddings.LayerNorm.{part}"]
    for at, layer in enumerate(TAKEN):
        prefix = f"encoder.layer.{layer}."
        for name, value in teacher.weights.items():
            if name.startswith(prefix):
                weights[f"{at}.{name.removeprefix(prefix)}"] = value
    weights["head.weight"] = (rng.standard_normal((labels, WIDTH)) / np.sqrt(WIDTH)).astype(np.float32)
    weights["head.bias"] = np.zeros(labels, np.float32)
    return rows, {name: jnp.asarray(value, jnp.float32) for name, value in weights.items()}


def dropped(x, key, rate):
    """Dropout; without a key none."""
    if key is None:
        return x
    return x * jax.random.bernoulli(key, 1 - rate, x.shape) / (1 - rate)


def pooled(weights, rows, tokens, mask, key=None, rate=0.1):
    """Mean of the last hidden states `[batch, 384]`; with a key, tokens and activations are dropped by chance."""
    size, length = tokens.shape
    keys = jax.random.split(key, 2 * len(TAKEN) + 2) if key is not None else [None] * (2 * len(TAKEN) + 2)
    if key is not None:
        # A dropped token is not seen at all, but for the first of each text.
        mask = mask * jax.random.bernoulli(keys[-1], 1 - rate, mask.shape).at[:, 0].set(True)
    x = (rows[tokens] + weights["positions"][:length]).reshape(-1, WIDTH)
    x = dropped(norm(x, weights, "norm"), keys[-2], rate)
    bias = (1 - mask)[:, None, None, :] * -1e9
    for at in range(len(TAKEN)):
        q, k, v = (linear(x, weights, f"{at}.attention.self.{part}").reshape(size, length, HEADS, -1)
                   for part in ("query", "key", "value"))
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / np.sqrt(q.shape[-1]) + bias
        mixed = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores), v).reshape(-1, WIDTH)
        mixed = dropped(linear(mixed, weights, f"{at}.attention.output.dense"), keys[2 * at], rate)
        x = norm(x + mixed, weights, f"{at}.attention.output.LayerNorm")
        wide = jax.nn.gelu(linear(x, weights, f"{at}.intermediate.dense"), approximate=True)
        wide = dropped(linear(wide, weights, f"{at}.output.dense"), keys[2 * at + 1], rate)
        x = norm(x + wide, weights, f"{at}.output.LayerNorm")
    x = x.reshape(size, length, WIDTH)
    return (x * mask[..., None]).sum(1) / jnp.maximum(mask.sum(1, keepdims=True), 1)


def unit(x):
    """Rows at length 1."""
    return x / jnp.maximum(jnp.linalg.norm(x, axis=1, keepdims=True), 1e-9)


def classify(weights, vectors, key=None):
    """Logits of pooled vectors."""
    return linear(dropped(vectors, key, 0.2), weights, "head")


def similar(vectors, targets, seen):
    """How far vectors are from the teacher's: directions, and the cosines within the batch."""
    found = unit(vectors)
    direction = ((1 - (found * targets).sum(1)) * seen).sum() / jnp.maximum(seen.sum(), 1)
    pairs = seen[:, None] * seen[None]
    between = (((found @ found.T - targets @ targets.T) ** 2) * pairs).sum() / jnp.maximum(pairs.sum(), 1)
    return direction + 5 * between


def shuffled(lengths, size, rng):
    """Rows in random batches of like length."""
    order = np.argsort(np.asarray(lengths) + rng.random(len(lengths)) * 3, kind="stable")
    parts = [order[at:at + size] for at in range(0, len(order) - size + 1, size)]
    rng.shuffle(parts)
    return np.concatenate(parts)


def compact(tokens):
    """The table's rows that a batch touches, padded to a few sizes, and its tokens as indices into them."""
    touched, local = np.unique(tokens, return_inverse=True)
    size = next(n for n in COMPACT if n >= len(touched))
    return touched, np.pad(touched, (0, size - len(touched))), local.reshape(tokens.shape)


class RowAdam:
    """Adam over a table, row by row: a row that no batch touches costs nothing."""

    def __init__(self, rows, b1=0.9, b2=0.99):
        self.rows, self.b1, self.b2, self.step = rows, np.float32(b1), np.float32(b2), 0
        self.m, self.v = np.zeros_like(rows), np.zeros_like(rows)

    def update(self, at, grad, rate):
        """One step for these rows."""
        self.step += 1
        correct = np.float32(rate * np.sqrt(1 - float(self.b2) ** self.step) / (1 - float(self.b1) ** self.step))
        m = self.m[at] * self.b1 + (1 - self.b1) * grad
        v = self.v[at] * self.b2 + (1 - self.b2) * grad * grad
        self.m[at], self.v[at] = m, v
        self.rows[at] -= correct * m / (np.sqrt(v) + np.float32(1e-8))


def pace(at, steps, warm, rate):
    """The learning rate at a step: up over `warm` steps, then down to nothing."""
    return rate * (at / warm if at < warm else (steps - at) / max(1, steps - warm))


def train(student, loss, ids, extras, settings, rng):
    """Adam with a linear decay over `loss(weights, rows, tokens, mask, *extras, key)`; the student is `(rows, weights)`."""
    rows, weights = student
    size, epochs = settings["batch"], settings["epochs"]
    steps = epochs * (len(ids) // size)
    warm = max(1, steps // 20)
    schedule = optax.join_schedules([optax.linear_schedule(0, settings["rate"], warm),
                                     optax.linear_schedule(settings["rate"], 0, steps - warm)], [warm])
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=settings["decay"]))
    state, table = optimiser.init(weights), RowAdam(rows)

    @jax.jit
    def step(weights, state, rows, tokens, mask, some, key):
        value, slopes = jax.value_and_grad(loss, argnums=(0, 1))(weights, rows, tokens, mask, *some, key)
        updates, state = optimiser.update(slopes[0], state, weights)
        return optax.apply_updates(weights, updates), state, slopes[1], value

    key, at = jax.random.PRNGKey(int(rng.integers(1 << 30))), 0
    for epoch in range(epochs):
        total, count = 0.0, 0
        for index, tokens, mask in batches(ids, size, shuffled([len(i) for i in ids], size, rng)):
            key, now = jax.random.split(key)
            touched, padded, local = compact(tokens)
            some = tuple(extra[index] for extra in extras)
            weights, state, slope, value = step(weights, state, rows[padded], local, mask, some, now)
            table.update(touched, np.asarray(slope)[:len(touched)], pace(at, steps, warm, settings["rate"]))
            total, count, at = total + float(value), count + 1, at + 1
            if count % 25 == 0:
                print(f"    step {at} of {steps}: loss {total / count:.4f}", flush=True)
        say = settings.get("check")
        print(f"  {settings['name']} epoch {epoch + 1}: loss {total / count:.4f} {say((rows, weights)) if say else ''}",
              flush=True)
    return rows, weights


def distil(student, ids, targets, rng, epochs=2):
    """Draws the student's sentence vectors to the teacher's."""
    def loss(weights, rows, tokens, mask, target, key):
        return similar(pooled(weights, rows, tokens, mask, key, 0.05), target, jnp.ones(len(tokens)))
    settings = {"name": "distil", "batch": 128, "epochs": epochs, "rate": 4e-4, "decay": 0.0}
    return train(student, loss, ids, (targets,), settings, rng)


def fit(student, ids, wanted, vectors, rng, epochs=2, rate=RATE, near=0.5, check=None):
    """Fits labelled rows; `vectors` are the teacher's, or zeros where it was not asked."""
    seen = (np.abs(vectors).sum(1) > 0).astype(np.float32)

    def loss(weights, rows, tokens, mask, target, vector, seen, key):
        one, two = jax.random.split(key)
        found = pooled(weights, rows, tokens, mask, one)
        likely = jax.nn.log_softmax(classify(weights, found, two))
        return -(target * likely).sum(1).mean() + near * similar(found, vector, seen)
    settings = {"name": "fit", "batch": 64, "epochs": epochs, "rate": rate, "decay": 1e-2, "check": check}
    return train(student, loss, ids, (wanted, vectors, seen), settings, rng)


def run(student, ids, size=128):
    """`(vectors, logits)` of all texts."""
    rows, weights = student
    forward = jax.jit(pooled)
    vectors = np.zeros((len(ids), WIDTH), np.float32)
    for index, tokens, mask in batches(ids, size):
        _, padded, local = compact(tokens)
        vectors[index] = np.asarray(forward(weights, rows[padded], local, mask))[:len(index)]
    return vectors, np.asarray(classify(weights, vectors))
