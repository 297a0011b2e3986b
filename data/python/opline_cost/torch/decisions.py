"""Logits of decisions, and samples of them."""

from __future__ import annotations

from typing import List, Sequence

import torch
from torch import Tensor, nn

from ..space import Space


def uniform_logits(space: Space, dtype: torch.dtype = torch.float32) -> nn.ParameterList:
    """One parameter of zeros per decision, [options], in the order of ``space.decisions``."""
    return nn.ParameterList(
        nn.Parameter(torch.zeros(count, dtype=dtype)) for count in space.option_counts
    )


def sample(logits: Sequence[Tensor], count: int, temperature: float = 1.0) -> List[Tensor]:
    """``count`` architectures, one-hot [count, ..., options] per decision, drawn with the
    probabilities softmax(logits). Gradients are straight-through Gumbel-softmax (Jang et al., ICLR
    2017) at ``temperature``."""
    return [
        nn.functional.gumbel_softmax(one.expand(count, *one.shape), tau=temperature, hard=True)
        for one in logits
    ]
