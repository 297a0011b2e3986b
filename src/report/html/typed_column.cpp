#include "src/report/html/typed_column.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace opline::report::html {
namespace {

/// `bytes` low bytes of each value, lowest first.
std::string packed(const std::vector<std::uint64_t>& values, std::size_t bytes) {
  std::string text;
  text.reserve(values.size() * bytes);
  for (const std::uint64_t value : values) {
    for (std::size_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  }
  return text;
}

Json column(const char* type, const std::string& bytes) {
  return {{"type", type}, {"base64", base64(bytes)}};
}

}  // namespace

Json typed_column(const std::vector<std::uint64_t>& values) {
  const std::uint64_t largest =
      values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  if (largest <= std::numeric_limits<std::uint8_t>::max()) return column("u8", packed(values, 1));
  if (largest <= std::numeric_limits<std::uint16_t>::max()) return column("u16", packed(values, 2));
  if (largest <= std::numeric_limits<std::uint32_t>::max()) return column("u32", packed(values, 4));
  return typed_column(std::vector<double>(values.begin(), values.end()));
}

Json typed_column(const std::vector<double>& values) {
  std::vector<std::uint64_t> bits;
  bits.reserve(values.size());
  for (const double value : values) bits.push_back(std::bit_cast<std::uint64_t>(value));
  return column("f64", packed(bits, sizeof(double)));
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j)
      text += j <= count ? kDigits[group >> (6 * (3 - j)) & 63] : '=';
  }
  return text;
}

}  // namespace opline::report::html
