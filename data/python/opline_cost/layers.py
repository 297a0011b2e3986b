"""Layers as opline counts them: shapes, macs, bytes, kernels.

Shapes are (height, width, channels), batch 1, int8. The figures are those of opline's
``src/network``: one multiply-accumulate is 2 ops, padded taps included, and only convolutions and
fully connected layers have any.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Dict, NamedTuple, Optional, Sequence, Tuple, Union

from . import memory
from .errors import CostModelError

Shape = Tuple[int, int, int]

_SLIDING = ("conv2d", "depthwise_conv2d", "average_pool_2d", "max_pool_2d")
_KERNELS = {
    "fully_connected": "fully_connected",
    "average_pool_2d": "average_pool",
    "max_pool_2d": "max_pool",
    "add": "add",
    "softmax": "softmax",
    "pad": "pad",
    "mean": "mean",
    "concatenation": "concatenation",
    "sub": "sub",
    "mul": "mul",
    "prelu": "prelu",
    "transpose": "transpose",
    "resize_nearest_neighbor": "gather",
    "slice": "gather",
}
_BINARY = ("add", "sub", "mul", "prelu")
_LOOKUPS = (
    "relu",
    "relu6",
    "relu_n1_to_1",
    "leaky_relu",
    "logistic",
    "tanh",
    "hard_swish",
    "quantize",
)
_KERNELS.update((type, "lookup") for type in _LOOKUPS)
LAYER_TYPES = ("conv2d", "depthwise_conv2d", *_KERNELS)

CHANNEL_BYTES = 12  # bias, multiplier and shift of one output channel
TABLE_BYTES = 256  # of a function of one value, in the plan
INDEX_BYTES = 2  # of a row or column of a gather, likewise


class Window(NamedTuple):
    """A sliding window; ``padding`` is "same" or "valid", as TensorFlow Lite defines them."""

    kernel_h: int
    kernel_w: int
    stride_h: int = 1
    stride_w: int = 1
    padding: str = "same"

    def output(self, size: Tuple[int, int]) -> Tuple[int, int]:
        """Height and width of the output for an input of ``size`` = (height, width)."""
        kernels, strides = self[:2], self[2:4]
        if self.padding == "same":
            return tuple(-(-n // s) for n, s in zip(size, strides))  # type: ignore[return-value]
        if any(k > n for k, n in zip(kernels, size)):
            raise CostModelError(
                f"a {self.kernel_h}x{self.kernel_w} window without padding is larger than its "
                f'{size[0]}x{size[1]} input; use padding="same"'
            )
        return tuple(  # type: ignore[return-value]
            (n - k) // s + 1 for n, k, s in zip(size, kernels, strides)
        )


@dataclass(frozen=True)
class Layer:
    """One layer's work: everything that its cost depends on."""

    type: str
    input: Shape  #: of its first input
    output: Shape
    window: Optional[Window] = None  #: of convolutions and pools
    activation: str = "none"  #: "none", "relu" or "relu6"; fused
    input2: Optional[Shape] = None  #: second operand of add, sub, mul, prelu; the input's unless given
    constant: Optional[str] = None  #: "first" or "second": the operand that is a constant

    def __post_init__(self) -> None:
        if self.type not in LAYER_TYPES:
            raise CostModelError(
                f"a layer of type {self.type!r}; there are {', '.join(LAYER_TYPES)}"
            )
        if (self.type in _SLIDING) != (self.window is not None):
            need = "needs a window" if self.type in _SLIDING else "has no window"
            raise CostModelError(f"a layer of type {self.type} {need}")
        if len(self.input) != 3 or len(self.output) != 3 or min(self.input + self.output) < 1:
            raise CostModelError(
                f"{self.type} {self.input} -> {self.output}: shapes are (height, width, channels)"
            )

        if self.type not in _BINARY and (self.input2 is not None or self.constant is not None):
            raise CostModelError(f"a layer of type {self.type} has one operand")

    @property
    def second(self) -> Optional[Shape]:
        """Shape of the second operand; None where there is none."""
        return (self.input2 or self.input) if self.type in _BINARY else None

    @cached_property
    def taps(self) -> int:
        """Taps of the window; 1 without one."""
        return self.window.kernel_h * self.window.kernel_w if self.window else 1

    @cached_property
    def input_elements(self) -> int:
        """Elements of the first input."""
        h, w, c = self.input
        return h * w * c

    @cached_property
    def output_elements(self) -> int:
        h, w, c = self.output
        return h * w * c

    @cached_property
    def weight_bytes(self) -> int:
        """Bytes of the weights, without alignment."""
        if self.type == "conv2d":
            return self.taps * self.input[2] * self.output[2]
        if self.type == "depthwise_conv2d":
            return self.taps * self.output[2]
        if self.type == "fully_connected":
            return self.input_elements * self.output[2]
        operand = {"first": self.input, "second": self.second}.get(self.constant or "")
        return elements(operand) if operand else 0

    @property
    def _has_channels(self) -> bool:
        return self.type in ("conv2d", "depthwise_conv2d", "fully_connected")

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates, padded taps included."""
        if not self._has_channels:
            return 0
        if self.type == "fully_connected":
            return self.weight_bytes
        h, w, _ = self.output
        return h * w * self.weight_bytes

    @property
    def ops(self) -> int:
        """2 x macs."""
        return 2 * self.macs

    @cached_property
    def parameters(self) -> int:
        """Weights, biases and constant operands."""
        return self.weight_bytes + (self.output[2] if self._has_channels else 0)

    @property
    def channel_bytes(self) -> int:
        """Bytes of biases, multipliers and shifts, without alignment."""
        return CHANNEL_BYTES * self.output[2] if self._has_channels else 0

    @property
    def table_bytes(self) -> int:
        """Bytes of the layer's table in the plan, without alignment."""
        if self.type in _LOOKUPS:
            return TABLE_BYTES
        h, w, _ = self.output
        return INDEX_BYTES * (h + w) if self.kernel == "gather" else 0

    @cached_property
    def flash_bytes(self) -> int:
        """Weights and channel table in flash, alignment included."""
        return memory.align(self.weight_bytes) + memory.align_channels(self.channel_bytes)

    @cached_property
    def bytes(self) -> int:
        """Bytes of all tensors of the layer, each counted once: weights, channel table, inputs,
        output."""
        inputs = self.input_elements
        if self.second is not None:
            inputs += elements(self.second)
            if self.constant is not None:  # counted as weights
                inputs -= self.weight_bytes
        elif self.type in ("concatenation", "slice"):
            inputs = self.output_elements
        constants = self.weight_bytes + self.channel_bytes + self.table_bytes
        return constants + inputs + self.output_elements

    @cached_property
    def kernel(self) -> str:
        """The kernel that opline's runtime executes the layer with (``opline_choose_kernel`` in
        firmware/include/opline_plan.h)."""
        window = self.window
        if window is None or self.type in _KERNELS:
            return _KERNELS[self.type]
        if self.type == "conv2d":
            return "conv_1x1" if window[:4] == (1, 1, 1, 1) else "conv_im2col"
        small = self.taps == 9 and window.kernel_h == 3 and max(self.padding_before) <= 1
        return "depthwise_3x3" if small else "depthwise_general"

    @property
    def padding_before(self) -> Tuple[int, int]:
        """Rows of padding above and columns on the left."""
        window = self.window
        if window is None or window.padding == "valid":
            return (0, 0)

        def before(n: int, out: int, kernel: int, stride: int) -> int:
            return max(0, ((out - 1) * stride + kernel - n) // 2)

        return (
            before(self.input[0], self.output[0], window.kernel_h, window.stride_h),
            before(self.input[1], self.output[1], window.kernel_w, window.stride_w),
        )

    @cached_property
    def scratch_bytes(self) -> int:
        """SRAM that the kernel needs beside its tensors: two columns of int16 for im2col."""
        if self.kernel != "conv_im2col":
            return 0
        return 4 * ((self.taps * self.input[2] + 3) // 4 * 4)

    @cached_property
    def signature(self) -> str:
        """Everything that identifies the layer's work, as in a lookup table."""
        text = f"{self.type} {self._operands} -> {by_x(self.output)}"
        if self.window is not None:
            text += " " + window_text(self.window)
        return text if self.activation == "none" else f"{text} {self.activation}"


    @property
    def _operands(self) -> str:
        """Both operands only where they differ or one is a constant."""
        second = self.second
        if second is None or (second == self.input and self.constant is None):
            return by_x(self.input)
        first = "constant " if self.constant == "first" else ""
        other = "constant " if self.constant == "second" else ""
        return f"{first}{by_x(self.input)} {other}{by_x(second)}"


def elements(shape: Shape) -> int:
    """Elements of a tensor."""
    h, w, c = shape
    return h * w * c


def by_x(extents: Sequence[int]) -> str:
    """ "25x5x64"."""
    return "x".join(str(extent) for extent in extents)


def window_text(window: Window) -> str:
    """ "3x3 s2x2 same"."""
    kernel_h, kernel_w, stride_h, stride_w, padding = window
    return f"{kernel_h}x{kernel_w} s{stride_h}x{stride_w} {padding}"


Extent = Union[int, Tuple[int, int]]


def make_window(kernel: Extent, stride: Extent = 1, padding: str = "same") -> Window:
    """A window from integers, for both axes, or pairs (height, width)."""
    kernel_h, kernel_w = (kernel, kernel) if isinstance(kernel, int) else kernel
    stride_h, stride_w = (stride, stride) if isinstance(stride, int) else stride
    return Window(kernel_h, kernel_w, stride_h, stride_w, padding)


def conv2d(
    input: Shape,
    channels: int,
    kernel: Extent,
    stride: Extent = 1,
    padding: str = "same",
    activation: str = "none",
) -> Layer:
    """A convolution to ``channels`` output channels."""
    window = make_window(kernel, stride, padding)
    return Layer("conv2d", input, (*window.output(input[:2]), channels), window, activation)


def depthwise_conv2d(
    input: Shape,
    kernel: Extent,
    stride: Extent = 1,
    padding: str = "same",
    activation: str = "none",
) -> Layer:
    """A depthwise convolution of multiplier 1."""
    window = make_window(kernel, stride, padding)
    output = (*window.output(input[:2]), input[2])
    return Layer("depthwise_conv2d", input, output, window, activation)


def fully_connected(input: Shape, channels: int, activation: str = "none") -> Layer:
    """A fully connected layer on the flattened input."""
    return Layer("fully_connected", input, (1, 1, channels), activation=activation)


def pool(
    type: str, input: Shape, kernel: Extent, stride: Optional[Extent] = None, padding: str = "same"
) -> Layer:
    """``type`` is "average_pool_2d" or "max_pool_2d"; the stride is the kernel's unless given."""
    window = make_window(kernel, kernel if stride is None else stride, padding)
    return Layer(type, input, (*window.output(input[:2]), input[2]), window)


def ops_by_type(layers: Sequence[Layer]) -> Dict[str, int]:
    """Ops by layer type; types without ops are left out."""
    ops: Dict[str, int] = {}
    for layer in layers:
        if layer.ops:
            ops[layer.type] = ops.get(layer.type, 0) + layer.ops
    return ops
