#include "src/report/html/plain_words.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "src/base/counted.h"
#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/report/judgement_words.h"

namespace opline::report::html {
namespace {

using analysis::Ruling;

constexpr double kSignificant = 0.05;
constexpr double kDecidesTheLine = 1;  // Cook's distance; Cook and Weisberg 1982, section 3.5

/// The member at `path` ("validation/curvature"), null where there is none on the way.
Json at(const Json& record, const std::string& path) {
  const Json::json_pointer pointer("/" + path);
  return record.contains(pointer) ? record.at(pointer) : Json(nullptr);
}

std::optional<double> value_of(const Json& record, const std::string& path) {
  const Json found = at(record, path);
  return found.is_number() ? std::optional(found.get<double>()) : std::nullopt;
}

std::string ops_text(double ops) {
  return format_ops(static_cast<std::uint64_t>(std::llround(ops)));
}

/// "p = 0.013"
std::string p_of(double p) { return p < 2e-16 ? "p < 2e-16" : fmt::format("p = {:.2g}", p); }

/// "Breusch-Pagan 12.3, p = 0.0004"
std::string test_of(const char* name, const Json& test) {
  return fmt::format("{} {:.4g}, {}", name, test.at("statistic").get<double>(),
                     p_of(test.at("p").get<double>()));
}

std::optional<std::string> linearity(const Json& judged, const Json& model) {
  const auto mean = value_of(judged, "validation/curvature/mean/value");
  const auto largest = value_of(judged, "validation/curvature/largest/value");
  if (!mean || !largest) return std::nullopt;
  const std::string standing = at(judged, "verdict/criteria/curvature/standing").is_string()
                                   ? at(judged, "verdict/criteria/curvature/standing")
                                   : Json("");
  const char* found = standing == "met"      ? "The relation is straight enough"
                      : standing == "missed" ? "Latency is curved in ops"
                                             : "Whether the relation is straight is not decided";
  std::string text = fmt::format(
      "{}: the best parabola differs from the line by {:.2g} % of latency on average, and by "
      "{:.2g} "
      "% where it differs most, at {}",
      found, 100 * std::abs(*mean), 100 * std::abs(*largest),
      ops_text(at(judged, "validation/curvature/largest_at_ops").get<double>()));
  const Json reset = at(model, "diagnostics/reset_hc3");
  return reset.is_null() ? text : text + " (" + test_of("RESET", reset) + ")";
}

std::optional<std::string> spread(const Json& model) {
  const Json test = at(model, "diagnostics/breusch_pagan");
  if (test.is_null()) return std::nullopt;
  const bool varies = test.at("p").get<double>() < kSignificant;
  return fmt::format(
      "{} ({}){}",
      varies ? "The spread of the residuals changes with op count"
             : "There is no sign that the spread of the residuals changes with op count",
      test_of("Breusch-Pagan", test),
      varies ? ": standard errors are HC3's, which allow for it; the prediction interval in the "
               "figure does not"
             : "");
}

std::optional<std::string> normality(const Json& model) {
  Json test = at(model, "diagnostics/shapiro_francia");
  const char* name = "Shapiro-Francia";
  if (test.is_null()) {
    test = at(model, "diagnostics/jarque_bera");
    name = "Jarque-Bera";
  }
  if (test.is_null()) return std::nullopt;
  return test.at("p").get<double>() < kSignificant
             ? fmt::format(
                   "The residuals are not normally distributed ({}): read the prediction interval "
                   "in the figure as approximate",
                   test_of(name, test))
             : fmt::format("The residuals are compatible with a normal distribution ({})",
                           test_of(name, test));
}

std::optional<std::string> influence(const Json& model) {
  const Json most = at(model, "diagnostics/influential/0");
  const auto cook = value_of(most, "cooks_distance");
  if (!cook) return std::nullopt;
  const std::string name = printable(most.at("network").get<std::string>(), 120);
  return *cook > kDecidesTheLine
             ? fmt::format("One network moves the line noticeably: {}, Cook's distance {:.2g}",
                           name, *cook)
             : fmt::format(
                   "No single network decides the line: the largest Cook's distance is "
                   "{:.2g} (above {:g} would be large), of {}",
                   *cook, kDecidesTheLine, name);
}

std::optional<std::string> order(const Json& judged) {
  const auto rate = value_of(judged, "validation/misorder/rate");
  if (!rate) return std::nullopt;
  return fmt::format("Of two networks the one with more ops is the faster one in {:.2g} % of pairs",
                     100 * *rate);
}

std::optional<std::string> held_out(const Json& judged) {
  const Json errors = at(judged, "validation/held_out_errors_percent");
  if (errors.is_null()) return std::nullopt;
  return fmt::format(
      "For networks that it was not fitted to, the line is wrong by {:.2f} % on average, by less "
      "than {:.2f} % for nine of ten, and by {:.2f} % at worst",
      errors.at("mape").get<double>(), errors.at("q90").get<double>(),
      errors.at("q100").get<double>());
}

std::optional<std::string> other_sizes(const Json& judged) {
  const auto large = value_of(judged, "validation/extrapolation/to_large/errors_percent/mape");
  const auto small = value_of(judged, "validation/extrapolation/to_small/errors_percent/mape");
  const auto split = value_of(judged, "validation/extrapolation/split_ops");
  if (!split || (!large && !small)) return std::nullopt;
  std::string text = "Fitted to one half of the networks and judged on the other";
  if (large) text += fmt::format(", the error above {} is {:.2f} %", ops_text(*split), *large);
  if (small)
    text +=
        fmt::format("{} below {} it is {:.2f} %", large ? " and" : ",", ops_text(*split), *small);
  return text;
}

std::string name_or_unnamed(const std::string& name) { return name.empty() ? "unnamed" : name; }

}  // namespace

std::string answer_of(const evaluation::Judgement& judged) {
  const evaluation::Series& series = *judged.series.front();
  const std::string of = to_string(judged.rows.of);
  const std::string where =
      fmt::format("{} ({})", name_or_unnamed(series.setup.board), to_string(series.setup.runner));
  const std::string subject = series.seed ? "a search over " + series.space : "a search";
  if (!judged.verdict)
    return fmt::format("Nothing can be judged on {}: {}.", where, judged.why_none);
  switch (judged.verdict->ruling) {
    case Ruling::valid:
      return fmt::format("Yes: {} may count ops in place of measuring {} on {}.", subject, of,
                         where);
    case Ruling::valid_with_margin:
      return fmt::format(
          "Yes, with a margin of {:.1f} %: {} may count ops in place of measuring {} on {}, if it "
          "keeps this distance from its {} budget.",
          100 * margin_of(*judged.verdict), subject, of, where, of);
    case Ruling::not_valid:
      return fmt::format("No: {} must not count ops in place of measuring {} on {}.", subject, of,
                         where);
    case Ruling::undecided:
      break;
  }
  return fmt::format(
      "Undecided: these measurements do not tell whether {} may count ops in place of measuring {} "
      "on {}.",
      subject, of, where);
}

std::string ruling_class(const evaluation::Judgement& judged) {
  if (!judged.verdict) return "none";
  std::string name = name_of(judged.verdict->ruling);
  for (char& letter : name) letter = letter == ' ' ? '-' : letter;
  return name;
}

std::vector<std::string> diagnostics_of(const Json& judged, const Json& model) {
  std::vector<std::string> found;
  for (const std::optional<std::string>& one :
       {linearity(judged, model), held_out(judged), other_sizes(judged), order(judged),
        spread(model), normality(model), influence(model)}) {
    if (one) found.push_back(*one);
  }
  return found;
}

std::vector<std::string> caveats_of(const Json& judged) {
  std::vector<std::string> found;
  std::int64_t pending = 0;
  for (const Json& campaign : judged.at("campaigns"))
    pending += campaign.at("pending").get<std::int64_t>();
  if (pending != 0)
    found.push_back(fmt::format("{} {} pending: the verdict applies to what is measured so far",
                                counted(pending, "network"), pending == 1 ? "is" : "are"));
  const bool simulated = judged.at("runner") == "simulated";
  if (judged.at("whole_enumeration").get<bool>()) {
    found.emplace_back(
        "every network of the space was measured: nothing is sampled, so there are no intervals");
  } else if (simulated) {
    found.emplace_back(
        "a simulated board has no measurement noise: intervals describe the sampling of "
        "architectures");
  }
  if (simulated)
    found.emplace_back("simulated cycles are uncalibrated: they are not hardware measurements");
  return found;
}

}  // namespace opline::report::html
