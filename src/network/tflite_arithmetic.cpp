#include "src/network/tflite_arithmetic.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "src/base/error.h"

namespace opline::network {
namespace {
constexpr int kSoftmaxIntegerBits = 5;
constexpr int kAddLeftShift = 20;
}  // namespace

opline_multiplier quantise_multiplier(double scale) {
  if (!std::isfinite(scale) || scale < 0)
    throw Error(ErrorCode::input, "the scales of a layer give the factor {}; it must be finite",
                scale);
  if (scale == 0) return {0, 0};
  int shift = 0;
  const double mantissa = std::frexp(scale, &shift);
  auto multiplier = static_cast<std::int64_t>(std::llround(mantissa * 2147483648.0));
  if (multiplier == (std::int64_t{1} << 31)) {
    multiplier /= 2;
    ++shift;
  }
  if (shift < -31) return {0, 0};
  return {static_cast<std::int32_t>(multiplier), shift};
}

opline_multiplier quantise_product(float input, float weight, float output) {
  return quantise_multiplier(double{input} * double{weight} / double{output});
}

opline_multiplier quantise_ratio(float input, float output) {
  return quantise_multiplier(double{input} / double{output});
}

opline_multiplier quantise_fully_connected(float input, float weight, float output) {
  const float product = input * weight;
  return quantise_multiplier(double{product} / double{output});
}

SumMultipliers quantise_add(float input, float input2, float output) {
  const double twice_max = 2.0 * std::max(input, input2);
  return {quantise_multiplier(double{input} / twice_max),
          quantise_multiplier(double{input2} / twice_max),
          quantise_multiplier(twice_max / ((1 << kAddLeftShift) * double{output}))};
}

SumMultipliers quantise_sub(float input, float input2, float output) {
  const float twice_max = 2 * std::max(input, input2);
  const float step = (1 << kAddLeftShift) * output;
  return {quantise_multiplier(double{input / twice_max}),
          quantise_multiplier(double{input2 / twice_max}),
          quantise_multiplier(double{twice_max / step})};
}

opline_multiplier quantise_mean(float input, float output, std::uint32_t positions) {
  const opline_multiplier ratio = quantise_multiplier(double{input} / double{output});
  const int octaves =
      std::clamp(31 + ratio.shift, 0, static_cast<int>(std::bit_width(positions)) - 1);
  const std::int64_t divided = (std::int64_t{ratio.multiplier} << octaves) / positions;
  return {static_cast<std::int32_t>(divided), ratio.shift - octaves};
}

ActivationLimits activation_limits(Activation activation, const TensorQuantisation& output) {
  // In float, as TFLite: std::round(6.0f / scale).
  const auto code = [&](float value) {
    return std::clamp(static_cast<double>(output.zero_point) + std::round(value / output.scale),
                      -128.0, 127.0);
  };
  ActivationLimits limits;
  if (activation == Activation::relu_n1_to_1)
    return {static_cast<std::int8_t>(code(-1.0F)), static_cast<std::int8_t>(code(1.0F))};
  if (activation != Activation::none) limits.min = static_cast<std::int8_t>(code(0.0F));
  if (activation == Activation::relu6) limits.max = static_cast<std::int8_t>(code(6.0F));
  return limits;
}

SoftmaxMultiplier quantise_softmax(double input_scale, double beta) {
  const double wanted =
      input_scale * beta * static_cast<double>(std::int64_t{1} << (31 - kSoftmaxIntegerBits));
  const opline_multiplier input = quantise_multiplier(std::min(wanted, 2147483647.0));
  const double radius = ((1 << kSoftmaxIntegerBits) - 1) *
                        static_cast<double>(std::int64_t{1} << (31 - kSoftmaxIntegerBits)) /
                        std::ldexp(1.0, input.shift);
  return {input, -static_cast<std::int32_t>(std::floor(radius))};
}

}  // namespace opline::network
