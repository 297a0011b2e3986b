"""Gradients of expected costs against finite differences, in float64."""

import unittest
from typing import Callable, List, Tuple

import torch
from torch import Tensor

from opline_cost import Space
from opline_cost.torch import sample

from . import spaces
from .expected_costs_test import written
from .opline_program import SHIPPED, space
from .torch_support import FIGURES, expected_costs

Modules = List[Tuple[torch.nn.Module, Tuple[str, ...]]]


def modules(one: Space, temperature: float) -> Modules:
    """Each with the figures to check: all, and the smooth peak."""
    expected, smooth = expected_costs(one), expected_costs(one, temperature)
    return [(expected, (*FIGURES, "sram_bytes")), (smooth, ("sram_bytes",))]


def random_logits(one: Space, seed: int, batch: int = 2) -> List[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [
        torch.randn(batch, count, generator=generator, dtype=torch.float64).requires_grad_()
        for count in one.option_counts
    ]


def scaled(module: torch.nn.Module, figure: str, logits: List[Tensor]) -> Callable[..., Tensor]:
    """The figure in units of its own value, so that one tolerance serves all."""
    scale = float(getattr(module(logits=logits), figure).detach().abs().max())
    return lambda *rows: getattr(module(logits=rows), figure) / scale


class FiniteDifferences(unittest.TestCase):
    def test_every_partial_derivative_in_small_spaces(self) -> None:
        small = [space("tiny"), written(spaces.TIED_AND_SKIPPED), written(spaces.RESIDUAL)]
        for one in small:
            logits = random_logits(one, seed=1)
            for module, figures in modules(one, temperature=50.0):
                for figure in figures:
                    function = scaled(module, figure, logits)
                    self.assertTrue(torch.autograd.gradcheck(function, logits), figure)

    def test_along_random_directions_in_shipped_spaces(self) -> None:
        step = 1e-4
        for name in SHIPPED:
            one = space(name)
            logits = random_logits(one, seed=2, batch=1)
            directions = [row.detach() for row in random_logits(one, seed=3, batch=1)]
            for module, figures in modules(one, temperature=2000.0):
                for figure in figures:
                    function = scaled(module, figure, logits)
                    slopes = torch.autograd.grad(function(*logits).sum(), logits)
                    exact = sum(float((a * b).sum()) for a, b in zip(slopes, directions))
                    ahead, behind = (
                        float(function(*(x + sign * step * d for x, d in zip(logits, directions))))
                        for sign in (1, -1)
                    )
                    error = abs(exact - (ahead - behind) / (2 * step))
                    self.assertLess(error, 1e-6 * max(1, abs(exact)), f"{name} {figure}")


class StraightThrough(unittest.TestCase):
    def test_exact_value_with_the_gradient_of_the_expectation(self) -> None:
        torch.manual_seed(1)
        one = space("kws")
        module = expected_costs(one)
        logits = random_logits(one, seed=4, batch=1)
        rows = sample(logits, 8)
        exact = module.sampled_sram_bytes(rows)
        self.assertEqual(exact.shape, (8, 1))
        through = torch.autograd.grad(exact.sum(), logits, retain_graph=True)
        expected = torch.autograd.grad(module(rows).sram_bytes.sum(), logits)
        for a, b in zip(through, expected):
            self.assertTrue(torch.equal(a, b))
        self.assertGreater(float(through[0].abs().max()), 0)


class Search(unittest.TestCase):
    def test_a_search_reaches_its_budget(self) -> None:
        """Adam on the distance of latency to a budget, and on entropy, which is weighted more and
        more so that decisions become one-hot, ends at an architecture near the budget."""
        one = space("kws")
        module = expected_costs(one, temperature=1024.0)
        logits = random_logits(one, seed=5, batch=1)
        uniform = float(module(logits=[torch.zeros_like(row) for row in logits]).latency)
        for budget in (0.3 * uniform, uniform):
            optimiser = torch.optim.Adam(logits, lr=0.1)
            for step in range(400):
                optimiser.zero_grad()
                latency = module(logits=logits).latency
                miss = (latency / budget - 1) ** 2
                entropy = sum(-(row.softmax(-1) * row.log_softmax(-1)).sum() for row in logits)
                (miss.sum() + 0.2 * step / 400 * entropy).backward()
                optimiser.step()
            chosen = [int(row.argmax(-1)) for row in logits]
            found = module.models[0].prediction(one.network(chosen)).value
            self.assertLess(abs(found / float(latency) - 1), 0.02)
            self.assertLess(abs(found / budget - 1), 0.2)


if __name__ == "__main__":
    unittest.main()
