// tests/runners/own_runtime_requests.h - the firmware of another runtime (own_runtime/), and what
// it is asked to measure.
#pragma once
#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "runners/simulated_board.h"

extern "C" {
#include "firmware/include/opline_plan.h"
#include "firmware/kernels/opline_kernels.h"
}

namespace opline::runners {

inline constexpr std::uint32_t kSeed = 7;
inline const std::filesystem::path kElf =
    std::filesystem::path(OPLINE_BINARY_DIR) / "tests/runners/own_runtime.elf";

inline SimulatedBoard load(measure::OutputCheck check = measure::OutputCheck::final) {
  return SimulatedBoard::load("nucleo-f446re", {kElf, measure::Payload::tflite, check});
}

inline std::vector<std::uint8_t> model(std::size_t bytes, std::uint8_t salt = 1) {
  std::vector<std::uint8_t> file(bytes);
  for (std::size_t i = 0; i < bytes; ++i) file[i] = static_cast<std::uint8_t>(i * salt + i / 256);
  std::copy_n("TFL3", 4, file.begin() + 4);
  return file;
}

/// What own_runtime/main.c computes: its first operator.
inline std::array<std::int8_t, 16> sums(const std::vector<std::uint8_t>& file) {
  const bool has_two_ends = file[8] == 0xED;
  std::array<std::int8_t, 16> y{};
  for (std::uint32_t i = 0; i < y.size(); ++i)
    y[i] = static_cast<std::int8_t>(opline_input_byte(kSeed, i) + file[i] +
                                    (has_two_ends ? opline_input_byte(kSeed, 16 + i) : 0));
  return y;
}

/// Its last one.
inline std::array<std::uint8_t, 4> output(const std::vector<std::uint8_t>& file) {
  const std::array<std::int8_t, 16> y = sums(file);
  std::uint32_t z = 0;
  for (std::size_t j = 0; j < file.size(); ++j)
    z += static_cast<std::uint32_t>(file[j] * y[j % y.size()]);
  std::array<std::uint8_t, 4> out{};
  for (std::uint32_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(z >> (8 * i));
  return out;
}

/// The digests of these two.
inline std::vector<std::uint32_t> digests(const std::vector<std::uint8_t>& file) {
  const auto y = sums(file);
  const auto out = output(file);
  return {opline_crc32(0, y.data(), y.size()), opline_crc32(0, out.data(), out.size())};
}

inline measure::Request request_for(const std::vector<std::uint8_t>& file) {
  measure::Request request;
  request.network = std::string(32, 'b');
  request.expected_digests = digests(file);
  request.budget_cycles = 100'000'000;
  request.payload = measure::Payload::tflite;
  request.tensors = file;
  request.input_seed = kSeed;
  request.layer_of_operator = {0, 1, 1};
  return request;
}

}  // namespace opline::runners
