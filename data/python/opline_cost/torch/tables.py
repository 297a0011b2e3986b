"""The tables of a plan as tensors, grouped so that a few matrix products evaluate all terms."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn

from .plan import Plan


class Tables(nn.Module):
    """Evaluates a plan. All distributions lie side by side in one row of ``size`` probabilities;
    B is the batch, F the number of figures, W of weights, L of layers."""

    single_table: Tensor  # [T singles, n, F]
    single_rows: Tensor  # [T, n]: where the probabilities are
    single_weights: Tensor  # [T]
    pair_left: Optional[Tensor]  # [T pairs, n, F x R], see _factors()
    pair_right: Tensor  # [T, m, F x R]
    pair_first: Tensor  # [T, n]: where the probabilities are
    pair_second: Tensor  # [T, m]
    pair_weights: Tensor  # [T]
    live_table: Tensor  # [size, columns]: a layer's live bytes by weight
    live_weights: Tensor
    live_sum: Optional[Tensor]  # [columns, L]; None where each column is a layer
    presence: Tensor

    def __init__(self, plan: Plan, figures: int, dtype: torch.dtype) -> None:
        super().__init__()
        self.starts: List[int] = [0]
        for distribution in plan.distributions:
            self.starts.append(self.starts[-1] + len(distribution.values))
        self.size = self.starts[-1]
        self.figures = figures
        self._add_singles(plan, dtype)
        self._add_pairs(plan, dtype)
        self._add_live(plan, dtype)

    def sums(self, probabilities: Tensor, weights: Tensor) -> Tensor:
        """Expectations of the sums over layers: [B, size], [B, W] -> [B, F]."""
        padded = nn.functional.pad(probabilities, (0, 1))  # what pads points to the last column, 0
        singles = torch.bmm(_gather(padded, self.single_rows), self.single_table)  # [T, B, F]
        total = torch.einsum("bt,tbf->bf", weights[:, self.single_weights], singles)
        if self.pair_left is None:
            return total
        first = torch.bmm(_gather(padded, self.pair_first), self.pair_left)  # [T, B, F x R]
        second = torch.bmm(_gather(padded, self.pair_second), self.pair_right)
        pairs = (first * second).unflatten(-1, (self.figures, -1)).sum(-1)  # [T, B, F]
        return total + torch.einsum("bt,tbf->bf", weights[:, self.pair_weights], pairs)

    def live(self, probabilities: Tensor, weights: Tensor) -> Tensor:
        """Expected live bytes of each layer; 0 for one that is not there: -> [B, L]."""
        live = probabilities @ self.live_table
        if self.live_sum is not None:
            live = (live * weights[:, self.live_weights]) @ self.live_sum
        return live * weights[:, self.presence]

    def _keep(self, name: str, tensor: Optional[Tensor]) -> None:
        self.register_buffer(name, tensor, persistent=False)

    def _rows(self, distribution: int) -> slice:
        return slice(self.starts[distribution], self.starts[distribution + 1])

    def _add_singles(self, plan: Plan, dtype: torch.dtype) -> None:
        merged: Dict[Tuple[int, int], Tensor] = {}
        for weight, distribution, rows in plan.singles:
            values = torch.tensor(rows, dtype=torch.float64)  # [n, F]
            key = (weight, distribution)
            merged[key] = merged[key] + values if key in merged else values
        length = max(table.shape[0] for table in merged.values())
        tables = [nn.functional.pad(one, (0, 0, 0, length - len(one))) for one in merged.values()]
        self._keep("single_table", torch.stack(tables).to(dtype))
        self._keep("single_rows", self._columns([one for _, one in merged], length))
        self._keep("single_weights", torch.tensor([weight for weight, _ in merged]))

    def _add_pairs(self, plan: Plan, dtype: torch.dtype) -> None:
        merged: Dict[Tuple[int, int, int], Tensor] = {}
        for weight, first, second, rows in plan.pairs:
            values = torch.tensor(rows, dtype=torch.float64)  # [n, m, F]
            key = (weight, first, second)
            merged[key] = merged[key] + values if key in merged else values
        self._keep("pair_left", None)
        if not merged:
            return
        keys = list(merged)
        factors = [
            [_factors(table[..., f]) for f in range(self.figures)] for table in merged.values()
        ]
        rank = max(left.shape[1] for row in factors for left, _ in row)
        n, m = (max(table.shape[axis] for table in merged.values()) for axis in (0, 1))
        self._keep(
            "pair_left", _stack([[left for left, _ in row] for row in factors], n, rank, dtype)
        )
        self._keep(
            "pair_right", _stack([[right for _, right in row] for row in factors], m, rank, dtype)
        )
        self._keep("pair_weights", torch.tensor([weight for weight, _, _ in keys]))
        self._keep("pair_first", self._columns([first for _, first, _ in keys], n))
        self._keep("pair_second", self._columns([second for _, _, second in keys], m))

    def _columns(self, distributions: List[int], length: int) -> Tensor:
        """Column numbers of each distribution, padded with the number of the column of zeros."""
        columns = torch.full((len(distributions), length), self.size)
        for row, distribution in enumerate(distributions):
            own = self._rows(distribution)
            columns[row, : own.stop - own.start] = torch.arange(own.start, own.stop)
        return columns

    def _add_live(self, plan: Plan, dtype: torch.dtype) -> None:
        keys = sorted({(one.layer, one.weight) for one in plan.live})
        table = torch.zeros(self.size, len(keys), dtype=torch.float64)
        for layer, weight, distribution, sizes in plan.live:
            column = keys.index((layer, weight))
            table[self._rows(distribution), column] += torch.tensor(sizes, dtype=torch.float64)
        self._keep("live_table", table.to(dtype))
        self._keep("presence", torch.tensor(plan.presence))
        self._keep("live_weights", torch.tensor([weight for _, weight in keys]))
        self._keep("live_sum", None)
        if any(weight for _, weight in keys):  # several columns may be one layer's
            self.live_sum = torch.zeros(len(keys), len(plan.presence), dtype=dtype)
            for column, (layer, _) in enumerate(keys):
                self.live_sum[column, layer] = 1


def _gather(rows: Tensor, columns: Tensor) -> Tensor:
    """[B, size], [T, n] -> [T, B, n]. (The gradient of index_select is faster than that of
    indexing.)"""
    picked = rows.index_select(1, columns.flatten())
    return picked.view(-1, *columns.shape).transpose(0, 1)


def _factors(table: Tensor) -> Tuple[Tensor, Tensor]:
    """[n, m] -> [n, R], [m, R] whose product over R is the table to rounding. Costs are close to
    bilinear in channels, so that R is 2 or little more, and p C q far cheaper. Rows and columns are
    scaled first, so that small entries are as exact as large ones."""
    tiny = torch.finfo(table.dtype).tiny
    rows = table.abs().amax(1, keepdim=True).clamp_min(tiny)
    columns = (table / rows).abs().amax(0, keepdim=True).clamp_min(tiny)
    left, sizes, right = torch.linalg.svd(table / rows / columns, full_matrices=False)
    rank = max(1, int((sizes > 1e-14 * max(table.shape) * sizes[0]).sum()))
    return left[:, :rank] * sizes[:rank] * rows, (right[:rank] * columns).T


def _stack(factors: List[List[Tensor]], length: int, rank: int, dtype: torch.dtype) -> Tensor:
    """[terms][figures][n, R] -> [terms, length, figures x rank], padded with zeros."""
    stacked = torch.zeros(len(factors), length, len(factors[0]), rank, dtype=torch.float64)
    for term, figures in enumerate(factors):
        for figure, factor in enumerate(figures):
            stacked[term, : factor.shape[0], figure, : factor.shape[1]] = factor
    return stacked.flatten(2).to(dtype)
