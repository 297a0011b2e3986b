#include "src/network/output_spread.h"

#include <cmath>

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
