#include "src/report/study_comparison_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "sampler/draw/prior.h"
#include "src/base/counted.h"
#include "src/base/printable.h"
#include "src/report/parts.h"

namespace opline::report {
namespace {

using evaluation::CommonSet;
using evaluation::Series;
using evaluation::SpacePair;

constexpr std::size_t kLongestName = 60;

/// The prior where it is not the default, so that pairs of several priors can be told apart.
std::string given_prior(const SpacePair& pair) {
  const Series& series = *pair.slower->series;
  const bool usual =
      !series.seed || series.prior == sampler::to_string(sampler::Prior::uniform_decisions);
  return usual ? "" : fmt::format(" ({})", printable(series.prior));
}

/// None for a whole enumeration, which samples nothing.
std::optional<analysis::Interval> sampled(const Series& series, const analysis::Interval& range) {
  return series.covers_whole_space ? std::nullopt : std::optional(range);
}

std::string throughput(const Series& series, const analysis::LinearFit& fit) {
  if (!(fit.slope_interval.low > 0)) return "undefined";
  const analysis::Interval range{1e-6 / fit.slope_interval.high, 1e-6 / fit.slope_interval.low};
  return fmt::format("{:.4g}", 1e-6 / fit.slope) + interval_text(sampled(series, range));
}

/// What tells the members apart: their boards, or, where these are the same, their setups.
std::string member_name(const CommonSet& set, const CommonSet::Member& member) {
  const auto same = [&](const CommonSet::Member& one) {
    return one.series->marked_board() == member.series->marked_board();
  };
  if (std::count_if(set.members.begin(), set.members.end(), same) == 1)
    return printable(member.series->marked_board(), kLongestName);
  return printable(member.series->marked_board(), kLongestName) + " " +
         member.series->setup_id.substr(0, 8);
}

std::string text(const CommonSet& set) {
  std::string text = fmt::format("setups compared on the {} of {} that all of them measured\n",
                                 counted(set.networks, "network"), set.campaign);
  text += fmt::format("  {:<24} {:<26} {:<26} {:<26} {}\n", "board", "Mops/s (95 % interval)",
                      "slope in ns/op", "times as fast as the first", "runtime");
  for (const CommonSet::Member& member : set.members) {
    const Series& series = *member.series;
    const analysis::PairedRatio& ratio = member.latency_ratio;
    text += fmt::format(
        "  {:<24} {:<26} {:<26} {:<26} {}\n", member_name(set, member),
        throughput(series, member.fit),
        fmt::format("{:.4g}", member.fit.slope * 1e9) +
            interval_text(sampled(series, member.fit.slope_interval), 1e9),
        fmt::format("{:.4g}", ratio.value) + interval_text(sampled(series, ratio.interval)),
        printable(series.setup.runtime.text(), kLongestName));
  }
  return text;
}

std::string text(const SpacePair& pair) {
  const Series& slower = *pair.slower->series;
  const Series& faster = *pair.faster->series;
  return fmt::format("on {} an op of {} costs {:.3f} times{} one of {}: {} against {} Mops/s{}\n",
                     printable(slower.marked_board(), kLongestName),
                     printable(slower.space, kLongestName), pair.slope_ratio,
                     interval_text(pair.interval, 1, "{:.3f}"),
                     printable(faster.space, kLongestName), throughput(slower, *pair.slower->line),
                     throughput(faster, *pair.faster->line), given_prior(pair));
}

Json json(const CommonSet& set) {
  Json members = Json::array();
  for (const CommonSet::Member& member : set.members) {
    const Series& series = *member.series;
    members.push_back(
        {{"board", series.setup.board},
         {"setup", series.setup_id},
         {"slope_seconds_per_op", member.fit.slope},
         {"slope_interval", interval_json(sampled(series, member.fit.slope_interval))},
         {"r_squared", json_or_null(member.fit.r_squared)},
         {"times_as_fast_as_first", member.latency_ratio.value},
         {"times_as_fast_interval",
          interval_json(sampled(series, member.latency_ratio.interval))}});
  }
  return {{"campaign", set.campaign}, {"networks", set.networks}, {"members", members}};
}

Json json(const SpacePair& pair) {
  const Series& slower = *pair.slower->series;
  return {{"setup", slower.setup_id},
          {"board", slower.setup.board},
          {"prior", slower.seed ? Json(slower.prior) : Json(nullptr)},
          {"slower", slower.space},
          {"faster", pair.faster->series->space},
          {"slope_ratio", pair.slope_ratio},
          {"interval", interval_json(pair.interval)}};
}

}  // namespace

std::string text_of(const evaluation::StudyComparison& comparison) {
  std::string all;
  for (const CommonSet& set : comparison.boards) all += text(set);
  for (const SpacePair& pair : comparison.spaces) all += text(pair);
  return all;
}

Json json_of(const evaluation::StudyComparison& comparison) {
  Json boards = Json::array();
  Json spaces = Json::array();
  for (const CommonSet& set : comparison.boards) boards.push_back(json(set));
  for (const SpacePair& pair : comparison.spaces) spaces.push_back(json(pair));
  return {{"boards", boards}, {"spaces", spaces}};
}

}  // namespace opline::report
