"""A space as a graph of states, over which expectations are propagated.

A *state* is a place of the space with everything that what follows depends on: the channels that
arrive, and the options of decisions that were used before and are used again (a tied width, a width
multiplier, a number of repetitions). A *transition* makes the layers of a branch, or a part of
them, from the options of decisions that are used for the first time. Decisions are independent, so
that

    P(transition) = P(its state) x product of P(its options)

and an expected sum over layers is the sum over transitions of P(transition) x their layers'
figures: exact, whatever decisions layers share. No PyTorch here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Callable, Dict, Hashable, Iterator, List, Sequence, Set, Tuple

from .. import memory
from ..errors import CostModelError
from ..graph import BLOCK_INPUT, Branch, Graph, Selection, tensors
from ..layers import Layer, tensor_bytes
from ..space import Space
from .figures import Figures

#: (decision, option), sorted.
Options = Tuple[Tuple[int, int], ...]

_MOST = 1_000_000  # transitions of a space
_COMBINATIONS = 64  # of options in one transition, before a branch is divided


@dataclass(frozen=True)
class Transition:
    source: int  #: state
    target: int
    options: Options  #: that are chosen here
    figures: Tuple[float, ...]  #: sums over its layers
    peak: int  #: bytes of the largest aligned live tensors while one of its layers runs


@dataclass
class Transitions:
    """Of a space. State 0 is the start, ``levels[state]`` the length of the longest path to it."""

    all: List[Transition] = field(default_factory=list)
    levels: List[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Part:
    """A branch in the making: what a transition has done so far."""

    source: int
    place: int
    number: int  #: of the branch in its place
    bound: Options  #: of decisions that were used
    options: Options = ()
    combinations: int = 1
    figures: Tuple[float, ...] = ()
    peak: int = 0


class TransitionMaker:
    """Of one space's graph. ``figures`` gives what a layer adds to each of ``count`` sums."""

    def __init__(self, graph: Graph, name: str, figures: Figures, count: int) -> None:
        self.graph = graph
        self.name = name
        self.figures_of = figures
        self.zeros = (0.0,) * count
        self.known_figures: Dict[Layer, List[float]] = {}
        self.found = Transitions()
        self.numbers: Dict[Hashable, int] = {}
        self.reached: Set[Tuple[int, int]] = set()  # (place, branch)
        self.waiting: List[List[Tuple[int, int, Options]]] = [[] for _ in self.graph.places]
        self.needed = self._needed_from()

    def run(self) -> Transitions:
        self._arrive(0, self.graph.input_channels, ())
        for place, waiting in enumerate(self.waiting):
            for state, channels, bound in waiting:
                self._leave(place, state, channels, bound)
        self.found.levels = _levels(len(self.numbers), self.found.all)
        return self.found

    # ---- States ----

    def _needed_from(self) -> List[Set[int]]:
        """By place: the decisions used there or later; of the end none."""
        needed: List[Set[int]] = [set() for _ in range(len(self.graph.places) + 1)]
        for number in reversed(range(len(self.graph.places))):
            for branch in self.graph.places[number].branches:
                needed[number] |= set(self.graph.decisions_of(branch)) | needed[branch.next]
        return needed

    def _state(self, key: Hashable) -> Tuple[int, bool]:
        """Its number, and whether it is new."""
        known = len(self.numbers)
        number = self.numbers.setdefault(key, known)
        return number, number == known

    def _arrive(self, place: int, channels: int, bound: Options) -> int:
        bound = tuple(one for one in bound if one[0] in self.needed[place])
        end = place == len(self.graph.places)
        state, new = self._state("end" if end else (place, channels, bound))
        if new and not end:
            self.waiting[place].append((state, channels, bound))
        return state

    # ---- Branches ----

    def _leave(self, place: int, state: int, channels: int, bound: Options) -> None:
        for number, branch in enumerate(self.graph.places[place].branches):
            part = _Part(state, place, number, bound, figures=self.zeros)
            guarded = branch.guarded
            decisions = [] if guarded is None else guarded.width.decisions
            decisions = [*(one.decision for one in branch.when), *decisions]
            for chosen in self._choose(part, decisions, branch.when):
                if branch.allows(channels, self._values(chosen)):
                    self.reached.add((place, number))
                    self._make(chosen, 0, channels, [])

    def _make(self, part: _Part, first: int, block_input: int, made: List[int]) -> None:
        """The layers from ``first`` on, with every combination of options."""
        branch = self.graph.places[part.place].branches[part.number]
        if first == len(branch.layers):
            channels = made[-1] if made else block_input
            self._add(part, self._arrive(branch.next, channels, part.bound))
            return
        decisions = branch.layers[first].width.decisions
        if part.combinations * self._count(part, decisions) > _COMBINATIONS and part.options:
            part, new = self._divide(part, branch, first, block_input, made)
            if not new:
                return
        for chosen in self._choose(part, decisions, ()):
            output = branch.layers[first].channels(tensors(block_input, made), self._values(chosen))
            done = self._with_layer(chosen, branch, first, block_input, [*made, output])
            self._make(done, first + 1, block_input, [*made, output])

    def _divide(
        self, part: _Part, branch: Branch, first: int, block_input: int, made: List[int]
    ) -> Tuple[_Part, bool]:
        """Ends a transition before layer ``first``. Returns the part that follows, which is not
        new where another combination has led to the same."""
        used = {one for layer in branch.layers[first:] for one in layer.width.decisions}
        used |= self.needed[branch.next]
        bound = tuple(one for one in part.bound if one[0] in used)
        of = tensors(block_input, made)
        live = tuple((one, of(one)) for one in _tensors_read(branch, first))
        key = (part.place, part.number, first, live, bound)
        state, new = self._state(key)
        self._add(part, state)
        return _Part(state, part.place, part.number, bound, figures=self.zeros), new

    def _add(self, part: _Part, target: int) -> None:
        transition = Transition(part.source, target, part.options, part.figures, part.peak)
        self.found.all.append(transition)
        if len(self.found.all) > _MOST:
            raise CostModelError(
                f"expected costs of {self.name} take more than {_MOST:,} combinations of channels "
                "and shared decisions; use fewer options, or costs of sampled architectures"
            )

    # ---- Options ----

    def _values(self, part: _Part) -> Callable[[int], int]:
        options = dict(part.bound)
        return lambda decision: self.graph.decisions[decision].values[options[decision]]

    def _count(self, part: _Part, decisions: Sequence[int]) -> int:
        """Combinations of what is not bound yet."""
        bound = dict(part.bound)
        count = 1
        for decision in set(decisions):
            if decision not in bound:
                count *= len(self.graph.decisions[decision].options)
        return count

    def _choose(
        self, part: _Part, decisions: Sequence[int], when: Sequence[Selection]
    ) -> Iterator[_Part]:
        """Every combination of options of the decisions that ``when`` allows."""
        if not decisions:
            yield part
            return
        decision, bound = decisions[0], dict(part.bound)
        allowed = [one for one in when if one.decision == decision]
        for option in range(len(self.graph.decisions[decision].options)):
            if not all(one.first <= option < one.last for one in allowed):
                continue
            if decision in bound:
                if bound[decision] == option:
                    yield from self._choose(part, decisions[1:], when)
                continue
            chosen = ((decision, option),)
            count = len(self.graph.decisions[decision].options) if not allowed else 1
            one = replace(
                part,
                bound=tuple(sorted(part.bound + chosen)),
                options=part.options + chosen,
                combinations=part.combinations * count,
            )
            yield from self._choose(one, decisions[1:], when)

    # ---- Layers ----

    def _with_layer(
        self, part: _Part, branch: Branch, number: int, block_input: int, made: List[int]
    ) -> _Part:
        if branch.layers[number].type == "input":
            return part
        of = tensors(block_input, made)
        layer = branch.layers[number].layer(of, made[number])
        if layer not in self.known_figures:
            self.known_figures[layer] = self.figures_of(layer)
        return replace(
            part,
            figures=tuple(a + b for a, b in zip(part.figures, self.known_figures[layer])),
            peak=max(part.peak, _live_bytes(branch, number, layer, of)),
        )


def _levels(states: int, transitions: Sequence[Transition]) -> List[int]:
    """Length of the longest path to each state. Transitions are nearly in the order of paths, so
    that few passes are needed."""
    levels = [0] * states
    changed = True
    while changed:
        changed = False
        for one in transitions:
            if levels[one.target] <= levels[one.source]:
                levels[one.target] = levels[one.source] + 1
                changed = True
    return levels


def _tensors_read(branch: Branch, first: int) -> List[int]:
    """Tensors from before layer ``first`` on which it and later ones depend."""
    read = set()
    for layer in branch.layers[first:]:
        read |= {one for one in layer.operands if one < first}
        if layer.width.kind == "like" and layer.width.value < first:
            read.add(layer.width.value)
        if layer.width.kind in ("block_input", "ratio", "decided_ratio"):
            read.add(BLOCK_INPUT)
    return sorted(read)


def _live_bytes(branch: Branch, number: int, layer: Layer, of: Callable[[int], int]) -> int:
    """Of tensors and scratch while a layer runs, each aligned."""
    live = memory.align(layer.output_bytes) + memory.align(layer.scratch_bytes)
    readers = {  # of the tensors from before that it or a later one reads
        tensor: reader
        for reader in branch.layers[number:]
        for tensor in reader.operands
        if tensor < number
    }
    for tensor, reader in readers.items():
        shape = (*_map_of(branch, tensor), of(tensor))
        live += memory.align(tensor_bytes(shape, reader.bits.input))
    return live


def _map_of(branch: Branch, tensor: int) -> Tuple[int, int]:
    if tensor != BLOCK_INPUT:
        return branch.layers[tensor].output_map
    reader = next(one for one in branch.layers if BLOCK_INPUT in one.operands)
    return reader.input_map if reader.source == BLOCK_INPUT else reader.output_map


def branches_reached(space: Space) -> Callable[[int, int], bool]:
    """Whether some architecture takes a branch (place, number)."""
    guarded = any(
        branch.guarded is not None for place in space.graph.places for branch in place.branches
    )
    if not guarded:
        return lambda place, number: True
    maker = TransitionMaker(space.graph, space.name, lambda layer: [], 0)
    maker.run()
    return lambda place, number: (place, number) in maker.reached
