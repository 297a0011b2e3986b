// Constants between simulated and measured seconds against R (data/calibration.R), planted truth,
// and what the fit says of itself.
#include "analysis/verdict/calibration.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "src/base/csv.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing::HasSubstr;
using testing_data::normal;
using testing_data::uniform;

const std::string kFolder = OPLINE_SOURCE_DIR "/tests/analysis/data/";

struct Pairs {
  std::vector<double> simulated, measured, ops;
  std::vector<NetworkFeature> features;
  [[nodiscard]] CalibrationPairs view() const { return {simulated, measured, ops, features}; }
};

std::map<std::string, Pairs> r_sets() {
  const CsvTable table = CsvTable::from_file(kFolder + "calibration_data.csv");
  std::map<std::string, Pairs> sets;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    Pairs& pairs = sets[std::string(table.text(row, 0))];
    pairs.simulated.push_back(table.number(row, 1));
    pairs.measured.push_back(table.number(row, 2));
    pairs.ops.push_back(table.number(row, 1));
  }
  return sets;
}

/// By R's names.
double figure(const CalibrationFit& fit, const std::string& name) {
  const CalibrationTrend& trend = fit.trends.front();
  const std::map<std::string, double> figures = {
      {"scale", fit.scale.estimate},
      {"scale_error", fit.scale.standard_error},
      {"offset", fit.offset ? fit.offset->estimate : 0},
      {"offset_error", fit.offset ? fit.offset->standard_error : 0},
      {"fitted_mape", fit.fitted.mape_percent},
      {"left_out_mape", fit.left_out.mape_percent},
      {"left_out_worst", fit.left_out.worst_percent},
      {"further_error", fit.further_error},
      {"trend", trend.effect}};
  return figures.at(name);
}

TEST(CalibrationTest, AgreesWithR) {
  const std::map<std::string, Pairs> sets = r_sets();
  const CsvTable table = CsvTable::from_file(kFolder + "calibration.csv");
  int compared = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string name(table.text(row, 2));
    if (name == "trend_error") continue;  // the residuals' regression: linear_model_test.cpp
    CalibrationOptions options;
    options.constants = static_cast<int>(table.integer(row, 1));
    const auto fit = try_fit_calibration(sets.at(std::string(table.text(row, 0))).view(), options);
    ASSERT_TRUE(fit) << fit.reason();
    const double wanted = table.number(row, 3);
    EXPECT_NEAR(figure(*fit, name), wanted, 1e-10 * std::max(1.0, std::abs(wanted)))
        << table.where(row) << " " << name;
    ++compared;
  }
  EXPECT_EQ(compared, 37);
}

/// measured = offset + scale x simulated, each off by a normal share `sd` of scale x simulated.
Pairs planted(std::size_t n, double scale, double offset, double sd, RandomStream& random) {
  Pairs pairs;
  for (std::size_t i = 0; i < n; ++i) {
    const double simulated = 0.01 * std::pow(50.0, uniform(random));
    pairs.simulated.push_back(simulated);
    pairs.measured.push_back(offset + scale * simulated * (1 + sd * normal(random)));
    pairs.ops.push_back(std::round(1e8 * simulated));
  }
  return pairs;
}

// Student's interval of normal ratios is exact: 95 % of the intervals hold the constant.
TEST(CalibrationTest, IntervalsCoverThePlantedConstants) {
  constexpr int kRepeats = 2000;
  for (const int constants : {1, 2}) {
    for (const std::size_t n : {constants * kPairsPerConstant, std::size_t{20}}) {
      int scale = 0;
      int offset = 0;
      for (int i = 0; i < kRepeats; ++i) {
        RandomStream random(71, static_cast<std::uint64_t>(i));
        const Pairs pairs = planted(n, 0.97, constants == 2 ? 2e-3 : 0, 0.02, random);
        CalibrationOptions options;
        options.constants = constants;
        const auto fit = try_fit_calibration(pairs.view(), options);
        ASSERT_TRUE(fit) << fit.reason();
        scale += fit->scale.interval.contains(0.97) ? 1 : 0;
        offset += !fit->offset || fit->offset->interval.contains(2e-3) ? 1 : 0;
      }
      EXPECT_GE(scale, 0.935 * kRepeats) << n << " pairs, constants: " << constants;  // 3 errors
      EXPECT_GE(offset, 0.935 * kRepeats) << n << " pairs, constants: " << constants;
    }
  }
}

// What `error` promises of a further network holds for 95 % of them.
TEST(CalibrationTest, AFurtherNetworkIsWithinTheErrorThatIsStated) {
  constexpr int kRepeats = 4000;
  int within = 0;
  for (int i = 0; i < kRepeats; ++i) {
    RandomStream random(72, static_cast<std::uint64_t>(i));
    const Pairs pairs = planted(6, 1.04, 0, 0.02, random);
    const Pairs further = planted(1, 1.04, 0, 0.02, random);
    const auto fit = try_fit_calibration(pairs.view());
    ASSERT_TRUE(fit);
    const double calibrated = fit->seconds(further.simulated[0]);
    within += std::abs(further.measured[0] / calibrated - 1) <= fit->further_error ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(within) / kRepeats, 0.95, 0.0105);  // 3 standard errors
}

Ruling ruling_of(const Pairs& pairs, const CalibrationOptions& options = {}) {
  const auto fit = try_fit_calibration(pairs.view(), options);
  EXPECT_TRUE(fit) << fit.reason();
  return fit->ruling;
}

const Criterion& criterion(const CalibrationFit& fit, const std::string& name) {
  const auto found = std::find_if(fit.criteria.begin(), fit.criteria.end(),
                                  [&](const Criterion& one) { return one.name == name; });
  EXPECT_NE(found, fit.criteria.end()) << name;
  return *found;
}

TEST(CalibrationTest, EnoughExactPairsAreValid) {
  RandomStream random(73, 0);
  const Pairs pairs = planted(12, 0.97, 0, 0.01, random);
  EXPECT_EQ(ruling_of(pairs), Ruling::valid);
}

TEST(CalibrationTest, FourPairsAreTooFew) {
  RandomStream random(74, 0);
  const Pairs pairs = planted(4, 0.97, 0, 0.001, random);
  const auto fit = try_fit_calibration(pairs.view());
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->ruling, Ruling::not_valid);
  EXPECT_EQ(criterion(*fit, "pairs").standing, Standing::missed);
  EXPECT_EQ(criterion(*fit, "error").standing, Standing::met);
}

TEST(CalibrationTest, AWideSpreadIsNotValid) {
  RandomStream random(75, 0);
  const Pairs pairs = planted(40, 0.97, 0, 0.1, random);
  const auto fit = try_fit_calibration(pairs.view());
  EXPECT_EQ(fit->ruling, Ruling::not_valid);
  EXPECT_EQ(criterion(*fit, "error").standing, Standing::missed);
  CalibrationOptions lenient;
  lenient.margin = 0.3;
  EXPECT_EQ(ruling_of(pairs, lenient), Ruling::valid);
}

// 2.3 % of spread keep a margin of 5 % once there are pairs enough; five do not show it.
TEST(CalibrationTest, FewPairsOfATolerableSpreadAreUndecided) {
  Pairs pairs;
  for (const double ratio : {1.023, 0.977, 1.023, 0.977, 1.0}) {
    pairs.simulated.push_back(0.1 + 0.05 * static_cast<double>(pairs.simulated.size()));
    pairs.measured.push_back(ratio * pairs.simulated.back());
    pairs.ops.push_back(1e8 * pairs.simulated.back());
  }
  const auto fit = try_fit_calibration(pairs.view());
  EXPECT_EQ(fit->ruling, Ruling::undecided);
  EXPECT_EQ(criterion(*fit, "error").standing, Standing::undecided);
}

// An offset of 10 ms is a large share of small networks only: one constant trends with ops, two do
// not.
TEST(CalibrationTest, AnOffsetIsATrendOfOneConstant) {
  RandomStream random(76, 0);
  const Pairs pairs = planted(30, 1.0, 10e-3, 0.005, random);
  CalibrationOptions options;
  options.margin = 0.5;  // so that only the trend counts
  const auto one = try_fit_calibration(pairs.view(), options);
  EXPECT_EQ(one->trends.front().name, "ops");
  EXPECT_TRUE(one->trends.front().matters);
  EXPECT_LT(one->trends.front().effect, -0.5);
  EXPECT_EQ(one->ruling, Ruling::not_valid);
  options.constants = 2;
  EXPECT_EQ(ruling_of(pairs, options), Ruling::valid);
  options.margin = 0.05;
  EXPECT_EQ(ruling_of(pairs, options), Ruling::valid);
}

TEST(CalibrationTest, ATrendWithTheMixOfLayersIsFound) {
  RandomStream random(77, 0);
  Pairs pairs = planted(30, 1.0, 0, 0.005, random);
  NetworkFeature share{"share of ops in depthwise layers", "1", {}};
  NetworkFeature same{"layers with macs", "1", std::vector<double>(30, 4.0)};
  for (std::size_t i = 0; i < 30; ++i) {
    share.values.push_back(uniform(random, 0.02, 0.12));
    pairs.measured[i] *= 1 + 2 * (share.values[i] - 0.07);
  }
  pairs.features = {share, same};
  CalibrationOptions options;
  options.margin = 0.15;
  const auto fit = try_fit_calibration(pairs.view(), options);
  ASSERT_EQ(fit->trends.size(), 2u);
  EXPECT_FALSE(fit->trends[0].matters);
  EXPECT_TRUE(fit->trends[1].matters);
  EXPECT_NEAR(fit->trends[1].effect, 0.2, 0.02);
  EXPECT_EQ(fit->ruling, Ruling::not_valid);
  ASSERT_EQ(fit->untested.size(), 1u);
  EXPECT_EQ(fit->untested[0].name, "layers with macs");
}

// A simulator that is exact has no residuals to test.
TEST(CalibrationTest, EqualSecondsGiveOneAndAreValid) {
  RandomStream random(78, 0);
  const Pairs pairs = planted(8, 1, 0, 0, random);
  const auto fit = try_fit_calibration(pairs.view());
  EXPECT_DOUBLE_EQ(fit->scale.estimate, 1);
  EXPECT_EQ(fit->ruling, Ruling::valid);
  EXPECT_LT(fit->further_error, 1e-12);
}

TEST(CalibrationTest, TooFewPairsToFitAreAReason) {
  Pairs pairs{{0.1}, {0.2}, {1e6}, {}};
  EXPECT_THAT(try_fit_calibration(pairs.view()).reason(),
              HasSubstr("1 network both simulated and measured"));
  pairs = {{0.1, 0.1, 0.2}, {0.2, 0.2, 0.4}, {1e6, 1e6, 2e6}, {}};
  CalibrationOptions two;
  two.constants = 2;
  EXPECT_THAT(try_fit_calibration(pairs.view(), two).reason(), HasSubstr("one network"));
}

TEST(CalibrationTest, WrongArgumentsAreRefused) {
  Pairs pairs{{0.1, 0.2}, {0.2, 0.0}, {1e6, 2e6}, {}};
  EXPECT_THROW((void)try_fit_calibration(pairs.view()), Error);
  pairs.measured[1] = 0.4;
  CalibrationOptions options;
  options.constants = 3;
  EXPECT_THAT(
      message_of([&] { (void)try_fit_calibration(pairs.view(), options); }, ErrorCode::usage),
      HasSubstr("1 or 2 constants"));
}

}  // namespace
}  // namespace opline::analysis
