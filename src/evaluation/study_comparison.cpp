#include "src/evaluation/study_comparison.h"

#include <algorithm>
#include <map>

#include "analysis/validation/common_slope.h"

namespace opline::evaluation {
namespace {

using Latencies = std::map<std::string_view, double>;  // by network

Latencies latencies_of(const Series& series) {
  Latencies result;
  for (const Row& row : series.rows) {
    if (row.seconds) result.emplace(row.network, *row.seconds);
  }
  return result;
}

/// The common set of series of one campaign; no members where there is nothing to compare.
CommonSet common_set(const std::vector<const Series*>& series) {
  std::vector<Latencies> latencies;
  latencies.reserve(series.size());
  for (const Series* one : series) latencies.push_back(latencies_of(*one));
  std::vector<double> ops;
  std::vector<std::vector<double>> seconds(series.size());
  for (const Row& row : series.front()->rows) {
    const auto measured = [&](const Latencies& board) { return board.contains(row.network); };
    if (!std::all_of(latencies.begin(), latencies.end(), measured)) continue;
    ops.push_back(static_cast<double>(row.ops));
    for (std::size_t i = 0; i < series.size(); ++i)
      seconds[i].push_back(latencies[i].at(row.network));
  }
  CommonSet set{campaign_title(*series.front()), ops.size(), {}};
  for (std::size_t i = 0; i < series.size(); ++i) {
    const auto line = analysis::try_fit_line(ops, seconds[i]);
    const auto ratio = analysis::try_paired_ratio(seconds[0], seconds[i]);
    if (!line || !ratio) return {set.campaign, set.networks, {}};
    set.members.push_back({series[i], *line, *ratio});
  }
  return set;
}

/// Of one setup and one prior: spaces are told apart, not what is drawn from them.
bool comparable(const SeriesFit& a, const SeriesFit& b) {
  return a.line && b.line && a.series->setup_id == b.series->setup_id &&
         a.series->space != b.series->space && a.series->prior == b.series->prior &&
         a.line->slope_interval.low > 0 && b.line->slope_interval.low > 0;
}

std::optional<SpacePair> space_pair(const SeriesFit& faster, const SeriesFit& slower) {
  const analysis::SlopeGroup groups[] = {{"faster", faster.rows.ops, faster.rows.y},
                                         {"slower", slower.rows.ops, slower.rows.y}};
  analysis::CommonSlopeOptions options;
  options.whole_enumeration =
      faster.series->covers_whole_space && slower.series->covers_whole_space;
  const auto slopes = analysis::try_compare_slopes(groups, options);
  if (!slopes) return std::nullopt;
  const analysis::SlopeDifference& found = slopes->worst;
  SpacePair pair{&faster, &slower, slower.line->slope / faster.line->slope, {}};
  if (found.interval) pair.interval = {1 + found.interval->low, 1 + found.interval->high};
  return pair;
}

std::vector<CommonSet> compare_boards(const std::vector<SeriesFit>& all) {
  std::map<store::CampaignKey, std::vector<const Series*>> campaigns;
  for (const SeriesFit& fit : all) {
    if (!fit.rows.ops.empty()) campaigns[fit.series->campaign].push_back(fit.series);
  }
  std::vector<CommonSet> sets;
  for (const auto& [key, series] : campaigns) {
    if (series.size() < 2) continue;
    CommonSet set = common_set(series);
    if (!set.members.empty()) sets.push_back(std::move(set));
  }
  return sets;
}

}  // namespace

StudyComparison compare_study(const std::vector<SeriesFit>& all) {
  StudyComparison result;
  result.boards = compare_boards(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      if (!comparable(all[i], all[j])) continue;
      const bool in_order = all[i].line->slope <= all[j].line->slope;
      if (auto pair = space_pair(in_order ? all[i] : all[j], in_order ? all[j] : all[i]))
        result.spaces.push_back(*pair);
    }
  }
  return result;
}

}  // namespace opline::evaluation
