// analysis/numerics/distributions.h - tail probabilities that p-values are made of.
//
// Each is computed as a tail, never as 1 - cdf: small ones keep their digits.
#pragma once

namespace opline::analysis {

/// P(|T| >= |t|), Student's distribution with `degrees` > 0.
[[nodiscard]] double two_sided_t_tail(double t, double degrees);
/// P(F >= f), Fisher's distribution with a and b degrees of freedom, both > 0; f >= 0.
[[nodiscard]] double f_tail(double f, double a, double b);
/// P(X >= x), chi-squared with `degrees` > 0; x >= 0.
[[nodiscard]] double chi_squared_tail(double x, double degrees);
/// P(Z >= z) of the standard normal.
[[nodiscard]] double normal_tail(double z);
/// The z with P(Z <= z) = p, 0 < p < 1.
[[nodiscard]] double normal_quantile(double p);

}  // namespace opline::analysis
