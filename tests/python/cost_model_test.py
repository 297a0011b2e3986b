"""Every kind of cost model, versions, domains, intervals, and damaged files. No NumPy needed."""

import copy
import json
import random
import tempfile
import unittest
import warnings
from pathlib import Path
from typing import Any, Iterator, List, Tuple

import opline_cost
from opline_cost import CostFile, CostModelError, OutsideDomainWarning, VerdictWarning

from . import cost_files
from .opline_program import opline_json, space

TEXT = "conv1=8 separable=4 residual=keep down=12 point=16"


def structure() -> Any:
    return opline_json("spaces", "--show", "tiny")["structure"]


def only(document: Any, with_space: bool = True) -> opline_cost.CostModel:
    file = cost_files.cost_file(document, structure=structure() if with_space else None)
    return CostFile(file).model(document["of"])


class Kinds(unittest.TestCase):
    def test_ops(self) -> None:
        model = only(cost_files.ops_model())
        self.assertAlmostEqual(model.predict(1_000_000), 0.018, places=12)
        network = space("tiny").network(TEXT)
        self.assertEqual(network.ops, 55152)
        for subject in (TEXT, network, network.layers, list(network.layers), 55152):
            self.assertAlmostEqual(model.predict(subject), 0.01 + 8e-9 * 55152, places=15)

    def test_ops_by_type(self) -> None:
        model = only(cost_files.by_type_model())
        by_type = space("tiny").network(TEXT).ops_by_type
        self.assertEqual(
            by_type, {"conv2d": 51392, "depthwise_conv2d": 3600, "fully_connected": 160}
        )
        expected = 0.002 + 5e-9 * 51392 + 3e-8 * (3600 + 160)
        self.assertAlmostEqual(model.predict(TEXT), expected, places=15)
        with self.assertRaisesRegex(CostModelError, "needs layers"):
            model.predict(55152)

    def test_per_layer(self) -> None:
        model = only(cost_files.per_layer_model())
        expected = 0.0
        for layer in space("tiny").network(TEXT).layers:
            i = cost_files.KERNELS.index(layer.kernel)
            expected += 1e-5 * (1 + i) + 1e-8 / (1 + i) * layer.macs
            expected += 2e-8 * (1 + i) * layer.output_elements + 1e-9 * i * layer.bytes
        self.assertAlmostEqual(model.predict(TEXT), expected, places=15)

    def test_forms_of_layer_types_and_unknown_kernels(self) -> None:
        forms = [cost_files.form("conv2d", 1)]
        model = only(cost_files.model("per-layer", kernels="layer-type", forms=forms))
        layer = opline_cost.conv2d((9, 9, 4), 16, kernel=1)
        expected = 2e-5 + 5e-9 * layer.macs + 4e-8 * layer.output_elements + 1e-9 * layer.bytes
        self.assertAlmostEqual(model.predict([layer]), expected, places=15)
        with self.assertRaisesRegex(CostModelError, "no form for max_pool_2d.*; it has conv2d"):
            model.predict(TEXT)

    def test_lookup_falls_back_to_the_form(self) -> None:
        layers = space("tiny").network(TEXT).layers
        signature = layers[0].signature
        row = {"signature": signature, "layers": 3, "mean": 0.5, "smallest": 0.4, "largest": 0.6}
        looked_up = only(cost_files.lookup_model([row])).predict(TEXT)
        by_form = only(cost_files.per_layer_model())
        self.assertAlmostEqual(looked_up, 0.5 + by_form.predict(layers[1:]), places=12)

    def test_energy_and_choice_of_model(self) -> None:
        file = CostFile(
            cost_files.cost_file(
                cost_files.ops_model(),
                cost_files.per_layer_model(),
                cost_files.ops_model("energy", scale=0.1),
            )
        )
        self.assertEqual(file.model("energy").unit, "J")
        self.assertTrue(file.model("energy").by_construction)
        self.assertAlmostEqual(file.model("energy").predict(1_000_000), 0.0018, places=12)
        self.assertEqual(file.model(kind="per-layer").kind, "per-layer")
        self.assertEqual(file.model().kind, "ops")
        with self.assertRaisesRegex(CostModelError, "no model energy ~ lookup; the file has lat"):
            file.model("energy", "lookup")

    def test_without_a_space_texts_are_refused(self) -> None:
        with self.assertRaisesRegex(CostModelError, "has no search space, so `conv1=8"):
            only(cost_files.ops_model(), with_space=False).predict(TEXT)


class Intervals(unittest.TestCase):
    def test_interval_and_margin(self) -> None:
        model = only(cost_files.ops_model())
        found = model.prediction(1_000_000)
        self.assertEqual((found.unit, found.confidence, found.outside), ("s", 0.95, ()))
        assert found.interval is not None and found.bound is not None
        self.assertAlmostEqual(found.interval[0], 0.018 - (0.001 + 0.02 * 0.018), places=12)
        self.assertAlmostEqual(found.interval[1], 0.018 + (0.002 + 0.03 * 0.018), places=12)
        self.assertAlmostEqual(found.bound, 0.018 + 0.004 + 0.05 * 0.018, places=12)
        accepted = model.accept_up_to(0.1)
        assert model.margin is not None
        self.assertAlmostEqual(model.margin.bound(accepted), 0.1, places=12)

    def test_unknown_is_none(self) -> None:
        model = only(cost_files.ops_model(interval=None, margin=None, verdict=None))
        found = model.prediction(1_000_000)
        self.assertEqual((found.interval, found.confidence, found.bound), (None, None, None))
        with self.assertRaisesRegex(CostModelError, "has no margin"):
            model.accept_up_to(0.1)


class Warnings(unittest.TestCase):
    def test_outside_of_the_domain(self) -> None:
        model = only(cost_files.ops_model())
        with self.assertWarnsRegex(
            OutsideDomainWarning, r"2e\+09 ops; 10000 to 1e\+08 were fitted"
        ):
            model.predict(2e9)
        self.assertEqual(model.prediction(2e9).outside, ("2e+09 ops; 10000 to 1e+08 were fitted",))
        with self.assertWarnsRegex(OutsideDomainWarning, "1 of 3, the first with 9 ops"):
            model.predict_batch([1e5, 9, 1e6])

    def test_outside_in_ops_of_a_type_or_in_a_layer(self) -> None:
        by_type = cost_files.by_type_model()
        by_type["domain"]["ops_by_type"] = {"conv2d": [60_000, 70_000], "fully_connected": [0, 200]}
        self.assertEqual(
            only(by_type).prediction(TEXT).outside,
            (
                "51392 ops of conv2d; 60000 to 70000 were fitted",
                "3600 ops of depthwise_conv2d; none were fitted",
            ),
        )
        per_layer = cost_files.per_layer_model()
        form = next(one for one in per_layer["forms"] if one["kernel"] == "conv_1x1")
        form["range"]["macs"] = [1000, 5000]
        outside = only(per_layer).prediction(TEXT).outside
        self.assertEqual(
            outside,
            (
                "640 macs of a conv_1x1 layer; 1000 to 5000 were fitted",
                "288 macs of a conv_1x1 layer; 1000 to 5000 were fitted",
            ),
        )

    def test_verdict(self) -> None:
        ruling = {"ruling": "not valid", "criteria": [], "reasons": []}
        with self.assertWarnsRegex(VerdictWarning, "the verdict is `not valid`"):
            only(cost_files.ops_model(verdict=ruling, not_valid_allowed=True))

    def test_nothing_to_warn_of(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            only(cost_files.ops_model()).predict(TEXT)
            only(cost_files.per_layer_model()).predict(TEXT)


class Files(unittest.TestCase):
    def test_old_versions(self) -> None:
        for version in (1, 2):
            model = CostFile(cost_files.old_file(version)).model()
            self.assertAlmostEqual(model.predict(1_000_000), 0.018, places=12)
            self.assertEqual((model.kind, model.margin, model.ruling), ("ops", None, None))

    def test_refused(self) -> None:
        good = cost_files.cost_file(cost_files.ops_model())
        with self.assertRaisesRegex(CostModelError, "version 4; this package reads up to 3"):
            CostFile({**good, "version": 4})
        with self.assertRaisesRegex(CostModelError, "is not an opline-cost-model"):
            CostFile({**good, "format": "opline-fit"})
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bad.json"
            path.write_text('{\n"format": \n}', encoding="utf-8")
            with self.assertRaisesRegex(CostModelError, r"bad\.json:3: Expecting value"):
                opline_cost.load(path)
            path.write_text(json.dumps(good), encoding="utf-8")
            self.assertEqual(len(opline_cost.load(path).models), 1)

    def test_without_packaged_models_a_path_is_needed(self) -> None:
        self.assertEqual(opline_cost.names(), [])
        with self.assertRaisesRegex(CostModelError, r"holds 0 cost models \(none\)"):
            opline_cost.load()

    def test_damaged_files_are_refused_or_read(self) -> None:
        """Each member in turn missing, null, a text or a list: never another exception."""
        good = cost_files.cost_file(
            cost_files.by_type_model(),
            cost_files.lookup_model([{"signature": "a", "mean": 1.0}]),
            structure=structure(),
        )
        refused, generator = 0, random.Random(1)
        for path in paths_of(good):
            for damage in (None, "text", [], 7):
                try:
                    file = CostFile(damaged(good, path, damage))
                    assert file.space is not None
                    file.models[0].prediction(file.space.to_text(file.space.sample(generator)))
                except CostModelError:
                    refused += 1
        self.assertGreater(refused, 500)


def paths_of(document: Any, path: Tuple[Any, ...] = ()) -> Iterator[Tuple[Any, ...]]:
    members: List[Tuple[Any, Any]] = []
    if isinstance(document, dict):
        members = list(document.items())
    elif isinstance(document, list):
        members = list(enumerate(document[:2]))
    for key, value in members:
        yield (*path, key)
        yield from paths_of(value, (*path, key))


def damaged(document: Any, path: Tuple[Any, ...], value: Any) -> Any:
    """``None`` removes the member."""
    document = copy.deepcopy(document)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    if value is None and isinstance(inner, dict):
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return document


if __name__ == "__main__":
    unittest.main()
