"""Networks as opline's own runtime executes them: ops, flash, and the memory planner's arena."""

from __future__ import annotations

from functools import cached_property
from typing import Dict, List, Optional, Sequence, Tuple

from . import memory
from .errors import CostModelError
from .layers import Layer, Shape, by_x, ops_by_type


class Network:
    """Layers in execution order, with the figures of opline's own runtime and memory planner."""

    def __init__(
        self,
        input: Shape,
        layers: Sequence[Layer],
        inputs: Optional[Sequence[Tuple[int, ...]]] = None,
    ) -> None:
        """``inputs``: the tensors that each layer reads; 0 is the network's input, i + 1 the output
        of layer i. Without them each layer reads the output of the one before."""
        self.input = input
        self.layers: Tuple[Layer, ...] = tuple(layers)
        if not self.layers:
            raise CostModelError("a network without layers; give at least one")
        if inputs is None:
            joins = [
                layer.type
                for layer in self.layers
                if layer.type == "concatenation" or (layer.second and layer.constant is None)
            ]
            if joins:
                raise CostModelError(f"{joins[0]} reads two tensors; give the inputs of each layer")
            inputs = [(i,) for i in range(len(self.layers))]
        self.inputs: Tuple[Tuple[int, ...], ...] = tuple(inputs)
        self._check()

    def _check(self) -> None:
        if len(self.inputs) != len(self.layers):
            raise CostModelError(f"{len(self.layers)} layers, inputs of {len(self.inputs)}")
        shapes = [self.input, *(layer.output for layer in self.layers)]
        bits = [8, *(layer.output_bits for layer in self.layers)]
        for i, (layer, tensors) in enumerate(zip(self.layers, self.inputs)):
            if not tensors or not all(0 <= tensor <= i for tensor in tensors):
                raise CostModelError(f"layer {i} reads the tensors {tensors}; there are 0 to {i}")
            expected = layer.tensors_read
            if [shapes[tensor] for tensor in tensors] != expected:
                read = " and ".join(by_x(shapes[tensor]) for tensor in tensors)
                raise CostModelError(f"layer {i}: `{layer.signature}` reads a tensor of {read}")
            if any(bits[tensor] != layer.input_bits for tensor in tensors):
                raise CostModelError(
                    f"layer {i}: `{layer.signature}` reads a tensor of other bits than its input's"
                )

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates, padded taps included."""
        return sum(layer.macs for layer in self.layers)

    @property
    def ops(self) -> int:
        """2 x macs."""
        return 2 * self.macs

    @property
    def ops_by_type(self) -> Dict[str, int]:
        """Ops by layer type; types without ops are left out."""
        return ops_by_type(self.layers)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def flash_bytes(self) -> int:
        """Weights and channel tables in flash, alignment included."""
        return sum(layer.flash_bytes for layer in self.layers)

    @cached_property
    def _buffers(self) -> List[memory.Buffer]:
        return memory.buffers_of(self.input, self.layers, self.inputs)

    @cached_property
    def live_bytes(self) -> List[int]:
        """SRAM in use while each layer runs: live tensors and scratch, without alignment."""
        return memory.live_bytes(self._buffers, len(self.layers))

    @cached_property
    def activation_bytes(self) -> int:
        """Peak of activations and scratch in SRAM, as opline's planner places them."""
        return memory.plan(self._buffers)

    @property
    def sram_bytes(self) -> int:
        """The arena: activations, plan and per-layer results."""
        tables = sum(memory.align(layer.table_bytes) for layer in self.layers)
        return self.activation_bytes + memory.plan_and_result_bytes(len(self.layers), tables)

    def canonical_text(self) -> str:
        """The text by which opline identifies a network (docs/formats/network.md)."""
        lines = [f"input {by_x(self.input)}"]
        for layer, tensors in zip(self.layers, self.inputs):
            parts = [layer.type]
            if layer.constant == "first":
                parts.append(f"constant {by_x(layer.input)}")
            parts += [f"t{tensor}" for tensor in tensors]
            if layer.constant == "second":
                parts.append(f"constant {by_x(layer.second or layer.input)}")
            if layer.window is not None:
                parts.append(layer.window_text)
            parts += ["->", by_x(layer.output)]
            if layer.activation != "none":
                parts.append(layer.activation)
            if layer.weight_bits != 8:
                parts.append(f"w{layer.weight_bits}")
            if layer.output_bits != 8:
                parts.append(f"a{layer.output_bits}")
            lines.append(" ".join(parts))
        return "\n".join(lines) + "\n"
