#include "src/report/html/comparison_section.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/counted.h"
#include "src/report/html/markup.h"
#include "src/report/study_comparison_report.h"

namespace opline::report::html {
namespace {

/// The end of an interval in JSON, in units of `factor`.
std::optional<double> end_of(const Json& interval, std::size_t end, double factor) {
  if (interval.is_null()) return std::nullopt;
  return interval.at(end).get<double>() * factor;
}

double largest_slope(const Json& members) {
  double most = 0;
  for (const Json& one : members) {
    const double slope = one.at("slope_seconds_per_op").get<double>() * 1e9;
    most = std::max(most, end_of(one.at("slope_interval"), 1, 1e9).value_or(slope));
  }
  return most;
}

std::string boards_table(const Json& set) {
  const Json& members = set.at("members");
  const double most = largest_slope(members);
  std::vector<std::vector<std::string>> rows;
  for (const Json& one : members) {
    const Json& slope = one.at("slope_interval");
    const double value = one.at("slope_seconds_per_op").get<double>() * 1e9;
    rows.push_back(
        {html_text(one.at("board").get<std::string>()),
         html_text(one.at("setup").get<std::string>().substr(0, 8)), fmt::format("{:.4g}", value),
         interval(slope, "{:.4g}", 1e9),
         most > 0 ? interval_bar(value, end_of(slope, 0, 1e9), end_of(slope, 1, 1e9), most) : "",
         number(one.at("r_squared"), "{:.4f}"), number(one.at("times_as_fast_as_first"), "{:.4g}"),
         rows.empty() ? "-" : interval(one.at("times_as_fast_interval"), "{:.4g}")});
  }
  return table(fmt::format("{}: the {} that all of these boards measured",
                           set.at("campaign").get<std::string>(),
                           counted(set.at("networks").get<std::size_t>(), "network")),
               {{"board"},
                {"setup"},
                {"slope in ns/op", true},
                {"95 % interval", true},
                {""},
                {"R^2", true},
                {"times as fast as the first", true},
                {"95 % interval", true}},
               rows);
}

std::string pair_text(const Json& pair) {
  const std::string range = interval(pair.at("interval"), "{:.3f}");
  return fmt::format(
      "on {} an op of {} costs {:.3f} times{} one of {}", pair.at("board").get<std::string>(),
      pair.at("slower").get<std::string>(), pair.at("slope_ratio").get<double>(),
      range == "-" ? "" : " (95 % interval " + range + ")", pair.at("faster").get<std::string>());
}

}  // namespace

std::string comparison_section(const evaluation::StudyComparison& comparison) {
  if (comparison.empty()) return "";
  const Json json = json_of(comparison);
  std::string text =
      "<section id=\"comparison\" aria-labelledby=\"comparison-title\">\n"
      "<h2 id=\"comparison-title\">Boards and spaces compared</h2>\n";
  for (const Json& set : json.at("boards")) text += boards_table(set);
  std::vector<std::string> pairs;
  for (const Json& pair : json.at("spaces")) pairs.push_back(pair_text(pair));
  return text + sentences(pairs) + "</section>\n";
}

}  // namespace opline::report::html
