// tests/firmware/kernel_cycles.h - layers whose cycles on the simulated boards are known.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "firmware/include/opline_plan.h"

namespace opline::firmware_test {

/// What this version costs on each board. Simulated cycles have no noise: a change of 3 % either
/// way is noticed, and entered here.
struct Reached {
  double f446, f746, f767;
};

struct Shape {
  const char* name;
  opline_op op;
  int in_h, in_w, in_c, out_h, out_w, out_c;
  int kernel_h, kernel_w, stride, pad_top, pad_left;
  Reached reached;  ///< Cycles per multiply-accumulate; of layers without any, per output byte.
  /// The same of CMSIS-NN on the F446RE (docs/firmware.md).
  std::optional<double> cmsis_nn;
  int dilation = 1, groups = 1;
  /// Of weights, input and output; an average pool of four bits has an output of eight.
  int weight_bits = 8, input_bits = 8, output_bits = 8;
};

/// Multiply-accumulates, or output bytes of layers that have none.
[[nodiscard]] double work_of(const Shape& shape);

struct Cost {
  const Shape* shape;
  double per_mac;  ///< Cycles, as `Shape::reached`.
};

/// Runs the shapes that are `wanted` on the board's image, checks digests against the host's, and
/// prints one line per shape. Empty for an image that was not built with -O2.
std::vector<Cost> measure_cycles(const std::string& board, bool (*wanted)(const Shape&));

/// Expects each cost within 3 % of `Shape::reached`. Skips the test when `costs` is empty.
void expect_reached(const std::vector<Cost>& costs, double Reached::*reached);

}  // namespace opline::firmware_test
