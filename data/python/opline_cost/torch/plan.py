"""From a space to a plan of expectations: which distributions, weights and tables are needed.

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
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from .. import memory
from ..blocks import Block, BlockLayer, Width
from ..layers import Layer
from ..space import Space

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
Figures = Callable[[Layer], List[float]]


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


class Planner:
    """Walks through the blocks of a space once."""

    def __init__(self, space: Space, figures: Figures) -> None:
        self.space = space
        self.figures = figures
        self.plan = Plan()
        self.of_decision: Dict[int, int] = {}
        self.of_channels: Dict[int, int] = {}
        self.known_weights: Dict[Weight, int] = {}
        self.known_figures: Dict[Layer, List[float]] = {}
        self.arrivals = [Arrival(self._fixed(space.input[2]), ONE)]

    def run(self) -> Plan:
        for number, block in enumerate(self.space.blocks):
            kept = ONE if block.skip is None else self._weight(Weight(block.skip, 0))
            self._add_branch(block.kept, kept)
            if block.skip is not None and block.skipped:
                self._add_branch(block.skipped, self._weight(Weight(block.skip, 1)))
            self._move_on(block, number, kept)
        return self.plan

    # ---- Layers ----

    def _add_branch(self, layers: Sequence[BlockLayer], branch: int) -> None:
        current: Source = None
        for number, layer in enumerate(layers):
            output = self._source(layer.width, current)
            self._add_cost(layer, branch, current, output)
            # The block's input stays in memory until an add has read it.
            waits = number > 0 and any(one.type == "add" for one in layers[number:])
            self._add_live(layer, branch, current, output, waits)
            current = output

    def _source(self, width: Width, current: Source) -> Source:
        if width.kind == "same":
            return current
        if width.kind == "block_input":
            return None
        return self._fixed(width.value) if width.kind == "fixed" else self._decision(width.decision)

    def _add_cost(self, layer: BlockLayer, branch: int, source: Source, output: Source) -> None:
        if source is None or output is None:
            for arrival in self.arrivals:
                first = arrival.distribution if source is None else source
                second = arrival.distribution if output is None else output
                self._add_term(layer, self._product(branch, arrival.weight), first, second)
        else:
            self._add_term(layer, branch, source, output)

    def _add_term(self, layer: BlockLayer, weight: int, first: int, second: int) -> None:
        inputs, outputs = (self.plan.distributions[one].values for one in (first, second))
        if first == second:
            same = [self._figures(layer, n, n) for n in inputs]
            self.plan.singles.append(Single(weight, first, same))
        elif len(outputs) == 1:
            table = [self._figures(layer, n, outputs[0]) for n in inputs]
            self.plan.singles.append(Single(weight, first, table))
        elif len(inputs) == 1:
            table = [self._figures(layer, inputs[0], n) for n in outputs]
            self.plan.singles.append(Single(weight, second, table))
        else:
            grid = [[self._figures(layer, n, m) for m in outputs] for n in inputs]
            self.plan.pairs.append(Pair(weight, first, second, grid))

    def _figures(self, layer: BlockLayer, input: int, output: int) -> List[float]:
        """Blocks that are alike share their figures."""
        made = layer.layer(input, output)
        if made not in self.known_figures:
            self.known_figures[made] = self.figures(made)
        return self.known_figures[made]

    def _add_live(
        self, layer: BlockLayer, branch: int, source: Source, output: Source, waits: bool
    ) -> None:
        number = len(self.plan.presence)
        self.plan.presence.append(branch)
        in_pixels = layer.input_map[0] * layer.input_map[1]
        out_pixels = layer.output_map[0] * layer.output_map[1]

        def reads(n: int) -> int:
            scratch = layer.layer(n, 1 if layer.window else n).scratch_bytes
            return memory.align(in_pixels * n) + memory.align(scratch)

        self._add_tensor(number, source, reads)
        self._add_tensor(number, output, lambda n: memory.align(out_pixels * n))
        if waits:  # stride 1: the block's input has the map of this layer's output
            self._add_tensor(number, None, lambda n: memory.align(out_pixels * n))

    def _add_tensor(self, layer: int, source: Source, size: Callable[[int], int]) -> None:
        from_block = self.arrivals if source is None else [Arrival(source, ONE)]
        for distribution, weight in from_block:
            table = [size(n) for n in self.plan.distributions[distribution].values]
            self.plan.live.append(Live(layer, weight, distribution, table))

    # ---- The arriving width ----

    def _move_on(self, block: Block, number: int, kept: int) -> None:
        if block.width.kind == "same":
            own = None
        elif block.width.kind == "fixed":
            own = self._fixed(block.width.value)
        else:
            own = self._decision(block.width.decision)
        if own is not None and block.skip is None:
            self.arrivals = [Arrival(own, ONE)]
        elif own is not None:
            self.arrivals = self._after_skippable(block, own, kept)
        self.arrivals = self._merge(self.arrivals, number)

    def _after_skippable(self, block: Block, own: int, kept: int) -> List[Arrival]:
        assert block.skip is not None
        arrivals, found = [], False
        for arrival in self.arrivals:
            if arrival.distribution == own:  # kept, or skipped and it was the source already
                weight = Weight(block.skip, 1, arrival.weight, or_else=True)
                arrivals.append(Arrival(own, self._weight(weight)))
                found = True
            else:
                weight = Weight(block.skip, 1, arrival.weight)
                arrivals.append(Arrival(arrival.distribution, self._weight(weight)))
        return arrivals if found else [*arrivals, Arrival(own, kept)]

    def _merge(self, arrivals: List[Arrival], number: int) -> List[Arrival]:
        """One mixture of the sources that no later block decides."""
        kept = [one for one in arrivals if self._is_decided_later(one.distribution, number)]
        rest = [one for one in arrivals if one not in kept]
        if len(rest) < 2:
            return arrivals
        values = sorted(
            {n for one in rest for n in self.plan.distributions[one.distribution].values}
        )
        mixture = Distribution(tuple(values), mixture=tuple(rest))
        return [*kept, Arrival(self._distribution(mixture), ONE)]

    def _is_decided_later(self, distribution: int, number: int) -> bool:
        decision = self.plan.distributions[distribution].decision
        return decision is not None and any(
            block.width.kind == "decided" and block.width.decision == decision
            for block in self.space.blocks[number + 1 :]
        )

    # ---- Numbering ----

    def _distribution(self, distribution: Distribution) -> int:
        self.plan.distributions.append(distribution)
        return len(self.plan.distributions) - 1

    def _decision(self, decision: int) -> int:
        if decision not in self.of_decision:
            options = self.space.decisions[decision].options
            self.of_decision[decision] = self._distribution(Distribution(options, decision))
        return self.of_decision[decision]

    def _fixed(self, channels: int) -> int:
        if channels not in self.of_channels:
            self.of_channels[channels] = self._distribution(Distribution((channels,)))
        return self.of_channels[channels]

    def _weight(self, weight: Weight) -> int:
        if weight not in self.known_weights:
            self.plan.weights.append(weight)
            self.known_weights[weight] = len(self.plan.weights) - 1
        return self.known_weights[weight]

    def _product(self, branch: int, arrival: int) -> int:
        """Of a branch of the current block and of where its input comes from: independent."""
        if branch == ONE or arrival == ONE:
            return max(branch, arrival)
        factor = self.plan.weights[branch]
        assert factor is not None and factor.times == ONE
        return self._weight(factor._replace(times=arrival))
