// analysis/numerics/insufficient_data.h - data that a figure cannot be computed from.
//
// Thrown deep inside a computation and caught at its entrance: every try_...() function of
// analysis/ returns it as the reason of a Result. Only data are meant: fewer rows than
// coefficients, one x in all rows, dependent columns. Wrong arguments (lengths that differ, NaN, a
// confidence of 2) remain Error{input}, which no try_...() function catches.
#pragma once
#include <type_traits>
#include <utility>

#include "src/base/error.h"
#include "src/base/result.h"

namespace opline::analysis {

class InsufficientData : public Error {
 public:
  template <typename... Args>
  explicit InsufficientData(fmt::format_string<Args...> format, Args&&... args)
      : Error(ErrorCode::input, fmt::format(format, std::forward<Args>(args)...)) {}
};

/// What `compute` returns, or why the data do not allow it.
template <typename Compute>
[[nodiscard]] auto result_of(const Compute& compute) -> Result<std::invoke_result_t<Compute>> {
  try {
    return compute();
  } catch (const InsufficientData& problem) {
    return NoValue("{}", problem.what());
  }
}

}  // namespace opline::analysis
