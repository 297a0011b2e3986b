#include "analysis/validation/repeats.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "analysis/numerics/distributions.h"
#include "analysis/numerics/median.h"
#include "analysis/numerics/series_checks.h"
#include "analysis/regression/linear_model.h"
#include "analysis/regression/regression.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

template <typename Key>
RowKeys number_by_appearance(std::span<const Key> values, KeySource source) {
  RowKeys keys;
  std::unordered_map<Key, std::size_t> seen;
  keys.network.reserve(values.size());
  for (const Key& value : values)
    keys.network.push_back(seen.emplace(value, seen.size()).first->second);
  keys.networks = seen.size();
  keys.source = keys.networks == values.size() ? KeySource::rows : source;
  return keys;
}

/// Sums of squares about the networks' means.
struct PureError {
  double squares = 0;
  double relative_squares = 0;
};

double mean_of(std::span<const std::size_t> rows, std::span<const double> y) {
  double mean = 0;
  for (const std::size_t row : rows) mean += y[row] / static_cast<double>(rows.size());
  return mean;
}

PureError pure_error(const RowsByNetwork& rows, std::span<const double> y) {
  PureError sums;
  for (std::size_t network = 0; network < rows.networks(); ++network) {
    const std::span<const std::size_t> own = rows[network];
    const double mean = mean_of(own, y);
    for (const std::size_t row : own) {
      const double apart = y[row] - mean;
      sums.squares += apart * apart;
      if (mean > 0) sums.relative_squares += apart / mean * (apart / mean);
    }
  }
  return sums;
}

std::optional<LackOfFit> lack_of_fit(const RowsByNetwork& rows, std::span<const double> x,
                                     std::span<const double> y) {
  const std::size_t networks = rows.networks();
  if (networks < 3 || networks == y.size()) return std::nullopt;
  const auto line = try_fit_line(x, y);
  if (!line) return std::nullopt;
  const PureError pure = pure_error(rows, y);
  const auto repeat_degrees = static_cast<double>(y.size() - networks);
  const auto line_degrees = static_cast<double>(networks - 2);
  const double residual = line->rmse * line->rmse * static_cast<double>(y.size());
  if (!(pure.squares > 1e-20 * residual)) return std::nullopt;
  const double missed = std::max(0.0, residual - pure.squares);
  const double f = missed / line_degrees / (pure.squares / repeat_degrees);
  return LackOfFit{{f, line_degrees, repeat_degrees, f_tail(f, line_degrees, repeat_degrees)},
                   std::sqrt(pure.squares / repeat_degrees),
                   100 * std::sqrt(pure.relative_squares / repeat_degrees),
                   std::min(1.0, pure.squares / residual)};
}

/// Squares of (median - line) / median; `weighted`: times the network's rows, as in F.
struct RelativeMiss {
  double weighted = 0;
  double scatter = 0;
};

/// About the line that minimises `weighted`. Nothing where no line can be fitted.
std::optional<RelativeMiss> relative_lack_of_fit(const Repeats& repeats) {
  std::vector<double> weights;
  for (std::size_t i = 0; i < repeats.y.size(); ++i)
    weights.push_back(static_cast<double>(repeats.repeats[i]) / (repeats.y[i] * repeats.y[i]));
  Design design(repeats.x.size());
  design.add("x", repeats.x);
  const auto line =
      try_fit_linear(design, repeats.y, {.covariance = CovarianceKind::classical}, weights);
  if (!line) return std::nullopt;
  RelativeMiss missed;
  for (std::size_t i = 0; i < repeats.y.size(); ++i) {
    const double off = line->residuals[i] / repeats.y[i];
    missed.scatter += off * off;
    missed.weighted += static_cast<double>(repeats.repeats[i]) * off * off;
  }
  return missed;
}

}  // namespace

RowKeys keys_by_name(std::span<const std::string> names) {
  return number_by_appearance(names, KeySource::name);
}

RowKeys keys_by_ops(std::span<const double> ops) {
  std::vector<double> sorted(ops.begin(), ops.end());
  std::sort(sorted.begin(), sorted.end());
  const auto different =
      static_cast<std::size_t>(std::unique(sorted.begin(), sorted.end()) - sorted.begin());
  if (ops.size() >= 2 * different) return number_by_appearance(ops, KeySource::ops);
  RowKeys keys;
  keys.networks = ops.size();
  keys.network.resize(ops.size());
  std::iota(keys.network.begin(), keys.network.end(), std::size_t{0});
  return keys;
}

RowsByNetwork::RowsByNetwork(std::span<const std::size_t> network) {
  std::size_t networks = 0;
  for (std::size_t row = 0; row < network.size(); ++row) {
    if (network[row] >= network.size()) {
      throw Error(ErrorCode::input,
                  "repeats: row {} belongs to network {} of {} rows; count from 0", row + 1,
                  network[row], network.size());
    }
    networks = std::max(networks, network[row] + 1);
  }
  first_.assign(networks + 1, 0);
  for (const std::size_t one : network) ++first_[one + 1];
  for (std::size_t i = 0; i < networks; ++i) {
    if (first_[i + 1] == 0) {
      throw Error(ErrorCode::input,
                  "repeats: network {} of {} has no row; number them without gaps", i, networks);
    }
    first_[i + 1] += first_[i];
  }
  rows_.resize(network.size());
  std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
  for (std::size_t row = 0; row < network.size(); ++row) rows_[next[network[row]]++] = row;
}

std::vector<std::optional<double>> medians_of_known(const RowsByNetwork& rows,
                                                    std::span<const std::optional<double>> values) {
  OPLINE_ASSERT(values.size() == rows.rows(), "{} values of {} rows", values.size(), rows.rows());
  std::vector<std::optional<double>> medians(rows.networks());
  for (std::size_t network = 0; network < rows.networks(); ++network) {
    std::vector<double> known;
    for (const std::size_t row : rows[network]) {
      if (values[row]) known.push_back(*values[row]);
    }
    if (!known.empty()) medians[network] = median(std::move(known));
  }
  return medians;
}

Result<Repeats> reduce_repeats(std::span<const double> x, std::span<const double> y,
                               const RowsByNetwork& rows) {
  require_pairs("repeats", x, y);
  if (rows.rows() != x.size()) {
    throw Error(ErrorCode::input, "repeats: {} keys for {} rows; give one per row", rows.rows(),
                x.size());
  }
  Repeats result;
  result.rows = x.size();
  result.x.reserve(rows.networks());
  result.y.reserve(rows.networks());
  result.repeats.reserve(rows.networks());
  result.range.reserve(rows.networks());
  result.first_row.reserve(rows.networks());
  std::vector<double> values;
  for (std::size_t network = 0; network < rows.networks(); ++network) {
    const std::span<const std::size_t> own = rows[network];
    values.clear();
    for (const std::size_t row : own) {
      if (x[row] != x[own.front()])
        return NoValue(
            "rows {} and {} are repeats of one network but have {} and {} ops; give the "
            "networks different names or correct the ops",
            own.front() + 1, row + 1, x[own.front()], x[row]);
      values.push_back(y[row]);
    }
    const auto [least, largest] = std::minmax_element(values.begin(), values.end());
    result.x.push_back(x[own.front()]);
    result.range.push_back({*least, *largest});
    result.repeats.push_back(own.size());
    result.first_row.push_back(own.front());
    result.y.push_back(own.size() == 1 ? values.front() : median(values));
  }
  if (rows.networks() > 0) {
    const auto [fewest, most] = std::minmax_element(result.repeats.begin(), result.repeats.end());
    result.fewest = *fewest;
    result.most = *most;
  }
  result.lack_of_fit = lack_of_fit(rows, x, y);
  return result;
}

std::optional<RepeatSpread> repeat_spread(const Repeats& repeats, std::span<const double> y,
                                          const RowsByNetwork& rows, KeySource source) {
  OPLINE_ASSERT(repeats.y.size() == rows.networks() && y.size() == rows.rows(),
                "repeats of {} networks and {} rows", rows.networks(), rows.rows());
  if (rows.networks() == rows.rows() || rows.networks() < 3) return std::nullopt;
  if (std::any_of(y.begin(), y.end(), [](double one) { return !(one > 0); })) return std::nullopt;
  const auto missed = relative_lack_of_fit(repeats);
  if (!missed) return std::nullopt;
  RepeatSpread result{source, rows.rows(), rows.networks()};
  std::vector<double> deviations, factors;
  for (std::size_t network = 0; network < rows.networks(); ++network) {
    const std::span<const std::size_t> own = rows[network];
    if (own.size() < 2) continue;
    const double mean = mean_of(own, y);
    double squares = 0;
    for (const std::size_t row : own) squares += (y[row] - mean) * (y[row] - mean);
    deviations.push_back(100 * std::sqrt(squares / static_cast<double>(own.size() - 1)) / mean);
    factors.push_back(repeats.range[network].high / repeats.range[network].low);
  }
  result.deviation_percent = median(std::move(deviations));
  result.factor = median(std::move(factors));
  const auto line_degrees = static_cast<double>(rows.networks() - 2);
  const auto repeat_degrees = static_cast<double>(rows.rows() - rows.networks());
  result.scatter_percent = 100 * std::sqrt(missed->scatter / line_degrees);
  const double pure = pure_error(rows, y).relative_squares / repeat_degrees;
  if (!(pure > 0)) return result;
  const double f = missed->weighted / line_degrees / pure;
  result.p = f > 0 ? f_tail(1 / f, repeat_degrees, line_degrees) : 0;
  return result;
}

Result<Repeats> reduce_repeats(std::span<const double> x, std::span<const double> y,
                               std::span<const std::size_t> network) {
  return reduce_repeats(x, y, RowsByNetwork(network));
}

}  // namespace opline::analysis
