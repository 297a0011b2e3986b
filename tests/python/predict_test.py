"""The package and `opline predict` read the same file and say the same: every model, its interval,
bound and domain."""

import json
import random
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

import opline_cost

from .opline_program import ROOT, opline


def export(study: Path, format: str, out: Path, *options: str) -> None:
    """Of models whatever their verdict."""
    command = ("export", "--db", str(study), "--format", format, "--out", str(out))
    opline(*command, "--allow-not-valid", *options)


class Predictions(unittest.TestCase):
    def test_the_exported_package_holds_its_cost_models(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            study, package = Path(folder) / "s.db", Path(folder) / "package"
            boards = "nucleo-f446re,nucleo-f746zg"
            opline(
                "run", "--space", "tiny", "--count", "40", "--boards", boards, "--db", str(study)
            )
            for _ in range(2):  # the second replaces the first
                export(study, "python", package)
            code = f"""
import sys
sys.path.insert(0, {str(package)!r})
import opline_cost
print(opline_cost.__file__)
for name in opline_cost.names():
    costs = opline_cost.load(name)
    print(name, costs.setup["board"], costs.space.name, len(costs.models))
"""
            python = [sys.executable, "-I", "-B", "-c", code]
            shown = subprocess.run(python, capture_output=True, text=True, check=True).stdout
        package_file, *models = shown.splitlines()
        self.assertTrue(package_file.startswith(str(package)))
        self.assertEqual(
            models, [f"tiny-{board}-seed1 {board} tiny 6" for board in boards.split(",")]
        )

    def test_other_files_are_not_written_over(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            study, mine = Path(folder) / "s.db", Path(folder) / "mine"
            opline("run", "--space", "tiny", "--count", "40", "--db", str(study))
            mine.mkdir()
            (mine / "README.md").write_text("precious", "utf-8")
            with self.assertRaisesRegex(AssertionError, "holds other files"):
                export(study, "python", mine)
            self.assertEqual((mine / "README.md").read_text("utf-8"), "precious")
            self.assertEqual(len(list(mine.iterdir())), 1)

    def test_equal_those_of_the_program(self) -> None:
        self.check("tiny")

    def test_equal_those_of_the_program_with_version_2_of_the_language(self) -> None:
        self.check("mobilenet-v2")
        self.check(str(ROOT / "tests/sampler/version_2/squeeze_excites.toml"))

    def test_equal_those_of_the_program_with_4_bits(self) -> None:
        self.check("kws4")

    def check(self, space: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            study, file = Path(folder) / "s.db", Path(folder) / "m.json"
            opline("run", "--space", space, "--count", "60", "--db", str(study))
            export(study, "cost-model", file, "--models", "all")
            costs = opline_cost.load(file)
            generator = random.Random(5)
            options = [costs.space.sample(generator) for _ in range(100)]
            texts = [costs.space.to_text(one) for one in options]
            lines = Path(folder) / "n.jsonl"
            lines.write_text("\n".join(json.dumps({"architecture": one}) for one in texts), "utf-8")
            answers = opline("predict", "--model", str(file), "--input", str(lines)).splitlines()
        self.assertEqual(len(answers), len(texts))
        for one, text, answer in zip(options, texts, answers):
            predictions = json.loads(answer)["predictions"]
            self.assertEqual(len(predictions), 8)
            for known in predictions:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # some are not valid
                    found = costs.model(known["of"], known["kind"]).prediction(text)
                size = 1e-14 * known["value"]
                self.assertAlmostEqual(found.value, known["value"], delta=size)
                model = costs.models[0]
                self.assertEqual(model.prediction(one), model.prediction(text))
                self.assertAlmostEqual(found.interval[0], known["interval"][0], delta=size)
                self.assertAlmostEqual(found.interval[1], known["interval"][1], delta=size)
                self.assertAlmostEqual(found.bound, known["bound"], delta=size)
                self.assertEqual(bool(found.outside), bool(known["outside"]))


if __name__ == "__main__":
    unittest.main()
