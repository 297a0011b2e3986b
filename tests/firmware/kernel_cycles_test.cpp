// tests/firmware/kernel_cycles_test.cpp - what the kernels cost per multiply-accumulate on the
// simulated boards. Simulated cycles have no noise, so each shape is expected within 3 % of what it
// costs today; docs/firmware.md shows the same figures and compares them with CMSIS-NN's.
#include "tests/firmware/kernel_cycles.h"

#include <gtest/gtest.h>

namespace opline::firmware_test {
namespace {

bool every(const Shape&) { return true; }
/// So that both boards take a second; kernel_cycles_m7_test.cpp has the rest.
bool small(const Shape& shape) { return work_of(shape) < 2.4e6; }

TEST(KernelCycles, AreWhatTheyWereOnTheF446) {
  const std::vector<Cost> costs = measure_cycles("nucleo-f446re", every);
  expect_reached(costs, &Reached::f446);
  for (const Cost& cost : costs) {
    if (cost.shape->cmsis_nn) {
      EXPECT_LT(cost.per_mac, *cost.shape->cmsis_nn) << cost.shape->name;
    }
  }
}

TEST(KernelCycles, AreWhatTheyWereOnTheF746) {
  expect_reached(measure_cycles("nucleo-f746zg", small), &Reached::f746);
}

TEST(KernelCycles, AreWhatTheyWereOnTheF767) {
  expect_reached(measure_cycles("nucleo-f767zi", small), &Reached::f767);
}

}  // namespace
}  // namespace opline::firmware_test
