// Study: networks and their layers.
#include <tuple>

#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/store/study_impl.h"

namespace opline::store {
namespace {

constexpr const char* kInsertNetwork =
    "INSERT INTO networks (id, canonical_text, ops, macs, parameters, weight_bytes, channel_bytes, "
    "activation_bytes, "
    "arena_bytes, layer_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kInsertLayer =
    "INSERT INTO layers (network, position, type, macs, parameters, in_h, in_w, in_c, out_h, "
    "out_w, out_c, kernel_h, kernel_w, stride_h, stride_w, padding, activation, live_bytes, in2_h, "
    "in2_w, in2_c, constant) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

using network::Layer;
using network::Shape;
using network::Window;

void require(bool condition, const NetworkRecord& network, std::string_view what) {
  if (!condition) throw Error(ErrorCode::input, "network {}: {}", network.id, what);
}

bool is_id(const std::string& id) {
  return id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool is_in_range(const Shape& shape) {
  const auto fits = [](int extent) { return 1 <= extent && extent <= 65535; };
  return fits(shape.h) && fits(shape.w) && fits(shape.c);
}

void require_layer(const NetworkRecord& network, const LayerRecord& record) {
  const Layer& layer = record.layer;
  require(is_in_range(layer.input) && is_in_range(layer.output), network,
          "a layer with an extent that is not in 1 ... 65535");
  require(record.live_bytes != 0, network, "a layer with 0 live bytes; leave out what is unknown");
  if (!network::slides(layer.type)) return;
  const Window& window = layer.window;
  require(window.kernel_h > 0 && window.kernel_w > 0 && window.stride_h > 0 && window.stride_w > 0,
          network, "a window with an extent of 0");
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

std::optional<std::string_view> constant_text(network::Constant constant) {
  switch (constant) {
    case network::Constant::none:
      break;
    case network::Constant::first:
      return "first";
    case network::Constant::second:
      return "second";
  }
  return std::nullopt;
}

network::Constant constant_from(const std::optional<std::string>& text) {
  if (!text) return network::Constant::none;
  return *text == "first" ? network::Constant::first : network::Constant::second;
}

void insert_layer(Connection& connection, std::int64_t network, std::size_t position,
                  const LayerRecord& record) {
  const Layer& layer = record.layer;
  std::optional<int> kernel_h, kernel_w, stride_h, stride_w;
  std::optional<std::string_view> padding;
  if (network::slides(layer.type)) {
    kernel_h = layer.window.kernel_h;
    kernel_w = layer.window.kernel_w;
    stride_h = layer.window.stride_h;
    stride_w = layer.window.stride_w;
    padding = network::to_string(layer.window.padding);
  }
  std::optional<int> in2_h, in2_w, in2_c;
  if (network::is_binary(layer.type)) {
    in2_h = layer.input2.h;
    in2_w = layer.input2.w;
    in2_c = layer.input2.c;
  }
  connection.query(kInsertLayer)
      .with(network, static_cast<std::int64_t>(position), network::to_string(layer.type),
            record.macs, record.parameters, layer.input.h, layer.input.w, layer.input.c,
            layer.output.h, layer.output.w, layer.output.c, kernel_h, kernel_w, stride_h, stride_w,
            padding, network::to_string(layer.activation), record.live_bytes, in2_h, in2_w, in2_c,
            constant_text(layer.constant))
      .run();
}

std::optional<std::int64_t> layer_count_of(const NetworkRecord& network) {
  if (network.layers.empty()) return std::nullopt;
  return static_cast<std::int64_t>(network.layers.size());
}

void insert_layers(Connection& connection, std::int64_t key, const NetworkRecord& network) {
  for (std::size_t i = 0; i < network.layers.size(); ++i)
    insert_layer(connection, key, i, network.layers[i]);
}

void insert(Connection& connection, const NetworkRecord& network) {
  connection.query(kInsertNetwork)
      .with(network.id, unless_empty(network.canonical_text), network.ops, network.macs,
            network.parameters, network.weight_bytes, network.channel_bytes,
            network.activation_bytes, network.arena_bytes, layer_count_of(network))
      .run();
  insert_layers(connection, connection.database().getLastInsertRowid(), network);
}

/// Whether nothing but the ops is known, as of a network that a table names by its id.
bool only_counted(const NetworkRecord& network) {
  NetworkRecord bare;
  bare.id = network.id;
  bare.ops = network.ops;
  return network == bare;
}

/// Gives a network that is only_counted() its figures and layers.
void complete(Connection& connection, const NetworkRecord& network) {
  Statement row = connection.query("SELECT key FROM networks WHERE id = ?");
  OPLINE_ASSERT(row.with(network.id).next(), "network {} is gone", network.id);
  const std::int64_t key = row.integer(0);
  connection
      .query(
          "UPDATE networks SET canonical_text = ?, macs = ?, parameters = ?, weight_bytes = ?, "
          "channel_bytes = ?, activation_bytes = ?, arena_bytes = ?, layer_count = ? WHERE key = ?")
      .with(unless_empty(network.canonical_text), network.macs, network.parameters,
            network.weight_bytes, network.channel_bytes, network.activation_bytes,
            network.arena_bytes, layer_count_of(network), key)
      .run();
  insert_layers(connection, key, network);
}

network::Padding padding_from(const std::string& text) {
  for (const auto padding : {network::Padding::same, network::Padding::valid}) {
    if (network::to_string(padding) == text) return padding;
  }
  throw Error(ErrorCode::input, "expected same or valid, found `{}`", printable(text));
}

network::Activation activation_from(const std::string& text) {
  using network::Activation;
  for (const auto activation : {Activation::none, Activation::relu, Activation::relu6}) {
    if (network::to_string(activation) == text) return activation;
  }
  throw Error(ErrorCode::input, "expected none, relu or relu6, found `{}`", printable(text));
}

// Columns of read_layers() after the row's name: 2 type, 3 macs, 4 parameters, 5-7 input, 8-10
// output, 11-14 window, 15 padding, 16 activation, 17 live bytes, 18 cycles, 19-21 second operand,
// 22 which operand is constant.
LayerRecord read_layer(const Statement& row) {
  LayerRecord record;
  Layer& layer = record.layer;
  layer.type = row.parsed(2, network::layer_type_from_string);
  record.macs = row.natural(3);
  record.parameters = row.natural(4);
  layer.input = {row.extent(5), row.extent(6), row.extent(7)};
  layer.output = {row.extent(8), row.extent(9), row.extent(10)};
  if (network::slides(layer.type)) {
    layer.window = {row.extent(11), row.extent(12), row.extent(13), row.extent(14),
                    row.parsed(15, padding_from)};
  }
  layer.activation = row.parsed(16, activation_from);
  record.live_bytes = row.optional_positive(17);
  if (network::is_binary(layer.type))
    layer.input2 = {row.extent(19), row.extent(20), row.extent(21)};
  layer.constant = constant_from(row.optional_text(22));
  return record;
}

std::optional<NetworkRecord> read_network(Connection& connection, const std::string& id) {
  Statement row = connection.query(
      "SELECT id, key, canonical_text, ops, macs, parameters, weight_bytes, channel_bytes, "
      "activation_bytes, arena_bytes, layer_count FROM networks WHERE id = ?");
  if (!row.with(id).next()) return std::nullopt;
  NetworkRecord network;
  network.id = row.text(0);
  network.canonical_text = row.optional_text(2).value_or("");
  if (!network.canonical_text.empty() && digest(network.canonical_text) != network.id)
    row.fail(2, "is not the text that the id is the digest of");
  network.ops = row.positive(3);
  network.macs = row.optional_positive(4);
  network.parameters = row.optional_positive(5);
  network.weight_bytes = row.optional_positive(6);
  network.channel_bytes = row.optional_positive(7);
  network.activation_bytes = row.optional_positive(8);
  network.arena_bytes = row.optional_positive(9);
  for (MeasuredLayer& one : read_layers(connection, row.integer(1), std::nullopt)) {
    network.layers.push_back(std::move(one.record));
  }
  if (row.optional_positive(10).value_or(0) != network.layers.size())
    row.fail(10, fmt::format("there are {} layers", network.layers.size()));
  return network;
}

}  // namespace

bool operator==(const LayerRecord& a, const LayerRecord& b) {
  const auto window = [](const Layer& layer) {
    const Window of = network::slides(layer.type) ? layer.window : Window{};
    return std::tuple(of.kernel_h, of.kernel_w, of.stride_h, of.stride_w, of.padding);
  };
  const auto second = [](const Layer& layer) {
    return network::is_binary(layer.type) ? layer.input2 : Shape{};
  };
  return a.layer.type == b.layer.type && window(a.layer) == window(b.layer) &&
         a.layer.activation == b.layer.activation && a.layer.input == b.layer.input &&
         second(a.layer) == second(b.layer) && a.layer.constant == b.layer.constant &&
         a.layer.output == b.layer.output && a.macs == b.macs && a.parameters == b.parameters &&
         a.live_bytes == b.live_bytes;
}

std::vector<MeasuredLayer> read_layers(Connection& connection, std::int64_t network,
                                       std::optional<std::int64_t> outcome) {
  std::vector<MeasuredLayer> layers;
  Statement rows = connection.query(
      "SELECT l.network, l.position, l.type, l.macs, l.parameters, l.in_h, l.in_w, l.in_c, "
      "l.out_h, l.out_w, l.out_c, l.kernel_h, l.kernel_w, l.stride_h, l.stride_w, l.padding, "
      "l.activation, l.live_bytes, r.cycles, l.in2_h, l.in2_w, l.in2_c, l.constant FROM layers l "
      "LEFT JOIN layer_results r ON r.outcome = ?1 AND r.position = l.position "
      "WHERE l.network = ?2 ORDER BY l.position");
  rows.with(outcome, network);
  while (rows.next()) {
    if (rows.natural(1) != layers.size())
      rows.fail(1, fmt::format("layer {} is missing", layers.size()));
    layers.push_back({read_layer(rows), rows.optional_positive(18)});
  }
  Statement text = connection.query("SELECT canonical_text FROM networks WHERE key = ?");
  if (text.with(network).next()) {
    std::vector<Layer*> all;
    all.reserve(layers.size());
    for (MeasuredLayer& one : layers) all.push_back(&one.record.layer);
    network::set_bits(text.optional_text(0).value_or(""), all);
  }
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
    } else if (*stored == network) {
      return;
    } else if (stored->ops == network.ops && only_counted(*stored)) {
      complete(connection, network);
    } else if (stored->ops != network.ops || !only_counted(network)) {
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
