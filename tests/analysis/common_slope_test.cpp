// Slopes of groups against R (data/common_slope.R), by hand, and by what no change of units may
// alter.
#include "analysis/validation/common_slope.h"

#include <gtest/gtest.h>

#include <map>

#include "analysis/numerics/student_t.h"
#include "analysis/regression/reference_sets.h"
#include "src/base/csv.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing_data::uniform;

const std::string kFolder = OPLINE_SOURCE_DIR "/tests/analysis/data/";

struct Rows {
  std::vector<double> x, y;
};

using Groups = std::vector<std::pair<std::string, Rows>>;  // in the order of the file

std::vector<SlopeGroup> views(const Groups& groups) {
  std::vector<SlopeGroup> result;
  for (const auto& [name, rows] : groups) result.push_back({name, rows.x, rows.y});
  return result;
}

std::map<std::string, Groups> r_sets() {
  const CsvTable table = CsvTable::from_file(kFolder + "common_slope_data.csv");
  std::map<std::string, Groups> sets;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    Groups& groups = sets[std::string(table.text(row, 0))];
    const std::string name(table.text(row, 1));
    auto found =
        std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == name; });
    if (found == groups.end()) found = groups.insert(groups.end(), {name, {}});
    found->second.x.push_back(table.number(row, 2));
    found->second.y.push_back(table.number(row, 3));
  }
  return sets;
}

std::map<std::string, double> figures(const Groups& groups) {
  const CommonSlope found = compare_slopes(views(groups));
  std::map<std::string, double> all;
  all["equal_slopes_f"] = found.equal_slopes.value().statistic;
  all["equal_slopes_p"] = found.equal_slopes.value().p;
  all["equal_lines_f"] = found.equal_lines.value().statistic;
  all["equal_lines_p"] = found.equal_lines.value().p;
  all["common_slope"] = found.common.value;
  std::size_t n = 0;
  for (const GroupSlope& group : found.groups) {
    n += group.n;
    all["slope_" + group.name] = group.slope;
    all["hc3_" + group.name] = group.interval.value().width() / 2 / two_sided_t(0.95, group.n - 2);
  }
  all["common_hc3"] =
      found.common.interval.value().width() / 2 / two_sided_t(0.95, n - found.groups.size() - 1);
  return all;
}

TEST(CommonSlope, AgreesWithRToEightDigits) {
  std::map<std::string, std::map<std::string, double>> found;
  for (const auto& [name, groups] : r_sets()) found[name] = figures(groups);
  ASSERT_EQ(found.size(), 3U);
  const CsvTable goldens = CsvTable::from_file(kFolder + "common_slope.csv");
  for (std::size_t row = 0; row < goldens.rows(); ++row) {
    const double value =
        found.at(std::string(goldens.text(row, 0))).at(std::string(goldens.text(row, 1)));
    EXPECT_GE(digits_of_agreement(value, goldens.number(row, 2)), 8)
        << goldens.where(row) << " " << value;
  }
  EXPECT_EQ(goldens.rows(), 38U);
}

/// Networks of 1 to 61 Mops on a line, every one off by up to `noise` of itself.
Rows drawn(std::uint64_t seed, std::size_t n, double slope, double noise, double from = 1e6) {
  RandomStream random(seed, 0);
  Rows rows;
  for (std::size_t i = 0; i < n; ++i) {
    rows.x.push_back(uniform(random, from, from + 6e7));
    rows.y.push_back((1e-3 + slope * rows.x.back()) * (1 + noise * uniform(random, -1, 1)));
  }
  return rows;
}

TEST(CommonSlope, FasterByOneFactorIsTheSameUpToScaleWhicheverNetworksRan) {
  const Groups groups = {{"slow", drawn(1, 50, 12e-9, 0)}, {"fast", drawn(2, 30, 12e-9, 0, 3e7)}};
  Groups scaled = groups;
  for (double& y : scaled[1].second.y) y /= 3;
  const CommonSlope plain = compare_slopes(views(scaled));
  EXPECT_NEAR(plain.worst.share.value(), 1.0 / 3 - 1, 1e-9);
  EXPECT_EQ(plain.worst.agreement, Agreement::different);
  const CommonSlope up_to_scale = compare_slopes(views(scaled), {.up_to_scale = true});
  EXPECT_NEAR(up_to_scale.worst.share.value(), 0, 1e-9);
  EXPECT_EQ(up_to_scale.worst.agreement, Agreement::same);
  EXPECT_NEAR(up_to_scale.groups[0].slope, up_to_scale.groups[1].slope,
              1e-9 * up_to_scale.groups[0].slope);
}

TEST(CommonSlope, UnitsChangeNoShare) {
  Groups groups = {{"a", drawn(3, 60, 12e-9, 0.1)}, {"b", drawn(4, 40, 13e-9, 0.2)}};
  for (const bool up_to_scale : {false, true}) {
    const CommonSlope before = compare_slopes(views(groups), {.up_to_scale = up_to_scale});
    Groups other = groups;
    for (auto& [name, rows] : other) {
      for (double& x : rows.x) x /= 1e6;
      for (double& y : rows.y) y *= 1e6;
    }
    const CommonSlope after = compare_slopes(views(other), {.up_to_scale = up_to_scale});
    EXPECT_NEAR(after.worst.share.value(), before.worst.share.value(), 1e-10);
    EXPECT_NEAR(after.worst.interval.value().low, before.worst.interval.value().low, 1e-10);
    EXPECT_NEAR(after.worst.interval.value().high, before.worst.interval.value().high, 1e-10);
    EXPECT_NEAR(after.equal_slopes.value().statistic, before.equal_slopes.value().statistic, 1e-8);
  }
}

TEST(CommonSlope, IntervalsOfAllPairsHoldTogether) {
  const Groups groups = {{"a", drawn(5, 60, 12e-9, 0.1)},
                         {"b", drawn(6, 60, 12e-9, 0.1)},
                         {"c", drawn(7, 60, 14e-9, 0.1)}};
  const CommonSlope three = compare_slopes(views(groups));
  ASSERT_EQ(three.pairs.size(), 3U);
  EXPECT_EQ(three.pairs[0].reference + three.pairs[0].other, "ab");
  EXPECT_EQ(three.pairs[2].reference + three.pairs[2].other, "bc");
  EXPECT_NEAR(three.pairs[0].confidence, 1 - 0.05 / 3, 1e-15);
  const std::vector<SlopeGroup> two = {views(groups)[0], views(groups)[1]};
  EXPECT_GT(three.pairs[0].interval.value().width(),
            compare_slopes(two).pairs[0].interval.value().width());
  EXPECT_EQ(three.worst.agreement, Agreement::different);
  EXPECT_EQ(three.worst.other, "c");
}

TEST(CommonSlope, WholeEnumerationsHaveNoIntervals) {
  const Groups groups = {{"a", drawn(5, 60, 12e-9, 0.1)}, {"b", drawn(6, 60, 12e-9, 0.1)}};
  const CommonSlope whole = compare_slopes(views(groups), {.whole_enumeration = true});
  EXPECT_FALSE(whole.worst.interval || whole.groups[0].interval || whole.common.interval);
  EXPECT_EQ(whole.worst.agreement, Agreement::same);
}

TEST(CommonSlope, AFallingLineHasNoShare) {
  const Groups groups = {{"up", drawn(8, 40, 12e-9, 0.01)},
                         {"down", {{1e6, 2e6, 3e6, 4e6}, {9, 7, 4, 3}}}};
  const CommonSlope found = compare_slopes(views(groups));
  EXPECT_FALSE(found.worst.share);
  EXPECT_EQ(found.worst.agreement, Agreement::undecided);
  EXPECT_LT(found.groups[1].slope, 0);
}

TEST(CommonSlope, PairedRatioByHand) {
  const Rows a = drawn(9, 40, 12e-9, 0.1);
  std::vector<double> b = a.y;
  for (double& y : b) y *= 1.1;
  const SlopeDifference steeper = paired_slope_ratio(a.x, a.y, b, {}, {"m4", "m7"});
  EXPECT_NEAR(steeper.share.value(), 0.1, 1e-12);
  EXPECT_NEAR(steeper.interval.value().low, 0.1,
              1e-12);  // the noise is the same: nothing is left of it
  EXPECT_NEAR(steeper.interval.value().high, 0.1, 1e-12);
  EXPECT_EQ(steeper.agreement, Agreement::different);
  EXPECT_EQ(steeper.other, "m7");
  const SlopeDifference scaled = paired_slope_ratio(a.x, a.y, b, {.up_to_scale = true});
  EXPECT_NEAR(scaled.share.value(), 0, 1e-12);
  EXPECT_EQ(scaled.agreement, Agreement::same);
}

TEST(CommonSlope, PairedIntervalsAreThoseOfNetworksInCommon) {
  const Rows a = drawn(10, 80, 12e-9, 0.3);
  Rows b = a;  // the same networks: most of what scatters is theirs, little the board's
  RandomStream random(11, 0);
  for (double& y : b.y) y *= uniform(random, 1.02, 1.04);
  const SlopeDifference paired = paired_slope_ratio(a.x, a.y, b.y);
  const CommonSlope apart =
      compare_slopes(std::vector<SlopeGroup>{{"a", a.x, a.y}, {"b", b.x, b.y}});
  EXPECT_NEAR(paired.share.value(), apart.worst.share.value(), 1e-12);
  EXPECT_LT(paired.interval.value().width(), apart.worst.interval.value().width() / 5);
  EXPECT_EQ(paired.agreement, Agreement::same);
  EXPECT_EQ(apart.worst.agreement, Agreement::undecided);
  const SlopeDifference threads = paired_slope_ratio(a.x, a.y, b.y, {.threads = 3});
  EXPECT_EQ(threads.interval.value().low, paired.interval.value().low);
}

TEST(CommonSlope, AgreementIsOfTheWholeInterval) {
  EXPECT_EQ(agreement_of(0.0, Interval{-0.05, 0.05}, 0.05, false), Agreement::same);
  EXPECT_EQ(agreement_of(0.0, Interval{-0.04, 0.06}, 0.05, false), Agreement::undecided);
  EXPECT_EQ(agreement_of(0.1, Interval{0.06, 0.2}, 0.05, false), Agreement::different);
  EXPECT_EQ(agreement_of(-0.1, Interval{-0.2, -0.06}, 0.05, false), Agreement::different);
  EXPECT_EQ(agreement_of(0.0, std::nullopt, 0.05, false), Agreement::undecided);
  EXPECT_EQ(agreement_of(0.06, std::nullopt, 0.05, true), Agreement::different);
  EXPECT_EQ(agreement_of(std::nullopt, std::nullopt, 0.05, true), Agreement::undecided);
}

TEST(CommonSlope, TheWorstPairDecides) {
  const auto pair = [](std::optional<double> share, Agreement agreement) {
    SlopeDifference one;
    one.share = share;
    one.agreement = agreement;
    return one;
  };
  const std::vector<SlopeDifference> pairs = {
      pair(0.01, Agreement::same), pair(0.3, Agreement::undecided),
      pair(-0.1, Agreement::different), pair(0.08, Agreement::different)};
  EXPECT_EQ(worst_difference(pairs).share, -0.1);
  EXPECT_EQ(worst_difference(std::span(pairs).first(2)).share, 0.3);
}

TEST(CommonSlope, RefusesWhatHasNoSlope) {
  const Rows good = drawn(12, 5, 12e-9, 0.1);
  const std::vector<double> flat = {2, 2, 2}, two = {1, 2};
  const SlopeGroup a{"a", good.x, good.y};
  const auto message = [](std::vector<SlopeGroup> groups, CommonSlopeOptions options = {}) {
    return message_of([&] { (void)compare_slopes(groups, options); });
  };
  EXPECT_NE(message({a}).find("1 groups"), std::string::npos);
  EXPECT_NE(message({a, a}).find("two groups are named `a`"), std::string::npos);
  EXPECT_NE(message({a, {"kws", two, two}}).find("group `kws` has 2 rows"), std::string::npos);
  EXPECT_NE(message({a, {"kws", flat, flat}}).find("two different x"), std::string::npos);
  EXPECT_NE(message({a, a}, {.margin = 5}).find("margin is 5"), std::string::npos);
}

}  // namespace
}  // namespace opline::analysis
