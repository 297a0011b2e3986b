"""Logits of decisions, and samples of them."""

from __future__ import annotations

from typing import Mapping, Sequence, Union

import torch
from torch import Tensor, nn

from ..space import Space

#: One tensor per decision: by position, or by the decision's name. Shape [..., options].
PerDecision = Union[Sequence[Tensor], Mapping[str, Tensor]]


def uniform_logits(space: Space, dtype: torch.dtype = torch.float32) -> nn.ParameterList:
    """One parameter of zeros per decision, [options], in the order of ``space.decisions``."""
    return nn.ParameterList(
        nn.Parameter(torch.zeros(count, dtype=dtype)) for count in space.option_counts
    )


def sample(logits: PerDecision, count: int, temperature: float = 1.0) -> PerDecision:
    """``count`` architectures, one-hot [count, ..., options] per decision, drawn with the
    probabilities softmax(logits); a list, or by name as the logits are. Gradients are
    straight-through Gumbel-softmax (Jang et al., ICLR 2017) at ``temperature``."""

    def drawn(one: Tensor) -> Tensor:
        return nn.functional.gumbel_softmax(
            one.expand(count, *one.shape), tau=temperature, hard=True
        )

    if isinstance(logits, Mapping):
        return {name: drawn(one) for name, one in logits.items()}
    return [drawn(one) for one in logits]
