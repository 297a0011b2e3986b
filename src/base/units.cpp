#include "src/base/units.h"

#include <fmt/format.h>

#include <cmath>

namespace opline {
namespace {

/// Three significant digits without an exponent for 1 <= value < 1000.
std::string three_digits(double value) {
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}", value, decimals);
}

}  // namespace

std::string format_bytes(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  const double kilobytes = static_cast<double>(bytes) / 1024.0;
  if (kilobytes < 1024) return fmt::format("{:.1f} KB", kilobytes);
  return fmt::format("{:.2f} MB", kilobytes / 1024.0);
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

}  // namespace opline
