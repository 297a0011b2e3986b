// tests/firmware/kernel_cycles.h - layers whose cycles on the simulated boards are known.
//
#pragma once
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
  double bound;  ///< On the Cortex-M4. Cycles per multiply-accumulate; of pools, add and softmax,
                 ///< per output byte.
  Reached reached;  ///< In the same unit.
};

/// Multiply-accumulates, or output bytes of layers that have none.
[[nodiscard]] double work_of(const Shape& shape);

struct Cost {
  const Shape* shape;
  double per_mac;  ///< Cycles, as `bound`.
};

/// Runs the shapes that are `wanted` on the board's image, checks digests against the host's,
/// prints a line each. None for an image that was not built with -O2.
std::vector<Cost> measure_cycles(const std::string& board, bool (*wanted)(const Shape&));

/// Each cost is what was reached, within 3 %. Skips the test where there is none.
void expect_reached(const std::vector<Cost>& costs, double Reached::*reached);

}  // namespace opline::firmware_test
