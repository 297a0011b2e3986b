"""Layers as opline counts them: shapes, macs, bytes, kernels.

Shapes are (height, width, channels), batch 1; codes have 8 bits or 4. The figures are those of
opline's ``src/network``: one multiply-accumulate is 2 ops, padded taps included, and only
convolutions and fully connected layers have any.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

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
WITH_CHANNELS = ("conv2d", "depthwise_conv2d", "fully_connected")
LAYER_TYPES = ("conv2d", "depthwise_conv2d", *_KERNELS)

ACTIVATIONS = ("none", "relu", "relu6", "relu_n1_to_1")  # fused

_S4_KERNELS = (
    "conv_im2col",
    "conv_1x1",
    "depthwise_general",
    "depthwise_3x3",
    "fully_connected",
    "average_pool",
    "max_pool",
    "add",
)
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
    dilation_h: int = 1
    dilation_w: int = 1

    def check(self) -> None:
        """Raises CostModelError where there is no such window."""
        if self.padding not in ("same", "valid"):
            raise CostModelError(f'padding is {self.padding!r}; it must be "same" or "valid"')
        if min(*self[:4], *self[5:]) < 1:
            raise CostModelError(f"{self}: kernel, stride and dilation must be at least 1")

    @property
    def dilated(self) -> bool:
        return self.dilation_h != 1 or self.dilation_w != 1

    @property
    def reach(self) -> Tuple[int, int]:
        """Rows and columns from the first tap to the last."""
        return (
            (self.kernel_h - 1) * self.dilation_h + 1,
            (self.kernel_w - 1) * self.dilation_w + 1,
        )

    def output(self, size: Tuple[int, int]) -> Tuple[int, int]:
        """Height and width of the output for an input of ``size`` = (height, width)."""
        kernels, strides = self.reach, self[2:4]
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
    activation: str = "none"  #: of ACTIVATIONS
    #: Of the second operand of add, sub, mul, prelu; the input's unless given.
    input2: Optional[Shape] = None
    constant: Optional[str] = None  #: "first" or "second": the operand that is a constant
    groups: int = 1  #: of conv2d
    weight_bits: int = 8  #: 8 or 4, as the next two; ``opline_cost.bits`` says which can be 4
    input_bits: int = 8  #: of every input
    output_bits: int = 8

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
        if self.window is not None:
            self.window.check()
        if self.activation not in ACTIVATIONS:
            raise CostModelError(
                f"activation is {self.activation!r}; there are {', '.join(ACTIVATIONS)}"
            )
        self._check_groups()
        self._check_bits()

    def _check_groups(self) -> None:
        if self.groups == 1:
            return
        channels = self.input[2], self.output[2]
        if self.type != "conv2d" or self.groups < 1 or any(n % self.groups for n in channels):
            raise CostModelError(
                f"{self.type} {by_x(self.input)} -> {by_x(self.output)}: {self.groups} groups; of "
                "conv2d a number that divides both channels"
            )

    def _check_bits(self) -> None:
        bits = (self.weight_bits, self.input_bits, self.output_bits)
        if any(one not in (8, 4) for one in bits):
            raise CostModelError(f"{self.type}: codes of {bits} bits; there are 8 and 4")
        four = 4 in bits[:2]
        if four != self.kernel.endswith("_s4") or (self.output_bits == 4 and not four):
            raise CostModelError(
                f"{self.type} {by_x(self.input)}: no kernel has codes of {bits} bits (weights, input, "
                "output)"
            )

    @property
    def second(self) -> Optional[Shape]:
        """Shape of the second operand; None where there is none."""
        return (self.input2 or self.input) if self.type in _BINARY else None

    @property
    def tensors_read(self) -> List[Shape]:
        """Shapes of its inputs that are not constant."""
        if self.type == "concatenation":
            h, w, c = self.input
            return [self.input, (h, w, self.output[2] - c)]
        if self.second is None:
            return [self.input]
        operands = {"first": self.input, "second": self.second}
        return [shape for name, shape in operands.items() if name != self.constant]

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
    def weights(self) -> int:
        """Number of weights, or of elements of a constant operand."""
        if self.type == "conv2d":
            return self.taps * (self.input[2] // self.groups) * self.output[2]
        if self.type == "depthwise_conv2d":
            return self.taps * self.output[2]
        if self.type == "fully_connected":
            return (self.input[2] if self._has_positions else self.input_elements) * self.output[2]
        operand = {"first": self.input, "second": self.second}.get(self.constant or "")
        return elements(operand) if operand else 0

    @cached_property
    def weight_bytes(self) -> int:
        """Bytes of the weights, without alignment."""
        if self.weight_bits == 8:
            return self.weights
        if self.type == "depthwise_conv2d":
            return self.taps * code_bytes(self.output[2], self.weight_bits)
        return self.output[2] * code_bytes(self._fan_in, self.weight_bits)

    @property
    def _fan_in(self) -> int:
        """Weights of an output of a convolution or fully connected layer; what fills the last byte
        of a position of the input has one too."""
        depth = self.input[2] + (self.input[2] % 2 if self.input_bits == 4 else 0)
        if self.type == "fully_connected":
            return depth if self._has_positions else self.input[0] * self.input[1] * depth
        return self.taps * (depth // self.groups)

    @property
    def _has_positions(self) -> bool:
        return self.output[:2] != (1, 1)

    @property
    def has_channels(self) -> bool:
        """Whether it has weights and a bias per output channel."""
        return self.type in WITH_CHANNELS

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates, padded taps included."""
        h, w, _ = self.output
        return h * w * self.weights if self.has_channels else 0

    @property
    def ops(self) -> int:
        """2 x macs."""
        return 2 * self.macs

    @cached_property
    def parameters(self) -> int:
        """Weights, biases and constant operands."""
        return self.weights + (self.output[2] if self.has_channels else 0)

    @property
    def channel_bytes(self) -> int:
        """Bytes of biases, multipliers and shifts, without alignment."""
        return CHANNEL_BYTES * self.output[2] if self.has_channels else 0

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
    def input_bytes(self) -> int:
        """Bytes of its inputs that are not constant, each counted once; of a slice what it takes."""
        if self.type in ("concatenation", "slice"):
            return self.output_bytes
        first = 0 if self.constant == "first" else tensor_bytes(self.input, self.input_bits)
        if self.second is None or self.constant == "second":
            return first
        return first + tensor_bytes(self.second, self.input_bits)

    @cached_property
    def output_bytes(self) -> int:
        return tensor_bytes(self.output, self.output_bits)

    @cached_property
    def bytes(self) -> int:
        """Bytes of all tensors of the layer, each counted once: weights, channel table, inputs,
        output."""
        constants = self.weight_bytes + self.channel_bytes + self.table_bytes
        return constants + self.input_bytes + self.output_bytes

    @cached_property
    def kernel(self) -> str:
        """The kernel that opline's runtime executes the layer with (``opline_choose_kernel`` in
        firmware/include/opline_plan.h)."""
        kernel = self._int8_kernel
        four = self.weight_bits == 4 or self.input_bits == 4
        return f"{kernel}_s4" if four and kernel in _S4_KERNELS else kernel

    @property
    def form_name(self) -> str:
        """By which a model of kernels prices it: the kernel; of a kernel of 4 bits whose input or
        output has 8, followed by the bits of both."""
        if not self.kernel.endswith("_s4") or (self.input_bits, self.output_bits) == (4, 4):
            return self.kernel
        return f"{self.kernel}_{self.input_bits}_{self.output_bits}"

    @property
    def _int8_kernel(self) -> str:
        window = self.window
        if self.type == "fully_connected" and self._has_positions:
            return "conv_1x1"
        if window is None or self.type in _KERNELS:
            return _KERNELS[self.type]
        if self.type == "conv2d":
            if window.dilated or self.groups != 1:
                return "conv_general"
            return "conv_1x1" if window[:4] == (1, 1, 1, 1) else "conv_im2col"
        if window.dilated or self.input[2] != self.output[2]:
            return "depthwise_any"
        small = window[:2] == (3, 3) and max(self.padding_before) <= 1
        return "depthwise_3x3" if small else "depthwise_general"

    @property
    def padding_before(self) -> Tuple[int, int]:
        """Rows of padding above and columns on the left."""
        window = self.window
        if window is None or window.padding == "valid":
            return (0, 0)

        def before(n: int, out: int, reach: int, stride: int) -> int:
            return max(0, ((out - 1) * stride + reach - n) // 2)

        return (
            before(self.input[0], self.output[0], window.reach[0], window.stride_h),
            before(self.input[1], self.output[1], window.reach[1], window.stride_w),
        )

    @cached_property
    def scratch_bytes(self) -> int:
        """SRAM that the kernel needs beside its tensors: two columns of int16 for im2col; of 4 bits
        the window as it is stored, too."""
        if self.kernel in ("conv_im2col", "conv_general"):
            return 4 * ((self._fan_in + 3) // 4 * 4)
        if self.kernel == "conv_im2col_s4":
            window = memory.align(code_bytes(self._fan_in, self.input_bits))
            return 4 * ((self._fan_in + 7) // 8 * 8) + window
        return 0

    @cached_property
    def signature(self) -> str:
        """Everything that identifies the layer's work, as in a lookup table."""
        text = f"{self.type} {self._operands} -> {by_x(self.output)}"
        if self.window is not None:
            text += f" {self.window_text}"
        if self.activation != "none":
            text += f" {self.activation}"
        bits = (self.weight_bits, self.input_bits, self.output_bits)
        return text if bits == (8, 8, 8) else f"{text} bits {'/'.join(map(str, bits))}"

    @property
    def window_text(self) -> str:
        """ "3x3 s2x2 same", with dilation and groups where they are not 1: "d2x2 g4"."""
        assert self.window is not None
        kernel_h, kernel_w, stride_h, stride_w, padding, *dilation = self.window
        text = f"{kernel_h}x{kernel_w} s{stride_h}x{stride_w} {padding}"
        if self.window.dilated:
            text += f" d{by_x(dilation)}"
        return text if self.groups == 1 else f"{text} g{self.groups}"

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


def code_bytes(count: int, bits: int) -> int:
    """Bytes of ``count`` codes that lie together."""
    return (count + 1) // 2 if bits == 4 else count


def tensor_bytes(shape: Shape, bits: int) -> int:
    """Bytes of a tensor, each position of which starts with a byte."""
    h, w, c = shape
    return h * w * code_bytes(c, bits)


def by_x(extents: Sequence[int]) -> str:
    """ "25x5x64"."""
    return "x".join(str(extent) for extent in extents)


Extent = Union[int, Tuple[int, int]]


def make_window(
    kernel: Extent, stride: Extent = 1, padding: str = "same", dilation: Extent = 1
) -> Window:
    """A window from integers, for both axes, or pairs (height, width). Along an axis of one tap
    dilation means nothing: it is 1 there."""
    (kernel_h, kernel_w), strides, (dilation_h, dilation_w) = map(_pair, (kernel, stride, dilation))
    window = Window(
        kernel_h,
        kernel_w,
        *strides,
        padding,
        1 if kernel_h == 1 else dilation_h,
        1 if kernel_w == 1 else dilation_w,
    )
    window.check()
    return window


def _pair(extent: Extent) -> Tuple[int, int]:
    return (extent, extent) if isinstance(extent, int) else extent


def conv2d(
    input: Shape,
    channels: int,
    kernel: Extent,
    stride: Extent = 1,
    padding: str = "same",
    activation: str = "none",
    dilation: Extent = 1,
    groups: int = 1,
) -> Layer:
    """A convolution to ``channels`` output channels."""
    window = make_window(kernel, stride, padding, dilation)
    output = (*window.output(input[:2]), channels)
    return Layer("conv2d", input, output, window, activation, groups=groups)


def depthwise_conv2d(
    input: Shape,
    kernel: Extent,
    stride: Extent = 1,
    padding: str = "same",
    activation: str = "none",
    dilation: Extent = 1,
    multiplier: int = 1,
) -> Layer:
    """A depthwise convolution with ``multiplier`` output channels per input channel."""
    window = make_window(kernel, stride, padding, dilation)
    output = (*window.output(input[:2]), input[2] * multiplier)
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
