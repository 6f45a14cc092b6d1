"""The model itself in NumPy: rows of tokens and of hashed bigrams, summed, and a small MLP.

`z = W2 gelu(W1 norm((sum E[t] + sum B[b]) / sqrt(n)) + b1) + b2`. A batch is two sparse count
matrices, so that a step costs what its tokens cost; tables are updated by Adam row by row.
"""

import numpy as np
from scipy import sparse

EPS = 1e-5
C = np.float32(np.sqrt(2 / np.pi))


class Bags:
    """Texts as two sparse matrices: token counts and bigram counts."""

    def __init__(self, tokens, pairs, vocabulary, buckets):
        self.tokens = rows(tokens, vocabulary)
        self.pairs = rows(pairs, buckets)
        self.scale = np.array([1 / np.sqrt(len(t)) for t in tokens], np.float32)[:, None]

    def __len__(self):
        return len(self.scale)

    def batch(self, index, rng=None, drop=0.0):
        """Rows of both matrices and their scale; in training each entry is dropped by chance."""
        tokens, pairs = self.tokens[index], self.pairs[index]
        if rng is not None and drop:
            for matrix in (tokens, pairs):
                matrix.data = matrix.data * (rng.random(matrix.data.size) >= drop).astype(np.float32)
        return tokens, pairs, self.scale[index]


def rows(lists, width):
    """Sparse counts of ids."""
    starts = np.cumsum([0] + [len(ids) for ids in lists])
    ids = np.fromiter((i for some in lists for i in some), np.int32, starts[-1])
    matrix = sparse.csr_matrix((np.ones(len(ids), np.float32), ids, starts), (len(lists), width))
    matrix.sum_duplicates()
    return matrix


class Student:
    """Parameters, forward and backward pass."""

    def __init__(self, tokens, buckets, labels, hidden, rng):
        width = tokens.shape[1]
        self.E = tokens.astype(np.float32)
        self.B = np.zeros((buckets, width), np.float32)
        self.W1 = (rng.standard_normal((width, hidden)) / np.sqrt(width)).astype(np.float32)
        self.b1 = np.zeros(hidden, np.float32)
        self.W2 = (rng.standard_normal((hidden, labels)) / np.sqrt(hidden)).astype(np.float32)
        self.b2 = np.zeros(labels, np.float32)

    def summed(self, batch):
        """Sum of rows over the root of the number of tokens `[batch, width]`."""
        tokens, pairs, scale = batch
        return (tokens @ self.E + pairs @ self.B) * scale

    def logits(self, bags, size=2048):
        """Logits of all texts."""
        out = [self.forward(bags.batch(slice(i, i + size)))["z"] for i in range(0, len(bags), size)]
        return np.concatenate(out)

    def forward(self, batch, rng=None, dropout=0.0):
        """All that the backward pass needs."""
        s = self.summed(batch)
        centred = s - s.mean(1, keepdims=True)
        spread = np.sqrt((centred ** 2).mean(1, keepdims=True) + EPS)
        x = centred / spread
        a = x @ self.W1 + self.b1
        t = np.tanh(C * (a + np.float32(0.044715) * a ** 3))
        g = np.float32(0.5) * a * (1 + t)
        keep = None
        if rng is not None and dropout:
            keep = (rng.random(g.shape) >= dropout).astype(np.float32) / np.float32(1 - dropout)
            g = g * keep
        return {"x": x, "spread": spread, "a": a, "t": t, "g": g, "keep": keep, "z": g @ self.W2 + self.b2}

    def backward(self, batch, kept, dz):
        """Gradients from that of the logits; those of the tables by way of the summed rows."""
        grads = {"W2": kept["g"].T @ dz, "b2": dz.sum(0)}
        dg = dz @ self.W2.T
        if kept["keep"] is not None:
            dg = dg * kept["keep"]
        a, t = kept["a"], kept["t"]
        slope = 0.5 * (1 + t) + 0.5 * a * (1 - t * t) * C * (1 + 3 * np.float32(0.044715) * a * a)
        da = dg * slope
        grads["W1"], grads["b1"] = kept["x"].T @ da, da.sum(0)
        dx = da @ self.W1.T
        x = kept["x"]
        ds = (dx - dx.mean(1, keepdims=True) - x * (dx * x).mean(1, keepdims=True)) / kept["spread"]
        tokens, pairs, scale = batch
        ds = ds * scale
        grads["E"], grads["B"] = table_gradient(tokens, ds), table_gradient(pairs, ds)
        return grads


def table_gradient(counts, ds):
    """`(touched rows, their gradients)`."""
    touched, columns = np.unique(counts.indices, return_inverse=True)
    compact = sparse.csr_matrix((counts.data, columns, counts.indptr), (counts.shape[0], len(touched)))
    return touched, np.asarray(compact.T @ ds)


class Adam:
    """Adam over named arrays; a `(rows, gradient)` pair touches those rows alone."""

    def __init__(self, model, b1=0.9, b2=0.99, eps=1e-8):
        self.model, self.b1, self.b2, self.eps = model, np.float32(b1), np.float32(b2), np.float32(eps)
        self.m, self.v, self.step = {}, {}, 0

    def update(self, grads, rate, decay=0.0, advance=True):
        """One step at this learning rate; `decay` pulls dense weights to zero."""
        self.step += advance
        correct = np.float32(rate * np.sqrt(1 - float(self.b2) ** self.step) / (1 - float(self.b1) ** self.step))
        for name, grad in grads.items():
            value = getattr(self.model, name)
            if name not in self.m:
                self.m[name], self.v[name] = np.zeros_like(value), np.zeros_like(value)
            at = slice(None)
            if isinstance(grad, tuple):
                at, grad = grad
            m = self.m[name][at] * self.b1 + (1 - self.b1) * grad
            v = self.v[name][at] * self.b2 + (1 - self.b2) * grad * grad
            self.m[name][at], self.v[name][at] = m, v
            value[at] -= correct * m / (np.sqrt(v) + self.eps)
            if decay and not isinstance(at, np.ndarray):
                value *= np.float32(1 - rate * decay)


def softmax(z):
    """Probabilities along the last axis."""
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)
