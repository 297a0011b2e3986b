#include "src/figures/binning.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "src/base/random.h"
#include "src/figures/figure_csv.h"
#include "src/figures/image_file.h"
#include "src/figures/layout.h"

namespace opline::figures {
namespace {

using testing::Contains;
using testing::HasSubstr;

/// A cloud along a line, with a rug.
Figure cloud(std::size_t points) {
  RandomStream random(1, 0);
  const auto uniform = [&] { return static_cast<double>(random.below(1 << 20)) / (1 << 20); };
  Figure figure;
  figure.kind = "test";
  figure.title = "a cloud";
  figure.x = {"ops", Dimension::ops, "ops", Scale::automatic, {}};
  figure.y = {"latency", Dimension::seconds, "latency_s", Scale::automatic, {}};
  Element networks;
  networks.role = "networks";
  Element rug;
  rug.kind = Element::Kind::rug;
  rug.role = "does not fit";
  rug.widens_axes = false;
  for (std::size_t i = 0; i < points; ++i) {
    const double x = 1e6 + 4e7 * uniform();
    networks.x.push_back(x);
    networks.y.push_back(1e-9 * x * (1 + 0.2 * uniform() * uniform()));
    networks.labels.push_back(std::to_string(i));
    rug.x.push_back(2e7 + 2e7 * uniform());
  }
  figure.elements = {networks, rug};
  return figure;
}

std::uint64_t sum(const std::vector<std::uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

TEST(Binning, FewPointsStayAsTheyAre) {
  const Figure figure = cloud(kMostPoints);
  const Figure same = binned(figure, {});
  EXPECT_EQ(same.elements[0].kind, Element::Kind::points);
  EXPECT_EQ(same.elements[0].x, figure.elements[0].x);
  EXPECT_EQ(same.elements[0].labels, figure.elements[0].labels);
  EXPECT_EQ(same.elements[1].x, figure.elements[1].x);
  EXPECT_EQ(same.caption, figure.caption);
}

TEST(Binning, TheCountsAreThoseOfThePointsInEachBin) {
  const Figure figure = cloud(60'000);
  const Figure result = binned(figure, {});
  const Element& points = figure.elements[0];
  const Element& bins = result.elements[0];
  ASSERT_EQ(bins.kind, Element::Kind::bins);
  EXPECT_LE(bins.x.size(), kMostBins);
  EXPECT_GT(bins.x.size(), 300U);
  EXPECT_EQ(sum(bins.counts), points.x.size());
  EXPECT_EQ(sum(result.elements[1].counts), points.x.size());
  for (std::size_t k = 0; k < bins.x.size(); k += 37) {
    std::uint64_t inside = 0;
    for (std::size_t i = 0; i < points.x.size(); ++i)
      inside += points.x[i] >= bins.low[k] && points.x[i] < bins.high[k] &&
                        points.y[i] >= bins.bottom[k] && points.y[i] < bins.top[k]
                    ? 1
                    : 0;
    // A point within rounding of an edge may count in the neighbour.
    EXPECT_NEAR(static_cast<double>(inside), static_cast<double>(bins.counts[k]), 1) << k;
    EXPECT_LT(bins.low[k], bins.x[k]);
    EXPECT_LT(bins.y[k], bins.top[k]);
  }
}

TEST(Binning, LegendAndCaptionSayWhatTheShadesAre) {
  const Figure result = binned(cloud(60'000), {});
  const std::uint64_t most = std::ranges::max(result.elements[0].counts);
  EXPECT_EQ(result.elements[0].legend, "networks: 1 to " + std::to_string(most) + " in a bin");
  EXPECT_THAT(result.caption, Contains(HasSubstr("60000 points are counted in squares")));
  EXPECT_EQ(binned(result, {}).caption, result.caption) << "bins are not binned again";
}

TEST(Binning, LogAxesHaveBinsOfEqualRatios) {
  FigureOptions options;
  options.scale = Scale::log;
  const Element bins = binned(cloud(30'000), options).elements[0];
  const double ratio = bins.high[0] / bins.low[0];
  for (std::size_t k = 0; k < bins.x.size(); ++k) {
    EXPECT_NEAR(bins.high[k] / bins.low[k], ratio, 1e-9);
    EXPECT_NEAR(bins.x[k], std::sqrt(bins.low[k] * bins.high[k]), 1e-6 * bins.x[k]);
  }
}

TEST(Binning, TheCsvFileHasTheBinsOfThePicture) {
  const Figure result = binned(cloud(30'000), {});
  const std::string csv = csv_of(result);
  EXPECT_THAT(csv, HasSubstr("element,series,name,ops,latency_s,count\n"));
  EXPECT_LT(csv.size(), 1'500'000U);
  EXPECT_THAT(csv_of(cloud(10)), testing::Not(HasSubstr("count")));
}

// `plot` of a million rows wrote 119 MB of SVG. What is drawn depends on the frame, not on the
// rows.
TEST(Binning, TheSizeOfThePictureHasABoundThatRowsDoNotMove) {
  const std::size_t some = image_of(cloud(50'000), ImageFormat::svg).size();
  const std::size_t many = image_of(cloud(300'000), ImageFormat::svg).size();
  EXPECT_LT(many, 3'000'000U);
  EXPECT_LT(static_cast<double>(many), 2.0 * static_cast<double>(some));
}

}  // namespace
}  // namespace opline::figures
