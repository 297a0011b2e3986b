"""How far a further network may be from its prediction. Everything takes floats or arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Tuple


@dataclass(frozen=True)
class Offset:
    """``absolute + relative x prediction``; absolute in the unit of the model."""

    absolute: float
    relative: float

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Offset:
        return cls(float(document["absolute"]), float(document["relative"]))

    def at(self, predicted: Any) -> Any:
        return self.absolute + self.relative * predicted


@dataclass(frozen=True)
class Interval:
    """Prediction interval of one further network, from held-out residuals."""

    confidence: float
    below: Offset
    above: Offset

    @classmethod
    def from_json(cls, document: Optional[Mapping[str, Any]]) -> Optional[Interval]:
        if document is None:
            return None
        below, above = (Offset.from_json(document[side]) for side in ("below", "above"))
        return cls(float(document["confidence"]), below, above)

    def around(self, predicted: Any) -> Tuple[Any, Any]:
        """(low, high)."""
        return predicted - self.below.at(predicted), predicted + self.above.at(predicted)


@dataclass(frozen=True)
class Margin:
    """A share ``exceeded`` of further networks takes more than ``bound(prediction)``."""

    exceeded: float
    offset: Offset

    @classmethod
    def from_json(cls, document: Optional[Mapping[str, Any]]) -> Optional[Margin]:
        if document is None:
            return None
        return cls(float(document["exceeded"]), Offset.from_json(document))

    def bound(self, predicted: Any) -> Any:
        return predicted + self.offset.at(predicted)

    def accept_up_to(self, budget: Any) -> Any:
        """The largest prediction whose bound is within ``budget``."""
        return (budget - self.offset.absolute) / (1 + self.offset.relative)
