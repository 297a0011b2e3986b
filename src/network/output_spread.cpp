#include "src/network/output_spread.h"

#include <cmath>

#include "firmware/kernels/codes.h"

namespace opline::network {

TensorSums sums_of(std::span<const std::int8_t> values) {
  TensorSums sums;
  sums.count = static_cast<std::int64_t>(values.size());
  for (const std::int8_t value : values) {
    sums.sum += value;
    sums.squares += std::int64_t{value} * value;
  }
  return sums;
}

std::vector<std::int8_t> unpack_codes(const std::int8_t* bytes, std::uint64_t positions,
                                      int channels) {
  std::vector<std::int8_t> codes;
  codes.reserve(positions * static_cast<std::uint64_t>(channels));
  for (; positions > 0; --positions) {
    for (int c = 0; c < channels; c += 2, ++bytes) {
      codes.push_back(static_cast<std::int8_t>(opline_low_code(*bytes)));
      if (c + 1 < channels) codes.push_back(static_cast<std::int8_t>(opline_high_code(*bytes)));
    }
  }
  return codes;
}

std::vector<std::int8_t> pack_codes(std::span<const std::int8_t> codes, int channels, int fill) {
  std::vector<std::int8_t> bytes;
  const auto count = static_cast<std::size_t>(channels);
  for (; !codes.empty(); codes = codes.subspan(count)) {
    for (std::size_t c = 0; c < count; c += 2)
      bytes.push_back(opline_two_codes(codes[c], c + 1 < count ? codes[c + 1] : fill));
  }
  return bytes;
}

OutputSpread spread_of(std::span<const std::int8_t> output, const opline_layer& layer) {
  // A lower limit equal to the zero point is the zero of a ReLU (or of a pool behind one), not the
  // end of the range.
  const bool low_end = layer.activation_min != layer.output_zero_point;
  std::size_t saturated = 0;
  for (const std::int8_t value : output)
    saturated += value == layer.activation_max || (low_end && value == layer.activation_min);
  return {std::sqrt(sums_of(output).variance()),
          static_cast<double>(saturated) / static_cast<double>(output.size())};
}

}  // namespace opline::network
