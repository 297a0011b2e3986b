#include "src/report/published_figures.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>

#include "src/base/printable.h"
#include "src/base/units.h"

namespace opline::report {
namespace {

/// ", 2.09 x the simulated 119 ms", where the network was measured on the board.
std::string against_simulated(const sampler::PublishedRun& published,
                              const std::vector<BoardRun>& runs) {
  const auto same = std::find_if(runs.begin(), runs.end(), [&](const BoardRun& run) {
    return run.measured() && run.setup.board == published.board;
  });
  if (same == runs.end()) return "";
  const double simulated = same->seconds(*same->outcome.measurement->cycles);
  return fmt::format(", {:.2f} x the simulated {}", published.seconds / simulated,
                     format_seconds(simulated));
}

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }
Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace

void print(const sampler::PublishedFigures& published, const std::vector<BoardRun>& runs,
           std::ostream& out) {
  for (const sampler::PublishedRun& run : published.runs) {
    fmt::print(out, "published on {}: {}{}", printable(run.board), format_seconds(run.seconds),
               against_simulated(run, runs));
    if (run.joules) fmt::print(out, "; {:.4g} mJ", 1e3 * *run.joules);
    if (!run.runtime.empty()) fmt::print(out, "; {}", printable(run.runtime));
    fmt::print(out, "; {}\n", printable(run.source));
  }
}

Json to_json(const sampler::PublishedFigures& published) {
  Json runs = Json::array();
  for (const sampler::PublishedRun& run : published.runs)
    runs.push_back({{"board", run.board},
                    {"seconds", run.seconds},
                    {"joules", or_null(run.joules)},
                    {"runtime", or_null(run.runtime)},
                    {"source", run.source}});
  return {{"source", published.source},
          {"url", or_null(published.url)},
          {"note", or_null(published.note)},
          {"ops", or_null(published.ops)},
          {"parameters", or_null(published.parameters)},
          {"flash_bytes", or_null(published.flash_bytes)},
          {"sram_bytes", or_null(published.sram_bytes)},
          {"runs", std::move(runs)}};
}

}  // namespace opline::report
