#include "analysis/numerics/moments.h"

#include "src/base/error.h"

namespace opline::analysis {
namespace {

DoubleDouble mean(std::span<const double> values) {
  DoubleDouble total;
  for (const double value : values) total += value;
  return total / static_cast<double>(values.size());
}

}  // namespace

Moments moments(std::span<const double> x, std::span<const double> y) {
  OPLINE_ASSERT(x.size() == y.size() && !x.empty(), "{} x and {} y", x.size(), y.size());
  Moments result;
  result.x_mean = mean(x);
  result.y_mean = mean(y);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const DoubleDouble dx = DoubleDouble(x[i]) - result.x_mean;
    const DoubleDouble dy = DoubleDouble(y[i]) - result.y_mean;
    result.sxx += dx * dx;
    result.sxy += dx * dy;
    result.syy += dy * dy;
  }
  return result;
}

}  // namespace opline::analysis
