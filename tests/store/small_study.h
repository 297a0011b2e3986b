// tests/store/small_study.h - a campaign with planted outcomes, and every question a study answers.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "src/base/digest.h"
#include "src/store/study.h"

namespace opline::store {

inline constexpr const char* kStart = "2026-01-31T12:00:00Z";

/// Network `number`: a convolution and a softmax.
inline NetworkRecord small_network(int number) {
  NetworkRecord network;
  network.canonical_text = "input 8 8 1\nconv2d " + std::to_string(number) + "\n";
  network.id = digest(network.canonical_text);
  LayerRecord conv;
  conv.layer.input = {8, 8, 1};
  conv.layer.output = {4, 4, 2};
  conv.layer.window = {3, 3, 2, 2, network::Padding::same};
  conv.macs = 1000 + static_cast<std::uint64_t>(number);
  LayerRecord softmax;
  softmax.layer.type = network::LayerType::softmax;
  softmax.layer.input = softmax.layer.output = {1, 1, 12};
  network.layers = {conv, softmax};
  network.macs = conv.macs;
  network.ops = 2 * conv.macs;
  network.arena_bytes = 8192;
  return network;
}

/// Enters and measures a campaign of four draws of three networks, from where it was left.
inline void fill_small_study(Study study) {
  CampaignKey campaign = 0;
  study.transact([&] {
    const std::string space = study.add_space("kws", "name = 'kws'\n", {}, "3");
    campaign = study.add_campaign({space, "uniform-decisions", 1, 4, "opline run", 5}, kStart);
    std::vector<Draw> draws;
    for (const int number : {0, 1, 2, 0}) {
      study.add_network(small_network(number));
      draws.push_back({"a" + std::to_string(number), small_network(number).id});
    }
    study.add_draws(campaign, 0, draws);
  });
  measure::Setup setup;
  setup.board = "nucleo-f446re";
  setup.clock_hz = 180'000'000;
  const std::string id = study.add_setup(setup);
  study.ask(campaign, id);
  study.set_modelled_power(id, {0.1, "datasheet"});
  for (const Pending& pending : study.pending(campaign, id)) {
    measure::Measurement measurement;
    measurement.cycles = 1'000'000 + static_cast<std::uint64_t>(pending.position);
    measurement.layer_cycles = {900'000, 10'000};
    measurement.layer_digests = {1, 2};
    const bool fits = pending.position != 1;
    study.record_outcome(
        pending.network, id,
        fits ? measure::Outcome::measured(measurement)
             : measure::Outcome::failed(measure::OutcomeKind::does_not_fit, "too large"),
        kStart);
  }
  study.save_fit({"{}", id, "opline-fit", 1, "{}"}, kStart);
}

/// Calls every function that reads.
inline void ask_everything(Study& study) {
  (void)study.created_by();
  (void)study.spaces();
  (void)study.series({});
  (void)study.measurements({});
  (void)study.layer_measurements({});
  (void)study.fits();
  const std::vector<SetupRow> setups = study.setups();
  for (const SetupRow& setup : setups) (void)study.modelled_power(setup.id);
  for (const CampaignRow& campaign : study.campaigns()) {
    for (const Draw& draw : study.draws(campaign.key)) {
      (void)study.network(draw.network);
      for (const SetupRow& setup : setups) (void)study.outcome(draw.network, setup.id);
    }
    for (const SetupRow& setup : setups) {
      (void)study.pending(campaign.key, setup.id);
      (void)study.failures(campaign.key, setup.id);
      (void)study.summary(campaign.key, setup.id);
    }
  }
}

}  // namespace opline::store
