"""What the tests of opline_cost.torch share."""

from __future__ import annotations

import itertools
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

import torch
from torch import Tensor

from opline_cost import CostFile, CostModel, Network, Space, memory
from opline_cost.torch import Costs, ExpectedCosts

from . import cost_files

FIGURES = ("ops", "parameters", "flash_bytes", "latency", "energy")


def models() -> Tuple[CostModel, CostModel]:
    """Latency by kernels, so that every layer's cost is another function of its channels; energy by
    ops of each type."""
    energy = {**cost_files.by_type_model(), "of": "energy", "unit": "J"}
    file = CostFile(cost_files.cost_file(cost_files.per_layer_model(), energy))
    return file.model("latency"), file.model("energy")


def expected_costs(space: Space, temperature: Optional[float] = None) -> ExpectedCosts:
    """With the expected peak, or the smooth one at a temperature in bytes; in float64."""
    latency, energy = models()
    if temperature is None:
        return ExpectedCosts(space, latency, energy, dtype=torch.float64)
    return ExpectedCosts(
        space, latency, energy, sram="smooth", sram_temperature=temperature, dtype=torch.float64
    )


def live_sram_bytes(network: Network) -> int:
    """The arena without gaps: the largest sum of aligned live tensors, plan and results."""
    buffers = memory.buffers_of(network.input, network.layers, network.inputs)
    aligned = [one._replace(bytes=memory.align(one.bytes)) for one in buffers]
    tables = sum(memory.align(layer.table_bytes) for layer in network.layers)
    overhead = memory.plan_and_result_bytes(len(network.layers), tables)
    return max(memory.live_bytes(aligned, len(network.layers))) + overhead


def figures_of(network: Network) -> Dict[str, float]:
    """What the package says without PyTorch."""
    latency, energy = models()
    return {
        "ops": network.ops,
        "parameters": network.parameters,
        "flash_bytes": network.flash_bytes,
        "latency": latency.prediction(network).value,
        "energy": energy.prediction(network).value,
    }


def one_hot(space: Space, architectures: Sequence[Sequence[int]]) -> List[Tensor]:
    """[architectures, options] per decision."""
    chosen = torch.tensor([list(one) for one in architectures])
    return [
        torch.nn.functional.one_hot(chosen[:, i], count).double()
        for i, count in enumerate(space.option_counts)
    ]


def random_probabilities(space: Space, seed: int, spread: float = 1.0) -> List[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [
        (spread * torch.randn(count, generator=generator, dtype=torch.float64)).softmax(-1)
        for count in space.option_counts
    ]


def every_architecture(space: Space) -> Iterator[Tuple[int, ...]]:
    """Every combination of options, whether decisions matter or not."""
    return itertools.product(*(range(count) for count in space.option_counts))


def relative_error(got: Tensor, expected: float) -> float:
    return abs(float(got) - expected) / max(abs(expected), 1e-30)


def named(costs: Costs) -> Dict[str, Tensor]:
    return {name: getattr(costs, name) for name in FIGURES}
