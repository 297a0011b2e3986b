"""Expected costs of a distribution over architectures, with gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Mapping, Optional

import torch
from torch import Tensor, nn

from .. import memory
from ..branch_bits import with_bits_of_layers
from ..cost_model import CostModel
from ..errors import CostModelError
from ..space import Space
from .chain_costs import ChainCosts, is_chain
from .decisions import PerDecision
from .figures import COUNTED, LAYERS, TABLES, figures_of
from .graph_costs import GraphCosts
from .thresholds import Thresholds
from .transitions import TransitionMaker, branches_reached


@dataclass(frozen=True)
class Costs:
    """Expectations; every tensor has the leading dimensions of the probabilities."""

    ops: Tensor
    parameters: Tensor
    flash_bytes: Tensor
    sram_bytes: Tensor  #: the arena, see ExpectedCosts
    latency: Optional[Tensor]  #: seconds; None without a latency model
    energy: Optional[Tensor]  #: joules; None without an energy model


class ExpectedCosts(nn.Module):
    """Expected costs over independent decisions: ``costs(probabilities)``.

    Exact: ops, parameters, flash, latency and energy of every kind of cost model, ties, residual
    additions and skips included. They are multilinear in the probabilities.

    ``sram_bytes`` is the arena's peak, by one of two models:

    - ``sram="expected"``: the expectation of the largest live bytes, to half a step of
      ``sram_levels`` thresholds. Multilinear in the probabilities.
    - ``sram="smooth"``: temperature x log sum over layers of exp(expected live bytes / temperature);
      over transitions instead of layers where the space is no chain of blocks. Cheaper. The maximum of
      expectations is at most the expectation of the maximum, so that it is too low while decisions
      are spread out; the smoothing adds at most temperature x log(layers).

    Both add the arena's bytes for plan and results. At one-hot decisions both are opline's figure,
    to the temperature or step, except where opline's planner leaves gaps; sampled_sram_bytes() is
    exact there, too.

    Probabilities are converted to the module's device and ``dtype``.
    """

    _overhead: Tensor  # arena bytes beside activations and tables, by number of layers

    def __init__(
        self,
        space: Space,
        latency: Optional[CostModel] = None,
        energy: Optional[CostModel] = None,
        *,
        sram: str = "expected",
        sram_temperature: float = 1024.0,
        sram_levels: int = 128,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """``sram_temperature`` in bytes, above 0; ``sram_levels`` at least 2."""
        super().__init__()
        if sram not in ("smooth", "expected"):
            raise CostModelError(f"sram is {sram!r}; it must be 'smooth' or 'expected'")
        if sram_levels < 2:
            raise CostModelError(f"sram_levels is {sram_levels}; it must be at least 2")
        if not sram_temperature > 0:
            raise CostModelError(
                f"sram_temperature is {sram_temperature}; it must be above 0 bytes"
            )
        for model, of in ((latency, "latency"), (energy, "energy")):
            if model is not None and model.of != of:
                raise CostModelError(f"{model!r} is no model of {of}")
        self.space = space
        self.models = [model for model in (latency, energy) if model is not None]
        self.has_latency, self.has_energy = latency is not None, energy is not None
        self.sram_temperature = sram_temperature
        levels = sram_levels if sram == "expected" else None
        figures, count = figures_of(self.models), COUNTED + len(self.models)
        self.sums: nn.Module
        graph = with_bits_of_layers(space, branches_reached(space))
        if is_chain(graph):
            self.sums = ChainCosts(graph, figures, count, levels, dtype)
        else:
            found = TransitionMaker(graph, space.name, figures, count).run()
            self.sums = GraphCosts(found, space.option_counts, levels, dtype)
        layers = range(2 + _most_layers(space))
        overhead = [float(memory.plan_and_result_bytes(n)) for n in layers]
        self.register_buffer("_overhead", torch.tensor(overhead, dtype=dtype), persistent=False)

    # ---- Use ----

    def forward(
        self,
        probabilities: Optional[PerDecision] = None,
        *,
        logits: Optional[PerDecision] = None,
    ) -> Costs:
        """Expected costs for one tensor [..., options] per decision of the space, in the order of
        ``space.decisions`` or by name: probabilities (each row sums to 1) or logits. Leading
        dimensions are a batch and broadcast."""
        decisions = self._rows(probabilities, logits)
        batch = torch.broadcast_shapes(*(one.shape[:-1] for one in decisions))
        decisions = [
            one.expand(*batch, one.shape[-1]).reshape(batch.numel(), one.shape[-1])
            for one in decisions
        ]
        ones = self._overhead.new_ones(batch.numel(), 1)
        sums, peak = self.sums(decisions, ones, self.sram_temperature)
        sram = peak + sums[:, TABLES] + self._expected_overhead(sums[:, LAYERS])
        costs = [
            sums[:, i] + model.prices.constant for i, model in enumerate(self.models, start=COUNTED)
        ]
        named = dict(zip(_model_names(self.has_latency, self.has_energy), costs))
        return Costs(
            sums[:, 0].reshape(batch),
            sums[:, 1].reshape(batch),
            sums[:, 2].reshape(batch),
            sram.reshape(batch),
            named["latency"].reshape(batch) if "latency" in named else None,
            named["energy"].reshape(batch) if "energy" in named else None,
        )

    def sampled_sram_bytes(self, samples: PerDecision) -> Tensor:
        """opline's own peak SRAM of sampled architectures, one-hot [..., options] per decision (as
        ``sample`` gives): the value is exact, planner and alignment included; the gradient is that
        of ``sram_bytes`` (straight-through). Its mean over samples is unbiased for the expected
        peak."""
        expected = self(samples).sram_bytes
        choices = [one.argmax(-1).expand(expected.shape).flatten() for one in self._order(samples)]
        architectures = torch.stack(choices, -1).tolist() if choices else [()] * expected.numel()
        exact = [float(self.space.network(one).sram_bytes) for one in architectures]
        return expected + (expected.new_tensor(exact).reshape(expected.shape) - expected).detach()

    @property
    def sram_step(self) -> float:
        """Bytes between two thresholds of the expected peak; 0 where it is exact, and of the smooth
        one."""
        steps = [one.step for one in self.modules() if isinstance(one, Thresholds)]
        return steps[0] if steps else 0.0

    # ---- Steps ----

    def _order(self, tensors: PerDecision) -> List[Tensor]:
        decisions = self.space.decisions
        if isinstance(tensors, Mapping):
            unknown = set(tensors) - {decision.name for decision in decisions}
            missing = [one.name for one in decisions if one.name not in tensors]
            if unknown or missing:
                raise CostModelError(
                    f"decisions of {self.space.name}: missing {missing}, unknown {sorted(unknown)}"
                )
            tensors = [tensors[decision.name] for decision in decisions]
        if len(tensors) != len(decisions):
            raise CostModelError(
                f"{len(tensors)} tensors; {self.space.name} has {len(decisions)} decisions"
            )
        for tensor, decision in zip(tensors, decisions):
            if tensor.shape[-1:] != (len(decision.options),):
                raise CostModelError(
                    f"{decision.name}: a tensor of shape {tuple(tensor.shape)}; its last dimension "
                    f"must be the {len(decision.options)} options"
                )
        return list(tensors)

    def _rows(
        self, probabilities: Optional[PerDecision], logits: Optional[PerDecision]
    ) -> List[Tensor]:
        if (probabilities is None) == (logits is None):
            raise CostModelError("give either probabilities or logits")
        if probabilities is not None:
            return [one.to(self._overhead) for one in self._order(probabilities)]
        assert logits is not None
        return [one.to(self._overhead).softmax(-1) for one in self._order(logits)]

    def _expected_overhead(self, layers: Tensor) -> Tensor:
        """Plan and results of the expected number of layers, linear between whole numbers."""
        below = layers.detach().floor().long().clamp(0, len(self._overhead) - 2)
        step = self._overhead[below + 1] - self._overhead[below]
        return self._overhead[below] + (layers - below) * step


def _model_names(latency: bool, energy: bool) -> List[str]:
    return ["latency"] * latency + ["energy"] * energy


def _most_layers(space: Space) -> int:
    """Of any architecture."""
    most = [0] * (len(space.graph.places) + 1)
    for number, place in reversed(list(enumerate(space.graph.places))):
        most[number] = max(len(one.layers) + most[one.next] for one in place.branches)
    return most[0]
