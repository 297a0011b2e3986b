#include "sampler/space/width_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace opline::sampler {
namespace {

constexpr int kMaxPercent = 1000;

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
  const std::vector<int> percentages = share.kind("percent") == TomlKind::list
                                           ? read_list(share, "percent", kPercentage)
                                           : read_range(share.table("percent"), kPercentage);
  std::vector<int> options;
  for (const int percent : percentages) {
    const std::int64_t width = share_of(base, percent, multiple_of);
    if (width > kMaxExtent) {
      share.fail("percent", fmt::format("{} % of {} is {}; a width is at most {}", percent, base,
                                        width, kMaxExtent));
    }
    if (options.empty() || options.back() != width) options.push_back(static_cast<int>(width));
  }
  return options;
}

std::vector<int> read_options(const TomlTable& block, std::string_view key) {
  if (block.kind(key) == TomlKind::list) return read_list(block, key, kWidth);
  const TomlTable table = block.table(key);
  return is_share(table) ? read_share(table) : read_range(table, kWidth);
}

WidthEntry read_decided(const TomlTable& block, std::string_view key) {
  WidthEntry entry{{Width::Kind::decided, 0, 0}, read_options(block, key)};
  const std::size_t count = entry.options.size();
  if (count == 1) {
    block.fail(key, fmt::format("leaves no choice; write {} = {}", key, entry.options.front()));
  }
  if (count > kMaxOptions) {
    block.fail(key, fmt::format("has {} options; at most {} are supported, use a larger step",
                                count, kMaxOptions));
  }
  return entry;
}

}  // namespace

void declare_width_keys(const TomlTable& block, std::string_view key) {
  if (block.kind(key) != TomlKind::table) return;
  const TomlTable table = block.table(key);
  if (!is_share(table)) return declare_keys(table, {"from", "to", "step"});
  declare_keys(table, {"base", "percent", "multiple_of"});
  if (table.kind("percent") == TomlKind::table)
    declare_keys(table.table("percent"), {"from", "to", "step"});
}

WidthEntry read_width(const TomlTable& block, std::string_view key, const char* why_not_same) {
  const std::string forms = fmt::format(
      "an integer, {}a list [8, 16], a range {{ from = 8, to = 64, step = 8 }} or a share "
      "{{ base = 96, percent = [50, 100], multiple_of = 4 }}",
      why_not_same == nullptr ? "\"same\", " : "");
  switch (block.kind(key)) {
    case TomlKind::list:
    case TomlKind::table:
      return read_decided(block, key);
    case TomlKind::absent:
      block.fail(key, fmt::format("is missing; add it as {}", forms));
    case TomlKind::integer:
      return {{Width::Kind::fixed, static_cast<int>(block.integer(key, 1, kMaxExtent)), 0}, {}};
    case TomlKind::text:
      if (block.text(key) != "same") break;
      if (why_not_same != nullptr) block.fail(key, why_not_same);
      return {};
    default:
      break;
  }
  block.fail(key, fmt::format("must be {}", forms));
}

std::int64_t share_of(std::int64_t base, std::int64_t percent, std::int64_t multiple_of) {
  const std::int64_t multiples = (2 * base * percent + 100 * multiple_of) / (200 * multiple_of);
  return std::max<std::int64_t>(multiples, 1) * multiple_of;
}

}  // namespace opline::sampler
