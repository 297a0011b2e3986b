"""What a model charges: a constant for the network, and a cost for each layer.

    ops          intercept + price x ops
    ops-by-type  intercept + sum over layers of (price of the layer's type) x ops
    per-layer    sum over layers of a + b macs + c output elements + d bytes, by kernel
    lookup       sum over layers of the measured mean of the layer's signature; a layer that was not
                 measured takes the form of its kernel
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .errors import CostModelError
from .layers import Layer, ops_by_type

KINDS = ("ops", "ops-by-type", "per-layer", "lookup")

_FIGURES = ("macs", "output_elements", "bytes")  # of a layer, beside the intercept of a form

Range = Tuple[float, float]


class Prices:
    """Of one model of the file. Seconds or joules."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.kind: str = document["kind"]
        if self.kind not in KINDS:
            raise CostModelError(f"a model of kind {self.kind!r}; there are {', '.join(KINDS)}")
        domain = document["domain"]
        self.ops_range = _range(domain["ops"])
        by_type = domain["ops_by_type"] or {}
        self._type_ranges = {kind: _range(bounds) for kind, bounds in by_type.items()}
        self.constant = 0.0  #: of a network, beside its layers
        self.per_op = 0.0  #: of kind ops
        self._per_type: Dict[str, float] = {}
        self._forms: Dict[str, Dict[str, float]] = {}
        self._form_ranges: Dict[str, Dict[str, Range]] = {}
        self._table: Dict[str, float] = {}
        if self.layers_needed and self.kind != "ops-by-type":
            self._read_forms(document)
        else:
            self._read_line(document)

    @property
    def layers_needed(self) -> bool:
        """Whether ops are not enough."""
        return self.kind != "ops"

    def layer(self, layer: Layer) -> float:
        """What a layer adds. Raises CostModelError for a kernel that the model does not know."""
        if self.kind == "ops":
            return self.per_op * layer.ops
        if self.kind == "ops-by-type":
            return self._per_type.get(layer.type, 0.0) * layer.ops
        measured = self._table.get(layer.signature) if self._table else None
        return self._form_cost(layer) if measured is None else measured

    def outside(self, layers: Optional[Sequence[Layer]], ops: float) -> List[str]:
        """Why the model extrapolates for a network of these layers (None: not known) and ops."""
        found = _outside("ops", ops, self.ops_range)
        if layers is None:
            return found
        if self._type_ranges:
            by_type = ops_by_type(layers)
            for kind in dict.fromkeys([*self._type_ranges, *by_type]):
                seen = self._type_ranges.get(kind)
                found += _outside(f"ops of {kind}", by_type.get(kind, 0), seen)
        for layer in layers if self._forms else ():
            if layer.signature not in self._table:
                ranges = self._form_ranges.get(self._kernel(layer), {})
                for name, seen in ranges.items():
                    what = f"{name} of a {self._kernel(layer)} layer"
                    found += _outside(what, getattr(layer, name), seen)
        return found

    def _read_line(self, document: Mapping[str, Any]) -> None:
        terms = _estimates(document)
        self.constant = terms.get("intercept", 0.0)
        if self.kind == "ops":
            self.per_op = terms["ops"]
            return
        for term in document["terms"]:
            for kind in term.get("types") or ():
                self._per_type[kind] = float(term["estimate"])

    def _read_forms(self, document: Mapping[str, Any]) -> None:
        self._by_type = document["kernels"] == "layer-type"
        for form in document["forms"]:
            kernel = form["kernel"]
            self._forms[kernel] = _estimates(form)
            ranges = form["range"]
            self._form_ranges[kernel] = {name: _range(ranges[name]) for name in _FIGURES}
        if self.kind == "lookup":
            self._table = {row["signature"]: float(row["mean"]) for row in document["table"]}

    def _kernel(self, layer: Layer) -> str:
        return layer.type if self._by_type else layer.form_name

    def _form_cost(self, layer: Layer) -> float:
        terms = self._forms.get(self._kernel(layer))
        if terms is None:
            raise CostModelError(
                f"the model has no form for {self._kernel(layer)}, the kernel of "
                f"`{layer.signature}`; it has {', '.join(sorted(self._forms))}"
            )
        cost = terms.get("intercept", 0.0)
        for name in _FIGURES:
            cost += terms.get(name, 0.0) * getattr(layer, name)
        return cost


def _estimates(form: Mapping[str, Any]) -> Dict[str, float]:
    return {term["name"]: float(term["estimate"]) for term in form["terms"]}


def _range(bounds: Sequence[Any]) -> Range:
    low, high = bounds
    return float(low), float(high)


def _outside(what: str, value: float, seen: Optional[Range]) -> List[str]:
    if seen is None:
        return [f"{value:.6g} {what}; none were fitted"] if value else []
    low, high = seen
    if low <= value <= high:
        return []
    return [f"{value:.6g} {what}; {low:.6g} to {high:.6g} were fitted"]
