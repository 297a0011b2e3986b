"""Which tensors and weights of a network have codes of 4 bits (``src/network/bit_width.cpp``)."""

from __future__ import annotations

from dataclasses import replace
from typing import List, NamedTuple, Optional, Sequence, Set, Tuple

from .layers import WITH_CHANNELS, Layer, Window

_PASS_QUANTISATION = (
    "average_pool_2d",
    "max_pool_2d",
    "pad",
    "concatenation",
    "transpose",
    "resize_nearest_neighbor",
    "slice",
)


class Bits(NamedTuple):
    """Of a whole network: 8 or 4; activations of 4 only with weights of 4."""

    weights: int = 8
    activations: int = 8


class LayerBits(NamedTuple):
    """Of one layer's codes: 8 or 4."""

    weights: int = 8
    input: int = 8  #: of every input
    output: int = 8


class Traits(NamedTuple):
    """What of a layer decides about bits."""

    has_channels: bool  #: weights and biases
    has_weight_kernels: bool  #: for weights of 4 bits
    has_kernels: bool  #: for inputs of 4 bits
    averages_all: bool  #: over all positions
    passes_quantisation: bool
    adds: bool


def traits(
    type: str,
    window: Optional[Window],
    groups: int,
    positions: Tuple[int, int],
    keeps_channels: bool,
    plain: bool,
) -> Traits:
    """Of a layer with an output of ``positions``; ``keeps_channels``: as many as the input has;
    ``plain``: two operands, both tensors of the output's shape."""
    has_channels = type in WITH_CHANNELS
    one_position = positions == (1, 1)
    weight_kernels = has_channels and groups == 1 and not (window and window.dilated)
    if type == "depthwise_conv2d":
        weight_kernels = weight_kernels and keeps_channels
    elif type == "fully_connected":
        weight_kernels = weight_kernels and one_position
    adds = type == "add"
    pools = type in ("average_pool_2d", "max_pool_2d")
    return Traits(
        has_channels,
        weight_kernels,
        weight_kernels or pools or (adds and plain),
        type == "average_pool_2d" and one_position,
        type in _PASS_QUANTISATION,
        adds,
    )


def _traits_of(layer: Layer) -> Traits:
    return traits(
        layer.type,
        layer.window,
        layer.groups,
        layer.output[:2],
        layer.input[2] == layer.output[2],
        layer.constant is None and layer.input == layer.second == layer.output,
    )


def with_bits(
    layers: Sequence[Layer], inputs: Sequence[Tuple[int, ...]], bits: Bits
) -> List[Layer]:
    """The layers of a network with ``bits`` wherever there are kernels for them. ``inputs`` are the
    tensors that each layer reads; 0 is the network's input, i + 1 the output of layer i."""
    known = [_traits_of(layer) for layer in layers]
    four = [False] * (len(layers) + 1)
    if bits.activations == 4:
        four = four_bits(known, inputs, {len(layers)})
    return [
        replace(
            layer,
            weight_bits=bits.weights if known[i].has_weight_kernels else 8,
            input_bits=4 if four[inputs[i][0]] else 8,
            output_bits=4 if four[i + 1] else 8,
        )
        for i, layer in enumerate(layers)
    ]


def four_bits(
    layers: Sequence[Traits], inputs: Sequence[Tuple[int, ...]], outputs: Set[int]
) -> List[bool]:
    """By tensor: whether it has 4 bits, where the network's ``outputs`` have 8. Starts with all that
    kernels allow, and takes back until every layer without weights has one width throughout."""
    read = {tensor for tensors in inputs for tensor in tensors}
    four = [False] * (len(layers) + 1)
    for i, layer in enumerate(layers):
        allowed = layer.has_kernels and not layer.averages_all
        four[i + 1] = allowed and i + 1 in read and i + 1 not in outputs
    for i, layer in enumerate(layers):
        for tensor in inputs[i]:
            four[tensor] = four[tensor] and layer.has_kernels
    changed = True
    while changed:
        changed = False
        for i, layer in enumerate(layers):
            if layer.has_channels:
                continue
            kept = [i + 1] if _must_keep_bits(i, layers, inputs) else []
            if all(four[tensor] for tensor in [*inputs[i], *kept]):
                continue
            for tensor in [*inputs[i], i + 1]:
                changed = changed or four[tensor]
                four[tensor] = False
    return four


def _must_keep_bits(i: int, layers: Sequence[Traits], inputs: Sequence[Tuple[int, ...]]) -> bool:
    """Pools have one scale on both sides. An average over all positions has a finer step where what
    reads it does not ask for the same scale."""
    if layers[i].adds:
        return False
    if not layers[i].averages_all:
        return True
    readers = (layer for layer, tensors in zip(layers, inputs) if i + 1 in tensors)
    return any(reader.passes_quantisation for reader in readers)
