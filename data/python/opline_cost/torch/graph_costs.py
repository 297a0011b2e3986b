"""Expected costs over a space's graph of states (transitions.py), for every space."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn

from ..errors import CostModelError
from .thresholds import Thresholds
from .transitions import Transition, Transitions

_MOST_NUMBERS = 2**29  # of one tensor, or several of them one after the other

#: The contributions to a level's states that wait for it, by level.
_Waiting = Dict[int, List[Tensor]]


class GraphCosts(nn.Module):
    """B is the batch, R the number of all options side by side, F of figures, T of transitions from
    one level to another, S of a level's states, K of thresholds.

    Thresholds follow the state as a leading dimension: P(in this state, and no layer so far needs
    more than threshold k). The last is the largest size, so that it is the state's probability.
    """

    thresholds: Optional[Thresholds]  # None for the smooth peak

    def __init__(
        self,
        found: Transitions,
        option_counts: List[int],
        levels: Optional[int],
        dtype: torch.dtype,
    ) -> None:
        """``levels``: how many thresholds for the expected peak; None for the smooth one."""
        super().__init__()
        starts = [0]
        for count in option_counts:
            starts.append(starts[-1] + count)
        self.thresholds = None
        if levels is not None:
            sizes = torch.tensor([float(one.peak) for one in found.all], dtype=torch.float64)
            self.thresholds = Thresholds(sizes, _lowest_peak(found), levels, dtype)
        self.transitions = len(found.all)
        self.last_level = max(found.levels)
        self.sizes = [found.levels.count(level) for level in range(self.last_level + 1)]
        places = _places_in_level(found)
        self.groups: List[Tuple[int, int, str]] = []  # level of sources, of targets, name
        for (source, target), members in _by_levels(found).items():
            name = f"{source}_{target}"
            self.groups.append((source, target, name))
            self._keep_group(name, members, places, starts, dtype)
        self.groups.sort()

    def forward(
        self, decisions: List[Tensor], ones: Tensor, temperature: float
    ) -> Tuple[Tensor, Tensor]:
        """[B, options] per decision, ones [B, 1] -> sums over layers [B, F], peak of live bytes
        [B]."""
        options = torch.cat([*decisions, ones], -1)  # [B, R + 1]
        count = 1 if self.thresholds is None else len(self.thresholds.bounds)
        self._check_memory(len(ones), count)
        waiting: _Waiting = {0: [ones.unsqueeze(1).expand(-1, count, -1)]}
        sums: List[Tensor] = []
        needs: Dict[int, List[Tensor]] = {}
        current, state = -1, ones
        for source, target, name in self.groups:
            if source != current:
                current, state = source, _total(waiting.pop(source))
            chances = self._chances(name, options)  # [B, T]
            moved = state.index_select(-1, getattr(self, f"source_{name}"))  # [B, K, T]
            moved = moved * chances.unsqueeze(1)
            weights = moved[:, -1]
            sums.append(weights @ getattr(self, f"figures_{name}"))
            needs.setdefault(source, []).append(weights @ getattr(self, f"peaks_{name}"))
            within = getattr(self, f"within_{name}")
            if within is not None:
                moved = moved * within
            arrived = moved.new_zeros(*moved.shape[:-1], self.sizes[target])
            arrived = arrived.index_add(-1, getattr(self, f"target_{name}"), moved)
            waiting.setdefault(target, []).append(arrived)
        end = _total(waiting[self.last_level]).sum(-1)  # [B, K]
        if self.thresholds is not None:
            return _total(sums), self.thresholds.expectation(end)
        live = torch.stack([_total(one) for one in needs.values()], -1)  # [B, levels]
        return _total(sums), torch.logsumexp(live / temperature, -1) * temperature

    def _check_memory(self, batch: int, thresholds: int) -> None:
        numbers = batch * thresholds * self.transitions
        if numbers > _MOST_NUMBERS:
            raise CostModelError(
                f"the expected SRAM of {batch} distributions at {thresholds} thresholds over "
                f"{self.transitions} transitions takes {numbers / 2**28:.0f} GB and more; give fewer "
                'distributions at once or fewer sram_levels, or use sram="smooth"'
            )

    # ---- Tables ----

    def _chances(self, name: str, options: Tensor) -> Tensor:
        """Of the options that each transition chooses: [B, T]."""
        columns = getattr(self, f"options_{name}")  # [T, options per transition]
        chances = options.index_select(1, columns[:, 0])
        for column in columns.T[1:]:
            chances = chances * options.index_select(1, column)
        return chances

    def _keep_group(
        self,
        name: str,
        members: List[Transition],
        places: List[int],
        starts: List[int],
        dtype: torch.dtype,
    ) -> None:
        most = max(1, max(len(one.options) for one in members))
        columns = torch.full((len(members), most), starts[-1])  # the column of ones
        for row, one in enumerate(members):
            for column, (decision, option) in enumerate(one.options):
                columns[row, column] = starts[decision] + option
        peaks = torch.tensor([float(one.peak) for one in members], dtype=torch.float64)
        self._keep(f"options_{name}", columns)
        self._keep(f"source_{name}", torch.tensor([places[one.source] for one in members]))
        self._keep(f"target_{name}", torch.tensor([places[one.target] for one in members]))
        self._keep(f"figures_{name}", torch.tensor([one.figures for one in members], dtype=dtype))
        self._keep(f"peaks_{name}", peaks.to(dtype))
        within: Optional[Tensor] = None  # [K, T]; None where all keep the first threshold
        if self.thresholds is not None and float(peaks.max()) > float(self.thresholds.bounds[0]):
            within = (peaks <= self.thresholds.bounds[:, None]).to(dtype)
        self._keep(f"within_{name}", within)

    def _keep(self, name: str, tensor: Optional[Tensor]) -> None:
        self.register_buffer(name, tensor, persistent=False)


def _total(parts: List[Tensor]) -> Tensor:
    return sum(parts[1:], parts[0])


def _lowest_peak(found: Transitions) -> float:
    """What every architecture needs: the least peak over all paths."""
    needs = [float("inf")] * len(found.levels)
    needs[0] = 0.0
    for one in sorted(found.all, key=lambda one: found.levels[one.source]):
        needs[one.target] = min(needs[one.target], max(needs[one.source], one.peak))
    return needs[found.levels.index(max(found.levels))]


def _by_levels(found: Transitions) -> Dict[Tuple[int, int], List[Transition]]:
    groups: Dict[Tuple[int, int], List[Transition]] = {}
    for one in found.all:
        levels = (found.levels[one.source], found.levels[one.target])
        groups.setdefault(levels, []).append(one)
    return groups


def _places_in_level(found: Transitions) -> List[int]:
    """Number of each state among those of its level."""
    counts = [0] * (max(found.levels) + 1)
    places = []
    for level in found.levels:
        places.append(counts[level])
        counts[level] += 1
    return places
