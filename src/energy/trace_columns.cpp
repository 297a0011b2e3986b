#include "src/energy/trace_columns.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/suggest.h"
#include "src/base/units.h"

namespace opline::energy {
namespace {

/// The letters at the end: "Current(uA)" ends in "uA".
std::string_view last_word(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  while (!name.empty() && !letter(name.back())) name.remove_suffix(1);
  std::size_t begin = name.size();
  while (begin > 0 && letter(name[begin - 1])) --begin;
  return name.substr(begin);
}

class Header {
 public:
  Header(std::span<const CsvField> fields, std::size_t line, const std::string& file)
      : line_(line), file_(file) {
    for (const CsvField& field : fields) names_.push_back(field.value());
  }

  [[nodiscard]] bool has(const std::string& name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }

  [[nodiscard]] TraceColumn plain(const std::string& name) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) {
      std::string all = fmt::format("{}", fmt::join(names_, "`, `"));
      throw Error(ErrorCode::input, "{}:{}: has no column `{}`; it has `{}`{}", file_, line_,
                  printable(name, 40), printable(all, 400), did_you_mean(name, names_));
    }
    return {static_cast<std::size_t>(found - names_.begin()), name};
  }

  /// `given`: "current_ma" or "I:ma".
  [[nodiscard]] TraceColumn with_unit(const std::string& given, Quantity quantity) const {
    const std::size_t colon = has(given) ? std::string::npos : given.rfind(':');
    TraceColumn column = plain(given.substr(0, colon));
    const std::string_view unit =
        colon == std::string::npos ? last_word(given) : std::string_view(given).substr(colon + 1);
    const std::optional<double> factor = unit_factor_in_name(quantity, unit);
    if (!factor)
      throw Error(ErrorCode::usage,
                  "{}: the unit of the column `{}` is not known; write `{}:UNIT` with one of {}",
                  file_, printable(given, 40), printable(column.name, 40), known_units(quantity));
    column.factor = *factor;
    return column;
  }

 private:
  std::vector<std::string> names_;
  std::size_t line_;
  const std::string& file_;
};

}  // namespace

std::vector<std::size_t> SelectedTraceColumns::positions() const {
  std::vector<std::size_t> found = {time.position, current.position};
  for (const auto& column : {voltage, trigger}) {
    if (column) found.push_back(column->position);
  }
  return found;
}

SelectedTraceColumns select_trace_columns(std::span<const CsvField> header, std::size_t line,
                                          const TraceColumns& columns, const std::string& file) {
  const Header names(header, line, file);
  SelectedTraceColumns found;
  found.time = names.with_unit(columns.time, Quantity::seconds);
  found.current = names.with_unit(columns.current, Quantity::amperes);
  if (columns.voltage || names.has("voltage_v"))
    found.voltage = names.with_unit(columns.voltage.value_or("voltage_v"), Quantity::volts);
  if (columns.trigger || names.has("trigger"))
    found.trigger = names.plain(columns.trigger.value_or("trigger"));
  if (!columns.trigger && names.has("rose_s") && names.has("fell_s")) {
    found.trigger.reset();
    found.rose = names.plain("rose_s");
    found.fell = names.plain("fell_s");
  }
  return found;
}

}  // namespace opline::energy
