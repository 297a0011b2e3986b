// src/base/npy.h - NumPy's .npy files of int8 or float32, C order.
//
// The format: "\x93NUMPY", a version (1, 2 or 3), the length of a header in Python's syntax
// ({'descr': '|i1', 'fortran_order': False, 'shape': (1, 49, 10, 1), }), the values in
// little-endian (numpy.lib.format).
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace opline {

struct NpyArray {
  std::vector<std::uint64_t> shape;  ///< Empty for a single value.
  std::variant<std::vector<std::int8_t>, std::vector<float>> values;
};

/// Whether a file starts as a .npy file does.
[[nodiscard]] bool is_npy(std::string_view bytes);

/// The array in `bytes`; `file` is for messages. Throws Error{input} that says what was found where
/// it is of another type or order, or where header, shape and size contradict each other.
[[nodiscard]] NpyArray read_npy(std::string_view bytes, const std::string& file);

/// A file of version 1. `shape` has values.size() elements (asserted).
[[nodiscard]] std::string write_npy(std::span<const std::int8_t> values,
                                    const std::vector<std::uint64_t>& shape);

}  // namespace opline
