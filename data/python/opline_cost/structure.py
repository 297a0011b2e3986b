"""Reads the structure of a space (docs/formats/space-structure.md), versions 1 and 2.

Raises KeyError, TypeError, IndexError or ValueError for a damaged one; ``Space.from_json`` turns
them into CostModelError.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Sequence, Tuple

from .bits import Bits
from .errors import CostModelError
from .graph import BLOCK_INPUT, BlockLayer, Branch, Decision, Graph, Item, Place, Selection, Width
from .layers import Shape, Window, make_window

_WIDTHS = ("same", "block_input", "fixed", "decided", "ratio", "decided_ratio", "like", "sum")


@dataclass(frozen=True)
class Structure:
    version: int  #: of the structure: in 1, places are blocks, each kept or skipped
    name: str
    id: str
    inputs: Tuple[Shape, ...]
    bits: Bits
    graph: Graph
    items: Tuple[Item, ...]


def read_structure(document: Mapping[str, Any]) -> Structure:
    if document.get("format") != "opline-space-structure":
        raise CostModelError(
            "not the structure of a space; write one with `opline spaces --show NAME --json`"
        )
    version = document["version"]
    if version not in (1, 2):
        raise CostModelError(
            f"version {version} of a space's structure; this package reads 1 and 2: export it again "
            "with the same opline"
        )
    decisions = tuple(_decision(one) for one in document["decisions"])
    if version == 1:
        inputs: Tuple[Shape, ...] = (_shape(document["input"]),)
        places = tuple(_place_of_block(*one) for one in enumerate(document["blocks"]))
        items = tuple(_item_of_block(one) for one in document["blocks"] if _has_decision(one))
    else:
        inputs = tuple(_shape(one) for one in document["inputs"])
        places = tuple(_place(one, document["blocks"]) for one in document["places"])
        items = tuple(_item(one) for one in document["items"])
    graph = Graph(inputs[0][2], places, decisions)
    _check(graph, items)
    for decision in decisions:
        if decision.kind == "input" and any(
            one not in range(len(inputs)) for one in decision.values
        ):
            raise ValueError(f"decision {decision.name!r}: values")
    bits = Bits(int(document.get("weight_bits", 8)), int(document.get("activation_bits", 8)))
    if bits not in (Bits(8, 8), Bits(4, 8), Bits(4, 4)):
        raise ValueError(f"weight_bits {bits.weights}, activation_bits {bits.activations}")
    return Structure(
        version, _text(document["name"]), _text(document["id"]), inputs, bits, graph, items
    )


# ---- Parts of both versions ----


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text")
    return value


def _shape(document: Sequence[Any]) -> Shape:
    height, width, channels = document
    return int(height), int(width), int(channels)


def _pair(document: Sequence[Any]) -> Tuple[int, int]:
    height, width = document
    return int(height), int(width)


def _number(value: Any) -> Optional[int]:
    return None if value is None else int(value)


def _window(document: Optional[Mapping[str, Any]]) -> Optional[Window]:
    if document is None:
        return None
    if document["padding"] not in ("same", "valid"):
        raise ValueError(f"padding {document['padding']!r}")
    return make_window(
        _pair(document["kernel"]),
        _pair(document["stride"]),
        document["padding"],
        _pair(document.get("dilation", (1, 1))),
    )


def _width(document: Mapping[str, Any]) -> Width:
    kind = document["kind"]
    if kind not in _WIDTHS:
        raise ValueError(f"width of kind {kind!r}")
    value = 0
    if kind in ("fixed", "ratio"):
        value = int(document["value"])
    elif kind == "like":
        value = int(document["layer"])
    return Width(
        kind,
        value,
        int(document["decision"]) if kind in ("decided", "decided_ratio") else None,
        _number(document.get("multiplier")),
        int(document.get("percent", 100)),
        int(document.get("multiple_of", 1)),
    )


def _decision(document: Mapping[str, Any]) -> Decision:
    kind, options = _text(document["kind"]), document["options"]
    if kind == "width":
        options = [int(option) for option in options]
    elif kind == "skip" and options != ["keep", "skip"]:
        raise ValueError(f"options {options} of kind {kind!r}")
    if not options:
        raise ValueError(f"decision {document['name']!r} without options")
    default = options if kind == "width" else range(len(options))
    values = tuple(int(value) for value in document.get("values", default))
    if len(values) != len(options):
        raise ValueError(f"decision {document['name']!r}: values")
    prefix = _text(document.get("prefix", ""))
    return Decision(_text(document["name"]), kind, tuple(options), values, prefix)


# ---- Version 1: blocks, kept or skipped ----


def _place_of_block(number: int, document: Mapping[str, Any]) -> Place:
    name = _text(document["name"])
    kept, skipped = _chain(document["kept"]), _chain(document["skipped"] or ())
    if not kept:
        raise ValueError(f"block {name!r} without layers")
    skip = document["skip"]
    if skip is None:
        return Place(name, (Branch((), kept, number + 1),))
    return Place(
        name,
        (
            Branch((Selection(int(skip), 0, 1),), kept, number + 1),
            Branch((Selection(int(skip), 1, 2),), skipped, number + 1),
        ),
    )


def _chain(documents: Sequence[Mapping[str, Any]]) -> Tuple[BlockLayer, ...]:
    """Each layer reads the one before; an add its block's input, too."""
    layers = []
    for number, document in enumerate(documents):
        other = BLOCK_INPUT if document["type"] == "add" else None
        layers.append(_layer(document, number - 1, other))
    return tuple(layers)


def _item_of_block(document: Mapping[str, Any]) -> Item:
    return Item(
        _text(document["name"]), tuple(_width_decisions(document)), _number(document["skip"])
    )


def _width_decisions(block: Mapping[str, Any]) -> List[int]:
    """Of its expansion and its width, in this order."""
    widths = [_width(one) for one in (block["expansion"], block["width"]) if one is not None]
    return [one.decision for one in widths if one.decision is not None]


def _has_decision(block: Mapping[str, Any]) -> bool:
    return block["skip"] is not None or bool(_width_decisions(block))


# ---- Version 2: a graph ----


def _layer(document: Mapping[str, Any], source: int, other: Optional[int]) -> BlockLayer:
    guard = document.get("guard")
    if guard not in (None, "same", "different"):
        raise ValueError(f"guard {guard!r}")
    return BlockLayer(
        _text(document["type"]),
        _window(document["window"]),
        _text(document["activation"]),
        _width(document["width"]),
        _pair(document["input_map"]),
        _pair(document["output_map"]),
        source,
        other,
        int(document.get("groups", 1)),
        bool(document.get("constant", False)),
        guard,
    )


def _branch(document: Mapping[str, Any]) -> Branch:
    when = tuple(
        Selection(int(one["decision"]), int(one["first"]), int(one["last"]))
        for one in document["when"]
    )
    layers = tuple(
        _layer(one, int(one["from"]), _number(one["other"])) for one in document["layers"]
    )
    return Branch(when, layers, int(document["next"]))


def _place(document: Mapping[str, Any], blocks: Sequence[Mapping[str, Any]]) -> Place:
    name = _text(blocks[document["block"]]["name"])
    return Place(name, tuple(_branch(one) for one in document["branches"]))


def _item(document: Mapping[str, Any]) -> Item:
    depth = document["depth"]
    return Item(
        _text(document["name"]),
        tuple(int(one) for one in document["kept"]),
        _number(document["skip"]),
        tuple(int(one) for one in document["skipped"]),
        None if depth is None else (int(depth["decision"]), int(depth["at_least"])),
    )


# ---- References ----


def _check(graph: Graph, items: Sequence[Item]) -> None:
    """Raises ValueError where something refers to what is not there."""
    decisions = range(len(graph.decisions))
    for item in items:
        named = [*item.kept, *item.skipped, *(item.depth or ())[:1]]
        if any(one not in decisions for one in named):
            raise ValueError(f"item {item.name}")
        if item.skip is not None and (
            item.skip not in decisions or graph.decisions[item.skip].kind != "skip"
        ):
            raise ValueError(f"item {item.name}: skip")
    for number, place in enumerate(graph.places):
        if not place.branches:
            raise ValueError(f"place {number}: no branches")
        _check_selections(number, place, graph.decisions)
        for branch in place.branches:
            if not number < branch.next <= len(graph.places):
                raise ValueError(f"place {number}: next {branch.next}")
            if any(one not in decisions for one in graph.decisions_of(branch)):
                raise ValueError(f"place {number}: decisions")
            _check_layers(number, branch)


def _check_selections(number: int, place: Place, decisions: Sequence[Decision]) -> None:
    """Branches exclude each other, but for two that channels tell apart."""
    for i, branch in enumerate(place.branches):
        for one in branch.when:
            options = len(decisions[one.decision].options)
            if not 0 <= one.first < one.last <= options:
                raise ValueError(f"place {number}: options {one.first} to {one.last}")
        for other in place.branches[:i]:
            guards = {_guard(branch), _guard(other)}
            if not _exclude(branch, other) and guards != {"same", "different"}:
                raise ValueError(f"place {number}: two branches for the same options")


def _guard(branch: Branch) -> Optional[str]:
    layer = branch.guarded
    return None if layer is None else layer.guard


def _exclude(a: Branch, b: Branch) -> bool:
    return any(
        one.decision == other.decision and (one.last <= other.first or other.last <= one.first)
        for one in a.when
        for other in b.when
    )


def _check_layers(number: int, branch: Branch) -> None:
    for i, layer in enumerate(branch.layers):
        read = [*layer.operands, *([layer.width.value] if layer.width.kind == "like" else [])]
        if any(not BLOCK_INPUT <= tensor < i for tensor in read):
            raise ValueError(f"place {number}: layer {i} reads what is not there")
        if layer.width.kind == "sum" and layer.other is None:
            raise ValueError(f"place {number}: layer {i} has no second operand")
        if min(layer.groups, layer.width.multiple_of, layer.width.percent) < 1:
            raise ValueError(f"place {number}: layer {i}: groups or width")
