#include "src/report/figures/layer_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "analysis/numerics/median.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/evaluation/observations.h"
#include "src/figures/layout.h"
#include "src/figures/line_text.h"
#include "src/report/figures/figure_parts.h"

namespace opline::report {
namespace {

/// Layers of one kind: ops and seconds of each.
struct Kind {
  std::string name;
  std::vector<double> ops, seconds;
  std::vector<std::string> labels;
};

/// "conv2d: 6.31 ns/op (5.10 to 9.92)": the median and the range.
std::string cost_text(const Kind& kind) {
  std::vector<double> costs;
  for (std::size_t i = 0; i < kind.ops.size(); ++i)
    costs.push_back(1e9 * kind.seconds[i] / kind.ops[i]);
  const auto [least, most] = std::minmax_element(costs.begin(), costs.end());
  return fmt::format("{}: {} ns/op ({} to {})", kind.name,
                     figures::significant(analysis::median(costs), 3),
                     figures::significant(*least, 3), figures::significant(*most, 3));
}

void add_kinds(Figure& figure, const std::vector<Kind>& kinds) {
  figure.x = ops_axis();
  figure.y = response_axis(evaluation::Response::latency);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    Element layers = points("layers", kinds[i].name, kinds[i].ops, kinds[i].seconds, i);
    layers.labels = kinds[i].labels;
    layers.legend = cost_text(kinds[i]);
    figure.elements.push_back(std::move(layers));
  }
}

constexpr const char* kCosts = "In the legend: median cost of an op, and its range.";

}  // namespace

Result<Figure> layers_figure(const std::vector<SeriesResult>& all) {
  if (all.size() != 1) return NoValue("it shows one series; select one, or leave out --together");
  const evaluation::Observations found = observe(all.front().series());
  if (found.layers.empty()) return NoValue("{}", found.why_none);
  std::vector<Kind> kinds;
  std::set<std::pair<std::string, double>> seen;
  for (const analysis::LayerObservation& layer : found.layers) {
    if (layer.macs <= 0 || !layer.seconds) continue;
    if (!seen.insert({layer.signature, *layer.seconds}).second) continue;
    auto kind = std::find_if(kinds.begin(), kinds.end(),
                             [&](const Kind& one) { return one.name == layer.type; });
    if (kind == kinds.end()) kind = kinds.insert(kinds.end(), Kind{layer.type, {}, {}, {}});
    kind->ops.push_back(2 * layer.macs);
    kind->seconds.push_back(*layer.seconds);
    kind->labels.push_back(layer.signature);
  }
  if (kinds.empty()) return NoValue("the latencies of single layers are not known");
  Figure figure = figure_about("layers", "Latency of layers against ops", all);
  add_kinds(figure, kinds);
  figure.caption.push_back(
      fmt::format("Layers of {} networks, each different one once; layers without "
                  "multiply-accumulates are not shown. {}",
                  all.front().series().layers.size(), kCosts));
  return figure;
}

Result<Figure> grid_figure(const std::vector<campaign::LayerCase>& grid, const BoardLayers& board) {
  std::vector<Kind> kinds;
  for (const campaign::LayerCase& one : grid) {
    const auto cycles = board.cycles.find(one.network.id());
    if (cycles == board.cycles.end()) continue;
    if (kinds.empty() || kinds.back().name != one.kind) kinds.push_back({one.kind, {}, {}, {}});
    kinds.back().ops.push_back(static_cast<double>(network::total_ops(one.network).ops()));
    kinds.back().seconds.push_back(static_cast<double>(cycles->second) / board.clock_hz);
    kinds.back().labels.push_back(one.name);
  }
  if (kinds.empty()) return NoValue("no layer was measured");
  Figure figure;
  figure.kind = "layers";
  const std::string name = printable(board.board, 60);
  figure.title = "Latency of single layers against ops: " + name;
  add_kinds(figure, kinds);
  figure.caption.push_back(fmt::format("Single layers on {}, simulated, uncalibrated; {}.", name,
                                       printable(board.runtime.text(), 60)));
  figure.caption.push_back(fmt::format("A grid of sizes, not a sample. {}", kCosts));
  return figure;
}

namespace {

std::string shape_text(const network::Shape& shape) {
  return fmt::format("{}x{}x{}", shape.h, shape.w, shape.c);
}

/// As figures call a type: short enough for a column.
std::string short_name(network::LayerType type) {
  switch (type) {
    case network::LayerType::depthwise_conv2d:
      return "depthwise";
    case network::LayerType::average_pool_2d:
      return "average pool";
    case network::LayerType::max_pool_2d:
      return "max pool";
    case network::LayerType::fully_connected:
      return "fully connected";
    default:
      return std::string(network::to_string(type));
  }
}

/// "3 conv2d 25x5x84": position, type, output.
std::vector<std::string> layer_names(const NetworkView& view) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < view.layout.layers.size(); ++i) {
    const network::Layer& layer = view.network.layers()[i];
    names.push_back(fmt::format("{} {} {}", i, short_name(layer.type), shape_text(layer.output)));
  }
  return names;
}

std::string name_of(const NetworkView& view) {
  return view.name.empty() ? "network " + view.network.id().substr(0, 12)
                           : printable(view.name, 60);
}

Element bars(std::string role, std::size_t count) {
  Element one;
  one.kind = Element::Kind::bars;
  one.role = std::move(role);
  for (std::size_t i = 0; i < count; ++i) one.y.push_back(static_cast<double>(i));
  one.low.assign(count, 0);
  one.high.assign(count, 0);
  return one;
}

/// Bars without those of no length: a part that no layer has is not in the legend either.
void add_bars(Figure& figure, const Element& all) {
  Element shown = all;
  shown.y.clear();
  shown.low.clear();
  shown.high.clear();
  for (std::size_t i = 0; i < all.y.size(); ++i) {
    if (all.high[i] <= all.low[i]) continue;
    shown.y.push_back(all.y[i]);
    shown.low.push_back(all.low[i]);
    shown.high.push_back(all.high[i]);
  }
  if (!shown.y.empty()) figure.elements.push_back(std::move(shown));
}

/// What is live while a layer runs; parts do not overlap.
std::array<std::uint64_t, 4> live_parts(const NetworkView& view, std::size_t i) {
  const network::Layer& layer = view.network.layers()[i];
  std::uint64_t inputs = 0;
  for (const network::TensorId input : std::set(layer.inputs.begin(), layer.inputs.end()))
    inputs += network::tensor_bytes(view.network.shape(input), view.network.bits(input));
  const std::uint64_t output = network::tensor_bytes(layer.output, layer.output_bits);
  const std::uint64_t scratch = opline_scratch_bytes(&view.layout.layers[i]);
  return {inputs, output, scratch, view.layout.live_bytes[i] - inputs - output - scratch};
}

constexpr std::array<const char*, 4> kParts = {"read by the layer", "written by the layer",
                                               "scratch of the layer", "waiting for a later layer"};

void add_limit(Figure& figure, const NetworkView& view, const Device& device) {
  const network::Footprint& footprint = view.layout.footprint;
  const std::uint64_t fixed = footprint.arena_bytes - footprint.activation_bytes;
  if (device.arena_bytes <= fixed) return;
  const std::uint64_t available = device.arena_bytes - fixed;
  const std::string name = printable(device.name, 60);
  figure.caption.push_back(
      fmt::format("{} leaves {} for activations.", name, format_bytes(available)));
  // A limit far above the bars would flatten them: then it is only named.
  if (available > 4 * std::max<std::uint64_t>(footprint.activation_bytes, 1)) return;
  const auto bytes = static_cast<double>(available);
  Element limit = curve(Element::Kind::line, "available", "", {bytes, bytes},
                        {-0.5, static_cast<double>(figure.y.names.size()) - 0.5}, 1);
  limit.legend = "available " + format_bytes(available);
  figure.elements.push_back(std::move(limit));
  if (footprint.activation_bytes > available) figure.notes.emplace_back("does not fit the board");
}

}  // namespace

Figure sram_figure(const NetworkView& view, const std::optional<Device>& device) {
  Figure figure;
  figure.kind = "sram";
  figure.title = "SRAM over time: " + name_of(view);
  figure.x = {"live in SRAM", Dimension::bytes, "bytes", figures::Scale::linear, {}};
  figure.y = {"layer", Dimension::number, "layer", figures::Scale::linear, layer_names(view)};
  const std::size_t layers = figure.y.names.size();
  std::array<Element, 4> parts;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    parts[part] = bars(kParts[part], layers);
    parts[part].pen = part;
    parts[part].legend = kParts[part];
  }
  std::size_t peak = 0;
  for (std::size_t i = 0; i < layers; ++i) {
    double from = 0;
    const std::array<std::uint64_t, 4> live = live_parts(view, i);
    for (std::size_t part = 0; part < parts.size(); ++part) {
      parts[part].low[i] = from;
      parts[part].high[i] = from += static_cast<double>(live[part]);
    }
    if (view.layout.live_bytes[i] > view.layout.live_bytes[peak]) peak = i;
  }
  for (const Element& part : parts) add_bars(figure, part);
  const auto most = static_cast<double>(view.layout.live_bytes[peak]);
  figure.elements.push_back(curve(Element::Kind::guide, "peak", "", {most, most},
                                  {-0.5, static_cast<double>(layers) - 0.5}, 7));
  figure.marks.push_back(
      {most, static_cast<double>(peak), "peak " + format_bytes(view.layout.live_bytes[peak])});
  figure.caption.push_back(fmt::format(
      "{} in opline's runtime; memory plan {} of activations. Layers in order of execution.",
      name_of(view), format_bytes(view.layout.footprint.activation_bytes)));
  if (device) add_limit(figure, view, *device);
  return figure;
}

Figure layer_latency_figure(const NetworkView& view, double clock_hz, const measure::Setup& setup) {
  OPLINE_ASSERT(view.measured != nullptr, "latency by layer of a network that was not measured");
  Figure figure;
  figure.kind = "layer-latency";
  figure.title = "Latency by layer: " + name_of(view);
  figure.x = response_axis(evaluation::Response::latency);
  figure.x.scale = figures::Scale::linear;
  figure.y = {"layer", Dimension::number, "layer", figures::Scale::linear, layer_names(view)};
  const std::size_t layers = figure.y.names.size();
  double total = 0;
  std::vector<double> seconds;
  for (std::size_t i = 0; i < layers; ++i) {
    seconds.push_back(static_cast<double>(view.measured->layer_cycles[i]) / clock_hz);
    total += seconds.back();
  }
  std::map<network::LayerType, Element> by_type;
  std::vector<network::LayerType> order;
  for (std::size_t i = 0; i < layers; ++i) {
    const network::LayerType type = view.network.layers()[i].type;
    if (by_type.emplace(type, bars(short_name(type), layers)).second) order.push_back(type);
    by_type[type].high[i] = seconds[i];
    if (seconds[i] >= 0.01 * total)
      figure.marks.push_back(
          {seconds[i], static_cast<double>(i), fmt::format("{:.0f} %", 100 * seconds[i] / total)});
  }
  for (std::size_t k = 0; k < order.size(); ++k) {
    Element& one = by_type[order[k]];
    one.legend = one.role;
    one.pen = k;
    add_bars(figure, one);
  }
  figure.caption.push_back(
      fmt::format("{} on {}, {}; {}; {} in all.", name_of(view), printable(setup.board, 60),
                  setup.runner == measure::Runner::simulated ? "simulated, uncalibrated"
                                                             : to_string(setup.runner),
                  printable(setup.runtime.text_or("runtime unknown"), 60), format_seconds(total)));
  return figure;
}

}  // namespace opline::report
