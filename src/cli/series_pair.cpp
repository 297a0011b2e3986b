#include "src/cli/series_pair.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analysis/numerics/rank_statistics.h"
#include "src/base/error.h"
#include "src/cli/figure_json.h"
#include "src/cli/measured_table.h"
#include "src/cli/observations.h"

namespace opline::cli {
namespace {

std::string text_of(const Json& value) {
  if (value.is_null()) return kUnknown;
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::vector<Difference> differences_of(const FittedSeries& a, const FittedSeries& b) {
  std::vector<Difference> found;
  const auto compare = [&](const std::string& field, const std::string& one,
                           const std::string& other) {
    if (one != other) found.push_back({field, one, other});
  };
  const auto seed = [](const FittedSeries& series) {
    return text_of(json_or_null(series.campaign.campaign.seed));
  };
  compare("space", a.campaign.space_name, b.campaign.space_name);
  if (a.campaign.space_name == b.campaign.space_name &&
      a.campaign.campaign.space != b.campaign.campaign.space)
    found.push_back({"space file", a.campaign.campaign.space.substr(0, 8),
                     b.campaign.campaign.space.substr(0, 8)});
  compare("prior", a.campaign.campaign.prior, b.campaign.campaign.prior);
  compare("seed", seed(a), seed(b));
  const Json setup_a = a.series.setup.setup.to_json();
  const Json setup_b = b.series.setup.setup.to_json();
  for (const auto& [field, value] : setup_a.items())
    compare(field, text_of(value), text_of(setup_b.at(field)));
  return found;
}

/// What each row's network is recognised by in another series: the user's name of it in tables, the
/// network's id in samples of a space; empty where it can't be, as in a table without names.
std::vector<std::string> identities_of(const FittedSeries& series, const ResponseRows& rows) {
  if (series.campaign.campaign.seed) return rows.ids;
  std::vector<std::string> names;
  for (const std::string& name : rows.networks)
    names.push_back(is_row_number(name) ? std::string() : "table: " + name);
  return names;
}

/// Position in b of each row of a: the same network of the same op count; none where b hasn't got
/// it.
std::vector<std::optional<std::size_t>> same_networks(const SeriesPair& pair) {
  std::map<std::string, std::size_t> in_b;
  const std::vector<std::string> of_b = identities_of(*pair.b, pair.rows_b);
  for (std::size_t i = 0; i < of_b.size(); ++i) {
    if (!of_b[i].empty()) in_b.emplace(of_b[i], i);
  }
  std::vector<std::optional<std::size_t>> found;
  const std::vector<std::string> of_a = identities_of(*pair.a, pair.rows_a);
  for (std::size_t i = 0; i < of_a.size(); ++i) {
    const auto at = in_b.find(of_a[i]);
    const bool same = at != in_b.end() && pair.rows_b.ops[at->second] == pair.rows_a.ops[i];
    found.push_back(same ? std::optional(at->second) : std::nullopt);
  }
  return found;
}

/// Enough of the smaller series for its errors not to be independent of the other's.
bool mostly_common(const SeriesPair& pair, std::size_t common) {
  return 2 * common >= std::min(pair.rows_a.y.size(), pair.rows_b.y.size());
}

std::optional<CommonNetworks> common_networks(const SeriesPair& pair,
                                              const analysis::CommonSlopeOptions& options) {
  const std::vector<std::optional<std::size_t>> in_b = same_networks(pair);
  std::vector<double> ops;
  std::vector<double> a;
  std::vector<double> b;
  for (std::size_t i = 0; i < in_b.size(); ++i) {
    if (!in_b[i]) continue;
    ops.push_back(pair.rows_a.ops[i]);
    a.push_back(pair.rows_a.y[i]);
    b.push_back(pair.rows_b.y[*in_b[i]]);
  }
  if (a.size() < 3) return std::nullopt;
  CommonNetworks common{
      a.size(), analysis::paired_ratio(a, b), {}, {}, analysis::kendall_tau_b(a, b)};
  try {
    common.slopes = analysis::paired_slope_ratio(ops, a, b, options, {"A", "B"});
    analysis::CommonSlopeOptions up_to_scale = options;
    up_to_scale.up_to_scale = true;
    common.scaled = analysis::paired_slope_ratio(ops, a, b, up_to_scale, {"A", "B"});
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;  // one op count only: there is no slope
  }
  return common;
}

/// Series of two setups have other prices by nature; of one, the question is what else differs.
std::optional<analysis::SlopeDecomposition> explain(Subject& a, Subject& b, const SeriesPair& pair,
                                                    const PairOptions& options) {
  if (options.of != Response::latency || pair.paired) return std::nullopt;
  const Observations of_a = observe(a.study(), a.series());
  const Observations of_b = observe(b.study(), b.series());
  if (of_a.layers.empty() || of_b.layers.empty()) return std::nullopt;
  analysis::SlopeDecompositionOptions wanted;
  wanted.intervals = pair.sampled();
  wanted.bootstrap.seed = options.seed;
  try {
    return analysis::decompose_slopes({of_a.layers, pair.rows_a.y}, {of_b.layers, pair.rows_b.y},
                                      wanted);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;
    return std::nullopt;
  }
}

void require_rows(const Subject& subject, const ResponseRows& rows) {
  if (rows.y.size() >= 3) return;
  throw Error(ErrorCode::input, "{}: {}", subject.text(),
              rows.why_none.empty()
                  ? "fewer than three networks were measured; measure more with opline run"
                  : rows.why_none);
}

}  // namespace

SeriesPair compare(Subject& a, Subject& b, const PairOptions& options) {
  SeriesPair pair;
  pair.a = &a.series();
  pair.b = &b.series();
  pair.rows_a = response_rows(*pair.a, options.of);
  pair.rows_b = response_rows(*pair.b, options.of);
  require_rows(a, pair.rows_a);
  require_rows(b, pair.rows_b);
  pair.differences = differences_of(*pair.a, *pair.b);
  analysis::CommonSlopeOptions slopes;
  slopes.margin = options.margin;
  slopes.seed = options.seed;
  slopes.whole_enumeration = !pair.sampled();
  pair.common = common_networks(pair, slopes);
  pair.paired = pair.common && mostly_common(pair, pair.common->n);
  const analysis::SlopeGroup groups[] = {{"A", pair.rows_a.ops, pair.rows_a.y},
                                         {"B", pair.rows_b.ops, pair.rows_b.y}};
  pair.one_line = analysis::compare_slopes(groups, slopes);
  pair.a_on_b = analysis::transfer(pair.rows_a.ops, pair.rows_a.y, pair.rows_b.ops, pair.rows_b.y);
  pair.b_on_a = analysis::transfer(pair.rows_b.ops, pair.rows_b.y, pair.rows_a.ops, pair.rows_a.y);
  pair.why = explain(a, b, pair, options);
  return pair;
}

}  // namespace opline::cli
