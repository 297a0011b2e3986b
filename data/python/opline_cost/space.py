"""Search spaces: architectures as text, and the networks they decode to.

A space is read from its structure (docs/formats/space-structure.md): what ``opline spaces --show
NAME --json`` prints, or what a cost model carries.
"""

from __future__ import annotations

import json
import os
import random
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from .blocks import Block, Decision, Width, decisions_of, read_block, read_decision
from .errors import CostModelError
from .layers import Layer, Shape
from .network import Network

#: Index of the chosen option of each decision, in the order of ``Space.decisions``.
Architecture = Tuple[int, ...]

KEEP, SKIP = 0, 1  # options of a skip decision


class Space:
    """A backbone of blocks with decisions. Build one with ``from_json`` or ``load_space``."""

    def __init__(
        self,
        name: str,
        id: str,
        input: Shape,
        blocks: Sequence[Block],
        decisions: Sequence[Decision],
    ) -> None:
        self.name = name
        self.id = id
        self.input = input
        self.blocks = tuple(blocks)
        self.decisions = tuple(decisions)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Space:
        """Reads the structure of a space, or a document whose member "structure" is one."""
        try:
            return cls._read(document.get("structure", document))
        except CostModelError:
            raise
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise CostModelError(
                f"the structure of the space is damaged ({type(error).__name__}: {error}); export "
                "it again"
            ) from error

    @classmethod
    def _read(cls, structure: Mapping[str, Any]) -> Space:
        if structure.get("format") != "opline-space-structure":
            raise CostModelError(
                "not the structure of a space; write one with `opline spaces --show NAME --json`"
            )
        if "weight_bits" in structure:
            raise CostModelError(
                f"{structure['name']} has weights of {structure['weight_bits']} bits, whose memory "
                "this package does not count; predict its networks with `opline predict`"
            )
        if structure["version"] == 2:
            raise CostModelError(
                f"{structure['name']} uses version 2 of the space language, whose architectures this "
                "package does not decode; predict them with `opline predict`"
            )
        if structure["version"] != 1:
            raise CostModelError(
                f"version {structure['version']} of a space's structure; this package reads 1: "
                "export it again with the same opline"
            )
        blocks = [read_block(block) for block in structure["blocks"]]
        decisions = [read_decision(decision) for decision in structure["decisions"]]
        height, width, channels = map(int, structure["input"])
        space = cls(
            structure["name"], structure["id"], (height, width, channels), blocks, decisions
        )
        space._check_references()
        return space

    def _check_references(self) -> None:
        """Raises ValueError where a block or decision refers to another that is not there."""
        kinds = [decision.kind for decision in self.decisions]
        for block in self.blocks:
            layers = (*block.kept, *block.skipped)
            if any(kinds[one] != "width" for one in decisions_of(block.width, block.expansion)):
                raise ValueError(f"block {block.name}: width")
            if any(kinds[one] != "width" for one in decisions_of(*(one.width for one in layers))):
                raise ValueError(f"block {block.name}: layers")
            if block.skip is not None and (block.skip < 0 or kinds[block.skip] != "skip"):
                raise ValueError(f"block {block.name}: skip")
        for decision in self.decisions:
            if any(not 0 <= block < len(self.blocks) for block in decision.blocks):
                raise ValueError(f"decision {decision.name}: blocks")

    def __repr__(self) -> str:
        return f"Space({self.name!r}, {len(self.decisions)} decisions)"

    @property
    def option_counts(self) -> List[int]:
        """Number of options of each decision."""
        return [len(decision.options) for decision in self.decisions]

    # ---- Architectures ----

    def parse(self, text: str) -> Architecture:
        """Reads an architecture ("conv1=84 block1=112 block2=skip ..."); items in any order."""
        options = [0] * len(self.decisions)
        chosen: Dict[int, str] = {}  # by decision, the block that gave it its option
        words = text.split()
        if not self.decisions:
            if words != ["fixed"]:
                raise self._mistake("it has no decisions; write fixed")
            return ()
        items = self._items(words)
        for block in self.blocks:
            if not block.has_decision:
                continue
            if block.name not in items:
                raise self._mistake(f"block {block.name} is missing; add {block.name}=...")
            self._choose(block, items[block.name], options, chosen)
        return self.canonical(options)

    def to_text(self, architecture: Sequence[int]) -> str:
        """The canonical text."""
        items = []
        for block in self.blocks:
            if not block.has_decision:
                continue
            widths = (self._option(d, architecture) for d in block.width_decisions)
            choice = ":".join(str(width) for width in widths) or "keep"
            items.append(f"{block.name}={'skip' if _skips(block, architecture) else choice}")
        return " ".join(items) or "fixed"

    def canonical(self, options: Sequence[int]) -> Architecture:
        """The same architecture with option 0 wherever the decision does not matter: widths of
        skipped blocks; a tied width unless one of its blocks is kept."""
        self._check(options)
        return tuple(
            option if decision.kind == "skip" or self._matters(decision, options) else 0
            for decision, option in zip(self.decisions, options)
        )

    def sample(self, generator: Optional[random.Random] = None) -> Architecture:
        """Every decision uniform over its options (``uniform-decisions``). Not opline's stream:
        `opline sample` draws others for the same seed."""
        choose = (generator or random).randrange
        return self.canonical([choose(count) for count in self.option_counts])

    # ---- Decoding ----

    def network(self, architecture: Union[str, Sequence[int]]) -> Network:
        """The network that an architecture, or its text, decodes to."""
        if isinstance(architecture, str):
            architecture = self.parse(architecture)
        else:
            self._check(architecture)
        layers: List[Layer] = []
        inputs: List[Tuple[int, ...]] = []
        tensor, channels = 0, self.input[2]
        for block in self.blocks:
            block_input, block_channels = tensor, channels
            for layer in block.skipped if _skips(block, architecture) else block.kept:
                output = self._channels(layer.width, channels, block_channels, architecture)
                layers.append(layer.layer(channels, output))
                inputs.append((block_input, tensor) if layer.type == "add" else (tensor,))
                tensor, channels = tensor + 1, output
        return Network(self.input, layers, inputs)

    def _channels(self, width: Width, input: int, of_block: int, options: Sequence[int]) -> int:
        if width.kind == "same":
            return input
        if width.kind == "decided":
            return self._option(width.decision, options)
        return of_block if width.kind == "block_input" else width.value

    def _option(self, decision: int, options: Sequence[int]) -> int:
        return self.decisions[decision].options[options[decision]]

    # ---- Checks ----

    def _mistake(self, what: str) -> CostModelError:
        return CostModelError(f"architecture of {self.name}: {what}")

    def _check(self, options: Sequence[int]) -> None:
        if len(options) != len(self.decisions):
            raise self._mistake(
                f"{len(options)} options; the space has {len(self.decisions)} decisions"
            )
        for decision, option in zip(self.decisions, options):
            if not 0 <= option < len(decision.options):
                raise self._mistake(
                    f"option {option} of {decision.name}; it has {len(decision.options)}, from 0"
                )

    def _matters(self, decision: Decision, options: Sequence[int]) -> bool:
        return any(not _skips(self.blocks[block], options) for block in decision.blocks)

    def _items(self, words: Sequence[str]) -> Dict[str, str]:
        names = [block.name for block in self.blocks if block.has_decision]
        items: Dict[str, str] = {}
        for word in words:
            name, equals, choice = word.partition("=")
            if not equals:
                raise self._mistake(f"`{word}` is not of the form block=choice")
            if name not in names:
                raise self._mistake(
                    f"`{name}` is not a block with a decision; these are: {', '.join(names)}"
                )
            if name in items:
                raise self._mistake(f"block {name} is there twice; remove one")
            items[name] = choice
        return items

    def _choose(
        self, block: Block, choice: str, options: List[int], chosen: Dict[int, str]
    ) -> None:
        decisions = block.width_decisions
        if block.skip is not None and choice == "skip":
            options[block.skip] = SKIP
            return
        widths = choice.split(":") if decisions else []
        if len(widths) != len(decisions) or (not decisions and choice != "keep"):
            raise self._mistake(f"`{choice}` is not a choice for block {block.name}")
        for decision, text in zip(decisions, widths):
            values = self.decisions[decision].options
            width = int(text) if text.isdecimal() else None
            if width not in values:
                raise self._mistake(
                    f"{text} is not an option of {self.decisions[decision].name}; these are "
                    f"{', '.join(str(value) for value in values)}"
                )
            option = values.index(width)
            if decision in chosen and options[decision] != option:
                raise self._mistake(
                    f"blocks {chosen[decision]} and {block.name} share a width but differ"
                )
            options[decision] = option
            chosen[decision] = block.name


def load_space(path: Union[str, os.PathLike]) -> Space:
    """Reads the output of `opline spaces --show NAME --json`."""
    with open(path, encoding="utf-8") as file:
        return Space.from_json(json.load(file))


def _skips(block: Block, options: Sequence[int]) -> bool:
    return block.skip is not None and options[block.skip] == SKIP
