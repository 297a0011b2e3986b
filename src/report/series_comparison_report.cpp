#include "src/report/series_comparison_report.h"

#include <fmt/format.h>

#include <tuple>

#include "src/base/counted.h"
#include "src/evaluation/calibration/scope.h"
#include "src/report/parts.h"

namespace opline::report {
namespace {

using evaluation::CommonNetworks;
using evaluation::Difference;
using evaluation::Response;
using evaluation::Series;
using evaluation::SeriesComparison;

// ---- as text ----

/// "-0.140 (-0.152 to -0.128): different by a margin of 5 %".
std::string difference_text(const analysis::SlopeDifference& slopes) {
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

std::string common_text(const SeriesComparison& pair) {
  const CommonNetworks& common = *pair.common;
  const bool sampled = pair.sampled();
  std::string text = fmt::format(
      "same networks   {} measured by both: {} of A over B {:.4g}{} network by network, {:.4g} to "
      "{:.4g} at the ends; Kendall's tau-b of A and B {}\n",
      common.n, to_string(pair.rows_a.of), common.ratio.value,
      sampled ? interval_text(common.ratio.interval) : "", common.ratio.smallest,
      common.ratio.largest,
      common.kendall_tau_b ? fmt::format("{:.4f}", *common.kendall_tau_b) : "undefined");
  if (common.slopes)
    text += fmt::format("                slope of B from A's on these: {}\n",
                        difference_text(*common.slopes));
  if (common.scaled)
    text += fmt::format("                up to scale, as if both were equally fast: {}\n",
                        difference_text(*common.scaled));
  return text;
}

std::string test_text(const std::optional<analysis::Test>& test) {
  if (!test) return "not defined";
  return fmt::format("F {:.4g} (p {:.2g})", test->statistic, test->p);
}

/// None of a whole enumeration, which samples nothing.
std::optional<analysis::Interval> slope_interval(const analysis::GroupSlope& group,
                                                 const Series& series) {
  return series.covers_whole_space ? std::nullopt : group.interval;
}

std::string slopes_text(const SeriesComparison& pair) {
  const analysis::CommonSlope& slopes = *pair.one_line;
  const double unit = 1e9;
  const char* name = pair.rows_a.of == Response::latency ? "ns/op" : "nJ/op";
  std::string text;
  const auto line = [&](const analysis::GroupSlope& group, const Series& series) {
    text += fmt::format("slope of {}      {:.4g} {}{}, {}\n", group.name, group.slope * unit, name,
                        interval_text(slope_interval(group, series), unit),
                        counted(group.n, "network"));
  };
  line(slopes.groups[0], *pair.a);
  line(slopes.groups[1], *pair.b);
  if (pair.paired) return text;  // dependent slopes are compared on the same networks
  text += fmt::format("B's from A's    {}\n", difference_text(slopes.worst));
  if (pair.sampled())
    text +=
        fmt::format("one for both?   one slope: {}; one line (Chow): {}: significance, not size\n",
                    test_text(slopes.equal_slopes), test_text(slopes.equal_lines));
  return text;
}

std::string transfer_text(const char* from, const char* to,
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

std::string part_text(const analysis::SlopePart& part) {
  return fmt::format("{:+.1f} %{}", 100 * part.share,
                     part.interval
                         ? fmt::format(" ({:+.1f} to {:+.1f} %)", 100 * part.interval->interval.low,
                                       100 * part.interval->interval.high)
                         : "");
}

std::string why_text(const analysis::SlopeDecomposition& why) {
  std::string text = fmt::format(
      "why             of {}: {} as other layer types get the next op, {} as an op of a type costs "
      "other\n",
      part_text(why.difference), part_text(why.mix), part_text(why.prices));
  text += fmt::format("                {:<22} {:>16} {:>16} {:>10} {:>22}\n", "layer type",
                      "part of A's op", "part of B's op", "ns/op", "moves the slope by");
  for (const analysis::TypePart& one : why.types)
    text += fmt::format("                {:<22} {:>14.1f} % {:>14.1f} % {:>10.4g} {:>+20.1f} %\n",
                        one.name, 100 * one.mix_a, 100 * one.mix_b, 1e9 * one.price,
                        100 * (one.mix.share + one.prices.share));
  return text;
}

std::string value_text(const std::optional<std::string>& value) {
  return value.value_or("unknown");
}

std::string difference_text(const Difference& one) {
  std::string a = value_text(one.a);
  std::string b = value_text(one.b);
  if (one.field == "flags" && one.a && one.b) {
    std::tie(a, b) =
        std::pair(evaluation::own_words(*one.a, *one.b), evaluation::own_words(*one.b, *one.a));
  } else if (one.field == "firmware_digest") {
    a = a.substr(0, 8);
    b = b.substr(0, 8);
  }
  return fmt::format("   {:<16} A: {}; B: {}\n", one.field, a, b);
}

std::string modelled_text(const SeriesComparison& pair) {
  const bool a = pair.rows_a.by_construction;
  const bool b = pair.rows_b.by_construction;
  if (!a && !b) return "";
  return fmt::format(
      "energy{}, modelled as power x latency: by construction what the latency says\n",
      a && b ? ""
      : a    ? " of A"
             : " of B");
}

std::string same_measurements_text(const SeriesComparison& pair) {
  if (pair.same_measurements == 0) return "";
  return fmt::format(
      "same networks   {} of both: the same measurements, since A and B have one "
      "setup:\n                comparing them one by one would compare each with itself\n",
      counted(pair.same_measurements, "network"));
}

// ---- as a record ----

Record share_record(const analysis::SlopePart& part) {
  Record record;
  return record.add("share", part.share)
      .interval("interval", part.interval ? std::optional(part.interval->interval) : std::nullopt);
}

Record why_record(const analysis::SlopeDecomposition& why) {
  Json types = Json::object();
  for (const analysis::TypePart& one : why.types)
    types[one.name] = {{"part_of_a", one.mix_a},
                       {"part_of_b", one.mix_b},
                       {"price", one.price},
                       {"mix", share_record(one.mix).json()},
                       {"prices", share_record(one.prices).json()}};
  Record record;
  return record.part("difference", share_record(why.difference))
      .part("mix", share_record(why.mix))
      .part("prices", share_record(why.prices))
      .list("types", std::move(types));
}

Record difference_record(const analysis::SlopeDifference& slopes) {
  Record record;
  return record.add("share", json_or_null(slopes.share))
      .interval("interval", slopes.interval)
      .add("margin", slopes.margin)
      .add("agreement", analysis::name_of(slopes.agreement));
}

Record common_record(const CommonNetworks& common, bool sampled) {
  Record record;
  return record.add("networks", common.n)
      .add("ratio", common.ratio.value)
      .interval("interval", sampled ? std::optional(common.ratio.interval) : std::nullopt)
      .add("smallest", common.ratio.smallest)
      .add("largest", common.ratio.largest)
      .add("kendall_tau_b", json_or_null(common.kendall_tau_b))
      .optional_part("slope_difference", common.slopes, difference_record)
      .optional_part("slope_difference_up_to_scale", common.scaled, difference_record);
}

Record transfer_record(const analysis::Transfer& transfer) {
  Record record;
  return record.add("mape_percent", transfer.errors.mape_percent)
      .add("q90_percent", transfer.errors.q90_percent)
      .add("bias_percent", transfer.errors.bias_percent)
      .add("scale", json_or_null(transfer.scale))
      .add("scaled_mape_percent",
           transfer.scaled ? Json(transfer.scaled->mape_percent) : Json(nullptr))
      .add("kendall_tau_b", json_or_null(transfer.kendall_tau_b));
}

Record series_record(const Series& series, const analysis::GroupSlope& slope) {
  Record record;
  return record.add("title", title_of(series))
      .add("space", series.space)
      .add("prior", series.prior)
      .add("seed", json_or_null(series.seed))
      .add("calibration", calibration_json(series))
      .part("setup", setup_record(series.setup))
      .add("n", slope.n)
      .part("slope", Record()
                         .add("estimate", slope.slope)
                         .interval("interval", slope_interval(slope, series)));
}

Json differences_json(const SeriesComparison& pair) {
  Json differences = Json::array();
  for (const Difference& one : pair.differences)
    differences.push_back(
        {{"field", one.field}, {"a", json_or_null(one.a)}, {"b", json_or_null(one.b)}});
  return differences;
}

}  // namespace

std::string text_of(const SeriesComparison& pair) {
  std::string text = modelled_text(pair);
  text += fmt::format("A  {}\nB  {}\n", title_of(*pair.a), title_of(*pair.b));
  if (pair.differences.empty()) text += "they differ in nothing that was recorded\n";
  for (const Difference& one : pair.differences) text += difference_text(one);
  text += "\n" + slopes_text(pair) + same_measurements_text(pair);
  if (pair.common) text += common_text(pair);
  text += transfer_text("A", "B", pair.a_on_b) + transfer_text("B", "A", pair.b_on_a);
  if (pair.why) text += why_text(*pair.why);
  if (pair.sampled() && (pair.a->simulated() || pair.b->simulated()))
    text +=
        "A simulated board has no measurement noise: intervals describe the sampling of "
        "architectures.\n";
  return text;
}

Record record_of(const SeriesComparison& pair) {
  const analysis::CommonSlope& slopes = *pair.one_line;
  const auto unless_paired = [&](const auto& value) {
    return pair.paired ? std::nullopt : std::optional(value);
  };
  const auto common = [&](const CommonNetworks& one) { return common_record(one, pair.sampled()); };
  Record record;
  return record.add("of", to_string(pair.rows_a.of))
      .add("unit", pair.rows_a.unit())
      .part("a", series_record(*pair.a, slopes.groups[0]))
      .part("b", series_record(*pair.b, slopes.groups[1]))
      .list("differences", differences_json(pair))
      .add("paired", pair.paired)
      .add("same_measurements", pair.same_measurements)
      .optional_part("slope_difference", unless_paired(slopes.worst), difference_record)
      .optional_part("equal_slopes_test",
                     pair.paired ? std::optional<analysis::Test>() : slopes.equal_slopes,
                     test_record)
      .optional_part("equal_lines_test",
                     pair.paired ? std::optional<analysis::Test>() : slopes.equal_lines,
                     test_record)
      .optional_part("same_networks", pair.common, common)
      .optional_part("a_on_b", pair.a_on_b, transfer_record)
      .optional_part("b_on_a", pair.b_on_a, transfer_record)
      .optional_part("why", pair.why, why_record);
}

}  // namespace opline::report
