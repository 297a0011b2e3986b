"""run.py MODULE [PACKAGE...]: runs the tests of a module below tests/python, or of another folder of
tests ("examples/search_test"), if the Debian packages that it needs are there: Python packages, and
programs of the package's name. Exit code 77: skipped, and the last line tells what to install."""

import importlib.util
import shutil
import sys
import unittest
from pathlib import Path


def is_there(package: str) -> bool:
    """python3-torch as the module torch, espeak-ng as a program."""
    if package.startswith("python3-"):
        return importlib.util.find_spec(package.removeprefix("python3-")) is not None
    return shutil.which(package) is not None


def main() -> int:
    name, *packages = sys.argv[1:]
    missing = [one for one in packages if not is_there(one)]
    if missing:
        names = " ".join(missing)
        print(f"SKIPPED: {names} missing: apt-get install -y --no-install-recommends {names}")
        return 77
    module = name.replace("/", ".") if "/" in name else f"python.{name}"
    here = Path(__file__).resolve().parent
    sys.path.insert(0, str(here.parent.parent))
    tests = unittest.defaultTestLoader.loadTestsFromName(f"tests.{module}")
    return 0 if unittest.TextTestRunner(verbosity=2).run(tests).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
