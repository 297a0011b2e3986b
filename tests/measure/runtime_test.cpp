#include "src/measure/runtime.h"

#include <gtest/gtest.h>

namespace opline::measure {
namespace {

TEST(Runtime, TextsOfStudiesAreFrozen) {
  const Runtime own{"opline", "0.1.0", 1, Payload::plan, {}};
  EXPECT_EQ(own.text(), "opline 0.1.0, planner 1");
  EXPECT_TRUE(own.is_own());
  const Runtime toy{"toy", "1.0", {}, Payload::tflite, OutputCheck::none};
  EXPECT_EQ(toy.text(), "toy 1.0, tflite, output check none");
  EXPECT_FALSE(toy.is_own());
  for (const Runtime& one : {own, toy, Runtime{}}) EXPECT_EQ(parse_runtime(one.text()), one);
}

TEST(Runtime, WithoutANameItIsUnknown) {
  EXPECT_EQ(Runtime{}.text(), "");
  EXPECT_EQ(Runtime{}.text_or("unknown"), "unknown");
  EXPECT_EQ(parse_runtime("tflm 2024-05").text_or("unknown"), "tflm 2024-05");
}

TEST(Runtime, EveryTextIsReadBackAsItIs) {
  for (const std::string text :
       {"", "opline", "opline ", "opline 0.1.0", "tflm 2024-05", "opline 0.1.0, planner 01",
        "opline 0.1.0, planner", "a, planner 1, planner 2", "toy, tflite, output check maybe", " x",
        "a  b", "opline 0.1.0, tflite, output check final"})
    EXPECT_EQ(parse_runtime(text).text(), text);
}

TEST(Runtime, OnlyOplinesOwnKernelsAreOplines) {
  EXPECT_TRUE(parse_runtime("opline 0.1.0").is_own());
  EXPECT_FALSE(parse_runtime("opline").is_own());
  EXPECT_FALSE(parse_runtime("opline-like 1").is_own());
  EXPECT_FALSE(parse_runtime("opline 0.1.0, tflite, output check final").is_own());
}

}  // namespace
}  // namespace opline::measure
