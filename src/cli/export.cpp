#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <ostream>
#include <string_view>

#include "notebooks_export/layers_table.h"
#include "notebooks_export/measurements_csv.h"
#include "notebooks_export/networks_table.h"
#include "notebooks_export/notebook.h"
#include "src/base/error.h"
#include "src/base/other_file.h"
#include "src/base/output.h"
#include "src/base/parallel.h"
#include "src/base/sink.h"
#include "src/base/utc_now.h"
#include "src/base/version.h"
#include "src/cli/cost_model_export.h"
#include "src/cli/exit_code.h"
#include "src/cli/network_argument.h"
#include "src/cli/source.h"
#include "src/costmodel/cpp_header.h"
#include "src/costmodel/python_package.h"
#include "src/evaluation/judge.h"
#include "src/report/fit_report.h"
#include "src/report/model_report.h"
#include "src/tflite/to_tflite.h"

namespace opline::cli {
namespace {

using evaluation::Series;

const Series& only_one(const std::vector<Series>& all, const Options& options) {
  if (all.size() == 1) return all.front();
  std::string titles;
  for (const Series& one : all) titles += "\n  " + title_of(one);
  options.fail(fmt::format(
      "a cost model is for one campaign and setup, but {} match; choose with --space, --prior, "
      "--seed, --boards and --setup:{}",
      all.size(), titles));
}

/// A comment of a CSV file is one line.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

/// The rows of one series as the study stores them, with the networks that failed.
notebooks_export::CampaignRows rows_of(const Series& series, store::Study& study) {
  notebooks_export::CampaignRows rows;
  for (const store::CampaignRow& campaign : study.campaigns()) {
    if (campaign.key == series.campaign) rows.campaign = campaign;
  }
  store::Selection selection;
  selection.campaigns = {series.campaign};
  selection.setups = {series.setup_id};
  rows.series.setup = {series.setup_id, series.setup};
  std::vector<store::Series> measured = study.measurements(selection);
  if (!measured.empty()) rows.series = std::move(measured.front());
  rows.failures = study.failures(series.campaign, series.setup_id);
  return rows;
}

/// What an export has: its options, and the file that --out names.
struct Request {
  const Options& options;
  std::string path;
  Console& console;
};

/// The series that a study's export is made of.
struct StudySource {
  store::Study study;
  std::vector<Series> series;  ///< At least one.
};

StudySource open_study(const Request& request,
                       evaluation::WithLayers layers = evaluation::WithLayers::no) {
  store::Study study = store::Study::open(request.options.text("db"), store::Mode::read_only);
  require_other_file(request.path, files_of_study(study.path()));
  std::vector<Series> series =
      evaluation::read_series(study, read_selection(request.options), layers);
  apply_calibration(request.options, series);
  return {std::move(study), std::move(series)};
}

int export_tflite(const Request& request) {
  std::vector<std::filesystem::path> inputs = files_of_network(request.options);
  if (const auto study = request.options.optional_text("db")) inputs.push_back(*study);
  require_other_file(request.path, inputs);
  const std::vector<std::uint8_t> file =
      tflite::to_tflite(numbers_of(resolve_network(request.options)));
  write_output(request.path, std::string(file.begin(), file.end()), request.console.out);
  return 0;
}

/// The comments of a table: where it comes from, and how many networks each series has.
std::vector<std::string> provenance(const StudySource& source, const Request& request) {
  std::vector<std::string> lines = {
      one_line("study: " + source.study.path().filename().string() + ", exported " + utc_now()),
      one_line("command: " + request.console.command_line)};
  for (const Series& series : source.series)
    lines.push_back(
        one_line(fmt::format("series: {}: {}", title_of(series), report::counts_of(series))));
  return lines;
}

int export_csv(const Request& request) {
  StudySource source = open_study(request);
  std::vector<notebooks_export::CampaignRows> rows;
  for (const Series& series : source.series) rows.push_back(rows_of(series, source.study));
  std::vector<std::string> comments = provenance(source, request);
  comments.insert(comments.begin(),
                  "opline-measurements version 1, written by opline " + std::string(version()));
  write_output(
      request.path,
      [&](const Sink& sink) { sink(notebooks_export::measurements_csv(rows, comments, sink)); },
      request.console.out);
  return 0;
}

/// `table`: networks_table or layers_table.
template <auto table, notebooks_export::TableForm form>
int export_table(const Request& request) {
  StudySource source = open_study(request);
  write_output(
      request.path,
      [&](const Sink& sink) {
        sink(table(form, source.study, source.series, provenance(source, request), sink));
      },
      request.console.out);
  return 0;
}

/// The cost model of the one series chosen; nothing, having told why, where no model is left.
std::optional<costmodel::CostModel> cost_model_of(const Request& request, int& code) {
  StudySource source = open_study(request, evaluation::WithLayers::yes);
  const Series& series = only_one(source.series, request.options);
  report::CostModelView view =
      view_cost_model(series, source.study, read_models_options(request.options),
                      request.options.has("allow-not-valid"), request.console);
  code = view.file.models.empty() ? (view.not_valid_left_out ? kNotValid : kNoResult) : 0;
  if (code != 0) return std::nullopt;
  return std::move(view.file);
}

int export_cost_model(const Request& request) {
  int code = 0;
  const auto file = cost_model_of(request, code);
  if (!file) return code;
  write_output(request.path, costmodel::cost_model_text(*file, request.path), request.console.out);
  fmt::print(request.console.err, "{}", report::text_of(*file));
  return 0;
}

int export_cpp(const Request& request) {
  int code = 0;
  const auto file = cost_model_of(request, code);
  if (!file) return code;
  const std::string name = costmodel::cpp_identifier(request.options.optional_text("name").value_or(
      request.path == "-" ? file->space_name.value_or("model")
                          : std::filesystem::path(request.path).stem().string()));
  write_output(request.path, costmodel::cpp_header(*file, name), request.console.out);
  return 0;
}

/// Every series that was chosen: a package has room for several.
int export_python(const Request& request) {
  if (request.path == "-") request.options.fail("--format python writes a folder; name it: --out");
  StudySource source = open_study(request, evaluation::WithLayers::yes);
  std::vector<costmodel::NamedCostModel> models;
  bool not_valid = false;
  for (const Series& series : source.series) {
    report::CostModelView view =
        view_cost_model(series, source.study, read_models_options(request.options),
                        request.options.has("allow-not-valid"), request.console);
    not_valid = not_valid || view.not_valid_left_out;
    if (!view.file.models.empty()) models.push_back({file_stem(series), std::move(view.file)});
  }
  if (models.empty()) return not_valid ? kNotValid : kNoResult;
  costmodel::write_python_package(request.path, models);
  return 0;
}

int export_notebook(const Request& request) {
  const StudySource source = open_study(request);
  std::vector<notebooks_export::NotebookSeries> series;
  bool has_line = false;
  for (const Series& one : source.series) {
    const evaluation::SeriesFit fit = evaluation::fit_series(one);
    series.push_back({&one, report::record_of(fit, evaluation::fit_model(one, {})).json()});
    has_line = has_line || fit.line;
    if (!fit.line)
      fmt::print(request.console.err, "opline: {}: no fit: {}\n", title_of(one), fit.why_none);
  }
  if (!has_line) return kNoResult;
  const std::string text = notebooks_export::notebook(
      series, {source.study.path(), request.path, utc_now(), request.console.command_line});
  write_output(request.path, text, request.console.out);
  return 0;
}

/// One value of --format. To add a format, add its row.
struct Format {
  std::string_view name;
  bool calibrated;  ///< Whether --calibration may be given: not where raw measurements are written.
  /// Writes the file; returns the exit code: kNoResult where there is nothing to export.
  int (*write)(const Request& request);
};
using notebooks_export::layers_table;
using notebooks_export::networks_table;
using notebooks_export::TableForm;
constexpr std::array kFormats{
    Format{"cost-model", true, export_cost_model},
    Format{"cpp", true, export_cpp},
    Format{"csv", false, export_csv},
    Format{"networks-csv", false, export_table<networks_table, TableForm::csv>},
    Format{"networks-jsonl", false, export_table<networks_table, TableForm::json_lines>},
    Format{"layers-csv", false, export_table<layers_table, TableForm::csv>},
    Format{"layers-jsonl", false, export_table<layers_table, TableForm::json_lines>},
    Format{"notebook", false, export_notebook},
    Format{"python", true, export_python},
    Format{"tflite", false, export_tflite},
};

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const Format& format : kFormats) names.emplace_back(format.name);
  return names;
}

}  // namespace

int export_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "export",
      "Write a study's cost model, which a search loads: as JSON, a C++ header (cpp) or a Python\n"
      "package (python), both without dependencies. Or its raw measurements, its networks with\n"
      "their decisions as columns, or their layers (CSV or JSON lines); a notebook (Jupyter) that\n"
      "draws the study, fits it again and compares; or one network as an int8 .tflite file, which\n"
      "needs no study. Each format has a page in docs/formats.",
      "opline export --db study.db --space kws --boards nucleo-f446re --format cost-model --out "
      "kws.json\n"
      "opline export --db study.db --format networks-csv --out networks.csv\n"
      "opline export --db study.db --format notebook --out study.ipynb\n"
      "opline export --network kws-s --format tflite --out kws-s.tflite\n"
      "opline export --space kws --seed 1 --index 3 --format tflite --out sample3.tflite");
  add_selection_options(options);
  add_network_options(options);
  add_models_options(options);
  add_calibration_option(options);
  options.value("name", "NAME", "namespace of --format cpp; default: the stem of --out");
  options.value("format", "NAME", fmt::format("{}", fmt::join(format_names(), ", ")));
  options.completes("format", format_names());
  options.value("out", "FILE", "the file to write, of python the folder; - is standard output");
  options.exits(
      {static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io), kNotValid, kNoResult});
  if (!options.parse(arguments, console)) return 0;

  const Format& format = kFormats[options.choice("format")];
  if (options.has("calibration") && !format.calibrated)
    options.fail(fmt::format(
        "--calibration applies to cost models; --format {} writes what was measured or simulated "
        "as it is",
        format.name));
  const std::string path = options.text("out");
  if (const int code = format.write({options, path, console}); code != 0) return code;
  if (path != "-") fmt::print(console.out, "{}\n", path);
  return 0;
}

}  // namespace opline::cli
