"""From a chain of blocks to a plan of expectations: its distributions, weights and tables.

Decisions are independent. A block's arriving width is that of the last kept block that has one, so
it is a mixture over the decisions of earlier blocks, whose weights depend only on skip decisions:

    P(arriving = decision d) after a block that decides w and is kept with probability k
        = k [d == w] + (1 - k) P(arriving = d) before it

A layer's cost depends on its input and output channels alone. Each of the two is the arriving
width, a decision of the layer's own block, or fixed. The expectation of a sum over layers is thus
a sum of terms

    weight x sum over i of p(i) f(i)              one source (input and output are the same one)
    weight x sum over i, j of p(i) q(j) f(i, j)   two sources, which are independent

where a weight is a probability made of skip decisions. A width that arrives from an earlier block
of the layer's own tie is one and the same decision; such decisions are kept apart from the mixture
for as long as a later block of their tie needs that. No PyTorch here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, List, NamedTuple, Optional, Tuple

ONE = 0  # the weight 1


class Weight(NamedTuple):
    """A probability: of ``decision`` taking ``option`` (times weight ``times``, plus the
    probability of the other option where ``or_else``)."""

    decision: int
    option: int
    times: int = ONE
    or_else: bool = False


@dataclass(frozen=True)
class Distribution:
    """A distribution over ``values`` channels: of a decision, fixed (one value), or a mixture of
    (distribution, weight)."""

    values: Tuple[int, ...]
    decision: Optional[int] = None
    mixture: Tuple[Tuple[int, int], ...] = ()


class Arrival(NamedTuple):
    """One source of the arriving width: a distribution, and the weight of it being the source."""

    distribution: int
    weight: int


class Single(NamedTuple):
    """weight x E[table[i]]; a table entry is a list of figures."""

    weight: int
    distribution: int
    table: List[List[float]]


class Pair(NamedTuple):
    """weight x E[table[i][j]] of independent distributions."""

    weight: int
    first: int
    second: int
    table: List[List[List[float]]]


class Live(NamedTuple):
    """One tensor that is live in a layer: weight x E[table[i]] bytes, given the layer is there."""

    layer: int
    weight: int
    distribution: int
    table: List[int]


#: Where channels come from: the arriving width (None) or a distribution.
Source = Optional[int]


class LiveTensor(NamedTuple):
    """A tensor in memory: where its channels come from, and its bytes by channels."""

    source: Source
    bytes: Callable[[int], int]


@dataclass
class BlockPlan:
    """A block as ExpectedPeak walks through it."""

    kept: int  #: weight of its being kept
    skipped: Optional[int]  #: and of its being skipped; None where it cannot
    own: Source  #: the width it decides; None where the arriving one passes
    before: List[Arrival]
    after: List[Arrival]
    kept_layers: List[List[LiveTensor]]  #: what is live in each
    skipped_layers: List[List[LiveTensor]]


@dataclass
class Plan:
    """What the module evaluates. Weight 0 is 1; the others refer to earlier weights only, and
    mixtures to earlier distributions."""

    weights: List[Optional[Weight]] = field(default_factory=lambda: [None])
    distributions: List[Distribution] = field(default_factory=list)
    singles: List[Single] = field(default_factory=list)
    pairs: List[Pair] = field(default_factory=list)
    live: List[Live] = field(default_factory=list)
    presence: List[int] = field(default_factory=list)  #: weight of each layer being there
    blocks: List[BlockPlan] = field(default_factory=list)

    def drop_tables(self) -> None:
        """Forgets what only the construction of tensors needs, functions included: the module can
        be copied and pickled."""
        self.singles.clear()
        self.pairs.clear()
        self.live.clear()
        for block in self.blocks:
            block.kept_layers.clear()
            block.skipped_layers.clear()
