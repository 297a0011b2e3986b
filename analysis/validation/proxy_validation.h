// analysis/validation/proxy_validation.h - everything a search needs to know about one series (ops,
// latency), in one result.
//
// Puts together regression.h, rank_statistics.h, validation.h, validation_choice.h, curvature.h and
// bootstrap.h; each figure is defined there. verdict.h judges the result. y is latency in seconds
// or energy in joules: nothing here depends on which.
//
// Intervals describe the drawing of networks: BCa over networks unless said otherwise, none below
// 10 of them. A simulated board has no measurement noise, and a whole enumeration has no intervals.
// No I/O, no state.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "analysis/numerics/interval.h"
#include "analysis/numerics/rank_statistics.h"
#include "analysis/regression/diagnostics.h"
#include "analysis/regression/outliers.h"
#include "analysis/regression/regression.h"
#include "analysis/regression/tails.h"
#include "analysis/validation/curvature.h"
#include "analysis/validation/latency_margin.h"
#include "analysis/validation/validation.h"
#include "analysis/validation/validation_choice.h"
#include "src/base/result.h"

namespace opline::analysis {

struct ProxyValidationOptions {
  double confidence = 0.95;        ///< Of every interval, in (0, 1).
  bool whole_enumeration = false;  ///< Every network of the space was measured: no intervals.
  /// Every row is a network, whatever its ops: rows of a study, or reduced by reduce_repeats()
  /// (repeats.h). Else rows of a table in which each number of ops comes twice or more on average
  /// count as repeats (keys_by_ops()), and `distinct` counts numbers of ops.
  bool rows_are_networks = false;
  std::size_t replicates = 2000;  ///< Of each bootstrap, >= 100.
  /// >= 1000. Above as many rows the work stops growing with them, but for passes and sorts:
  /// bootstraps draw this many rows (BootstrapOptions::max_rows) and cross-validation predicts at
  /// most 500 x this many rows in all its repeats, at least one repeat.
  std::size_t max_rows = 4000;
  std::size_t folds = 10;  ///< As CrossValidationOptions.
  std::size_t repeats = 20;
  double false_feasible =
      0.01;  ///< What the safe margin keeps false feasible below; Thresholds::false_feasible.
  std::vector<double> budget_quantiles = {
      0.1, 0.25, 0.5, 0.75};  ///< Latency budgets, as quantiles of y; in (0, 1), not none.
  /// Budgets in the unit of y, above 0, instead of the quantiles where there are any.
  std::vector<double> budgets = {};
  std::vector<std::size_t> candidates = {2, 10, 100};  ///< Sizes of the sets of regret.
  std::size_t sets = 10000;                            ///< Sets drawn for each.
  std::uint64_t seed = 1;  ///< The result is a function of the data and this, whatever the threads.
  unsigned threads = 1;    ///< >= 1.
  /// Told how far the bootstraps are, the bulk of the work: units done, of all. By one thread at a
  /// time, from any.
  std::function<void(std::uint64_t, std::uint64_t)> progress = {};
};

/// One budget, judged by held-out predictions: for each network the mean over the repeats, each
/// from a line that was fitted without the network.
struct BudgetValidation {
  double quantile = 0;  ///< Of y; for a budget given as such, the share of networks that keep it.
  BudgetQuality without_margin;  ///< Holds the budget.
  std::optional<SafeMargin>
      safe;  ///< Of this budget alone, on the networks seen. None: no margin keeps it.
  std::optional<BudgetQuality> with_margin;  ///< With ProxyValidation::margin, where there is one.
  /// Accepted up to LatencyMargin::largest_prediction(budget); where there is such a margin.
  std::optional<BudgetQuality> with_latency_margin;
};

struct ProxyValidation {
  std::size_t n = 0;
  /// Networks: different (x, y), as copies of a row tell nothing new; of rows that are taken to be
  /// repeats (ProxyValidationOptions::rows_are_networks) different x.
  std::size_t distinct = 0;
  /// 95 % quantile of x over the 5 % one; none unless both are above 0.
  std::optional<double> ops_ratio;
  double confidence = 0.95;
  bool whole_enumeration = false;
  LinearFit fit;  ///< y on x, HC3 errors.
  std::optional<Coefficient>
      slope_hc3;  ///< The same slope with HC3 error. None where HC3 is not defined.
  std::optional<Test> breusch_pagan;      ///< Does the spread change with x?
  std::optional<TailWeight> tails;        ///< Of the line's residuals over their spread (spread.h).
  std::optional<OutlierSearch> outliers;  ///< None for few rows, as find_outliers().
  std::optional<UnitMixture> units;       ///< Where no outliers are named: rows in another unit.
  /// The validation of the rows that are not outliers; one where there are outliers, else none. Its
  /// own row numbers are of those rows.
  std::vector<ProxyValidation> without_outliers;
  std::optional<Estimate> r_squared;  ///< None when every y is the same.
  Estimate mape_percent;              ///< In-sample.
  /// Mean held-out error over networks and repeats. Its interval is that of the in-sample MAPE,
  /// whose line is fitted again to each draw, moved by the difference of the two: with the
  /// predictions held fixed it would be too narrow.
  std::optional<Estimate> cross_validated_mape_percent;
  std::optional<Estimate> kendall_tau_b;  ///< None when every y is the same.
  std::optional<double> spearman_rho;
  std::optional<Misorder> misorder;                 ///< None unless every x > 0.
  std::optional<CrossValidation> cross_validation;  ///< None when there are fewer rows than folds.
  Extrapolations extrapolations;
  std::optional<Curvature> curvature;
  std::vector<BudgetValidation>
      budgets;                   ///< In the order of the quantiles; empty without cross-validation.
  double false_feasible = 0.01;  ///< The target of the margins.
  /// Of held-out predictions: the search accepts predicted <= budget / (1 + margin). None when a
  /// prediction is not above 0, or without cross-validation.
  std::optional<ExceedanceMargin> margin;
  /// The same by predicted latency; what the verdict is about. None where half of the predictions
  /// are not above 0, or without cross-validation.
  std::optional<LatencyMargin> latency_margin;
  std::vector<Regret> regrets;  ///< In the order of the candidates; sizes above n are left out.
};

/// Validates; with outliers twice, the second time without them. O((replicates + repeats) min(n,
/// max_rows) + n log n): a second for n = 1000 on one core, six for a million.
/// Throws Error{input} as fit_line() (fewer than 3 rows or one x, ...), when a y is not above 0, or
/// for options out of range.
[[nodiscard]] ProxyValidation validate_proxy(std::span<const double> x, std::span<const double> y,
                                             const ProxyValidationOptions& options = {});
/// As validate_proxy(); data that cannot be judged (fewer than 3 rows, one x, a y that is not above
/// 0) are a reason. Wrong arguments and options still throw.
[[nodiscard]] Result<ProxyValidation> try_validate_proxy(
    std::span<const double> x, std::span<const double> y,
    const ProxyValidationOptions& options = {});

}  // namespace opline::analysis
