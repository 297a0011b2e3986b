#include "analysis/validation/validation_choice.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <numeric>
#include <vector>

#include "analysis/numerics/rank_statistics.h"
#include "analysis/numerics/series_checks.h"
#include "src/base/error.h"
#include "src/base/parallel.h"
#include "src/base/random.h"

namespace opline::analysis {
namespace {

void require_data(const char* what, std::span<const double> proxy,
                  std::span<const double> measured) {
  require_pairs(what, proxy, measured);
  require_positive(what, "measured", measured);
}

/// s different rows of n, uniformly (Floyd's algorithm: Bentley and Floyd, CACM 30(9), 1987).
std::vector<std::uint32_t> draw_set(std::uint32_t n, std::uint32_t s, RandomStream& random) {
  std::vector<std::uint32_t> rows;
  rows.reserve(s);
  for (std::uint32_t last = n - s; last < n; ++last) {
    const std::uint32_t row = random.below(last + 1);
    rows.push_back(std::find(rows.begin(), rows.end(), row) == rows.end() ? row : last);
  }
  return rows;
}

struct SetRegret {
  double excess = 0;      ///< A share.
  double best_share = 0;  ///< Of the rows with the lowest proxy.
};

SetRegret regret_of(const std::vector<std::uint32_t>& rows, std::span<const double> proxy,
                    std::span<const double> measured) {
  double lowest = proxy[rows[0]];
  double fastest = measured[rows[0]];
  for (const std::uint32_t row : rows) {
    lowest = std::min(lowest, proxy[row]);
    fastest = std::min(fastest, measured[row]);
  }
  SetRegret sum;
  double picked = 0;
  for (const std::uint32_t row : rows) {
    if (proxy[row] != lowest) continue;
    ++picked;
    sum.excess += measured[row] / fastest - 1;
    sum.best_share += measured[row] == fastest ? 1 : 0;
  }
  return {sum.excess / picked, sum.best_share / picked};
}

void require_options(const RegretOptions& options) {
  const bool sets_known =
      options.candidates >= 2 && options.candidates <= 1000 && options.sets >= 1;
  if (sets_known && options.threads >= 1) return;
  throw Error(
      ErrorCode::input,
      "regret: {} sets of {} candidates, {} threads; give 2 to 1000 candidates, at least 1 set",
      options.sets, options.candidates, options.threads);
}

Regret summary(const std::vector<SetRegret>& sets, std::size_t candidates) {
  Regret result;
  result.candidates = candidates;
  result.sets = sets.size();
  std::vector<double> excess;
  for (const SetRegret& set : sets) {
    excess.push_back(100 * set.excess);
    result.mean_percent += 100 * set.excess;
    result.best_share += set.best_share;
  }
  result.mean_percent /= static_cast<double>(sets.size());
  result.best_share /= static_cast<double>(sets.size());
  std::sort(excess.begin(), excess.end());
  result.median_percent = quantile_of_sorted(excess, 0.5);
  result.q90_percent = quantile_of_sorted(excess, 0.9);
  result.q95_percent = quantile_of_sorted(excess, 0.95);
  result.worst_percent = excess.back();
  return result;
}

template <typename Accepts>
BudgetQuality count(std::span<const double> predicted, std::span<const double> measured,
                    double budget, const Accepts& accepts) {
  BudgetQuality result{budget, {}, {}};
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const bool feasible = measured[i] <= budget;
    const bool accepted = accepts(predicted[i]);
    result.false_feasible.of += accepted ? 1 : 0;
    result.false_feasible.cases += accepted && !feasible ? 1 : 0;
    result.false_infeasible.of += feasible ? 1 : 0;
    result.false_infeasible.cases += feasible && !accepted ? 1 : 0;
  }
  return result;
}

}  // namespace

std::optional<double> Rate::value() const {
  if (of == 0) return std::nullopt;
  return static_cast<double>(cases) / static_cast<double>(of);
}

std::optional<Interval> Rate::interval(double confidence) const {
  require_share("rate", "confidence", confidence);
  if (of == 0) return std::nullopt;
  using Binomial = boost::math::binomial_distribution<double>;
  const auto n = static_cast<double>(of);
  const auto hits = static_cast<double>(cases);
  const double tail = (1 - confidence) / 2;
  return Interval{cases == 0 ? 0 : Binomial::find_lower_bound_on_p(n, hits, tail),
                  cases == of ? 1 : Binomial::find_upper_bound_on_p(n, hits, tail)};
}

BudgetQuality constraint_quality(std::span<const double> predicted,
                                 std::span<const double> measured, double budget, double margin) {
  require_data("budget", predicted, measured);
  if (!(budget > 0 && std::isfinite(budget) && margin > -1 && std::isfinite(margin))) {
    throw Error(
        ErrorCode::input,
        "budget: {} with margin {}; give a budget above 0 and a margin as a share, above -1",
        budget, margin);
  }
  return count(predicted, measured, budget,
               [&](double prediction) { return prediction * (1 + margin) <= budget; });
}

BudgetQuality quality_up_to(std::span<const double> predicted, std::span<const double> measured,
                            double budget, double largest) {
  require_data("budget", predicted, measured);
  return count(predicted, measured, budget,
               [&](double prediction) { return prediction <= largest; });
}

std::optional<ExceedanceMargin> exceedance_margin(std::span<const double> predicted,
                                                  std::span<const double> measured, double target,
                                                  bool whole) {
  require_data("margin", predicted, measured);
  require_share("margin", "target", target);
  if (measured.empty()) return std::nullopt;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    if (!(predicted[i] > 0)) return std::nullopt;
    ratios.push_back(measured[i] / predicted[i]);
  }
  std::sort(ratios.begin(), ratios.end());
  const auto n = static_cast<double>(ratios.size());
  const double rank =
      std::ceil((1 - target) * (whole ? n : n + 1) - 1e-9);  // (1 - 0.01) 100 is 99, not more
  ExceedanceMargin result{0, target};
  if (rank > n) result.exceeded = 1 / (n + 1);
  result.margin = std::max(0.0, ratios[static_cast<std::size_t>(std::clamp(rank, 1.0, n)) - 1] - 1);
  return result;
}

std::optional<SafeMargin> safe_margin(std::span<const double> predicted,
                                      std::span<const double> measured, double budget,
                                      double target) {
  require_share("safe margin", "target", target);
  const auto met = [&](const Rate& rate) { return rate.of > 0 && *rate.value() < target; };
  const BudgetQuality without = constraint_quality(predicted, measured, budget);
  if (met(without.false_feasible)) return SafeMargin{0, without};
  std::vector<std::size_t> order(predicted.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return predicted[a] < predicted[b]; });
  // The largest prediction that may still be accepted: those up to it, equal ones included, meet
  // the target.
  std::optional<double> largest;
  Rate rate;
  for (std::size_t i = 0; i < order.size() && predicted[order[i]] <= budget; ++i) {
    ++rate.of;
    rate.cases += measured[order[i]] > budget ? 1 : 0;
    const bool last_of_equals =
        i + 1 == order.size() || predicted[order[i + 1]] != predicted[order[i]];
    if (last_of_equals && met(rate)) largest = predicted[order[i]];
  }
  if (!largest) return std::nullopt;
  const auto next = std::find_if(order.begin(), order.end(),
                                 [&](std::size_t row) { return predicted[row] > *largest; });
  // Any margin that refuses `next` and accepts `largest` does; the smallest is the first double
  // that refuses it.
  if (!(predicted[*next] > 0))
    return std::nullopt;  // a margin is a share: it refuses only what is above 0
  double factor = std::max(1.0, budget / predicted[*next]);
  while (predicted[*next] * factor <= budget) factor = std::nextafter(factor, 2 * factor);
  const double margin = factor - 1;  // exact, so that 1 + margin is the factor again
  const BudgetQuality quality = constraint_quality(predicted, measured, budget, margin);
  if (!met(quality.false_feasible))
    return std::nullopt;  // two predictions that no margin of a double tells apart
  return SafeMargin{margin, quality};
}

std::optional<Regret> regret(std::span<const double> proxy, std::span<const double> measured,
                             const RegretOptions& options) {
  require_data("regret", proxy, measured);
  require_options(options);
  if (proxy.size() < options.candidates || proxy.size() > UINT32_MAX) return std::nullopt;
  std::vector<SetRegret> sets(options.sets);
  parallel_for(options.threads, options.sets, [&](std::size_t set) {
    RandomStream random(options.seed, set);
    const auto n = static_cast<std::uint32_t>(proxy.size());
    sets[set] = regret_of(draw_set(n, static_cast<std::uint32_t>(options.candidates), random),
                          proxy, measured);
  });
  return summary(sets, options.candidates);
}

}  // namespace opline::analysis
