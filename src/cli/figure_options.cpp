#include "src/cli/figure_options.h"

#include <fmt/ostream.h>

#include "src/base/error.h"
#include "src/base/other_file.h"
#include "src/base/printable.h"
#include "src/cli/fit_options.h"
#include "src/figures/figure_options.h"

namespace opline::cli {
namespace {

constexpr const char* kNames[] = {"preset", "width", "height", "font-size",
                                  "title",  "axes",  "dpi",    "no-caption"};

void read_formats(const Options& options, report::FigureOutput& output) {
  output.images.clear();
  output.numbers = false;
  for (const std::string& name : options.list("format")) {
    bool known = name == "csv";
    output.numbers = output.numbers || known;
    for (const auto format :
         {figures::ImageFormat::svg, figures::ImageFormat::pdf, figures::ImageFormat::png}) {
      if (name != extension_of(format) + 1) continue;
      output.images.push_back(format);
      known = true;
    }
    if (!known)
      options.fail(
          fmt::format("--format: '{}' is not a format of figures; choose from svg, pdf, png, "
                      "csv",
                      printable(name, 40)));
  }
}

}  // namespace

void add_figure_options(Options& options, WithFormats formats) {
  if (formats == WithFormats::yes) {
    options.value("format", "LIST", "svg, pdf, png, csv (the numbers of the figure)",
                  "svg,png,csv");
    options.completes("format", {"svg", "pdf", "png", "csv"});
  }
  options.value("preset", "NAME",
                "column (84 x 68 mm, 8 pt), double (174 x 100 mm, 9 pt) or slide (254 x 143 mm, 18 "
                "pt, with a title)",
                "double");
  options.completes("preset", {"column", "double", "slide"});
  options.value("width", "MM", "width in mm, instead of the preset's");
  options.value("height", "MM", "height in mm");
  options.value("font-size", "PT", "size of the axes' labels in pt");
  options.value("axes", "SCALE", "auto (log where values span a factor of 100), linear or log",
                "auto");
  options.completes("axes", {"auto", "linear", "log"});
  options.value("dpi", "N", "resolution of PNG", "300");
  options.flag("title", "draw a title above the frame");
  options.flag("no-caption",
               "no caption below the frame; it is still in the file's metadata and in the CSV");
}

report::FigureOutput read_figure_options(const Options& options, WithFormats formats,
                                         const std::vector<std::filesystem::path>& taken) {
  report::FigureOutput output;
  const std::optional<figures::FigureOptions> look = figures::preset(options.text("preset"));
  if (!look)
    options.fail(fmt::format("--preset is '{}'; it must be {}",
                             printable(options.text("preset"), 40), figures::preset_names()));
  output.look = *look;
  if (options.given("width")) output.look.width_mm = options.number("width", 0, 1e6);
  if (options.given("height")) {
    output.look.height_mm = options.number("height", 0, 1e6);
    output.look.may_grow = false;
  }
  if (options.given("font-size")) output.look.font_pt = options.number("font-size", 0, 1e6);
  output.look.png_dpi = static_cast<int>(options.integer("dpi", 50, 1200));
  constexpr figures::Scale kScales[] = {figures::Scale::automatic, figures::Scale::linear,
                                        figures::Scale::log};
  output.look.scale = kScales[options.choice("axes")];
  if (options.has("title")) output.look.with_title = true;
  output.look.with_caption = !options.has("no-caption");
  figures::require_size(output.look);
  if (formats == WithFormats::yes) read_formats(options, output);
  output.check = [taken](const std::filesystem::path& path) { require_other_file(path, taken); };
  return output;
}

void require_no_figure_options(const Options& options, WithFormats formats,
                               const std::string& option) {
  std::vector<std::string> names(std::begin(kNames), std::end(kNames));
  if (formats == WithFormats::yes) names.emplace_back("format");
  for (const std::string& name : names) {
    if (options.given(name))
      options.fail(
          fmt::format("--{} applies only to figures; ask for them with --{}", name, option));
  }
}

report::FigureOutput read_plot_options(const Options& options,
                                       const std::vector<std::filesystem::path>& taken) {
  if (!options.has("plot")) require_no_figure_options(options, WithFormats::no, "plot");
  report::FigureOutput output = read_figure_options(options, WithFormats::no, taken);
  if (const auto path = options.optional_text("plot")) {
    output.check(*path);
    output.check(std::filesystem::path(*path).replace_extension(".csv"));
  }
  return output;
}

void write_plot(const Result<figures::Figure>& figure, const std::string& path,
                const report::FigureOutput& output, Console& console) {
  if (!figure) throw Error(ErrorCode::input, "--plot {}: {}", path, figure.reason());
  figures::Figure drawn = *figure;
  drawn.provenance = console.command_line;
  for (const std::string& written : report::write_figure_as(drawn, path, output))
    fmt::print(console.err, "{}\n", written);
}

}  // namespace opline::cli
