"""Expected costs of chains of blocks, each kept or skipped: spaces of version 1, also in 4 bits.

Faster than graph_costs.py where decisions have many options, since the channels that enter and
leave a layer are independent there (plan.py).
"""

from __future__ import annotations

from typing import List, Optional, Set, Tuple

import torch
from torch import Tensor, nn

from ..graph import BLOCK_INPUT, Branch, Graph
from ..space import KEEP, SKIP
from .figures import Figures
from .mixtures import Mixtures
from .peak import ExpectedPeak
from .plan import ONE
from .planner import Planner
from .tables import Tables


class ChainCosts(nn.Module):
    """B is the batch, F the number of figures."""

    def __init__(
        self,
        graph: Graph,
        figures: Figures,
        count: int,
        levels: Optional[int],
        dtype: torch.dtype,
    ) -> None:
        """``figures`` gives what a layer adds to each of ``count`` sums; ``levels``: how many
        thresholds for the expected peak; None for the smooth one."""
        super().__init__()
        self.plan = Planner(graph, figures).run()
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


def is_chain(graph: Graph) -> bool:
    """Whether each place has one branch, or a kept and a skipped one, and each layer reads the one
    before it and has a width of its own, its input's or its block's input's. A width can be shared
    by blocks where it is that of their output; every other decision belongs to one block."""
    used: List[int] = []  # decisions of one block
    shared: Set[int] = set()  # those of its output
    for number, place in enumerate(graph.places):
        kept, *others = place.branches
        if len(others) > 1 or any(one.next != number + 1 for one in place.branches):
            return False
        if not kept.layers or not all(_is_chain(one) for one in place.branches):
            return False
        whens = [one.when for one in place.branches]
        if not others:
            if kept.when:
                return False
        elif [[(s.first, s.last) for s in when] for when in whens] != [
            [(KEEP, KEEP + 1)],
            [(SKIP, SKIP + 1)],
        ] or whens[0][0].decision != whens[1][0].decision:
            return False
        widths = [one.width for one in kept.layers if one.width.kind != "same"]
        inner = {one.decision for one in widths[:-1] if one.decision is not None}
        if len(inner) > 1:
            return False
        used += [*inner, *(s.decision for s in kept.when)]
        shared |= {one.decision for one in widths[-1:] if one.decision is not None}
        if any(one.width.decision is not None for other in others for one in other.layers):
            return False
    return len(set(used)) == len(used) and not shared & set(used)


def _is_chain(branch: Branch) -> bool:
    for number, layer in enumerate(branch.layers):
        width = layer.width
        plain = width.kind in ("same", "block_input", "fixed", "decided")
        if not plain or width.multiplier is not None or width.percent != 100:
            return False
        if layer.source != number - 1 or layer.type == "input" or layer.guard is not None:
            return False
        if layer.other is not None and (layer.type != "add" or layer.other != BLOCK_INPUT):
            return False
    return True
