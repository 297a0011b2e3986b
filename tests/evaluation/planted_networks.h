// tests/evaluation/planted_networks.h - a series of sampled networks whose layers have known
// prices, without a board: for tests of models of layers.
#pragma once
#include <cmath>
#include <cstdint>
#include <string>

#include "sampler/draw/sample.h"
#include "sampler/space/architecture.h"
#include "sampler/space/decode.h"
#include "src/evaluation/series.h"
#include "src/network/layer_work.h"
#include "src/network/op_count.h"

namespace opline::evaluation {

/// `count` draws of the space (seed 1) on a simulated board of 100 MHz with opline's runtime: a
/// layer takes 2000 cycles, 1.5 per mac and 4 per output, depthwise ones `depthwise` times as much,
/// and a network the sum of its layers. Power is 0.1 W.
inline Series planted_networks(const std::string& space_name, std::size_t count,
                               double depthwise = 3) {
  const sampler::Space space = sampler::load_space(space_name);
  const sampler::Sampler sampler(space);
  Series series;
  series.space = space.name;
  series.space_id = space.id;
  series.prior = "uniform-decisions";
  series.seed = 1;
  series.setup.runner = measure::Runner::simulated;
  series.setup.board = "planted";
  series.setup.clock_hz = 100'000'000;
  series.setup.runtime = measure::parse_runtime("opline 0.1.0");
  series.setup_id = series.setup.id();
  series.power = store::ModelledPower{0.1, "planted"};
  for (std::size_t i = 0; i < count; ++i) {
    const sampler::Architecture architecture = sampler.draw(1, i).architecture;
    const network::Network network = sampler::decode(space, architecture);
    Row row;
    row.network = network.id();
    row.name = to_text(space, architecture);
    row.ops = network::total_ops(network).ops();
    store::NetworkLayers layers;
    std::uint64_t total = 0;
    for (const network::Layer& layer : network.layers()) {
      const network::LayerWork work = network::work_of(layer);
      const double price = layer.type == network::LayerType::depthwise_conv2d ? depthwise : 1;
      const auto cycles = static_cast<std::uint64_t>(
          std::llround(2000 + price * (1.5 * static_cast<double>(work.macs) +
                                       4 * static_cast<double>(work.output_elements))));
      store::LayerRecord record{layer, work.macs, network::count_layer(layer).parameters, {}};
      layers.layers.push_back({record, cycles});
      total += cycles;
    }
    row.seconds = static_cast<double>(total) / 1e8;
    series.rows.push_back(std::move(row));
    series.layers.push_back(std::move(layers));
  }
  const auto networks = static_cast<std::int64_t>(count);
  series.counts.drawn = {networks, networks};
  series.counts.fitting = {networks, networks};
  series.counts.measured = {networks, networks};
  return series;
}

}  // namespace opline::evaluation
