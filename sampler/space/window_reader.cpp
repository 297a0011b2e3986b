#include "sampler/space/window_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace opline::sampler {
namespace {

constexpr int kMaxWindow = 255;  // of kernels and strides (src/network/network.h)

int square(int extent, const Dialect& dialect) {
  return extent * kExtentBase + (dialect.one_d ? 1 : extent);
}

void check_extent(const TomlTable& table, std::string_view key, std::int64_t value,
                  const char* where) {
  if (value >= 1 && value <= kMaxWindow) return;
  table.fail(key, fmt::format("is {}{}; it must be from 1 to {}", value, where, kMaxWindow));
}

/// Version 1: an integer for both axes, or [height, width].
int read_pair(const TomlTable& table, std::string_view key) {
  const char* form = "must be an integer for both axes or a list [height, width]";
  if (table.kind(key) == TomlKind::absent)
    table.fail(key, "is missing; add it as an integer or a list [height, width]");
  if (table.kind(key) != TomlKind::list) table.fail(key, form);
  const std::vector<std::int64_t> axes = table.integers(key);
  if (axes.size() != 2) table.fail(key, form);
  for (const std::int64_t value : axes) check_extent(table, key, value, " along an axis");
  return static_cast<int>(axes[0] * kExtentBase + axes[1]);
}

int read_axes(const TomlTable& table) {
  const std::int64_t height = table.integer("height", 1, kMaxWindow);
  return static_cast<int>(height * kExtentBase + table.integer("width", 1, kMaxWindow));
}

std::vector<int> read_choices(const TomlTable& table, const Dialect& dialect) {
  std::vector<int> options;
  if (table.item_kind("choices") == TomlKind::table && !dialect.one_d) {
    for (const TomlTable& one : table.tables("choices")) options.push_back(read_axes(one));
  } else {
    for (const std::int64_t extent : table.integers("choices")) {
      check_extent(table, "choices", extent, " in the list");
      options.push_back(square(static_cast<int>(extent), dialect));
    }
  }
  std::vector<std::string> texts;
  for (const int option : options)
    texts.push_back(fmt::format("{}x{}", option / kExtentBase, option % kExtentBase));
  check_choices(table, options, texts);
  return options;
}

}  // namespace

void check_choices(const TomlTable& table, const std::vector<int>& options,
                   const std::vector<std::string>& texts) {
  if (options.size() < 2)
    table.fail("choices", "has fewer than two options; add one, or write the value alone");
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (std::find(options.begin(), options.begin() + static_cast<std::ptrdiff_t>(i), options[i]) !=
        options.begin() + static_cast<std::ptrdiff_t>(i))
      table.fail("choices", fmt::format("has {} twice; list each option once", texts[i]));
  }
}

void declare_window_keys(const TomlTable& block, std::string_view key) {
  if (block.kind(key) != TomlKind::table) return;
  const TomlTable table = block.table(key);
  if (!table.has("choices")) {
    (void)table.has("height");
    (void)table.has("width");
  } else if (table.item_kind("choices") != TomlKind::table) {
    (void)table.integers("choices");  // refuses a table among integers before its keys are
  } else {
    for (const TomlTable& one : table.tables("choices")) {
      (void)one.has("height");
      (void)one.has("width");
    }
  }
}

std::vector<int> read_window(const TomlTable& block, std::string_view key, const Dialect& dialect) {
  if (block.kind(key) == TomlKind::integer)
    return {square(static_cast<int>(block.integer(key, 1, kMaxWindow)), dialect)};
  if (dialect.version == 1) return {read_pair(block, key)};
  const std::string forms =
      dialect.one_d
          ? "an integer, or { choices = [3, 5] } for a decision"
          : "an integer, { height = 3, width = 5 } for a window that is not square, or { choices = "
            "[3, 5] } for a decision";
  if (block.kind(key) == TomlKind::absent) block.fail(key, "is missing; add it as " + forms);
  if (block.kind(key) == TomlKind::list)
    block.fail(key, "is a list, which version 2 does not read as a window; write " + forms);
  if (block.kind(key) != TomlKind::table) block.fail(key, "must be " + forms);
  const TomlTable table = block.table(key);
  if (table.has("choices")) return read_choices(table, dialect);
  if (dialect.one_d) block.fail(key, "must be " + forms);
  return {read_axes(table)};
}

}  // namespace opline::sampler
