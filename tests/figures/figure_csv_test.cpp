#include "src/figures/figure_csv.h"

#include <gmock/gmock.h>

#include <cmath>

#include "src/base/csv.h"
#include "src/base/error.h"
#include "tests/error_message.h"
#include "tests/figures/example_figures.h"

namespace opline::figures {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST(FigureCsv, HasEveryPointInBaseUnits) {
  Figure figure = scatter_figure(3);
  figure.elements[0].labels = {"a,b", "c", "d \"e\""};
  figure.provenance = "opline plot\n--db x";
  const std::string text = csv_of(figure);
  EXPECT_THAT(text, StartsWith("# opline-latency-figure 2, written by opline "));
  EXPECT_THAT(text, HasSubstr("# command: opline plot --db x\n"));
  EXPECT_THAT(text, HasSubstr("# kws on nucleo-f446re, simulated, uncalibrated.\n"));
  const CsvTable table = CsvTable::from_text(text, "figure.csv");
  EXPECT_THAT(table.columns(), ElementsAre("element", "series", "name", "ops", "latency_s",
                                           "latency_s_low", "latency_s_high"));
  ASSERT_EQ(table.rows(), 3U + 2U + 2U + 2U);
  EXPECT_EQ(table.text(0, 2), "a,b");
  EXPECT_EQ(table.number(1, 3), figure.elements[0].x[1]);
  EXPECT_EQ(table.number(1, 4), figure.elements[0].y[1]);
  EXPECT_EQ(table.text(3, 0), "interval");
  EXPECT_EQ(table.text(3, 4), "");
  EXPECT_EQ(table.number(3, 5), -5e-3);
  EXPECT_EQ(table.text(7, 0), "does not fit");
  EXPECT_EQ(table.number(7, 3), 50e6);
}

TEST(FigureCsv, NamesTheBars) {
  const CsvTable table = CsvTable::from_text(csv_of(bar_figure()), "figure.csv");
  EXPECT_THAT(table.columns(),
              ElementsAre("element", "series", "name", "bytes", "bytes_low", "bytes_high"));
  ASSERT_EQ(table.rows(), 5U);
  EXPECT_EQ(table.text(3, 2), "1 add");
  EXPECT_EQ(table.number(3, 4), 41160);
  EXPECT_EQ(table.number(3, 5), 51660);
}

TEST(Figure, RefusesWhatCannotBeDrawn) {
  const auto refusal = [](const Figure& figure) {
    return message_of([&] { require_drawable(figure); }, ErrorCode::input);
  };
  EXPECT_THAT(refusal({}), HasSubstr("nothing to draw"));
  Figure figure = scatter_figure();
  figure.elements[0].y.pop_back();
  EXPECT_THAT(refusal(figure), HasSubstr("'networks' has 200 x, 199 y"));
  figure = scatter_figure();
  figure.elements[0].y[5] = std::nan("");
  EXPECT_THAT(refusal(figure), HasSubstr("not a finite number"));
  figure = scatter_figure();
  figure.elements[0].labels = {"one"};
  EXPECT_THAT(refusal(figure), HasSubstr("networks"));
  require_drawable(scatter_figure());
  require_drawable(bar_figure());
}

}  // namespace
}  // namespace opline::figures
