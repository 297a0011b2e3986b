// with_bits(), assign_bits(): which tensors of a network can have codes of four bits.
#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <utility>

#include "src/base/error.h"
#include "src/network/network.h"

namespace opline::network {
namespace {

/// Whether there are kernels for its weights in four bits: not with dilation, groups, a depth
/// multiplier, or per position.
bool has_weight_kernels(const Layer& layer) {
  if (!has_channels(layer.type)) return false;
  const Window& window = layer.window;
  if (window.dilation_h != 1 || window.dilation_w != 1 || layer.groups != 1) return false;
  if (layer.type == LayerType::depthwise_conv2d) return layer.output.c == layer.input.c;
  return layer.type == LayerType::conv2d || (layer.output.h == 1 && layer.output.w == 1);
}

/// Of two tensors of the output's shape.
bool is_plain_add(const Layer& layer) {
  return layer.type == LayerType::add && layer.constant == Constant::none &&
         layer.input == layer.output && layer.input2 == layer.output;
}

/// Whether there are kernels for inputs of four bits.
bool has_kernels(const Layer& layer) {
  return has_weight_kernels(layer) || layer.type == LayerType::average_pool_2d ||
         layer.type == LayerType::max_pool_2d || is_plain_add(layer);
}

bool averages_all(const Layer& layer) {
  return layer.type == LayerType::average_pool_2d && layer.output.h == 1 && layer.output.w == 1;
}

class Assignment {
 public:
  Assignment(const std::vector<Layer>& layers, std::size_t inputs)
      : layers_(layers),
        inputs_(inputs),
        four_(inputs + layers.size(), true),
        read_(four_.size(), false) {}

  /// By TensorId: whether it has four bits.
  std::vector<bool> run(const std::vector<TensorId>& eight) {
    std::fill_n(four_.begin(), inputs_, false);
    for (const TensorId id : eight) four_[static_cast<std::size_t>(id)] = false;
    for (std::size_t i = 0; i < layers_.size(); ++i) start(i);
    for (std::size_t id = 0; id < four_.size(); ++id) four_[id] = four_[id] && read_[id];
    do {
      changed_ = false;
      for (std::size_t i = 0; i < layers_.size(); ++i) settle(i);
    } while (changed_);
    return four_;
  }

 private:
  void start(std::size_t i) {
    const Layer& layer = layers_[i];
    for (const TensorId id : layer.inputs) {
      read_[static_cast<std::size_t>(id)] = true;
      if (!has_kernels(layer)) four_[static_cast<std::size_t>(id)] = false;
    }
    if (!has_kernels(layer) || averages_all(layer)) four_[inputs_ + i] = false;
  }

  void make_eight(std::size_t id) {
    changed_ = changed_ || four_[id];
    four_[id] = false;
  }

  /// What the bits of one tensor of a layer say about the others.
  void settle(std::size_t i) {
    const Layer& layer = layers_[i];
    if (has_channels(layer.type)) return;
    const auto four = [&](TensorId id) { return bool{four_[static_cast<std::size_t>(id)]}; };
    bool inputs = std::all_of(layer.inputs.begin(), layer.inputs.end(), four);
    if (must_keep_bits(i)) inputs = inputs && four_[inputs_ + i];
    if (inputs) return;
    for (const TensorId id : layer.inputs) make_eight(static_cast<std::size_t>(id));
    make_eight(inputs_ + i);
  }

  /// Pools have one scale on both sides. An average over all positions has a finer step where what
  /// reads it does not ask for the same scale.
  bool must_keep_bits(std::size_t i) const {
    const Layer& layer = layers_[i];
    if (layer.type == LayerType::add) return false;
    if (!averages_all(layer)) return true;
    const auto output = static_cast<TensorId>(inputs_ + i);
    return std::any_of(layers_.begin(), layers_.end(), [&](const Layer& reader) {
      const auto& inputs = reader.inputs;
      return passes_quantisation(reader.type) &&
             std::find(inputs.begin(), inputs.end(), output) != inputs.end();
    });
  }

  const std::vector<Layer>& layers_;
  std::size_t inputs_;  ///< Number of tensors before that of the first layer.
  std::vector<bool> four_;
  std::vector<bool> read_;
  bool changed_ = false;
};

bool is_bits(int bits) { return bits == 8 || bits == 4; }

}  // namespace

void NetworkBuilder::set_weight_bits(TensorId output, int bits) {
  Layer& layer = network_.layers_.at(static_cast<std::size_t>(*network_.layer_of(output)));
  if (!is_bits(bits) || (bits == 4 && !has_weight_kernels(layer))) {
    throw Error(ErrorCode::input,
                "weights of {} bits with {}; there are 8 and 4, and 4 not with dilation, groups, a "
                "depth multiplier or per position",
                bits, to_string(layer.type));
  }
  layer.weight_bits = bits;
}

void set_bits(const std::string& canonical_text, const std::vector<Layer*>& layers) {
  std::istringstream lines(canonical_text);
  std::vector<int> tensors;  // by TensorId
  std::size_t i = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string type, word;
    words >> type;
    if (type == "input" || type == "state") {
      tensors.push_back(8);
      continue;
    }
    if (i == layers.size()) return;
    Layer& layer = *layers[i++];
    int output = 8;
    bool first = true;
    while (words >> word) {
      if (word == "w4") layer.weight_bits = 4;
      if (word == "a4") output = 4;
      if (!std::exchange(first, false) || word[0] != 't') continue;
      const auto id = static_cast<std::size_t>(std::atoi(word.c_str() + 1));
      if (id < tensors.size()) layer.input_bits = tensors[id];
    }
    layer.output_bits = output;
    tensors.push_back(output);
  }
}

Network with_bits(Network network, Bits bits) {
  if (!is_bits(bits.weights) || !is_bits(bits.activations)) {
    throw Error(ErrorCode::input, "weights of {} bits and activations of {}; there are 8 and 4",
                bits.weights, bits.activations);
  }
  if (bits.weights == 8 && bits.activations == 4) {
    throw Error(ErrorCode::input,
                "activations of 4 bits with weights of 8: no kernel has these; use weights of 4");
  }
  std::vector<TensorId> eight = network.outputs_;
  for (const State& state : network.states_) eight.push_back(state.next);
  assign_bits(network.layers_, network.inputs_.size(), eight, bits);
  return network;
}

void assign_bits(std::vector<Layer>& layers, std::size_t inputs, const std::vector<TensorId>& eight,
                 Bits bits) {
  std::vector<bool> four(inputs + layers.size(), false);
  if (bits.activations == 4) four = Assignment(layers, inputs).run(eight);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    Layer& layer = layers[i];
    layer.weight_bits = has_weight_kernels(layer) ? bits.weights : 8;
    layer.input_bits = four[static_cast<std::size_t>(layer.inputs[0])] ? 4 : 8;
    layer.output_bits = four[inputs + i] ? 4 : 8;
  }
}

}  // namespace opline::network
