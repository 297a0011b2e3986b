// SRAM over time and latency by layer of one network, and a grid of layers.
#include <gmock/gmock.h>

#include <algorithm>

#include "src/report/figures/layer_figures.h"
#include "tests/network/example_networks.h"

namespace opline::report {
namespace {

using figures::Element;
using figures::Figure;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const Element* find(const Figure& figure, const std::string& role) {
  for (const Element& one : figure.elements)
    if (one.role == role) return &one;
  return nullptr;
}

TEST(SramFigure, BarsEndAtTheLiveBytesAndThePeakIsMarked) {
  const network::Network network = network::kws_s();
  const network::Layout layout = network::lay_out(network);
  const Figure figure = sram_figure({"kws-s", "", network, layout, nullptr}, std::nullopt);
  require_drawable(figure);
  ASSERT_EQ(figure.y.names.size(), layout.layers.size());
  EXPECT_EQ(figure.y.names[0], "0 conv2d 49x10x84");
  std::vector<double> ends(layout.layers.size(), 0);
  for (const Element& one : figure.elements) {
    if (one.kind != Element::Kind::bars) continue;
    for (std::size_t i = 0; i < one.y.size(); ++i)
      ends[static_cast<std::size_t>(one.y[i])] =
          std::max(ends[static_cast<std::size_t>(one.y[i])], one.high[i]);
  }
  for (std::size_t i = 0; i < ends.size(); ++i) EXPECT_EQ(ends[i], layout.live_bytes[i]) << i;
  const auto peak = std::max_element(layout.live_bytes.begin(), layout.live_bytes.end());
  ASSERT_EQ(figure.marks.size(), 1U);
  EXPECT_EQ(figure.marks[0].x, *peak);
  EXPECT_EQ(figure.marks[0].y, static_cast<double>(peak - layout.live_bytes.begin()));
  EXPECT_THAT(figure.marks[0].text, testing::StartsWith("peak "));
}

// The legend named parts that no layer had.
TEST(SramFigure, PartsThatNoLayerHasAreNotThere) {
  const network::Network chain = network::kws_s();
  const network::Layout layout = network::lay_out(chain);
  const Figure figure = sram_figure({"", "", chain, layout, nullptr}, std::nullopt);
  EXPECT_EQ(find(figure, "waiting for a later layer"), nullptr);
  const network::Network skips = network::every_layer();
  const network::Layout other = network::lay_out(skips);
  EXPECT_NE(
      find(sram_figure({"", "", skips, other, nullptr}, std::nullopt), "waiting for a later layer"),
      nullptr);
}

TEST(SramFigure, ShowsWhatADeviceLeavesWhereThatIsNear) {
  const network::Network network = network::kws_s();
  const network::Layout layout = network::lay_out(network);
  const NetworkView view{"kws-s", "", network, layout, nullptr};
  const Figure near = sram_figure(view, Device{"NUCLEO", 100 * 1024});
  ASSERT_NE(find(near, "available"), nullptr);
  EXPECT_THAT(near.notes, testing::IsEmpty());
  const Figure small = sram_figure(view, Device{"NUCLEO", 30 * 1024});
  EXPECT_THAT(small.notes, ElementsAre("does not fit the board"));
  const Figure far = sram_figure(view, Device{"NUCLEO", 10'000'000});
  EXPECT_EQ(find(far, "available"), nullptr) << "it would flatten the bars";
  EXPECT_THAT(far.caption.back(), HasSubstr("NUCLEO leaves 9.5"));
}

TEST(LayerLatencyFigure, BarsAreCyclesOverTheClock) {
  const network::Network network = network::kws_s();
  const network::Layout layout = network::lay_out(network);
  measure::Measurement measured;
  for (std::size_t i = 0; i < layout.layers.size(); ++i)
    measured.layer_cycles.push_back(1000 * (i + 1));
  measure::Setup setup;
  setup.board = "nucleo-f446re";
  setup.runner = measure::Runner::simulated;
  const Figure figure = layer_latency_figure({"kws-s", "", network, layout, &measured}, 1e6, setup);
  require_drawable(figure);
  const Element* convolutions = find(figure, "conv2d");
  ASSERT_NE(convolutions, nullptr);
  EXPECT_DOUBLE_EQ(convolutions->high[0], 1e-3);
  EXPECT_EQ(find(figure, "max_pool_2d"), nullptr);
  EXPECT_THAT(figure.marks.back().text, testing::EndsWith(" %"));
  EXPECT_THAT(figure.caption[0], HasSubstr("nucleo-f446re, simulated, uncalibrated"));
}

TEST(GridFigure, HasAKindPerLegendWithItsCost) {
  const std::vector<campaign::LayerCase> grid = campaign::layer_grid();
  BoardLayers board{"nucleo-f446re", 1e8, measure::parse_runtime("opline 0.1.0"), {}};
  EXPECT_THAT(grid_figure(grid, board).reason(), HasSubstr("no layer was measured"));
  for (std::size_t i = 0; i < 3; ++i)
    board.cycles[grid[i].network.id()] = 5 * network::total_ops(grid[i].network).ops();
  const Result<Figure> figure = grid_figure(grid, board);
  ASSERT_TRUE(figure) << figure.reason();
  ASSERT_EQ(figure->elements.size(), 1U) << "kinds without a measurement are not there";
  EXPECT_EQ(figure->elements[0].x.size(), 3U);
  EXPECT_EQ(figure->elements[0].legend, "conv2d 1x1: 50.0 ns/op (50.0 to 50.0)");
  EXPECT_EQ(figure->elements[0].labels[0], grid[0].name);
}

}  // namespace
}  // namespace opline::report
