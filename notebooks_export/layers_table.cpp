#include "notebooks_export/layers_table.h"

#include <iterator>
#include <optional>

#include "notebooks_export/drawn_networks.h"

namespace opline::notebooks_export {
namespace {

using evaluation::Series;

constexpr const char* kLayerColumns[] = {
    "network",    "outcome",    "layer",    "type",     "ops",      "macs",
    "parameters", "in_h",       "in_w",     "in_c",     "out_h",    "out_w",
    "out_c",      "kernel_h",   "kernel_w", "stride_h", "stride_w", "padding",
    "activation", "live_bytes", "cycles",   "latency_s"};

void write_extent(TableWriter& table, int extent) {
  table.integer(static_cast<std::uint64_t>(extent));
}

void write_shape(TableWriter& table, const network::Shape& shape) {
  for (const int extent : {shape.h, shape.w, shape.c}) write_extent(table, extent);
}

void write_window(TableWriter& table, const network::Layer& layer) {
  if (!network::slides(layer.type)) {
    for (int unknown = 0; unknown < 5; ++unknown) table.text("");
    return;
  }
  const network::Window& window = layer.window;
  for (const int extent : {window.kernel_h, window.kernel_w, window.stride_h, window.stride_w})
    write_extent(table, extent);
  table.text(network::to_string(window.padding));
}

void write_layer(TableWriter& table, const store::LayerRecord& record) {
  const network::Layer& layer = record.layer;
  table.text(network::to_string(layer.type))
      .integer(2 * record.macs)
      .integer(record.macs)
      .integer(record.parameters);
  write_shape(table, layer.input);
  write_shape(table, layer.output);
  write_window(table, layer);
  table.text(network::to_string(layer.activation)).integer(record.live_bytes);
}

void write_layers(TableWriter& table, const Series& series, const DrawnNetwork& drawn) {
  const measure::Measurement* const measured = drawn.measurement();
  for (std::size_t i = 0; i < drawn.network.layers.size(); ++i) {
    std::optional<std::uint64_t> cycles;
    if (measured != nullptr && i < measured->layer_cycles.size())
      cycles = measured->layer_cycles[i];
    write_campaign(table, series);
    table.text(drawn.network.id)
        .text(drawn.outcome ? to_string(drawn.outcome->kind) : "pending")
        .integer(i);
    write_layer(table, drawn.network.layers[i]);
    table.integer(cycles).number(latency_seconds(cycles, std::nullopt, series.setup));
    write_setup(table, series);
    table.end_row();
  }
}

}  // namespace

std::string layers_table(TableForm form, store::Study& study, const std::vector<Series>& series,
                         const std::vector<std::string>& comments, const Sink& sink) {
  std::vector<std::string> columns(std::begin(kCampaignColumns), std::end(kCampaignColumns));
  columns.insert(columns.end(), std::begin(kLayerColumns), std::end(kLayerColumns));
  columns.insert(columns.end(), std::begin(kSetupColumns), std::end(kSetupColumns));
  TableWriter table(form, {"opline-layers", 1}, columns, comments, sink);
  for (const Series& one : series) {
    each_network(study, one, [&](const DrawnNetwork& drawn) { write_layers(table, one, drawn); });
  }
  return table.str();
}

}  // namespace opline::notebooks_export
