"""Small search spaces with what makes an expectation difficult: the width that reaches a layer
depends on skips, and can be decided by the layer's own decision."""

HEAD = 'format = "opline-space"\nversion = 1\ntitle = "a test"\n'

TAIL = """
[[block]]
name = "pool"
type = "average_pool_2d"
kernel = "global"
[[block]]
name = "classes"
type = "fully_connected"
width = 3
[[block]]
name = "softmax"
type = "softmax"
"""

#: Tied widths behind skips: the input of `d` may come from `a` (its own decision), `b`, `c` or the
#: first convolution.
TIED_AND_SKIPPED = (
    HEAD
    + """
input = [9, 7, 2]
[[block]]
name = "first"
type = "conv2d"
kernel = 3
width = [3, 5]
[[block]]
name = "a"
type = "conv2d"
kernel = 3
stride = 2
width = [4, 6, 9]
tie = "t"
skip = "identity"
[[block]]
name = "b"
type = "depthwise_separable"
kernel = 3
width = [2, 7]
skip = "identity"
[[block]]
name = "c"
type = "conv2d"
kernel = 1
width = 6
skip = "identity"
[[block]]
name = "d"
type = "depthwise_separable"
kernel = [3, 5]
width = [4, 6, 9]
tie = "t"
skip = "identity"
[[block]]
name = "e"
type = "conv2d"
kernel = 3
width = [4, 6, 9]
tie = "t"
"""
    + TAIL
)

#: Residual blocks of an unknown width, of a tied width, and around an expansion.
RESIDUAL = (
    HEAD
    + """
input = [8, 8, 3]
[[block]]
name = "first"
type = "conv2d"
kernel = 3
stride = 2
width = [3, 4, 8]
[[block]]
name = "optional"
type = "conv2d"
kernel = 1
width = [5, 8]
skip = "identity"
[[block]]
name = "same"
type = "inverted_bottleneck"
kernel = 3
activation = "relu6"
expansion = [6, 10, 13]
width = "same"
residual = true
skip = "identity"
[[block]]
name = "stage1"
type = "inverted_bottleneck"
kernel = 3
activation = "relu6"
expansion = [8, 12]
width = [4, 8]
tie = "stage"
[[block]]
name = "stage2"
type = "inverted_bottleneck"
kernel = 3
activation = "relu6"
expansion = [7, 9]
width = [4, 8]
tie = "stage"
residual = true
[[block]]
name = "stage3"
type = "conv2d"
kernel = 3
width = [4, 8]
tie = "stage"
residual = true
[[block]]
name = "last"
type = "inverted_bottleneck"
kernel = 3
activation = "relu6"
width = [5, 6]
[[block]]
name = "depthwise"
type = "depthwise_conv2d"
kernel = 3
stride = 2
skip = "identity"
"""
    + TAIL
)

#: Nothing to decide.
FIXED = (
    HEAD
    + """
input = [8, 8, 3]
[[block]]
name = "first"
type = "conv2d"
kernel = 3
width = 4
"""
    + TAIL
)
