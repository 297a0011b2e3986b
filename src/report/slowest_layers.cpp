#include "src/report/slowest_layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "src/base/error.h"
#include "src/network/layer_descriptor.h"
#include "src/network/op_count.h"

namespace opline::report {
namespace {

using network::Layer;
using network::LayerType;

constexpr double kUsual = 1.25;         // times the network's cycles per mac
constexpr std::uint64_t kFewTaps = 32;  // products per output, below which requantisation weighs

/// What makes a layer's multiply-accumulates more expensive than those of others.
std::string cost_of_macs(const Layer& layer) {
  const std::uint64_t taps = network::count_layer(layer).macs / layer.output.elements();
  if (layer.type == LayerType::depthwise_conv2d)
    return "each input is used for one output channel only";
  if (layer.output.h * layer.output.w == 1) return "each weight is read for one output only";
  if (taps < kFewTaps)
    return fmt::format("an output sums {} products only, so that its requantisation weighs", taps);
  const int channels = layer.input.c / layer.groups;
  if (channels % 4 != 0)
    return fmt::format(
        "{} not a multiple of 4, the kernel's word",
        channels == 1 ? "one input channel is" : fmt::format("{} input channels are", channels));
  if (layer.groups > 1 || layer.window.dilation_w > 1)
    return "its taps do not lie side by side in the input";
  return "the kernel " + std::string(network::kernel_of(layer)) + " costs more here";
}

std::string reason_of(const Layer& layer, double cycles, double share,
                      const network::NetworkOps& total, double total_cycles) {
  const auto macs = static_cast<double>(network::count_layer(layer).macs);
  if (macs == 0)
    return fmt::format("multiplies nothing; {:.2f} cycles per byte that it reads or writes",
                       cycles / static_cast<double>(network::touched_bytes(layer)));
  const double of_macs = macs / static_cast<double>(total.macs);
  if (share / of_macs < kUsual) return fmt::format("has {:.1f} % of the macs", 100 * of_macs);
  const double mean = total_cycles / static_cast<double>(total.macs);
  return fmt::format("{:.1f} times the network's cycles per mac: {}", cycles / macs / mean,
                     cost_of_macs(layer));
}

}  // namespace

std::vector<SlowLayer> slowest_layers(const network::Network& network,
                                      const std::vector<std::uint64_t>& cycles, std::size_t count) {
  OPLINE_ASSERT(cycles.size() == network.layers().size(), "{} cycles of {} layers", cycles.size(),
                network.layers().size());
  std::vector<std::size_t> order(cycles.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return cycles[a] > cycles[b]; });
  order.resize(std::min(count, order.size()));
  const double all = std::accumulate(cycles.begin(), cycles.end(), 0.0);
  const network::NetworkOps total = network::total_ops(network);
  std::vector<SlowLayer> slowest;
  for (const std::size_t i : order) {
    const auto own = static_cast<double>(cycles[i]);
    const double share = all == 0 ? 0 : own / all;
    slowest.push_back({static_cast<network::LayerId>(i), cycles[i], share,
                       reason_of(network.layers()[i], own, share, total, all)});
  }
  return slowest;
}

}  // namespace opline::report
