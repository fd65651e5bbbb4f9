"""The network of multilingual-e5-small as an ONNX graph in int8, for one text at a time.

Input ``embedded`` is ``[tokens, hidden]`` float32, the sum of word, position and type embeddings; output ``vector``
is ``[hidden]`` float32, mean-pooled and of length 1. Every matrix product is exact integer arithmetic:

* Weights are int8 with a scale per output channel, within ±63: two products of an unsigned and a signed byte then
  fit 16 bits, which AVX2 kernels saturate at, so that processors with and without VNNI agree.
* Activations are uint8 with **one scale per token**, never one per tensor, so that what stands beside a token in a
  batch cannot change it. The weights' scales are applied first, within the product, then the token's.
* GELU is never below -0.17, so its output is shifted by that much and quantised from 0 to 255; the shift times the
  column sums of the weights is taken off again in the bias.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from retrieval.embedding.weights import Floats, Weights

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

__all__ = ["INPUT", "OUTPUT", "build_graph"]

INPUT = "embedded"
OUTPUT = "vector"

_FUSED = "com.microsoft"
_WEIGHT_LIMIT = 63.0
_MIDDLE = 128
_GELU_SHIFT = 0.17
_TINY = 1e-12
_FLOAT32 = 1  # onnx.TensorProto.FLOAT
_OPSET, _FUSED_OPSET, _IR = 21, 1, 10


def build_graph(weights: Weights) -> bytes:
    """Return the serialised model for these weights. Takes a few seconds."""
    from onnx import helper

    sizes = weights.sizes
    graph = _Graph(heads=sizes.heads, epsilon=sizes.epsilon)
    scale, bias = graph.pair(weights, "emb.ln")
    state = graph.node("LayerNormalization", [INPUT, scale, bias], axis=-1, epsilon=sizes.epsilon)
    for layer in range(sizes.layers):
        state = _layer(graph, weights, f"l{layer}", state)
    pooled = graph.node("ReduceMean", [state, graph.constant(np.array([0], np.int64))], keepdims=0)
    graph.node("LpNormalization", [pooled], out=OUTPUT, axis=-1, p=2)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "multilingual-e5-small",
            [helper.make_tensor_value_info(INPUT, _FLOAT32, ["tokens", sizes.hidden])],
            [helper.make_tensor_value_info(OUTPUT, _FLOAT32, [sizes.hidden])],
            graph.initializers,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, _FUSED_OPSET)],
        ir_version=_IR,
        producer_name="tenkyo",
    )
    serialised: bytes = model.SerializeToString(deterministic=True)
    return serialised


def _layer(graph: _Graph, weights: Weights, name: str, state: str) -> str:
    """Attention and feed-forward, each followed by its residual and normalisation (BERT's post-norm)."""
    hidden, forward = weights.sizes.hidden, weights.sizes.feed_forward
    heads = [weights.matrix(f"{name}.{part}.w", rows=hidden) for part in "qkv"]
    product = graph.product(graph.quantised(state), np.concatenate(heads))
    bias = graph.constant(np.concatenate([weights.tensor(f"{name}.{part}.b") for part in "qkv"]))
    attended = graph.attention(product, bias)

    product = graph.product(graph.quantised(attended), weights.matrix(f"{name}.ao.w", rows=hidden))
    between = graph.normalised_sum(product, state, weights.tensor(f"{name}.ao.b"), graph.pair(weights, f"{name}.aln"))

    product = graph.product(graph.quantised(between), weights.matrix(f"{name}.fi.w", rows=forward))
    active = graph.node("BiasGelu", [product, graph.constant(weights.tensor(f"{name}.fi.b"))], domain=_FUSED)

    outward = weights.matrix(f"{name}.fo.w", rows=hidden)
    product = graph.product(graph.quantised_gelu(active), outward, middle=0)
    shift = np.float32(_GELU_SHIFT) * _dequantised(outward).sum(axis=1)
    bias_vector = (weights.tensor(f"{name}.fo.b") - shift).astype(np.float32)
    return graph.normalised_sum(product, between, bias_vector, graph.pair(weights, f"{name}.oln"))


def _quantise(matrix: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Return the matrix as int8 within the limit, and a scale per row (output channel)."""
    scales = np.maximum(np.abs(matrix).max(axis=1), np.float32(_TINY)) / np.float32(_WEIGHT_LIMIT)
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def _dequantised(matrix: Floats) -> npt.NDArray[np.float64]:
    integers, scales = _quantise(matrix)
    return integers.astype(np.float64) * scales[:, None]


@dataclass(slots=True)
class _Quantised:
    """Activations as uint8 ``[tokens, n]`` and their scales ``[tokens, 1]``."""

    integers: str
    scales: str


@dataclass(slots=True)
class _Graph:
    """Nodes and constants in the making; every method returns the name of what it adds."""

    heads: int
    epsilon: float
    nodes: list[NodeProto] = field(default_factory=list)
    initializers: list[TensorProto] = field(default_factory=list)

    def constant(self, value: npt.NDArray[np.generic] | np.generic) -> str:
        from onnx import numpy_helper

        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name))
        return name

    def node(self, kind: str, inputs: list[str], *, out: str = "", domain: str = "", **attributes: object) -> str:
        return self.node_of(kind, inputs, [out or f"n{len(self.nodes)}"], domain=domain, **attributes)[0]

    def node_of(
        self, kind: str, inputs: list[str], outputs: list[str], *, domain: str = "", **attributes: object
    ) -> list[str]:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **attributes))
        return outputs

    def pair(self, weights: Weights, name: str) -> tuple[str, str]:
        return self.constant(weights.tensor(f"{name}.w")), self.constant(weights.tensor(f"{name}.b"))

    def quantised(self, x: str) -> _Quantised:
        """Symmetric around 128: the largest magnitude of the token becomes 127."""
        most = self.node("ReduceMax", [self.node("Abs", [x]), self._columns()], keepdims=1)
        return self._scaled(x, most, 127.0, middle=_MIDDLE)

    def quantised_gelu(self, x: str) -> _Quantised:
        """Shifted to start at 0: the largest value of the token becomes 255."""
        shifted = self.node("Add", [x, self.constant(np.float32(_GELU_SHIFT))])
        most = self.node("ReduceMax", [shifted, self._columns()], keepdims=1)
        return self._scaled(shifted, most, 255.0, middle=0)

    def _columns(self) -> str:
        return self.constant(np.array([-1], np.int64))

    def _scaled(self, x: str, most: str, top: float, *, middle: int) -> _Quantised:
        raw = self.node("Mul", [most, self.constant(np.float32(1.0 / top))])
        scales = self.node("Max", [raw, self.constant(np.float32(_TINY))])
        unit = self.node("Div", [x, scales])
        one, zero = self.constant(np.float32(1.0)), self.constant(np.uint8(middle))
        return _Quantised(self.node("QuantizeLinear", [unit, one, zero]), scales)

    def product(self, x: _Quantised, matrix: Floats, *, middle: int = _MIDDLE) -> str:
        integers, scales = _quantise(matrix)
        inputs = [
            x.integers,
            self.constant(np.ascontiguousarray(integers.T)),
            self.constant(np.float32(1.0)),
            self.constant(scales),
            self.constant(np.uint8(middle)),
            self.constant(np.zeros(len(scales), np.int8)),
        ]
        return self.node("Mul", [self.node("MatMulIntegerToFloat", inputs, domain=_FUSED), x.scales])

    def attention(self, product: str, bias: str) -> str:
        axis = self.constant(np.array([0], np.int64))
        batch = self.node("Unsqueeze", [product, axis])
        parts = [f"{batch}.{part}" for part in "qkv"]
        self.node_of("Split", [batch], parts, axis=2, num_outputs=3)
        attended = self.node("MultiHeadAttention", [*parts, bias], domain=_FUSED, num_heads=self.heads)
        return self.node("Squeeze", [attended, axis])

    def normalised_sum(self, x: str, residual: str, bias: Floats, norm: tuple[str, str]) -> str:
        inputs = [x, residual, *norm, self.constant(bias)]
        return self.node("SkipLayerNormalization", inputs, domain=_FUSED, epsilon=self.epsilon)
