"""benchmarks/timing_sensitivity.py changes the figures that it names, and all that are assumed."""

import os
import re
import sys
import tempfile
import tomllib
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "benchmarks"))
import timing_sensitivity  # noqa: E402

CHANGES = [
    change for board in timing_sensitivity.BOARDS for change in timing_sensitivity.changes(board)
]


def text_of(file: str) -> str:
    return (TOP / "data" / file).read_text(encoding="utf-8")


def leaves(table: dict, path: tuple = ()) -> dict:
    """Every value of a TOML file, by the keys that lead to it."""
    found = {}
    for key, value in table.items():
        found |= leaves(value, (*path, key)) if isinstance(value, dict) else {(*path, key): value}
    return found


class Changes(unittest.TestCase):
    def test_each_changes_its_figure_alone(self) -> None:
        for file, section, key, value in CHANGES:
            before = text_of(file)
            after, old = timing_sensitivity.with_figure(before, section, key, value)
            was, now = leaves(tomllib.loads(before)), leaves(tomllib.loads(after))
            self.assertEqual(was.keys(), now.keys())
            changed = {path: now[path] for path in was if was[path] != now[path]}
            self.assertEqual(changed, {(*section.split("."), key): value})
            self.assertEqual(was[(*section.split("."), key)], int(old))

    def test_the_program_accepts_every_change(self) -> None:
        program = os.environ["OPLINE_PROGRAM"]
        for board in timing_sensitivity.BOARDS:
            for change in timing_sensitivity.changes(board):
                with tempfile.TemporaryDirectory() as folder:
                    timing_sensitivity.home_with(program, Path(folder), change)
                    timing_sensitivity.opline(program, folder, "boards", "--timing", board)

    def test_figures_that_a_file_calls_assumed_are_changed(self) -> None:
        for file in {change[0] for change in CHANGES}:
            assumed = re.findall(r"^(\w+) *=.*#.*(?:assumed|not published)", text_of(file), re.M)
            changed = {change[2] for change in CHANGES if change[0] == file}
            self.assertLessEqual(set(assumed), changed, file)


if __name__ == "__main__":
    unittest.main()
