// Where things go in figures of the sizes that papers have.
#include "src/figures/layout.h"

#include <gmock/gmock.h>

#include "src/figures/plain_text.h"
#include "tests/figures/example_figures.h"

namespace opline::figures {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

double frame_share(const Layout& layout) {
  return (layout.right - layout.left) * (layout.top - layout.bottom) /
         (layout.width * layout.height);
}

/// Whether the block is inside the frame and no point, line or end of a band is inside the block.
void expect_free(const Figure& figure, const Layout& layout) {
  const Block& block = layout.block;
  EXPECT_GE(block.left, layout.left - 1e-6);
  EXPECT_LE(block.left + block.width, layout.right + 1e-6);
  EXPECT_LE(block.top, layout.top + 1e-6);
  EXPECT_GE(block.top - block.height, layout.bottom - 1e-6);
  for (const Element& one : figure.elements) {
    for (std::size_t i = 0; i < one.x.size(); ++i) {
      const double x = layout.page_x(one.x[i]);
      const double y = layout.page_y(one.y.empty() ? one.high.empty() ? 0 : one.high[i] : one.y[i]);
      const bool inside = x > block.left && x < block.left + block.width && y < block.top &&
                          y > block.top - block.height;
      EXPECT_FALSE(inside) << one.role << " at " << x << ", " << y;
    }
  }
}

TEST(Layout, TheFrameTakesMostOfAColumnAndOfAPage) {
  for (const char* name : {"column", "double", "slide"}) {
    const Layout layout = lay_out(scatter_figure(), *preset(name));
    EXPECT_GT(frame_share(layout), 0.55) << name;
    EXPECT_EQ(layout.block.rows.size(), 2U) << name << ": the equation is inside";
    expect_free(scatter_figure(), layout);
  }
}

TEST(Layout, BandsAreInsideTheFrame) {
  const Layout layout = lay_out(scatter_figure(), {});
  EXPECT_LT(layout.page_y(900e-3), layout.top);
  EXPECT_EQ(layout.y.low, 0) << "a band below 0 is cut off at 0";
  EXPECT_STREQ(layout.y.unit.name, "ms");
}

TEST(Layout, TheAxisIsMadeLongerForTheNotes) {
  Figure figure = scatter_figure();
  for (double& y : figure.elements[0].y) y = 0.7;  // no free corner at the top
  figure.elements.resize(1);
  const Layout layout = lay_out(figure, *preset("column"));
  EXPECT_FALSE(layout.block.rows.empty());
  expect_free(figure, layout);
}

TEST(Layout, ManyNotesGoBelowTheFrame) {
  Figure figure = scatter_figure();
  for (int i = 0; i < 8; ++i) figure.notes.push_back("nucleo: 7.6 ns/op × ops + 16 ms, R² = 0.99");
  const Layout layout = lay_out(figure, *preset("column"));
  EXPECT_TRUE(layout.block.rows.empty());
  EXPECT_THAT(layout.below, Contains(HasSubstr("7.6 ns/op")));
}

TEST(Layout, LinesBelowFitThePage) {
  Figure figure = scatter_figure();
  figure.caption = {std::string(300, 'w') + " " + std::string(40, 'i') + " end"};
  const FigureOptions options = *preset("column");
  const Layout layout = lay_out(figure, options);
  for (const std::string& line : layout.below)
    EXPECT_LT(width_of(line) * layout.caption_font, layout.width * 1.02) << line;
  FigureOptions bare = options;
  bare.with_caption = false;
  EXPECT_THAT(lay_out(figure, bare).below, testing::IsEmpty());
  EXPECT_THAT(lay_out(figure, bare, "12 of 13 points").below,
              testing::ElementsAre("12 of 13 points"));
}

TEST(Layout, TickLabelsDoNotRunIntoEachOther) {
  for (const char* name : {"column", "double", "slide"}) {
    for (const double most : {1.0, 97.0, 12345.0, 3.3e6, 8.7e9}) {
      Figure figure = scatter_figure();
      figure.elements.resize(1);
      figure.elements[0].x = {most / 3, most};
      figure.elements[0].y = {0.1, 0.2};
      const Layout layout = lay_out(figure, *preset(name));
      double end = 0;
      for (const Tick& tick : layout.x_ticks) {
        const double half = 0.5 * width_of(tick.label) * layout.tick_font;
        const double x = layout.page_x(tick.value);
        EXPECT_GT(x - half, end) << name << " " << most;
        EXPECT_LT(x + half, layout.width) << name << " " << most;
        end = x + half;
      }
    }
  }
}

TEST(Layout, NamedBarsAreOneBelowTheOther) {
  const Figure figure = bar_figure();
  const Layout layout = lay_out(figure, *preset("column"));
  EXPECT_GT(layout.page_y(0), layout.page_y(1));
  EXPECT_GT(layout.page_y(1), layout.page_y(2));
  ASSERT_EQ(layout.y_ticks.size(), 3U);
  EXPECT_EQ(layout.y_ticks[0].label, "0 conv2d");
  EXPECT_STREQ(layout.x.unit.name, "KiB");
}

TEST(Layout, ManyNamedBarsMakeThePageHigher) {
  Figure figure = bar_figure();
  for (int i = 3; i < 50; ++i) figure.y.names.push_back("layer");
  const FigureOptions options = *preset("column");
  EXPECT_GT(lay_out(figure, options).height, 2 * options.height_mm * 72 / 25.4);
  FigureOptions fixed = options;
  fixed.may_grow = false;
  const Layout layout = lay_out(figure, fixed);
  EXPECT_NEAR(layout.height, options.height_mm * 72 / 25.4, 1e-9);
  EXPECT_LT(layout.y_ticks.size(), 30U) << "only as many names as have a line";
}

// The legend took its place from the bars, so that their names ran into each other.
TEST(Layout, NamesKeepTheirDistanceBesideALegend) {
  for (const bool may_grow : {true, false}) {
    Figure figure = bar_figure();
    for (Element& part : figure.elements) part.high.assign(part.high.size(), 60000);
    for (int i = 3; i < 18; ++i) {
      figure.y.names.push_back("layer");
      figure.elements[0].y.push_back(i);
      figure.elements[0].low.push_back(0);
      figure.elements[0].high.push_back(60000);
    }
    FigureOptions options = *preset("column");
    options.may_grow = may_grow;
    const Layout layout = lay_out(figure, options);
    for (std::size_t i = 1; i < layout.y_ticks.size(); ++i)
      EXPECT_GE(layout.page_y(layout.y_ticks[i - 1].value) - layout.page_y(layout.y_ticks[i].value),
                layout.tick_font);
    EXPECT_LT(layout.block.top, layout.page_y(17.45)) << "below the last bar";
  }
}

TEST(Layout, SameRangesAreTheSame) {
  Figure figure = scatter_figure();
  figure.elements.resize(1);
  figure.elements[0].x = {1, 2};
  figure.elements[0].y = {1, 4};
  figure.x.dimension = figure.y.dimension = Dimension::number;
  figure.same_ranges = true;
  const Layout layout = lay_out(figure, {});
  EXPECT_EQ(layout.x.high, layout.y.high);
  EXPECT_EQ(layout.x.low, layout.y.low);
}

TEST(Layout, ALogAxisIsNotBesideALinearOneUnlessAskedFor) {
  Figure figure = scatter_figure();
  figure.elements.resize(1);
  figure.elements[0].x = {1e4, 1e7};
  figure.elements[0].y = {1e-3, 20e-3};
  EXPECT_TRUE(lay_out(figure, {}).x.log);
  EXPECT_TRUE(lay_out(figure, {}).y.log);
  FigureOptions linear;
  linear.scale = Scale::linear;
  EXPECT_FALSE(lay_out(figure, linear).x.log);
  figure.elements[0].y = {-1e-3, 20e-3};
  EXPECT_FALSE(lay_out(figure, {}).x.log);
}

TEST(Layout, UnitsAreThoseOfTheAxes) {
  const Figure figure = scatter_figure();
  const Layout layout = lay_out(figure, {});
  EXPECT_STREQ(x_unit_of(figure).name, layout.x.unit.name);
  EXPECT_STREQ(y_unit_of(figure).name, layout.y.unit.name);
}

}  // namespace
}  // namespace opline::figures
