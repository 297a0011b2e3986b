#include "src/report/study_outputs.h"

#include <fmt/format.h>

#include <filesystem>

#include "src/base/error.h"
#include "src/figures/latency_figure.h"

namespace opline::report {
namespace {

using evaluation::Series;
using evaluation::SeriesFit;
using measure::Runner;

figures::Origin origin_of(Runner runner) {
  switch (runner) {
    case Runner::simulated:
      return figures::Origin::simulated;
    case Runner::attached:
      return figures::Origin::measured;
    case Runner::imported:
      return figures::Origin::imported;
  }
  OPLINE_ASSERT(false, "runner {}", static_cast<int>(runner));
  return {};
}

figures::LatencySeries latency_series(const SeriesFit& fit) {
  const Series& series = *fit.series;
  figures::LatencySeries drawn;
  drawn.ops = fit.rows.ops;
  drawn.seconds = fit.rows.y;
  drawn.fit = fit.line;
  drawn.space = series.space;
  drawn.board = series.setup.board;
  if (const std::string runtime = series.setup.runtime.text(); !runtime.empty())
    drawn.runtime = runtime;
  drawn.origin = origin_of(series.setup.runner);
  drawn.whole_enumeration = series.covers_whole_space;
  if (series.seed) {
    drawn.prior = series.prior;
    drawn.drawn = static_cast<std::uint64_t>(series.counts.drawn.draws);
    drawn.different = static_cast<std::uint64_t>(series.counts.drawn.networks);
    drawn.fitting = static_cast<std::uint64_t>(series.counts.fitting.networks);
    drawn.pending = static_cast<std::uint64_t>(series.counts.pending.networks);
  }
  return drawn;
}

}  // namespace

std::vector<std::string> draw_latency(const std::vector<SeriesFit>& fits, const std::string& folder,
                                      const std::string& stem, const std::string& command) {
  figures::LatencyFigure figure;
  bool simulated = false;
  for (const SeriesFit& fit : fits) {
    if (fit.rows.ops.empty()) continue;
    figure.series.push_back(latency_series(fit));
    simulated = simulated || fit.series->simulated();
  }
  if (simulated) figure.remarks.emplace_back("uncalibrated");
  figure.provenance = command;
  std::vector<std::string> paths;
  if (figure.series.empty()) return paths;
  for (const char* extension : {".svg", ".png"}) {
    paths.push_back((std::filesystem::path(folder) / (stem + extension)).string());
    figures::write_latency_figure(paths.back(), figure);
  }
  return paths;
}

}  // namespace opline::report
