#include "notebooks_export/notebook.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

#include "notebooks_export/notebook_template.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/version.h"

namespace opline::notebooks_export {
namespace {

namespace fs = std::filesystem;
using evaluation::Series;

constexpr std::size_t kWhole = 1U << 20U;

/// What stands for @NAME@ in the template.
using Values = std::map<std::string, std::string, std::less<>>;

std::string filled(std::string_view line, const Values& values) {
  std::string result;
  while (!line.empty()) {
    const std::size_t begin = line.find('@');
    const std::size_t end = begin == line.npos ? line.npos : line.find('@', begin + 1);
    const auto value =
        end == line.npos ? values.end() : values.find(line.substr(begin + 1, end - begin - 1));
    const bool known = value != values.end();
    const std::size_t plain = known ? begin : end == line.npos ? line.size() : end;
    result += line.substr(0, plain);
    if (known) result += value->second;
    line.remove_prefix(known ? end + 1 : plain);
  }
  return result;
}

/// Lines as the template has them, without their ends.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// A cell's text as nbformat has it: a list of lines that end in \n, but for the last.
Json source_of(const std::string& text) {
  const std::size_t begin = std::min(text.find_first_not_of('\n'), text.size());
  const std::size_t end = text.find_last_not_of('\n') + 1;
  Json lines = Json::array();
  for (const std::string_view line :
       lines_of(std::string_view(text).substr(begin, std::max(begin, end) - begin)))
    lines.push_back(std::string(line) + "\n");
  if (!lines.empty()) {
    auto& last = lines.back().get_ref<std::string&>();
    last.pop_back();
  }
  return lines;
}

Json cell(bool is_markdown, std::string_view id, const std::string& text) {
  Json json = {{"cell_type", is_markdown ? "markdown" : "code"}};
  if (!is_markdown) json["execution_count"] = nullptr;
  json["id"] = id;
  json["metadata"] = Json::object();
  if (!is_markdown) json["outputs"] = Json::array();
  json["source"] = source_of(text);
  return json;
}

/// The cells of the template with `values` in place.
Json cells_of(std::string_view text, const Values& values) {
  constexpr std::string_view kCell = "# %% ";
  constexpr std::string_view kMarkdown = "[markdown] ";
  Json cells = Json::array();
  bool is_markdown = false;
  std::string_view id;
  std::string content;
  const auto end_cell = [&] {
    if (!id.empty()) cells.push_back(cell(is_markdown, id, content));
    content.clear();
  };
  for (std::string_view line : lines_of(text)) {
    if (line.starts_with(kCell)) {
      end_cell();
      id = line.substr(kCell.size());
      is_markdown = id.starts_with(kMarkdown);
      if (is_markdown) id.remove_prefix(kMarkdown.size());
      continue;
    }
    if (is_markdown && line.starts_with('#')) line.remove_prefix(line.starts_with("# ") ? 2 : 1);
    content += filled(line, values) + "\n";
  }
  end_cell();
  return cells;
}

/// `keys` of `from`, null for those that it does not have.
Json picked(const Json& from, std::initializer_list<const char*> keys) {
  Json json = Json::object();
  for (const char* key : keys) json[key] = from.is_object() ? from.value(key, Json()) : Json();
  return json;
}

Json coefficient_of(const Json& fitted) {
  Json json = picked(fitted, {"estimate", "standard_error", "interval"});
  json["classical_standard_error"] = fitted.at("classical").at("standard_error");
  return json;
}

/// What the notebook compares its own figures with.
Json figures_of(const Json& fit) {
  if (fit.contains("why_no_fit")) return picked(fit, {"n", "why_no_fit"});
  Json json = picked(fit, {"n", "whole_enumeration", "errors", "confidence"});
  for (const char* key : {"slope_seconds_per_op", "intercept_seconds"})
    json[key] = coefficient_of(fit.at(key));
  json.update(picked(fit, {"r_squared", "rmse_seconds", "mape_percent"}));
  const Json& regression = fit.at("regression");
  const Json held_out = regression.value("held_out_errors_percent", Json());
  json["held_out_errors_percent"] = held_out.is_null() ? held_out : picked(held_out, {"n", "mape"});
  const Json diagnostics = regression.value("diagnostics", Json());
  json["diagnostics"] =
      diagnostics.is_null()
          ? diagnostics
          : picked(diagnostics, {"breusch_pagan", "white", "jarque_bera", "reset"});
  return json;
}

/// "kws on nucleo-f446re" where that names one series of the notebook, else all of its title.
std::string label_of(const Series& series, const std::vector<NotebookSeries>& all) {
  const auto same = std::count_if(all.begin(), all.end(), [&](const NotebookSeries& other) {
    return other.series->marked_space() == series.marked_space() &&
           other.series->marked_board() == series.marked_board();
  });
  if (same > 1) return title_of(series);
  return printable(series.marked_space()) + " on " + printable(series.marked_board());
}

/// An object with its members, and theirs, each on a line; below that on one line. ASCII.
std::string object_text(const Json& json, int depth) {
  const std::string indent(2 * static_cast<std::size_t>(depth), ' ');
  std::string text;
  for (const auto& [key, value] : json.items())
    text += fmt::format(
        "{}{}  {}: {}", text.empty() ? "" : ",\n", indent, Json(key).dump(),
        value.is_object() && depth < 2 ? object_text(value, depth + 1) : value.dump(-1, ' ', true));
  return "{\n" + text + "\n" + indent + "}";
}

/// JSON for a Python string in r'''...'''.
std::string figures_text(const std::vector<NotebookSeries>& all) {
  std::string text;
  for (const NotebookSeries& one : all) {
    const Series& series = *one.series;
    const Json json = {{"title", title_of(series)},
                       {"label", label_of(series, all)},
                       {"origin", evaluation::origin_of(series)},
                       {"space_id", series.space_id},
                       {"prior", series.prior},
                       {"seed", json_or_null(series.seed)},
                       {"setup_id", series.setup_id},
                       {"fit", figures_of(one.fit)}};
    text += (text.empty() ? "" : ",\n") + object_text(json, 0);
  }
  for (std::size_t at = text.find('\''); at != std::string::npos; at = text.find('\'', at))
    text.replace(at, 1, "\\u0027");
  return "[\n" + text + "\n]";
}

std::string number_text(const Json& value, double factor, const char* form) {
  return value.is_number() ? fmt::format(fmt::runtime(form), factor * value.get<double>()) : "-";
}

/// What the study holds, as a table in Markdown.
std::string series_table(const std::vector<NotebookSeries>& all) {
  std::string text =
      "| series | networks drawn | measured | slope (ns/op) | intercept (ms) | R² |\n"
      "|---|--:|--:|--:|--:|--:|\n";
  for (const NotebookSeries& one : all) {
    const Series& series = *one.series;
    text += fmt::format("| {} | {} | {} |", markdown_code(title_of(series)),
                        series.seed ? std::to_string(series.counts.drawn.networks) : "-",
                        series.counts.measured.networks);
    if (one.fit.contains("why_no_fit")) {
      text += " no fit | | |\n";
      continue;
    }
    text +=
        fmt::format(" {} | {} | {} |\n",
                    number_text(one.fit.at("slope_seconds_per_op").at("estimate"), 1e9, "{:.5g}"),
                    number_text(one.fit.at("intercept_seconds").at("estimate"), 1e3, "{:.5g}"),
                    number_text(one.fit.at("r_squared"), 1, "{:.4f}"));
  }
  return text;
}

std::string caveat(const std::vector<NotebookSeries>& all) {
  if (std::none_of(all.begin(), all.end(),
                   [](const NotebookSeries& one) { return one.series->simulated(); }))
    return "";
  return "Cycles of simulated boards are opline's own count, not hardware measurements, and are "
         "uncalibrated. They have no measurement noise: standard errors and intervals describe "
         "which architectures were drawn.";
}

std::string path_from_notebook(const NotebookSource& source) {
  const fs::path folder =
      source.out == "-" ? fs::current_path() : fs::absolute(source.out).parent_path();
  std::string path =
      fs::proximate(fs::weakly_canonical(source.study), fs::weakly_canonical(folder)).string();
  if (printable(path, kWhole) != path)
    throw Error(ErrorCode::usage,
                "{}: the path has bytes that are not plain UTF-8 text, so that a notebook cannot "
                "name it; rename the study",
                path);
  return path;
}

}  // namespace

std::string markdown_code(std::string_view text) {
  std::string code = "<code>";
  for (const char c : printable(text, kWhole)) {
    const bool plain = c == ' ' || static_cast<unsigned char>(c) >= 0x80 ||
                       std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain) {
      code += c;
    } else {
      code += fmt::format("&#{};", static_cast<int>(c));
    }
  }
  return code + "</code>";
}

std::string notebook(const std::vector<NotebookSeries>& series, const NotebookSource& source) {
  const std::string path = path_from_notebook(source);
  const Values values = {{"STUDY", Json(path).dump()},
                         {"STUDY_NAME", markdown_code(source.study.filename().string())},
                         {"STUDY_PATH", markdown_code(path)},
                         {"FIGURES", figures_text(series)},
                         {"SERIES", series_table(series)},
                         {"SIMULATED", caveat(series)},
                         {"VERSION", std::string(version())},
                         {"EXPORTED", source.exported},
                         {"COMMAND", markdown_code(source.command)}};
  const Json json = {
      {"cells", cells_of(notebook_template(), values)},
      {"metadata",
       {{"kernelspec", {{"display_name", "Python 3"}, {"language", "python"}, {"name", "python3"}}},
        {"language_info", {{"name", "python"}}},
        {"opline", {{"format", "opline-notebook"}, {"version", 1}}}}},
      {"nbformat", 4},
      {"nbformat_minor", 5}};
  return json.dump(1) + "\n";
}

}  // namespace opline::notebooks_export
