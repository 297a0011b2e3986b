#include "src/base/suggest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace opline {
namespace {

const std::vector<std::string> kNames = {"study", "sample", "run", "spaces", "boards", "validate"};

TEST(DidYouMean, NamesTheClosest) {
  EXPECT_EQ(did_you_mean("studdy", kNames), "; did you mean `study`?");
  EXPECT_EQ(did_you_mean("saples", kNames), "; did you mean `sample`?");
  EXPECT_EQ(did_you_mean("urn", kNames), "; did you mean `run`?");  // two letters swapped
  EXPECT_EQ(did_you_mean("Boards", kNames), "; did you mean `boards`?");
}

TEST(DidYouMean, CompletesAUniqueStart) {
  EXPECT_EQ(did_you_mean("val", kNames), "; did you mean `validate`?");
  EXPECT_EQ(did_you_mean("s", kNames), "");  // three names start with it
}

TEST(DidYouMean, SaysNothingWhereNothingIsClose) {
  EXPECT_EQ(did_you_mean("", kNames), "");
  EXPECT_EQ(did_you_mean("quantise", kNames), "");
  EXPECT_EQ(did_you_mean(std::string(100'000, 'r'), kNames), "");
}

}  // namespace
}  // namespace opline
