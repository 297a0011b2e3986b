#include "notebooks_export/drawn_networks.h"

#include <unordered_map>
#include <vector>

#include "src/base/error.h"

namespace opline::notebooks_export {
namespace {

/// A network of a campaign, whose figures and outcome are not read yet.
struct Drawn {
  std::string id;
  std::string architecture;
  std::uint64_t position = 0;  ///< Of its first draw.
  std::uint64_t draws = 0;
};

/// In order of first draw.
std::vector<Drawn> drawn_networks(store::Study& study, store::CampaignKey campaign) {
  std::vector<Drawn> networks;
  std::unordered_map<std::string, std::size_t> known;
  std::uint64_t position = 0;
  for (store::Draw& draw : study.draws(campaign)) {
    const auto [found, is_new] = known.emplace(draw.network, networks.size());
    if (is_new)
      networks.push_back({std::move(draw.network), std::move(draw.architecture), position, 0});
    ++networks[found->second].draws;
    ++position;
  }
  return networks;
}

}  // namespace

const measure::Measurement* DrawnNetwork::measurement() const {
  if (!outcome || outcome->kind != measure::OutcomeKind::measured) return nullptr;
  OPLINE_ASSERT(outcome->measurement, "measured without a measurement");
  return &*outcome->measurement;
}

void each_network(store::Study& study, const evaluation::Series& series,
                  const std::function<void(const DrawnNetwork&)>& take) {
  for (Drawn& one : drawn_networks(study, series.campaign)) {
    DrawnNetwork drawn;
    drawn.position = one.position;
    drawn.draws = one.draws;
    drawn.architecture = std::move(one.architecture);
    std::optional<store::NetworkRecord> record = study.network(one.id);
    OPLINE_ASSERT(record, "a draw of a network that the study does not have");
    drawn.network = *std::move(record);
    if (auto row = study.outcome(one.id, series.setup_id)) drawn.outcome = std::move(row->outcome);
    take(drawn);
  }
}

std::optional<double> latency_seconds(std::optional<std::uint64_t> cycles,
                                      std::optional<double> seconds, const measure::Setup& setup) {
  if (seconds || !cycles || !setup.clock_hz) return seconds;
  return static_cast<double>(*cycles) / static_cast<double>(*setup.clock_hz);
}

std::string calibration_of(const measure::Setup& setup) {
  return setup.runner == measure::Runner::simulated ? "uncalibrated" : "";
}

void write_campaign(TableWriter& table, const evaluation::Series& series) {
  table.text(series.space).text(series.space_id).text(series.prior).integer(series.seed);
}

void write_setup(TableWriter& table, const evaluation::Series& series) {
  const measure::Setup& setup = series.setup;
  table.text(setup.board)
      .text(to_string(setup.runner))
      .text(calibration_of(setup))
      .text(setup.runtime.text())
      .integer(setup.clock_hz)
      .text(setup.timing_model)
      .text(series.setup_id);
}

}  // namespace opline::notebooks_export
