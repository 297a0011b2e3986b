"""The arena: where opline's planner places activations, and how many bytes that takes.

Mirrors ``src/network/memory_plan.cpp`` and ``layout.cpp``: a tensor lives from the layer that
writes it to the last that reads it, scratch while its layer runs; buffers are placed largest first,
each at the lowest multiple of 16 where it overlaps no buffer that lives at the same time.
"""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING, List, NamedTuple, Sequence, Tuple

if TYPE_CHECKING:
    from .layers import Layer

ALIGNMENT = 16  # of every tensor, in flash and in the arena, bytes
_PLAN_HEADER, _PLAN_LAYER, _LAYER_RESULT = 48, 112, 16  # sizeof the structs of opline_plan.h


class Buffer(NamedTuple):
    """Bytes, and the first and last layer that it lives in; the network's input lives from -1."""

    bytes: int
    first: int
    last: int


def align(count: int) -> int:
    """``count`` bytes rounded up to a multiple of 16."""
    return (count + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT


def align_channels(count: int) -> int:
    """Bytes of a channel table, rounded up to whole entries of 12 and a multiple of 16."""
    return (count + 47) // 48 * 48


def plan_and_result_bytes(layers: int, tables: int = 0) -> int:
    """Arena bytes beside the activations, for a network of ``layers`` layers with ``tables`` bytes of
    tables."""
    return align(_PLAN_HEADER + _PLAN_LAYER * layers) + tables + align(_LAYER_RESULT * layers)


def buffers_of(
    input: Tuple[int, int, int],
    layers: Sequence[Layer],
    inputs: Sequence[Tuple[int, ...]],
) -> List[Buffer]:
    """One buffer per tensor, then one per layer for its scratch. ``inputs`` are the tensors that
    each layer reads."""
    last = [0, *range(len(layers))]
    for i, tensors in enumerate(inputs):
        for tensor in tensors:
            last[tensor] = i
    h, w, c = input
    buffers = [Buffer(h * w * c, -1, last[0])]
    buffers += [Buffer(one.output_bytes, i, last[i + 1]) for i, one in enumerate(layers)]
    buffers += [Buffer(one.scratch_bytes, i, i) for i, one in enumerate(layers)]
    return buffers


def live_bytes(buffers: Sequence[Buffer], layers: int) -> List[int]:
    """Bytes in use while each of ``layers`` layers runs."""
    live = [0] * layers
    for size, first, last in buffers:
        for layer in range(max(0, first), last + 1):
            live[layer] += size
    return live


def plan(buffers: Sequence[Buffer]) -> int:
    """The peak of the planned buffers: bytes, a multiple of 16."""
    placed: List[Tuple[int, int, int, int]] = []  # offset, end, first, last; by offset
    peak = 0
    for size, first, last in sorted(buffers, key=lambda buffer: -buffer.bytes):
        if size == 0:
            break
        offset = 0
        for other, end, other_first, other_last in placed:
            if first > other_last or other_first > last:
                continue
            if offset + size <= other:
                break
            offset = max(offset, align(end))
        peak = max(peak, align(offset + size))
        insort(placed, (offset, offset + size, first, last))
    return peak
