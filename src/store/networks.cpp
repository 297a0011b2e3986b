// Study: networks and their layers.
#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/store/study_impl.h"

namespace opline::store {
namespace {

constexpr const char* kInsertNetwork =
    "INSERT INTO networks (id, canonical_text, ops, macs, parameters, weight_bytes, channel_bytes, "
    "activation_bytes, "
    "arena_bytes, layer_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kInsertLayer =
    "INSERT INTO layers (network, position, type, macs, parameters, in_h, in_w, in_c, out_h, "
    "out_w, out_c, "
    "kernel_h, "
    "kernel_w, stride_h, stride_w, padding, activation, live_bytes) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

void require(bool condition, const NetworkRecord& network, std::string_view what) {
  if (!condition) throw Error(ErrorCode::input, "network {}: {}", network.id, what);
}

bool is_id(const std::string& id) {
  return id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void require_layer(const NetworkRecord& network, const LayerRecord& layer) {
  const bool extents = layer.in_h > 0 && layer.in_w > 0 && layer.in_c > 0 && layer.out_h > 0 &&
                       layer.out_w > 0 && layer.out_c > 0;
  require(extents, network, "a layer with an extent of 0");
  require(layer.activation == "none" || layer.activation == "relu" || layer.activation == "relu6",
          network, "an activation that is neither none, relu nor relu6");
  require(layer.live_bytes != 0, network, "a layer with 0 live bytes; leave out what is unknown");
  if (!layer.window) return;
  const WindowRecord& window = *layer.window;
  require(window.kernel_h > 0 && window.kernel_w > 0 && window.stride_h > 0 && window.stride_w > 0,
          network, "a window with an extent of 0");
  require(window.padding == "same" || window.padding == "valid", network,
          "a padding that is neither same nor valid");
}

void require_valid(const NetworkRecord& network) {
  require(is_id(network.id), network, "an id is 32 lower-case hexadecimal digits");
  require(network.canonical_text.empty() || network.id == digest(network.canonical_text), network,
          "the id is not the digest of the canonical text");
  require(network.ops > 0, network,
          "0 ops; a network that computes nothing says nothing about latency");
  require(!network.macs || (network.ops % 2 == 0 && *network.macs == network.ops / 2), network,
          "ops must be 2 x macs");
  for (const auto& figure : {network.parameters, network.weight_bytes, network.channel_bytes,
                             network.activation_bytes, network.arena_bytes}) {
    require(figure != 0, network, "a figure that is 0; leave out what is unknown");
  }
  for (const LayerRecord& layer : network.layers) require_layer(network, layer);
}

void insert_layer(Connection& connection, std::int64_t network, std::size_t position,
                  const LayerRecord& layer) {
  std::optional<int> kernel_h, kernel_w, stride_h, stride_w;
  std::optional<std::string> padding;
  if (layer.window) {
    kernel_h = layer.window->kernel_h;
    kernel_w = layer.window->kernel_w;
    stride_h = layer.window->stride_h;
    stride_w = layer.window->stride_w;
    padding = layer.window->padding;
  }
  connection.query(kInsertLayer)
      .with(network, static_cast<std::int64_t>(position), layer.type, layer.macs, layer.parameters,
            layer.in_h, layer.in_w, layer.in_c, layer.out_h, layer.out_w, layer.out_c, kernel_h,
            kernel_w, stride_h, stride_w, padding, layer.activation, layer.live_bytes)
      .run();
}

void require_type(Connection& connection, const NetworkRecord& network, const std::string& type) {
  Query find = connection.query("SELECT 1 FROM layer_types WHERE type = ?");
  require(find.with(type).next(), network, "a study has no layers of type `" + type + "`");
}

void insert(Connection& connection, const NetworkRecord& network) {
  std::optional<std::int64_t> layer_count;
  if (!network.layers.empty()) layer_count = static_cast<std::int64_t>(network.layers.size());
  for (const LayerRecord& layer : network.layers) require_type(connection, network, layer.type);
  connection.query(kInsertNetwork)
      .with(network.id, unless_empty(network.canonical_text), network.ops, network.macs,
            network.parameters, network.weight_bytes, network.channel_bytes,
            network.activation_bytes, network.arena_bytes, layer_count)
      .run();
  const std::int64_t key = connection.database().getLastInsertRowid();
  for (std::size_t i = 0; i < network.layers.size(); ++i)
    insert_layer(connection, key, i, network.layers[i]);
}

LayerRecord read_layer(const Query& row) {
  LayerRecord layer;
  layer.type = row.text(0);
  layer.macs = row.natural(1);
  layer.parameters = row.natural(2);
  layer.in_h = row.small(3);
  layer.in_w = row.small(4);
  layer.in_c = row.small(5);
  layer.out_h = row.small(6);
  layer.out_w = row.small(7);
  layer.out_c = row.small(8);
  if (!row.is_null(13)) {
    layer.window =
        WindowRecord{row.small(9), row.small(10), row.small(11), row.small(12), row.text(13)};
  }
  layer.activation = row.text(14);
  layer.live_bytes = row.optional_natural(15);
  return layer;
}

std::optional<NetworkRecord> read_network(Connection& connection, const std::string& id) {
  Query row = connection.query(
      "SELECT key, id, canonical_text, ops, macs, parameters, weight_bytes, channel_bytes, "
      "activation_bytes, "
      "arena_bytes FROM networks WHERE id = ?");
  if (!row.with(id).next()) return std::nullopt;
  NetworkRecord network;
  network.id = row.text(1);
  network.canonical_text = row.text(2);
  network.ops = row.natural(3);
  network.macs = row.optional_natural(4);
  network.parameters = row.optional_natural(5);
  network.weight_bytes = row.optional_natural(6);
  network.channel_bytes = row.optional_natural(7);
  network.activation_bytes = row.optional_natural(8);
  network.arena_bytes = row.optional_natural(9);
  for (MeasuredLayer& one : read_layers(connection, row.integer(0), std::nullopt)) {
    network.layers.push_back(std::move(one.layer));
  }
  return network;
}

}  // namespace

std::vector<MeasuredLayer> read_layers(Connection& connection, std::int64_t network,
                                       std::optional<std::int64_t> outcome) {
  std::vector<MeasuredLayer> layers;
  Query rows = connection.query(
      "SELECT l.type, l.macs, l.parameters, l.in_h, l.in_w, l.in_c, l.out_h, l.out_w, l.out_c, "
      "l.kernel_h, "
      "l.kernel_w, l.stride_h, l.stride_w, l.padding, l.activation, l.live_bytes, r.cycles FROM "
      "layers l "
      "LEFT JOIN layer_results r ON r.outcome = ?1 AND r.position = l.position WHERE l.network = "
      "?2 "
      "ORDER BY l.position");
  rows.with(outcome, network);
  while (rows.next()) layers.push_back({read_layer(rows), rows.optional_natural(16)});
  return layers;
}

bool Study::add_network(const NetworkRecord& network) {
  require_valid(network);
  Connection& connection = impl_->connection;
  bool added = false;
  connection.write([&] {
    const auto stored = read_network(connection, network.id);
    if (!stored) {
      insert(connection, network);
      added = true;
    } else if (*stored != network) {
      throw Error(ErrorCode::input,
                  "{}: has network {} with other figures, from an opline that counted differently; "
                  "start a new study",
                  path().string(), network.id);
    }
  });
  return added;
}

std::optional<NetworkRecord> Study::network(const std::string& id) {
  return impl_->connection.read([&] { return read_network(impl_->connection, id); });
}

}  // namespace opline::store
