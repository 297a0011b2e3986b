"""Expected costs of a distribution over architectures, with gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, List, Mapping, Optional, Sequence, Union

import torch
from torch import Tensor, nn

from .. import memory
from ..cost_model import CostModel
from ..errors import CostModelError
from ..layers import Layer
from ..space import Space
from .mixtures import Mixtures
from .peak import ExpectedPeak
from .plan import ONE
from .planner import Planner
from .tables import Tables

#: One tensor per decision: by position, or by the decision's name. Shape [..., options].
PerDecision = Union[Sequence[Tensor], Mapping[str, Tensor]]


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

    - ``sram="expected"``: the expectation of the largest live bytes (peak.py), to half a step of
      ``sram_levels`` thresholds. Multilinear in the probabilities.
    - ``sram="smooth"``: temperature x log sum over layers of exp(expected live bytes / temperature).
      Cheaper. The maximum of expectations is at most the expectation of the maximum, so that it is
      too low while decisions are spread out; the smoothing adds at most temperature x log(layers).

    Both add the arena's bytes for plan and results. At one-hot decisions both are opline's figure,
    to the temperature or step, except where opline's planner leaves gaps; sampled_sram_bytes() is
    exact there, too.

    Probabilities are converted to the module's device and ``dtype``.
    """

    _overhead: Tensor  # arena bytes beside the activations, by number of layers

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
        self.space = space
        self.models = [model for model in (latency, energy) if model is not None]
        self.has_latency, self.has_energy = latency is not None, energy is not None
        self.sram_temperature = sram_temperature
        self.plan = Planner(space, _figures(self.models)).run()
        self.tables = Tables(self.plan, 3 + len(self.models), dtype)
        layers = range(len(self.plan.presence) + 2)
        overhead = [float(memory.plan_and_result_bytes(n)) for n in layers]
        self.register_buffer("_overhead", torch.tensor(overhead, dtype=dtype), persistent=False)
        self.mixtures = Mixtures(self.plan, dtype)
        self.peak: Optional[ExpectedPeak] = None
        if sram == "expected":
            self.peak = ExpectedPeak(self.plan, self.mixtures, sram_levels, dtype)
        self.plan.drop_tables()

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
        rows, weights, batch = self._propagate(self._rows(probabilities, logits))
        sums = self.tables.sums(rows, weights)
        sram = self._peak_bytes(rows, weights) + self._expected_overhead(weights)
        costs = [sums[:, i] + model.prices.constant for i, model in enumerate(self.models, start=3)]
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
        smooth = self(samples).sram_bytes
        choices = [one.argmax(-1).expand(smooth.shape).flatten() for one in self._order(samples)]
        architectures = torch.stack(choices, -1).tolist() if choices else [()] * smooth.numel()
        exact = [float(self.space.network(one).sram_bytes) for one in architectures]
        return smooth + (smooth.new_tensor(exact).reshape(smooth.shape) - smooth).detach()

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

    def _propagate(self, decisions: List[Tensor]) -> tuple:
        """All distributions side by side [B, size], all weights [B, W], and the leading shape."""
        batch = torch.broadcast_shapes(*(one.shape[:-1] for one in decisions))
        decisions = [
            one.expand(*batch, one.shape[-1]).reshape(batch.numel(), -1) for one in decisions
        ]
        one = self._overhead.new_ones(batch.numel(), 1)
        weights = [one]
        for weight in self.plan.weights[1:]:
            assert weight is not None
            option = decisions[weight.decision][:, weight.option : weight.option + 1]
            value = option if weight.times == ONE else option * weights[weight.times]
            weights.append(1 - option + value if weight.or_else else value)
        rows: List[Tensor] = []
        for number, distribution in enumerate(self.plan.distributions):
            if distribution.decision is not None:
                rows.append(decisions[distribution.decision])
            elif distribution.mixture:
                rows.append(self._mix(number, rows, weights))
            else:
                rows.append(one)
        return torch.cat(rows, -1), torch.cat(weights, -1), batch

    def _mix(self, number: int, rows: List[Tensor], weights: List[Tensor]) -> Tensor:
        total: Optional[Tensor] = None
        mixture = self.plan.distributions[number].mixture
        for distribution, weight in mixture:
            row = self.mixtures.spread(rows[distribution], distribution, number)
            part = row if weight == ONE else row * weights[weight]
            total = part if total is None else total + part
        assert total is not None
        return total

    def _peak_bytes(self, rows: Tensor, weights: Tensor) -> Tensor:
        """Of activations and scratch: -> [B]."""
        if self.peak is not None:
            sizes = [len(one.values) for one in self.plan.distributions]
            return self.peak(rows.split(sizes, -1), weights)
        live = self.tables.live(rows, weights) / self.sram_temperature
        return torch.logsumexp(live, -1) * self.sram_temperature

    def _expected_overhead(self, weights: Tensor) -> Tensor:
        """Plan and results of the expected number of layers, linear between whole numbers."""
        layers = weights[:, self.tables.presence].sum(-1)
        below = layers.detach().floor().long().clamp(0, len(self._overhead) - 2)
        step = self._overhead[below + 1] - self._overhead[below]
        return self._overhead[below] + (layers - below) * step


def _model_names(latency: bool, energy: bool) -> List[str]:
    return ["latency"] * latency + ["energy"] * energy


def _figures(models: Sequence[CostModel]) -> Callable[[Layer], List[float]]:
    """Ops, parameters, flash bytes, then what the layer adds to each model."""

    def figures(layer: Layer) -> List[float]:
        costs = [model.prices.layer(layer) for model in models]
        return [float(layer.ops), float(layer.parameters), float(layer.flash_bytes), *costs]

    return figures
