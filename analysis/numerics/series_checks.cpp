#include "analysis/numerics/series_checks.h"

#include <cmath>

#include "analysis/numerics/insufficient_data.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

void require_finite(const char* what, const char* name, std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    throw Error(ErrorCode::input, "{}: {} value {} of {} is {}; leave out pairs that are not known",
                what, name, i + 1, values.size(), values[i]);
  }
}

}  // namespace

void require_pairs(const char* what, std::span<const double> x, std::span<const double> y) {
  if (x.size() != y.size()) {
    throw Error(ErrorCode::input, "{}: {} values of x and {} of y; give one y for each x", what,
                x.size(), y.size());
  }
  require_finite(what, "x", x);
  require_finite(what, "y", y);
}

void require_positive(const char* what, const char* name, std::span<const double> values) {
  require_finite(what, name, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] > 0) continue;
    throw InsufficientData("{}: {} value {} of {} is {}; it must be above 0", what, name, i + 1,
                           values.size(), values[i]);
  }
}

void require_share(const char* what, const char* name, double share) {
  if (share > 0 && share < 1) return;
  throw Error(ErrorCode::input, "{}: {} is {}; give a share between 0 and 1, as 0.05", what, name,
              share);
}

}  // namespace opline::analysis
