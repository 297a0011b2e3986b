#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>

#include "src/base/error.h"
#include "src/base/other_file.h"
#include "src/base/output.h"
#include "src/base/printable.h"
#include "src/base/utc_now.h"
#include "src/base/version.h"
#include "src/cli/exit_code.h"
#include "src/cli/figure_options.h"
#include "src/cli/output_format.h"
#include "src/cli/source.h"
#include "src/evaluation/calibration/calibration_file.h"
#include "src/report/calibration_report.h"
#include "src/report/figures/calibration_figure.h"

namespace opline::cli {
namespace {

using analysis::Ruling;
using evaluation::Calibration;
using evaluation::CalibrationFile;

constexpr std::size_t kWhole = std::string::npos;  // names in it are short

std::vector<evaluation::SourcedSeries> read_side(const std::string& argument, Console& console) {
  Source source = source_argument("calibrate", argument, console);
  std::vector<evaluation::SourcedSeries> side;
  for (evaluation::Series& one : source.series) side.push_back({source.name, std::move(one)});
  return side;
}

CalibrationFile file_of(const std::vector<Calibration>& all, const std::string& name,
                        const Console& console) {
  CalibrationFile file{name, {}};
  for (const Calibration& one : all) {
    if (one.fit) put(file, stored(one, {std::string(version()), utc_now(), console.command_line}));
  }
  return file;
}

void print(const std::vector<Calibration>& all, OutputFormat format, Console& console) {
  if (format == OutputFormat::json) {
    console.out << text_of(file_of(all, "", console));
    return;
  }
  std::vector<report::Record> records;
  for (const Calibration& one : all) {
    if (format == OutputFormat::text)
      console.out << (&one == &all.front() ? "" : "\n")
                  << printable_lines(report::text_of(one), kWhole);
    for (report::Record& record : report::records_of(one)) records.push_back(std::move(record));
  }
  if (format == OutputFormat::csv)
    console.out << report::records_as_csv(records, "opline-calibration-pairs",
                                          console.command_line);
}

/// Adds what is valid, or allowed, to the file at `path`; others are named on console.err.
void save(const std::vector<Calibration>& all, const std::string& path, bool allow_not_valid,
          Console& console) {
  CalibrationFile file{path, {}};
  if (std::filesystem::exists(path)) file = evaluation::load_calibrations(path);
  bool any = false;
  for (evaluation::StoredCalibration& one : file_of(all, path, console).calibrations) {
    if (one.ruling == Ruling::valid || allow_not_valid) {
      put(file, std::move(one));
      any = true;
    } else {
      fmt::print(console.err, "opline: {}: {}: not written; --allow-not-valid writes it\n",
                 printable(one.scope.title(), kWhole), name_of(one.ruling));
    }
  }
  if (!any) return;
  write_file_atomically(path, text_of(file));
  fmt::print(console.err, "{}\n", path);
}

int exit_code_of(const std::vector<Calibration>& all) {
  const auto ruled = [&](Ruling ruling) {
    return std::any_of(all.begin(), all.end(),
                       [&](const Calibration& one) { return one.fit && one.ruling() == ruling; });
  };
  if (ruled(Ruling::not_valid)) return kNotValid;
  if (!std::all_of(all.begin(), all.end(),
                   [](const Calibration& one) { return one.fit.has_value(); }))
    return static_cast<int>(ErrorCode::input);
  return ruled(Ruling::undecided) ? kUndecided : 0;
}

}  // namespace

int calibrate_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "calibrate",
      "Determine the constant between simulated seconds and measured ones, for one scope: board,\n"
      "clock, runtime, compiler, flags, placement and timing model. Networks are paired by id,\n"
      "architecture, name or .tflite file; measured = scale x simulated. Prints the constant with\n"
      "its interval, residuals, the error left out one at a time, whether residuals go with ops "
      "or\n"
      "layers, and the verdict: valid when a further network's measured seconds are within "
      "--margin.\n"
      "--out writes the calibration into a file, which fit, validate, plot, report and export "
      "apply\n"
      "with --calibration FILE; a file may hold several scopes. Both sides are named\n"
      "FILE[:KEY=VALUE,...] as in opline compare: a study with the keys space, prior, seed, "
      "boards,\n"
      "setup, or a table (.csv) with the keys ops, latency, name, id, tflite, boards, ...\n"
      "Method and an example: docs/calibration.md; the file: docs/formats/calibration.md.",
      "opline calibrate --measured real.db --simulated sim.db --out kws.json\n"
      "opline calibrate --measured mine.csv:latency=latency_ms,name=model,boards=nucleo-f446re "
      "--simulated sim.db\n"
      "opline calibrate --measured real.db:boards=nucleo-f746zg --simulated sim.db --constants 2 "
      "--json\n"
      "opline calibrate --measured real.db --simulated sim.db --plot calibration.pdf --preset "
      "column\n"
      "opline fit --db sim.db --calibration kws.json");
  options.value("measured", "SERIES", "what was measured on boards, or imported");
  options.value("simulated", "SERIES", "what the simulator gave for the same networks");
  options.value("constants", "N", "1: a scale; 2: a scale and an offset", "1");
  options.completes("constants", {"1", "2"});
  options.value("margin", "SHARE", "error of a further network's seconds that is accepted", "0.05");
  options.value("out", "FILE", "the calibration file; one of the same scope is replaced");
  options.flag("allow-not-valid", "with --out: also write what is not judged valid");
  options.value("plot", "FILE",
                "draw measured against simulated seconds, with the calibrated line, as .svg, .pdf "
                "or .png, with a .csv beside it");
  add_figure_options(options, WithFormats::no);
  add_format_options(options);
  options.exits({static_cast<int>(ErrorCode::missing_tool), static_cast<int>(ErrorCode::input),
                 static_cast<int>(ErrorCode::io), kNotValid, kUndecided});
  if (!options.parse(arguments, console)) return 0;
  analysis::CalibrationOptions wanted;
  wanted.constants = static_cast<int>(options.integer("constants", 1, 2));
  wanted.margin = options.number("margin", 0, 1);
  const OutputFormat format = read_format(options);
  if (options.has("allow-not-valid") && !options.has("out"))
    options.fail("--allow-not-valid applies only to --out FILE");
  const std::string measured = options.text("measured");
  const std::string simulated = options.text("simulated");
  std::vector<std::filesystem::path> taken = files_of_argument(measured);
  for (std::filesystem::path& path : files_of_argument(simulated)) taken.push_back(std::move(path));
  if (const auto out = options.optional_text("out")) {
    require_other_file(*out, taken);
    taken.emplace_back(*out);
  }
  const report::FigureOutput output = read_plot_options(options, taken);

  const std::vector<Calibration> all =
      evaluation::calibrate(read_side(measured, console), read_side(simulated, console), wanted);
  if (const auto path = options.optional_text("plot"))
    write_plot(report::calibration_figure(all), *path, output, console);
  print(all, format, console);
  if (options.has("out")) save(all, options.text("out"), options.has("allow-not-valid"), console);
  return exit_code_of(all);
}

}  // namespace opline::cli
