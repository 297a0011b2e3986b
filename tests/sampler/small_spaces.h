// tests/sampler/small_spaces.h - spaces that can be enumerated.
#pragma once

namespace opline::sampler {

/// Skips of like blocks, a tie and a residual: 600 raw decision vectors and fewer networks.
inline constexpr const char* kSmallSpace = R"(
format = "opline-space"
version = 1
title = "small"
input = [8, 8, 1]

[[block]]
name = "conv"
type = "conv2d"
kernel = 3
stride = 2
width = [4, 8, 12]

[[block]]
name = "block"
type = "depthwise_separable"
repeat = 2
kernel = 3
width = [4, 8, 12]
skip = "identity"

[[block]]
name = "down"
type = "inverted_bottleneck"
kernel = 3
stride = 2
expansion = [8, 16]
width = [4, 6]
tie = "stage"
skip = "identity"

[[block]]
name = "neck"
type = "inverted_bottleneck"
kernel = 3
expansion = [8, 16]
width = [4, 6]
tie = "stage"

[[block]]
name = "classes"
type = "fully_connected"
width = 3
)";

}  // namespace opline::sampler
