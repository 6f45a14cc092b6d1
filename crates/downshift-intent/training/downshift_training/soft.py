"""Soft labels: the teacher itself, fine-tuned on the labelled rows, tells how sure it is of each.

The student is a bag of words; the fine-tuned teacher reads order and generalises further from
few phrasings. It also labels the bare queries, whose intents nobody wrote down.
"""

import time

import jax
import jax.numpy as jnp
import numpy as np
import optax

from .labels import LABELS
from .teacher import batches, pooled
from .tune import SOFT_T, targets

LONGEST, BATCH, RATE = 64, 32, 1e-4


def shuffled(ids, rng):
    """An order of batches in which texts of like length meet, and batches come at random."""
    jitter = np.array([len(i) for i in ids]) + rng.random(len(ids)) * 2
    order = np.argsort(jitter, kind="stable")
    groups = [order[i:i + BATCH] for i in range(0, len(order), BATCH)]
    return np.concatenate([groups[g] for g in rng.permutation(len(groups))])


def logits(weights, tokens, mask):
    """Class scores of the fine-tuned teacher."""
    return pooled(weights, tokens, mask) @ weights["head.weight"].T + weights["head.bias"]


def fine_tune(teacher, texts, labels, rng, epochs=1, say=print):
    """The teacher's weights after `epochs` over the rows, with a head for our labels."""
    weights = {k: jnp.asarray(v) for k, v in teacher.weights.items() if not k.startswith("pooler")}
    weights["head.weight"] = jnp.asarray(rng.standard_normal((len(LABELS), 384)) * .02, jnp.float32)
    weights["head.bias"] = jnp.zeros(len(LABELS))
    ids = [i[:LONGEST - 1] + i[-1:] if len(i) > LONGEST else i for i in teacher.tokenise(texts)]
    wanted = targets(labels, len(LABELS))
    steps = epochs * -(-len(ids) // BATCH)
    schedule = optax.warmup_cosine_decay_schedule(0, RATE, steps // 20, steps)
    optimiser = optax.multi_transform(
        {"body": optax.adamw(schedule, weight_decay=.01),
         "head": optax.adamw(lambda step: 10 * schedule(step), weight_decay=.01)},
        {k: "head" if k.startswith("head") else "body" for k in weights})
    state = optimiser.init(weights)

    @jax.jit
    def step(weights, state, tokens, mask, wanted):
        def loss(weights):
            return -(wanted * jax.nn.log_softmax(logits(weights, tokens, mask))).sum(1).mean()
        value, grads = jax.value_and_grad(loss)(weights)
        updates, state = optimiser.update(grads, state, weights)
        return optax.apply_updates(weights, updates), state, value

    done, total, started = 0, [], time.time()
    for _ in range(epochs):
        for index, tokens, mask in batches(ids, BATCH, shuffled(ids, rng)):
            rows = np.zeros((BATCH, len(LABELS)), np.float32)
            rows[:len(index)] = wanted[index]
            weights, state, value = step(weights, state, tokens, mask, rows)
            total.append(value)
            done += 1
            if done % 200 == 0:
                recent = float(np.mean([float(v) for v in total[-200:]]))
                say(f"  teacher step {done}/{steps}: loss {recent:.4f}, {time.time() - started:.0f} s")
    return weights


def predict(weights, teacher, texts):
    """Logits of all texts `[texts, labels]`."""
    ids = [i[:LONGEST - 1] + i[-1:] if len(i) > LONGEST else i for i in teacher.tokenise(texts)]
    out = np.zeros((len(ids), len(LABELS)), np.float32)
    forward = jax.jit(logits)
    for index, tokens, mask in batches(ids, 64):
        out[index] = np.asarray(forward(weights, tokens, mask))[:len(index)]
    return out


def softened(z):
    """Probabilities at the temperature of distillation."""
    return np.asarray(jax.nn.softmax(z / SOFT_T), np.float32)
