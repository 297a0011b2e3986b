"""Expected costs: against enumeration, at one-hot decisions, batched, in float32."""

import copy
import dataclasses
import math
import pickle
import random
import tempfile
import unittest
import unittest.mock
from pathlib import Path
from typing import Any

import torch

from opline_cost import CostFile, CostModelError, Space
from opline_cost.bits import Bits
from opline_cost.torch import ExpectedCosts, sample, uniform_logits
from opline_cost.torch.chain_costs import ChainCosts
from opline_cost.torch.graph_costs import GraphCosts

from . import cost_files, spaces
from .opline_program import SHIPPED, SMALL, space
from .torch_support import (
    FIGURES,
    every_architecture,
    expected_costs,
    figures_of,
    live_sram_bytes,
    named,
    one_hot,
    random_probabilities,
    relative_error,
)


MOST_LAYERS = 200  # of any space here


def written(text: str) -> Space:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "written.toml"
        path.write_text(text, encoding="utf-8")
        return space(str(path))


def as_graphs() -> Any:
    """Within it chains, too, are taken as graphs."""
    return unittest.mock.patch("opline_cost.torch.expected.is_chain", lambda graph: False)


class Enumeration(unittest.TestCase):
    def check(self, one: Space, peak_tolerance: float = 16) -> None:
        """Sums over all architectures, weighted with their probabilities. The expected peak may be
        off by the rounding of the plan's bytes."""
        probabilities = random_probabilities(one, seed=3)
        totals = dict.fromkeys(FIGURES, 0.0)
        peak = 0.0
        for options in every_architecture(one):
            weight = math.prod(float(p[i]) for p, i in zip(probabilities, options))
            network = one.network(options)
            peak += weight * live_sram_bytes(network)
            for name, value in figures_of(network).items():
                totals[name] += weight * value
        costs = expected_costs(one)(probabilities)
        for name, got in named(costs).items():
            self.assertLess(relative_error(got, totals[name]), 1e-12, name)
        self.assertLess(abs(float(costs.sram_bytes) - peak), peak_tolerance)
        # Of expectations, the maximum is at most the expected maximum; smoothing adds 1 B x log(L).
        smooth = float(expected_costs(one, temperature=1.0)(probabilities).sram_bytes)
        self.assertLess(smooth, peak + 16 + math.log(MOST_LAYERS))
        self.assertGreater(smooth, 0.6 * peak)

    def test_tiny(self) -> None:
        self.check(space("tiny"))

    def test_ties_behind_skips(self) -> None:
        self.check(written(spaces.TIED_AND_SKIPPED), peak_tolerance=40)  # of 2 kB: approximate

    def test_residuals(self) -> None:
        self.check(written(spaces.RESIDUAL))

    def test_every_construct_of_version_2(self) -> None:
        for path in SMALL:
            with self.subTest(path):
                self.check(space(path))

    def test_codes_of_4_bits(self) -> None:
        checked = 0
        for path in SMALL:
            one = space(path)
            for bits in (Bits(4, 8), Bits(4, 4)):
                narrow = Space(dataclasses.replace(one.structure, bits=bits))
                with self.subTest(path, bits=bits):
                    try:
                        ExpectedCosts(narrow)
                    except CostModelError as error:
                        self.assertRegex(str(error), "whether the (in|out)put of its .* has 4 bits")
                        continue
                    self.check(narrow)
                checked += 1
        self.assertGreater(checked, len(SMALL))

    def test_ties_behind_skips_as_a_graph(self) -> None:
        """Where the other implementation approximates the peak."""
        with as_graphs():
            self.check(written(spaces.TIED_AND_SKIPPED))

    def test_chains_and_graphs_agree(self) -> None:
        for one in (space("tiny"), space("vww50"), space("kws4"), written(spaces.RESIDUAL)):
            probabilities = random_probabilities(one, seed=8)
            chain = expected_costs(one)
            self.assertIsInstance(chain.sums, ChainCosts)
            with as_graphs():
                graph = expected_costs(one)
            self.assertIsInstance(graph.sums, GraphCosts)
            a, b = chain(probabilities), graph(probabilities)
            for name in FIGURES:
                expected = float(getattr(b, name))
                self.assertLess(relative_error(getattr(a, name), expected), 1e-12, name)
            steps = chain.sram_step + graph.sram_step + 1
            self.assertLess(abs(float(a.sram_bytes - b.sram_bytes)), steps)

    def test_nothing_to_decide(self) -> None:
        fixed = written(spaces.FIXED)
        costs = expected_costs(fixed)([])
        self.assertEqual(float(costs.ops), fixed.network("fixed").ops)
        self.assertEqual(costs.ops.shape, ())


class OneHot(unittest.TestCase):
    def test_equals_the_figures_of_the_network(self) -> None:
        generator = random.Random(5)
        everything = [space(name) for name in SHIPPED]
        everything += [written(spaces.TIED_AND_SKIPPED), written(spaces.RESIDUAL)]
        for one in everything:
            architectures = [one.sample(generator) for _ in range(60)]
            costs = named(expected_costs(one)(one_hot(one, architectures)))
            for i, options in enumerate(architectures):
                for name, expected in figures_of(one.network(options)).items():
                    error = relative_error(costs[name][i], expected)
                    self.assertLess(error, 1e-12, f"{name} of {one.to_text(options)}")

    def test_lookup_tables_are_as_exact_as_forms(self) -> None:
        """Their entries are no smooth function of channels."""
        generator = random.Random(7)
        for one in (space("cifar10"), space("vww50"), written(spaces.TIED_AND_SKIPPED)):
            architectures = [one.sample(generator) for _ in range(20)]
            networks = [one.network(options) for options in architectures]
            signatures = {layer.signature for network in networks[:10] for layer in network.layers}
            table = [
                {"signature": signature, "layers": 1, "mean": 1e-4 + 0.1 * generator.random()}
                for signature in sorted(signatures)
            ]
            model = CostFile(cost_files.cost_file(cost_files.lookup_model(table))).model()
            module = ExpectedCosts(one, model, sram="smooth", dtype=torch.float64)
            found = module(one_hot(one, architectures)).latency
            for got, network in zip(found, networks):
                self.assertLess(relative_error(got, model.prediction(network).value), 1e-10)

    def test_sram_is_that_of_the_planner_where_it_leaves_no_gaps(self) -> None:
        generator = random.Random(6)
        for name in SHIPPED:
            one = space(name)
            architectures = [one.sample(generator) for _ in range(30)]
            rows = one_hot(one, architectures)
            networks = [one.network(options) for options in architectures]
            live = torch.tensor([float(live_sram_bytes(network)) for network in networks])
            exact = [float(network.sram_bytes) for network in networks]
            module = expected_costs(one)
            found = module(rows).sram_bytes
            step = module.sram_step
            self.assertLess(float((found - live).abs().max()), step / 2 + 1e-6, name)
            self.assertEqual(module.sampled_sram_bytes(rows).tolist(), exact)
            smooth = expected_costs(one, temperature=1.0)
            excess = smooth(rows).sram_bytes - live
            self.assertGreater(float(excess.min()), -1e-6, name)
            self.assertLess(float(excess.max()), math.log(MOST_LAYERS), name)
            self.assertEqual(smooth.sampled_sram_bytes(rows).tolist(), exact)


class Calls(unittest.TestCase):
    def setUp(self) -> None:
        self.space = written(spaces.RESIDUAL)
        self.module = expected_costs(self.space)

    def test_leading_dimensions(self) -> None:
        generator = torch.Generator().manual_seed(1)
        rows = [
            torch.randn(4, 3, count, generator=generator, dtype=torch.float64)
            for count in self.space.option_counts
        ]
        costs = named(self.module(logits=rows))
        for name, got in costs.items():
            self.assertEqual(got.shape, (4, 3))
            alone = named(self.module(logits=[row[2, 1] for row in rows]))[name]
            self.assertEqual(alone.shape, ())
            self.assertLess(relative_error(got[2, 1], float(alone)), 1e-12)
        rows[0] = rows[0][:1, :1]  # broadcasts
        self.assertEqual(self.module(logits=rows).ops.shape, (4, 3))

    def test_by_name(self) -> None:
        rows = random_probabilities(self.space, seed=2)
        names = [decision.name for decision in self.space.decisions]
        self.assertEqual(
            float(self.module(dict(zip(names, rows))).latency), float(self.module(rows).latency)
        )
        with self.assertRaisesRegex(CostModelError, r"missing \['first.width'\], unknown \['x'\]"):
            self.module({**dict(zip(names[1:], rows[1:])), "x": rows[0]})

    def test_mistakes(self) -> None:
        rows = random_probabilities(self.space, seed=2)
        with self.assertRaisesRegex(CostModelError, "give either probabilities or logits"):
            self.module()
        with self.assertRaisesRegex(CostModelError, "1 tensors; written has"):
            self.module(rows[:1])
        with self.assertRaisesRegex(CostModelError, r"first.width: a tensor of shape \(2,\)"):
            self.module([rows[1], *rows[1:]])
        with self.assertRaisesRegex(
            CostModelError, "energy ~ ops-by-type.* is no model of latency"
        ):
            ExpectedCosts(self.space, self.module.models[1])
        with as_graphs(), self.assertRaisesRegex(
            CostModelError, 'fewer sram_levels, or use sram="s'
        ):
            graph = ExpectedCosts(space("kws"))
            graph(logits=[torch.zeros(500, n) for n in graph.space.option_counts])
        with self.assertRaisesRegex(CostModelError, "must be above 0 bytes"):
            ExpectedCosts(self.space, sram_temperature=0)
        with self.assertRaisesRegex(CostModelError, "it must be 'smooth' or 'expected'"):
            ExpectedCosts(self.space, sram="exact")

    def test_without_models(self) -> None:
        costs = ExpectedCosts(self.space)(logits=list(uniform_logits(self.space)))
        self.assertEqual((costs.latency, costs.energy), (None, None))
        self.assertEqual(costs.ops.dtype, torch.float32)

    def test_float32_agrees_with_float64(self) -> None:
        for name in SHIPPED:
            one = space(name)
            rows = random_probabilities(one, seed=4)
            latency = self.module.models[0]
            for sram in ("smooth", "expected"):
                single = ExpectedCosts(one, latency, sram=sram)(rows)
                double = ExpectedCosts(one, latency, sram=sram, dtype=torch.float64)(rows)
                for figure in ("ops", "parameters", "flash_bytes", "sram_bytes", "latency"):
                    error = relative_error(getattr(single, figure), float(getattr(double, figure)))
                    self.assertLess(error, 1e-5, f"{figure} of {name}")

    def test_copies(self) -> None:
        rows = random_probabilities(self.space, seed=2)
        expected = self.module(rows)
        for one in (copy.deepcopy(self.module), pickle.loads(pickle.dumps(self.module))):
            self.assertEqual(float(one(rows).latency), float(expected.latency))
            self.assertEqual(float(one(rows).sram_bytes), float(expected.sram_bytes))

    def test_samples(self) -> None:
        torch.manual_seed(1)
        logits = [torch.zeros(3, count) for count in self.space.option_counts]
        rows = sample(logits, 1000)
        self.assertEqual(rows[0].shape, (1000, 3, self.space.option_counts[0]))
        for row in rows:
            self.assertTrue(bool((row.sum(-1) - 1).abs().max() < 1e-6))
            share = row.mean(0)
            self.assertLess(float((share - 1 / row.shape[-1]).abs().max()), 0.06)
        names = [decision.name for decision in self.space.decisions]
        by_name = sample(dict(zip(names, logits)), 7)
        self.assertEqual(list(by_name), names)
        self.assertEqual(self.module(by_name).ops.shape, (7, 3))

    def test_no_distributions(self) -> None:
        rows = [torch.zeros(0, count) for count in self.space.option_counts]
        self.assertEqual(self.module(logits=rows).latency.shape, (0,))

    def test_the_step_between_thresholds(self) -> None:
        self.assertEqual(expected_costs(space("mcunet")).sram_step, 0)  # every size is one
        self.assertGreater(expected_costs(space("kws")).sram_step, 0)


if __name__ == "__main__":
    unittest.main()
