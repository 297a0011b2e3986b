#include "runners/simulator/debug/gdb_packets.h"

#include <charconv>

#include <fmt/format.h>

namespace opline::simulator::gdb {
namespace {

constexpr char kEscape = '}', kInterrupt = 3;

std::uint8_t checksum(std::string_view data) {
  std::uint8_t sum = 0;
  for (const char c : data) sum = static_cast<std::uint8_t>(sum + static_cast<unsigned char>(c));
  return sum;
}

std::string unescaped(std::string_view data) {
  std::string text;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const bool escaped = data[i] == kEscape && i + 1 < data.size();
    text.push_back(escaped ? static_cast<char>(data[++i] ^ 0x20) : data[i]);
  }
  return text;
}

}  // namespace

std::optional<Received> PacketReader::next() {
  const std::size_t begin = pending_.find_first_of(std::string("$") + kInterrupt);
  if (begin == std::string::npos) {
    pending_.clear();
    return std::nullopt;
  }
  pending_.erase(0, begin);
  if (pending_[0] == kInterrupt) {
    pending_.erase(0, 1);
    return Received{Received::Kind::interrupt, {}};
  }
  const std::size_t end = pending_.find('#');
  if (end == std::string::npos && pending_.size() > kLongest) {
    pending_.clear();
    return Received{Received::Kind::damaged, {}};
  }
  if (end == std::string::npos || pending_.size() < end + 3) return std::nullopt;
  const std::string data = pending_.substr(1, end - 1);
  const auto sum = hex_number(std::string_view(pending_).substr(end + 1, 2));
  pending_.erase(0, end + 3);
  if (sum != checksum(data)) return Received{Received::Kind::damaged, {}};
  return Received{Received::Kind::packet, unescaped(data)};
}

std::string packet(std::string_view data) {
  std::string escaped;
  for (const char c : data) {
    if (c == '$' || c == '#' || c == '*' || c == kEscape) {
      escaped.push_back(kEscape);
      escaped.push_back(static_cast<char>(c ^ 0x20));
    } else {
      escaped.push_back(c);
    }
  }
  return fmt::format("${}#{:02x}", escaped, checksum(escaped));
}

std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

std::optional<std::string> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const auto byte = hex_number(digits.substr(i, 2));
    if (!byte) return std::nullopt;
    bytes.push_back(static_cast<char>(*byte));
  }
  return bytes;
}

std::optional<std::uint32_t> hex_number(std::string_view digits) {
  std::uint32_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, value, 16);
  return error == std::errc() && at == end ? std::optional(value) : std::nullopt;
}

}  // namespace opline::simulator::gdb
