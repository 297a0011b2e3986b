// analysis/validation/prediction_validation.h - how good are a model's predictions of networks it
// has not seen?
//
// The model may be any; each prediction was made without the network it is compared with (held
// out). What validate_proxy() is for ops, of which a line is fitted again and again, this is for
// predictions that are given.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "analysis/numerics/interval.h"
#include "analysis/numerics/rank_statistics.h"
#include "analysis/numerics/relative_errors.h"
#include "analysis/validation/latency_margin.h"
#include "analysis/validation/prediction_interval.h"

namespace opline::analysis {

struct PredictionValidationOptions {
  double confidence = 0.95;        ///< Of every interval, in (0, 1).
  bool whole_enumeration = false;  ///< Every network of the space was measured: no intervals.
  double false_feasible = 0.01;    ///< Share of further networks that the margin may miss.
  std::size_t replicates = 2000;   ///< Of each bootstrap, >= 100.
  std::size_t max_rows = 4000;     ///< BootstrapOptions::max_rows.
  std::uint64_t seed = 1;
  unsigned threads = 1;  ///< >= 1; changes nothing but the time.
};

struct PredictionValidation {
  std::size_t n = 0;  ///< Networks.
  bool whole_enumeration = false;
  RelativeErrors errors;
  Estimate mape_percent;                  ///< errors.mape_percent with its BCa interval.
  std::optional<Estimate> kendall_tau_b;  ///< None where every measurement is the same.
  std::optional<Misorder> misorder;       ///< By prediction; none unless all are above 0.
  std::optional<LatencyMargin> margin;    ///< None where half of the predictions are not above 0.
  std::optional<PredictionInterval> interval;  ///< As `margin`.
};

/// One prediction per measurement, in the same order and unit. Nothing for no rows. O(replicates x
/// min(n, max_rows) + n log n). Throws Error{input} for unequal lengths, values that are not
/// finite, measured ones that are not above 0, or options out of range.
[[nodiscard]] std::optional<PredictionValidation> validate_predictions(
    std::span<const double> predicted, std::span<const double> measured,
    const PredictionValidationOptions& options = {});

}  // namespace opline::analysis
