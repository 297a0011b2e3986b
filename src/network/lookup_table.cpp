#include "src/network/lookup_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "firmware/kernels/fixed_point.h"
#include "src/base/error.h"

namespace opline::network {
namespace {

constexpr int kInputIntegerBits = 4;  // of logistic and tanh: Q4.27

/// MultiplyByQuantizedMultiplier, saturating where a shift to the left overflows.
std::int32_t requantised(std::int32_t value, const opline_multiplier& m) {
  if (m.shift <= 0) return opline_requantize(value, m.multiplier, m.shift);
  const double shifted = std::ldexp(value, m.shift);
  const auto x = static_cast<std::int32_t>(std::clamp<double>(
      shifted, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
  return opline_doubling_high_mul(x, m.multiplier);
}

/// A code of `output` from steps above its zero point; 32 bits never overflow by it.
std::int32_t code(std::int32_t steps, const TensorQuantisation& output) {
  return static_cast<std::int32_t>(
      std::clamp<std::int64_t>(std::int64_t{steps} + output.zero_point, -128, 127));
}

/// relu, relu6, relu_n1_to_1, quantize: rescaled and clamped.
class Rescaling {
 public:
  Rescaling(LayerType type, const TensorQuantisation& input, const TensorQuantisation& output)
      : output_(output) {
    // quantize divides in double, the others in float.
    multiplier_ = type == LayerType::quantize
                      ? quantise_ratio(input.scale, output.scale)
                      : quantise_multiplier(double{input.scale / output.scale});
    if (type == LayerType::relu) limits_ = activation_limits(Activation::relu, output);
    if (type == LayerType::relu6) limits_ = activation_limits(Activation::relu6, output);
    if (type == LayerType::relu_n1_to_1) {
      const auto one = static_cast<std::int32_t>(std::min(255.0F, std::round(1.0F / output.scale)));
      limits_ = {static_cast<std::int8_t>(code(-one, output)),
                 static_cast<std::int8_t>(code(one, output))};
    }
  }
  std::int32_t operator()(std::int32_t value) const {
    return std::clamp<std::int32_t>(code(requantised(value, multiplier_), output_), limits_.min,
                                    limits_.max);
  }

 private:
  TensorQuantisation output_;
  opline_multiplier multiplier_{};
  ActivationLimits limits_;
};

class LeakyRelu {
 public:
  LeakyRelu(const TensorQuantisation& input, const TensorQuantisation& output, float alpha)
      : output_(output),
        above_(quantise_multiplier(double{input.scale / output.scale})),
        below_(quantise_multiplier(double{std::abs(input.scale * alpha / output.scale)})),
        falls_(alpha < 0) {}
  std::int32_t operator()(std::int32_t value) const {
    if (value >= 0) return code(requantised(value, above_), output_);
    const std::int32_t scaled = requantised(value, below_);
    return code(falls_ ? -scaled : scaled, output_);
  }

 private:
  TensorQuantisation output_;
  opline_multiplier above_, below_;
  bool falls_;
};

/// gemmlowp's logistic of a in Q4.27; the result is Q0.31.
std::int32_t logistic(std::int32_t a) {
  if (a == 0) return 1 << 30;
  const std::int32_t of_magnitude =
      opline_one_over_one_plus(opline_exp_on_negative(a > 0 ? -a : a, kInputIntegerBits));
  return a > 0 ? of_magnitude : INT32_MAX - of_magnitude;
}

/// gemmlowp's tanh of a in Q4.27: (1 - x) / (1 + x) of x = exp(-2 |a|); the result is Q0.31.
std::int32_t tangent(std::int32_t a) {
  if (a == 0) return 0;
  const std::int32_t x = opline_exp_on_negative(a > 0 ? -a : a, kInputIntegerBits + 1);
  const std::int32_t of_magnitude =
      opline_saturating_shift_left(opline_two_over_one_plus(x) - (1 << 29), 2);
  return a > 0 ? of_magnitude : -of_magnitude;
}

/// logistic and tanh: beyond a radius the end of the range, within it fixed point.
class Saturating {
 public:
  Saturating(LayerType type, const TensorQuantisation& input)
      : logistic_(type == LayerType::logistic),
        multiplier_(quantise_multiplier(std::ldexp(input.scale, 31 - kInputIntegerBits))),
        radius_(static_cast<std::int32_t>(
            std::min(256.0, std::floor(std::ldexp((1 << kInputIntegerBits) - 1,
                                                  31 - kInputIntegerBits - multiplier_.shift))))) {}
  std::int32_t operator()(std::int32_t value) const {
    if (value <= -radius_) return -128;
    if (value >= radius_) return 127;
    const std::int32_t a = requantised(value, multiplier_);
    const std::int32_t result = logistic_ ? opline_rounding_divide_by_pot(logistic(a), 31 - 8) - 128
                                          : opline_rounding_divide_by_pot(tangent(a), 31 - 7);
    return std::clamp(result, -128, 127);
  }

 private:
  bool logistic_;
  opline_multiplier multiplier_;
  std::int32_t radius_;
};

std::int16_t saturated16(std::int64_t value) {
  return static_cast<std::int16_t>(std::clamp<std::int64_t>(value, INT16_MIN, INT16_MAX));
}

/// gemmlowp's SaturatingRoundingDoublingHighMul of 16 bits: ties away from zero.
std::int16_t rounding_high_mul16(std::int16_t a, std::int16_t b) {
  const std::int32_t product = std::int32_t{a} * b;
  const std::int32_t nudge = product >= 0 ? 1 << 14 : 1 - (1 << 14);
  return saturated16((product + nudge) / (1 << 15));
}

/// TFLite's fixed point of 16 bits: the value on the output's scale times (value + 3) / 6 in [0,
/// 1].
class HardSwish {
 public:
  HardSwish(const TensorQuantisation& input, const TensorQuantisation& output) : output_(output) {
    const float fine = (1.0F / 128.0F) * input.scale;
    const opline_multiplier out = quantise_multiplier(double{fine / output.scale});
    const opline_multiplier three = quantise_multiplier(double{fine / (3.0F / 32768.0F)});
    if (out.shift > 0)
      throw Error(ErrorCode::input,
                  "hard_swish: the input's scale {} must be less than 128 times the output's, {}",
                  input.scale, output.scale);
    output_multiplier_ = upper_half(out.multiplier);
    output_shift_ = -out.shift;
    multiplier_ = upper_half(three.multiplier);
    exponent_ = three.shift;
  }

  std::int32_t operator()(std::int32_t value) const {
    const std::int16_t fine = saturated16(std::int64_t{value} * 128);
    const std::int32_t product =
        std::int32_t{share(fine)} * rounding_high_mul16(fine, output_multiplier_) / (1 << 15);
    return code(opline_rounding_divide_by_pot(product, output_shift_), output_);
  }

 private:
  static std::int16_t upper_half(std::int32_t multiplier) {
    return saturated16((std::int64_t{multiplier} + (1 << 15)) >> 16);
  }

  /// (x + 3) / 6, clamped to [0, 1], with 15 fractional bits.
  [[nodiscard]] std::int16_t share(std::int16_t x) const {
    std::int16_t third = x;
    if (exponent_ > 0) third = shifted(third, exponent_ - 1);
    third = rounding_high_mul16(third, multiplier_);
    if (exponent_ > 0) third = shifted(third, 1);
    if (exponent_ < 0)
      third = static_cast<std::int16_t>(opline_rounding_divide_by_pot(third, -exponent_));
    return static_cast<std::int16_t>((third + (1 << 15)) >> 1);
  }
  static std::int16_t shifted(std::int16_t value, int bits) {
    return saturated16(std::int64_t{value} << std::min(bits, 32));
  }

  TensorQuantisation output_;
  std::int16_t output_multiplier_ = 0, multiplier_ = 0;
  int output_shift_ = 0, exponent_ = 0;
};

template <typename Function>
LookupTable tabulated(const TensorQuantisation& input, const Function& function) {
  LookupTable table{};
  for (int in = -128; in <= 127; ++in)
    table[static_cast<std::uint8_t>(in)] =
        static_cast<std::uint8_t>(function(in - input.zero_point));
  return table;
}

}  // namespace

LookupTable lookup_table(LayerType type, const TensorQuantisation& input,
                         const TensorQuantisation& output, float alpha) {
  switch (type) {
    case LayerType::leaky_relu:
      return tabulated(input, LeakyRelu(input, output, alpha));
    case LayerType::logistic:
    case LayerType::tanh:
      return tabulated(input, Saturating(type, input));
    case LayerType::hard_swish:
      return tabulated(input, HardSwish(input, output));
    default:
      OPLINE_ASSERT(is_lookup(type), "layer type {}", static_cast<int>(type));
      return tabulated(input, Rescaling(type, input, output));
  }
}

std::optional<TensorQuantisation> fixed_output(LayerType type) {
  switch (type) {
    case LayerType::softmax:
    case LayerType::logistic:
      return TensorQuantisation{1.0F / 256, -128};
    case LayerType::tanh:
      return TensorQuantisation{1.0F / 128, 0};
    default:
      return std::nullopt;
  }
}

}  // namespace opline::network
