"""examples/search as docs/search.md tells it: measure, export, search, check on the board."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).parents[2]
EXAMPLE = TOP / "examples" / "search"
BOARD = "nucleo-f446re"
BUDGET = 0.020  # seconds


def opline(*arguments: str, folder: Path) -> str:
    command = [os.environ["OPLINE_PROGRAM"], *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Search(unittest.TestCase):
    def test_the_page_shows_the_loop_that_runs(self) -> None:
        page = (TOP / "docs" / "search.md").read_text("utf-8")
        shown = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
        self.assertEqual(len(shown), 1)
        self.assertIn(shown[0], (EXAMPLE / "search.py").read_text("utf-8"))

    def test_a_budget_is_kept_on_the_board(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            space = str(EXAMPLE / "keywords.toml")
            opline("run", "--space", space, "--count", "200", "--boards", BOARD, "--db", "words.db",
                   folder=folder)
            opline("export", "--db", "words.db", "--format", "python", "--models", "per-layer",
                   "--out", "package", folder=folder)
            path = {"PYTHONPATH": str(folder / "package"), "PYTHONDONTWRITEBYTECODE": "1"}
            done = subprocess.run([sys.executable, str(EXAMPLE / "search.py"), str(BUDGET)],
                                  capture_output=True, text=True, env={**os.environ, **path},
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            result = json.loads(done.stdout)
            rows = [result["found"], *result["others"]]
            for row in rows:
                layers = json.loads(opline(
                    "inspect", "--space", space, "--network", row["architecture"], "--boards", BOARD,
                    "--json", folder=folder))["layers"]
                row["simulated"] = sum(one["cycles"] for one in layers) / 180e6
                print(f"{row['ops'] / 1e6:6.2f} Mops  predicted {1e3 * row['predicted_seconds']:6.2f} ms  "
                      f"simulated {1e3 * row['simulated']:6.2f} ms  accuracy {row['accuracy']:.3f}  "
                      f"{row['architecture']}")
        found, others = rows[0], rows[1:]
        self.assertLessEqual(found["simulated"], BUDGET)
        self.assertGreater(found["simulated"], 0.6 * BUDGET)  # the budget is used
        for row in rows:
            self.assertAlmostEqual(row["predicted_seconds"] / row["simulated"], 1, delta=0.03)
        self.assertGreater(found["accuracy"], 0.5)  # an eighth is chance
        mean = sum(one["accuracy"] for one in others) / len(others)
        self.assertGreater(found["accuracy"], mean - 0.05)


if __name__ == "__main__":
    unittest.main()
