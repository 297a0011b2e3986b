#include "src/cli/observations.h"

#include <fmt/format.h>

#include <functional>
#include <unordered_map>

#include "src/base/error.h"
#include "src/network/layer_descriptor.h"

namespace opline::cli {
namespace {

using analysis::LayerObservation;
using store::LayerRecord;

/// As far as kernel and bytes depend on it.
network::Layer layer_of(const LayerRecord& record) {
  network::Layer layer{network::layer_type_from_string(record.type), {}, {}, {}, {}, {}};
  if (record.window) {
    const store::WindowRecord& window = *record.window;
    layer.window = {window.kernel_h, window.kernel_w, window.stride_h, window.stride_w,
                    window.padding == "same" ? network::Padding::same : network::Padding::valid};
  }
  layer.input = {record.in_h, record.in_w, record.in_c};
  layer.output = {record.out_h, record.out_w, record.out_c};
  return layer;
}

std::string signature_of(const LayerRecord& record) {
  std::string text = fmt::format("{} {}x{}x{} -> {}x{}x{}", record.type, record.in_h, record.in_w,
                                 record.in_c, record.out_h, record.out_w, record.out_c);
  if (record.window) {
    const store::WindowRecord& window = *record.window;
    text += fmt::format(" {}x{} s{}x{} {}", window.kernel_h, window.kernel_w, window.stride_h,
                        window.stride_w, window.padding);
  }
  return record.activation == "none" ? text : text + " " + record.activation;
}

/// Whether the setup's runtime chooses kernels as firmware/include/opline_plan.h does.
bool is_own_runtime(const measure::Setup& setup) { return setup.runtime.starts_with("opline "); }

LayerObservation observation(std::size_t row, const store::MeasuredLayer& one,
                             const measure::Setup& setup) {
  const LayerRecord& record = one.layer;
  const network::Layer layer = layer_of(record);
  LayerObservation result;
  result.network = row;
  result.type = record.type;
  result.variant = is_own_runtime(setup) ? std::string(network::kernel_of(layer)) : record.type;
  result.signature = signature_of(record);
  result.macs = static_cast<double>(record.macs);
  result.output_elements = static_cast<double>(layer.output.elements());
  result.bytes = static_cast<double>(network::touched_bytes(layer));
  if (one.cycles && setup.clock_hz) {
    result.seconds = static_cast<double>(*one.cycles) / static_cast<double>(*setup.clock_hz);
  }
  return result;
}

using LayerShare = std::function<bool(const LayerRecord&, std::size_t position)>;

/// Of the network's ops, those in layers of a kind.
double share_of_ops(const store::NetworkLayers& network, const LayerShare& counts) {
  double all = 0;
  double some = 0;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const LayerRecord& layer = network.layers[i].layer;
    all += static_cast<double>(layer.macs);
    if (counts(layer, i)) some += static_cast<double>(layer.macs);
  }
  return all > 0 ? some / all : 0;
}

bool is_depthwise(const LayerRecord& layer, std::size_t) {
  return layer.type == "depthwise_conv2d";
}

bool is_ragged(const LayerRecord& layer, std::size_t) {
  return layer.in_c % 4 != 0 || layer.out_c % 4 != 0;
}

bool is_pointwise(const LayerRecord& layer, std::size_t) {
  return layer.type == "conv2d" && layer.window && layer.window->kernel_h == 1 &&
         layer.window->kernel_w == 1;
}

/// The networks of the series that have a latency, in its order.
class Rows {
 public:
  Rows(store::Study& study, const FittedSeries& fitted) : setup_(fitted.series.setup.setup) {
    store::Selection selection;
    selection.campaigns = {fitted.campaign.key};
    selection.setups = {fitted.series.setup.id};
    std::unordered_map<std::string, store::NetworkLayers> found;
    for (store::LayerSeries& series : study.layer_measurements(selection)) {
      for (store::NetworkLayers& network : series.networks) {
        std::string id = network.network;
        found.emplace(std::move(id), std::move(network));
      }
    }
    for (const store::MeasurementRow& row : fitted.series.rows) {
      if (!latency_of(row, setup_)) continue;
      const auto layers = found.find(row.network);
      networks_.push_back(layers == found.end() ? store::NetworkLayers{}
                                                : std::move(layers->second));
    }
  }

  [[nodiscard]] const std::vector<store::NetworkLayers>& networks() const { return networks_; }

  [[nodiscard]] std::vector<LayerObservation> layers() const {
    std::vector<LayerObservation> result;
    for (std::size_t row = 0; row < networks_.size(); ++row) {
      for (const store::MeasuredLayer& one : networks_[row].layers)
        result.push_back(observation(row, one, setup_));
    }
    return result;
  }

 private:
  const measure::Setup& setup_;
  std::vector<store::NetworkLayers> networks_;
};

void add_feature(Observations& to, const char* name, const char* unit,
                 const std::vector<store::NetworkLayers>& networks,
                 const std::function<double(const store::NetworkLayers&)>& value) {
  analysis::NetworkFeature feature{name, unit, {}};
  for (const store::NetworkLayers& network : networks) feature.values.push_back(value(network));
  to.features.push_back(std::move(feature));
}

void add_share(Observations& to, const char* name,
               const std::vector<store::NetworkLayers>& networks, const LayerShare& counts) {
  add_feature(to, name, "1", networks,
              [&](const store::NetworkLayers& network) { return share_of_ops(network, counts); });
}

/// Sum of a figure of the layers over the ops, a network each.
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

void add_features(Observations& to, const std::vector<store::NetworkLayers>& networks) {
  add_share(to, "share of ops in depthwise layers", networks, is_depthwise);
  add_share(to, "share of ops in channels not divisible by 4", networks, is_ragged);
  add_share(to, "share of ops in 1x1 convolutions", networks, is_pointwise);
  add_share(to, "share of ops in the first layer", networks,
            [](const LayerRecord&, std::size_t position) { return position == 0; });
  bool sram_known = true;
  for (const store::NetworkLayers& network : networks)
    sram_known = sram_known && network.activation_bytes;
  if (sram_known) {
    add_feature(to, "peak SRAM", "B", networks, [](const store::NetworkLayers& network) {
      return static_cast<double>(*network.activation_bytes);
    });
  }
  add_feature(to, "layers with macs", "1", networks, [](const store::NetworkLayers& network) {
    double depth = 0;
    for (const store::MeasuredLayer& one : network.layers) depth += one.layer.macs > 0 ? 1 : 0;
    return depth;
  });
  add_per_op(to, "bytes touched per op", "B", networks.size(), &LayerObservation::bytes);
  add_per_op(to, "outputs per op", "1", networks.size(), &LayerObservation::output_elements);
}

std::optional<double> share_of_seconds(const Observations& observations,
                                       const std::vector<double>& seconds) {
  double inside = 0;
  double all = 0;
  for (const LayerObservation& layer : observations.layers) {
    if (!layer.seconds) return std::nullopt;
    inside += *layer.seconds;
  }
  for (const double one : seconds) all += one;
  return inside / all;
}

}  // namespace

Observations observe(store::Study& study, const FittedSeries& fitted) {
  Observations result;
  const Rows rows(study, fitted);
  OPLINE_ASSERT(rows.networks().size() == fitted.seconds.size(), "{} networks, {} latencies",
                rows.networks().size(), fitted.seconds.size());
  std::size_t unknown = 0;
  for (const store::NetworkLayers& network : rows.networks())
    unknown += network.layers.empty() ? 1 : 0;
  if (unknown != 0 || rows.networks().empty()) {
    result.why_none = rows.networks().empty()
                          ? "nothing was measured"
                          : fmt::format("the layers of {} of {} networks are not known", unknown,
                                        rows.networks().size());
    return result;
  }
  result.layers = rows.layers();
  result.kernels_known = is_own_runtime(fitted.series.setup.setup);
  result.layers_share = share_of_seconds(result, fitted.seconds);
  result.by_construction = fitted.simulated() && result.layers_share.has_value();
  add_features(result, rows.networks());
  return result;
}

}  // namespace opline::cli
