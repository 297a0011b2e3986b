// tests/firmware/reference_kernels.cpp - see the header.
#include "tests/firmware/reference_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace opline::reference {
namespace {

using Index = std::int64_t;

/// The input at (y, x, c), or nothing beyond its edges.
std::optional<std::int64_t> at(const opline_layer& l, const std::vector<std::int8_t>& input,
                               Index y, Index x, Index c) {
  if (y < 0 || x < 0 || y >= l.in_h || x >= l.in_w) return std::nullopt;
  return input.at(static_cast<std::size_t>((y * l.in_w + x) * l.in_c + c));
}

std::int8_t finish(const opline_layer& l, std::int64_t value) {
  const std::int64_t shifted = value + l.output_zero_point;
  return static_cast<std::int8_t>(
      std::clamp<std::int64_t>(shifted, l.activation_min, l.activation_max));
}

std::int64_t weight(const Operands& o, Index index) {
  return o.weights.at(static_cast<std::size_t>(index));
}

/// Shifts round down; 0 and 0 with weights of eight bits.
std::int64_t bias(const opline_layer& l, const opline_channel& entry) {
  const std::int64_t divisor = INT64_C(1) << l.bias_shift;
  const std::int64_t remainder = (entry.bias % divisor + divisor) % divisor;
  return (entry.bias - remainder) / divisor + l.bias_offset;
}

std::int8_t convolve(const opline_layer& l, const Operands& o, Index y, Index x, Index channel) {
  const bool depthwise = l.op == OPLINE_OP_DEPTHWISE_CONV2D;
  const opline_channel& entry = o.channels.at(static_cast<std::size_t>(channel));
  // As TFLite: filters_per_group, depth_multiplier.
  const Index depth = depthwise ? 1 : l.in_c / l.groups;
  const Index first =
      depthwise ? channel / (l.out_c / l.in_c) : channel / (l.out_c / l.groups) * depth;
  std::int64_t sum = bias(l, entry);
  for (Index ky = 0; ky < l.kernel_h; ++ky) {
    for (Index kx = 0; kx < l.kernel_w; ++kx) {
      for (Index c = 0; c < depth; ++c) {
        const auto value = at(l, o.input, y * l.stride_h - l.pad_top + ky * l.dilation_h,
                              x * l.stride_w - l.pad_left + kx * l.dilation_w, first + c);
        const Index tap = ky * l.kernel_w + kx;
        const Index index = depthwise ? tap * l.out_c + channel
                                      : (channel * l.kernel_h * l.kernel_w + tap) * depth + c;
        if (value) sum += (*value - l.input_zero_point) * weight(o, index);
      }
    }
  }
  return finish(l, requantize(static_cast<std::int32_t>(sum), entry.multiplier,
                              entry.shift + l.shift_offset));
}

std::int8_t pool(const opline_layer& l, const Operands& o, Index y, Index x, Index c) {
  std::vector<std::int64_t> values;
  for (Index ky = 0; ky < l.kernel_h; ++ky) {
    for (Index kx = 0; kx < l.kernel_w; ++kx) {
      const auto value =
          at(l, o.input, y * l.stride_h - l.pad_top + ky, x * l.stride_w - l.pad_left + kx, c);
      if (value) values.push_back(*value);
    }
  }
  std::int64_t result = *std::max_element(values.begin(), values.end());
  if (l.op == OPLINE_OP_AVERAGE_POOL_2D) {
    std::int64_t sum = 0;
    for (const std::int64_t value : values) sum += value;
    if (l.input_bits != l.output_bits) sum *= 16;  // steps of a sixteenth
    const auto count = static_cast<std::int64_t>(values.size());
    const std::int64_t magnitude = (2 * std::abs(sum) + count - count % 2) / (2 * count);
    result = sum < 0 ? -magnitude : magnitude;
  }
  return static_cast<std::int8_t>(
      std::clamp<std::int64_t>(result, l.activation_min, l.activation_max));
}

std::int8_t fully_connect(const opline_layer& l, const Operands& o, Index position, Index channel) {
  const auto inputs = static_cast<Index>(o.input.size()) / (l.out_h * l.out_w);
  const opline_channel& entry = o.channels.at(static_cast<std::size_t>(channel));
  std::int64_t sum = bias(l, entry);
  for (Index i = 0; i < inputs; ++i) {
    sum += (o.input[static_cast<std::size_t>(position * inputs + i)] - l.input_zero_point) *
           weight(o, channel * inputs + i);
  }
  const opline_multiplier all = l.requantize[0];
  return finish(l, all.multiplier != 0
                       ? requantize(static_cast<std::int32_t>(sum), all.multiplier, all.shift)
                       : requantize(static_cast<std::int32_t>(sum), entry.multiplier,
                                    entry.shift + l.shift_offset));
}

std::int32_t scaled(std::int32_t x, const opline_multiplier& m) {
  return requantize(x, m.multiplier, m.shift);
}

/// The element of an operand of h x w x c at (y, x, c) of the output: an extent of 1 repeats.
std::int32_t repeated(const std::vector<std::int8_t>& operand, const std::array<Index, 3>& extents,
                      const std::array<Index, 3>& at) {
  Index index = 0;
  for (std::size_t axis = 0; axis < 3; ++axis)
    index = index * extents[axis] + (extents[axis] == 1 ? 0 : at[axis]);
  return operand.at(static_cast<std::size_t>(index));
}

std::int8_t binary(const opline_layer& l, const Operands& o, const std::array<Index, 3>& at) {
  const std::int32_t a = repeated(o.input, {l.in_h, l.in_w, l.in_c}, at) - l.input_zero_point;
  const std::int32_t b = repeated(o.input2, {l.in2_h, l.in2_w, l.in2_c}, at) - l.input2_zero_point;
  if (l.op == OPLINE_OP_MUL) return finish(l, scaled(a * b, l.requantize[0]));
  if (l.op == OPLINE_OP_PRELU)
    return finish(l, a >= 0 ? scaled(a, l.requantize[0]) : scaled(a * b, l.requantize[1]));
  const std::int32_t first = scaled(a * (1 << 20), l.requantize[0]);
  const std::int32_t second = scaled(b * (1 << 20), l.requantize[1]);
  return finish(l,
                scaled(l.op == OPLINE_OP_SUB ? first - second : first + second, l.requantize[2]));
}

/// TFLM since 2023: the sum of real values, requantized once.
std::int8_t mean(const opline_layer& l, const Operands& o, Index c) {
  std::int64_t sum = 0;
  for (Index y = 0; y < l.in_h; ++y) {
    for (Index x = 0; x < l.in_w; ++x) sum += *at(l, o.input, y, x, c) - l.input_zero_point;
  }
  return finish(l, requantize(static_cast<std::int32_t>(sum), l.requantize[0].multiplier,
                              l.requantize[0].shift));
}

std::int8_t pad(const opline_layer& l, const Operands& o, Index y, Index x, Index c) {
  const Index channel = c - l.begin_c;
  if (channel < 0 || channel >= l.in_c) return static_cast<std::int8_t>(l.output_zero_point);
  return static_cast<std::int8_t>(
      at(l, o.input, y - l.pad_top, x - l.pad_left, channel).value_or(l.output_zero_point));
}

std::int8_t transpose(const opline_layer& l, const Operands& o, const std::array<Index, 3>& out) {
  std::array<Index, 3> in{};
  for (std::size_t axis = 0; axis < 3; ++axis)
    in.at(static_cast<std::size_t>(l.axes >> (2 * axis) & 3)) = out[axis];
  return static_cast<std::int8_t>(at(l, o.input, in[0], in[1], in[2]).value());
}

/// Entry `i` of a table of 16-bit numbers.
Index index_of(const Operands& o, Index i) {
  const auto byte = static_cast<std::size_t>(2 * i);
  return o.table.at(byte) + 256 * o.table.at(byte + 1);
}

std::int8_t gather(const opline_layer& l, const Operands& o, Index y, Index x, Index c) {
  const Index row = index_of(o, y), column = index_of(o, l.out_h + x);
  return static_cast<std::int8_t>(at(l, o.input, row, column, c + l.begin_c).value());
}

std::int8_t concatenate(const opline_layer& l, const Operands& o, Index y, Index x, Index c) {
  const Index position = y * l.in_w + x;
  const Index second = l.out_c - l.in_c;
  return c < l.in_c ? o.input.at(static_cast<std::size_t>(position * l.in_c + c))
                    : o.input2.at(static_cast<std::size_t>(position * second + c - l.in_c));
}

std::int8_t element(const opline_layer& l, const Operands& o, Index y, Index x, Index c) {
  switch (l.op) {
    case OPLINE_OP_CONV2D:
    case OPLINE_OP_DEPTHWISE_CONV2D:
      return convolve(l, o, y, x, c);
    case OPLINE_OP_FULLY_CONNECTED:
      return fully_connect(l, o, y * l.out_w + x, c);
    case OPLINE_OP_ADD:
    case OPLINE_OP_SUB:
    case OPLINE_OP_MUL:
    case OPLINE_OP_PRELU:
      return binary(l, o, {y, x, c});
    case OPLINE_OP_MEAN:
      return mean(l, o, c);
    case OPLINE_OP_PAD:
      return pad(l, o, y, x, c);
    case OPLINE_OP_CONCATENATION:
      return concatenate(l, o, y, x, c);
    case OPLINE_OP_AVERAGE_POOL_2D:
    case OPLINE_OP_MAX_POOL_2D:
      return pool(l, o, y, x, c);
    case OPLINE_OP_TRANSPOSE:
      return transpose(l, o, {y, x, c});
    case OPLINE_OP_RESIZE_NEAREST_NEIGHBOR:
    case OPLINE_OP_SLICE:
      return gather(l, o, y, x, c);
    default:
      return static_cast<std::int8_t>(
          o.table.at(static_cast<std::uint8_t>(at(l, o.input, y, x, c).value())));
  }
}

}  // namespace

std::int32_t doubling_high_mul(std::int32_t a, std::int32_t b) {
  if (a == b && a == INT32_MIN) return INT32_MAX;
  const std::int64_t product = static_cast<std::int64_t>(a) * b;
  const std::int64_t nudge = product >= 0 ? (INT64_C(1) << 30) : 1 - (INT64_C(1) << 30);
  return static_cast<std::int32_t>((product + nudge) / (INT64_C(1) << 31));
}

std::int32_t rounding_divide(std::int32_t x, int exponent) {
  const std::int64_t magnitude = std::abs(static_cast<std::int64_t>(x));
  const std::int64_t half = exponent == 0 ? 0 : INT64_C(1) << (exponent - 1);
  const std::int64_t rounded = (magnitude + half) >> exponent;
  return static_cast<std::int32_t>(x < 0 ? -rounded : rounded);
}

std::int32_t requantize(std::int32_t x, std::int32_t multiplier, int shift) {
  const auto shifted =
      static_cast<std::int32_t>(static_cast<std::int64_t>(x) * (INT64_C(1) << std::max(shift, 0)));
  return rounding_divide(doubling_high_mul(shifted, multiplier), std::max(-shift, 0));
}

std::vector<std::int8_t> run(const opline_layer& layer, const Operands& operands) {
  std::vector<std::int8_t> output;
  for (Index y = 0; y < layer.out_h; ++y) {
    for (Index x = 0; x < layer.out_w; ++x) {
      for (Index c = 0; c < layer.out_c; ++c) output.push_back(element(layer, operands, y, x, c));
    }
  }
  return output;
}

std::vector<double> softmax(const opline_layer& layer, const std::vector<std::int8_t>& input,
                            double beta_scale) {
  std::vector<double> output;
  for (std::size_t start = 0; start < input.size(); start += layer.in_c) {
    const auto row = input.begin() + static_cast<std::ptrdiff_t>(start);
    const int maximum = *std::max_element(row, row + layer.in_c);
    double sum = 0;
    for (int c = 0; c < layer.in_c; ++c) sum += std::exp(beta_scale * (row[c] - maximum));
    for (int c = 0; c < layer.in_c; ++c) {
      output.push_back(
          std::min(127.0, 256 * std::exp(beta_scale * (row[c] - maximum)) / sum - 128));
    }
  }
  return output;
}

}  // namespace opline::reference
