"""Latency and energy of networks in 8 or 4 bits on a microcontroller, from cost models measured by opline.

    import opline_cost

    costs = opline_cost.load()                    # or load("kws.json")
    latency = costs.model("latency")
    latency.predict(12_000_000)                   # ops -> seconds
    latency.prediction("conv1=84 block1=112 ...") # an architecture, with its interval

``opline_cost.torch`` has expected costs with gradients, for a differentiable search.
"""

from .cost_file import CostFile, load, names
from .cost_model import CostModel, Interval, Margin, Prediction
from .errors import CostModelError, OutsideDomainWarning, VerdictWarning
from .layers import Layer, Window, conv2d, depthwise_conv2d, fully_connected, pool
from .network import Network
from .space import Architecture, Space, load_space

__version__ = "0.1.0"

__all__ = [
    "Architecture",
    "CostFile",
    "CostModel",
    "CostModelError",
    "Interval",
    "Layer",
    "Margin",
    "Network",
    "OutsideDomainWarning",
    "Prediction",
    "Space",
    "VerdictWarning",
    "Window",
    "conv2d",
    "depthwise_conv2d",
    "fully_connected",
    "load",
    "load_space",
    "names",
    "pool",
]
