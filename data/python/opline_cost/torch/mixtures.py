"""Mixtures of distributions over different channels."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .plan import Plan


class Mixtures(nn.Module):
    """Brings the parts of a plan's mixtures to the values of the mixture."""

    def __init__(self, plan: Plan, dtype: torch.dtype) -> None:
        super().__init__()
        for number, distribution in enumerate(plan.distributions):
            for part, _ in distribution.mixture:
                values = plan.distributions[part].values
                if values == distribution.values:
                    continue
                matrix = torch.zeros(len(values), len(distribution.values), dtype=dtype)
                for row, value in enumerate(values):
                    matrix[row, distribution.values.index(value)] = 1
                self.register_buffer(f"spread_{part}_{number}", matrix, persistent=False)

    def spread(self, tensor: Tensor, part: int, mixture: int) -> Tensor:
        """[..., values of the part] -> [..., values of the mixture]."""
        matrix = getattr(self, f"spread_{part}_{mixture}", None)
        return tensor if matrix is None else tensor @ matrix
