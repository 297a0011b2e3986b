"""Expected costs of version 1 spaces: chains of blocks, each kept or skipped.

Faster than graph_costs.py where decisions have many options, since the channels that enter and
leave a layer are independent there (plan.py).
"""

from __future__ import annotations

from typing import List, Optional, Tuple

import torch
from torch import Tensor, nn

from ..space import Space
from .mixtures import Mixtures
from .peak import ExpectedPeak
from .plan import ONE, Figures
from .planner import Planner
from .tables import Tables


class ChainCosts(nn.Module):
    """B is the batch, F the number of figures."""

    def __init__(
        self,
        space: Space,
        figures: Figures,
        count: int,
        levels: Optional[int],
        dtype: torch.dtype,
    ) -> None:
        """``figures`` gives what a layer adds to each of ``count`` sums; ``levels``: how many
        thresholds for the expected peak; None for the smooth one."""
        super().__init__()
        self.plan = Planner(space, figures).run()
        self.tables = Tables(self.plan, count, dtype)
        self.mixtures = Mixtures(self.plan, dtype)
        self.peak: Optional[ExpectedPeak] = None
        if levels is not None:
            self.peak = ExpectedPeak(self.plan, self.mixtures, levels, dtype)
        self.plan.drop_tables()

    def forward(
        self, decisions: List[Tensor], ones: Tensor, temperature: float
    ) -> Tuple[Tensor, Tensor]:
        """[B, options] per decision, ones [B, 1] -> sums over layers [B, F], peak of live bytes
        [B]."""
        rows, weights = self._propagate(decisions, ones)
        sums = self.tables.sums(rows, weights)
        if self.peak is not None:
            sizes = [len(one.values) for one in self.plan.distributions]
            return sums, self.peak(rows.split(sizes, -1), weights)
        live = self.tables.live(rows, weights) / temperature
        return sums, torch.logsumexp(live, -1) * temperature

    def _propagate(self, decisions: List[Tensor], ones: Tensor) -> Tuple[Tensor, Tensor]:
        """All distributions side by side [B, size], and all weights [B, W]."""
        weights = [ones]
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
                rows.append(ones)
        return torch.cat(rows, -1), torch.cat(weights, -1)

    def _mix(self, number: int, rows: List[Tensor], weights: List[Tensor]) -> Tensor:
        total: Optional[Tensor] = None
        for distribution, weight in self.plan.distributions[number].mixture:
            row = self.mixtures.spread(rows[distribution], distribution, number)
            part = row if weight == ONE else row * weights[weight]
            total = part if total is None else total + part
        assert total is not None
        return total
