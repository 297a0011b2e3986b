"""Batches with NumPy."""

import unittest

import numpy

from opline_cost import CostFile, CostModelError, OutsideDomainWarning

from . import cost_files
from .opline_program import opline_json, samples


class Batches(unittest.TestCase):
    def setUp(self) -> None:
        structure = opline_json("spaces", "--show", "tiny")["structure"]
        models = cost_files.ops_model(), cost_files.per_layer_model()
        self.file = CostFile(cost_files.cost_file(*models, structure=structure))

    def test_arrays_of_ops(self) -> None:
        model = self.file.model()
        ops = numpy.array([[2e4, 3e4, 4e4], [5e4, 6e4, 7e4]])
        predicted = model.predict_batch(ops)
        self.assertEqual(predicted.shape, (2, 3))
        numpy.testing.assert_allclose(predicted, 0.01 + 8e-9 * ops, rtol=1e-15)
        assert model.interval is not None and model.margin is not None
        low, high = model.interval.around(predicted)
        numpy.testing.assert_allclose(high - low, 0.003 + 0.05 * predicted, rtol=1e-12)
        numpy.testing.assert_allclose(model.margin.bound(predicted), 0.004 + 1.05 * predicted)
        with self.assertWarnsRegex(OutsideDomainWarning, "1 of 6; 10000 to 1e.08 ops were fitted"):
            model.predict_batch(ops * [1, 1, 1e4] * [[0], [1]] + [[2e4], [0]])

    def test_architectures(self) -> None:
        rows = samples("tiny", 50)
        texts = [row["architecture"] for row in rows]
        by_ops = self.file.model().predict_batch(texts)
        ops = numpy.array([row["ops"] for row in rows])
        numpy.testing.assert_array_equal(by_ops, self.file.model().predict_batch(ops))
        by_layer = self.file.model(kind="per-layer")
        expected = [by_layer.prediction(text).value for text in texts]
        numpy.testing.assert_array_equal(by_layer.predict_batch(texts), expected)
        with self.assertRaisesRegex(CostModelError, "give a list of architectures"):
            by_layer.predict_batch(ops)


if __name__ == "__main__":
    unittest.main()
