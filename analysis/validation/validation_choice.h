// analysis/validation/validation_choice.h - what does a search lose that decides by the proxy?
//
//   constraint_quality   a latency budget, judged by predicted latency: what slips through, what is
//                        thrown away.
//   regret               a choice among candidates by the proxy: how much slower is it than the
//                        best?
// Give held-out predictions (held_out_predictions() of validation.h): in-sample ones flatter. The
// proxy of regret may be in any unit, as only its order counts. Throws Error{input} when lengths
// differ, a value is not finite, or a measured one is not above 0.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "analysis/numerics/interval.h"

namespace opline::analysis {

/// A share of counted cases.
struct Rate {
  std::size_t cases = 0;
  std::size_t of = 0;
  /// cases / of; none for none.
  [[nodiscard]] std::optional<double> value() const;
  /// Exact interval of the probability behind it: Clopper and Pearson, Biometrika 26(4), 1934;
  /// covers at least at `confidence` for independent networks. None for none.
  [[nodiscard]] std::optional<Interval> interval(double confidence = 0.95) const;
};

/// At one budget. A network is feasible when measured <= budget, accepted when predicted x (1 +
/// margin) <= budget.
struct BudgetQuality {
  double budget = 0;    ///< Unit of `measured`.
  Rate false_feasible;  ///< Of the accepted: those that are not feasible. What ends up too slow on
                        ///< the board.
  Rate false_infeasible;  ///< Of the feasible: those that are not accepted. What the search never
                          ///< sees.
};

/// Without margin (0) or with one, as a share of the prediction (0.05: 5 %), > -1. Predictions may
/// be <= 0. O(n).
[[nodiscard]] BudgetQuality constraint_quality(std::span<const double> predicted,
                                               std::span<const double> measured, double budget,
                                               double margin = 0);

/// As constraint_quality(), a network being accepted when predicted <= largest. O(n).
[[nodiscard]] BudgetQuality quality_up_to(std::span<const double> predicted,
                                          std::span<const double> measured, double budget,
                                          double largest);

struct SafeMargin {
  double margin = 0;      ///< The smallest, >= 0, with which false_feasible.value() < the target; a
                          ///< share, 0.05 for 5 %.
  BudgetQuality quality;  ///< With this margin. Its interval tells what the data support: 0
                          ///< of 20 is 0 to 17 %.
};

/// The margin for which a search may trust the proxy at this budget. Nothing when no network is
/// accepted without margin, or only by accepting none would the target be met. O(n log n). Throws
/// Error{input} unless 0 < target < 1 and the budget is above 0.
[[nodiscard]] std::optional<SafeMargin> safe_margin(std::span<const double> predicted,
                                                    std::span<const double> measured, double budget,
                                                    double target = 0.01);

/// By how much networks exceed their predictions, for budgets of any size.
struct ExceedanceMargin {
  double margin = 0;    ///< A share, >= 0: measured <= predicted x (1 + margin), but for `exceeded`
                        ///< of the networks.
  double exceeded = 0;  ///< The target; 1 / (n + 1) where n networks are too few to support it:
                        ///< then the margin is the largest seen.
};

/// The ceil((1 - target)(n + 1))-th smallest of measured / predicted, less 1. A further network of
/// the same population exceeds prediction x (1 + margin) with a chance of at most `target`,
/// whatever the distribution, when predictions are made without the network: conformal prediction
/// (Vovk, Gammerman, Shafer 2005; Lei et al., JASA 113(523), 2018), here with cross-validated
/// predictions (cross-conformal: Vovk, Ann. Math. Artif. Intell. 74, 2015), for which it holds
/// about. It takes (1 - target) / target networks, 99 for 1 %. latency_margin.h has one that
/// depends on the prediction, with an interval. `whole`: of all networks there are, so their own
/// quantile. Nothing where a prediction is not above 0 (no factor makes up for it) or there are no
/// networks. O(n log n). Throws Error{input} unless 0 < target < 1.
[[nodiscard]] std::optional<ExceedanceMargin> exceedance_margin(std::span<const double> predicted,
                                                                std::span<const double> measured,
                                                                double target = 0.01,
                                                                bool whole = false);

struct RegretOptions {
  std::size_t candidates = 10;  ///< Size s of a set, 2 to 1000.
  std::size_t sets = 10000;     ///< Sets drawn, >= 1.
  std::uint64_t seed = 1;       ///< Set i is a function of (seed, i).
  unsigned threads = 1;         ///< >= 1; changes nothing but the time.
};

/// Relative excess latency of a set: measured(picked) / smallest measured of the set - 1, in
/// percent.
struct Regret {
  std::size_t candidates = 0;
  std::size_t sets = 0;
  double mean_percent = 0;
  double median_percent = 0;  ///< Quantiles over the sets, as quantile_of_sorted().
  double q90_percent = 0;
  double q95_percent = 0;
  double worst_percent = 0;
  double best_share = 0;  ///< Share of the sets in which a fastest network was picked, up to ties.
};

/// Sets of s different networks are drawn uniformly; within one all are taken to be equally
/// accurate (a search compares candidates of one accuracy and wants the fastest), and the lowest
/// proxy is picked. Where several share it, the figures of the set are the mean over them, as if
/// one were picked by lot. Nothing when there are fewer than s networks. O(sets s^2). Throws
/// Error{input} also for options out of range.
[[nodiscard]] std::optional<Regret> regret(std::span<const double> proxy,
                                           std::span<const double> measured,
                                           const RegretOptions& options = {});

}  // namespace opline::analysis
