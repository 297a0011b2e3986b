#include "src/network/quantised_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <string>

#include "firmware/kernels/opline_kernels.h"
#include "src/base/error.h"
#include "src/network/lookup_table.h"
#include "src/network/op_count.h"
#include "src/network/pool_quantiser.h"
#include "src/network/shared_quantisation.h"

namespace opline::network {
namespace {

/// The weight scale from which TFLite computes the channel's multiplier.
float weight_scale(const opline_channel& channel, std::int32_t shift_offset, float input,
                   float output) {
  const double effective = std::ldexp(channel.multiplier, channel.shift + shift_offset - 31);
  const auto scale = static_cast<float>(effective * double{output} / double{input});
  const opline_multiplier back = quantise_product(input, scale, output);
  OPLINE_ASSERT(back.multiplier == channel.multiplier && back.shift == channel.shift + shift_offset,
                "multiplier {} and shift {} have no float32 scale", channel.multiplier,
                channel.shift);
  return scale;
}

/// Weights in a row, and rows: what is one behind the other in a plan, without what fills bytes.
struct WeightRows {
  std::uint64_t rows = 0;
  int codes = 0;
};

WeightRows weight_rows(const Layer& layer, const opline_layer& plan) {
  const std::uint64_t weights = count_layer(layer).parameters - plan.out_c;
  const bool by_channels = layer.type == LayerType::depthwise_conv2d || plan.input_bits == 4;
  const int codes = by_channels ? plan.in_c : static_cast<int>(weights / plan.out_c);
  return {weights / static_cast<std::uint64_t>(codes), codes};
}

std::vector<std::int8_t> pool_weights(const Layer& layer, const opline_layer& plan,
                                      const Pools& pools) {
  const std::int8_t* first = pools.weights.data() + plan.weights;
  if (plan.weight_bits == 8) return {first, first + opline_weight_bytes(&plan)};
  const WeightRows rows = weight_rows(layer, plan);
  return unpack_codes(first, rows.rows, rows.codes);
}

/// Of a layer in a plan with the pools.
std::int32_t bias_of(const opline_layer& plan, const opline_channel& channel) {
  return plan.weight_bits == 8 ? channel.bias
                               : (channel.bias >> plan.bias_shift) + plan.bias_offset;
}

LayerConstants constants_of(const PoolQuantisation& pooled, const Layer& layer, std::size_t i,
                            const Pools& pools) {
  LayerConstants constants;
  constants.beta = pooled.scales[i].beta;
  if (layer.type == LayerType::leaky_relu) constants.alpha = pooled.scales[i].alpha;
  if (count_layer(layer).parameters == 0) return constants;
  const opline_layer& plan = pooled.layout.layers[i];
  constants.weights = pool_weights(layer, plan, pools);
  const float input = pooled.tensors[static_cast<std::size_t>(layer.inputs[0])].scale;
  const std::size_t inputs = pooled.tensors.size() - pooled.scales.size();
  const std::optional<TensorQuantisation>& whole_tensor = pooled.scales[i].weight;
  if (whole_tensor) constants.weight_scales.push_back(whole_tensor->scale);
  if (!has_channels(layer.type)) return constants;
  for (std::size_t c = 0; c < plan.out_c; ++c) {
    const opline_channel& channel = pools.channels[plan.channels / sizeof(opline_channel) + c];
    constants.biases.push_back(bias_of(plan, channel));
    if (whole_tensor) continue;
    constants.weight_scales.push_back(
        weight_scale(channel, plan.shift_offset, input, pooled.tensors[inputs + i].scale));
  }
  return constants;
}

/// Writes scales and constants into a layout; refuses what TFLite would not accept.
class Writer {
 public:
  explicit Writer(const QuantisedNetwork& source)
      : source_(source), layout_(executable_layout(source.network, TensorSource::own)) {
    tensors_.resize(layout_.header.tensor_bytes);
  }

  void write() {
    const std::vector<Layer>& layers = source_.network.layers();
    require(
        source_.tensors.size() == source_.network.tensor_count() &&
            source_.constants.size() == layers.size(),
        fmt::format("{} tensors have a quantisation and {} layers constants; expected {} and {}",
                    source_.tensors.size(), source_.constants.size(),
                    source_.network.tensor_count(), layers.size()));
    for (std::size_t id = 0; id < source_.tensors.size(); ++id) check_tensor(id);
    check_states();
    for (layer_ = 0; layer_ < layers.size(); ++layer_) write_layer(layers[layer_]);
    check_plan();
  }

  Layout& layout() { return layout_; }
  std::vector<std::uint8_t>& tensors() { return tensors_; }

 private:
  static void require(bool condition, const std::string& message) {
    if (!condition) throw Error(ErrorCode::input, "{}", message);
  }
  void require_layer(bool condition, const std::string& message) const {
    if (condition) return;
    throw Error(ErrorCode::input, "layer {}, {}: {}", layer_,
                to_string(source_.network.layers()[layer_].type), message);
  }
  static bool is_scale(float scale) { return std::isfinite(scale) && scale > 0; }

  void check_tensor(std::size_t id) const {
    const TensorQuantisation& tensor = source_.tensors[id];
    require(is_scale(tensor.scale),
            fmt::format("tensor {}: the scale is {}; it must be positive", id, tensor.scale));
    require(tensor.zero_point >= -128 && tensor.zero_point <= 127,
            fmt::format("tensor {}: the zero point is {}; it must be from -128 to 127", id,
                        tensor.zero_point));
  }

  static bool are_same(const TensorQuantisation& a, const TensorQuantisation& b) {
    return std::abs(a.scale - b.scale) <= 1e-6F && a.zero_point == b.zero_point;
  }

  void check_states() const {
    const std::vector<State>& states = source_.network.states();
    require(source_.initial_states.size() == states.size(),
            fmt::format("{} states have initial values; expected {}", source_.initial_states.size(),
                        states.size()));
    for (std::size_t i = 0; i < states.size(); ++i) {
      const std::uint64_t elements = source_.network.shape(states[i].tensor).elements();
      require(source_.initial_states[i].size() == elements,
              fmt::format("state t{}: {} initial values; expected {}", states[i].tensor,
                          source_.initial_states[i].size(), elements));
      const TensorQuantisation &old = tensor(states[i].tensor), &next = tensor(states[i].next);
      require(
          are_same(old, next),
          fmt::format("state t{} ({}, zero point {}) and what it is assigned ({}, zero point "
                      "{}) must have the same quantisation",
                      states[i].tensor, old.scale, old.zero_point, next.scale, next.zero_point));
    }
  }

  [[nodiscard]] TensorId output_id() const {
    return source_.network.output_of(static_cast<LayerId>(layer_));
  }
  [[nodiscard]] const TensorQuantisation& output() const { return tensor(output_id()); }
  [[nodiscard]] const TensorQuantisation& tensor(TensorId id) const {
    return source_.tensors[static_cast<std::size_t>(id)];
  }

  /// Operations that move codes need the same quantisation on both sides; TFLite accepts scales
  /// that differ by up to 1e-6.
  void check_passed(const Layer& layer) const {
    for (const TensorId id : layer.inputs) {
      const TensorQuantisation& in = tensor(id);
      const int finer = layer.input_bits == layer.output_bits ? 1 : 16;  // a pool to 8 bits
      require_layer(
          are_same({in.scale / static_cast<float>(finer), in.zero_point * finer}, output()),
          fmt::format("input ({}, zero point {}) and output ({}, zero point {}) must have the same "
                      "quantisation",
                      in.scale, in.zero_point, output().scale, output().zero_point));
    }
  }

  void write_layer(const Layer& layer) {
    const LayerConstants& constants = source_.constants[layer_];
    if (passes_quantisation(layer.type)) check_passed(layer);
    if (const std::optional<TensorQuantisation> fixed = fixed_output(layer.type)) {
      require_layer(output() == *fixed,
                    fmt::format("the output must have scale 1/{} and zero point {}",
                                1 / fixed->scale, fixed->zero_point));
    }
    if (layer.type == LayerType::softmax)
      require_layer(is_scale(constants.beta), "beta must be positive");
    require_layer(std::isfinite(constants.alpha), "alpha must be finite");
    check_constants(layer, constants);
    LayerScales scales;
    scales.beta = constants.beta;
    scales.alpha = constants.alpha;
    if ((has_one_scale(layer) || layer.constant != Constant::none) &&
        constants.weight_scales.size() == 1)
      scales.weight = {constants.weight_scales[0], constants.zero_point};
    opline_layer& plan = layout_.layers[layer_];
    set_scales(layer, source_.tensors, output_id(), scales, plan);
    set_table(layer, source_.tensors, output_id(), scales, plan, layout_.tables);
    write_constants(layer, constants);
  }

  void check_constants(const Layer& layer, const LayerConstants& constants) const {
    const auto channels = has_channels(layer.type) ? static_cast<std::size_t>(layer.output.c) : 0;
    const std::size_t weights = count_layer(layer).parameters - channels;
    const bool one_scale =
        (layer.type == LayerType::fully_connected && constants.weight_scales.size() == 1) ||
        layer.constant != Constant::none;
    const std::size_t scales = one_scale ? 1 : channels;
    const auto check = [&](const char* what, std::size_t found, std::size_t expected) {
      require_layer(found == expected, fmt::format("{} {}; expected {}", found, what, expected));
    };
    check("weights", constants.weights.size(), weights);
    check("weight scales", constants.weight_scales.size(), scales);
    check("biases", constants.biases.size(), channels);
    const auto fits = [&](int code) { return layer.weight_bits == 8 || (code >= -8 && code <= 7); };
    require_layer(std::all_of(constants.weights.begin(), constants.weights.end(), fits),
                  "a weight of 4 bits is not in -8..7");
    for (const float scale : constants.weight_scales) {
      require_layer(is_scale(scale),
                    fmt::format("a weight scale is {}; it must be positive", scale));
    }
    require_layer(constants.zero_point == 0 || layer.constant != Constant::none,
                  "weights must have the zero point 0");
    require_layer(constants.zero_point >= -128 && constants.zero_point <= 127,
                  fmt::format("the constant's zero point is {}; it must be from -128 to 127",
                              constants.zero_point));
  }

  /// TFLite rounds the product of scales where a fully connected layer has one weight scale.
  [[nodiscard]] opline_multiplier multiplier_of(const Layer& layer, const LayerConstants& constants,
                                                std::size_t channel) const {
    const float input = tensor(layer.inputs[0]).scale;
    const std::vector<float>& scales = constants.weight_scales;
    if (layer.type == LayerType::fully_connected && scales.size() == 1)
      return for_kernels(quantise_fully_connected(input, scales[0], output().scale));
    return for_kernels(quantise_product(input, scales[channel], output().scale));
  }

  void write_constants(const Layer& layer, const LayerConstants& constants) {
    const opline_layer& plan = layout_.layers[layer_];
    if (constants.weights.empty()) return;
    if (plan.weight_bits == 8) {
      std::memcpy(tensors_.data() + plan.weights, constants.weights.data(),
                  constants.weights.size());
    } else {
      const std::vector<std::int8_t> packed =
          pack_codes(constants.weights, weight_rows(layer, plan).codes, 0);
      std::memcpy(tensors_.data() + plan.weights, packed.data(), packed.size());
    }
    for (std::size_t c = 0; c < constants.biases.size(); ++c) {
      const opline_multiplier multiplier = multiplier_of(layer, constants, c);
      const opline_channel entry{constants.biases[c], multiplier.multiplier, multiplier.shift};
      std::memcpy(tensors_.data() + plan.channels + c * sizeof entry, &entry, sizeof entry);
    }
  }

  /// The device's own check: what it would refuse is refused here, with the layer's name.
  void check_plan() {
    const std::vector<std::uint8_t> plan = plan_bytes(layout_);
    opline_limits limits{};
    limits.arena_bytes = static_cast<std::uint32_t>(layout_.footprint.arena_bytes);
    limits.tensor_bytes = layout_.header.tensor_bytes;
    limits.tensors = tensors_.data();
    const opline_plan_error error = opline_check_plan(plan.data(), plan.size(), &limits);
    if (error.text == nullptr) return;
    layer_ = static_cast<std::size_t>(std::max(error.layer, 0));
    require_layer(false, error.text);
  }

  const QuantisedNetwork& source_;
  Layout layout_;
  std::vector<std::uint8_t> tensors_;
  std::size_t layer_ = 0;
};

}  // namespace

QuantisedNetwork quantised(const Network& network, const Pools& pools, std::uint32_t input_seed) {
  PoolQuantisation pooled = quantise_from_pools(network, pools, input_seed);
  QuantisedNetwork result{network, {}, {}};
  for (std::size_t i = 0; i < network.layers().size(); ++i)
    result.constants.push_back(constants_of(pooled, network.layers()[i], i, pools));
  result.tensors = std::move(pooled.tensors);
  for (const State& state : network.states()) {
    const auto zero =
        static_cast<std::int8_t>(result.tensors[static_cast<std::size_t>(state.tensor)].zero_point);
    result.initial_states.emplace_back(network.shape(state.tensor).elements(), zero);
  }
  return result;
}

CompiledNetwork compile(const QuantisedNetwork& network, std::uint32_t input_seed) {
  Writer writer(network);
  writer.write();
  Layout& layout = writer.layout();
  layout.header.input_seed = input_seed;
  CompiledNetwork compiled;
  compiled.plan = plan_bytes(layout);
  compiled.footprint = layout.footprint;
  compiled.tensors = std::move(writer.tensors());

  std::vector<std::int8_t> activations(layout.footprint.activation_bytes);
  opline_fill_input(input_seed, activations.data() + layout.header.input,
                    layout.header.input_bytes);
  const opline_pools own{reinterpret_cast<const std::int8_t*>(compiled.tensors.data()),
                         reinterpret_cast<const opline_channel*>(compiled.tensors.data()),
                         layout.tables.data()};
  for (const opline_layer& layer : layout.layers) {
    opline_run_layer(&layer, &own, activations.data());
    const std::span<const std::int8_t> output(activations.data() + layer.output,
                                              opline_output_bytes(&layer));
    compiled.digests.push_back(opline_crc32(0, output.data(), output.size()));
    const auto positions = static_cast<std::uint64_t>(layer.out_h) * layer.out_w;
    compiled.spread.push_back(
        layer.output_bits == 8
            ? spread_of(output, layer)
            : spread_of(unpack_codes(output.data(), positions, layer.out_c), layer));
  }
  compiled.output = outputs_of(network.network, layout, activations);
  return compiled;
}

}  // namespace opline::network
