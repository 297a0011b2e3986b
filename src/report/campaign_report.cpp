#include "src/report/campaign_report.h"

#include <fmt/format.h>

#include "src/base/counted.h"
#include "src/base/printable.h"
#include "src/base/units.h"

namespace opline::report {
namespace {

constexpr std::size_t kLongestReason = 400;

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

Json unmeasured_json(const campaign::Report& report) {
  Json all = Json::object();
  for (const auto& [kind, one] : report.unmeasured) {
    all[std::string(measure::to_string(kind))] = {
        {"count", one.count}, {"network", one.network}, {"reason", one.reason}};
  }
  return all;
}

/// What does not fit is expected and counted by `fit`; anything else deserves a look.
std::string failures_in_words(const campaign::Report& report) {
  std::string text;
  for (const auto& [kind, one] : report.unmeasured) {
    if (kind == measure::OutcomeKind::does_not_fit) continue;
    text += fmt::format("\n{} {}, e.g. network {}: {}", one.count, measure::to_string(kind),
                        one.network, printable(one.reason, kLongestReason));
  }
  return text;
}

std::string steps_in_words(const CampaignRun& run) {
  const campaign::StepSeconds& step = run.report.seconds;
  const double all = run.draw_seconds + step.host + step.simulate + step.store;
  if (run.report.outcomes == 0 || all <= 0) return {};
  return fmt::format(
      "\nthread time: drawing and entering {:.1f} %, host kernels {:.1f} %, simulation {:.1f} %, "
      "storing {:.1f} %",
      100 * run.draw_seconds / all, 100 * step.host / all, 100 * step.simulate / all,
      100 * step.store / all);
}

}  // namespace

std::string in_words(const CampaignRun& run) {
  const campaign::Report& report = run.report;
  std::string text =
      fmt::format("{} outcomes ({} measured) in {}", report.outcomes, report.measured,
                  format_seconds(report.wall_seconds + run.draw_seconds));
  if (report.reused != 0) text += fmt::format(", {} already in the study", report.reused);
  if (report.skipped != 0)
    text += fmt::format("\n{} left to measure: their board was set aside; the same command resumes",
                        counted(report.skipped, "network"));
  if (report.largest_spread)
    text += fmt::format(
        "\nmedians of several runs; the cycles of a network's runs differ by at most {:.2g} %",
        100 * *report.largest_spread);
  const auto draws = static_cast<std::uint64_t>(run.draws);
  if (run.tries > draws) text += "\n" + acceptance_text(draws, run.tries);
  text += failures_in_words(report) + steps_in_words(run);
  if (report.interrupted)
    text += "\ninterrupted: what was measured is stored; the same command resumes";
  if (report.with_latency == 0 && !report.interrupted)
    text += "\nno network was measured, so there is nothing to fit";
  return text + "\n";
}

Json to_json(const CampaignRun& run) {
  const campaign::Report& report = run.report;
  return {{"outcomes", report.outcomes},
          {"measured", report.measured},
          {"reused", report.reused},
          {"skipped", report.skipped},
          {"largest_spread", json_or_null(report.largest_spread)},
          {"unmeasured", unmeasured_json(report)},
          {"interrupted", report.interrupted},
          {"sampling", acceptance_json(static_cast<std::uint64_t>(run.draws), run.tries)},
          {"wall_seconds", report.wall_seconds + run.draw_seconds},
          {"thread_seconds",
           {{"draw", run.draw_seconds},
            {"host_kernels", report.seconds.host},
            {"simulation", report.seconds.simulate},
            {"store", report.seconds.store}}}};
}

std::string in_words(const ForecastView& view) {
  std::string text;
  for (std::size_t i = 0; i < view.boards.size(); ++i) {
    const campaign::ForecastCounts& counts = view.forecast.targets[i];
    text +=
        fmt::format("{} on {}: {} drawn ({} different), {} fit ({:.1f} %), {} to measure\n",
                    printable(view.space), printable(view.boards[i]), view.drawn, counts.networks,
                    counts.fitting, percent(counts.fitting, counts.networks), counts.pending);
  }
  if (const auto& time = view.forecast.time) {
    text += fmt::format("about {} ({} to {}) on {} thread{}, estimated from {} network{}\n",
                        format_seconds(time->seconds), format_seconds(time->low),
                        format_seconds(time->high), view.threads, view.threads == 1 ? "" : "s",
                        time->timed, time->timed == 1 ? "" : "s");
  }
  if (view.constrained) text += acceptance_text(view.drawn, view.tries) + "\n";
  return text;
}

Json to_json(const ForecastView& view) {
  Json targets = Json::array();
  for (std::size_t i = 0; i < view.boards.size(); ++i) {
    const campaign::ForecastCounts& counts = view.forecast.targets[i];
    targets.push_back({{"board", view.boards[i]},
                       {"drawn", view.drawn},
                       {"different", counts.networks},
                       {"fitting", counts.fitting},
                       {"pending", counts.pending}});
  }
  Json time = nullptr;
  if (view.forecast.time) {
    time = {{"seconds", view.forecast.time->seconds},
            {"interval", {view.forecast.time->low, view.forecast.time->high}},
            {"timed", view.forecast.time->timed}};
  }
  return {{"format", "opline-forecast"},
          {"version", 1},
          {"space", view.space},
          {"threads", view.threads},
          {"sampling", acceptance_json(view.drawn, view.tries)},
          {"targets", targets},
          {"time", time}};
}

std::string acceptance_text(std::uint64_t draws, std::uint64_t tries) {
  return fmt::format("{} of {} met the constraint ({:.3g} %); {} {} infeasible", draws,
                     counted(tries, "draw"), percent(draws, tries), tries - draws,
                     tries - draws == 1 ? "was" : "were");
}

Json acceptance_json(std::uint64_t draws, std::uint64_t tries) {
  return {{"draws", draws},
          {"tries", tries},
          {"infeasible", tries - draws},
          {"acceptance", static_cast<double>(draws) / static_cast<double>(tries)}};
}

}  // namespace opline::report
