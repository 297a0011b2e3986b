#include "src/report/judgement_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/units.h"

namespace opline::report {
namespace {

using analysis::Criterion;
using analysis::Ruling;
using evaluation::Judgement;
using evaluation::Response;
using evaluation::Series;

std::string figure(const Criterion& one) {
  if (!one.value) return "unknown";
  if (one.name == "networks") return fmt::format("{:.0f}", *one.value);
  // at most eight columns: 2810 %, not 2.81e+03 %
  const double size = std::abs(*one.value);
  if (one.unit.empty())
    return fmt::format(fmt::runtime(size < 0.1 ? "{:.4f}" : "{:.4g}"), *one.value);
  if (size > 0 && size < 0.001) return "~0 " + one.unit;
  const char* format = size < 999.5 ? "{:.3g} {}" : size < 99999.5 ? "{:.0f} {}" : "{:.0e} {}";
  return fmt::format(fmt::runtime(format), *one.value, one.unit);
}

/// A latency or energy that was given in seconds or joules, e.g. "7.74 ms".
std::string amount(const Judgement& judged, double value) {
  return judged.rows.of == Response::latency ? format_seconds(value)
                                             : fmt::format("{:.3g} mJ", value * 1e3);
}

/// " (networks wide, 5x5_84; ...)": the rows that an advice is about, by name.
std::string names_text(const Judgement& judged, const std::vector<std::size_t>& rows) {
  constexpr std::size_t kNamed = 5;
  if (rows.empty()) return "";
  std::string text = rows.size() == 1 ? " (" : fmt::format(" ({} networks: ", rows.size());
  for (std::size_t i = 0; i < std::min(kNamed, rows.size()); ++i)
    text += (i == 0 ? "" : ", ") + printable(name_of(*judged.rows.rows[rows[i]]), 60);
  return text + (rows.size() > kNamed ? ", ...)" : ")");
}

/// "(budget - 18.4 ms) / 1.02": the largest prediction accepted.
std::string largest_text(const Judgement& judged, const analysis::LatencyMargin& margin) {
  std::string text = "budget";
  if (margin.absolute > 0) text += " - " + amount(judged, margin.absolute);
  const std::string divisor = fmt::format("{:.4g}", 1 + margin.relative);
  if (divisor == "1") return text;
  return (margin.absolute > 0 ? "(" + text + ")" : text) + " / " + divisor;
}

std::string margin_text(const Judgement& judged, const analysis::LatencyMargin& margin) {
  return fmt::format(
      "to keep a budget, accept networks predicted at up to {}, a margin of {:.3g} % at the median "
      "{}: about {:.2g} % of further networks exceed it",
      largest_text(judged, margin), 100 * margin.margin.value, to_string(judged.rows.of),
      100 * margin.exceeded);
}

}  // namespace

double margin_of(const analysis::Verdict& verdict) {
  return verdict.latency_margin ? verdict.latency_margin->margin.value : verdict.margin.value_or(0);
}

std::string ruling_text(const Judgement& judged) {
  if (!judged.verdict) return "NOTHING CAN BE JUDGED";
  switch (judged.verdict->ruling) {
    case Ruling::valid:
      return "VALID";
    case Ruling::valid_with_margin:
      return fmt::format("VALID WITH A MARGIN OF {:.1f} %", 100 * margin_of(*judged.verdict));
    case Ruling::not_valid:
      return "NOT VALID";
    case Ruling::undecided:
      return "UNDECIDED";
  }
  OPLINE_ASSERT(false, "ruling {}", static_cast<int>(judged.verdict->ruling));
  return {};
}

std::string scope_text(const Judgement& judged) {
  const measure::Setup& setup = judged.series.front()->setup;
  std::string text = fmt::format(
      "ops as a stand-in for {} on {} ({}), runtime {}",
      judged.rows.by_construction ? "energy, modelled as power x latency (by construction what the "
                                    "latency says),"
                                  : to_string(judged.rows.of),
      printable(setup.board, 60), to_string(setup.runner),
      printable(setup.runtime.text_or("unknown"), 60));
  std::string priors;
  for (const Series* one : judged.series) {
    if (priors.find(one->prior) == std::string::npos)
      priors += (priors.empty() ? "" : ", ") + printable(one->prior, 60);
  }
  return text + ", prior " + priors;
}

std::vector<CriterionWords> criteria_of(const Judgement& judged) {
  std::vector<CriterionWords> words;
  if (!judged.verdict) return words;
  for (const Criterion& one : judged.verdict->criteria) {
    if (one.standing == analysis::Standing::not_applicable) continue;
    words.push_back(
        {one.name, figure(one),
         one.interval ? fmt::format("{:.4g} to {:.4g}", one.interval->low, one.interval->high)
                      : "-",
         fmt::format("{} {:g}{}", one.direction == analysis::Direction::at_least ? ">=" : "<=",
                     one.threshold, one.unit.empty() ? "" : " " + one.unit),
         name_of(one.standing)});
  }
  return words;
}

std::vector<std::string> advice_of(const Judgement& judged) {
  if (!judged.verdict) return {};
  std::vector<std::string> sentences;
  const std::optional<analysis::LatencyMargin>& margin = judged.verdict->latency_margin;
  for (const analysis::Advice& one : judged.verdict->next) {
    if (one.kind == analysis::AdviceKind::use_margin && margin) {
      sentences.push_back(margin_text(judged, *margin));
    } else {
      sentences.push_back(one.text + names_text(judged, one.rows));
    }
  }
  return sentences;
}

}  // namespace opline::report
