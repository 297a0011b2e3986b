"""The package as a user gets it: files copied, data beside them, installed with pip, used without
NumPy; and the examples of docs/python.md."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import List

from . import cost_files
from .opline_program import opline_json

TOP = Path(__file__).parents[2]


def run(command: List[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Installed(unittest.TestCase):
    folder: tempfile.TemporaryDirectory
    site: Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        source = Path(cls.folder.name) / "exported"
        cls.site = Path(cls.folder.name) / "site"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(TOP / "data" / "python", source, ignore=ignored)
        space = opline_json("spaces", "--show", "kws")
        models = (
            cost_files.ops_model(),
            cost_files.per_layer_model(),
            cost_files.ops_model("energy"),
        )
        document = cost_files.cost_file(*models, structure=space["structure"])
        data = source / "opline_cost" / "data"
        data.mkdir()
        (data / "kws.json").write_text(json.dumps(document), encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
        pip += ["--no-build-isolation", "--disable-pip-version-check", "--root-user-action=ignore"]
        run([*pip, "--target", str(cls.site), "."], source)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def python(self, code: str, folder: Path) -> str:
        """Runs code with the installed package, not with that of the repository."""
        start = f"import sys; sys.path[:0] = [{str(self.site)!r}]\n"
        return run([sys.executable, "-I", "-B", "-W", "error", "-c", start + code], folder)

    def test_data_comes_with_the_package(self) -> None:
        code = """
import opline_cost
assert opline_cost.__file__.startswith(sys.path[0]), opline_cost.__file__
print(opline_cost.names(), opline_cost.load().space, opline_cost.load().models)
print(opline_cost.load().model().predict("conv1=84 block1=112 block2=84 block3=84 block4=84 "
      "block5=196 block6=skip block7=skip block8=skip block9=skip"))
"""
        shown = self.python(code, Path(self.folder.name)).splitlines()
        self.assertIn("['kws'] Space('kws', 19 decisions) [CostModel(latency ~ ops on", shown[0])
        ops = opline_json("inspect", "--network", "kws-s")["ops"]
        self.assertAlmostEqual(float(shown[1]), 0.01 + 8e-9 * ops, places=9)

    def test_needs_nothing_else(self) -> None:
        code = """
sys.modules["numpy"] = sys.modules["torch"] = None  # as if they were not installed
import opline_cost
predicted = opline_cost.load().model().predict_batch([1e6, 2e6])
print(type(predicted).__name__, [round(one, 12) for one in predicted])
"""
        shown = self.python(code, Path(self.folder.name)).strip()
        self.assertEqual(shown, "list [0.018, 0.026]")

    def test_files(self) -> None:
        package = self.site / "opline_cost"
        for name in ("py.typed", "data/kws.json", "torch/__init__.py"):
            self.assertTrue((package / name).is_file(), name)
        self.assertEqual(len(list(self.site.glob("opline_cost-*.dist-info"))), 1)

    def test_version_is_that_of_the_program(self) -> None:
        build = (TOP / "CMakeLists.txt").read_text(encoding="utf-8")
        version = re.search(r"project\(opline VERSION ([0-9.]+)", build)
        assert version is not None
        project = (TOP / "data/python/pyproject.toml").read_text(encoding="utf-8")
        self.assertIn(f'version = "{version[1]}"\n', project)
        code = "import opline_cost; print(opline_cost.__version__)"
        self.assertEqual(self.python(code, Path(self.folder.name)).strip(), version[1])

    def test_examples(self) -> None:
        """Blocks marked `python test`, in order, in one program per page."""
        pages = [TOP / "docs/python.md", TOP / "data/python/README.md"]
        for page in pages:
            text = page.read_text(encoding="utf-8")
            blocks = re.findall(r"```python test\n(.*?)```", text, flags=re.DOTALL)
            self.assertTrue(blocks, page)
            if not has_torch():
                print(f"{page.name}: without its examples of PyTorch; python3-torch is missing")
                blocks = [block for block in blocks if "torch" not in block]
            folder = Path(self.folder.name) / page.stem
            folder.mkdir()
            document = self.site / "opline_cost" / "data" / "kws.json"
            os.symlink(document, folder / "kws.json")
            self.python("\n".join(blocks), folder)


def has_torch() -> bool:
    from importlib.util import find_spec

    return find_spec("torch") is not None


if __name__ == "__main__":
    unittest.main()
