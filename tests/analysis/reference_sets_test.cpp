// All eleven NIST StRD linear sets, to the digits that `opline self-test` promises.
#include "analysis/regression/reference_sets.h"

#include <gtest/gtest.h>

#include <cmath>

#include "src/base/error.h"

namespace opline::analysis {
namespace {

const std::string kFolder = OPLINE_SOURCE_DIR "/data/reference/nist/";

class NistSet : public testing::TestWithParam<const char*> {};

TEST_P(NistSet, AgreesToTheAim) {
  const CsvTable certified = CsvTable::from_file(kFolder + "certified.csv");
  const ReferenceResult result = check_reference(
      certified, GetParam(), CsvTable::from_file(kFolder + GetParam() + std::string(".csv")));
  EXPECT_EQ(result.aim, result.name == "filip" ? 9 : 11);
  EXPECT_GE(result.estimates, result.aim);
  EXPECT_GE(result.standard_deviations, result.aim);
  EXPECT_GE(result.residual_deviation, result.aim);
  EXPECT_GE(result.r_squared, result.aim);
  EXPECT_TRUE(result.reached());
}

INSTANTIATE_TEST_SUITE_P(Strd, NistSet,
                         testing::Values("norris", "pontius", "noint1", "noint2", "filip",
                                         "longley", "wampler1", "wampler2", "wampler3", "wampler4",
                                         "wampler5"),
                         [](const auto& set) { return std::string(set.param); });

TEST(NistSets, AreTheElevenTested) {
  EXPECT_EQ(reference_names(CsvTable::from_file(kFolder + "certified.csv")).size(), 11U);
}

TEST(NistSets, AWrongCertifiedFigureIsNoticed) {
  const CsvTable data = CsvTable::from_file(kFolder + "noint2.csv");
  const auto with_slope = [](const char* slope) {
    return CsvTable::from_text(
        std::string("data_set,quantity,value\nnoint2,intercept,0\nnoint2,degree,1\nnoint2,b1,") +
            slope +
            "\nnoint2,b1_standard_deviation,0.0420827318078432\n"
            "noint2,residual_standard_deviation,0.369274472937998\n"
            "noint2,r_squared,0.993348115299335\n",
        "t.csv");
  };
  EXPECT_TRUE(check_reference(with_slope("0.727272727272727"), "noint2", data).reached());
  const ReferenceResult wrong = check_reference(with_slope("0.727272728"), "noint2", data);
  EXPECT_FALSE(wrong.reached());
  EXPECT_NEAR(wrong.estimates, 9.0, 0.1);
  EXPECT_THROW(static_cast<void>(check_reference(with_slope("1"), "norris", data)), Error);
}

TEST(DigitsOfAgreement, AreTheLogRelativeError) {
  EXPECT_NEAR(digits_of_agreement(1.001, 1), 3, 1e-9);
  EXPECT_NEAR(digits_of_agreement(1e-7, 0), 7, 1e-9);
  EXPECT_EQ(digits_of_agreement(2, 2), 15);
  EXPECT_EQ(digits_of_agreement(5, 1), 0);
  EXPECT_EQ(digits_of_agreement(std::nan(""), 1), 0);
}

}  // namespace
}  // namespace opline::analysis
