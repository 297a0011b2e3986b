"""The expectation of a peak from the probabilities that it stays within thresholds."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Thresholds(nn.Module):
    """K of them, ascending; the last is the largest size."""

    bounds: Tensor  # [K] bytes
    values: Tensor  # [K] bytes that a peak at most bound k, and above bound k - 1, counts as

    def __init__(self, sizes: Tensor, lowest: float, count: int, dtype: torch.dtype) -> None:
        """Every size where these are few; else ``count`` equally spaced ones, from ``lowest``,
        which every architecture needs, to the largest size; a peak between two counts as the
        middle."""
        super().__init__()
        sizes = sizes.clamp_min(lowest).unique()
        self.step = 0.0  #: bytes between two of them; 0 where every size is one
        if len(sizes) <= count:
            bounds, values = sizes, sizes
        else:
            bounds = torch.linspace(float(sizes[0]), float(sizes[-1]), count, dtype=torch.float64)
            self.step = float(bounds[1] - bounds[0])
            values = bounds - self.step / 2
            values[0] = bounds[0]
        self.register_buffer("bounds", bounds, persistent=False)
        self.register_buffer("values", values.to(dtype), persistent=False)

    def expectation(self, below: Tensor) -> Tensor:
        """[B, K] probabilities that the peak is at most bound k -> [B] bytes."""
        steps = torch.diff(below, dim=-1, prepend=below.new_zeros(len(below), 1))
        return steps @ self.values
