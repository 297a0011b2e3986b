#include "src/cli/output_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "src/base/csv.h"
#include "src/base/version.h"

namespace opline::cli {
namespace {

using Fields = std::vector<std::pair<std::string, Json>>;

/// The members of a figure that is null: its columns are there all the same, and empty. None for a
/// scalar.
std::vector<std::string> members_of(const std::string& path) {
  if (path.ends_with("interval")) return {"low", "high"};
  for (const char* test :
       {"_test", ".reset", ".breusch_pagan", ".white", ".jarque_bera", ".shapiro_francia"})
    if (path.ends_with(test)) return {"statistic", "p"};
  for (const char* errors : {"errors_percent", "networks_percent", "layers_percent"})
    if (path.ends_with(errors)) return {"n", "mape", "q50", "q90", "q95", "q100", "bias"};
  return {};
}

void flatten(const std::string& path, const Json& value, Fields& fields) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items())
      flatten(path.empty() ? key : fmt::format("{}.{}", path, key), inner, fields);
  } else if (const auto members = members_of(path); value.is_null() && !members.empty()) {
    for (const std::string& member : members)
      fields.emplace_back(fmt::format("{}.{}", path, member), nullptr);
  } else if (!value.is_array()) {
    fields.emplace_back(path, value);
  } else if (path.ends_with("interval") && value.size() == 2) {
    fields.emplace_back(path + ".low", value[0]);
    fields.emplace_back(path + ".high", value[1]);
  }
}

void write(CsvWriter& csv, const Json* value) {
  if (value == nullptr || value->is_null()) {
    csv.text("");
  } else if (value->is_string()) {
    csv.text(value->get<std::string>());
  } else if (value->is_number_float()) {
    csv.number(value->get<double>());
  } else {
    csv.text(value->dump());
  }
}

}  // namespace

void add_format_options(Options& options) {
  options.value("format", "NAME", "text, json or csv (a row a result)", "text");
  options.flag("json", "the same as --format json");
}

OutputFormat read_format(const Options& options) {
  if (options.has("json") && options.given("format") && options.text("format") != "json")
    options.fail(
        fmt::format("--json and --format {} are both given; keep one", options.text("format")));
  const std::string name = options.has("json") ? "json" : options.text("format");
  if (name == "text") return OutputFormat::text;
  if (name == "json") return OutputFormat::json;
  if (name == "csv") return OutputFormat::csv;
  options.fail(fmt::format("--format is '{}'; it must be text, json or csv", name));
}

std::string rows_as_csv(const Json& records, const std::string& format,
                        const std::string& command) {
  std::vector<std::string> columns;
  std::vector<std::map<std::string, Json>> rows;
  for (const Json& record : records) {
    Fields fields;
    flatten("", record, fields);
    for (const auto& [name, value] : fields) {
      if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
    }
    rows.emplace_back(fields.begin(), fields.end());
  }
  CsvWriter csv(columns, {format + " as rows, written by opline " + std::string(version()),
                          "command: " + command});
  for (const std::map<std::string, Json>& row : rows) {
    for (const std::string& column : columns) {
      const auto found = row.find(column);
      write(csv, found == row.end() ? nullptr : &found->second);
    }
    csv.end_row();
  }
  return csv.str();
}

}  // namespace opline::cli
