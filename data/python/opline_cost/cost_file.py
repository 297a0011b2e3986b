"""Cost model files: ``opline-cost-model`` versions 1 to 3 (docs/formats/cost-model.md)."""

from __future__ import annotations

import json
import os
from importlib import resources
from typing import Any, Dict, List, Mapping, Optional, Union

from .cost_model import CostModel
from .errors import CostModelError
from .space import Space

FORMAT = "opline-cost-model"
NEWEST_VERSION = 3


class CostFile:
    """A file: the setup that was measured, the search space where there is one, and one or more
    models."""

    def __init__(self, document: Mapping[str, Any], name: str = "cost model") -> None:
        if not isinstance(document, Mapping) or document.get("format") != FORMAT:
            raise CostModelError(
                f"{name}: is not an {FORMAT}; write one with `opline export --format cost-model`"
            )
        version = document.get("version")
        if version not in range(1, NEWEST_VERSION + 1):
            raise CostModelError(
                f"{name}: version {version}; this package reads up to {NEWEST_VERSION}: export the "
                "package again with the opline that wrote the file"
            )
        try:
            self._read(_as_version_3(document))
        except CostModelError as error:
            raise CostModelError(f"{name}: {error}") from error
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise CostModelError(
                f"{name}: is damaged ({type(error).__name__}: {error}); export it again"
            ) from error

    def _read(self, document: Mapping[str, Any]) -> None:
        self.document = document  #: as version 3
        self.provenance: Mapping[str, Any] = document["provenance"]
        self.setup: Mapping[str, Any] = document["setup"]
        self.campaign: Mapping[str, Any] = document["campaign"]
        space = document["space"]
        self.space: Optional[Space] = None
        if space is not None:
            self.space = Space.from_json(space["structure"])
        self.models: List[CostModel] = [
            CostModel(model, self.space, self.setup) for model in document["models"]
        ]
        if not self.models:
            raise ValueError("no models")

    def __repr__(self) -> str:
        return f"CostFile({', '.join(f'{one.of} ~ {one.kind}' for one in self.models)})"

    def model(self, of: str = "latency", kind: Optional[str] = None) -> CostModel:
        """The model of "latency" or "energy", of a kind ("ops", "ops-by-type", "per-layer",
        "lookup") or, without one, the first. Warns where the verdict is not valid or undecided."""
        for model in self.models:
            if model.of == of and kind in (None, model.kind):
                model.warn_of_verdict()
                return model
        raise CostModelError(
            f"no model {of} ~ {kind or 'anything'}; the file has "
            f"{', '.join(f'{one.of} ~ {one.kind}' for one in self.models)}"
        )


def load(path: Optional[Union[str, os.PathLike]] = None) -> CostFile:
    """Reads the cost model ``path``: a file, or the name of one that came with the package (see
    ``names``). Without one, the only one of the package."""
    packaged = _packaged()
    if path is None:
        if len(packaged) != 1:
            raise CostModelError(
                f"the package holds {len(packaged)} cost models ({', '.join(packaged) or 'none'}); "
                "name one, or give the path of a file"
            )
        path = next(iter(packaged))
    if str(path) in packaged:
        return CostFile(packaged[str(path)], str(path))
    try:
        with open(path, encoding="utf-8") as stream:
            document = json.load(stream)
    except json.JSONDecodeError as error:
        raise CostModelError(f"{os.fspath(path)}:{error.lineno}: {error.msg}") from error
    return CostFile(document, os.fspath(path))


def names() -> List[str]:
    """The cost models that came with the package: file names without ``.json``."""
    return list(_packaged())


def _packaged() -> Dict[str, Any]:
    folder = resources.files(__package__) / "data"
    if not folder.is_dir():
        return {}
    files = sorted(
        (one for one in folder.iterdir() if one.name.endswith(".json")), key=lambda one: one.name
    )
    documents = {one.name[:-5]: json.loads(one.read_text("utf-8")) for one in files}
    return {name: one for name, one in documents.items() if one.get("format") == FORMAT}


def _as_version_3(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Versions 1 and 2 hold one line, latency ~ ops, without margin, interval and verdict."""
    if document["version"] == NEWEST_VERSION:
        return document
    coefficients, fit = document["coefficients"], document["fit"]
    seen = document["ops_seen"]
    model = {
        "of": "latency",
        "unit": "s",
        "by_construction": False,
        "kind": "ops",
        "confidence": fit["confidence"],
        "terms": [
            {"name": "intercept", **coefficients["intercept"]},
            {"name": "ops", **coefficients["slope"]},
        ],
        "covariance": None,
        "covariance_kind": None,
        "fit": {
            "n": fit["n"],
            "r_squared": fit["r_squared"],
            "rmse": fit["rmse_seconds"],
            "mape_percent": fit["mape_percent"],
        },
        "domain": {"ops": [seen["min"], seen["max"]], "ops_by_type": None},
        "held_out": None,
        "interval": None,
        "margin": None,
        "verdict": None,
        "not_valid_allowed": False,
    }
    return {**document, "version": NEWEST_VERSION, "space": None, "models": [model]}
