// tests/firmware/kernel_cycles_test.cpp - what the kernels cost per multiply-accumulate on the
// simulated boards.
//
// Bounds of the classes that shared measurements of CMSIS-NN name (docs/firmware.md) are those
// figures at -O2 on the Cortex-M4 plus 15 %, rounded up. For the Cortex-M7 there are no such
// figures: there only what was reached is held.
#include "tests/firmware/kernel_cycles.h"

#include <gtest/gtest.h>

namespace opline::firmware_test {
namespace {

bool every(const Shape&) { return true; }
/// So that both boards take a second; kernel_cycles_m7_test.cpp has the rest.
bool small(const Shape& shape) { return work_of(shape) < 2.4e6; }

TEST(KernelCycles, StayWithinTheBoundsOfTheirClassOnTheM4) {
  const std::vector<Cost> costs = measure_cycles("nucleo-f446re", every);
  for (const Cost& cost : costs) EXPECT_LT(cost.per_mac, cost.shape->bound) << cost.shape->name;
  expect_reached(costs, &Reached::f446);
}

TEST(KernelCycles, AreWhatTheyWereOnTheF746) {
  expect_reached(measure_cycles("nucleo-f746zg", small), &Reached::f746);
}

TEST(KernelCycles, AreWhatTheyWereOnTheF767) {
  expect_reached(measure_cycles("nucleo-f767zi", small), &Reached::f767);
}

}  // namespace
}  // namespace opline::firmware_test
