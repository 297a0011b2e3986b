#include "sampler/space/width_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace opline::sampler {
namespace {

constexpr int kMaxPercent = 1000;
constexpr double kMinRatio = 0.01;
constexpr double kMaxRatio = 100;

/// What a list or a range holds.
struct Quantity {
  std::string_view name;
  int max;
};
constexpr Quantity kWidth{"width", kMaxExtent};
constexpr Quantity kPercentage{"percentage", kMaxPercent};

/// Whether the table is a share of a base; else it is a range. Asks for no key.
bool is_share(const TomlTable& table) {
  const std::vector<std::string> keys = table.keys();
  return std::any_of(keys.begin(), keys.end(), [](const std::string& key) {
    return key == "base" || key == "percent" || key == "multiple_of";
  });
}

void declare_keys(const TomlTable& table, std::initializer_list<const char*> keys) {
  for (const char* key : keys) (void)table.has(key);
}

std::vector<int> read_list(const TomlTable& table, std::string_view key, const Quantity& quantity) {
  std::vector<int> options;
  for (const std::int64_t value : table.integers(key)) {
    if (value < 1 || value > quantity.max) {
      table.fail(key, fmt::format("{} is not a {}; it must be from 1 to {}", value, quantity.name,
                                  quantity.max));
    }
    if (!options.empty() && value <= options.back()) {
      table.fail(key, fmt::format("{} follows {}; list the {}s in ascending order, each once",
                                  value, options.back(), quantity.name));
    }
    options.push_back(static_cast<int>(value));
  }
  if (options.empty())
    table.fail(key, fmt::format("is an empty list; list at least two {}s", quantity.name));
  return options;
}

std::vector<int> read_range(const TomlTable& range, const Quantity& quantity) {
  const auto bound = [&](const char* key) {
    return static_cast<int>(range.integer(key, 1, quantity.max));
  };
  const int from = bound("from");
  const int to = bound("to");
  const int step = bound("step");
  if (to < from) {
    range.fail("to",
               fmt::format("is {}, below from = {}: the range is empty; swap them", to, from));
  }
  if ((to - from) % step != 0) {
    range.fail("to",
               fmt::format("is {}, but steps of {} from {} end on {}; write that, or another step",
                           to, step, from, to - (to - from) % step));
  }
  std::vector<int> options;
  for (int value = from; value <= to; value += step) options.push_back(value);
  return options;
}

std::vector<int> read_share(const TomlTable& share) {
  const std::int64_t base = share.integer("base", 1, kMaxExtent);
  const std::int64_t multiple_of = share.integer("multiple_of", 1, kMaxExtent);
  std::vector<int> options;
  for (const int percent : read_percentages(share, "percent")) {
    const std::int64_t width = share_of(base, percent, multiple_of);
    if (width > kMaxExtent) {
      share.fail("percent", fmt::format("{} % of {} is {}; a width is at most {}", percent, base,
                                        width, kMaxExtent));
    }
    if (options.empty() || options.back() != width) options.push_back(static_cast<int>(width));
  }
  return options;
}

std::vector<int> read_options(const TomlTable& block, std::string_view key,
                              const Dialect& dialect) {
  if (block.kind(key) == TomlKind::list) return read_list(block, key, kWidth);
  const TomlTable table = block.table(key);
  if (dialect.version > 1 && table.has("choices")) return read_list(table, "choices", kWidth);
  return is_share(table) ? read_share(table) : read_range(table, kWidth);
}

void check_options(const TomlTable& block, std::string_view key, const std::vector<int>& options) {
  if (options.size() == 1)
    block.fail(key, fmt::format("leaves no choice; write {} = {}", key, options.front()));
  if (options.size() > kMaxOptions) {
    block.fail(key, fmt::format("has {} options; at most {} are supported, use a larger step",
                                options.size(), kMaxOptions));
  }
}

WidthEntry read_decided(const TomlTable& block, std::string_view key, const Dialect& dialect) {
  WidthEntry entry{{Width::Kind::decided}, read_options(block, key, dialect)};
  check_options(block, key, entry.options);
  return entry;
}

/// As a percentage.
int read_ratio(const TomlTable& table, double ratio) {
  const auto percent = static_cast<int>(std::lround(100 * ratio));
  if (std::abs(100 * ratio - percent) > 1e-6)
    table.fail("ratio", fmt::format("{} has more than two decimals; round it", ratio));
  return percent;
}

WidthEntry read_ratios(const TomlTable& table) {
  WidthEntry entry;
  if (table.has("multiple_of"))
    entry.width.multiple_of = static_cast<int>(table.integer("multiple_of", 1, kMaxExtent));
  if (table.kind("ratio") != TomlKind::list) {
    entry.width.kind = Width::Kind::ratio;
    entry.width.value = read_ratio(table, table.number("ratio", kMinRatio, kMaxRatio));
    return entry;
  }
  entry.width.kind = Width::Kind::decided_ratio;
  for (const double ratio : table.numbers("ratio", kMinRatio, kMaxRatio)) {
    const int percent = read_ratio(table, ratio);
    if (!entry.options.empty() && percent <= entry.options.back())
      table.fail("ratio", "must list the ratios in ascending order, each once");
    entry.options.push_back(percent);
  }
  if (entry.options.size() < 2)
    table.fail("ratio", "has fewer than two options; write one as a number, ratio = 6");
  return entry;
}

}  // namespace

void declare_width_keys(const TomlTable& block, std::string_view key, const Dialect& dialect) {
  if (block.kind(key) != TomlKind::table) return;
  const TomlTable table = block.table(key);
  const bool later = dialect.version > 1;
  if (later && table.has("choices")) return;
  if (later && table.has("ratio")) return declare_keys(table, {"multiple_of"});
  if (!is_share(table)) return declare_keys(table, {"from", "to", "step"});
  declare_keys(table, {"base", "percent", "multiple_of"});
  if (table.kind("percent") == TomlKind::table)
    declare_keys(table.table("percent"), {"from", "to", "step"});
}

std::vector<int> read_percentages(const TomlTable& table, std::string_view key) {
  return table.kind(key) == TomlKind::list ? read_list(table, key, kPercentage)
                                           : read_range(table.table(key), kPercentage);
}

WidthEntry read_width(const TomlTable& block, std::string_view key, const Dialect& dialect,
                      const WidthForms& allowed) {
  const bool with_ratio = dialect.version > 1 && allowed.why_no_ratio == nullptr;
  const std::string forms = fmt::format(
      "an integer, {}a list [8, 16], a range {{ from = 8, to = 64, step = 8 }}{} a share "
      "{{ base = 96, percent = [50, 100], multiple_of = 4 }}{}",
      allowed.why_not_same == nullptr ? "\"same\", " : "", with_ratio ? "," : " or",
      with_ratio ? " or a ratio of the input { ratio = [3, 6] }" : "");
  switch (block.kind(key)) {
    case TomlKind::table: {
      const TomlTable table = block.table(key);
      if (dialect.version > 1 && table.has("ratio")) {
        if (allowed.why_no_ratio != nullptr) block.fail(key, allowed.why_no_ratio);
        return read_ratios(table);
      }
      return read_decided(block, key, dialect);
    }
    case TomlKind::list:
      return read_decided(block, key, dialect);
    case TomlKind::absent:
      block.fail(key, fmt::format("is missing; add it as {}", forms));
    case TomlKind::integer:
      return {{Width::Kind::fixed, static_cast<int>(block.integer(key, 1, kMaxExtent))}, {}};
    case TomlKind::text:
      if (block.text(key) != "same") break;
      if (allowed.why_not_same != nullptr) block.fail(key, allowed.why_not_same);
      return {};
    default:
      break;
  }
  block.fail(key, fmt::format("must be {}", forms));
}

}  // namespace opline::sampler
