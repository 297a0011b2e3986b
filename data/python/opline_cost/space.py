"""Search spaces: architectures as text, and the networks they decode to.

A space is read from its structure (docs/formats/space-structure.md): what ``opline spaces --show
NAME --json`` prints, or what a cost model carries.
"""

from __future__ import annotations

import json
import os
import random
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from .bits import Bits, with_bits
from .errors import CostModelError
from .graph import BLOCK_INPUT, Item, Step
from .layers import Layer, Shape
from .network import Network
from .structure import Structure, read_structure

#: Index of the chosen option of each decision, in the order of ``Space.decisions``.
Architecture = Tuple[int, ...]

KEEP, SKIP = 0, 1  # options of a skip decision


class Space:
    """A backbone of blocks with decisions. Build one with ``from_json`` or ``load_space``."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.name = structure.name
        self.id = structure.id
        self.input = structure.inputs[0]  #: where the input is a decision the first of them
        self.graph = structure.graph
        self.decisions = structure.graph.decisions
        self._bits_made: Dict[Tuple[Layer, Layer], Layer] = {}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Space:
        """Reads the structure of a space, or a document whose member "structure" is one."""
        try:
            return cls(read_structure(document.get("structure", document)))
        except CostModelError:
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise CostModelError(
                f"the structure of the space is damaged ({type(error).__name__}: {error}); export "
                "it again"
            ) from error

    def __repr__(self) -> str:
        return f"Space({self.name!r}, {len(self.decisions)} decisions)"

    @property
    def option_counts(self) -> List[int]:
        """Number of options of each decision."""
        return [len(decision.options) for decision in self.decisions]

    # ---- Architectures ----

    def parse(self, text: str) -> Architecture:
        """Reads an architecture ("conv1=84 block1=112 block2=skip ..."); items in any order."""
        words = text.split()
        if not self.decisions:
            if words != ["fixed"]:
                raise self._mistake("it has no decisions; write fixed")
            return ()
        choices = self._choices(words)
        options = [0] * len(self.decisions)
        chosen: Dict[int, str] = {}  # by decision, the item that gave it its option
        for item in self.structure.items:
            if item.name in choices:
                self._choose(item, choices[item.name], options, chosen)
        for item in self.structure.items:
            self._check_presence(item, item.name in choices, options)
        return self.canonical(options)

    def to_text(self, architecture: Sequence[int]) -> str:
        """The canonical text."""
        options = self.canonical(architecture)
        words = []
        for item in self.structure.items:
            if not self._is_there(item, options):
                continue
            skipped = item.skip is not None and options[item.skip] == SKIP
            decisions = item.skipped if skipped else item.kept
            choices = [self._choice_text(decision, options[decision]) for decision in decisions]
            if skipped:
                choices.insert(0, "skip")
            words.append(f"{item.name}={':'.join(choices) or 'keep'}")
        return " ".join(words) or "fixed"

    def canonical(self, options: Sequence[int]) -> Architecture:
        """The same architecture with option 0 wherever the decision does not matter: those of
        skipped and left out blocks; a shared one unless one of its blocks is there."""
        self._check(options)
        active = self.graph.active(options)
        return tuple(int(option) if matters else 0 for option, matters in zip(options, active))

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
        for step in self.graph.walk(architecture):
            _append(step, layers, inputs)
        if self.structure.bits != Bits():
            layers = self._with_bits(layers, inputs)
        return Network(self._input_of(architecture), layers, inputs)

    def _with_bits(self, layers: List[Layer], inputs: List[Tuple[int, ...]]) -> List[Layer]:
        """Layers that are equal are one object: figures of a layer are kept in it."""
        narrow = with_bits(layers, inputs, self.structure.bits)
        return [self._bits_made.setdefault((a, b), b) for a, b in zip(layers, narrow)]

    def _input_of(self, options: Sequence[int]) -> Shape:
        for option, decision in zip(options, self.decisions):
            if decision.kind == "input":
                return self.structure.inputs[decision.values[option]]
        return self.input

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

    # ---- Items of a text ----

    def _choices(self, words: Sequence[str]) -> Dict[str, str]:
        names = [item.name for item in self.structure.items]
        choices: Dict[str, str] = {}
        for word in words:
            name, equals, choice = word.partition("=")
            if not equals:
                raise self._mistake(f"`{word}` is not of the form block=choice")
            if name not in names:
                raise self._mistake(
                    f"`{name}` is not a block with a decision; these are: {', '.join(names)}"
                )
            if name in choices:
                raise self._mistake(f"block {name} is there twice; remove one")
            choices[name] = choice
        return choices

    def _is_there(self, item: Item, options: Sequence[int]) -> bool:
        if item.depth is None:
            return True
        decision, at_least = item.depth
        return self.decisions[decision].values[options[decision]] >= at_least

    def _check_presence(self, item: Item, given: bool, options: Sequence[int]) -> None:
        expected = self._is_there(item, options)
        if expected and not given:
            raise self._mistake(f"block {item.name} is missing; add {item.name}=...")
        if given and not expected:
            assert item.depth is not None
            decision = item.depth[0]
            raise self._mistake(
                f"block {item.name} is there, but {self.decisions[decision].name} is "
                f"{self._choice_text(decision, options[decision])}; remove it"
            )

    def _choice_text(self, decision: int, option: int) -> str:
        of = self.decisions[decision]
        return f"{of.prefix}{of.options[option]}"

    def _choose(self, item: Item, choice: str, options: List[int], chosen: Dict[int, str]) -> None:
        pieces, decisions = choice.split(":"), item.kept
        if item.skip is not None and pieces[0] == "skip":
            options[item.skip] = SKIP
            pieces, decisions = pieces[1:], item.skipped
        elif not decisions and choice == "keep":
            pieces = []
        if len(pieces) != len(decisions):
            raise self._mistake(f"`{choice}` is not a choice for block {item.name}")
        for decision, piece in zip(decisions, pieces):
            option = self._option_of(decision, piece)
            if decision in chosen and options[decision] != option:
                raise self._mistake(
                    f"blocks {chosen[decision]} and {item.name} share a width but differ"
                )
            options[decision] = option
            chosen[decision] = item.name

    def _option_of(self, decision: int, text: str) -> int:
        texts = [self._choice_text(decision, one) for one in range(self.option_counts[decision])]
        if text not in texts:
            raise self._mistake(
                f"{text} is not an option of {self.decisions[decision].name}; these are "
                f"{', '.join(texts)}"
            )
        return texts.index(text)


def load_space(path: Union[str, os.PathLike]) -> Space:
    """Reads the output of `opline spaces --show NAME --json`."""
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except (ValueError, RecursionError) as error:
        raise CostModelError(f"{os.fspath(path)}: is no JSON ({error})") from error
    return Space.from_json(document)


def _append(step: Step, layers: List[Layer], inputs: List[Tuple[int, ...]]) -> None:
    """The layers of one branch, and the tensors that they read: 0 is the network's input, i + 1 the
    output of layer i."""
    first = len(layers)
    for layer, output in zip(step.branch.layers, step.made):
        if layer.type == "input":
            continue
        layers.append(layer.layer(step.of, output))
        inputs.append(
            tuple(first if one == BLOCK_INPUT else first + 1 + one for one in layer.operands)
        )
