#include "src/report/figures/calibration_figure.h"

#include <gmock/gmock.h>

#include "src/figures/figure_csv.h"
#include "tests/evaluation/calibration/planted_calibration.h"

namespace opline::report {
namespace {

using evaluation::Calibration;
using figures::Element;
using figures::Figure;
using testing::Contains;
using testing::HasSubstr;

const Element& with_role(const Figure& figure, const std::string& role) {
  for (const Element& one : figure.elements)
    if (one.role == role) return one;
  throw std::runtime_error("no element " + role);
}

std::vector<Calibration> planted(double scale, int constants = 1) {
  const evaluation::Series simulated = evaluation::simulated_series(20);
  return evaluation::calibrated(evaluation::measured_series(simulated, scale, 0.005), simulated,
                                {.constants = constants});
}

TEST(CalibrationFigure, HasPairsLineAndIdentity) {
  const std::vector<Calibration> all = planted(1.25);
  const Result<Figure> figure = calibration_figure(all);
  ASSERT_TRUE(figure);
  require_drawable(*figure);
  const Element& networks = with_role(*figure, "networks");
  ASSERT_EQ(networks.x.size(), 20U);
  EXPECT_EQ(networks.x[3], all[0].pairs[3].simulated_seconds);
  EXPECT_EQ(networks.y[3], all[0].pairs[3].measured_seconds);
  EXPECT_EQ(networks.legend, "networks (n = 20)");
  const Element& line = with_role(*figure, "calibrated");
  EXPECT_NEAR(line.y.back() / line.x.back(), 1.25, 0.01);
  EXPECT_THAT(line.legend, HasSubstr("calibrated: 1.2"));
  const Element& identity = with_role(*figure, "measured = simulated");
  EXPECT_EQ(identity.x, identity.y);
  EXPECT_EQ(figure->x.label, "simulated latency");
  EXPECT_EQ(figure->y.label, "measured latency");
  EXPECT_TRUE(figure->same_ranges);
  EXPECT_THAT(figure->notes, Contains(HasSubstr("a further network: within ")));
}

TEST(CalibrationFigure, AnOffsetIsInTheLegend) {
  const Result<Figure> figure = calibration_figure(planted(1.25, 2));
  ASSERT_TRUE(figure);
  EXPECT_THAT(with_role(*figure, "calibrated").legend, HasSubstr(" × simulated "));
}

TEST(CalibrationFigure, SeveralScopesAreToldApart) {
  std::vector<Calibration> all = planted(1.25);
  all.push_back(planted(0.9).front());
  all.back().scope.board = "another";
  const Result<Figure> figure = calibration_figure(all);
  ASSERT_TRUE(figure);
  EXPECT_EQ(figure->notes.size(), 2U);
  EXPECT_THAT(figures::csv_of(*figure), HasSubstr("another"));
}

TEST(CalibrationFigure, WithoutAFitThereIsAReason) {
  const evaluation::Series simulated = evaluation::simulated_series(1);
  const auto all = evaluation::calibrated(evaluation::measured_series(simulated, 1, 0), simulated);
  EXPECT_THAT(calibration_figure(all).reason(), HasSubstr("nothing could be fitted: "));
}

}  // namespace
}  // namespace opline::report
