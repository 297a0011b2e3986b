#include "analysis/layers/slope_decomposition.h"
#include "analysis/numerics/insufficient_data.h"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

#include "analysis/layers/ops_by_type.h"
#include "analysis/numerics/series_checks.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

/// Smallest eigenvalue of a correlation matrix whose columns can be told apart.
constexpr double kApart = 1e-10;

/// A type's ops in both series, and the types it stands for.
struct Type {
  std::string name;
  std::array<std::vector<double>, 2> ops;
};

double total(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

std::vector<Type> types_of(const NetworkSeries& a, const NetworkSeries& b) {
  std::vector<Type> types;
  for (const std::size_t side : {0U, 1U}) {
    const NetworkSeries& series = side == 0 ? a : b;
    for (TypeOps& one : ops_of_types(series.layers, series.seconds.size())) {
      auto found = std::find_if(types.begin(), types.end(),
                                [&](const Type& type) { return type.name == one.type; });
      if (found == types.end()) {
        types.push_back(
            {one.type,
             {std::vector<double>(a.seconds.size()), std::vector<double>(b.seconds.size())}});
        found = std::prev(types.end());
      }
      found->ops[side] = std::move(one.ops);
    }
  }
  std::stable_sort(types.begin(), types.end(), [](const Type& one, const Type& other) {
    return total(one.ops[0]) + total(one.ops[1]) > total(other.ops[0]) + total(other.ops[1]);
  });
  return types;
}

/// Merges two types that series `side` can't tell apart; whether there were any.
bool merge_one(std::vector<Type>& types, std::size_t side) {
  std::vector<TypeOps> of_side;
  of_side.reserve(types.size());
  for (const Type& type : types) of_side.push_back({type.name, type.ops[side]});
  for (const TypeColumn& column : independent_types(of_side, Intercept::with).columns) {
    if (column.types.size() < 2) continue;
    const auto named = [&](const std::string& name) {
      return std::find_if(types.begin(), types.end(),
                          [&](const Type& type) { return type.name == name; });
    };
    const auto into = named(column.types[0]);
    const auto from = named(column.types[1]);
    for (const std::size_t s : {0U, 1U}) {
      for (std::size_t i = 0; i < into->ops[s].size(); ++i) into->ops[s][i] += from->ops[s][i];
    }
    into->name += " + " + from->name;
    types.erase(from);
    return true;
  }
  return false;
}

/// Columns of types, then latency, about the series' means: one row per network.
Matrix centred(const std::vector<Type>& types, std::size_t side, std::span<const double> seconds) {
  const auto n = static_cast<Eigen::Index>(seconds.size());
  const auto k = static_cast<Eigen::Index>(types.size());
  Matrix rows(n, k + 1);
  for (Eigen::Index t = 0; t < k; ++t) {
    rows.col(t) = Eigen::Map<const Vector>(types[static_cast<std::size_t>(t)].ops[side].data(), n);
  }
  rows.col(k) = Eigen::Map<const Vector>(seconds.data(), n);
  rows.rowwise() -= rows.colwise().mean().eval();
  return rows;
}

/// Sums of squares and products of some rows about their own means.
struct CrossProducts {
  explicit CrossProducts(Eigen::Index columns)
      : sum(Vector::Zero(columns)), products(Matrix::Zero(columns, columns)) {}
  void add(const Matrix& rows, Eigen::Index row) {
    sum += rows.row(row).transpose();
    products += rows.row(row).transpose().lazyProduct(rows.row(row));
    ++n;
  }
  /// Once, at the end.
  void centre() {
    if (n > 0) products -= sum.lazyProduct(sum.transpose()) / static_cast<double>(n);
  }
  Eigen::Index n = 0;
  Vector sum;
  Matrix products;
};

/// Prices from the sums of a regression; 0 and "unknown" for columns that do not vary. Nothing when
/// those that do can't be told apart. `scale`: what a column's sum of squares is small against.
struct Prices {
  Vector price;
  std::vector<bool> known;
};

std::optional<Prices> prices_of(const Matrix& products, const Vector& scale) {
  const Eigen::Index k = products.rows() - 1;
  std::vector<Eigen::Index> varying;
  for (Eigen::Index t = 0; t < k; ++t) {
    if (products(t, t) > 1e-20 * scale(t)) varying.push_back(t);
  }
  if (varying.empty()) return std::nullopt;
  const Matrix xx = products(varying, varying);
  const Vector roots = xx.diagonal().cwiseSqrt();
  const Matrix correlation =
      roots.cwiseInverse().asDiagonal() * xx * roots.cwiseInverse().asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(correlation);
  if (!(solver.eigenvalues()(0) > kApart)) return std::nullopt;
  const Vector xy = products.col(k)(varying).cwiseQuotient(roots);
  const Matrix& v = solver.eigenvectors();
  const Vector scaled = v * solver.eigenvalues().cwiseInverse().cwiseProduct(v.transpose() * xy);
  Prices result{Vector::Zero(k), std::vector<bool>(static_cast<std::size_t>(k), false)};
  for (std::size_t i = 0; i < varying.size(); ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    result.price(varying[i]) = scaled(at) / roots(at);
    result.known[static_cast<std::size_t>(varying[i])] = true;
  }
  return result;
}

/// The figures of one sample of rows.
struct Figures {
  std::array<double, 2> slope{};
  std::array<Vector, 2> mix;
  std::array<Prices, 2> own;
  Prices common;
  [[nodiscard]] double difference() const { return slope[1] / slope[0] - 1; }
  [[nodiscard]] double mix_part(Eigen::Index t) const {
    return common.price(t) * (mix[1](t) - mix[0](t)) / slope[0];
  }
  [[nodiscard]] double price_part(Eigen::Index t) const {
    const auto apart = [&](std::size_t side) {
      return (own[side].price(t) - common.price(t)) * mix[side](t);
    };
    return (apart(1) - apart(0)) / slope[0];
  }
  [[nodiscard]] double mix_total() const { return common.price.dot(mix[1] - mix[0]) / slope[0]; }
};

class Decomposer {
 public:
  Decomposer(const NetworkSeries& a, const NetworkSeries& b,
             const SlopeDecompositionOptions& options)
      : options_(options), types_(types_of(a, b)) {
    while (merge_one(types_, 0) || merge_one(types_, 1)) {
    }
    rows_ = {centred(types_, 0, a.seconds), centred(types_, 1, b.seconds)};
    for (const std::size_t side : {0U, 1U}) {
      scale_[side] = Vector(static_cast<Eigen::Index>(types_.size()));
      for (std::size_t t = 0; t < types_.size(); ++t) {
        double squares = 0;
        for (const double value : types_[t].ops[side]) squares += value * value;
        scale_[side](static_cast<Eigen::Index>(t)) = squares;
      }
    }
  }

  /// Of rows of a, then rows of b.
  [[nodiscard]] std::optional<Figures> figures(std::span<const std::uint32_t> rows) const {
    const auto k = static_cast<Eigen::Index>(types_.size());
    std::array<CrossProducts, 2> moments{CrossProducts(k + 1), CrossProducts(k + 1)};
    for (const std::uint32_t row : rows) {
      const bool in_b = row >= rows_[0].rows();
      moments[in_b ? 1 : 0].add(rows_[in_b ? 1 : 0], in_b ? row - rows_[0].rows() : row);
    }
    Figures result;
    for (const std::size_t side : {0U, 1U}) {
      if (moments[side].n < 3) return std::nullopt;
      moments[side].centre();
      const Matrix& products = moments[side].products;
      const auto xx = products.topLeftCorner(k, k);
      const double all = xx.sum();
      if (!(all > 1e-20 * scale_[side].sum())) return std::nullopt;
      result.mix[side] = xx.rowwise().sum() / all;
      result.slope[side] = products.col(k).head(k).sum() / all;
      auto own = prices_of(products, scale_[side]);
      if (!own) return std::nullopt;
      result.own[side] = std::move(*own);
    }
    auto common = common_prices(result, moments);
    if (!common || !(result.slope[0] > 0)) return std::nullopt;
    result.common = std::move(*common);
    return result;
  }

  [[nodiscard]] std::optional<SlopeDecomposition> decompose() const {
    std::vector<std::uint32_t> all(count());
    std::iota(all.begin(), all.end(), 0U);
    const std::optional<Figures> figure = figures(all);
    if (!figure) return std::nullopt;
    SlopeDecomposition result;
    result.slope_a = figure->slope[0];
    result.slope_b = figure->slope[1];
    result.difference = part(*figure, [](const Figures& f) { return f.difference(); });
    result.mix = part(*figure, [](const Figures& f) { return f.mix_total(); });
    result.prices = part(*figure, [](const Figures& f) { return f.difference() - f.mix_total(); });
    for (std::size_t i = 0; i < types_.size(); ++i) {
      const auto t = static_cast<Eigen::Index>(i);
      const auto own = [&](std::size_t side) {
        return figure->own[side].known[i] ? std::optional(figure->own[side].price(t))
                                          : std::nullopt;
      };
      result.types.push_back({types_[i].name, figure->mix[0](t), figure->mix[1](t),
                              figure->common.price(t), own(0), own(1),
                              part(*figure, [t](const Figures& f) { return f.mix_part(t); }),
                              part(*figure, [t](const Figures& f) { return f.price_part(t); })});
    }
    return result;
  }

 private:
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(rows_[0].rows() + rows_[1].rows());
  }

  [[nodiscard]] std::optional<Prices> common_prices(
      const Figures& figure, const std::array<CrossProducts, 2>& moments) const {
    if (options_.prices == CommonPrices::pooled) {
      return prices_of(moments[0].products + moments[1].products, scale_[0] + scale_[1]);
    }
    const std::size_t side = options_.prices == CommonPrices::of_a ? 0 : 1;
    for (std::size_t t = 0; t < types_.size(); ++t) {
      if (!figure.own[side].known[t] && figure.own[1 - side].known[t]) return std::nullopt;
    }
    return figure.own[side];
  }

  [[nodiscard]] SlopePart part(const Figures& figure,
                               const std::function<double(const Figures&)>& share) const {
    SlopePart result{share(figure), {}};
    if (!options_.intervals) return result;
    const auto statistic = [&](std::span<const std::uint32_t> rows) -> std::optional<double> {
      const std::optional<Figures> one = figures(rows);
      return one ? std::optional(share(*one)) : std::nullopt;
    };
    result.interval = bootstrap(count(), statistic, options_.bootstrap);
    return result;
  }

  const SlopeDecompositionOptions& options_;
  std::vector<Type> types_;
  std::array<Matrix, 2> rows_;
  std::array<Vector, 2> scale_;
};

}  // namespace

std::optional<SlopeDecomposition> decompose_slopes(const NetworkSeries& a, const NetworkSeries& b,
                                                   const SlopeDecompositionOptions& options) {
  for (const NetworkSeries* series : {&a, &b}) {
    require_every_network("slope decomposition", series->layers, series->seconds.size());
    require_positive("slope decomposition", "seconds", series->seconds);
  }
  return Decomposer(a, b, options).decompose();
}

Result<SlopeDecomposition> try_decompose_slopes(const NetworkSeries& a, const NetworkSeries& b,
                                                const SlopeDecompositionOptions& options) {
  const auto found = result_of([&] { return decompose_slopes(a, b, options); });
  if (!found) return NoValue("{}", found.reason());
  if (*found) return **found;
  return NoValue(
      "the slopes cannot be decomposed: a series has fewer than 3 networks or a single number of "
      "ops, or the prices of its layer types cannot be told apart");
}

}  // namespace opline::analysis
