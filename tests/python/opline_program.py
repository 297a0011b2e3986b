"""The built program, and spaces and samples from it."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from pathlib import Path
from typing import Any, Dict, List

from opline_cost import Space

ROOT = Path(__file__).parents[2]
#: Names of the spaces that come with the program.
SHIPPED = tuple(sorted(path.stem for path in (ROOT / "data/spaces").glob("*.toml")))
#: A small space for every construct of version 2 of the space language.
SMALL = tuple(sorted(str(path) for path in (ROOT / "tests/sampler/version_2").glob("*.toml")))


def opline(*arguments: str) -> str:
    """Standard output of `opline arguments...`; fails where the program does."""
    command = [os.environ["OPLINE_PROGRAM"], *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"opline {' '.join(arguments)}: {done.returncode}\n{done.stderr}")
    return done.stdout


def opline_json(*arguments: str) -> Any:
    return json.loads(opline(*arguments, "--json"))


@functools.lru_cache(maxsize=None)
def space(name_or_path: str) -> Space:
    """A shipped space, or the one of a TOML file."""
    return Space.from_json(opline_json("spaces", "--show", name_or_path))


def samples(name: str, count: int, seed: int = 1) -> List[Dict[str, Any]]:
    return opline_json("sample", "--space", name, "--count", str(count), "--seed", str(seed))
