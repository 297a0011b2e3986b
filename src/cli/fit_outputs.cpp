#include "src/cli/fit_outputs.h"

#include <fmt/format.h>

#include <filesystem>

#include "src/base/error.h"
#include "src/base/version.h"
#include "src/figures/latency_figure.h"

namespace opline::cli {

using measure::Runner;

costmodel::CostModel cost_model(const FittedSeries& fitted, const store::Study& study,
                                const std::string& command, const std::string& now) {
  if (!fitted.fit)
    throw Error(ErrorCode::input, "{}: no cost model without a fit: {}", fitted.title(),
                fitted.why_no_fit);
  costmodel::CostModel model = costmodel::cost_model_of(*fitted.fit, fitted.whole_enumeration);
  const store::Summary& summary = fitted.summary;
  const bool sampled = fitted.campaign.campaign.seed.has_value();
  if (sampled) {
    model.counts.drawn = static_cast<std::uint64_t>(summary.drawn.networks);
    model.counts.fitting = static_cast<std::uint64_t>(summary.fitting.networks);
    model.counts.pending = static_cast<std::uint64_t>(summary.pending.networks);
    model.space = fitted.campaign.space_name;
    model.prior = fitted.campaign.campaign.prior;
    model.seed = fitted.campaign.campaign.seed;
  }
  model.counts.measured = static_cast<std::uint64_t>(summary.measured.networks);
  model.setup = fitted.series.setup.setup.to_json();
  model.provenance = {std::string(version()), study.path().filename().string(), now, command};
  return model;
}

namespace {

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

figures::LatencySeries figure_series(const FittedSeries& fitted) {
  const measure::Setup& setup = fitted.series.setup.setup;
  figures::LatencySeries series;
  series.ops = fitted.ops;
  series.seconds = fitted.seconds;
  series.fit = fitted.fit;
  series.space = fitted.campaign.space_name;
  series.board = setup.board;
  if (!setup.runtime.empty()) series.runtime = setup.runtime;
  series.origin = origin_of(setup.runner);
  series.whole_enumeration = fitted.whole_enumeration;
  if (fitted.campaign.campaign.seed) {
    series.prior = fitted.campaign.campaign.prior;
    series.drawn = static_cast<std::uint64_t>(fitted.summary.drawn.networks);
    series.fitting = static_cast<std::uint64_t>(fitted.summary.fitting.networks);
  }
  return series;
}

}  // namespace

std::vector<std::string> draw_figure(const std::vector<FittedSeries>& series,
                                     const std::string& folder, const std::string& stem,
                                     const std::string& command) {
  figures::LatencyFigure figure;
  bool simulated = false;
  for (const FittedSeries& fitted : series) {
    if (fitted.ops.empty()) continue;
    figure.series.push_back(figure_series(fitted));
    simulated = simulated || fitted.simulated();
    if (fitted.summary.pending.networks != 0) {
      figure.remarks.push_back(fmt::format("{} networks pending", fitted.summary.pending.networks));
    }
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

}  // namespace opline::cli
