#include "src/measure/request.h"

#include <gtest/gtest.h>

#include "src/base/error.h"

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

TEST(Request, AModelIsItsFileAndNoPlan) {
  const Request good{
      "00112233445566778899aabbccddeeff", {}, {0x1234}, true, 1000, Payload::tflite, {1, 2, 3}};
  EXPECT_FALSE(fault(good));
  Request bad = good;
  bad.tensors.clear();
  EXPECT_TRUE(fault(bad));
  bad = good;
  bad.plan = {1};
  EXPECT_TRUE(fault(bad));
  bad = good;
  bad.layer_of_operator = {0, 1};
  EXPECT_TRUE(fault(bad)) << "there is no layer 1";
  bad.layer_of_operator = {0, 0};
  EXPECT_FALSE(fault(bad));
}

TEST(Request, WordsAreThoseOfTheCommandLine) {
  EXPECT_EQ(payload_from_string("tflite"), Payload::tflite);
  EXPECT_EQ(payload_from_string(to_string(Payload::plan)), Payload::plan);
  EXPECT_THROW((void)payload_from_string("onnx"), Error);
  EXPECT_EQ(output_check_from_string("none"), OutputCheck::none);
  EXPECT_EQ(output_check_from_string(to_string(OutputCheck::final)), OutputCheck::final);
  EXPECT_THROW((void)output_check_from_string("some"), Error);
}

TEST(Request, TimingIsRequiredUnlessSaidOtherwise) { EXPECT_TRUE(Request{}.timing_required); }

}  // namespace
}  // namespace opline::measure
