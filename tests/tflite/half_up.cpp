#include "tests/tflite/half_up.h"

#include <algorithm>

#include "src/base/error.h"

namespace opline::tflite_test {
namespace {

/// Doubling high multiplication, rounded to the nearest; then the shift.
std::int32_t requantise(std::int64_t sum, const opline_multiplier& by) {
  const std::int64_t wide = (sum << std::max(by.shift, 0)) * by.multiplier;
  const std::int64_t nudge = wide >= 0 ? std::int64_t{1} << 30 : 1 - (std::int64_t{1} << 30);
  const std::int64_t high = (wide + nudge) / (std::int64_t{1} << 31);
  const int right = std::max(-by.shift, 0);
  return static_cast<std::int32_t>(right == 0 ? high
                                              : (high + (std::int64_t{1} << (right - 1))) >> right);
}

std::int8_t finish(const opline_layer& layer, std::int64_t sum, const opline_multiplier& by) {
  const int code = requantise(sum, by) + layer.output_zero_point;
  return static_cast<std::int8_t>(
      std::clamp<int>(code, layer.activation_min, layer.activation_max));
}

/// Products of one output position and channel; taps beyond the edges don't count.
std::int64_t convolve(const opline_layer& layer, const std::int8_t* weights,
                      const Oracle::Codes& input, int y, int x) {
  std::int64_t sum = 0;
  for (int ky = 0; ky < layer.kernel_h; ++ky) {
    for (int kx = 0; kx < layer.kernel_w; ++kx) {
      const int row = y * layer.stride_h - layer.pad_top + ky * layer.dilation_h;
      const int column = x * layer.stride_w - layer.pad_left + kx * layer.dilation_w;
      if (row < 0 || row >= layer.in_h || column < 0 || column >= layer.in_w) continue;
      for (int c = 0; c < layer.in_c; ++c) {
        const std::int8_t code = input.data()[(row * layer.in_w + column) * layer.in_c + c];
        const std::int8_t weight = weights[(ky * layer.kernel_w + kx) * layer.in_c + c];
        sum += std::int64_t{code - layer.input_zero_point} * weight;
      }
    }
  }
  return sum;
}

}  // namespace

Oracle::Codes half_up(const opline_layer& layer, const opline_pools& pools,
                      const Oracle::Codes& input) {
  OPLINE_ASSERT(layer.op == OPLINE_OP_CONV2D || layer.op == OPLINE_OP_FULLY_CONNECTED, "op {}",
                layer.op);
  const bool dense = layer.op == OPLINE_OP_FULLY_CONNECTED;
  const std::int8_t* weights = pools.weights + layer.weights;
  const auto* channels = reinterpret_cast<const opline_channel*>(
      reinterpret_cast<const std::uint8_t*>(pools.channels) + layer.channels);
  const std::size_t taps = opline_weight_bytes(&layer) / layer.out_c;
  Oracle::Codes output;
  for (int y = 0; y < layer.out_h; ++y) {
    for (int x = 0; x < layer.out_w; ++x) {
      for (std::size_t c = 0; c < layer.out_c; ++c) {
        const opline_channel& channel = channels[c];
        std::int64_t sum = channel.bias;
        if (dense) {
          for (std::size_t i = 0; i < taps; ++i)
            sum += std::int64_t{input[i] - layer.input_zero_point} * weights[c * taps + i];
        } else {
          sum += convolve(layer, weights + c * taps, input, y, x);
        }
        const opline_multiplier own{channel.multiplier, channel.shift + layer.shift_offset};
        output.push_back(finish(layer, sum, dense ? layer.requantize[0] : own));
      }
    }
  }
  return output;
}

}  // namespace opline::tflite_test
