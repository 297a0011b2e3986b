// src/costmodel/cost_model_keys.h - texts of the cost model's format that are both written and
// read.
#pragma once
#include <cstdint>

#include "analysis/regression/linear_model.h"
#include "analysis/verdict/verdict.h"

namespace opline::costmodel {

inline constexpr const char* kFormatName = "opline-cost-model";
inline constexpr std::uint64_t kFormatVersion = 3;
inline constexpr const char* kOpsDefinition =
    "2 x multiply-accumulates of convolutions and fully connected layers, padded taps included";

inline const char* covariance_name(analysis::CovarianceKind kind) {
  return kind == analysis::CovarianceKind::hc3 ? "hc3" : "classical";
}
inline const char* kernels_name(bool known) { return known ? "opline" : "layer-type"; }
inline const char* direction_name(analysis::Direction direction) {
  return direction == analysis::Direction::at_least ? "at least" : "at most";
}

}  // namespace opline::costmodel
