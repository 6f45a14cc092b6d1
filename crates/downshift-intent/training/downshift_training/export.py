"""Writes what ships: `model.onnx`, `tokenizer.json`, `model.json`, `vectors.json`."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from . import vocabulary

OPSET, IR = 17, 8


def quantise(table):
    """int8 rows and a scale each; a zero row keeps a scale of one."""
    scale = np.abs(table).max(1, keepdims=True) / 127
    scale[scale == 0] = 1
    return np.round(table / scale).astype(np.int8), scale.astype(np.float32)


def dequantised(model):
    """Replaces both tables by what the shipped file will hold."""
    for name in ("E", "B"):
        rows, scale = quantise(getattr(model, name))
        setattr(model, name, rows.astype(np.float32) * scale)


def graph(model, name):
    """The ONNX model; every operator is one that ONNX Runtime and tract both run."""
    nodes, weights = [], []

    def const(key, value):
        weights.append(numpy_helper.from_array(np.ascontiguousarray(value), key))
        return key

    def node(op, inputs, output, **attributes):
        nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    zero = const("axis_0", np.array([0], np.int64))
    last = const("axis_1", np.array([1], np.int64))
    sums = []
    for table, ids in (("E", "token_ids"), ("B", "bigram_ids")):
        rows, scale = quantise(getattr(model, table))
        picked = node("Gather", [const(f"{table}_rows", rows), ids], f"{table}_picked", axis=0)
        scales = node("Gather", [const(f"{table}_scale", scale), ids], f"{table}_scales", axis=0)
        real = node("Cast", [picked], f"{table}_real", to=TensorProto.FLOAT)
        scaled = node("Mul", [real, scales], f"{table}_scaled")
        sums.append(node("ReduceSum", [scaled, zero], f"{table}_sum", keepdims=1))
    both = node("Add", sums, "sum")
    # The number of tokens, by way of the scales: a sum of ones in the graph needs no Shape.
    ones = node("Add", [node("Mul", ["E_scales", const("nought", np.zeros((1, 1), np.float32))], "noughts"),
                        const("unit", np.ones((1, 1), np.float32))], "ones")
    count = node("ReduceSum", [ones, zero], "count", keepdims=1)
    s = node("Div", [both, node("Sqrt", [count], "root")], "s")
    node("Squeeze", [s, zero], "embedding")
    centred = node("Sub", [s, node("ReduceMean", [s], "mean", axes=[1], keepdims=1)], "centred")
    square = node("ReduceMean", [node("Mul", [centred, centred], "squares")], "variance", axes=[1], keepdims=1)
    spread = node("Sqrt", [node("Add", [square, const("eps", np.array([[1e-5]], np.float32))], "safe")], "spread")
    x = node("Div", [centred, spread], "x")
    a = node("Add", [node("MatMul", [x, const("W1", model.W1)], "xw"), const("b1", model.b1[None])], "a")
    # GELU, tanh form.
    cube = node("Mul", [node("Mul", [a, a], "aa"), a], "aaa")
    inner = node("Add", [a, node("Mul", [cube, const("c3", np.array([[0.044715]], np.float32))], "c3a")], "inner")
    t = node("Tanh", [node("Mul", [inner, const("c", np.array([[np.sqrt(2 / np.pi)]], np.float32))], "ci")], "t")
    half = node("Mul", [a, const("half", np.array([[0.5]], np.float32))], "ha")
    g = node("Mul", [half, node("Add", [t, const("one", np.array([[1.0]], np.float32))], "t1")], "g")
    z = node("Add", [node("MatMul", [g, const("W2", model.W2)], "gw"), const("b2", model.b2[None])], "z")
    node("Squeeze", [z, zero], "logits")
    labels = model.b2.size
    made = helper.make_graph(
        nodes, name,
        [helper.make_tensor_value_info("token_ids", TensorProto.INT64, ["n"]),
         helper.make_tensor_value_info("bigram_ids", TensorProto.INT64, ["m"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [labels]),
         helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [model.E.shape[1]])],
        [w for w in weights if w.name != "axis_1"])
    proto = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR,
                              producer_name="downshift")
    onnx.checker.check_model(proto)
    return proto


def vectors(tokenizer, texts, buckets, run):
    """Conformance vectors: what another implementation must reproduce."""
    out = []
    for text, ids in zip(texts, vocabulary.encode(tokenizer, texts)):
        pairs = vocabulary.bigrams(ids, buckets)
        logits = run(ids, pairs)
        out.append({"text": text, "token_ids": ids, "bigram_ids": pairs,
                    "logits": [round(float(v), 5) for v in logits]})
    return out


def write_json(path: Path, value, indent=1):
    """Stable JSON with a final newline."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")
