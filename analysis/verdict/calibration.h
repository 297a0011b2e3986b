// analysis/verdict/calibration.h - the few constants between simulated and measured seconds.
//
// Model: measured = scale x simulated (1 + e), or with a second constant measured = offset + scale
// x simulated + simulated e; E[e] = 0, e independent, of one variance. So errors are shares of the
// latency, and least squares has weights 1 / simulated^2: one constant is the mean of the ratios
// measured / simulated. R: lm(measured ~ 0 + simulated, weights = 1 / simulated^2). Errors are
// HC3's with Bell and McCaffrey's degrees of freedom (regression.h); of one constant those are n
// - 1.
//
// The fit is judged, as it will be used for networks that nobody measured:
//   pairs    at least kPairsPerConstant for each constant;
//   error    Student's 95 % prediction interval of a further network's measured seconds, as a share
//            of its calibrated ones, is within the margin. It assumes normal e, which few pairs
//            cannot check; the errors left out one at a time assume nothing and stand beside it;
//   trends   residuals do not go with ops or another feature of the networks by more than the
//            margin over the range seen: other networks would have another constant.
// Intervals of k trends have the confidence 1 - (1 - confidence) / k (Bonferroni). Outside of the
// range of simulated seconds the model is assumed, which no pair shows. No printing.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/layers/residual_features.h"
#include "analysis/numerics/interval.h"
#include "analysis/numerics/relative_errors.h"
#include "analysis/regression/linear_model.h"
#include "analysis/verdict/verdict.h"
#include "src/base/result.h"

namespace opline::analysis {

/// Below, Student's quantile makes the interval of a constant wider than the spread of the ratios.
inline constexpr std::size_t kPairsPerConstant = 5;

struct CalibrationOptions {
  int constants = 1;         ///< 1: scale; 2: scale and offset.
  double margin = 0.05;      ///< Error that a user accepts, a share of latency; above 0, below 1.
  double confidence = 0.95;  ///< Of every interval, in (0, 1).
};

/// Networks that were both simulated and measured; all of one length.
struct CalibrationPairs {
  std::span<const double> simulated;         ///< Seconds, above 0.
  std::span<const double> measured;          ///< Seconds, above 0.
  std::span<const double> ops;               ///< Above 0.
  std::span<const NetworkFeature> features;  ///< What else residuals might go with.
};

/// How residuals go with a feature of the networks.
struct CalibrationTrend {
  std::string name;          ///< "ops", or the feature's.
  double low = 0, high = 0;  ///< Smallest and largest value among the pairs.
  /// What the residual changes by from `low` to `high`, a share of the latency; along log(ops) for
  /// ops, along the feature's value for others.
  double effect = 0;
  Interval interval;     ///< Of the effect.
  bool matters = false;  ///< Above the margin, and the interval leaves 0 out.
};

struct CalibrationFit {
  std::size_t n = 0;
  Coefficient scale;                  ///< Without unit; standard error and interval HC3's.
  std::optional<Coefficient> offset;  ///< Seconds.
  double margin = 0.05;
  double confidence = 0.95;

  std::vector<double> calibrated;          ///< Seconds, one per pair.
  std::vector<double> residuals;           ///< measured / calibrated - 1, one per pair.
  std::vector<double> left_out_residuals;  ///< The same, of the fit to the other pairs.
  RelativeErrors fitted;                   ///< Of the calibrated seconds.
  RelativeErrors left_out;                 ///< Of each pair by the fit to the others.
  /// A further network's measured seconds are within this share of the calibrated ones, at
  /// `confidence`; the largest over the pairs' simulated seconds.
  double further_error = 0;
  Interval simulated_range;              ///< Range of seconds seen.
  Interval ops_range;                    ///< Range of ops seen.
  std::vector<CalibrationTrend> trends;  ///< Of ops first; without those left out.
  std::vector<LeftOut> untested;         ///< Features whose trend cannot be estimated, and why.

  Ruling ruling = Ruling::not_valid;  ///< valid, not_valid or undecided.
  std::vector<Criterion> criteria;    ///< pairs, error, one per trend.

  /// Seconds of a network that is simulated to take `simulated`.
  [[nodiscard]] double seconds(double simulated) const;
};

/// A reason where there are fewer pairs than constants and one, where two constants have one
/// simulated latency, or where a calibrated latency is not above 0. Throws Error{input} when
/// lengths differ or a value is not finite and above 0; Error{usage} for options out of range.
[[nodiscard]] Result<CalibrationFit> try_fit_calibration(const CalibrationPairs& pairs,
                                                         const CalibrationOptions& options = {});

}  // namespace opline::analysis
