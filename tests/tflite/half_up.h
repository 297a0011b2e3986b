// tests/tflite/half_up.h - the products of TensorFlow Lite on a CPU with AVX, written down naively.
//
// It rounds as gemmlowp does, except that the shift at the end rounds a negative half up, where
// TFLM, CMSIS-NN and opline round it away from zero. Where a ReLU's zero is the lowest code the
// difference is clamped away.
#pragma once
#include "firmware/kernels/opline_kernels.h"
#include "tests/tflite/oracle.h"

namespace opline::tflite_test {

/// Output of a conv2d (of one group) or fully connected layer of a plan with that rounding.
[[nodiscard]] Oracle::Codes half_up(const opline_layer& layer, const opline_pools& pools,
                                    const Oracle::Codes& input);

}  // namespace opline::tflite_test
