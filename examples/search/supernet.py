"""The search space as a PyTorch supernet: every width is a mask over channels, every skip a mixture.

The one class serves for the search (a distribution over options) and for a single network (one-hot
distributions), so that both are trained by the same code.
"""

from typing import List

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import opline_cost


class Supernet(nn.Module):
    """For spaces of a convolution, depthwise-separable blocks of stride 1 with widths and skips, a
    global average pooling and a classifier."""

    def __init__(self, space: opline_cost.Space, classes: int) -> None:
        super().__init__()
        self.options = {one.name: one.options for one in space.decisions}
        self.names = list(self.options)
        width = max(self.options["conv1.width"])
        self.conv1 = nn.Conv2d(1, width, (10, 4), stride=2, padding=(4, 1), bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.blocks = nn.ModuleList(
            nn.ModuleList([
                nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False),
                nn.BatchNorm2d(width),
                nn.Conv2d(width, width, 1, bias=False),
                nn.BatchNorm2d(width),
            ])
            for name in self.names if name.endswith(".skip")
        )
        self.classes = nn.Linear(width, classes)
        for name in self.names:
            if name.endswith(".width"):
                counts = torch.tensor(self.options[name])[:, None]
                self.register_buffer(_mask(name), (torch.arange(width) < counts).float())

    def forward(self, features: Tensor, chosen: List[Tensor]) -> Tensor:
        """[n, 1, 49, 10] and one distribution per decision, in the order of the space -> logits."""
        choice = dict(zip(self.names, chosen))

        def mask(name: str) -> Tensor:
            return (choice[name] @ getattr(self, _mask(name)))[:, None, None]

        x = F.relu(self.norm1(self.conv1(features))) * mask("conv1.width")
        for number, (depthwise, norm, pointwise, norm_out) in enumerate(self.blocks, start=1):
            kept = F.relu(norm_out(pointwise(F.relu(norm(depthwise(x))))))
            keep, skip = choice[f"block{number}.skip"]
            x = keep * kept * mask(f"block{number}.width") + skip * x
        return self.classes(x.mean((2, 3)))


def _mask(name: str) -> str:
    return "mask_" + name.replace(".", "_")
