// tests/firmware/kernel_cycles_m7_test.cpp - every kernel shape on the simulated Cortex-M7 boards.
#include <gtest/gtest.h>

#include "tests/firmware/kernel_cycles.h"

namespace opline::firmware_test {
namespace {

bool every(const Shape&) { return true; }

TEST(KernelCyclesOfEveryShape, AreWhatTheyWereOnTheF746) {
  expect_reached(measure_cycles("nucleo-f746zg", every), &Reached::f746);
}
TEST(KernelCyclesOfEveryShape, AreWhatTheyWereOnTheF767) {
  expect_reached(measure_cycles("nucleo-f767zi", every), &Reached::f767);
}

}  // namespace
}  // namespace opline::firmware_test
