"""A JSON Schema accepts the file that opline writes and refuses it with a key missing or unknown.

schema_check.py SCHEMA GOLDEN KEYS (at least so many keys are tried): exit code 77 where python3-jsonschema is missing.
"""

import copy
import json
import sys

try:
    import jsonschema
except ImportError:
    print("SKIPPED: python3-jsonschema is missing: "
          "apt-get install -y --no-install-recommends python3-jsonschema")
    sys.exit(77)

schema = json.load(open(sys.argv[1], encoding="utf-8"))
golden = json.load(open(sys.argv[2], encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
errors = [error.message for error in validator.iter_errors(golden)]
assert not errors, errors


def objects(value, path=()):
    """Every object in `value`, with the path to it."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from objects(inner, path + (key,))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from objects(inner, path + (index,))


def at(value, path):
    for step in path:
        value = value[step]
    return value


refused = 0
for path, found in objects(golden):
    if "setup" in path or "structure" in path or path[-1:] == ("ops_by_type",):
        continue  # their keys are free
    for key in found:
        if key == "types":
            continue  # optional
        without = copy.deepcopy(golden)
        del at(without, path)[key]
        assert not validator.is_valid(without), f"accepted without {path} {key}"
        refused += 1
    more = copy.deepcopy(golden)
    at(more, path)["misspelt"] = 1
    assert not validator.is_valid(more), f"accepted an unknown key in {path}"
assert refused > int(sys.argv[3]), refused
print(f"accepted the golden, refused {refused} files with a key missing")
