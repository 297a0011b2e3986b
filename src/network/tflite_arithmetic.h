// src/network/tflite_arithmetic.h - TFLite's int8 arithmetic: single scales to multipliers and
// limits.
//
// Types matter: where TFLite multiplies floats, so do these functions, since a model's outputs
// depend on the last bit. Source: tensorflow/lite/kernels/kernel_util.cc and
// internal/quantization_util.cc; TFLM computes the same.
#pragma once
#include <cstdint>

#include "firmware/include/opline_plan.h"
#include "src/network/network.h"

namespace opline::network {

/// value = scale * (code - zero_point), TFLite's; the scale is a float32 as .tflite files hold it.
struct TensorQuantisation {
  float scale = 1;
  int zero_point = 0;  ///< -128..127
  bool operator==(const TensorQuantisation&) const = default;
};

/// Range of codes after a fused activation: TFLite's CalculateActivationRangeQuantized for int8.
struct ActivationLimits {
  std::int8_t min = -128;
  std::int8_t max = 127;
  bool operator==(const ActivationLimits&) const = default;
};
[[nodiscard]] ActivationLimits activation_limits(Activation activation,
                                                 const TensorQuantisation& output);

/// `scale` as multiplier / 2^31 * 2^shift with multiplier in [2^30, 2^31): TFLite's
/// QuantizeMultiplier. A scale below 2^-32 becomes {0, 0}. One that is infinite or below
/// 0, which the scales of a damaged file can give, is an error.
[[nodiscard]] opline_multiplier quantise_multiplier(double scale);

/// Multiplier of an output channel of a convolution, of mul, of prelu below 0: input x weight (or
/// second input) / output in double.
[[nodiscard]] opline_multiplier quantise_product(float input, float weight, float output);

/// input / output in double: quantize, prelu from 0 on.
[[nodiscard]] opline_multiplier quantise_ratio(float input, float output);

/// Multiplier of a fully connected layer: input x weight is rounded to float first
/// (GetQuantizedConvolutionMultipler).
[[nodiscard]] opline_multiplier quantise_fully_connected(float input, float weight, float output);

/// Addition: both inputs, shifted left by 20, to twice the larger input scale; the sum from there
/// to the output.
struct SumMultipliers {
  opline_multiplier input, input2, output;
};
[[nodiscard]] SumMultipliers quantise_add(float input, float input2, float output);
/// The same of a subtraction, for which TFLM divides in float.
[[nodiscard]] SumMultipliers quantise_sub(float input, float input2, float output);

/// Mean over `positions` (>= 1): input / output with the division folded in, rounded down; the
/// multiplier may fall to 2^29 (QuantizedMeanOrSum of TFLM since 2023).
[[nodiscard]] opline_multiplier quantise_mean(float input, float output, std::uint32_t positions);

/// Softmax of inputs with scale `input_scale` and inverse temperature `beta`: the multiplier that
/// brings a difference of inputs to Q5.26 and the smallest difference whose exponential isn't 0
/// (TFLite's PreprocessSoftmaxScaling and CalculateInputRadius with 5 integer bits).
struct SoftmaxMultiplier {
  opline_multiplier input;
  std::int32_t diff_min;
};
[[nodiscard]] SoftmaxMultiplier quantise_softmax(double input_scale, double beta);

}  // namespace opline::network
