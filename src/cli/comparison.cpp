#include "src/cli/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analysis/validation/common_slope.h"
#include "sampler/draw/prior.h"
#include "src/base/error.h"
#include "src/cli/figure_json.h"

namespace opline::cli {
namespace {

using Latencies = std::map<std::string, double>;  // by network

/// `ops` and `seconds` of a series belong to its rows in order; rows without a latency are left out
/// of both.
Latencies latencies_of(const FittedSeries& fitted) {
  Latencies result;
  for (const store::MeasurementRow& row : fitted.series.rows) {
    if (const auto seconds = latency_of(row, fitted.series.setup.setup))
      result.emplace(row.network, *seconds);
  }
  return result;
}

std::string campaign_name(const FittedSeries& fitted) {
  std::string name = fitted.campaign.space_name;
  if (fitted.campaign.campaign.seed) {
    name += fmt::format(", prior {}, seed {}", fitted.campaign.campaign.prior,
                        *fitted.campaign.campaign.seed);
  }
  return name;
}

/// The common set of series of one campaign; empty members where there is nothing to compare.
CommonSet common_set(const std::vector<const FittedSeries*>& series) {
  std::vector<Latencies> latencies;
  latencies.reserve(series.size());
  for (const FittedSeries* fitted : series) latencies.push_back(latencies_of(*fitted));
  std::vector<double> ops;
  std::vector<std::vector<double>> seconds(series.size());
  for (const store::MeasurementRow& row : series.front()->series.rows) {
    const auto everywhere = [&](const Latencies& board) { return board.contains(row.network); };
    if (!std::all_of(latencies.begin(), latencies.end(), everywhere)) continue;
    ops.push_back(static_cast<double>(row.ops));
    for (std::size_t i = 0; i < series.size(); ++i)
      seconds[i].push_back(latencies[i].at(row.network));
  }
  CommonSet set{campaign_name(*series.front()), ops.size(), {}};
  try {
    for (std::size_t i = 0; i < series.size(); ++i) {
      set.members.push_back({series[i], analysis::fit_line(ops, seconds[i]),
                             analysis::paired_ratio(seconds[0], seconds[i])});
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;
    set.members.clear();
  }
  return set;
}

/// The prior where it isn't the default, so that pairs of several priors can be told apart.
std::string given_prior(const SpacePair& pair) {
  const store::NewCampaign& campaign = pair.slower->campaign.campaign;
  const bool usual =
      !campaign.seed || campaign.prior == sampler::to_string(sampler::Prior::uniform_decisions);
  return usual ? "" : fmt::format(" ({})", campaign.prior);
}

Json prior_or_null(const SpacePair& pair) {
  const store::NewCampaign& campaign = pair.slower->campaign.campaign;
  return campaign.seed ? Json(campaign.prior) : Json(nullptr);
}

/// Of one setup and one prior: spaces are told apart, not what is drawn from them.
bool comparable(const FittedSeries& a, const FittedSeries& b) {
  return a.fit && b.fit && a.series.setup.id == b.series.setup.id &&
         a.campaign.space_name != b.campaign.space_name &&
         a.campaign.campaign.prior == b.campaign.campaign.prior && a.fit->slope_interval.low > 0 &&
         b.fit->slope_interval.low > 0;
}

SpacePair space_pair(const FittedSeries& faster, const FittedSeries& slower) {
  const analysis::SlopeGroup groups[] = {{"faster", faster.ops, faster.seconds},
                                         {"slower", slower.ops, slower.seconds}};
  analysis::CommonSlopeOptions options;
  options.whole_enumeration = faster.whole_enumeration && slower.whole_enumeration;
  const analysis::SlopeDifference found = analysis::compare_slopes(groups, options).worst;
  SpacePair pair{&faster, &slower, slower.fit->slope / faster.fit->slope, {}};
  if (found.interval) pair.interval = {1 + found.interval->low, 1 + found.interval->high};
  return pair;
}

/// " (low to high)", or nothing for a whole enumeration, which samples nothing.
std::string bounds(const FittedSeries& series, double low, double high) {
  return series.whole_enumeration ? "" : fmt::format(" ({:.4g} to {:.4g})", low, high);
}

std::string throughput(const FittedSeries& series, const analysis::LinearFit& fit) {
  if (!(fit.slope_interval.low > 0)) return "undefined";
  return fmt::format("{:.4g}", 1e-6 / fit.slope) +
         bounds(series, 1e-6 / fit.slope_interval.high, 1e-6 / fit.slope_interval.low);
}

/// What tells the members apart: their boards, or, where these are the same, their setups.
std::string member_name(const CommonSet& set, const CommonSet::Member& member) {
  const auto board = [](const CommonSet::Member& one) {
    return one.series->series.setup.setup.board;
  };
  const auto same = [&](const CommonSet::Member& one) { return board(one) == board(member); };
  if (std::count_if(set.members.begin(), set.members.end(), same) == 1) return board(member);
  return board(member) + " " + member.series->series.setup.id.substr(0, 8);
}

std::string words(const CommonSet& set) {
  std::string text =
      fmt::format("setups compared on the {} networks of {} that all of them measured\n",
                  set.networks, set.campaign);
  text += fmt::format("  {:<24} {:<26} {:<26} {:<26} {}\n", "board", "Mops/s (95 % interval)",
                      "slope in ns/op", "times as fast as the first", "runtime");
  for (const CommonSet::Member& member : set.members) {
    const analysis::Interval& slope = member.fit.slope_interval;
    const analysis::PairedRatio& ratio = member.latency_ratio;
    const FittedSeries& series = *member.series;
    text += fmt::format("  {:<24} {:<26} {:<26} {:<26} {}\n", member_name(set, member),
                        throughput(series, member.fit),
                        fmt::format("{:.4g}", member.fit.slope * 1e9) +
                            bounds(series, slope.low * 1e9, slope.high * 1e9),
                        fmt::format("{:.4g}", ratio.value) +
                            bounds(series, ratio.interval.low, ratio.interval.high),
                        series.series.setup.setup.runtime);
  }
  return text;
}

std::string words(const SpacePair& pair) {
  const std::string interval =
      pair.interval ? fmt::format(" ({:.3f} to {:.3f})", pair.interval->low, pair.interval->high)
                    : "";
  return fmt::format("on {} an op of {} costs {:.3f} times{} one of {}: {} against {} Mops/s{}\n",
                     pair.slower->series.setup.setup.board, pair.slower->campaign.space_name,
                     pair.slope_ratio, interval, pair.faster->campaign.space_name,
                     throughput(*pair.slower, *pair.slower->fit),
                     throughput(*pair.faster, *pair.faster->fit), given_prior(pair));
}

/// null for a whole enumeration.
Json range(bool whole_enumeration, const analysis::Interval& interval) {
  return whole_enumeration ? Json(nullptr) : interval_json(interval);
}

}  // namespace

Comparison compare(const std::vector<FittedSeries>& all) {
  Comparison result;
  std::map<store::CampaignKey, std::vector<const FittedSeries*>> campaigns;
  for (const FittedSeries& fitted : all) {
    if (!fitted.ops.empty()) campaigns[fitted.campaign.key].push_back(&fitted);
  }
  for (const auto& [key, series] : campaigns) {
    if (series.size() < 2) continue;
    CommonSet set = common_set(series);
    if (!set.members.empty()) result.boards.push_back(std::move(set));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      if (!comparable(all[i], all[j])) continue;
      const bool in_order = all[i].fit->slope <= all[j].fit->slope;
      result.spaces.push_back(space_pair(in_order ? all[i] : all[j], in_order ? all[j] : all[i]));
    }
  }
  return result;
}

std::string in_words(const Comparison& comparison) {
  std::string text;
  for (const CommonSet& set : comparison.boards) text += words(set);
  for (const SpacePair& pair : comparison.spaces) text += words(pair);
  return text;
}

Json to_json(const Comparison& comparison) {
  Json json = {{"boards", Json::array()}, {"spaces", Json::array()}};
  for (const CommonSet& set : comparison.boards) {
    Json members = Json::array();
    for (const CommonSet::Member& member : set.members) {
      members.push_back(
          {{"board", member.series->series.setup.setup.board},
           {"setup", member.series->series.setup.id},
           {"slope_seconds_per_op", member.fit.slope},
           {"slope_interval", range(member.series->whole_enumeration, member.fit.slope_interval)},
           {"r_squared", json_or_null(member.fit.r_squared)},
           {"times_as_fast_as_first", member.latency_ratio.value},
           {"times_as_fast_interval",
            range(member.series->whole_enumeration, member.latency_ratio.interval)}});
    }
    json["boards"].push_back(
        {{"campaign", set.campaign}, {"networks", set.networks}, {"members", members}});
  }
  for (const SpacePair& pair : comparison.spaces) {
    json["spaces"].push_back({{"setup", pair.slower->series.setup.id},
                              {"board", pair.slower->series.setup.setup.board},
                              {"prior", prior_or_null(pair)},
                              {"slower", pair.slower->campaign.space_name},
                              {"faster", pair.faster->campaign.space_name},
                              {"slope_ratio", pair.slope_ratio},
                              {"interval", interval_json(pair.interval)}});
  }
  return json;
}

}  // namespace opline::cli
