#include "src/report/html/plain_words.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "src/base/counted.h"
#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/report/judgement_words.h"
#include "src/report/parts.h"

namespace opline::report::html {
namespace {

using analysis::Ruling;
using evaluation::Judgement;
using evaluation::ModelFit;

constexpr double kSignificant = 0.05;
constexpr double kDecidesTheLine = 1;  // Cook's distance; Cook and Weisberg 1982, section 3.5

std::string ops_text(double ops) {
  return format_ops(static_cast<std::uint64_t>(std::llround(ops)));
}

/// "p = 0.013"
std::string p_of(double p) { return p < 2e-16 ? "p < 2e-16" : fmt::format("p = {:.2g}", p); }

/// "Breusch-Pagan 12.3, p = 0.0004"
std::string test_of(const char* name, const analysis::Test& test) {
  return fmt::format("{} {:.4g}, {}", name, test.statistic, p_of(test.p));
}

const char* straightness(const Judgement& judged) {
  if (judged.verdict) {
    for (const analysis::Criterion& one : judged.verdict->criteria) {
      if (one.name != "curvature") continue;
      if (one.standing == analysis::Standing::met) return "The relation is straight enough";
      if (one.standing == analysis::Standing::missed) return "Latency is curved in ops";
    }
  }
  return "Whether the relation is straight is not decided";
}

std::optional<std::string> linearity(const Judgement& judged, const ModelFit& model) {
  if (!judged.validation || !judged.validation->curvature) return std::nullopt;
  const analysis::Curvature& bend = *judged.validation->curvature;
  std::string text = fmt::format(
      "{}: the best parabola differs from the line by {:.2g} % of latency on average, and by "
      "{:.2g} % where it differs most, at {}",
      straightness(judged), 100 * std::abs(bend.mean.value), 100 * std::abs(bend.largest.value),
      ops_text(bend.largest_at));
  if (!model.diagnostics || !model.diagnostics->reset_hc3) return text;
  return text + " (" + test_of("RESET", *model.diagnostics->reset_hc3) + ")";
}

std::optional<std::string> spread(const ModelFit& model) {
  if (!model.diagnostics || !model.diagnostics->breusch_pagan) return std::nullopt;
  const analysis::Test& test = *model.diagnostics->breusch_pagan;
  const bool varies = test.p < kSignificant;
  return fmt::format(
      "{} ({}){}",
      varies ? "The spread of the residuals changes with op count"
             : "There is no sign that the spread of the residuals changes with op count",
      test_of("Breusch-Pagan", test),
      varies ? ": standard errors are HC3's, which allow for it; the prediction interval in the "
               "figure does not"
             : "");
}

std::optional<std::string> normality(const ModelFit& model) {
  if (!model.diagnostics) return std::nullopt;
  const auto& shapiro = model.diagnostics->shapiro_francia;
  const std::optional<analysis::Test>& test = shapiro ? shapiro : model.diagnostics->jarque_bera;
  if (!test) return std::nullopt;
  const std::string found = test_of(shapiro ? "Shapiro-Francia" : "Jarque-Bera", *test);
  return test->p < kSignificant
             ? fmt::format(
                   "The residuals are not normally distributed ({}): read the prediction interval "
                   "in the figure as approximate",
                   found)
             : fmt::format("The residuals are compatible with a normal distribution ({})", found);
}

std::optional<std::string> influence(const ModelFit& model) {
  if (!model.diagnostics) return std::nullopt;
  const std::vector<std::size_t> rows = analysis::most_influential(*model.diagnostics, 1);
  if (rows.empty()) return std::nullopt;
  const std::optional<double> cook = model.diagnostics->influence[rows[0]].cook;
  if (!cook) return std::nullopt;
  const std::string name = printable(name_of(*model.rows.rows[rows[0]]), 120);
  return *cook > kDecidesTheLine
             ? fmt::format("One network moves the line noticeably: {}, Cook's distance {:.2g}",
                           name, *cook)
             : fmt::format(
                   "No single network decides the line: the largest Cook's distance is "
                   "{:.2g} (above {:g} would be large), of {}",
                   *cook, kDecidesTheLine, name);
}

std::optional<std::string> order(const Judgement& judged) {
  if (!judged.validation || !judged.validation->misorder) return std::nullopt;
  const std::optional<double> rate = judged.validation->misorder->all.rate();
  if (!rate) return std::nullopt;
  return fmt::format("Of two networks the one with more ops is the faster one in {:.2g} % of pairs",
                     100 * *rate);
}

std::optional<std::string> held_out(const Judgement& judged) {
  if (!judged.validation || !judged.validation->cross_validation) return std::nullopt;
  const analysis::RelativeErrors& errors = judged.validation->cross_validation->errors;
  return fmt::format(
      "For networks that it was not fitted to, the line is wrong by {:.2f} % on average, by less "
      "than {:.2f} % for nine of ten, and by {:.2f} % at worst",
      errors.mape_percent, errors.q90_percent, errors.worst_percent);
}

std::optional<std::string> other_sizes(const Judgement& judged) {
  if (!judged.validation) return std::nullopt;
  const analysis::Extrapolations& halves = judged.validation->extrapolations;
  if (!halves.to_large && !halves.to_small) return std::nullopt;
  std::string text = "Fitted to one half of the networks and judged on the other";
  if (halves.to_large)
    text += fmt::format(", the error above {} is {:.2f} %", ops_text(halves.x_split),
                        halves.to_large->errors.mape_percent);
  if (halves.to_small)
    text += fmt::format("{} below {} it is {:.2f} %", halves.to_large ? " and" : ",",
                        ops_text(halves.x_split), halves.to_small->errors.mape_percent);
  return text;
}

std::string name_or_unnamed(const std::string& name) { return name.empty() ? "unnamed" : name; }

}  // namespace

std::string answer_of(const Judgement& judged) {
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

std::string ruling_class(const Judgement& judged) {
  if (!judged.verdict) return "none";
  std::string name = name_of(judged.verdict->ruling);
  for (char& letter : name) letter = letter == ' ' ? '-' : letter;
  return name;
}

std::vector<std::string> diagnostics_of(const Judgement& judged, const ModelFit& model) {
  std::vector<std::string> found;
  for (const std::optional<std::string>& one :
       {linearity(judged, model), held_out(judged), other_sizes(judged), order(judged),
        spread(model), normality(model), influence(model)}) {
    if (one) found.push_back(*one);
  }
  return found;
}

std::vector<std::string> caveats_of(const Judgement& judged) {
  std::vector<std::string> found;
  std::int64_t pending = 0;
  for (const evaluation::Series* one : judged.series) pending += one->counts.pending.networks;
  if (pending != 0)
    found.push_back(fmt::format("{} {} pending: the verdict applies to what is measured so far",
                                counted(pending, "network"), pending == 1 ? "is" : "are"));
  const bool simulated = judged.series.front()->simulated();
  if (judged.whole_enumeration) {
    found.emplace_back(
        "every network of the space was measured: nothing is sampled, so there are no intervals");
  } else if (simulated) {
    found.emplace_back(
        "a simulated board has no measurement noise: intervals describe the sampling of "
        "architectures");
  }
  if (simulated && judged.series.front()->calibration) {
    found.push_back(calibration_sentence(*judged.series.front()));
  } else if (simulated) {
    found.emplace_back("simulated cycles are uncalibrated: they are not hardware measurements");
  }
  return found;
}

}  // namespace opline::report::html
