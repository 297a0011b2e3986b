// src/base/units.h - figures with their units, for people.
#pragma once
#include <cstdint>
#include <string>

namespace opline {

/// "512 B", "53.2 KB", "1.50 MB": binary multiples (1 KB = 1024 B), as data sheets of MCUs count.
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

/// "12.3 us", "250 ms", "3.4 s", "2 min 05 s", "1 h 02 min". `seconds` >= 0.
[[nodiscard]] std::string format_seconds(double seconds);

/// "1.23 kops", "16.4 Mops", "1.2 Gops": decimal multiples, as papers count.
[[nodiscard]] std::string format_ops(std::uint64_t ops);

}  // namespace opline
