#include <fmt/ostream.h>

#include <filesystem>
#include <ostream>

#include "src/base/error.h"
#include "src/base/utc_now.h"
#include "src/cli/figure_options.h"
#include "src/cli/measuring.h"
#include "src/cli/source.h"
#include "src/report/figures/layer_figures.h"

namespace opline::cli {
namespace {

std::vector<report::BoardLayers> read_layers(store::Study& study, const Measured& measured,
                                             const AskedBoards& asked) {
  std::vector<report::BoardLayers> all;
  for (std::size_t i = 0; i < measured.report.setups.size(); ++i) {
    const measure::Setup& setup = i < asked.boards.size()
                                      ? asked.boards[i].setup()
                                      : asked.attached[i - asked.boards.size()].setup();
    report::BoardLayers layers{
        setup.board, static_cast<double>(setup.clock_hz.value_or(0)), setup.runtime, {}};
    store::Selection selection;
    selection.campaigns = {measured.campaign};
    selection.setups = {measured.report.setups[i]};
    for (const store::Series& series : study.measurements(selection)) {
      for (const store::MeasurementRow& row : series.rows) {
        if (row.cycles) layers.cycles[row.network] = *row.cycles;
      }
    }
    all.push_back(std::move(layers));
  }
  return all;
}

/// One figure per board.
std::vector<std::string> draw(const report::LayerGridReport& report,
                              const std::filesystem::path& folder,
                              const report::FigureOutput& output, const std::string& command) {
  std::vector<std::string> paths;
  for (const report::BoardLayers& board : report.boards) {
    const Result<figures::Figure> figure = report::grid_figure(report.grid, board);
    if (!figure) continue;
    figures::Figure drawn = *figure;
    drawn.provenance = command;
    for (std::string& path :
         report::write_figure(drawn, folder / ("layers-" + board.board), output))
      paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace

int layers_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "layers",
      "Measure single layers of each type over a grid of sizes, with channels around multiples of\n"
      "four, and print what a multiply-accumulate costs by layer and board. Layer types differ in\n"
      "cost per op; whole networks of one backbone are still close to linear in ops (opline "
      "study).",
      "opline layers --boards nucleo-f446re,nucleo-f746zg --db layers.db --out results");
  add_board_options(options);
  options.value("out", "DIR", "folder for the figures; without it none are drawn");
  add_figure_options(options, WithFormats::yes);
  options.exits({static_cast<int>(ErrorCode::missing_tool), static_cast<int>(ErrorCode::input),
                 static_cast<int>(ErrorCode::io), static_cast<int>(ErrorCode::device), kInterrupted,
                 kNoResult});
  if (!options.parse(arguments, console)) return 0;
  if (!options.has("out")) require_no_figure_options(options, WithFormats::yes, "out");
  const report::FigureOutput output =
      read_figure_options(options, WithFormats::yes, files_of_study(options.text("db")));
  const AskedBoards asked = read_boards(options);
  report::LayerGridReport report{campaign::layer_grid(), {}};
  const std::string text = "a grid of single layers, written by opline layers\n";
  store::Study study = store::Study::open(options.text("db"), store::Mode::create, utc_now());
  const Measured measured = measure(asked, {"layers", text, text + "1", "grid", 0},
                                    campaign::GridSource(report.grid), study, console);
  const bool lost = report_set_aside(asked, console);
  if (measured.report.interrupted) {
    console.out << (options.has("json") ? to_text(to_json(measured)) : in_words(measured));
    return kInterrupted;
  }
  report.boards = read_layers(study, measured, asked);
  console.out << (options.has("json") ? to_text(to_json(report)) : in_words(report));
  if (const auto folder = options.optional_text("out")) {
    for (const std::string& path : draw(report, *folder, output, console.command_line)) {
      if (!options.has("json")) fmt::print(console.out, "plot        {}\n", path);
    }
  }
  if (lost) return static_cast<int>(ErrorCode::device);
  return measured.report.with_latency == 0 ? kNoResult : 0;
}

}  // namespace opline::cli
