// benchmarks/made_up_outcomes.h - outcomes that nobody measured, for large studies on which opline
// is timed and tested.
//
// Cycles of a layer: 800 + 2 per multiply-accumulate (5 in depthwise layers) + 4 per output
// element; a network's are their sum. All are multiplied by 1 + 2 % of standard normal noise, one
// figure a network.
#pragma once
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "src/base/random.h"
#include "src/base/utc_now.h"
#include "src/network/layer_work.h"
#include "src/store/study.h"

namespace opline {

inline constexpr std::size_t kOutcomesPerTransaction = 10'000;

inline double standard_normal(RandomStream& random) {
  const auto uniform = [&] { return (random.below(1U << 30) + 0.5) / (1U << 30); };
  return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform());
}

inline double cycles_of(const store::LayerRecord& record) {
  const bool depthwise = record.layer.type == network::LayerType::depthwise_conv2d;
  return 800 + (depthwise ? 5 : 2) * static_cast<double>(record.macs) +
         4 * static_cast<double>(network::work_of(record.layer).output_elements);
}

inline measure::Measurement measurement_of(const store::NetworkRecord& network,
                                           RandomStream& random) {
  const double noise = std::max(0.5, 1 + 0.02 * standard_normal(random));
  measure::Measurement measurement;
  measurement.cycles = 0;
  for (const store::LayerRecord& layer : network.layers) {
    measurement.layer_cycles.push_back(static_cast<std::uint64_t>(noise * cycles_of(layer)));
    *measurement.cycles += measurement.layer_cycles.back();
  }
  return measurement;
}

/// A setup of the runner `imported`.
inline std::string made_up_setup(store::Study& study) {
  measure::Setup setup;
  setup.board = "made-up";
  setup.clock_hz = 180'000'000;
  setup.runner = measure::Runner::imported;
  return study.add_setup(setup);
}

/// Gives every network that is pending under the setup an outcome; returns how many.
inline std::size_t fill(store::Study& study, const store::CampaignRow& campaign,
                        const std::string& setup) {
  study.ask(campaign.key, setup);
  RandomStream random(1, 0);
  const std::vector<store::Pending> pending = study.pending(campaign.key, setup);
  for (std::size_t first = 0; first < pending.size(); first += kOutcomesPerTransaction) {
    study.transact([&] {
      for (std::size_t i = first; i < std::min(first + kOutcomesPerTransaction, pending.size());
           ++i) {
        const auto network = study.network(pending[i].network);
        study.record_outcome(pending[i].network, setup,
                             measure::Outcome::measured(measurement_of(network.value(), random)),
                             utc_now());
      }
    });
  }
  return pending.size();
}

}  // namespace opline
