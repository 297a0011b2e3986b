"""What a space is made of: blocks, their layers, and decisions; read from its structure.

The structure is documented in docs/formats/space-structure.md of opline. Readers raise KeyError,
TypeError or ValueError for a damaged one; ``Space.from_json`` turns them into CostModelError.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .layers import Layer, Window


@dataclass(frozen=True)
class Width:
    """Output channels: "same" as the layer's input, as the "block_input", "fixed" or "decided"."""

    kind: str
    value: int = 0  #: of "fixed"
    decision: int = -1  #: of "decided"


@dataclass(frozen=True)
class BlockLayer:
    """One layer of a block; only its channels depend on decisions."""

    type: str
    window: Optional[Window]
    activation: str
    width: Width
    input_map: Tuple[int, int]  #: height, width
    output_map: Tuple[int, int]
    _made: Dict[Tuple[int, int], Layer] = field(default_factory=dict, compare=False, repr=False)

    def layer(self, input: int, output: int) -> Layer:
        """The layer with ``input`` and ``output`` channels. Made once: figures of a layer are kept
        in it."""
        made = self._made.get((input, output))
        if made is None:
            shapes = (*self.input_map, input), (*self.output_map, output)
            made = Layer(self.type, *shapes, self.window, self.activation)
            self._made[input, output] = made
        return made


@dataclass(frozen=True)
class Block:
    name: str
    expansion: Optional[Width]
    width: Width
    tie: Optional[str]  #: group of blocks that share the width decision
    skip: Optional[int]  #: the decision that can skip the block
    kept: Tuple[BlockLayer, ...]
    skipped: Tuple[BlockLayer, ...]  #: what replaces it; may be empty

    @property
    def width_decisions(self) -> List[int]:
        """Of its expansion and its width, in this order."""
        return decisions_of(self.expansion, self.width)

    @property
    def has_decision(self) -> bool:
        return self.skip is not None or bool(self.width_decisions)


@dataclass(frozen=True)
class Decision:
    name: str  #: "block1.skip", "block1.expansion", "block1.width"; of a tie "stage2.width"
    kind: str  #: "width" or "skip"
    options: Tuple[Any, ...]  #: channels, ascending; or ("keep", "skip")
    blocks: Tuple[int, ...]  #: positions in ``Space.blocks``; several for a tied width


def decisions_of(*widths: Optional[Width]) -> List[int]:
    """Of the widths that are decided."""
    return [width.decision for width in widths if width is not None and width.kind == "decided"]


def _width(document: Mapping[str, Any]) -> Width:
    kind = document["kind"]
    if kind == "fixed":
        return Width(kind, value=int(document["value"]))
    if kind == "decided":
        decision = int(document["decision"])
        if decision < 0:
            raise ValueError(f"decision {decision}")
        return Width(kind, decision=decision)
    if kind not in ("same", "block_input"):
        raise ValueError(f"width of kind {kind!r}")
    return Width(kind)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text")
    return value


def _map(document: Sequence[Any]) -> Tuple[int, int]:
    height, width = document
    return int(height), int(width)


def _window(document: Mapping[str, Any]) -> Window:
    if document["padding"] not in ("same", "valid"):
        raise ValueError(f"padding {document['padding']!r}")
    return Window(*_map(document["kernel"]), *_map(document["stride"]), document["padding"])


def _layer(document: Mapping[str, Any]) -> BlockLayer:
    window = document["window"]
    return BlockLayer(
        _text(document["type"]),
        None if window is None else _window(window),
        _text(document["activation"]),
        _width(document["width"]),
        _map(document["input_map"]),
        _map(document["output_map"]),
    )


def read_block(document: Mapping[str, Any]) -> Block:
    expansion, skipped = document["expansion"], document["skipped"]
    if skipped is None:
        skipped = ()
    return Block(
        _text(document["name"]),
        None if expansion is None else _width(expansion),
        _width(document["width"]),
        document["tie"],
        document["skip"],
        tuple(_layer(layer) for layer in document["kept"]),
        tuple(_layer(layer) for layer in skipped),
    )


def read_decision(document: Mapping[str, Any]) -> Decision:
    kind, options = document["kind"], document["options"]
    if kind == "width":
        options = [int(option) for option in options]
    elif kind != "skip" or options != ["keep", "skip"]:
        raise ValueError(f"options {options} of kind {kind!r}")
    if not options:
        raise ValueError(f"decision {document['name']!r} without options")
    blocks = tuple(int(block) for block in document["blocks"])
    return Decision(_text(document["name"]), kind, tuple(options), blocks)
