#include "src/measure/request.h"

#include <gtest/gtest.h>

namespace opline::measure {
namespace {

TEST(Request, EveryPartIsNeeded) {
  const Request good{"00112233445566778899aabbccddeeff", {1, 2, 3}, {0x1234}, true, 1000};
  EXPECT_FALSE(fault(good));
  Request bad = good;
  bad.network.clear();
  EXPECT_TRUE(fault(bad));
  bad = good;
  bad.plan.clear();
  EXPECT_TRUE(fault(bad));
  bad = good;
  bad.expected_digests.clear();
  EXPECT_TRUE(fault(bad));
  bad = good;
  bad.budget_cycles = 0;
  EXPECT_TRUE(fault(bad));
}

TEST(Request, TimingIsRequiredUnlessSaidOtherwise) { EXPECT_TRUE(Request{}.timing_required); }

}  // namespace
}  // namespace opline::measure
