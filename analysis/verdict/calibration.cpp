#include "analysis/verdict/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/numerics/distributions.h"
#include "analysis/numerics/insufficient_data.h"
#include "analysis/numerics/series_checks.h"
#include "analysis/numerics/student_t.h"
#include "src/base/counted.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

void require_arguments(const CalibrationPairs& pairs, const CalibrationOptions& options) {
  if (options.constants != 1 && options.constants != 2)
    throw Error(ErrorCode::usage, "a calibration has 1 or 2 constants, not {}", options.constants);
  require_share("calibration", "margin", options.margin);
  require_share("calibration", "confidence", options.confidence);
  require_pairs("calibration", pairs.simulated, pairs.measured);
  require_pairs("calibration", pairs.simulated, pairs.ops);
  require_positive("calibration", "simulated seconds", pairs.simulated);
  require_positive("calibration", "measured seconds", pairs.measured);
  require_positive("calibration", "ops", pairs.ops);
  for (const NetworkFeature& one : pairs.features)
    require_pairs("calibration", pairs.simulated, one.values);
}

LinearModel fit_constants(const CalibrationPairs& pairs, const CalibrationOptions& options) {
  const std::size_t n = pairs.simulated.size();
  const auto constants = static_cast<std::size_t>(options.constants);
  if (n <= constants)
    throw InsufficientData(
        "{} both simulated and measured; a calibration with {} needs at least {}",
        counted(n, "network"), counted(constants, "constant"), constants + 1);
  Design design(n, constants == 2 ? Intercept::with : Intercept::without);
  design.add("scale", pairs.simulated);
  std::vector<double> weights;
  for (const double seconds : pairs.simulated) weights.push_back(1 / (seconds * seconds));
  ModelOptions wanted;
  wanted.confidence = options.confidence;
  Result<LinearModel> model = try_fit_linear(design, pairs.measured, wanted, weights);
  if (!model) throw InsufficientData("{}", model.reason());
  return *std::move(model);
}

Interval range_of(std::span<const double> values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {*low, *high};
}

void set_residuals(CalibrationFit& fit, const CalibrationPairs& pairs, const LinearModel& model) {
  std::vector<double> left_out;
  constexpr double kAlone = 1 - 1e-9;
  for (std::size_t i = 0; i < fit.n; ++i) {
    if (model.leverages[i] > kAlone)
      throw InsufficientData(
          "one network (simulated {:g} s) alone decides a constant; fit one constant, or measure "
          "more networks",
          pairs.simulated[i]);
    const double without = pairs.measured[i] - model.residuals[i] / (1 - model.leverages[i]);
    if (!(model.fitted[i] > 0 && without > 0))
      throw InsufficientData(
          "the calibrated latency of a network is not above 0 (simulated {:g} s); fit one "
          "constant, "
          "or measure more networks",
          pairs.simulated[i]);
    left_out.push_back(without);
    fit.residuals.push_back(pairs.measured[i] / model.fitted[i] - 1);
    fit.left_out_residuals.push_back(pairs.measured[i] / without - 1);
  }
  fit.calibrated = model.fitted;
  fit.fitted = *relative_errors(model.fitted, pairs.measured);
  fit.left_out = *relative_errors(left_out, pairs.measured);
}

/// Half of the prediction interval that `quantile` makes, as a share of the calibrated seconds; the
/// largest over the pairs.
double further_error(const CalibrationFit& fit, const CalibrationPairs& pairs,
                     const LinearModel& model, double quantile) {
  double largest = 0;
  for (std::size_t i = 0; i < fit.n; ++i) {
    const double spread = model.residual_standard_deviation * std::sqrt(1 + model.leverages[i]);
    largest = std::max(largest, quantile * spread * pairs.simulated[i] / model.fitted[i]);
  }
  return largest;
}

/// Appends the trend of the residuals along `values`, or the reason why it cannot be estimated.
void add_trend(CalibrationFit& fit, const std::string& name, std::span<const double> shown,
               std::span<const double> values, double confidence) {
  const Interval range = range_of(values);
  if (!(range.width() > 0)) {
    fit.untested.push_back({name, "is the same in every network"});
    return;
  }
  std::vector<double> scaled;  // from 0 to 1, so that the slope is the effect
  for (const double value : values) scaled.push_back((value - range.low) / range.width());
  Design design(fit.n);
  design.add(name, scaled);
  ModelOptions wanted;
  wanted.confidence = confidence;
  const Result<LinearModel> model = try_fit_linear(design, fit.residuals, wanted);
  if (!model) {
    fit.untested.push_back({name, "cannot be estimated: " + model.reason()});
    return;
  }
  const Coefficient& slope = model->coefficients[1];
  const Interval seen = range_of(shown);
  CalibrationTrend trend{name, seen.low, seen.high, slope.estimate, slope.interval, false};
  trend.matters = std::abs(trend.effect) > fit.margin && !trend.interval.contains(0);
  fit.trends.push_back(std::move(trend));
}

void set_trends(CalibrationFit& fit, const CalibrationPairs& pairs) {
  const double confidence =
      1 - (1 - fit.confidence) / static_cast<double>(1 + pairs.features.size());
  std::vector<double> log_ops;
  for (const double ops : pairs.ops) log_ops.push_back(std::log(ops));
  add_trend(fit, "ops", pairs.ops, log_ops, confidence);
  for (const NetworkFeature& one : pairs.features)
    add_trend(fit, one.name, one.values, one.values, confidence);
}

Criterion pairs_criterion(const CalibrationFit& fit, int constants) {
  Criterion one{"pairs", static_cast<double>(fit.n), {}, 0, Direction::at_least, "", {}};
  one.threshold = static_cast<double>(kPairsPerConstant) * constants;
  one.standing = *one.value >= one.threshold ? Standing::met : Standing::missed;
  return one;
}

/// `spread`: the error of a further network if the constants were known exactly.
Criterion error_criterion(const CalibrationFit& fit, double spread) {
  Criterion one{"error", 100 * fit.further_error, {}, 100 * fit.margin, Direction::at_most, "%",
                {}};
  one.standing = fit.further_error <= fit.margin ? Standing::met
                 : spread <= fit.margin          ? Standing::undecided
                                                 : Standing::missed;
  if (one.standing == Standing::undecided) one.note = "more pairs of this spread would meet it";
  return one;
}

Criterion trend_criterion(const CalibrationTrend& trend, double margin) {
  Criterion one{"trend with " + trend.name,
                100 * std::abs(trend.effect),
                {},
                100 * margin,
                Direction::at_most,
                "%",
                trend.matters ? Standing::missed : Standing::met};
  if (!trend.matters && std::abs(trend.effect) > margin) one.note = "its interval holds 0";
  return one;
}

void judge_fit(CalibrationFit& fit, int constants, double spread) {
  fit.criteria = {pairs_criterion(fit, constants), error_criterion(fit, spread)};
  for (const CalibrationTrend& trend : fit.trends)
    fit.criteria.push_back(trend_criterion(trend, fit.margin));
  const auto any = [&](Standing standing) {
    return std::any_of(fit.criteria.begin(), fit.criteria.end(),
                       [&](const Criterion& one) { return one.standing == standing; });
  };
  fit.ruling = any(Standing::missed)      ? Ruling::not_valid
               : any(Standing::undecided) ? Ruling::undecided
                                          : Ruling::valid;
}

CalibrationFit fit_calibration(const CalibrationPairs& pairs, const CalibrationOptions& options) {
  const LinearModel model = fit_constants(pairs, options);
  CalibrationFit fit;
  fit.n = model.n;
  fit.margin = options.margin;
  fit.confidence = options.confidence;
  fit.scale = model.coefficients.back();
  if (options.constants == 2) {
    fit.offset = model.coefficients.front();
    fit.offset->name = "offset";
  }
  fit.simulated_range = range_of(pairs.simulated);
  fit.ops_range = range_of(pairs.ops);
  set_residuals(fit, pairs, model);
  fit.further_error =
      further_error(fit, pairs, model, two_sided_t(options.confidence, model.degrees));
  set_trends(fit, pairs);
  judge_fit(fit, options.constants,
            further_error(fit, pairs, model, normal_quantile((1 + options.confidence) / 2)));
  return fit;
}

}  // namespace

double CalibrationFit::seconds(double simulated) const {
  return scale.estimate * simulated + (offset ? offset->estimate : 0);
}

Result<CalibrationFit> try_fit_calibration(const CalibrationPairs& pairs,
                                           const CalibrationOptions& options) {
  require_arguments(pairs, options);
  return result_of([&] { return fit_calibration(pairs, options); });
}

}  // namespace opline::analysis
