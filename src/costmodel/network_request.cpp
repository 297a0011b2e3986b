#include "src/costmodel/network_request.h"

#include <algorithm>
#include <limits>

#include "sampler/space/architecture.h"
#include "sampler/space/decode.h"
#include "src/base/error.h"
#include "src/base/strict_json.h"
#include "src/network/layer_descriptor.h"
#include "src/network/op_count.h"

namespace opline::costmodel {
namespace {

int extent(StrictObject& object, const std::string& key, double value, int most) {
  if (value != static_cast<int>(value) || value < 1 || value > most)
    object.fail(key, fmt::format("holds {}; it must hold whole numbers from 1 to {}", value, most));
  return static_cast<int>(value);
}

network::Shape read_shape(StrictObject& object, const std::string& key) {
  const std::vector<double> extents = object.numbers(key, 3);
  const auto at = [&](std::size_t i) { return extent(object, key, extents[i], 65535); };
  return {at(0), at(1), at(2)};
}

network::Window read_window(StrictObject& object) {
  const std::vector<double> kernel = object.numbers("kernel", 2);
  const std::vector<double> stride = object.numbers("stride", 2);
  network::Window window;
  window.kernel_h = extent(object, "kernel", kernel[0], 255);
  window.kernel_w = extent(object, "kernel", kernel[1], 255);
  window.stride_h = extent(object, "stride", stride[0], 255);
  window.stride_w = extent(object, "stride", stride[1], 255);
  window.padding = object.choice("padding", {network::Padding::same, network::Padding::valid},
                                 [](network::Padding one) { return network::to_string(one); });
  if (object.has("dilation")) {
    const std::vector<double> dilation = object.numbers("dilation", 2);
    window.dilation_h = extent(object, "dilation", dilation[0], 255);
    window.dilation_w = extent(object, "dilation", dilation[1], 255);
  }
  return window;
}

/// 8 unless given.
int read_bits(StrictObject& object, const std::string& key) {
  if (!object.has(key)) return 8;
  const std::uint64_t bits = object.integer(key);
  if (bits != 8 && bits != 4) object.fail(key, fmt::format("is {}; there are 8 and 4", bits));
  return static_cast<int>(bits);
}

/// `input2`, of the same shape unless given; `constant`: "first" or "second".
void read_second_operand(StrictObject& object, network::Layer& layer) {
  using network::Constant;
  layer.input2 = object.has("input2") ? read_shape(object, "input2") : layer.input;
  if (!object.has("constant")) return;
  layer.constant = object.choice("constant", {Constant::first, Constant::second}, [](Constant one) {
    return one == Constant::first ? "first" : "second";
  });
}

/// The output that a layer of this type, input, window and width has; nothing for what only moves
/// values in a way that is not given. Throws Error{input} where there is no such layer.
std::optional<network::Shape> output_of(const network::Layer& layer) {
  using network::LayerType;
  network::NetworkBuilder one(layer.input);
  const network::TensorId in = one.input();
  switch (layer.type) {
    case LayerType::conv2d:
      return one.shape(
          one.conv2d(in, layer.output.c, layer.window, layer.activation, layer.groups));
    case LayerType::depthwise_conv2d:
      return one.shape(one.depthwise_conv2d(in, layer.window, layer.activation,
                                            std::max(layer.output.c / layer.input.c, 1)));
    case LayerType::fully_connected:
      return one.shape(one.fully_connected(in, layer.output.c, layer.activation));
    case LayerType::average_pool_2d:
      return one.shape(one.average_pool_2d(in, layer.window, layer.activation));
    case LayerType::max_pool_2d:
      return one.shape(one.max_pool_2d(in, layer.window, layer.activation));
    case LayerType::add:
    case LayerType::sub:
    case LayerType::mul:
      return one.shape(
          one.binary(layer.type, in, network::ConstantOperand{layer.input2}, layer.activation));
    case LayerType::prelu:
      return one.shape(one.binary(layer.type, in, network::ConstantOperand{layer.input2}));
    case LayerType::softmax:
      return one.shape(one.softmax(in));
    case LayerType::mean:
      return one.shape(one.mean(in));
    case LayerType::concatenation:  // to a second tensor of the missing channels
      return network::Shape{layer.input.h, layer.input.w,
                            std::max(layer.output.c, layer.input.c + 1)};
    case LayerType::transpose:
    case LayerType::resize_nearest_neighbor:
    case LayerType::slice:
    case LayerType::pad:
      return std::nullopt;
    default:
      return one.shape(one.lookup(layer.type, in));
  }
}

void require_layer(const network::Layer& layer, StrictObject& object) {
  std::optional<network::Shape> output;
  try {
    output = output_of(layer);
  } catch (const Error& error) {
    object.fail("type", error.what());
  }
  if (output && *output != layer.output)
    object.fail("output",
                fmt::format("is {}x{}x{}; such a layer makes {}x{}x{}", layer.output.h,
                            layer.output.w, layer.output.c, output->h, output->w, output->c));
}

/// That there is one for codes of four bits.
void require_kernel(const network::Layer& layer, StrictObject& object) {
  const bool four = layer.weight_bits == 4 || layer.input_bits == 4;
  if (four && !network::kernel_of(layer).ends_with("_s4"))
    object.fail(layer.weight_bits == 4 ? "weight_bits" : "input_bits",
                "is 4, for which this layer has no kernel (docs/sub-byte.md)");
  if (layer.output_bits == 4 && !four)
    object.fail("output_bits",
                "is 4; only layers with weights or inputs of 4 bits make such codes");
}

network::Layer read_layer(StrictObject& object) {
  using network::Activation;
  using network::LayerType;
  network::Layer layer{LayerType::conv2d, {}, {}, Activation::none, {}, {}};
  layer.type = object.choice("type", network::layer_types(),
                             [](LayerType type) { return network::to_string(type); });
  layer.input = read_shape(object, "input");
  if (network::is_binary(layer.type)) read_second_operand(object, layer);
  layer.output = read_shape(object, "output");
  if (network::slides(layer.type)) layer.window = read_window(object);
  if (object.has("activation")) {
    layer.activation =
        object.choice("activation", {Activation::none, Activation::relu, Activation::relu6},
                      [](Activation one) { return network::to_string(one); });
  }
  if (layer.type == LayerType::conv2d && object.has("groups"))
    layer.groups = static_cast<int>(std::min<std::uint64_t>(object.integer("groups"), 65536));
  layer.weight_bits = read_bits(object, "weight_bits");
  layer.input_bits = read_bits(object, "input_bits");
  layer.output_bits = read_bits(object, "output_bits");
  object.reject_unknown_keys();
  require_layer(layer, object);
  require_kernel(layer, object);
  return layer;
}

}  // namespace

NetworkRequest read_network_request(const std::string& line, const std::string& where) {
  const Json json = parse_json(line, where);
  StrictObject object(json, where);
  NetworkRequest request;
  if (object.has("name")) request.name = object.text("name");
  const int given =
      int{object.has("ops")} + int{object.has("architecture")} + int{object.has("layers")};
  if (given != 1)
    throw Error(ErrorCode::input, "{}: give one of ops, architecture and layers", where);
  if (object.has("ops")) request.ops = object.integer("ops");
  if (object.has("architecture")) request.architecture = object.text("architecture");
  if (object.has("layers")) {
    for (StrictObject& layer : object.objects("layers"))
      request.layers.push_back(read_layer(layer));
    if (request.layers.empty()) object.fail("layers", "is empty; a network has at least one");
  }
  object.reject_unknown_keys();
  return request;
}

std::vector<network::Layer> layers_of(const NetworkRequest& request,
                                      const std::optional<sampler::Space>& space) {
  if (request.architecture.empty()) return request.layers;
  if (!space)
    throw Error(
        ErrorCode::input,
        "the cost model holds no search space; name it with --space, or give ops or layers");
  return sampler::decode(*space, sampler::parse_architecture(*space, request.architecture))
      .layers();
}

std::uint64_t ops_of(const std::vector<network::Layer>& layers) {
  std::uint64_t macs = 0;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max() / 2;
  for (const network::Layer& layer : layers) {
    const std::uint64_t more = network::count_layer(layer).macs;
    if (more > kMost - macs)
      throw Error(ErrorCode::input, "the layers have more than {} ops; no device executes them",
                  2 * kMost);
    macs += more;
  }
  return 2 * macs;
}

}  // namespace opline::costmodel
