"""Makes the plan of a chain of blocks (plan.py): walks through them once."""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence

from .. import memory
from ..graph import BlockLayer, Graph, Place, Width
from ..layers import Layer, tensor_bytes
from ..space import KEEP, SKIP
from .figures import Figures
from .plan import (
    ONE,
    Arrival,
    BlockPlan,
    Distribution,
    Live,
    LiveTensor,
    Pair,
    Plan,
    Single,
    Source,
    Weight,
)


class Planner:
    """Of one space. ``figures`` gives what a layer adds to each sum."""

    def __init__(self, graph: Graph, figures: Figures) -> None:
        self.graph = graph
        self.figures = figures
        self.plan = Plan()
        self.of_decision: Dict[int, int] = {}
        self.of_channels: Dict[int, int] = {}
        self.known_weights: Dict[Weight, int] = {}
        self.known_figures: Dict[Layer, List[float]] = {}
        self.arrivals = [Arrival(self._fixed(graph.input_channels), ONE)]

    def run(self) -> Plan:
        for number, block in enumerate(self.graph.places):
            kept, skipped = ONE, None
            skip = _skip_of(block)
            if skip is not None:
                kept, skipped = (self._weight(Weight(skip, option)) for option in (KEEP, SKIP))
            before = self.arrivals
            kept_layers = self._add_branch(block.branches[0].layers, kept)
            skipped_layers = []
            if skipped is not None:
                skipped_layers = self._add_branch(block.branches[1].layers, skipped)
            own = self._source(_width_of(block), None)
            self._move_on(skip, own, number, kept)
            after = self.arrivals
            self.plan.blocks.append(
                BlockPlan(kept, skipped, own, before, after, kept_layers, skipped_layers)
            )
        return self.plan

    # ---- Layers ----

    def _add_branch(self, layers: Sequence[BlockLayer], branch: int) -> List[List[LiveTensor]]:
        """Returns what is live in each layer."""
        current: Source = None
        all_live = []
        for number, layer in enumerate(layers):
            output = self._source(layer.width, current)
            self._add_cost(layer, branch, current, output)
            # The block's input stays in memory until an add has read it.
            waits_for = [one for one in layers[number:] if one.other is not None]
            reader = waits_for[0] if number > 0 and waits_for else None
            all_live.append(_live_tensors(layer, current, output, reader))
            self._add_live(all_live[-1], branch)
            current = output
        return all_live

    def _source(self, width: Width, current: Source) -> Source:
        if width.kind == "same":
            return current
        if width.kind == "block_input":
            return None
        if width.decision is None:
            return self._fixed(width.value)
        return self._decision(width.decision)

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
        made = layer.layer(lambda tensor: input, output)
        if made not in self.known_figures:
            self.known_figures[made] = self.figures(made)
        return self.known_figures[made]

    def _add_live(self, tensors: Sequence[LiveTensor], branch: int) -> None:
        number = len(self.plan.presence)
        self.plan.presence.append(branch)
        for source, size in tensors:
            from_block = self.arrivals if source is None else [Arrival(source, ONE)]
            for distribution, weight in from_block:
                table = [size(n) for n in self.plan.distributions[distribution].values]
                self.plan.live.append(Live(number, weight, distribution, table))

    # ---- The arriving width ----

    def _move_on(self, skip: Optional[int], own: Source, number: int, kept: int) -> None:
        if own is not None and skip is None:
            self.arrivals = [Arrival(own, ONE)]
        elif own is not None and skip is not None:
            self.arrivals = self._after_skippable(skip, own, kept)
        self.arrivals = self._merge(self.arrivals, number)

    def _after_skippable(self, skip: int, own: int, kept: int) -> List[Arrival]:
        arrivals, found = [], False
        for arrival in self.arrivals:
            if arrival.distribution == own:  # kept, or skipped and it was the source already
                weight = Weight(skip, 1, arrival.weight, or_else=True)
                arrivals.append(Arrival(own, self._weight(weight)))
                found = True
            else:
                weight = Weight(skip, 1, arrival.weight)
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
            _width_of(block).decision == decision for block in self.graph.places[number + 1 :]
        )

    # ---- Numbering ----

    def _distribution(self, distribution: Distribution) -> int:
        self.plan.distributions.append(distribution)
        return len(self.plan.distributions) - 1

    def _decision(self, decision: int) -> int:
        if decision not in self.of_decision:
            options = self.graph.decisions[decision].values
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


def _skip_of(block: Place) -> Optional[int]:
    """The decision that can skip it."""
    return block.branches[0].when[0].decision if len(block.branches) == 2 else None


def _width_of(block: Place) -> Width:
    """Of its output when it is kept: that of its last layer that does not keep its input's."""
    widths = [layer.width for layer in block.branches[0].layers if layer.width.kind != "same"]
    return widths[-1] if widths else Width("block_input")


def _live_tensors(
    layer: BlockLayer, source: Source, output: Source, reader: Optional[BlockLayer]
) -> List[LiveTensor]:
    """What is live while a layer runs, each aligned: its input with the kernel's scratch, its
    output and, where a ``reader`` waits for it, the block's input (which has the output's map:
    stride is 1)."""

    def reads(n: int) -> int:
        scratch = layer.layer(lambda tensor: n, n).scratch_bytes
        tensor = tensor_bytes((*layer.input_map, n), layer.bits.input)
        return memory.align(tensor) + memory.align(scratch)

    def writes(n: int) -> int:
        return memory.align(tensor_bytes((*layer.output_map, n), layer.bits.output))

    live = [LiveTensor(source, reads), LiveTensor(output, writes)]
    if reader is not None:
        bits = reader.bits.input
        live.append(
            LiveTensor(None, lambda n: memory.align(tensor_bytes((*layer.output_map, n), bits)))
        )
    return live
