"""run.py MODULE [PACKAGE...]: runs the tests of a module below tests/python, if the Debian packages
that it needs are there. Exit code 77: skipped, and the last line tells what to install."""

import importlib.util
import sys
import unittest
from pathlib import Path


def module_of(package: str) -> str:
    """python3-torch -> torch"""
    return package.removeprefix("python3-")


def main() -> int:
    name, *packages = sys.argv[1:]
    missing = [one for one in packages if importlib.util.find_spec(module_of(one)) is None]
    if missing:
        names = " ".join(missing)
        print(f"SKIPPED: {names} missing: apt-get install -y --no-install-recommends {names}")
        return 77
    here = Path(__file__).parent
    sys.path.insert(0, str(here.parent.parent))
    tests = unittest.defaultTestLoader.loadTestsFromName(f"tests.python.{name}")
    return 0 if unittest.TextTestRunner(verbosity=2).run(tests).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
