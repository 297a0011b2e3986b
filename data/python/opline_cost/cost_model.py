"""One cost model: what a network takes on the measured setup, with interval and domain."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Sequence, Tuple, Union

from .errors import CostModelError, OutsideDomainWarning, VerdictWarning
from .intervals import Interval, Margin
from .layers import Layer
from .network import Network
from .prices import Prices
from .space import Space

#: An op count, an architecture of the space (its text, or one option per decision), a network, or
#: a list of layers.
Subject = Union[int, float, str, Sequence[int], Network, Sequence[Layer]]


@dataclass(frozen=True)
class Prediction:
    """A value in seconds or joules, with what is known about its error."""

    value: float
    unit: str  #: "s" or "J"
    interval: Optional[Tuple[float, float]]  #: of a further network; None where the model has none
    confidence: Optional[float]  #: of the interval
    bound: Optional[float]  #: exceeded by a share ``Margin.exceeded`` of further networks
    outside: Tuple[str, ...]  #: why the model extrapolates here; empty inside of its domain


class CostModel:
    """A model of latency ("s") or energy ("J"). Built by ``opline_cost.load``."""

    def __init__(
        self, document: Mapping[str, Any], space: Optional[Space], setup: Mapping[str, Any]
    ) -> None:
        self.document = document  #: the model as it is in the file
        self.space = space
        self.setup = setup
        self.of: str = document["of"]
        self.unit: str = document["unit"]
        self.by_construction: bool = document["by_construction"]
        self.prices = Prices(document)
        self.interval = Interval.from_json(document["interval"])
        self.margin = Margin.from_json(document["margin"])
        verdict = document["verdict"]
        self.ruling: Optional[str] = None if verdict is None else verdict["ruling"]

    def __repr__(self) -> str:
        return f"CostModel({self.of} ~ {self.kind} on {self.setup.get('board')})"

    @property
    def kind(self) -> str:
        """ "ops", "ops-by-type", "per-layer" or "lookup"."""
        return self.prices.kind

    def predict(self, subject: Subject) -> float:
        """Seconds or joules. ``subject`` is an op count (kind ops only), an architecture of the
        model's space, a network, or a list of layers. Warns (OutsideDomainWarning) where
        the model extrapolates."""
        layers, ops = self._resolve(subject)
        self._warn(self.prices.outside(layers, ops))
        return self._value(layers, ops)

    def prediction(self, subject: Subject) -> Prediction:
        """As predict(), with the prediction interval; why it extrapolates is in ``outside`` instead
        of a warning."""
        layers, ops = self._resolve(subject)
        value = self._value(layers, ops)
        return Prediction(
            value,
            self.unit,
            self.interval.around(value) if self.interval else None,
            self.interval.confidence if self.interval else None,
            self.margin.bound(value) if self.margin else None,
            tuple(self.prices.outside(layers, ops)),
        )

    def predict_batch(self, subjects: Any) -> Any:
        """Predictions of many subjects: a NumPy array where NumPy is installed, else a list. An
        array of op counts keeps its shape. One warning tells how many are outside of the domain.
        ``interval.around`` and ``margin.bound`` take the result."""
        numpy = _numpy()
        if numpy is not None and isinstance(subjects, numpy.ndarray):
            return self._predict_array(subjects)
        values, outside = [], []
        for subject in subjects:
            layers, ops = self._resolve(subject)
            values.append(self._value(layers, ops))
            outside += self.prices.outside(layers, ops)[:1]
        if outside:
            self._warn([f"{len(outside)} of {len(values)}, the first with {outside[0]}"])
        return values if numpy is None else numpy.array(values, dtype=float)

    def accept_up_to(self, budget: float) -> float:
        """The largest prediction to accept so that all but a share ``margin.exceeded`` of networks
        keep the budget (seconds or joules)."""
        if self.margin is None:
            raise CostModelError(f"{self!r} has no margin; export one that was validated")
        return self.margin.accept_up_to(budget)

    def warn_of_verdict(self) -> None:
        """Warns (VerdictWarning) where the verdict is `not valid` or `undecided`."""
        if self.ruling in ("not valid", "undecided"):
            warnings.warn(f"{self!r}: the verdict is `{self.ruling}`", VerdictWarning, stacklevel=3)

    def _resolve(self, subject: Subject) -> Tuple[Optional[Sequence[Layer]], float]:
        """Layers, where they are known, and ops."""
        if isinstance(subject, str):
            return self._decoded(subject)
        if isinstance(subject, Network):
            return subject.layers, subject.ops
        if hasattr(subject, "__float__"):
            return None, float(subject)  # type: ignore[arg-type]
        parts: List[Any] = list(subject)  # type: ignore[arg-type]
        if any(not isinstance(part, Layer) for part in parts) or not parts:
            return self._decoded(parts)
        return parts, sum(layer.ops for layer in parts)

    def _decoded(self, architecture: Union[str, Sequence[int]]) -> Tuple[Sequence[Layer], float]:
        if self.space is None:
            raise CostModelError(
                f"{self!r} has no search space, so `{str(architecture)[:40]}` cannot be decoded; "
                "give ops or layers"
            )
        network = self.space.network(architecture)
        return network.layers, network.ops

    def _value(self, layers: Optional[Sequence[Layer]], ops: float) -> float:
        if not self.prices.layers_needed:
            return self.prices.constant + self.prices.per_op * ops
        if layers is None:
            raise CostModelError(
                f"{self!r} needs layers; give an architecture, a network or a list of layers"
            )
        return self.prices.constant + sum(map(self.prices.layer, layers))

    def _predict_array(self, ops: Any) -> Any:
        if self.prices.layers_needed:
            raise CostModelError(f"{self!r} needs layers; give a list of architectures")
        low, high = self.prices.ops_range
        outside = int(((ops < low) | (ops > high)).sum())
        if outside:
            self._warn([f"{outside} of {ops.size}; {low:.6g} to {high:.6g} ops were fitted"])
        return self.prices.constant + self.prices.per_op * ops

    def _warn(self, outside: Sequence[str]) -> None:
        if outside:
            more = f" (and {len(outside) - 1} more)" if len(outside) > 1 else ""
            message = f"{self!r} extrapolates: {outside[0]}{more}"
            warnings.warn(message, OutsideDomainWarning, stacklevel=3)


def _numpy() -> Any:
    """The module, or None where NumPy is not installed."""
    try:
        import numpy
    except ImportError:
        return None
    return numpy
