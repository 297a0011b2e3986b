// Pictures that a real gnuplot has drawn.
#include "src/figures/image_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <cstdlib>
#include <regex>
#include <sstream>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/figures/figure_script.h"
#include "src/figures/plain_text.h"
#include "tests/error_message.h"
#include "tests/figures/example_figures.h"

namespace opline::figures {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace fs = std::filesystem;
using boost::property_tree::ptree;

/// What an SVG holds, after a parser has accepted it.
struct SvgContent {
  std::vector<std::string> texts;
  std::size_t circles = 0;  ///< Markers of type 6 or 7.
  std::string title, description, width, height;
};

void collect(const ptree& node, SvgContent& content) {
  for (const auto& [tag, child] : node) {
    if (tag == "svg") {
      content.width = child.get("<xmlattr>.width", "");
      content.height = child.get("<xmlattr>.height", "");
    }
    if (tag == "text") {
      std::string text = child.data();
      for (const auto& [inner, part] : child) {
        if (inner != "<xmlattr>") text += part.data();
      }
      content.texts.push_back(text);
    }
    // Markers drawn with a place; the definitions of the symbols have an id instead.
    const std::string symbol = child.get("<xmlattr>.xlink:href", "");
    if (tag == "use" && (symbol == "#gpPt5" || symbol == "#gpPt6") &&
        !child.get_child("<xmlattr>").count("id"))
      ++content.circles;
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
    if (std::system("gnuplot --version >/dev/null 2>&1") != 0)
      GTEST_SKIP() << "needs: sudo apt-get install --no-install-recommends gnuplot-nox";
  }
};

TEST_F(DrawnFigure, SvgShowsEveryPointAndEveryWord) {
  Figure figure = scatter_figure(1000);
  figure.provenance = "opline study --space kws";
  FigureOptions options = *preset("column");
  const std::string svg = image_of(figure, ImageFormat::svg, options);
  EXPECT_THAT(svg.substr(0, svg.find('\n')),
              AllOf(StartsWith("<?xml"), HasSubstr("opline-latency-figure 2; opline ")));
  const SvgContent content = read_svg(svg);
  EXPECT_EQ(content.circles, 1000U);
  EXPECT_EQ(content.width, "84.00mm");
  EXPECT_EQ(content.height, "68.00mm");
  EXPECT_EQ(content.title, figure.title);
  EXPECT_THAT(content.description,
              AllOf(HasSubstr("opline study --space kws"), HasSubstr("simulated, uncalibrated")));
  for (const char* wanted :
       {"ops (Mops)", "latency (ms)", "latency = 13.0 ns/op × ops + 1.0 ms", "R² = 0.99, n = 200"})
    EXPECT_THAT(content.texts, Contains(wanted));
  EXPECT_THAT(fmt::format("{}", fmt::join(content.texts, " ")),
              HasSubstr("kws on nucleo-f446re, simulated, uncalibrated. Shaded: 95 % interval."));
  EXPECT_THAT(content.texts, Not(Contains(figure.title)));
  options.with_title = true;
  options.with_caption = false;
  const SvgContent titled = read_svg(image_of(figure, ImageFormat::svg, options));
  EXPECT_THAT(titled.texts, Contains(HasSubstr("Latency against ops")));
  EXPECT_THAT(titled.texts, Not(Contains(HasSubstr("simulated"))));
  EXPECT_THAT(titled.description, HasSubstr("simulated")) << "the note still says so";
}

TEST_F(DrawnFigure, VeryManyPointsAreBinsWithCounts) {
  const std::string svg = image_of(scatter_figure(100000), ImageFormat::svg);
  EXPECT_LT(svg.size(), 3'000'000U);
  const SvgContent content = read_svg(svg);
  EXPECT_LT(content.circles, 100U) << "no markers";
  EXPECT_THAT(content.texts, Contains(HasSubstr("in a bin")));
  EXPECT_THAT(content.texts, Contains(HasSubstr("100000 points are counted in squares")));
}

TEST_F(DrawnFigure, PngHasItsSizeAndItsNote) {
  FigureOptions options = *preset("column");
  const std::string png = image_of(scatter_figure(), ImageFormat::png, options);
  const auto pixels = [&](std::size_t at) {
    return static_cast<unsigned char>(png[at + 2]) << 8 | static_cast<unsigned char>(png[at + 3]);
  };
  ASSERT_THAT(png, StartsWith("\x89PNG\r\n\x1a\n"));
  EXPECT_EQ(pixels(16), 992);  // 84 mm at 300 dpi
  EXPECT_EQ(pixels(20), 803);
  EXPECT_THAT(png, HasSubstr("opline-latency-figure 2; opline "));
  EXPECT_GT(png.size(), 15000U);  // an empty plot has less
}

TEST_F(DrawnFigure, PdfHasItsSizeItsNoteAndNoDate) {
  const FigureOptions options = *preset("column");
  const std::string pdf = image_of(scatter_figure(), ImageFormat::pdf, options);
  EXPECT_THAT(pdf, StartsWith("%PDF-"));
  EXPECT_THAT(pdf, testing::EndsWith("%%EOF\n"));
  EXPECT_THAT(pdf, Not(HasSubstr("CreationDate")));
  std::smatch box;
  ASSERT_TRUE(std::regex_search(pdf, box, std::regex("/MediaBox \\[ 0 0 ([0-9.]+) ([0-9.]+)")));
  EXPECT_NEAR(std::stod(box[1]), 84 * 72 / 25.4, 1);
  EXPECT_NEAR(std::stod(box[2]), 68 * 72 / 25.4, 1);
  // The table of the update finds its object, and the update finds the table.
  const std::size_t table = std::stoul(pdf.substr(pdf.rfind("startxref\n") + 10));
  EXPECT_EQ(pdf.substr(table, 5), "xref\n");
  const std::size_t entry = pdf.find('\n', table + 5) + 1;
  const std::size_t object = std::stoul(pdf.substr(entry, 10));
  EXPECT_THAT(pdf.substr(object, 40), HasSubstr(" 0 obj\n<< /Title <FEFF004C00610074"));
}

TEST_F(DrawnFigure, TheSameFigureIsTheSameFile) {
  for (const ImageFormat format : {ImageFormat::svg, ImageFormat::pdf, ImageFormat::png})
    EXPECT_EQ(image_of(scatter_figure(), format), image_of(scatter_figure(), format))
        << extension_of(format);
}

TEST_F(DrawnFigure, BarsHaveNamesAPeakAndALegend) {
  const SvgContent content = read_svg(image_of(bar_figure(), ImageFormat::svg, *preset("column")));
  for (const char* wanted : {"live in SRAM (KiB)", "0 conv2d", "1 add", "2 softmax",
                             "peak 50.4 KiB", "read by the layer", "written by the layer"})
    EXPECT_THAT(content.texts, Contains(wanted));
}

TEST_F(DrawnFigure, EveryKindOfElementIsDrawnOnLogAxes) {
  FigureOptions options;
  options.scale = Scale::log;
  Figure figure = scatter_figure();
  figure.elements[2].y[0] = -1;  // a line that begins below the axis
  for (std::size_t i = 0; i < 8; ++i) {
    Element more = figure.elements[0];
    more.pen = i;
    more.legend = "series " + std::to_string(i);
    figure.elements.push_back(more);
  }
  Element guide = figure.elements[2];
  guide.kind = Element::Kind::guide;
  figure.elements.push_back(guide);
  const SvgContent content = read_svg(image_of(figure, ImageFormat::svg, options));
  EXPECT_THAT(content.texts, Contains("10"));
  EXPECT_THAT(content.texts, Contains("series 7"));
}

// Series shared a marker and a line, and could not be told apart in grey.
TEST_F(DrawnFigure, SeriesDifferInMarkersAndDashesNotOnlyInColour) {
  Figure figure = scatter_figure(20);
  figure.elements = {figure.elements[0], figure.elements[0], figure.elements[2],
                     figure.elements[2]};
  figure.elements[1].pen = figure.elements[3].pen = 1;
  const std::string svg = image_of(figure, ImageFormat::svg);
  EXPECT_THAT(svg, HasSubstr("xlink:href='#gpPt5' transform"));
  EXPECT_THAT(svg, HasSubstr("xlink:href='#gpPt7' transform"));
  EXPECT_THAT(svg, HasSubstr("stroke-dasharray='6.0,3.0'"));
}

TEST_F(DrawnFigure, AnyNamesGiveAWellFormedPicture) {
  constexpr std::string_view alphabet = "'\"`\\{}_^@$%#<>&\n\r\t \xC2\xB5\xFF~!|;a";
  for (std::uint64_t sample = 0; sample < 12; ++sample) {
    RandomStream random(42, sample);
    const auto any = [&] {
      std::string text = "x";
      for (std::uint32_t length = random.below(12); length > 0; --length)
        text += alphabet[random.below(static_cast<std::uint32_t>(alphabet.size()))];
      return text + "x";
    };
    Figure figure = scatter_figure(5);
    figure.title = any();
    figure.x.label = any();
    figure.elements[0].legend = any();
    figure.notes = {any()};
    figure.caption = {any()};
    figure.marks = {{3e7, 0.4, any()}};
    figure.provenance = any();
    const SvgContent content = read_svg(image_of(figure, ImageFormat::svg));
    EXPECT_EQ(content.title, clean_utf8(figure.title));
    EXPECT_THAT(content.texts, Contains(clean_utf8(figure.elements[0].legend))) << sample;
    EXPECT_THAT(content.texts, Contains(clean_utf8(figure.caption[0]))) << sample;
    EXPECT_THAT(image_of(figure, ImageFormat::pdf), StartsWith("%PDF-"));
  }
}

TEST_F(DrawnFigure, AFailureLeavesTheOldFile) {
  const fs::path folder = fs::path(testing::TempDir()) / "opline_figure_failure";
  fs::remove_all(folder);
  write_file_atomically(folder / "a.svg", "old");
  FigureOptions options;
  options.program = "false";
  EXPECT_THROW(write_image(folder / "a.svg", scatter_figure(), options), Error);
  EXPECT_EQ(read_file(folder / "a.svg"), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator{}), 1);
  fs::remove_all(folder);
}

TEST(ImageFile, RefusesWhatItCannotWrite) {
  const auto refusal = [](ErrorCode code, const char* path, const FigureOptions& options = {}) {
    return message_of([&] { write_image(path, scatter_figure(), options); }, code);
  };
  EXPECT_THAT(refusal(ErrorCode::usage, "x.gif"), HasSubstr("as .svg, .pdf or .png"));
  FigureOptions options;
  options.width_mm = 10;
  EXPECT_THAT(refusal(ErrorCode::usage, "x.svg", options), HasSubstr("choose from 40 to 1000"));
  options = {};
  options.font_pt = 100;
  EXPECT_THAT(refusal(ErrorCode::usage, "x.svg", options), HasSubstr("font size in pt: 100"));
  options = {};
  options.program = "no-such-program";
  EXPECT_THAT(refusal(ErrorCode::missing_tool, "x.svg", options), HasSubstr("apt-get install"));
}

TEST(FigureOptions, PresetsAreColumnDoubleAndSlide) {
  EXPECT_EQ(preset("column")->width_mm, 84);
  EXPECT_EQ(preset("double")->width_mm, 174);
  EXPECT_TRUE(preset("slide")->with_title);
  EXPECT_FALSE(preset("poster"));
}

}  // namespace
}  // namespace opline::figures
