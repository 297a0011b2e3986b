#include "src/evaluation/series_comparison.h"

#include <algorithm>
#include <span>

#include "analysis/numerics/rank_statistics.h"
#include "src/base/json.h"
#include "src/evaluation/observations.h"
#include "src/evaluation/same_networks.h"

namespace opline::evaluation {
namespace {

std::optional<std::string> text_of(const Json& value) {
  if (value.is_null()) return std::nullopt;
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::vector<Difference> differences_of(const Series& a, const Series& b) {
  std::vector<Difference> found;
  const auto compare = [&](const std::string& field, const std::optional<std::string>& one,
                           const std::optional<std::string>& other) {
    if (one != other) found.push_back({field, one, other});
  };
  compare("space", a.space, b.space);
  if (a.space == b.space && a.space_id != b.space_id)
    found.push_back({"space file", a.space_id.substr(0, 8), b.space_id.substr(0, 8)});
  compare("prior", a.prior, b.prior);
  compare("seed", text_of(json_or_null(a.seed)), text_of(json_or_null(b.seed)));
  const Json setup_a = a.setup.to_json();
  const Json setup_b = b.setup.to_json();
  for (const auto& [field, value] : setup_a.items())
    compare(field, text_of(value), text_of(setup_b.at(field)));
  return found;
}

/// How many networks of both are one measurement: one setup and, for all of them, one figure.
std::size_t same_measurements(const SeriesComparison& pair,
                              const std::vector<std::optional<std::size_t>>& in_b) {
  if (pair.a->setup_id != pair.b->setup_id) return 0;
  std::size_t same = 0;
  for (std::size_t i = 0; i < in_b.size(); ++i) {
    if (!in_b[i]) continue;
    if (pair.rows_a.y[i] != pair.rows_b.y[*in_b[i]]) return 0;
    ++same;
  }
  return same;
}

/// Enough of the smaller series for its errors not to be independent of the other's.
bool mostly_common(const SeriesComparison& pair, std::size_t common) {
  return 2 * common >= std::min(pair.rows_a.y.size(), pair.rows_b.y.size());
}

std::optional<CommonNetworks> common_networks(const SeriesComparison& pair,
                                              const std::vector<std::optional<std::size_t>>& in_b,
                                              const analysis::CommonSlopeOptions& options) {
  std::vector<std::pair<std::size_t, std::size_t>> rows;
  std::vector<double> ops;
  std::vector<double> a;
  std::vector<double> b;
  for (std::size_t i = 0; i < in_b.size(); ++i) {
    if (!in_b[i]) continue;
    rows.emplace_back(i, *in_b[i]);
    ops.push_back(pair.rows_a.ops[i]);
    a.push_back(pair.rows_a.y[i]);
    b.push_back(pair.rows_b.y[*in_b[i]]);
  }
  if (a.size() < 3) return std::nullopt;
  const auto ratio = analysis::try_paired_ratio(a, b);
  if (!ratio) return std::nullopt;
  CommonNetworks common{a.size(), std::move(rows), *ratio, {}, {}, analysis::kendall_tau_b(a, b)};
  const std::pair<std::string, std::string> names = {"A", "B"};
  common.slopes = analysis::try_paired_slope_ratio(ops, a, b, options, names).optional();
  analysis::CommonSlopeOptions up_to_scale = options;
  up_to_scale.up_to_scale = true;
  common.scaled = analysis::try_paired_slope_ratio(ops, a, b, up_to_scale, names).optional();
  return common;
}

/// Series of two setups have other costs per op by nature; of one, the question is what else
/// differs.
std::optional<analysis::SlopeDecomposition> explain(const SeriesComparison& pair,
                                                    const ComparisonOptions& options) {
  if (options.of != Response::latency || pair.paired) return std::nullopt;
  const Observations of_a = observe(*pair.a);
  const Observations of_b = observe(*pair.b);
  if (of_a.layers.empty() || of_b.layers.empty()) return std::nullopt;
  analysis::SlopeDecompositionOptions wanted;
  wanted.intervals = pair.sampled();
  wanted.bootstrap.seed = options.seed;
  return analysis::try_decompose_slopes(
             {of_a.layers, std::span(pair.rows_a.y).first(of_a.networks)},
             {of_b.layers, std::span(pair.rows_b.y).first(of_b.networks)}, wanted)
      .optional();
}

std::string why_too_few(const Series& series, const ResponseRows& rows) {
  if (rows.y.size() >= 3) return {};
  return title_of(series) + ": " +
         (rows.why_none.empty()
              ? "fewer than three networks were measured; measure more with opline run"
              : rows.why_none);
}

void compare_lines(SeriesComparison& pair, const ComparisonOptions& options) {
  analysis::CommonSlopeOptions slopes;
  slopes.margin = options.margin;
  slopes.seed = options.seed;
  slopes.whole_enumeration = !pair.sampled();
  const std::vector<std::optional<std::size_t>> in_b =
      same_networks(*pair.a, pair.rows_a, *pair.b, pair.rows_b);
  pair.same_measurements = same_measurements(pair, in_b);
  if (pair.same_measurements == 0) {
    pair.common = common_networks(pair, in_b, slopes);
    pair.paired = pair.common && mostly_common(pair, pair.common->n);
  }
  const analysis::SlopeGroup groups[] = {{"A", pair.rows_a.ops, pair.rows_a.y},
                                         {"B", pair.rows_b.ops, pair.rows_b.y}};
  const auto one_line = analysis::try_compare_slopes(groups, slopes);
  pair.one_line = one_line.optional();
  pair.why_none = one_line.reason();
  if (!one_line) return;
  pair.a_on_b = analysis::transfer(pair.rows_a.ops, pair.rows_a.y, pair.rows_b.ops, pair.rows_b.y);
  pair.b_on_a = analysis::transfer(pair.rows_b.ops, pair.rows_b.y, pair.rows_a.ops, pair.rows_a.y);
}

}  // namespace

SeriesComparison compare_series(const Series& a, const Series& b,
                                const ComparisonOptions& options) {
  SeriesComparison pair;
  pair.a = &a;
  pair.b = &b;
  pair.rows_a = response_rows(a, options.of);
  pair.rows_b = response_rows(b, options.of);
  pair.why_none = why_too_few(a, pair.rows_a);
  if (pair.why_none.empty()) pair.why_none = why_too_few(b, pair.rows_b);
  if (!pair.why_none.empty()) return pair;
  pair.differences = differences_of(a, b);
  compare_lines(pair, options);
  if (pair.why_none.empty()) pair.why = explain(pair, options);
  return pair;
}

}  // namespace opline::evaluation
