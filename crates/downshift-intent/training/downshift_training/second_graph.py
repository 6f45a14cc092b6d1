"""Writes the second stage as `second.onnx`: int8 rows with a scale each, the rest as half floats, one text a run."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .export import IR, OPSET, quantise
from .second import TAKEN, WIDTH
from .teacher import EPS, HEADS


class Builder:
    """Nodes and weights of a graph in the making; every operator is one that ONNX Runtime and tract both run."""

    def __init__(self):
        self.nodes, self.weights = [], []

    def const(self, key, value):
        """A weight as it is."""
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), key))
        return key

    def half(self, key, value):
        """A weight kept in 16 bits and read in 32."""
        self.const(f"{key}_half", np.asarray(value, np.float16))
        return self.node("Cast", [f"{key}_half"], key, to=TensorProto.FLOAT)

    def scalar(self, key, value):
        """A number that broadcasts over a matrix."""
        return self.const(key, np.array([[value]], np.float32))

    def node(self, op, inputs, output, **attributes):
        """One operator and the name of what it gives."""
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def linear(self, x, weights, name, output):
        """`x W + b`, the weight stored as `[in, out]`."""
        matrix = self.half(f"{output}_w", np.asarray(weights[f"{name}.weight"]).T)
        bias = self.const(f"{output}_b", np.asarray(weights[f"{name}.bias"], np.float32)[None])
        return self.node("Add", [self.node("MatMul", [x, matrix], f"{output}_xw"), bias], output)

    def norm(self, x, weights, name, output):
        """Layer normalisation over the last axis."""
        mean = self.node("ReduceMean", [x], f"{output}_mean", axes=[1], keepdims=1)
        centred = self.node("Sub", [x, mean], f"{output}_centred")
        square = self.node("Mul", [centred, centred], f"{output}_square")
        spread = self.node("ReduceMean", [square], f"{output}_variance", axes=[1], keepdims=1)
        root = self.node("Sqrt", [self.node("Add", [spread, "eps"], f"{output}_safe")], f"{output}_root")
        scaled = self.node("Div", [centred, root], f"{output}_scaled")
        weight = self.const(f"{output}_w", np.asarray(weights[f"{name}.weight"], np.float32)[None])
        bias = self.const(f"{output}_b", np.asarray(weights[f"{name}.bias"], np.float32)[None])
        return self.node("Add", [self.node("Mul", [scaled, weight], f"{output}_weighted"), bias], output)

    def gelu(self, a, output):
        """GELU, tanh form."""
        cube = self.node("Mul", [self.node("Mul", [a, a], f"{output}_2"), a], f"{output}_3")
        inner = self.node("Add", [a, self.node("Mul", [cube, "gelu_cube"], f"{output}_c")], f"{output}_i")
        t = self.node("Tanh", [self.node("Mul", [inner, "gelu_scale"], f"{output}_s")], f"{output}_t")
        half = self.node("Mul", [a, "gelu_half"], f"{output}_h")
        return self.node("Mul", [half, self.node("Add", [t, "gelu_one"], f"{output}_t1")], output)

    def heads(self, x, output, perm):
        """`[n, 384]` as one matrix per head."""
        apart = self.node("Reshape", [x, "per_head"], f"{output}_apart")
        return self.node("Transpose", [apart], output, perm=perm)

    def layer(self, x, weights, at):
        """One layer of attention."""
        name = f"l{at}"
        q = self.linear(x, weights, f"{at}.attention.self.query", f"{name}_q")
        k = self.linear(x, weights, f"{at}.attention.self.key", f"{name}_k")
        v = self.linear(x, weights, f"{at}.attention.self.value", f"{name}_v")
        q, k = self.heads(q, f"{name}_qh", [1, 0, 2]), self.heads(k, f"{name}_kh", [1, 2, 0])
        scores = self.node("Mul", [self.node("MatMul", [q, k], f"{name}_qk"), "attention_scale"], f"{name}_scores")
        shares = self.node("Softmax", [scores], f"{name}_shares", axis=2)
        mixed = self.node("MatMul", [shares, self.heads(v, f"{name}_vh", [1, 0, 2])], f"{name}_mixed")
        mixed = self.node("Transpose", [mixed], f"{name}_back", perm=[1, 0, 2])
        mixed = self.node("Reshape", [mixed, "joined"], f"{name}_joined")
        mixed = self.linear(mixed, weights, f"{at}.attention.output.dense", f"{name}_dense")
        x = self.norm(self.node("Add", [x, mixed], f"{name}_plus"), weights, f"{at}.attention.output.LayerNorm", f"{name}_n1")
        wide = self.gelu(self.linear(x, weights, f"{at}.intermediate.dense", f"{name}_wide"), f"{name}_gelu")
        wide = self.linear(wide, weights, f"{at}.output.dense", f"{name}_narrow")
        return self.norm(self.node("Add", [x, wide], f"{name}_plus2"), weights, f"{at}.output.LayerNorm", f"{name}_n2")


def graph(rows, weights, name):
    """The ONNX model of a student: `token_ids` and `position_ids` in, `logits` and `embedding` out."""
    made = Builder()
    table, scale = quantise(rows)
    for key, value in (("eps", EPS), ("gelu_cube", 0.044715), ("gelu_scale", np.sqrt(2 / np.pi)), ("gelu_half", 0.5),
                       ("gelu_one", 1.0)):
        made.scalar(key, value)
    made.const("attention_scale", np.array([[[1 / np.sqrt(WIDTH // HEADS)]]], np.float32))
    made.const("per_head", np.array([-1, HEADS, WIDTH // HEADS], np.int64))
    made.const("joined", np.array([-1, WIDTH], np.int64))
    zero = made.const("axis_0", np.array([0], np.int64))
    picked = made.node("Gather", [made.const("rows", table), "token_ids"], "picked", axis=0)
    scales = made.node("Gather", [made.const("row_scales", scale), "token_ids"], "scales", axis=0)
    real = made.node("Mul", [made.node("Cast", [picked], "real", to=TensorProto.FLOAT), scales], "scaled")
    where = made.node("Gather", [made.const("positions_half", np.asarray(weights["positions"], np.float16)),
                                 "position_ids"], "where_half", axis=0)
    x = made.node("Add", [real, made.node("Cast", [where], "where", to=TensorProto.FLOAT)], "placed")
    x = made.norm(x, weights, "norm", "x")
    for at in range(len(TAKEN)):
        x = made.layer(x, weights, at)
    pooled = made.node("ReduceMean", [x], "pooled", axes=[0], keepdims=1)
    made.node("Squeeze", [made.linear(pooled, weights, "head", "z"), zero], "logits")
    made.node("Squeeze", [pooled, zero], "embedding")
    labels = np.asarray(weights["head.bias"]).size
    ids = [helper.make_tensor_value_info(key, TensorProto.INT64, ["n"]) for key in ("token_ids", "position_ids")]
    out = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [labels]),
           helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [WIDTH])]
    proto = helper.make_model(helper.make_graph(made.nodes, name, ids, out, made.weights),
                              opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR, producer_name="downshift")
    onnx.checker.check_model(proto)
    return proto
