#include "src/evaluation/study_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "src/base/error.h"

namespace opline::evaluation {
namespace {

std::optional<double> latency_of(const store::MeasurementRow& row, const measure::Setup& setup) {
  if (row.seconds) return row.seconds;
  if (row.cycles && setup.clock_hz)
    return static_cast<double>(*row.cycles) / static_cast<double>(*setup.clock_hz);
  return std::nullopt;
}

/// Whether every network of the space was drawn and none is pending, so that nothing is left to
/// sample. Where a study does not know the size of its space (format 2) it counts as a sample.
bool covers_whole_space(const store::CampaignRow& campaign, const store::Summary& counts) {
  return campaign.campaign.seed && counts.pending.networks == 0 &&
         campaign.space_networks == std::to_string(counts.drawn.networks);
}

/// The layers of the first rows' networks.
void read_layers(store::Study& study, const store::Selection& selection, Series& series) {
  for (store::LayerSeries& one : study.layer_measurements(selection, kMostNetworksWithLayers))
    series.layers = std::move(one.networks);
  for (std::size_t i = 0; i < series.layers.size(); ++i) {
    OPLINE_ASSERT(series.layers[i].network == series.rows.at(i).network,
                  "layers of another network than that of row {}", i);
  }
}

/// Ops of the networks that do not fit, of as many draws as `counts` is about.
std::vector<std::uint64_t> read_unfit_ops(store::Study& study, const Series& series) {
  const auto counted = series.counts.outcomes.find(measure::OutcomeKind::does_not_fit);
  std::vector<std::uint64_t> ops;
  if (counted == series.counts.outcomes.end()) return ops;
  for (const store::FailureRow& row : study.failures(series.campaign, series.setup_id)) {
    if (row.kind != measure::OutcomeKind::does_not_fit) continue;
    if (static_cast<std::int64_t>(ops.size()) == counted->second.networks) break;
    ops.push_back(row.ops);
  }
  return ops;
}

/// What tells a space from another one of its name in the study, as --space takes it.
std::string mark_of_space(store::Study& study, const store::CampaignRow& campaign) {
  constexpr std::size_t kDigits = 8;
  for (const store::SpaceRow& other : study.spaces()) {
    if (other.name == campaign.space_name && other.id != campaign.campaign.space)
      return "@" + campaign.campaign.space.substr(0, kDigits);
  }
  return {};
}

Series read_one(store::Study& study, const store::CampaignRow& campaign,
                const store::SetupRow& setup, std::optional<std::int64_t> first_draws,
                WithLayers layers) {
  Series series;
  series.space = campaign.space_name;
  series.space_id = campaign.campaign.space;
  series.space_mark = mark_of_space(study, campaign);
  series.prior = campaign.campaign.prior;
  series.seed = campaign.campaign.seed;
  series.setup_id = setup.id;
  series.setup = setup.setup;
  series.campaign = campaign.key;
  store::Selection selection;
  selection.campaigns = {campaign.key};
  selection.setups = {setup.id};
  selection.first_draws = first_draws;
  for (store::Series& found : study.measurements(selection)) {
    series.rows.reserve(series.rows.size() + found.rows.size());
    for (store::MeasurementRow& row : found.rows)
      series.rows.push_back({std::move(row.network),
                             std::move(row.architecture),
                             row.ops,
                             latency_of(row, setup.setup),
                             row.joules,
                             {},
                             1,
                             row.activation_bytes});
  }
  series.counts = study.summary(campaign.key, setup.id, first_draws);
  series.unfit_ops = read_unfit_ops(study, series);
  series.power = study.modelled_power(setup.id);
  series.covers_whole_space = covers_whole_space(campaign, series.counts);
  if (layers == WithLayers::yes) read_layers(study, selection, series);
  return series;
}

/// Names what could have been selected.
[[noreturn]] void nothing_selected(store::Study& study) {
  if (study.campaigns().empty())
    throw Error(ErrorCode::input, "{}: the study holds no campaign; measure one with opline run",
                study.path().string());
  std::string campaigns;
  for (const store::CampaignRow& row : study.campaigns())
    campaigns += fmt::format("\n  space {}{}, prior {}{}", row.space_name,
                             mark_of_space(study, row), row.campaign.prior,
                             row.campaign.seed ? fmt::format(", seed {}", *row.campaign.seed) : "");
  std::string boards;
  for (const store::SetupRow& row : study.setups())
    boards += fmt::format("\n  board {} ({}), setup {}", row.setup.board,
                          to_string(row.setup.runner), row.id);
  throw Error(ErrorCode::usage, "{}: nothing matches the selection; the study holds{}{}",
              study.path().string(), campaigns, boards);
}

void require_boards(const store::Selection& selection, store::Study& study) {
  std::set<std::string> known;
  for (const store::SetupRow& row : study.setups()) known.insert(row.setup.board);
  for (const std::string& board : selection.boards) {
    if (!known.contains(board))
      throw Error(ErrorCode::usage, "{}: the study has no board '{}'; its boards: {}",
                  study.path().string(), board, fmt::join(known, ", "));
  }
}

/// Tells apart series of one board that differ in its clock.
void mark_clocks(std::vector<Series>& all) {
  for (Series& one : all) {
    const auto is_other_clock = [&](const Series& other) {
      return other.setup.board == one.setup.board && other.setup.clock_hz != one.setup.clock_hz;
    };
    if (one.setup.clock_hz && std::ranges::any_of(all, is_other_clock))
      one.clock_mark = fmt::format(" at {:g} MHz", static_cast<double>(*one.setup.clock_hz) / 1e6);
  }
}

}  // namespace

std::vector<Series> read_series(store::Study& study, const store::Selection& selection,
                                WithLayers layers) {
  require_boards(selection, study);
  std::vector<Series> all;
  for (const store::CampaignSetup& one : study.series(selection))
    all.push_back(read_one(study, one.campaign, one.setup, selection.first_draws, layers));
  if (all.empty()) nothing_selected(study);
  mark_clocks(all);
  return all;
}

std::vector<Series> read_campaign(store::Study& study, store::CampaignKey campaign,
                                  const std::vector<std::string>& setups,
                                  std::optional<std::int64_t> first_draws, WithLayers layers) {
  store::Selection selection;
  selection.campaigns = {campaign};
  selection.setups = setups;
  selection.first_draws = first_draws;
  return read_series(study, selection, layers);
}

}  // namespace opline::evaluation
