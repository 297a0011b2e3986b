"""Cost model files for tests, written by hand after docs/formats/cost-model.md."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple

KERNELS: Tuple[str, ...] = (
    "average_pool",
    "add",
    "conv_1x1",
    "conv_im2col",
    "depthwise_3x3",
    "depthwise_general",
    "fully_connected",
    "max_pool",
)
KERNELS += tuple(f"{one}_s4{bits}" for one in KERNELS for bits in ("", "_4_8", "_8_4", "_8_8"))
KERNELS += ("softmax", "concatenation", "conv_general", "depthwise_any", "lookup", "mean", "mul")


def term(
    name: str, unit: str, estimate: float, types: Optional[List[str]] = None
) -> Dict[str, Any]:
    extra = {} if types is None else {"types": types}
    return {
        "name": name,
        "unit": unit,
        **extra,
        "estimate": estimate,
        "standard_error": estimate / 50,
        "interval": [0.96 * estimate, 1.04 * estimate],
    }


def model(kind: str, of: str = "latency", **members: Any) -> Dict[str, Any]:
    """The members that every kind has; ``members`` are those of the kind, or replace some."""
    document = {
        "of": of,
        "unit": "s" if of == "latency" else "J",
        "by_construction": of == "energy",
        "kind": kind,
        "confidence": 0.95,
        "domain": {"ops": [1e4, 1e8], "ops_by_type": None},
        "held_out": {"n": 4060, "mape_percent": 2.9, "rmse": 0.001},
        "interval": {
            "confidence": 0.95,
            "below": {"absolute": 0.001, "relative": 0.02},
            "above": {"absolute": 0.002, "relative": 0.03},
        },
        "margin": {"exceeded": 0.01, "absolute": 0.004, "relative": 0.05, "at_median": 0.06},
        "verdict": {"ruling": "valid", "criteria": [], "reasons": []},
        "not_valid_allowed": False,
    }
    return {**document, **members}


def ops_model(of: str = "latency", scale: float = 1.0, **members: Any) -> Dict[str, Any]:
    terms = [term("intercept", "s", 0.01 * scale), term("ops", "s/op", 8e-9 * scale)]
    return model("ops", of, terms=terms, covariance=None, covariance_kind="hc3", **members)


def by_type_model(**members: Any) -> Dict[str, Any]:
    merged = ["depthwise_conv2d", "fully_connected"]
    terms = [
        term("intercept", "s", 0.002),
        term("conv2d", "s/op", 5e-9, ["conv2d"]),
        term("depthwise_conv2d + fully_connected", "s/op", 3e-8, merged),
    ]
    ranges = {"conv2d": [0, 1e8], "depthwise_conv2d": [0, 1e7], "fully_connected": [0, 1e6]}
    domain = {"ops": [1e4, 1e8], "ops_by_type": ranges}
    return model("ops-by-type", terms=terms, covariance=None, domain=domain, **members)


def form(kernel: str, number: int) -> Dict[str, Any]:
    """A form of its own for each kernel."""
    return {
        "kernel": kernel,
        "layers": 100,
        "signatures": 30,
        "terms": [
            term("intercept", "s", 1e-5 * (1 + number)),
            term("macs", "s/mac", 1e-8 / (1 + number)),
            term("output_elements", "s/element", 2e-8 * (1 + number)),
            term("bytes", "s/byte", 1e-9 * number),
        ],
        "covariance": None,
        "covariance_kind": "hc3",
        "range": {"macs": [0, 1e9], "output_elements": [1, 1e7], "bytes": [1, 1e8]},
    }


def per_layer_model(of: str = "latency", **members: Any) -> Dict[str, Any]:
    forms = [form(kernel, number) for number, kernel in enumerate(KERNELS)]
    return model("per-layer", of, kernels="opline", forms=forms, layers_share=0.99, **members)


def lookup_model(table: Sequence[Dict[str, Any]], **members: Any) -> Dict[str, Any]:
    forms = per_layer_model()["forms"]
    return model("lookup", kernels="opline", forms=forms, table=list(table), **members)


def cost_file(*models: Dict[str, Any], structure: Any = None, **members: Any) -> Dict[str, Any]:
    """A file of version 3; ``structure`` is that of its space."""
    space = None
    if structure is not None:
        name, id = structure["name"], structure["id"]
        space = {"name": name, "id": id, "text": "", "structure": structure}
    document = {
        "format": "opline-cost-model",
        "version": 3,
        "provenance": {"opline_version": "0.1.0", "study": "a.db", "data_digest": None},
        "ops": "2 x multiply-accumulates",
        "setup": {"runner": "simulated", "board": "nucleo-f446re", "runtime": "opline 0.1.0"},
        "campaign": {"space": None, "prior": None, "seed": None},
        "counts": {"drawn": 10, "different": 10, "pending": 0, "fitting": 10, "measured": 10},
        "space": space,
        "models": list(models),
    }
    return {**document, **members}


def old_file(version: int) -> Dict[str, Any]:
    """A file of version 1 or 2: one line."""
    old = cost_file(version=version)
    del old["models"], old["space"], old["ops"]

    def coefficient(unit: str, estimate: float) -> Dict[str, Any]:
        return {"unit": unit, "estimate": estimate, "standard_error": None, "interval": None}

    coefficients = {"slope": coefficient("s/op", 8e-9), "intercept": coefficient("s", 0.01)}
    fit = {"n": 812, "confidence": 0.95, "r_squared": 0.98, "rmse_seconds": 0.015}
    fit["mape_percent"] = 4.5  # type: ignore[assignment]
    seen = {"min": 10_000, "max": 100_000_000}
    return {
        **old,
        "kind": "latency ~ ops",
        "coefficients": coefficients,
        "fit": fit,
        "ops_seen": seen,
    }
