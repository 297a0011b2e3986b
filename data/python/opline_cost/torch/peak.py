"""The expected peak of live bytes over the layers of a random architecture.

The layers of a block see the arriving width v, the block's expansion e and its width w. Blocks are
a Markov chain in v, so that for a threshold t

    P(all layers so far need at most t, and v arrives)

is propagated from block to block: a block that decides w multiplies with p(e) p(w) and sums over
the v, e whose largest layer M(v, e, w) is at most t. Since M grows with v, that sum is a lookup in
cumulative sums over v. The expected peak follows from P(peak <= t) at all thresholds. Exact, but
for the spacing of the thresholds, and for a tie between whose blocks another width arrives: there
the earlier layers are taken as independent of the tied width.
"""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn

from .mixtures import Mixtures
from .plan import ONE, BlockPlan, LiveTensor, Plan
from .thresholds import Thresholds

#: Largest live bytes of a block's layers by arrival: kept [v, e, w], skipped [v, 1, 1].
Peaks = Tuple[Dict[int, Tensor], Dict[int, Tensor]]


class ExpectedPeak(nn.Module):
    """Bytes, aligned, without gaps of the planner. K is the number of thresholds, B the batch."""

    thresholds: Thresholds

    def __init__(self, plan: Plan, mixtures: Mixtures, levels: int, dtype: torch.dtype) -> None:
        super().__init__()
        self.plan = plan
        self.mixtures = mixtures
        self.expansions = [self._expansion(block) for block in plan.blocks]
        peaks = [self._peaks_of(block) for block in plan.blocks]
        self.thresholds = self._thresholds(peaks, levels, dtype)
        bounds = self.thresholds.bounds
        for number, (block, (kept, skipped)) in enumerate(zip(plan.blocks, peaks)):
            for arrival, largest in kept.items():
                name = f"{number}_{arrival}"
                if block.own in (None, arrival):
                    within = largest.squeeze(-1) <= bounds[:, None, None]  # [K, v, e]
                    self._keep(f"within_{name}", within.to(dtype))
                else:
                    self._keep(f"lookup_{name}", self._lookup(largest))
            for arrival, largest in skipped.items():
                within = largest.flatten() <= bounds[:, None]  # [K, v]
                self._keep(f"skipped_{number}_{arrival}", within.to(dtype))

    def forward(self, rows: Sequence[Tensor], weights: Tensor) -> Tensor:
        """[B, options] for each distribution of the plan, [B, W] -> [B]."""
        first = self.plan.blocks[0].before[0].distribution
        ones = weights.new_ones(len(weights), len(self.thresholds.bounds), 1)
        state = {first: ones}
        for number, block in enumerate(self.plan.blocks):
            state = self._step(number, block, state, rows, weights)
        return self.thresholds.expectation(torch.cat(list(state.values()), -1).sum(-1))

    # ---- One block ----

    def _step(
        self,
        number: int,
        block: BlockPlan,
        state: Dict[int, Tensor],
        rows: Sequence[Tensor],
        weights: Tensor,
    ) -> Dict[int, Tensor]:
        expansion = self.expansions[number]
        chances = None if expansion is None else rows[expansion]  # [B, e]
        parts: Dict[int, List[Tensor]] = {arrival: [] for arrival in state}
        for arrival, before in state.items():
            target = arrival if block.own is None else block.own
            kept = self._kept(f"{number}_{arrival}", block.own in (None, arrival), before, chances)
            if target != arrival:
                kept = kept * rows[target].unsqueeze(1)
            if block.kept != ONE:
                kept = kept * weights[:, block.kept, None, None]
            parts.setdefault(target, []).append(kept)
            if block.skipped is not None:
                within = getattr(self, f"skipped_{number}_{arrival}", None)
                skipped = before if within is None else before * within
                parts[arrival].append(skipped * weights[:, block.skipped, None, None])
        found = {arrival: sum(one[1:], one[0]) for arrival, one in parts.items() if one}
        return self._mixed(block, found)

    def _kept(self, name: str, passes: bool, before: Tensor, chances: Optional[Tensor]) -> Tensor:
        """[B, K, v] -> [B, K, w], or [B, K, v] where the arriving width passes."""
        if passes:
            within = getattr(self, f"within_{name}")
            if chances is None:
                return before * within[..., 0]
            return before * torch.einsum("kve,be->bkv", within, chances)
        lookup = getattr(self, f"lookup_{name}")  # [K, e, w]
        sums = nn.functional.pad(before.cumsum(-1), (1, 0)).flatten(1)
        picked = sums.gather(1, lookup.flatten().expand(len(sums), -1)).view(-1, *lookup.shape)
        if chances is None:
            return picked[:, :, 0]
        return (picked * chances[:, None, :, None]).sum(2)

    def _mixed(self, block: BlockPlan, found: Dict[int, Tensor]) -> Dict[int, Tensor]:
        """The sources that become one mixture after the block, as one."""
        state = {}
        for arrival, _ in block.after:
            if arrival in found:
                state[arrival] = found[arrival]
                continue
            parts = [part for part, _ in self.plan.distributions[arrival].mixture]
            spread = [self.mixtures.spread(found[part], part, arrival) for part in parts]
            state[arrival] = sum(spread[1:], spread[0])
        return state

    # ---- Tables ----

    def _keep(self, name: str, tensor: Tensor) -> None:
        self.register_buffer(name, tensor, persistent=False)

    def _expansion(self, block: BlockPlan) -> Optional[int]:
        """The decision other than its width that a block's layers depend on."""
        for tensors in block.kept_layers:
            for source, _ in tensors:
                if source is not None and source != block.own:
                    if self.plan.distributions[source].decision is not None:
                        return source
        return None

    def _peaks_of(self, block: BlockPlan) -> Peaks:
        kept, skipped = {}, {}
        for arrival, _ in block.before:
            own = None if block.own == arrival else block.own
            kept[arrival] = self._largest(block.kept_layers, arrival, self._expansion(block), own)
            if block.skipped_layers:
                skipped[arrival] = self._largest(block.skipped_layers, arrival, None, None)
        return kept, skipped

    def _largest(
        self,
        layers: Sequence[Sequence[LiveTensor]],
        arrival: int,
        expansion: Optional[int],
        own: Optional[int],
    ) -> Tensor:
        largest: Optional[Tensor] = None
        for tensors in layers:
            total = torch.zeros(1, 1, 1, dtype=torch.float64)
            for source, size in tensors:
                source = arrival if source is None else source
                values = self.plan.distributions[source].values
                sizes = torch.tensor([size(n) for n in values], dtype=torch.float64)
                axis = 1 if source == expansion else 2 if source == own else 0
                total = total + sizes.view([-1 if one == axis else 1 for one in range(3)])
            largest = total if largest is None else torch.maximum(largest, total)
        assert largest is not None
        shape = [
            1 if one is None else len(self.plan.distributions[one].values)
            for one in (arrival, expansion, own)
        ]
        return largest.expand(shape)

    def _thresholds(self, peaks: Sequence[Peaks], levels: int, dtype: torch.dtype) -> Thresholds:
        sizes = torch.cat(
            [one.flatten() for both in peaks for part in both for one in part.values()]
        )
        needed = [
            min(float(one.min()) for one in kept.values())
            for block, (kept, _) in zip(self.plan.blocks, peaks)
            if block.skipped is None
        ]
        return Thresholds(sizes, max(needed, default=0.0), levels, dtype)

    def _lookup(self, largest: Tensor) -> Tensor:
        """Where in the cumulative sums, [K x (v + 1)], the sum over the v within a threshold is."""
        count = largest.shape[0]
        rows = [(largest <= bound).sum(0) for bound in self.thresholds.bounds]  # [e, w] each
        offsets = torch.arange(len(rows)).view(-1, 1, 1) * (count + 1)
        return torch.stack(rows) + offsets
