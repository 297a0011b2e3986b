// SeriesPair in words and as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "src/cli/figure_json.h"
#include "src/cli/series_pair.h"

namespace opline::cli {
namespace {

/// The words of `text` that `other` has not: of two long lines of flags what matters. `text` itself
/// where there are none.
std::string own_words(const std::string& text, const std::string& other) {
  const auto words_of = [](const std::string& line) {
    std::istringstream stream(line);
    return std::vector<std::string>(std::istream_iterator<std::string>(stream), {});
  };
  const std::vector<std::string> others = words_of(other);
  std::string own;
  for (const std::string& word : words_of(text)) {
    if (std::find(others.begin(), others.end(), word) == others.end())
      own += (own.empty() ? "" : " ") + word;
  }
  return own.empty() ? text : own;
}

// ---- as text ----

std::string range_in_words(const std::optional<analysis::Interval>& range, double unit = 1) {
  return range ? fmt::format(" ({:.4g} to {:.4g})", range->low * unit, range->high * unit) : "";
}

/// "-0.140 (-0.152 to -0.128): different by a margin of 5 %".
std::string difference_in_words(const analysis::SlopeDifference& slopes) {
  if (!slopes.share) return "not defined: a slope is not above 0";
  const char* verdict = slopes.agreement == analysis::Agreement::same        ? "the same"
                        : slopes.agreement == analysis::Agreement::different ? "different"
                                                                             : "undecided";
  return fmt::format("{:+.1f} %{}: {}, at a margin of {:.3g} %", 100 * *slopes.share,
                     slopes.interval
                         ? fmt::format(" ({:+.1f} to {:+.1f} %)", 100 * slopes.interval->low,
                                       100 * slopes.interval->high)
                         : "",
                     verdict, 100 * slopes.margin);
}

std::string common_in_words(const SeriesPair& pair) {
  const CommonNetworks& common = *pair.common;
  const bool sampled = pair.sampled();
  std::string text = fmt::format(
      "same networks   {} measured by both: {} of A over B {:.4g}{} network by network, {:.4g} to "
      "{:.4g} at "
      "the ends; Kendall's tau-b of A and B {}\n",
      common.n, to_string(pair.rows_a.of), common.ratio.value,
      sampled ? range_in_words(common.ratio.interval) : "", common.ratio.smallest,
      common.ratio.largest,
      common.kendall_tau_b ? fmt::format("{:.4f}", *common.kendall_tau_b) : "undefined");
  if (common.slopes)
    text += fmt::format("                slope of B from A's on these: {}\n",
                        difference_in_words(*common.slopes));
  if (common.scaled)
    text += fmt::format("                up to scale, as if both were equally fast: {}\n",
                        difference_in_words(*common.scaled));
  return text;
}

std::string test_in_words(const std::optional<analysis::Test>& test) {
  if (!test) return "not defined";
  return fmt::format("F {:.4g} (p {:.2g})", test->statistic, test->p);
}

/// None of a whole enumeration, which samples nothing.
std::optional<analysis::Interval> slope_interval(const analysis::GroupSlope& group,
                                                 const FittedSeries& series) {
  return series.whole_enumeration ? std::nullopt : group.interval;
}

std::string slopes_in_words(const SeriesPair& pair) {
  const analysis::CommonSlope& slopes = *pair.one_line;
  const double unit = 1e9;
  const char* name = pair.rows_a.of == Response::latency ? "ns/op" : "nJ/op";
  std::string text;
  const auto line = [&](const analysis::GroupSlope& group, const FittedSeries& series) {
    text +=
        fmt::format("slope of {}      {:.4g} {}{}, {} networks\n", group.name, group.slope * unit,
                    name, range_in_words(slope_interval(group, series), unit), group.n);
  };
  line(slopes.groups[0], *pair.a);
  line(slopes.groups[1], *pair.b);
  if (pair.paired) return text;  // the difference of dependent slopes is told on the same networks
  text += fmt::format("B's from A's    {}\n", difference_in_words(slopes.worst));
  if (pair.sampled())
    text +=
        fmt::format("one for both?   one slope: {}; one line (Chow): {}: significance, not size\n",
                    test_in_words(slopes.equal_slopes), test_in_words(slopes.equal_lines));
  return text;
}

std::string transfer_in_words(const char* from, const char* to,
                              const std::optional<analysis::Transfer>& transfer) {
  if (!transfer) return "";
  std::string text = fmt::format(
      "{}'s line on {}   error {:.2f} % (90 % below {:.2f}), bias {:+.2f} %", from, to,
      transfer->errors.mape_percent, transfer->errors.q90_percent, transfer->errors.bias_percent);
  if (transfer->scaled)
    text += fmt::format("; up to scale (x {:.4g}) {:.2f} %", *transfer->scale,
                        transfer->scaled->mape_percent);
  if (transfer->kendall_tau_b) text += fmt::format("; tau-b {:.4f}", *transfer->kendall_tau_b);
  return text + "\n";
}

std::string part_in_words(const analysis::SlopePart& part) {
  return fmt::format("{:+.1f} %{}", 100 * part.share,
                     part.interval
                         ? fmt::format(" ({:+.1f} to {:+.1f} %)", 100 * part.interval->interval.low,
                                       100 * part.interval->interval.high)
                         : "");
}

std::string why_in_words(const analysis::SlopeDecomposition& why) {
  std::string text = fmt::format(
      "why             of {}: {} as other layer types get the next op, {} as an op of a type costs "
      "other\n",
      part_in_words(why.difference), part_in_words(why.mix), part_in_words(why.prices));
  text += fmt::format("                {:<22} {:>16} {:>16} {:>10} {:>22}\n", "layer type",
                      "part of A's op", "part of B's op", "ns/op", "moves the slope by");
  for (const analysis::TypePart& one : why.types)
    text += fmt::format("                {:<22} {:>14.1f} % {:>14.1f} % {:>10.4g} {:>+20.1f} %\n",
                        one.name, 100 * one.mix_a, 100 * one.mix_b, 1e9 * one.price,
                        100 * (one.mix.share + one.prices.share));
  return text;
}

// ---- as JSON ----

Json part_json(const analysis::SlopePart& part) {
  return {{"share", part.share},
          {"interval", part.interval ? interval_json(part.interval->interval) : Json(nullptr)}};
}

Json why_json(const std::optional<analysis::SlopeDecomposition>& why) {
  if (!why) return nullptr;
  Json json = {{"difference", part_json(why->difference)},
               {"mix", part_json(why->mix)},
               {"prices", part_json(why->prices)},
               {"types", Json::object()}};
  for (const analysis::TypePart& one : why->types)
    json["types"][one.name] = {{"part_of_a", one.mix_a},
                               {"part_of_b", one.mix_b},
                               {"price", one.price},
                               {"mix", part_json(one.mix)},
                               {"prices", part_json(one.prices)}};
  return json;
}

Json difference_json(const std::optional<analysis::SlopeDifference>& slopes) {
  if (!slopes) return nullptr;
  return {{"share", json_or_null(slopes->share)},
          {"interval", interval_json(slopes->interval)},
          {"margin", slopes->margin},
          {"agreement", analysis::name_of(slopes->agreement)}};
}

Json common_json(const SeriesPair& pair) {
  if (!pair.common) return nullptr;
  const CommonNetworks& common = *pair.common;
  return {{"networks", common.n},
          {"ratio", common.ratio.value},
          {"interval", pair.sampled() ? interval_json(common.ratio.interval) : Json(nullptr)},
          {"smallest", common.ratio.smallest},
          {"largest", common.ratio.largest},
          {"kendall_tau_b", json_or_null(common.kendall_tau_b)},
          {"slope_difference", difference_json(common.slopes)},
          {"slope_difference_up_to_scale", difference_json(common.scaled)}};
}

Json transfer_json(const std::optional<analysis::Transfer>& transfer) {
  if (!transfer) return nullptr;
  return {{"mape_percent", transfer->errors.mape_percent},
          {"q90_percent", transfer->errors.q90_percent},
          {"bias_percent", transfer->errors.bias_percent},
          {"scale", json_or_null(transfer->scale)},
          {"scaled_mape_percent",
           transfer->scaled ? Json(transfer->scaled->mape_percent) : Json(nullptr)},
          {"kendall_tau_b", json_or_null(transfer->kendall_tau_b)}};
}

Json subject_json(const FittedSeries& series, const analysis::GroupSlope& slope) {
  return {
      {"title", series.title()},
      {"space", series.campaign.space_name},
      {"prior", series.campaign.campaign.prior},
      {"seed", json_or_null(series.campaign.campaign.seed)},
      {"setup", series.series.setup.setup.to_json()},
      {"n", slope.n},
      {"slope",
       {{"estimate", slope.slope}, {"interval", interval_json(slope_interval(slope, series))}}}};
}

}  // namespace

std::string in_words(const SeriesPair& pair) {
  std::string text;
  if (pair.rows_a.by_construction || pair.rows_b.by_construction)
    text += fmt::format("{}{}\n", kModelledEnergy,
                        !pair.rows_a.by_construction   ? " (of B)"
                        : !pair.rows_b.by_construction ? " (of A)"
                                                       : "");
  text += fmt::format("A  {}\nB  {}\n", pair.a->title(), pair.b->title());
  if (pair.differences.empty()) text += "they differ in nothing that was recorded\n";
  for (const Difference& one : pair.differences) {
    const bool flags = one.field == "flags" && one.a != kUnknown && one.b != kUnknown;
    const bool digest = one.field == "firmware_digest";
    const std::string a = flags ? own_words(one.a, one.b) : digest ? one.a.substr(0, 8) : one.a;
    const std::string b = flags ? own_words(one.b, one.a) : digest ? one.b.substr(0, 8) : one.b;
    text += fmt::format("   {:<16} A: {}; B: {}\n", one.field, a, b);
  }
  text += "\n" + slopes_in_words(pair);
  if (pair.common) text += common_in_words(pair);
  text += transfer_in_words("A", "B", pair.a_on_b) + transfer_in_words("B", "A", pair.b_on_a);
  if (pair.why) text += why_in_words(*pair.why);
  if (pair.sampled() && (pair.a->simulated() || pair.b->simulated()))
    text +=
        "A simulated board has no measurement noise: intervals describe the sampling of "
        "architectures.\n";
  return text;
}

Json to_json(const SeriesPair& pair) {
  Json differences = Json::array();
  for (const Difference& one : pair.differences)
    differences.push_back({{"field", one.field}, {"a", one.a}, {"b", one.b}});
  const analysis::CommonSlope& slopes = *pair.one_line;
  return {{"of", to_string(pair.rows_a.of)},
          {"unit", pair.rows_a.unit()},
          {"a", subject_json(*pair.a, slopes.groups[0])},
          {"b", subject_json(*pair.b, slopes.groups[1])},
          {"differences", differences},
          {"paired", pair.paired},
          {"slope_difference", pair.paired ? Json(nullptr) : difference_json(slopes.worst)},
          {"equal_slopes_test", pair.paired ? Json(nullptr) : test_json(slopes.equal_slopes)},
          {"equal_lines_test", pair.paired ? Json(nullptr) : test_json(slopes.equal_lines)},
          {"same_networks", common_json(pair)},
          {"a_on_b", transfer_json(pair.a_on_b)},
          {"b_on_a", transfer_json(pair.b_on_a)},
          {"why", why_json(pair.why)}};
}

}  // namespace opline::cli
