"""Bits of the layers of a space's branches, where they are the same in every network.

A tensor of a network has 4 bits unless what makes or reads it asks for 8 (bits.py), so that its
bits can depend on which blocks follow. They do not where one of these holds of every tensor: it has
4 bits even if all that may follow reads it; it has 8 whatever follows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Dict, List, Sequence, Set, Tuple

from .bits import Bits, LayerBits, Traits, four_bits, traits
from .errors import CostModelError
from .graph import BLOCK_INPUT, BlockLayer, Branch, Graph, Place
from .space import Space

#: (place, branch, layer).
Position = Tuple[int, int, int]

#: Whether channels that can arrive at a place allow its branch (place, branch).
Reached = Callable[[int, int], bool]


def with_bits_of_layers(space: Space, reached: Reached) -> Graph:
    """The space's graph, each layer with its bits. Raises CostModelError where they depend on other
    blocks. Layers of branches that are never reached have 8."""
    if space.structure.bits == Bits():
        return space.graph
    found = _bits_by_layer(space, reached)

    def narrow(place: int, number: int, branch: Branch) -> Branch:
        layers = [
            replace(layer, bits=found.get((place, number, i), LayerBits()), _made={})
            for i, layer in enumerate(branch.layers)
        ]
        return replace(branch, layers=tuple(layers))

    places = [
        Place(one.name, tuple(narrow(place, i, branch) for i, branch in enumerate(one.branches)))
        for place, one in enumerate(space.graph.places)
    ]
    return replace(space.graph, places=tuple(places))


def _bits_by_layer(space: Space, reached: Reached) -> Dict[Position, LayerBits]:
    analysis = _Analysis(space, reached)
    bits = space.structure.bits
    four = [False] * (len(analysis.positions) + 1)
    if bits.activations == 4:
        four = analysis.four()
    found = {}
    for i, position in enumerate(analysis.positions):
        inputs = {four[one] for one in analysis.inputs[i]}
        if len(inputs) > 1:
            raise analysis.refusal(position, "the input", "reach it")
        found[position] = LayerBits(
            bits.weights if analysis.traits[i].has_weight_kernels else 8,
            4 if inputs == {True} else 8,
            4 if four[i + 1] else 8,
        )
    return found


class _Analysis:
    """All layers of all branches as one network: a layer reads every tensor that may reach it.
    Tensor 0 is the network's input, i + 1 the output of layer i."""

    def __init__(self, space: Space, reached: Reached) -> None:
        self.name = space.name
        self.reached = reached
        self.places = space.graph.places
        self.positions: List[Position] = []
        self.traits: List[Traits] = []
        self.inputs: List[Tuple[int, ...]] = []
        self.arrivals: List[Set[int]] = [{0}] + [set() for _ in self.places]
        self.outputs_of: Dict[Tuple[int, int], List[int]] = {}  # tensors of a branch
        for place, one in enumerate(self.places):
            for number, branch in enumerate(one.branches):
                if reached(place, number):
                    self._add(place, number, branch)

    def _add(self, place: int, number: int, branch: Branch) -> None:
        made: List[int] = []
        for i, layer in enumerate(branch.layers):
            if layer.type == "input":
                made.append(0)
                continue
            sources: Set[int] = set()
            for one in layer.operands:
                sources |= self.arrivals[place] if one == BLOCK_INPUT else {made[one]}
            self.positions.append((place, number, i))
            self.traits.append(_branch_layer_traits(layer))
            self.inputs.append(tuple(sorted(sources)))
            made.append(len(self.positions))
        self.outputs_of[place, number] = made
        self.arrivals[branch.next] |= {made[-1]} if made else self.arrivals[place]

    def four(self) -> List[bool]:
        """By tensor: whether it has 4 bits."""
        four = four_bits(self.traits, self.inputs, self.arrivals[-1])
        eight = self._eight()
        for tensor, position in enumerate(self.positions, start=1):
            if not four[tensor] and not eight[tensor]:
                raise self.refusal(position, "the output", "follow it")
        return four

    def refusal(self, position: Position, what: str, which: str) -> CostModelError:
        place, number, i = position
        layer = self.places[place].branches[number].layers[i]
        return CostModelError(
            f"{self.name}, block {self.places[place].name}: whether {what} of its {layer.type} has 4 "
            f"bits depends on which blocks {which}, so that its cost is not known by itself; price "
            "sampled architectures with model.predict instead"
        )

    # ---- Tensors of 8 bits, whatever follows ----

    def _eight(self) -> List[bool]:
        """By tensor; the least set that follows from the kernels."""
        eight = [True] + [not one.has_kernels or one.averages_all for one in self.traits]
        while True:
            forced = self._forced_at_places(eight)
            more = list(eight)
            for i, (place, number, _) in enumerate(self.positions):
                asked = self._asked(place, number, i + 1, forced, eight)
                passed = not self.traits[i].has_channels and any(
                    all(eight[one] for one in operand) for operand in self._operands(i)
                )
                more[i + 1] = more[i + 1] or asked or passed
            if more == eight:
                return eight
            eight = more

    def _forced_at_places(self, eight: Sequence[bool]) -> List[bool]:
        """By place: whether all that may follow asks what arrives there for 8 bits."""
        forced = [True] * (len(self.places) + 1)  # the end: outputs have 8
        for place in reversed(range(len(self.places))):
            forced[place] = all(
                forced[branch.next]
                if not branch.layers
                else self._reads_ask(place, number, BLOCK_INPUT, eight)
                for number, branch in enumerate(self.places[place].branches)
                if self.reached(place, number)
            )
        return forced

    def _asked(
        self, place: int, number: int, tensor: int, forced: List[bool], eight: Sequence[bool]
    ) -> bool:
        """Whether what reads a tensor of the branch asks for 8 bits."""
        made = self.outputs_of[place, number]
        branch = self.places[place].branches[number]
        if tensor == made[-1] and forced[branch.next]:
            return True
        return self._reads_ask(place, number, made.index(tensor), eight)

    def _reads_ask(self, place: int, number: int, of_branch: int, eight: Sequence[bool]) -> bool:
        """Within the branch."""
        made = self.outputs_of[place, number]
        for i, layer in enumerate(self.places[place].branches[number].layers):
            if layer.type == "input":
                return True
            if of_branch not in layer.operands:
                continue
            traits = self.traits[made[i] - 1]
            if not traits.has_kernels:
                return True
            others = [made[one] for one in layer.operands if one not in (of_branch, BLOCK_INPUT)]
            keeps = not traits.adds and not traits.averages_all
            kept = [made[i]] if keeps else []
            if not traits.has_channels and any(eight[one] for one in [*others, *kept]):
                return True
        return False

    def _operands(self, i: int) -> List[Set[int]]:
        """Of layer i, each as the tensors that it may be."""
        place, number, in_branch = self.positions[i]
        layer = self.places[place].branches[number].layers[in_branch]
        made = self.outputs_of[place, number]
        return [
            self.arrivals[place] if one == BLOCK_INPUT else {made[one]} for one in layer.operands
        ]


def _branch_layer_traits(layer: BlockLayer) -> Traits:
    keeps_channels = layer.width.kind == "same" and layer.width.percent == 100
    plain = layer.other is not None and layer.input_map == layer.output_map
    return traits(layer.type, layer.window, layer.groups, layer.output_map, keeps_channels, plain)
