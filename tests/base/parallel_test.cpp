#include "src/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace opline {
namespace {

TEST(Parallel, EveryItemOnce) {
  for (const unsigned threads : {1U, 2U, 7U, 500U}) {
    std::vector<std::atomic<int>> calls(100);
    parallel_for(threads, calls.size(), [&](std::size_t i) { ++calls[i]; });
    for (const auto& count : calls) EXPECT_EQ(count, 1);
  }
  parallel_for(4, 0, [](std::size_t) { FAIL(); });
}

TEST(Parallel, AnExceptionComesBackAndEndsTheWork) {
  std::atomic<int> done{0};
  const auto work = [&](std::size_t i) {
    if (i == 3) throw std::runtime_error("three");
    ++done;
  };
  EXPECT_THROW(parallel_for(2, 1'000'000, work), std::runtime_error);
  EXPECT_LT(done, 1'000'000);
}

}  // namespace
}  // namespace opline
