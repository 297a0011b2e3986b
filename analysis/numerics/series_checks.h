// analysis/numerics/series_checks.h - what rank statistics and validation ask of their data.
#pragma once
#include <span>

namespace opline::analysis {

/// Throws Error{input} when x and y differ in length or a value is NaN or infinite. `what` opens
/// the message.
void require_pairs(const char* what, std::span<const double> x, std::span<const double> y);

/// Throws Error{input} unless every value is finite and above 0. `name` says which values.
void require_positive(const char* what, const char* name, std::span<const double> values);

/// Throws Error{input} unless 0 < share < 1.
void require_share(const char* what, const char* name, double share);

}  // namespace opline::analysis
