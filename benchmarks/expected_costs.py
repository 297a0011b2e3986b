"""Time of opline_cost.torch beside a training step of a small supernet.

    PYTHONPATH=data/python python3 benchmarks/expected_costs.py build/release/opline

Prints the least CPU time, of several repetitions, of forward and backward: of the expected costs of
each space (latency per layer and energy, with either model of SRAM), and of one training step of a
supernet of the keyword-spotting space: a convolution and nine depthwise-separable blocks of 276
channels, whose widths are masks weighted with the probabilities of their decisions, batch 32.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any, Callable, Dict, List

import torch
from torch import Tensor, nn

from opline_cost import CostFile, Space
from opline_cost.torch import ExpectedCosts

KERNELS = ("average_pool", "conv_1x1", "conv_im2col", "depthwise_3x3", "depthwise_general")
KERNELS += ("add", "fully_connected")
KERNELS += tuple(f"{kernel}_s4" for kernel in KERNELS)
KERNELS += ("max_pool", "softmax", "concatenation")
SPACES = ("kws", "vww50", "cifar10", "kws4", "mcunet", "inception")


def cost_file() -> CostFile:
    """Forms of round numbers: time does not depend on them."""
    terms = [{"name": name, "estimate": 1e-8} for name in ("intercept", "macs", "bytes")]
    figures = ("macs", "output_elements", "bytes")
    forms = [
        {"kernel": kernel, "terms": terms, "range": {figure: [0, 1e9] for figure in figures}}
        for kernel in KERNELS
    ]
    model: Dict[str, Any] = {"kind": "per-layer", "kernels": "opline", "forms": forms}
    for key in ("interval", "margin", "verdict"):
        model[key] = None
    model.update(by_construction=False, domain={"ops": [0, 1e9], "ops_by_type": None})
    models = [{**model, "of": "latency", "unit": "s"}, {**model, "of": "energy", "unit": "J"}]
    document: Dict[str, Any] = {"format": "opline-cost-model", "version": 3, "models": models}
    for key in ("provenance", "setup", "campaign", "counts"):
        document[key] = {}
    return CostFile({**document, "space": None})


class Supernet(nn.Module):
    """Of kws: every width is a mixture of masks, every skip a mixture of block and input."""

    def __init__(self, options: List[int]) -> None:
        super().__init__()
        width = max(options)
        masks = torch.arange(width) < torch.tensor(options).unsqueeze(1)
        self.register_buffer("masks", masks.float())
        self.first = nn.Sequential(nn.ZeroPad2d((1, 2, 4, 5)), nn.Conv2d(1, width, (10, 4)))
        self.depthwise = nn.ModuleList(
            nn.Conv2d(width, width, 3, padding=1, stride=2 - min(i, 1), groups=width)
            for i in range(9)
        )
        self.pointwise = nn.ModuleList(nn.Conv2d(width, width, 1) for _ in range(9))
        self.classes = nn.Linear(width, 12)

    def forward(self, images: Tensor, probabilities: List[Tensor]) -> Tensor:
        def masked(features: Tensor, decision: int) -> Tensor:
            return features.relu() * (probabilities[decision] @ self.masks).view(1, -1, 1, 1)

        features = masked(self.first(images), 0)
        for i, (depthwise, pointwise) in enumerate(zip(self.depthwise, self.pointwise)):
            kept = masked(pointwise(depthwise(features).relu()), 2 * i + 2)
            skipped = nn.functional.avg_pool2d(features, 2, ceil_mode=True) if i == 0 else features
            skip = probabilities[2 * i + 1]
            features = skip[0] * kept + skip[1] * skipped
        return self.classes(features.mean((2, 3)))


def shortest(step: Callable[[], None], repetitions: int) -> float:
    """Milliseconds of CPU time, which other programs on the machine do not change much."""
    times = []
    for _ in range(repetitions):
        start = time.process_time()
        step()
        times.append(1e3 * (time.process_time() - start))
    return min(times)


def time_costs(space: Space, batch: int, sram: str) -> float:
    file = cost_file()
    costs = ExpectedCosts(space, file.model("latency"), file.model("energy"), sram=sram)
    shape = (batch,) if batch > 1 else ()
    logits = [torch.randn(*shape, n, requires_grad=True) for n in space.option_counts]

    def step() -> None:
        found = costs(logits=logits)
        (found.latency.sum() + found.energy.sum() + 1e-6 * found.sram_bytes.sum()).backward()

    return shortest(step, 20)


def time_supernet(space: Space) -> float:
    net = Supernet(list(space.decisions[0].options))
    logits = [torch.zeros(n, requires_grad=True) for n in space.option_counts]
    optimiser = torch.optim.SGD([*net.parameters(), *logits], lr=0.01)
    images, labels = torch.randn(32, 1, 49, 10), torch.randint(12, (32,))

    def step() -> None:
        optimiser.zero_grad()
        scores = net(images, [one.softmax(-1) for one in logits])
        nn.functional.cross_entropy(scores, labels).backward()
        optimiser.step()

    return shortest(step, 5)


def main() -> None:
    program = sys.argv[1] if len(sys.argv) > 1 else "opline"
    spaces: Dict[str, Space] = {}
    for name in SPACES:
        text = subprocess.check_output([program, "spaces", "--show", name, "--json"])
        spaces[name] = Space.from_json(json.loads(text))
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} thread(s)")
    for name, space in spaces.items():
        for batch in (1, 64):
            for sram in ("expected", "smooth"):
                milliseconds = time_costs(space, batch, sram)
                print(f"{name:8} batch {batch:2}, {sram:8} SRAM: {milliseconds:7.2f} ms")
    print(f"supernet of kws, 32 images: {time_supernet(spaces['kws']):.0f} ms")


if __name__ == "__main__":
    main()
