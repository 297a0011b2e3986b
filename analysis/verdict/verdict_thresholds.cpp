#include <fmt/format.h>

#include <limits>

#include "analysis/verdict/verdict.h"
#include "src/base/toml.h"

namespace opline::analysis {
namespace {

constexpr const char* kFormat = "opline-verdict";
constexpr std::int64_t kVersion = 1;

void check_format(const TomlTable& file) {
  if (file.text("format") != kFormat) {
    file.fail("format", fmt::format("is \"{}\"; thresholds of a verdict say \"{}\"",
                                    file.text("format"), kFormat));
  }
  const std::int64_t version = file.integer("version", 1);
  if (version != kVersion) {
    file.fail("version", fmt::format("is {}, but this opline reads version {}; update opline",
                                     version, kVersion));
  }
}

void read_number(const TomlTable& file, const char* key, double min, double max, double& value) {
  if (file.has(key)) value = file.number(key, min, max);
}

}  // namespace

Thresholds parse_thresholds(const std::string& text, const std::string& name) {
  const TomlTable file = TomlTable::from_text(text, name);
  check_format(file);
  Thresholds result;
  constexpr double above_zero = std::numeric_limits<double>::min();
  if (file.has("networks")) {
    result.networks = static_cast<std::size_t>(file.integer("networks", 3, 1'000'000'000));
  }
  read_number(file, "r_squared", 0, 1, result.r_squared);
  read_number(file, "mape_percent", above_zero, 1000, result.mape_percent);
  read_number(file, "kendall_tau_b", 0, 1, result.kendall_tau_b);
  read_number(file, "curvature_percent", above_zero, 100, result.curvature_percent);
  read_number(file, "slope_difference_percent", above_zero, 100, result.slope_difference_percent);
  read_number(file, "margin_percent", above_zero, 1000, result.margin_percent);
  read_number(file, "false_feasible_percent", 0.001, 99, result.false_feasible_percent);
  read_number(file, "refused_percent", above_zero, 100, result.refused_percent);
  file.reject_unknown_keys();
  return result;
}

}  // namespace opline::analysis
