#include "analysis/regression/spread.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/numerics/median.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

/// Weighted sums for |e| = a + b p.
struct SpreadSums {
  double w = 0, wp = 0, wpp = 0, we = 0, wep = 0;
  void add(double weight, double p, double e) {
    w += weight;
    wp += weight * p;
    wpp += weight * p * p;
    we += weight * e;
    wep += weight * e * p;
  }
  /// The least squares solution with both coefficients >= 0.
  [[nodiscard]] Spread solve() const {
    const double determinant = w * wpp - wp * wp;
    if (determinant > 1e-12 * w * wpp) {
      const Spread both{(we * wpp - wep * wp) / determinant, (w * wep - wp * we) / determinant};
      if (both.absolute >= 0 && both.relative >= 0) return both;
    }
    const Spread constant{we / w, 0};
    if (!(wpp > 0)) return constant;
    const Spread proportional{0, wep / wpp};
    const bool falls = w * wep < wp * we;  // smaller residuals at larger predictions
    return falls ? constant : proportional;
  }
};

}  // namespace

double Spread::at(double predicted) const { return absolute + relative * std::max(predicted, 0.0); }

Spread fit_spread(std::span<const double> predicted, std::span<const double> residuals) {
  OPLINE_ASSERT(!predicted.empty() && predicted.size() == residuals.size(),
                "the spread of {} residuals at {} predictions", residuals.size(), predicted.size());
  std::vector<double> size(residuals.size());
  std::transform(residuals.begin(), residuals.end(), size.begin(),
                 [](double e) { return std::abs(e); });
  double typical = median(size);
  if (!(typical > 0)) typical = *std::max_element(size.begin(), size.end());
  if (!(typical > 0)) return {};
  Spread spread{typical, 0};
  for (int step = 0; step < 10; ++step) {
    SpreadSums sums;
    for (std::size_t i = 0; i < size.size(); ++i) {
      const double here = std::max(spread.at(predicted[i]), 1e-9 * typical);
      const double p = std::max(predicted[i], 0.0);
      sums.add(1 / (here * here), p, std::min(size[i], 4 * here));
    }
    spread = sums.solve();
  }
  return spread;
}

}  // namespace opline::analysis
