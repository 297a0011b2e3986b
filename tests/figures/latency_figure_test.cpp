// Pictures that a real gnuplot has drawn.
#include "src/figures/latency_figure.h"

#include <gmock/gmock.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <sstream>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/figures/plain_text.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::figures {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace fs = std::filesystem;
using boost::property_tree::ptree;
using testing_data::uniform;

LatencySeries noisy_series(double slope, std::size_t n, const std::string& board) {
  RandomStream random(41, n);
  LatencySeries series;
  for (std::size_t i = 0; i < n; ++i) {
    const double ops = std::floor(uniform(random, 2e6, 60e6));
    series.ops.push_back(ops);
    series.seconds.push_back((slope * ops + 1.1e-3) * uniform(random, 0.92, 1.08));
  }
  series.fit = analysis::fit_line(series.ops, series.seconds);
  series.space = "kws";
  series.board = board;
  series.runtime = "opline 0.1.0";
  series.prior = "uniform-decisions";
  series.drawn = n + 60;
  series.different = n + 40;
  series.fitting = n;
  return series;
}

LatencyFigure single() {
  LatencyFigure figure;
  figure.series = {noisy_series(13.2e-9, 1000, "nucleo-f446re")};
  figure.provenance = "opline study --space kws";
  return figure;
}

/// What an SVG holds, after a parser has accepted it.
struct SvgContent {
  std::vector<std::string> texts;
  std::size_t points = 0;
  std::size_t dashed = 0;
  std::string title, description;
};

void collect(const ptree& node, SvgContent& content) {
  for (const auto& [tag, child] : node) {
    if (tag == "text") {
      std::string text = child.data();
      for (const auto& [inner, part] : child) {
        if (inner != "<xmlattr>") text += part.data();
      }
      content.texts.push_back(text);
    }
    // Points of type 7, drawn with a place; the definitions of the symbols have an id instead.
    if (tag == "use" && child.get("<xmlattr>.xlink:href", "") == "#gpPt6" &&
        child.count("<xmlattr>") == 1 && !child.get_child("<xmlattr>").count("id")) {
      ++content.points;
    }
    if (tag == "path" && !child.get("<xmlattr>.stroke-dasharray", "").empty()) ++content.dashed;
    if (tag == "title") {
      EXPECT_EQ(content.title, "") << "a second title; browsers show it as a tooltip";
      content.title = child.data();
    }
    if (tag == "desc") content.description = child.data();
    collect(child, content);
  }
}

SvgContent read_svg(const std::string& text) {
  std::istringstream in(text);
  ptree tree;
  boost::property_tree::read_xml(in, tree);  // throws when ill-formed
  SvgContent content;
  collect(tree, content);
  return content;
}

class DrawnFigure : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("gnuplot --version >/dev/null 2>&1") != 0) {
      GTEST_SKIP() << "needs: sudo apt-get install --no-install-recommends gnuplot-nox";
    }
    const char* test = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::path(testing::TempDir()) / ("opline_figure_" + std::string(test));
    fs::remove_all(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }
  std::string draw(const LatencyFigure& figure, const char* name,
                   const FigureOptions& options = {}) {
    write_latency_figure(folder_ / name, figure, options);
    return read_file(folder_ / name);
  }
  fs::path folder_;
};

TEST_F(DrawnFigure, SvgShowsEveryPointAndEveryWord) {
  const std::string svg = draw(single(), "a.svg");
  EXPECT_THAT(svg.substr(0, svg.find('\n')),
              AllOf(StartsWith("<?xml"), HasSubstr("opline-latency-figure 1; opline ")));
  const SvgContent content = read_svg(svg);
  EXPECT_EQ(content.points, 1000U + 1U);  // and one in the legend
  EXPECT_EQ(content.dashed, 2U + 1U);     // lower, upper, legend
  EXPECT_EQ(content.title, "Latency against ops: kws on nucleo-f446re");
  EXPECT_THAT(content.description, HasSubstr("opline study --space kws"));
  for (const char* wanted :
       {"Latency against ops: kws on nucleo-f446re", "simulated", "runtime opline 0.1.0",
        "prior uniform-decisions", "ops (Mops)", "latency (ms)", "latency = 13.", "ns/op × ops",
        "slope 95 % interval [", "R² = 0.9", "n = 1000 of 1040 networks",
        "95 % interval of the mean", "95 % prediction interval",
        "drawn 1060 · different 1040 · fitting 1000 · measured 1000",
        "sampling of architectures"}) {
    EXPECT_THAT(content.texts, Contains(HasSubstr(wanted)));
  }
}

TEST_F(DrawnFigure, PngHasTheSizeAskedForAndTheNote) {
  const std::string png = draw(single(), "a.png");
  const auto pixels = [&](std::size_t at) {
    return static_cast<unsigned char>(png[at + 2]) << 8 | static_cast<unsigned char>(png[at + 3]);
  };
  ASSERT_THAT(png, StartsWith("\x89PNG\r\n\x1a\n"));
  EXPECT_EQ(pixels(16), 1200);
  EXPECT_EQ(pixels(20), 800);
  EXPECT_THAT(png, HasSubstr("opline-latency-figure 1; opline "));
  EXPECT_THAT(png, HasSubstr("IEND"));
  EXPECT_GT(png.size(), 30000U);  // an empty plot has less
  const std::string large = draw(single(), "b.png", {.width = 2400, .height = 1600});
  EXPECT_EQ(static_cast<unsigned char>(large[18]) << 8 | static_cast<unsigned char>(large[19]),
            2400);
}

TEST_F(DrawnFigure, SeveralSeriesHaveALegendEntryAndAColourEach) {
  LatencyFigure figure;
  figure.series = {noisy_series(13.2e-9, 200, "nucleo-f446re"),
                   noisy_series(6.4e-9, 150, "nucleo-f746zg"),
                   noisy_series(4.1e-9, 100, "nucleo-f767zi")};
  figure.series[2].origin = Origin::measured;
  const std::string svg = draw(figure, "a.svg");
  const SvgContent content = read_svg(svg);
  EXPECT_EQ(content.points, 450U + 3U);
  EXPECT_THAT(content.texts, Contains(HasSubstr("nucleo-f446re, simulated: 13.")));
  EXPECT_THAT(content.texts, Contains(HasSubstr("nucleo-f767zi, measured: 4.")));
  EXPECT_THAT(
      content.texts,
      Contains("nucleo-f746zg, simulated: drawn 210 · different 190 · fitting 150 · measured 150"));
  for (const char* colour : {"rgb(  0, 114, 178)", "rgb(213,  94,   0)", "rgb(  0, 158, 115)"}) {
    EXPECT_THAT(svg, HasSubstr(colour));
  }
}

TEST_F(DrawnFigure, AWholeEnumerationShowsNoInterval) {
  LatencyFigure figure = single();
  for (LatencySeries& series : figure.series) series.whole_enumeration = true;
  const SvgContent content = read_svg(draw(figure, "a.svg"));
  EXPECT_EQ(content.dashed, 0U);
  EXPECT_THAT(content.texts, Not(Contains(HasSubstr("95 %"))));
  EXPECT_THAT(content.texts, Contains(HasSubstr("latency = 13.")));
}

TEST_F(DrawnFigure, FewPointsWithoutALineAreDrawn) {
  LatencyFigure figure;
  figure.series = {noisy_series(13.2e-9, 3, "x")};
  figure.series[0].fit.reset();
  figure.series[0].ops.resize(1);
  figure.series[0].seconds.resize(1);
  EXPECT_EQ(read_svg(draw(figure, "a.svg")).points, 2U);
  figure.series[0].ops = {0};
  figure.series[0].seconds = {0};
  EXPECT_EQ(read_svg(draw(figure, "b.svg")).points, 2U);
}

TEST_F(DrawnFigure, EightSeriesStillHaveRoom) {
  LatencyFigure figure;
  for (int i = 0; i < 8; ++i)
    figure.series.push_back(noisy_series(1e-9 * (i + 1), 5, fmt::format("board {}", i)));
  EXPECT_EQ(read_svg(draw(figure, "a.svg")).points, 8U * 5U + 8U);
}

TEST_F(DrawnFigure, NamesAreShownAsTheyAre) {
  const std::string name = "it's \"x\" {a_b}^2 \\n `ls` $HOME %d <&> @m";
  LatencyFigure figure;
  figure.series = {noisy_series(13.2e-9, 10, name)};
  figure.series[0].prior = "'; system 'false'; '";
  const SvgContent content = read_svg(draw(figure, "a.svg"));
  EXPECT_THAT(content.texts, Contains("Latency against ops: kws on " + name));
  EXPECT_THAT(content.texts, Contains(HasSubstr("prior '; system 'false'; '")));
}

TEST_F(DrawnFigure, ALongPriorIsShownWhole) {
  std::string prior = "uniform-networks given ops 20000..60000";
  for (int i = 0; i < 12; ++i) prior += fmt::format(", block{}.width 16|24|32", i);
  const auto lines = [&](const LatencyFigure& figure) {
    return fmt::format(" {} ", fmt::join(read_svg(draw(figure, "a.svg")).texts, " "));
  };
  LatencyFigure figure = single();
  figure.series[0].prior = prior;
  EXPECT_THAT(lines(figure), HasSubstr("prior " + prior + " "));
  figure.series.push_back(figure.series[0]);
  figure.series[1].prior = "uniform-decisions";
  EXPECT_THAT(lines(figure), HasSubstr(" " + prior + ": drawn 1060")) << "below the plot";
}

TEST_F(DrawnFigure, AnyNamesGiveAWellFormedPicture) {
  constexpr std::string_view alphabet = "'\"`\\{}_^@$%#<>&\n\r\t \xC2\xB5\xFF~!|;a";
  for (std::uint64_t sample = 0; sample < 12; ++sample) {
    RandomStream random(42, sample);
    const auto any = [&] {
      std::string text = "x";
      for (std::uint32_t length = random.below(12); length > 0; --length) {
        text += alphabet[random.below(static_cast<std::uint32_t>(alphabet.size()))];
      }
      return text + "x";
    };
    LatencyFigure figure;
    figure.series = {noisy_series(13.2e-9, 5, any()), noisy_series(6e-9, 5, any())};
    figure.series[0].runtime = figure.series[1].runtime = any();
    figure.title = any();
    figure.provenance = any();
    figure.remarks = {any()};
    const SvgContent content = read_svg(draw(figure, "a.svg"));
    EXPECT_EQ(content.points, 10U + 2U);
    EXPECT_THAT(content.texts, Contains(clean_utf8(figure.title))) << sample;
    EXPECT_THAT(content.texts, Contains(HasSubstr(clean_utf8(*figure.series[1].board)))) << sample;
  }
}

TEST_F(DrawnFigure, TheSameFigureIsTheSameFile) {
  EXPECT_EQ(draw(single(), "a.svg"), draw(single(), "b.svg"));
  EXPECT_EQ(draw(single(), "a.png"), draw(single(), "b.png"));
}

TEST_F(DrawnFigure, AFailureLeavesTheOldFile) {
  write_file_atomically(folder_ / "a.svg", "old");
  EXPECT_THROW(draw(single(), "a.svg", {.program = "false"}), Error);
  EXPECT_EQ(read_file(folder_ / "a.svg"), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator{}), 1);
}

std::string refusal(ErrorCode code, const LatencyFigure& figure, const char* path = "x.svg",
                    const FigureOptions& options = {}) {
  return message_of([&] { write_latency_figure(path, figure, options); }, code);
}

TEST(LatencyFigure, RefusesWhatCannotBeDrawn) {
  EXPECT_THAT(refusal(ErrorCode::usage, single(), "x.pdf"), HasSubstr("as .svg or .png"));
  EXPECT_THAT(refusal(ErrorCode::usage, single(), "x.svg", {.width = 100}),
              HasSubstr("from 600 x 500"));
  EXPECT_THAT(refusal(ErrorCode::missing_tool, single(), "x.svg", {.program = "no-such-program"}),
              HasSubstr("apt-get install"));
  LatencyFigure figure;
  EXPECT_THAT(refusal(ErrorCode::input, figure), HasSubstr("0 series; draw 1 to 8"));
  figure = single();
  figure.series.resize(9, figure.series[0]);
  EXPECT_THAT(refusal(ErrorCode::input, figure), HasSubstr("9 series"));
  figure = single();
  figure.series[0].ops.pop_back();
  EXPECT_THAT(refusal(ErrorCode::input, figure), HasSubstr("999 ops and 1000 latencies"));
  figure = single();
  figure.series[0].seconds[5] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(refusal(ErrorCode::input, figure), HasSubstr("no numbers"));
  figure = single();
  figure.series.push_back({});
  EXPECT_THAT(refusal(ErrorCode::input, figure), HasSubstr("series 2 has no points"));
}

}  // namespace
}  // namespace opline::figures
