// analysis/numerics/student_t.h - quantiles that intervals are made of.
#pragma once
#include <cstddef>

namespace opline::analysis {

/// The t for which |T| <= t with probability `confidence`, T being Student-distributed with
/// `degrees_of_freedom` >= 1; 0 < confidence < 1 (else OPLINE_ASSERT). 0.95 and 10 give 2.228139
/// (any table of the t distribution).
[[nodiscard]] double two_sided_t(double confidence, std::size_t degrees_of_freedom);
/// The same for degrees of freedom that are no whole number, >= 1.
[[nodiscard]] double two_sided_t_of(double confidence, double degrees_of_freedom);

}  // namespace opline::analysis
