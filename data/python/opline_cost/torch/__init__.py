"""Expected costs with gradients, for a differentiable search (DNAS). Needs PyTorch 1.13 or later.

    costs = ExpectedCosts(space, latency=opline_cost.load().model("latency"))
    logits = uniform_logits(space)
    loss = task_loss + strength * costs(logits=logits).latency
"""

from .decisions import sample, uniform_logits
from .expected import Costs, ExpectedCosts

__all__ = ["Costs", "ExpectedCosts", "sample", "uniform_logits"]
