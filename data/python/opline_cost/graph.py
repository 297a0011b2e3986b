"""What a space is made of: places, the branches that lead on from them, and decisions.

A network is a path through the places: at each place the first branch that its decisions and
channels allow makes layers and says which place follows. Types, windows and maps of a branch are
fixed; only the channels of its layers depend on decisions (docs/formats/space-structure.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from .bits import LayerBits
from .errors import CostModelError
from .layers import Layer, Shape, Window

#: A tensor of a branch: the block's input; else the output of its layer of this number.
BLOCK_INPUT = -1

#: The value of the chosen option of a decision.
Chosen = Callable[[int], int]


def share_of(base: int, percent: int, multiple_of: int) -> int:
    """``percent`` % of ``base``, rounded to the nearest multiple of ``multiple_of``, halves up, at
    least one multiple."""
    multiples = (2 * base * percent + 100 * multiple_of) // (200 * multiple_of)
    return max(multiples, 1) * multiple_of


@dataclass(frozen=True)
class Width:
    """Output channels of a layer."""

    #: "same" as the layer's input; as the "block_input"; "fixed" or "decided"; a percentage of the
    #: block's input, "ratio" or "decided_ratio"; "like" another layer of the branch; the "sum" of
    #: both operands.
    kind: str
    value: int = 0  #: of "fixed"; of "ratio", a percentage; of "like", the layer
    decision: Optional[int] = None  #: of "decided" and "decided_ratio"
    multiplier: Optional[int] = None  #: the decision whose percentage scales the number
    percent: int = 100  #: share of the number that comes out of all this
    multiple_of: int = 1  #: what shares are rounded to

    @property
    def decisions(self) -> List[int]:
        """That the number depends on."""
        return [one for one in (self.decision, self.multiplier) if one is not None]

    def number(self, block_input: int, chosen: Chosen) -> int:
        """Channels of "fixed", "decided" and ratios."""
        channels = self.value if self.decision is None else chosen(self.decision)
        if self.kind in ("ratio", "decided_ratio"):
            channels = share_of(block_input, channels, self.multiple_of)
        if self.multiplier is not None:
            channels = share_of(channels, chosen(self.multiplier), self.multiple_of)
        return self.share(channels)

    def share(self, channels: int) -> int:
        """The width's share of a number of channels."""
        if self.percent == 100:
            return channels
        return share_of(channels, self.percent, self.multiple_of)


@dataclass(frozen=True)
class BlockLayer:
    """One layer of a branch; only its channels depend on decisions."""

    type: str  #: "input" makes no layer: it stands for the network's input, which it chooses
    window: Optional[Window]
    activation: str
    width: Width
    input_map: Tuple[int, int]  #: height, width
    output_map: Tuple[int, int]
    source: int  #: the tensor that it reads
    other: Optional[int] = None  #: the first operand of a layer with two; ``source`` is the second
    groups: int = 1
    constant: bool = False  #: an add or mul of its input and one number
    guard: Optional[str] = None  #: "same" or "different", see ``Branch.allows``
    bits: LayerBits = LayerBits()  #: of what layer() makes
    _made: Dict[Tuple[int, int, int], Layer] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def operands(self) -> Tuple[int, ...]:
        """Tensors of the branch that it reads, in order."""
        return (self.source,) if self.other is None else (self.other, self.source)

    def channels(self, of: Callable[[int], int], chosen: Chosen) -> int:
        """Output channels, where ``of(tensor)`` is the number of channels of a tensor."""
        width = self.width
        if width.kind == "same":
            return width.share(of(self.source))
        if width.kind == "block_input":
            return of(BLOCK_INPUT)
        if width.kind == "like":
            return of(width.value)
        if width.kind == "sum":
            assert self.other is not None
            return of(self.source) + of(self.other)
        return width.number(of(BLOCK_INPUT), chosen)

    def layer(self, of: Callable[[int], int], output: int) -> Layer:
        """The layer with these channels. Made once: figures of a layer are kept in it."""
        source = of(self.source)
        other = source if self.other is None else of(self.other)
        made = self._made.get((source, other, output))
        if made is None:
            made = self._made[source, other, output] = self._make(source, other, output)
        return made

    def _make(self, source: int, other: int, output: int) -> Layer:
        input: Shape = (*self.input_map, source)
        second: Optional[Shape] = None
        if self.constant:
            second = (1, 1, 1)
        elif self.type == "concatenation":
            input = (*self.input_map, other)
        elif self.other is not None:  # has the output's map, where the second may be one position
            input, second = (*self.output_map, other), input
        return Layer(
            self.type,
            input,
            (*self.output_map, output),
            self.window,
            self.activation,
            None if second == input else second,
            "second" if self.constant else None,
            self.groups,
            *self.bits,
        )


@dataclass(frozen=True)
class Selection:
    """Options [first, last) of a decision."""

    decision: int
    first: int
    last: int


@dataclass(frozen=True)
class Branch:
    """One way on from a place."""

    when: Tuple[Selection, ...]  #: all must hold
    layers: Tuple[BlockLayer, ...]
    next: int  #: the place where it ends

    @property
    def guarded(self) -> Optional[BlockLayer]:
        """The layer on whose channels it depends whether the branch is taken."""
        return next((layer for layer in self.layers if layer.guard is not None), None)

    def selected_by(self, options: Sequence[int]) -> bool:
        return all(one.first <= options[one.decision] < one.last for one in self.when)

    def allows(self, block_input: int, chosen: Chosen) -> bool:
        """Whether channels allow it: as many of the guarded layer as of the block's input, or
        another number."""
        layer = self.guarded
        if layer is None:
            return True
        same = layer.width.number(block_input, chosen) == block_input
        return same == (layer.guard == "same")

    def walk(self, block_input: int, chosen: Chosen) -> List[int]:
        """Channels of its layers' outputs."""
        made: List[int] = []
        for layer in self.layers:
            made.append(layer.channels(tensors(block_input, made), chosen))
        return made


def tensors(block_input: int, made: Sequence[int]) -> Callable[[int], int]:
    """Channels by tensor of a branch."""
    return lambda tensor: block_input if tensor == BLOCK_INPUT else made[tensor]


@dataclass(frozen=True)
class Place:
    name: str  #: of its block
    branches: Tuple[Branch, ...]

    def first(self, condition: Callable[[Branch], bool]) -> Branch:
        """The first branch that meets the condition."""
        for branch in self.branches:
            if condition(branch):
                return branch
        raise CostModelError(f"the structure of the space has no way on at block {self.name}")


@dataclass(frozen=True)
class Item:
    """NAME=CHOICE:CHOICE of an architecture's text."""

    name: str
    kept: Tuple[int, ...]  #: the decisions written
    skip: Optional[int] = None  #: the decision that can skip the block
    skipped: Tuple[int, ...] = ()  #: the decisions written where it is skipped
    depth: Optional[Tuple[int, int]] = None  #: there from this value of this decision on


@dataclass(frozen=True)
class Decision:
    name: str  #: "block1.skip", "block1.expansion", "block1.width"; of a tie "stage2.width"
    kind: str  #: "width", "skip"; of version 2 "kernel", "repeat", ...
    options: Tuple[object, ...]  #: channels; or texts, such as "keep", "5x5", "relu"
    values: Tuple[int, ...]  #: what the options mean, as numbers
    prefix: str = ""  #: before an option in a text


@dataclass(frozen=True)
class Step:
    """One branch of a path, with the channels of its tensors."""

    branch: Branch
    block_input: int
    made: Tuple[int, ...]  #: by layer

    def of(self, tensor: int) -> int:
        return self.block_input if tensor == BLOCK_INPUT else self.made[tensor]


@dataclass(frozen=True)
class Graph:
    """Places from 0; a path ends behind the last."""

    input_channels: int
    places: Tuple[Place, ...]
    decisions: Tuple[Decision, ...]

    def walk(self, options: Sequence[int]) -> Iterator[Step]:
        """The path that one legal option per decision selects."""

        def chosen(decision: int) -> int:
            return self.decisions[decision].values[options[decision]]

        place, channels = 0, self.input_channels
        while place < len(self.places):
            branch = self.places[place].first(
                lambda one: one.selected_by(options) and one.allows(channels, chosen)
            )
            made = branch.walk(channels, chosen)
            yield Step(branch, channels, tuple(made))
            channels = made[-1] if made else channels
            place = branch.next

    def active(self, options: Sequence[int]) -> List[bool]:
        """By decision: whether it matters. Of two branches that only channels tell apart both
        depend on the same decisions."""
        matters = [False] * len(self.decisions)
        place = 0
        while place < len(self.places):
            branch = self.places[place].first(lambda one: one.selected_by(options))
            for decision in self.decisions_of(branch):
                matters[decision] = True
            place = branch.next
        return matters

    @staticmethod
    def decisions_of(branch: Branch) -> Iterator[int]:
        """That matter when it is taken; may repeat."""
        yield from (one.decision for one in branch.when)
        for layer in branch.layers:
            yield from layer.width.decisions
