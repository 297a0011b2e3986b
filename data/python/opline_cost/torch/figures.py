"""What is summed over the layers of a network."""

from __future__ import annotations

from typing import Callable, List, Sequence

from .. import memory
from ..cost_model import CostModel
from ..layers import Layer

#: What a layer adds to each sum.
Figures = Callable[[Layer], List[float]]

# Ops, parameters, flash bytes, the layer itself, bytes of its table in the plan; then each model's.
LAYERS, TABLES, COUNTED = 3, 4, 5


def figures_of(models: Sequence[CostModel]) -> Figures:
    """COUNTED figures, and one for each model."""

    def figures(layer: Layer) -> List[float]:
        costs = [model.prices.layer(layer) for model in models]
        table = float(memory.align(layer.table_bytes))
        counted = [float(layer.ops), float(layer.parameters), float(layer.flash_bytes)]
        return [*counted, 1.0, table, *costs]

    return figures
