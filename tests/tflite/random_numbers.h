// tests/tflite/random_numbers.h - numbers for a network as a converter could have written them: any
// zero points, scales that are no powers of two, outputs that are spread.
#pragma once
#include <cstdint>
#include <vector>

#include "src/network/quantised_network.h"

namespace opline::tflite_test {

/// A function of its arguments alone. Where TFLite wants it (pools, softmax, ...) outputs have the
/// quantisation of the input.
[[nodiscard]] network::QuantisedNetwork random_numbers(const network::Network& network,
                                                       std::uint64_t seed);

/// Codes over the whole int8 range.
[[nodiscard]] std::vector<std::int8_t> random_codes(std::size_t count, std::uint64_t seed);

}  // namespace opline::tflite_test
