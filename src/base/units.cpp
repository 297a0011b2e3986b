#include "src/base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

#include "src/base/error.h"

namespace opline {
namespace {

/// Three significant digits without an exponent for 1 <= value < 1000.
std::string three_digits(double value) {
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}", value, decimals);
}

struct Unit {
  std::string_view name;
  double factor;
};

constexpr double kKi = 1024;
constexpr double kMi = 1024 * kKi;
constexpr double kGi = 1024 * kMi;

constexpr Unit kCount[] = {{"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}};
constexpr Unit kBytes[] = {{"", 1},      {"B", 1},    {"KiB", kKi}, {"Ki", kKi},
                           {"K", kKi},   {"k", kKi},  {"kB", 1e3},  {"KB", 1e3},
                           {"MiB", kMi}, {"Mi", kMi}, {"M", kMi},   {"MB", 1e6},
                           {"GiB", kGi}, {"Gi", kGi}, {"G", kGi},   {"GB", 1e9}};
constexpr Unit kOps[] = {{"ops", 1},  {"kops", 1e3},  {"Mops", 1e6},  {"Gops", 1e9},
                         {"macs", 2}, {"kmacs", 2e3}, {"Mmacs", 2e6}, {"Gmacs", 2e9}};
constexpr Unit kSeconds[] = {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}};
constexpr Unit kJoules[] = {{"J", 1}, {"mJ", 1e-3}, {"uJ", 1e-6}, {"nJ", 1e-9}};
constexpr Unit kAmperes[] = {{"A", 1}, {"mA", 1e-3}, {"uA", 1e-6}, {"nA", 1e-9}};
constexpr Unit kVolts[] = {{"V", 1}, {"mV", 1e-3}, {"uV", 1e-6}};

std::span<const Unit> units_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::count:
      return kCount;
    case Quantity::bytes:
      return kBytes;
    case Quantity::ops:
      return kOps;
    case Quantity::seconds:
      return kSeconds;
    case Quantity::joules:
      return kJoules;
    case Quantity::amperes:
      return kAmperes;
    case Quantity::volts:
      return kVolts;
  }
  OPLINE_ASSERT(false, "quantity {}", static_cast<int>(quantity));
  return {};
}

constexpr std::uint64_t kMostWhole = 1'000'000'000'000'000;  // products below stay in 64 bits
constexpr std::size_t kMostDecimals = 6;

std::optional<std::uint64_t> digits_at(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

std::string format_bytes(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes < 1024) return fmt::format("{} B", bytes);
  if (value < kMi) return fmt::format("{:.1f} KiB", value / kKi);
  if (value < kGi) return fmt::format("{:.2f} MiB", value / kMi);
  return fmt::format("{:.2f} GiB", value / kGi);
}

std::string format_seconds(double seconds) {
  if (seconds < 1e-3) return three_digits(seconds * 1e6) + " us";
  if (seconds < 1) return three_digits(seconds * 1e3) + " ms";
  if (seconds < 99.5) return three_digits(seconds) + " s";
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::string format_ops(std::uint64_t ops) {
  const auto value = static_cast<double>(ops);
  if (ops < 1000) return fmt::format("{} ops", ops);
  if (value < 999.5e3) return three_digits(value / 1e3) + " kops";
  if (value < 999.5e6) return three_digits(value / 1e6) + " Mops";
  return fmt::format("{:.2f} Gops", value / 1e9);
}

std::optional<double> unit_factor(Quantity quantity, std::string_view unit) {
  for (const Unit& one : units_of(quantity)) {
    if (one.name == unit) return one.factor;
  }
  return std::nullopt;
}

std::optional<double> unit_factor_in_name(Quantity quantity, std::string_view unit) {
  OPLINE_ASSERT(quantity != Quantity::count && quantity != Quantity::bytes,
                "units of quantity {} differ in case", static_cast<int>(quantity));
  for (const Unit& one : units_of(quantity)) {
    if (equal_ignoring_case(one.name, unit)) return one.factor;
  }
  const std::string_view word = quantity == Quantity::seconds  ? "seconds"
                                : quantity == Quantity::joules ? "joules"
                                                               : "";
  return !word.empty() && equal_ignoring_case(word, unit) ? std::optional(1.0) : std::nullopt;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char one, char other) { return lower(one) == lower(other); });
}

std::string known_units(Quantity quantity) {
  std::string known;
  for (const Unit& one : units_of(quantity)) {
    if (!one.name.empty()) known += fmt::format("{}{}", known.empty() ? "" : ", ", one.name);
  }
  return known;
}

std::optional<double> parse_quantity(std::string_view text, Quantity quantity) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ') && text.size() > 1) text.remove_prefix(1);
  const std::optional<double> factor = unit_factor(quantity, text);
  if (!factor || !std::isfinite(value * *factor)) return std::nullopt;
  return value * *factor;
}

std::optional<std::uint64_t> parse_whole(std::string_view text, Quantity quantity) {
  OPLINE_ASSERT(quantity == Quantity::count || quantity == Quantity::bytes,
                "quantity {} is not a whole number", static_cast<int>(quantity));
  const std::optional<std::uint64_t> whole = digits_at(text);
  if (!whole) return std::nullopt;
  std::uint64_t fraction = 0;
  std::uint64_t scale = 1;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::size_t before = text.size();
    const std::optional<std::uint64_t> decimals = digits_at(text);
    const std::size_t count = before - text.size();
    if (!decimals || count > kMostDecimals) return std::nullopt;
    fraction = *decimals;
    for (std::size_t i = 0; i < count; ++i) scale *= 10;
  }
  const std::optional<double> unit = unit_factor(quantity, text);
  if (!unit) return std::nullopt;
  const auto factor = static_cast<std::uint64_t>(*unit);
  if (*whole > kMostWhole / factor || fraction * factor % scale != 0) return std::nullopt;
  return *whole * factor + fraction * factor / scale;
}

}  // namespace opline
