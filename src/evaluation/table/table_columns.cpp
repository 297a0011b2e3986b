#include "src/evaluation/table/table_columns.h"

#include <algorithm>

#include "src/base/csv_number.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/units.h"

namespace opline::evaluation {
namespace {

constexpr std::string_view kCycles = "cycles";

/// The last word of a column's name: "latency_ms", "latency (ms)", "time [ms]" and "t:ms" end in
/// "ms".
std::string_view last_word(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  while (!name.empty() && !letter(name.back())) name.remove_suffix(1);
  std::size_t begin = name.size();
  while (begin > 0 && letter(name[begin - 1])) --begin;
  return name.substr(begin);
}

class Finder {
 public:
  Finder(std::span<const CsvField> header, std::size_t line, const std::string& file)
      : line_(line), file_(file) {
    for (const CsvField& field : header) header_.push_back(field.value());
  }

  [[nodiscard]] const std::vector<std::string>& header() const { return header_; }
  [[nodiscard]] bool has(std::string_view name) const {
    return std::find(header_.begin(), header_.end(), name) != header_.end();
  }

  [[nodiscard]] SelectedColumn plain(const std::string& name) const {
    const auto found = std::find(header_.begin(), header_.end(), name);
    if (name.empty() || found == header_.end())
      throw Error(ErrorCode::input, "{}:{}: has no column `{}`{}; {}", file_, line_,
                  printable(name, 40), in_another_case(name), columns_there());
    const auto position = static_cast<std::size_t>(found - header_.begin());
    const auto again = std::find(found + 1, header_.end(), name);
    if (again != header_.end()) {
      throw Error(ErrorCode::input, "{}:{}: columns {} and {} are both named `{}`; rename one",
                  file_, line_, position + 1, again - header_.begin() + 1, printable(name, 40));
    }
    return {position, name};
  }

  /// `given`: "latency_ms" or "time:ms".
  [[nodiscard]] SelectedColumn with_unit(const std::string& given, const char* what,
                                         Quantity quantity) const {
    const std::size_t colon = given.rfind(':');
    const bool divided = colon != std::string::npos && !has(given);
    SelectedColumn column = plain(given.substr(0, divided ? colon : std::string::npos));
    const std::string_view unit =
        divided ? std::string_view(given).substr(colon + 1) : last_word(given);
    const bool has_cycles = quantity == Quantity::seconds;
    if (const std::optional<double> factor = unit_factor_in_name(quantity, unit)) {
      column.factor = *factor;
      return column;
    }
    if (has_cycles && equal_ignoring_case(unit, kCycles)) {
      column.cycles = true;
      return column;
    }
    throw Error(ErrorCode::usage,
                "the unit of the {} column `{}` is not known; write `{}:UNIT` "
                "with one of {}{}",
                what, printable(given, 40), printable(column.name, 40), known_units(quantity),
                has_cycles ? fmt::format(", {}", kCycles) : "");
  }

 private:
  /// " (did you mean `Ops`?)" for `ops`.
  [[nodiscard]] std::string in_another_case(const std::string& name) const {
    for (const std::string& column : header_) {
      if (equal_ignoring_case(column, name))
        return fmt::format(" (did you mean `{}`?)", printable(column, 40));
    }
    return "";
  }

  [[nodiscard]] std::string columns_there() const {
    constexpr std::size_t most = 20;
    std::string names;
    for (std::size_t i = 0; i < std::min(header_.size(), most); ++i)
      names += (i == 0 ? "`" : ", `") + printable(header_[i], 40) + "`";
    if (header_.size() > most) names += fmt::format(" and {} more", header_.size() - most);
    if (header_.size() == 1)
      return "its only column is " + names +
             "; separate columns by comma, semicolon, tab or |, or give the separator (--sep)";
    return "it has " + names;
  }

  std::vector<std::string> header_;
  std::size_t line_;
  const std::string& file_;
};

/// A table without a header: its first row would be lost.
void require_names(const std::vector<std::string>& header, std::size_t line,
                   const std::string& file) {
  const bool numbers = std::all_of(header.begin(), header.end(), [](const std::string& name) {
    return name.empty() || parse_csv_number(name, '.').fault == NumberFault::none ||
           parse_csv_number(name, ',').fault == NumberFault::none;
  });
  if (!numbers) return;
  throw Error(ErrorCode::input,
              "{}:{}: the first row holds numbers only; it must name the columns, as in "
              "\"name,ops,latency_s\" (without # in front)",
              file, line);
}

}  // namespace

std::vector<std::size_t> SelectedColumns::numeric() const {
  std::vector<std::size_t> positions = {ops.position, latency.position};
  if (energy) positions.push_back(energy->position);
  for (const SelectedColumn& feature : features) positions.push_back(feature.position);
  return positions;
}

SelectedColumns select_columns(std::span<const CsvField> header, std::size_t line,
                               const TableColumns& columns, const std::string& file) {
  const Finder finder(header, line, file);
  require_names(finder.header(), line, file);
  SelectedColumns found;
  found.header = finder.header();
  found.ops = finder.with_unit(columns.ops, "ops", Quantity::ops);
  found.latency = finder.with_unit(columns.latency, "latency", Quantity::seconds);
  if (found.ops.position == found.latency.position)
    throw Error(ErrorCode::usage,
                "ops and latency are both read from column `{}`; name two columns",
                printable(found.ops.name, 40));
  if (found.latency.cycles && !columns.clock_hz)
    throw Error(ErrorCode::usage, "a latency in cycles needs the core's clock (--clock-hz)");
  if (columns.energy) found.energy = finder.with_unit(*columns.energy, "energy", Quantity::joules);
  if (columns.id && columns.tflite)
    throw Error(ErrorCode::usage,
                "networks are identified by --id or by --tflite, not by both; leave one out");
  if (columns.id || columns.tflite)
    found.identity = finder.plain(columns.id ? *columns.id : *columns.tflite);
  found.name = columns.name ? finder.plain(*columns.name) : found.identity;
  for (const std::string& feature : columns.features)
    found.features.push_back(finder.plain(feature));
  found.least_fields = found.header.size();
  while (found.least_fields > 0 && found.header[found.least_fields - 1].empty())
    --found.least_fields;
  return found;
}

}  // namespace opline::evaluation
