#include "analysis/layers/residual_features.h"

#include <algorithm>
#include <numeric>

#include "analysis/layers/layer_form.h"
#include "analysis/numerics/insufficient_data.h"
#include "analysis/numerics/rank_statistics.h"
#include "analysis/numerics/series_checks.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

constexpr const char* kWhat = "what explains the rest";
/// Of the total sum of squares: what double-double residuals of doubles may leave of an exact line.
constexpr double kNothingLeft = 1e-24;

bool differs(std::span<const double> values) {
  return std::any_of(values.begin(), values.end(),
                     [&](double value) { return value != values[0]; });
}

double partial(double with, double without) { return std::clamp(1 - with / without, 0.0, 1.0); }

/// Whether HC3 is defined: no row alone decides a coefficient.
bool every_row_has_a_fellow(const LinearModel& model) {
  return std::all_of(model.leverages.begin(), model.leverages.end(),
                     [](double leverage) { return 1 - leverage >= 1e-12; });
}

class Explainer {
 public:
  Explainer(std::span<const double> x, std::span<const double> y,
            std::span<const NetworkFeature> features, const ResidualOptions& options)
      : y_(y), features_(features), options_(options), base_(x.size()) {
    base_.add("ops", x);
    line_ = fit_linear(base_, y, {options.confidence, CovarianceKind::classical});
  }

  [[nodiscard]] bool nothing_left() const {
    return line_.residual_sum_of_squares <= kNothingLeft * line_.total_sum_of_squares;
  }

  ResidualFeatures explain() {
    ResidualFeatures result;
    result.n = y_.size();
    result.r_squared = *line_.r_squared;
    for (const NetworkFeature& feature : features_) alone(feature, result);
    together(result);
    std::stable_sort(
        result.features.begin(), result.features.end(),
        [](const auto& a, const auto& b) { return a.partial_r_squared > b.partial_r_squared; });
    return result;
  }

 private:
  void alone(const NetworkFeature& feature, ResidualFeatures& result) {
    const std::vector<CandidateColumn> candidate{{feature.name, feature.values}};
    const Design design = independent_columns(base_, candidate, "network", result.left_out);
    if (design.columns() == base_.columns()) return;
    const LinearModel plain =
        fit_linear(design, y_, {options_.confidence, CovarianceKind::classical});
    if (!every_row_has_a_fellow(plain)) {
      result.left_out.push_back({feature.name, "differs in one network only"});
      return;
    }
    const LinearModel model =
        fit_linear(design, y_, {options_.confidence, CovarianceKind::hc3, 1, false});
    FeatureEffect effect;
    effect.name = feature.name;
    effect.unit = feature.unit;
    effect.partial_r_squared =
        partial(model.residual_sum_of_squares, line_.residual_sum_of_squares);
    effect.coefficient = model.coefficient(feature.name);
    std::vector<double> sorted = feature.values;
    std::sort(sorted.begin(), sorted.end());
    effect.q10 = quantile_of_sorted(sorted, 0.1);
    effect.q90 = quantile_of_sorted(sorted, 0.9);
    const double mean = std::accumulate(y_.begin(), y_.end(), 0.0) / static_cast<double>(y_.size());
    const double scale = 100 * (effect.q90 - effect.q10) / mean;
    effect.effect_percent = scale * effect.coefficient.estimate;
    effect.effect_interval = {scale * effect.coefficient.interval.low,
                              scale * effect.coefficient.interval.high};
    result.features.push_back(effect);
    usable_.push_back(candidate.front());
  }

  [[nodiscard]] LinearModel fit_of(std::span<const CandidateColumn> candidates) const {
    std::vector<LeftOut> ignored;
    return fit_linear(independent_columns(base_, candidates, "network", ignored), y_);
  }

  void together(ResidualFeatures& result) {
    if (usable_.empty()) return;
    static_cast<void>(independent_columns(base_, usable_, "network", result.not_joint));
    const LinearModel all = fit_of(usable_);
    result.joint_r_squared = all.r_squared;
    result.explained_share = partial(all.residual_sum_of_squares, line_.residual_sum_of_squares);
    for (std::size_t i = 0; i < usable_.size(); ++i) {
      std::vector<CandidateColumn> others = usable_;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      const LinearModel without = fit_of(others);
      if (without.coefficients.size() == all.coefficients.size())
        continue;  // the others say the same
      if (without.residual_sum_of_squares <= kNothingLeft * line_.total_sum_of_squares) continue;
      result.features[i].unique_r_squared =
          partial(all.residual_sum_of_squares, without.residual_sum_of_squares);
    }
  }

  std::span<const double> y_;
  std::span<const NetworkFeature> features_;
  const ResidualOptions& options_;
  Design base_;
  LinearModel line_;
  std::vector<CandidateColumn>
      usable_;  ///< Features in `result.features`, in its order until it is sorted.
};

}  // namespace

std::optional<ResidualFeatures> explain_residuals(std::span<const double> x,
                                                  std::span<const double> y,
                                                  std::span<const NetworkFeature> features,
                                                  const ResidualOptions& options) {
  require_pairs(kWhat, x, y);
  require_share(kWhat, "confidence", options.confidence);
  for (const NetworkFeature& feature : features) require_pairs(kWhat, feature.values, y);
  if (x.size() < 4 || !differs(x) || !differs(y)) return std::nullopt;
  if (!(std::accumulate(y.begin(), y.end(), 0.0) > 0)) {
    throw InsufficientData("{}: the mean of y is not above 0, so that no effect is a share of it",
                           kWhat);
  }
  for (std::size_t i = 0; i < features.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (features[i].name != features[j].name) continue;
      throw Error(ErrorCode::input, "{}: two features `{}`; give each a name of its own", kWhat,
                  features[i].name);
    }
  }
  Explainer explainer(x, y, features, options);
  if (explainer.nothing_left()) return std::nullopt;
  return explainer.explain();
}

Result<ResidualFeatures> try_explain_residuals(std::span<const double> x, std::span<const double> y,
                                               std::span<const NetworkFeature> features,
                                               const ResidualOptions& options) {
  const auto found = result_of([&] { return explain_residuals(x, y, features, options); });
  if (!found) return NoValue("{}", found.reason());
  if (*found) return **found;
  if (x.size() < 4)
    return NoValue("{} networks are too few to explain residuals; measure at least 4", x.size());
  return NoValue("ops leave nothing to explain: {}",
                 differs(x) && differs(y) ? "the line meets every latency"
                                          : "all networks have the same ops or the same latency");
}

}  // namespace opline::analysis
