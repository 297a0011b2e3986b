#include "analysis/validation/proxy_validation.h"
#include "analysis/numerics/insufficient_data.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "analysis/numerics/series_checks.h"
#include "analysis/regression/linear_model.h"
#include "analysis/regression/spread.h"
#include "analysis/resampling/bootstrap.h"
#include "analysis/validation/repeats.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

void require_options(const ProxyValidationOptions& options) {
  require_share("validation", "confidence", options.confidence);
  require_share("validation", "false feasible", options.false_feasible);
  for (const double quantile : options.budget_quantiles)
    require_share("validation", "budget quantile", quantile);
  require_positive("validation", "budget", options.budgets);
  if (!options.budget_quantiles.empty() && options.replicates >= 100 && options.threads >= 1 &&
      options.max_rows >= 1000)
    return;
  throw Error(
      ErrorCode::input,
      "validation: {} budgets, {} replicates, {} threads, {} rows; give at least 1 budget, 100 "
      "replicates, 1 thread, 1000 rows",
      options.budget_quantiles.size(), options.replicates, options.threads, options.max_rows);
}

/// Units of work: a pass over the rows is one, tau-b, which sorts them, about kTauPasses.
constexpr std::uint64_t kPass = 1;
constexpr std::uint64_t kTauPasses = 8;

/// Of fewer rows resampling says nothing: R^2 of four points on a line would be known to be 1.
constexpr std::size_t kFewestRows = 10;

/// Bootstraps that tell how far they are.
class Bootstraps {
 public:
  Bootstraps(std::size_t n, const ProxyValidationOptions& options)
      : n_(n),
        options_(options),
        draws_{options.confidence, options.replicates, options.seed, options.threads},
        total_((options.replicates +
                (n > options.max_rows ? 0 : std::min(n, draws_.jackknife_groups))) *
               (2 * kPass + kTauPasses)) {
    draws_.max_rows = options.max_rows;
  }

  /// `value` with the BCa interval of `statistic`, of which one figure takes `units`.
  Estimate with_interval(double value, const RowStatistic& statistic, std::uint64_t units = kPass) {
    Estimate result{value, {}};
    if (options_.whole_enumeration || n_ < kFewestRows) return result;
    const RowStatistic counted = [&](std::span<const std::uint32_t> rows) {
      tell(units);
      return statistic(rows);
    };
    if (const auto found = bootstrap(n_, counted, draws_)) result.interval = found->interval;
    return result;
  }

 private:
  void tell(std::uint64_t units) {
    if (!options_.progress) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    done_ = std::min(done_ + units, total_);
    options_.progress(done_, total_);
  }

  std::size_t n_;
  const ProxyValidationOptions& options_;
  BootstrapOptions draws_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  std::mutex mutex_;
};

std::size_t distinct_rows(std::span<const double> x, std::span<const double> y) {
  std::vector<std::pair<double, double>> rows(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) rows[i] = {x[i], y[i]};
  std::sort(rows.begin(), rows.end());
  return static_cast<std::size_t>(std::unique(rows.begin(), rows.end()) - rows.begin());
}

std::size_t networks_of(std::span<const double> x, std::span<const double> y,
                        const ProxyValidationOptions& options) {
  if (!options.rows_are_networks && !options.whole_enumeration) {
    const RowKeys keys = keys_by_ops(x);
    if (keys.source == KeySource::ops) return keys.networks;
  }
  return distinct_rows(x, y);
}

void set_budgets(ProxyValidation& result, std::span<const double> predicted,
                 std::span<const double> y, const ProxyValidationOptions& options) {
  std::vector<double> sorted(y.begin(), y.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::pair<double, double>> budgets;  // quantile, budget
  for (const double budget : options.budgets) {
    const auto kept = std::upper_bound(sorted.begin(), sorted.end(), budget) - sorted.begin();
    budgets.emplace_back(static_cast<double>(kept) / static_cast<double>(sorted.size()), budget);
  }
  if (budgets.empty()) {
    for (const double quantile : options.budget_quantiles)
      budgets.emplace_back(quantile, quantile_of_sorted(sorted, quantile));
  }
  result.margin =
      exceedance_margin(predicted, y, options.false_feasible, options.whole_enumeration);
  result.latency_margin = latency_margin(predicted, y, options.false_feasible,
                                         options.whole_enumeration, options.confidence);
  for (const auto& [quantile, budget] : budgets) {
    BudgetValidation one{quantile,
                         constraint_quality(predicted, y, budget),
                         safe_margin(predicted, y, budget, options.false_feasible),
                         {},
                         {}};
    if (result.latency_margin) {
      const double largest = result.latency_margin->largest_prediction(budget);
      one.with_latency_margin = quality_up_to(predicted, y, budget, largest);
    }
    if (result.margin)
      one.with_margin = constraint_quality(predicted, y, budget, result.margin->margin);
    result.budgets.push_back(one);
  }
}

void set_held_out(ProxyValidation& result, std::span<const double> x, std::span<const double> y,
                  const ProxyValidationOptions& options) {
  const auto unseen = cross_validate_rows(
      x, y,
      {options.folds, bounded_repeats(x.size(), options.repeats, 500 * options.max_rows),
       options.seed, options.threads});
  if (!unseen) return;
  result.cross_validation = unseen->validation;
  Estimate mape{result.cross_validation->errors.mape_percent, {}};
  if (const auto& seen = result.mape_percent.interval) {
    const double moved = mape.value - result.mape_percent.value;
    mape.interval = {seen->low + moved, seen->high + moved};
  }
  result.cross_validated_mape_percent = mape;
  set_budgets(result, unseen->mean_predictions, y, options);
}

/// What needs the line as a linear model. Nothing where HC3 is not defined.
void set_model(ProxyValidation& result, std::span<const double> x, std::span<const double> y) {
  Design design(x.size());
  design.add("x", x);
  const auto model = try_fit_linear(design, y, {result.confidence, CovarianceKind::hc3});
  if (!model) return;  // a row of leverage 1
  result.slope_hc3 = model->coefficients[1];
  result.breusch_pagan = breusch_pagan_test(*model, design);
  if (model->perfect_fit) return;
  const Spread spread = fit_spread(model->fitted, model->residuals);
  std::vector<double> scaled = model->residuals;
  for (std::size_t i = 0; i < scaled.size(); ++i) {
    const double size = spread.at(model->fitted[i]);
    if (!(size > 0)) return;
    scaled[i] /= size;
  }
  result.tails = tail_weight(scaled);
}

/// The 95 % over the 5 % quantile.
std::optional<double> ratio_of_quantiles(std::span<const double> x) {
  std::vector<double> sorted(x.begin(), x.end());
  std::sort(sorted.begin(), sorted.end());
  const double low = quantile_of_sorted(sorted, 0.05);
  if (!(low > 0)) return std::nullopt;
  return quantile_of_sorted(sorted, 0.95) / low;
}

void set_order(ProxyValidation& result, std::span<const double> x, std::span<const double> y,
               const ProxyValidationOptions& options, Bootstraps& bootstraps) {
  if (const auto tau = kendall_tau_b(x, y)) {
    result.kendall_tau_b = bootstraps.with_interval(*tau, kendall_tau_b_of_rows(x, y), kTauPasses);
  }
  result.spearman_rho = spearman_rho(x, y);
  if (std::all_of(x.begin(), x.end(), [](double one) { return one > 0; }))
    result.misorder = misorder(x, y);
  for (const std::size_t candidates : options.candidates) {
    const auto found = regret(x, y, {candidates, options.sets, options.seed, options.threads});
    if (found) result.regrets.push_back(*found);
  }
}

ProxyValidation validate_rows(std::span<const double> x, std::span<const double> y,
                              const ProxyValidationOptions& options) {
  require_options(options);
  ProxyValidation result;
  result.fit = fit_line(x, y, {options.confidence});
  require_positive("validation", "y", y);
  result.n = x.size();
  result.distinct = networks_of(x, y, options);
  result.ops_ratio = ratio_of_quantiles(x);
  result.confidence = options.confidence;
  result.whole_enumeration = options.whole_enumeration;
  result.false_feasible = options.false_feasible;
  Bootstraps bootstraps(x.size(), options);
  if (result.fit.r_squared)
    result.r_squared = bootstraps.with_interval(*result.fit.r_squared, r_squared_of_rows(x, y));
  result.mape_percent =
      bootstraps.with_interval(result.fit.mape_percent.value(), mape_percent_of_rows(x, y));
  set_model(result, x, y);
  set_held_out(result, x, y, options);
  set_order(result, x, y, options, bootstraps);
  result.extrapolations = extrapolate(x, y);
  result.curvature = curvature(x, y, {options.confidence, 0.9, options.whole_enumeration});
  return result;
}

}  // namespace

ProxyValidation validate_proxy(std::span<const double> x, std::span<const double> y,
                               const ProxyValidationOptions& options) {
  ProxyValidation result = validate_rows(x, y, options);
  result.outliers = find_outliers(x, y);
  if (!result.outliers || result.outliers->outliers.empty()) {
    result.units = find_unit_mixture(x, y);
    return result;
  }
  std::vector<bool> out(x.size(), false);
  for (const Outlier& one : result.outliers->outliers) out[one.row] = true;
  std::vector<double> rest_x;
  std::vector<double> rest_y;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (out[i]) continue;
    rest_x.push_back(x[i]);
    rest_y.push_back(y[i]);
  }
  const auto rest = result_of([&] { return validate_rows(rest_x, rest_y, options); });
  if (rest) result.without_outliers.push_back(*rest);
  return result;
}

Result<ProxyValidation> try_validate_proxy(std::span<const double> x, std::span<const double> y,
                                           const ProxyValidationOptions& options) {
  require_options(options);  // its errors are no reasons of the data
  return result_of([&] { return validate_proxy(x, y, options); });
}

}  // namespace opline::analysis
