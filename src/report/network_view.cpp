#include "src/report/network_view.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>
#include <set>

#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/network/layer_descriptor.h"
#include "src/network/op_count.h"

namespace opline::report {
namespace {

constexpr std::size_t kLongestArchitecture = 4000;

std::string shape_text(const network::Shape& shape) {
  return fmt::format("{}x{}x{}", shape.h, shape.w, shape.c);
}

Json shape_json(const network::Shape& shape) { return {shape.h, shape.w, shape.c}; }

Json ends_json(const network::Network& network) {
  Json inputs = Json::array(), states = Json::array(), outputs = Json::array();
  for (std::size_t i = 0; i < network.input_count(); ++i)
    inputs.push_back(shape_json(network.inputs()[i]));
  for (const network::State& state : network.states()) {
    const auto maker = network.layer_of(state.next);
    states.push_back({{"shape", shape_json(network.shape(state.tensor))},
                      {"layer", maker ? Json(*maker) : Json(nullptr)}});
  }
  for (const network::TensorId output : network.outputs())
    outputs.push_back({{"shape", shape_json(network.shape(output))},
                       {"layer", network.layer_of(output).value()}});
  return {{"inputs", inputs}, {"states", states}, {"outputs", outputs}};
}

/// In the order of --input and --output. One input and one output, that of the last layer, are in
/// the table of layers.
void print_ends(const network::Network& network, std::ostream& out) {
  const auto last = static_cast<network::LayerId>(network.layers().size()) - 1;
  if (network.inputs().size() == 1 && network.outputs().size() == 1 &&
      network.outputs()[0] == network.output_of(last))
    return;
  for (std::size_t i = 0; i < network.input_count(); ++i)
    fmt::print(out, "input {}: {}\n", i, shape_text(network.inputs()[i]));
  for (std::size_t i = 0; i < network.states().size(); ++i) {
    const network::State& state = network.states()[i];
    const auto maker = network.layer_of(state.next);
    fmt::print(out, "state {}: {}, {}\n", i, shape_text(network.shape(state.tensor)),
               maker ? fmt::format("set by layer {}", *maker) : "set by no layer");
  }
  for (std::size_t i = 0; i < network.outputs().size(); ++i)
    fmt::print(out, "output {}: {} of layer {}\n", i,
               shape_text(network.shape(network.outputs()[i])),
               network.layer_of(network.outputs()[i]).value());
  fmt::print(out, "\n");
}

Json window_json(const network::Layer& layer) {
  const network::Window& window = layer.window;
  return {{"kernel", {window.kernel_h, window.kernel_w}},
          {"stride", {window.stride_h, window.stride_w}},
          {"padding", network::to_string(window.padding)},
          {"dilation", {window.dilation_h, window.dilation_w}},
          {"groups", layer.groups}};
}

bool is_int8(const network::Network& network) {
  return std::all_of(
      network.layers().begin(), network.layers().end(), [](const network::Layer& layer) {
        return layer.weight_bits == 8 && layer.input_bits == 8 && layer.output_bits == 8;
      });
}

/// " 4/4/4": of weights, input and output; nothing in a network of int8.
std::string bits_text(const network::Network& network, const network::Layer& layer) {
  if (is_int8(network)) return "";
  return fmt::format(" {}/{}/{}", layer.weight_bits, layer.input_bits, layer.output_bits);
}

Json layer_json(const NetworkView& view, std::size_t i) {
  const network::Layer& layer = view.network.layers()[i];
  const network::LayerOps count = network::count_layer(layer);
  Json json = {{"type", network::to_string(layer.type)},
               {"kernel", network::kernel_of(layer)},
               {"input", {layer.input.h, layer.input.w, layer.input.c}},
               {"output", {layer.output.h, layer.output.w, layer.output.c}},
               {"macs", count.macs},
               {"ops", count.ops()},
               {"parameters", count.parameters},
               {"bytes", network::touched_bytes(layer)},
               {"live_bytes", view.layout.live_bytes[i]},
               {"activation", network::to_string(layer.activation)},
               {"weight_bits", layer.weight_bits},
               {"input_bits", layer.input_bits},
               {"output_bits", layer.output_bits}};
  if (network::slides(layer.type)) json["window"] = window_json(layer);
  if (view.digests != nullptr) json["digest"] = fmt::format("{:08x}", (*view.digests)[i]);
  if (view.measured != nullptr) json["cycles"] = view.measured->layer_cycles[i];
  return json;
}

void print_layer(const NetworkView& view, std::size_t i, std::ostream& out) {
  const network::Layer& layer = view.network.layers()[i];
  const network::LayerOps count = network::count_layer(layer);
  fmt::print(out, "{:>3} {:<17}{} {:>11} {:>11} {:>11} {:>9} {:>9}", i,
             network::to_string(layer.type), bits_text(view.network, layer),
             shape_text(layer.input), shape_text(layer.output), count.macs, count.parameters,
             format_bytes(view.layout.live_bytes[i]));
  if (view.measured != nullptr) {
    const std::uint64_t cycles = view.measured->layer_cycles[i];
    const auto own = static_cast<double>(cycles);
    fmt::print(out, " {:>12}  {:>7}  {:>5.1f} %", cycles,
               count.macs == 0 ? "" : fmt::format("{:.2f}", own / static_cast<double>(count.macs)),
               100 * own / static_cast<double>(view.measured->cycles.value()));
  }
  fmt::print(out, "\n");
}

}  // namespace

void print(const NetworkView& view, std::ostream& out) {
  if (!view.name.empty()) fmt::print(out, "name {}\n", printable(view.name));
  if (!view.architecture.empty())
    fmt::print(out, "architecture {}\n", printable(view.architecture, kLongestArchitecture));
  fmt::print(out, "network {}\n\n", view.network.id());
  print_ends(view.network, out);
  fmt::print(out, "{:>3} {:<17}{} {:>11} {:>11} {:>11} {:>9} {:>9}{}\n", "", "layer",
             is_int8(view.network) ? "" : "  bits", "input", "output", "macs", "params", "SRAM",
             view.measured != nullptr ? "       cycles  per mac    share" : "");
  for (std::size_t i = 0; i < view.layout.layers.size(); ++i) print_layer(view, i, out);
  const network::NetworkOps total = network::total_ops(view.network);
  const network::Footprint& footprint = view.layout.footprint;
  fmt::print(out,
             "\n{} macs = {}, {} parameters\nflash {} of tensors, SRAM {} of arena ({} of it "
             "activations)\n",
             total.macs, format_ops(total.ops()), total.parameters,
             format_bytes(footprint.flash_bytes()), format_bytes(footprint.arena_bytes),
             format_bytes(footprint.activation_bytes));
}

Json to_json(const NetworkView& view) {
  Json json = Json::object();
  if (!view.name.empty()) json["name"] = view.name;
  if (!view.architecture.empty()) json["architecture"] = view.architecture;
  json["network"] = view.network.id();
  json.update(ends_json(view.network));
  json["layers"] = Json::array();
  for (std::size_t i = 0; i < view.layout.layers.size(); ++i)
    json["layers"].push_back(layer_json(view, i));
  const network::NetworkOps total = network::total_ops(view.network);
  json["macs"] = total.macs;
  json["ops"] = total.ops();
  json["parameters"] = total.parameters;
  json["flash_bytes"] = view.layout.footprint.flash_bytes();
  json["activation_bytes"] = view.layout.footprint.activation_bytes;
  json["sram_bytes"] = view.layout.footprint.arena_bytes;
  if (view.measured != nullptr) json["cycles"] = view.measured->cycles.value();
  return json;
}

}  // namespace opline::report
