// Pictures of SRAM over time that a real gnuplot has drawn.
#include "src/figures/memory_figure.h"

#include <gmock/gmock.h>

#include "src/base/error.h"
#include "src/base/files.h"

namespace opline::figures {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

MemoryFigure example() {
  MemoryFigure figure;
  figure.title = "SRAM over time: \"kws-s\" & <others>";
  figure.subtitle = "opline's runtime";
  figure.layers = {{"conv2d 49x10x84", 490, 41160, 160, 0},
                   {"depthwise_conv2d 25x5x84", 41160, 10500, 0, 0},
                   {"add 'quoted' \"twice\"", 10500, 10500, 0, 10500}};
  figure.planned = 51680;
  figure.available = 120 * 1024;
  figure.device = "NUCLEO-F446RE";
  return figure;
}

std::string draw(const MemoryFigure& figure, const char* name) {
  const fs::path path = fs::path(testing::TempDir()) / name;
  write_memory_figure(path, figure);
  const std::string content = read_file(path);
  if (std::getenv("OPLINE_KEEP_FIGURES") == nullptr) fs::remove(path);
  return content;
}

TEST(MemoryFigure, SaysWhatIsShownAndForWhom) {
  const std::string svg = draw(example(), "memory.svg");
  for (const char* text : {"read by the layer", "written by the layer", "scratch of the layer",
                           "waiting for a later layer", "0 conv2d 49x10x84", "live in SRAM (KiB)",
                           "NUCLEO-F446RE leaves 120.0 KiB", "memory plan 50.5 KiB of activations",
                           "\"kws-s\" &amp; &lt;others&gt;", "layer, in order of execution",
                           "opline-memory-figure 1"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
}

TEST(MemoryFigure, BarsAreAsHighAsTheirBytes) {
  MemoryFigure figure = example();
  const std::string before = draw(figure, "bars.svg");
  figure.layers[1].waiting = 20000;
  EXPECT_NE(draw(figure, "bars.svg"), before);
}

TEST(MemoryFigure, ALimitFarAboveTheBarsIsOnlyNamed) {
  MemoryFigure figure = example();
  figure.available = 10'000'000;
  const std::string svg = draw(figure, "far.svg");
  EXPECT_THAT(svg, HasSubstr("NUCLEO-F446RE leaves 9.54 MiB"));
  EXPECT_THAT(svg, Not(HasSubstr(">9000<"))) << "the axis ends near the bars";
}

TEST(MemoryFigure, ManyLayersAreNumbered) {
  MemoryFigure figure = example();
  for (int i = 0; i < 60; ++i) figure.layers.push_back({"conv2d 8x8x8", 512, 512, 0, 0});
  const std::string svg = draw(figure, "many.svg");
  EXPECT_THAT(svg, HasSubstr(">60<"));
  EXPECT_THAT(svg, Not(HasSubstr("conv2d 8x8x8")));
}

TEST(MemoryFigure, APngHoldsItsNote) {
  MemoryFigure figure = example();
  figure.provenance = "opline inspect --network kws-s";
  EXPECT_THAT(draw(figure, "memory.png"), HasSubstr("opline inspect --network kws-s"));
}

TEST(MemoryFigure, RefusesWhatCannotBeDrawn) {
  MemoryFigure figure = example();
  EXPECT_THROW(write_memory_figure("memory.pdf", figure), Error);
  figure.layers.clear();
  EXPECT_THROW(write_memory_figure("memory.svg", figure), Error);
}

}  // namespace
}  // namespace opline::figures
