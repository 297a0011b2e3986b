#include "src/evaluation/observations.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "src/base/error.h"
#include "src/network/layer_work.h"

namespace opline::evaluation {
namespace {

using analysis::LayerObservation;
using store::LayerRecord;

/// `scale`: of the calibration, if there is one; an offset is of no layer.
LayerObservation observation(std::size_t row, const store::MeasuredLayer& one,
                             const measure::Setup& setup, double scale) {
  const network::LayerWork work = network::work_of(one.record.layer);
  LayerObservation result;
  result.network = row;
  result.type = network::to_string(work.type);
  result.variant = setup.runtime.is_own() ? network::form_name_of(one.record.layer) : result.type;
  result.signature = network::signature_of(one.record.layer);
  result.macs = static_cast<double>(one.record.macs);
  result.output_elements = static_cast<double>(work.output_elements);
  result.bytes = static_cast<double>(work.bytes);
  if (one.cycles && setup.clock_hz) {
    result.seconds =
        scale * static_cast<double>(*one.cycles) / static_cast<double>(*setup.clock_hz);
  }
  return result;
}

using LayerShare = std::function<bool(const LayerRecord&, std::size_t position)>;

/// Of the network's ops, those in layers of a kind.
double share_of_ops(const store::NetworkLayers& network, const LayerShare& counts) {
  double all = 0;
  double some = 0;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const LayerRecord& layer = network.layers[i].record;
    all += static_cast<double>(layer.macs);
    if (counts(layer, i)) some += static_cast<double>(layer.macs);
  }
  return all > 0 ? some / all : 0;
}

bool is_depthwise(const LayerRecord& record, std::size_t) {
  return record.layer.type == network::LayerType::depthwise_conv2d;
}

bool is_ragged(const LayerRecord& record, std::size_t) {
  return record.layer.input.c % 4 != 0 || record.layer.output.c % 4 != 0;
}

bool is_pointwise(const LayerRecord& record, std::size_t) {
  const network::Window& window = record.layer.window;
  return record.layer.type == network::LayerType::conv2d && window.kernel_h == 1 &&
         window.kernel_w == 1;
}

/// A measured network: what is known of all of it, and its layers.
struct Measured {
  const Row* row = nullptr;
  const store::NetworkLayers* layers = nullptr;
};
using Networks = std::vector<Measured>;

/// The networks of the series that have a latency, in its order; of a long series the first.
Networks networks_of(const Series& series) {
  static const store::NetworkLayers kUnknown;
  Networks networks;
  for (std::size_t i = 0; i < std::min(series.rows.size(), kMostNetworksWithLayers); ++i) {
    if (series.rows[i].seconds)
      networks.push_back(
          {&series.rows[i], i < series.layers.size() ? &series.layers[i] : &kUnknown});
  }
  return networks;
}

std::vector<LayerObservation> layers_of(const Networks& networks, const Series& series) {
  const double scale = series.calibration ? series.calibration->scale : 1;
  std::vector<LayerObservation> result;
  for (std::size_t row = 0; row < networks.size(); ++row) {
    for (const store::MeasuredLayer& one : networks[row].layers->layers)
      result.push_back(observation(row, one, series.setup, scale));
  }
  return result;
}

void add_feature(Observations& to, const char* name, const char* unit, const Networks& networks,
                 const std::function<double(const Measured&)>& value) {
  analysis::NetworkFeature feature{name, unit, {}};
  for (const Measured& network : networks) feature.values.push_back(value(network));
  to.features.push_back(std::move(feature));
}

void add_share(Observations& to, const char* name, const Networks& networks,
               const LayerShare& counts) {
  add_feature(to, name, "1", networks,
              [&](const Measured& network) { return share_of_ops(*network.layers, counts); });
}

/// Sum of a figure over the layers of each network, divided by its ops.
void add_per_op(Observations& to, const char* name, const char* unit, std::size_t networks,
                double LayerObservation::*figure) {
  std::vector<double> sums(networks, 0);
  std::vector<double> ops(networks, 0);
  for (const LayerObservation& layer : to.layers) {
    sums[layer.network] += layer.*figure;
    ops[layer.network] += 2 * layer.macs;
  }
  for (std::size_t i = 0; i < networks; ++i) sums[i] = ops[i] > 0 ? sums[i] / ops[i] : 0;
  to.features.push_back({name, unit, std::move(sums)});
}

void add_features(Observations& to, const Networks& networks) {
  add_share(to, "share of ops in depthwise layers", networks, is_depthwise);
  add_share(to, "share of ops in channels not divisible by 4", networks, is_ragged);
  add_share(to, "share of ops in 1x1 convolutions", networks, is_pointwise);
  add_share(to, "share of ops in the first layer", networks,
            [](const LayerRecord&, std::size_t position) { return position == 0; });
  if (std::all_of(networks.begin(), networks.end(),
                  [](const Measured& network) { return network.row->activation_bytes; })) {
    add_feature(to, "peak SRAM", "B", networks, [](const Measured& network) {
      return static_cast<double>(*network.row->activation_bytes);
    });
  }
  add_feature(to, "layers with macs", "1", networks, [](const Measured& network) {
    double depth = 0;
    for (const store::MeasuredLayer& one : network.layers->layers)
      depth += one.record.macs > 0 ? 1 : 0;
    return depth;
  });
  add_per_op(to, "bytes touched per op", "B", networks.size(), &LayerObservation::bytes);
  add_per_op(to, "outputs per op", "1", networks.size(), &LayerObservation::output_elements);
}

std::optional<double> share_of_seconds(const Observations& observations, const Series& series) {
  double inside = 0;
  double all = 0;
  for (const LayerObservation& layer : observations.layers) {
    if (!layer.seconds) return std::nullopt;
    inside += *layer.seconds;
  }
  for (std::size_t i = 0; i < std::min(series.rows.size(), kMostNetworksWithLayers); ++i)
    all += series.rows[i].seconds.value_or(0);
  return inside / all;
}

}  // namespace

Observations observe(const Series& series) {
  Observations result;
  const Networks networks = networks_of(series);
  result.networks = networks.size();
  std::size_t unknown = 0;
  for (const Measured& network : networks) unknown += network.layers->layers.empty() ? 1 : 0;
  if (unknown != 0 || networks.empty()) {
    result.why_none = networks.empty()
                          ? "nothing was measured"
                          : fmt::format("the layers of {} of {} networks are not known", unknown,
                                        networks.size());
    return result;
  }
  result.layers = layers_of(networks, series);
  result.kernels_known = series.setup.runtime.is_own();
  result.layers_share = share_of_seconds(result, series);
  result.by_construction = series.simulated() && result.layers_share.has_value();
  add_features(result, networks);
  return result;
}

}  // namespace opline::evaluation
