#include "src/base/npy.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;  // of the values, as NumPy writes them

[[noreturn]] void fail(const std::string& file, const std::string& what) {
  throw Error(ErrorCode::input, "{}: {}", printable(file, 300), what);
}

/// What stands behind `'key':`, up to its end; nothing without the key.
std::optional<std::string_view> value_of(std::string_view header, std::string_view key,
                                         std::string_view ends) {
  const std::size_t at = header.find(fmt::format("'{}':", key));
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = header.substr(at + key.size() + 3);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::size_t end = rest.find_first_of(ends, 1);
  if (end == std::string_view::npos) return std::nullopt;
  return rest.substr(0, end + 1);
}

/// "(1, 49, 10)" to its numbers.
std::optional<std::vector<std::uint64_t>> extents_of(std::string_view text) {
  std::vector<std::uint64_t> extents;
  if (!text.starts_with('(')) return std::nullopt;
  for (std::size_t at = 1; at < text.size();) {
    if (text[at] == ' ' || text[at] == ',' || text[at] == ')') {
      ++at;
      continue;
    }
    std::uint64_t extent = 0;
    const auto [end, error] = std::from_chars(&text[at], text.data() + text.size(), extent);
    if (error != std::errc()) return std::nullopt;
    extents.push_back(extent);
    at = static_cast<std::size_t>(end - text.data());
  }
  return extents;
}

/// The header's text; `bytes` then begin with the values.
std::string_view take_header(std::string_view& bytes, const std::string& file) {
  const std::size_t size_bytes = bytes.size() > 6 && bytes[6] == 1 ? 2 : 4;
  const std::size_t start = kMagic.size() + 2 + size_bytes;
  if (bytes.size() < start || bytes[6] < 1 || bytes[6] > 3)
    fail(file, "is not a .npy file of version 1 to 3");
  std::size_t length = 0;
  for (std::size_t i = 0; i < size_bytes; ++i)
    length |= std::size_t{static_cast<unsigned char>(bytes[kMagic.size() + 2 + i])} << (8 * i);
  if (length > bytes.size() - start) fail(file, "ends within its header; write it again");
  const std::string_view header = bytes.substr(start, length);
  bytes.remove_prefix(start + length);
  return header;
}

template <typename Value>
std::vector<Value> values_of(std::string_view bytes, std::uint64_t count, const std::string& file) {
  if (bytes.size() / sizeof(Value) != count || bytes.size() % sizeof(Value) != 0)
    fail(file, fmt::format("has {} B of values; its shape needs {} values of {} B", bytes.size(),
                           count, sizeof(Value)));
  std::vector<Value> values(count);
  if (count != 0) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

std::uint64_t elements_of(const std::vector<std::uint64_t>& shape, const std::string& file) {
  std::uint64_t count = 1;
  for (const std::uint64_t extent : shape) {
    if (__builtin_mul_overflow(count, extent, &count))
      fail(file, "has a shape of more than 2^64 values");
  }
  return count;
}

}  // namespace

bool is_npy(std::string_view bytes) { return bytes.starts_with(kMagic); }

NpyArray read_npy(std::string_view bytes, const std::string& file) {
  if (!is_npy(bytes)) fail(file, "is not a .npy file: it does not start with \\x93NUMPY");
  const std::string_view header = take_header(bytes, file);
  const auto type = value_of(header, "descr", "'");
  const auto order = value_of(header, "fortran_order", ",}");
  const auto shape_text = value_of(header, "shape", ")");
  const auto shape = shape_text ? extents_of(*shape_text) : std::nullopt;
  if (!type || !order || !shape)
    fail(file, "has a header without descr, fortran_order or shape; write it with numpy.save()");
  if (order->starts_with("True"))
    fail(file, "is in Fortran order; save numpy.ascontiguousarray(x)");
  const std::uint64_t count = elements_of(*shape, file);
  if (*type == "'|i1'" || *type == "'<i1'")
    return {*shape, values_of<std::int8_t>(bytes, count, file)};
  if (*type == "'<f4'") return {*shape, values_of<float>(bytes, count, file)};
  fail(file, fmt::format("has values of type {}; int8 (|i1) and float32 (<f4) are supported",
                         printable(*type)));
}

std::string write_npy(std::span<const std::int8_t> values,
                      const std::vector<std::uint64_t>& shape) {
  std::string extents;
  std::uint64_t count = 1;
  for (const std::uint64_t extent : shape) {
    extents += fmt::format("{}, ", extent);
    count *= extent;
  }
  OPLINE_ASSERT(count == values.size(), "{} values of {}", values.size(), count);
  if (shape.size() > 1) extents.resize(extents.size() - 2);
  std::string header =
      fmt::format("{{'descr': '|i1', 'fortran_order': False, 'shape': ({}), }}",
                  shape.size() == 1 ? extents.substr(0, extents.size() - 1) : extents);
  const std::size_t start = kMagic.size() + 4;
  header.append((kAlignment - (start + header.size() + 1) % kAlignment) % kAlignment, ' ');
  header += '\n';
  std::string bytes(kMagic);
  bytes += '\x01';
  bytes += '\0';
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size());
  return bytes;
}

}  // namespace opline
