// tests/firmware/vectors.h - known answers: layers, and the outputs that the reference computed for
// them.
//
// tests/firmware/vectors/kernels.txt holds three lines a vector: its name and seed, the layer's
// numbers, the output in hexadecimal. Weights and channels are the pools' from offset 0, the input
// is what the seed stands for; a second input starts 16 bytes after the first. So every executor
// can run them: the host's kernels, the simulated board, QEMU, a real board. Written by
// tests/firmware/write_vectors.cpp.
#pragma once
#include <string>
#include <vector>

#include "tests/firmware/layer_case.h"

namespace opline::firmware_test {

struct Vector {
  std::string name;
  std::uint32_t seed = 0;
  opline_layer layer{};  ///< Placed; weights and channels at offset 0.
  std::vector<std::int8_t> output;
};

inline constexpr std::uint32_t kSecondInput = 16;  ///< Offset of a second input.

/// What the vector's layer reads.
reference::Operands operands_of(const Vector& vector);

/// One text line of numbers for a layer, and back. Throws std::runtime_error for another line.
std::string to_text(const opline_layer& layer);
opline_layer from_text(const std::string& line);

std::string to_hex(const std::vector<std::int8_t>& bytes);

/// The bytes of a reply "m-results-[1,-2,...]".
std::vector<std::int8_t> from_results(const std::string& line);

/// Throws std::runtime_error for a malformed file.
std::vector<Vector> read_vectors(const std::string& path);

/// A plan of two layers: one that makes the seeded input long enough, then the vector's.
std::vector<std::uint8_t> plan_of(const Vector& vector);

}  // namespace opline::firmware_test
