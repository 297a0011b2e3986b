#include "src/evaluation/study_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "sampler/count/network_set.h"
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
/// sample.
bool covers_whole_space(store::Study& study, const store::CampaignRow& campaign,
                        const store::Summary& summary, std::optional<std::int64_t> first_draws) {
  if (!campaign.campaign.seed || summary.pending.networks != 0) return false;
  for (const store::SpaceRow& space : study.spaces()) {
    if (space.id != campaign.campaign.space) continue;
    try {
      const sampler::NetworkSet set(sampler::parse_space(space.text, space.name + ".toml"));
      if (set.size() > campaign.draws) return false;
      std::set<std::string> drawn;
      std::int64_t position = 0;
      for (const store::Draw& draw : study.draws(campaign.key)) {
        if (position++ < first_draws.value_or(campaign.draws)) drawn.insert(draw.network);
      }
      return set.size() == drawn.size();
    } catch (const Error&) {
      return false;  // a space of another opline: then it is a sample as far as we know
    }
  }
  return false;
}

/// The layers of the rows' networks, in the order of the rows.
void read_layers(store::Study& study, const store::Selection& selection, Series& series) {
  std::unordered_map<std::string, store::NetworkLayers> found;
  for (store::LayerSeries& one : study.layer_measurements(selection)) {
    for (store::NetworkLayers& network : one.networks) {
      std::string id = network.network;
      found.emplace(std::move(id), std::move(network));
    }
  }
  series.layers.resize(series.rows.size());
  for (std::size_t i = 0; i < series.rows.size(); ++i) {
    const auto layers = found.find(series.rows[i].network);
    if (layers != found.end()) series.layers[i] = std::move(layers->second);
  }
}

Series read_one(store::Study& study, const store::CampaignRow& campaign,
                const store::SetupRow& setup, std::optional<std::int64_t> first_draws,
                WithLayers layers) {
  Series series;
  series.space = campaign.space_name;
  series.space_id = campaign.campaign.space;
  series.prior = campaign.campaign.prior;
  series.seed = campaign.campaign.seed;
  series.setup_id = setup.id;
  series.setup = setup.setup;
  series.campaign = campaign.key;
  store::Selection selection;
  selection.campaigns = {campaign.key};
  selection.setups = {setup.id};
  selection.first_draws = first_draws;
  for (const store::Series& found : study.measurements(selection)) {
    for (const store::MeasurementRow& row : found.rows)
      series.rows.push_back({row.network,
                             row.architecture,
                             row.ops,
                             latency_of(row, setup.setup),
                             row.joules,
                             {},
                             1});
  }
  series.counts = study.summary(campaign.key, setup.id, first_draws);
  series.power = study.modelled_power(setup.id);
  series.covers_whole_space = covers_whole_space(study, campaign, series.counts, first_draws);
  if (layers == WithLayers::yes) read_layers(study, selection, series);
  return series;
}

/// Names what could have been selected.
[[noreturn]] void nothing_selected(store::Study& study) {
  std::string campaigns;
  for (const store::CampaignRow& row : study.campaigns())
    campaigns += fmt::format("\n  space {}, prior {}{}", row.space_name, row.campaign.prior,
                             row.campaign.seed ? fmt::format(", seed {}", *row.campaign.seed) : "");
  std::string boards;
  for (const store::SetupRow& row : study.setups())
    boards += fmt::format("\n  board {} ({}), setup {}", row.setup.board,
                          to_string(row.setup.runner), row.id);
  throw Error(ErrorCode::usage, "{}: nothing matches the selection; the study holds{}{}",
              study.path().string(),
              campaigns.empty() ? " no campaign: measure one with opline run" : campaigns, boards);
}

bool matches(const Selector& selector, const store::CampaignRow& campaign) {
  return (!selector.space || campaign.space_name == *selector.space) &&
         (!selector.prior || campaign.campaign.prior == *selector.prior) &&
         (!selector.seed || campaign.campaign.seed == selector.seed);
}

bool matches(const Selector& selector, const store::SetupRow& row) {
  const auto& boards = selector.boards;
  const bool named =
      boards.empty() || std::find(boards.begin(), boards.end(), row.setup.board) != boards.end();
  return named && row.id.starts_with(selector.setup);
}

void require_boards(const Selector& selector, const std::vector<store::SetupRow>& setups,
                    const store::Study& study) {
  std::set<std::string> known;
  for (const store::SetupRow& row : setups) known.insert(row.setup.board);
  for (const std::string& board : selector.boards) {
    if (!known.contains(board))
      throw Error(ErrorCode::usage, "{}: the study has no board '{}'; its boards: {}",
                  study.path().string(), board, fmt::join(known, ", "));
  }
}

}  // namespace

std::vector<Series> read_series(store::Study& study, const Selector& selector, WithLayers layers) {
  const std::vector<store::SetupRow> setups = study.setups();
  require_boards(selector, setups, study);
  std::vector<Series> all;
  for (const store::CampaignRow& campaign : study.campaigns()) {
    if (!matches(selector, campaign)) continue;
    for (const std::string& id : campaign.setups) {
      const auto setup = std::find_if(setups.begin(), setups.end(),
                                      [&](const store::SetupRow& row) { return row.id == id; });
      OPLINE_ASSERT(setup != setups.end(), "setup {} of a campaign is not in the study", id);
      if (matches(selector, *setup))
        all.push_back(read_one(study, campaign, *setup, std::nullopt, layers));
    }
  }
  if (all.empty()) nothing_selected(study);
  return all;
}

std::vector<Series> read_campaign(store::Study& study, store::CampaignKey campaign,
                                  const std::vector<std::string>& setups,
                                  std::optional<std::int64_t> first_draws, WithLayers layers) {
  const std::vector<store::CampaignRow> campaigns = study.campaigns();
  const auto row = std::find_if(campaigns.begin(), campaigns.end(),
                                [&](const auto& c) { return c.key == campaign; });
  OPLINE_ASSERT(row != campaigns.end(), "campaign {} is not in the study", campaign);
  std::vector<Series> all;
  for (const store::SetupRow& setup : study.setups()) {
    if (std::find(setups.begin(), setups.end(), setup.id) != setups.end())
      all.push_back(read_one(study, *row, setup, first_draws, layers));
  }
  return all;
}

}  // namespace opline::evaluation
