// src/report/html/typed_column.h - long columns of numbers in a page, as base64 of a typed array.
//
//   {"type": "u16", "base64": "AQACAA=="}      // [1, 2]
//
// Types are u8, u16, u32 and f64, little-endian, as JavaScript's typed arrays read them: the
// smallest that holds every value. A column of 240,000 layers takes 2.7 bytes per value where JSON
// takes 5 to 8.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/json.h"

namespace opline::report::html {

/// u8, u16 or u32; f64 from 2^32 on (exact up to 2^53).
[[nodiscard]] Json typed_column(const std::vector<std::uint64_t>& values);
/// f64.
[[nodiscard]] Json typed_column(const std::vector<double>& values);

/// RFC 4648, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace opline::report::html
