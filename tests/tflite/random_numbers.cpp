#include "tests/tflite/random_numbers.h"

#include <cmath>
#include <numeric>

#include "src/network/lookup_table.h"
#include "src/network/op_count.h"
#include "tests/random_data.h"

namespace opline::tflite_test {
namespace {

using network::Layer;
using network::LayerType;
using network::TensorId;
using testing_data::uniform;

constexpr double kWeightDeviation = 73.6;   // of a uniform integer in [-127, 127]
constexpr double kWeightDeviationS4 = 4.6;  // in [-8, 7]
constexpr double kInputSize = 70;           // root mean square of (code - zero point), about
constexpr double kOutputDeviation = 45;     // steps aimed at

/// Layers whose output must have the quantisation of their inputs.
bool passes_codes_on(LayerType type) {
  return type == LayerType::average_pool_2d || type == LayerType::max_pool_2d ||
         network::moves(type);
}

/// For each tensor the first of those that must have the same quantisation.
std::vector<TensorId> groups_of(const network::Network& network) {
  std::vector<TensorId> first(network.tensor_count());
  std::iota(first.begin(), first.end(), 0);
  const auto join = [&](TensorId a, TensorId b) {
    const TensorId keep =
        std::min(first[static_cast<std::size_t>(a)], first[static_cast<std::size_t>(b)]);
    const TensorId one = first[static_cast<std::size_t>(a)];
    const TensorId other = first[static_cast<std::size_t>(b)];
    for (TensorId& tensor : first) {
      if (tensor == one || tensor == other) tensor = keep;
    }
  };
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    if (!passes_codes_on(network.layers()[i].type)) continue;
    for (const TensorId input : network.layers()[i].inputs)
      join(input, network.output_of(static_cast<network::LayerId>(i)));
  }
  for (const network::State& state : network.states()) join(state.tensor, state.next);
  return first;
}

network::TensorQuantisation random_quantisation(RandomStream& random, bool relu) {
  network::TensorQuantisation numbers;
  numbers.scale = static_cast<float>(uniform(random, 0.02, 0.05));
  const int zero_point = static_cast<int>(random.below(60)) - 30;
  // Behind a ReLU it is the lowest code, nearly always.
  numbers.zero_point = relu && random.below(8) != 0 ? -128 : zero_point;
  return numbers;
}

network::LayerConstants random_constants(const network::QuantisedNetwork& so_far, std::size_t i,
                                         RandomStream& random) {
  const Layer& layer = so_far.network.layers()[i];
  network::LayerConstants constants;
  if (layer.type == LayerType::softmax)
    constants.beta = static_cast<float>(uniform(random, 0.5, 2));
  if (layer.type == LayerType::leaky_relu)
    constants.alpha = static_cast<float>(uniform(random, 0.01, 0.5));
  const std::uint64_t parameters = network::count_layer(layer).parameters;
  if (parameters == 0) return constants;
  const bool weighted = network::has_channels(layer.type);
  const auto channels = static_cast<std::size_t>(weighted ? layer.output.c : 0);
  constants.weights.resize(parameters - channels);
  const bool four = layer.weight_bits == 4;
  for (std::int8_t& weight : constants.weights)
    weight = static_cast<std::int8_t>(static_cast<int>(random.below(four ? 16 : 255)) -
                                      (four ? 8 : 127));
  if (!weighted) {
    constants.weight_scales = {static_cast<float>(uniform(random, 0.005, 0.05))};
    constants.zero_point = static_cast<int>(random.below(60)) - 30;
    return constants;
  }
  const double taps = static_cast<double>(constants.weights.size()) / static_cast<double>(channels);
  const double sum_deviation =
      std::sqrt(taps) * (four ? kWeightDeviationS4 : kWeightDeviation) * kInputSize;
  const double rescale =
      static_cast<double>(so_far.tensors[so_far.network.inputs().size() + i].scale) /
      static_cast<double>(so_far.tensors[static_cast<std::size_t>(layer.inputs[0])].scale);
  for (std::size_t c = 0; c < channels; ++c)
    constants.biases.push_back(
        static_cast<std::int32_t>(uniform(random, -0.5, 0.5) * sum_deviation));
  for (std::size_t c = 0; c < (layer.type == LayerType::fully_connected ? 1 : channels); ++c)
    constants.weight_scales.push_back(
        static_cast<float>(uniform(random, 0.5, 1.5) * kOutputDeviation / sum_deviation * rescale));
  return constants;
}

}  // namespace

network::QuantisedNetwork random_numbers(const network::Network& network, std::uint64_t seed) {
  RandomStream random(seed, 0);
  network::QuantisedNetwork result{network, {}, {}};
  result.tensors.resize(network.tensor_count());
  const std::vector<TensorId> groups = groups_of(network);
  for (std::size_t tensor = 0; tensor < groups.size(); ++tensor) {
    const auto first = static_cast<std::size_t>(groups[tensor]);
    const auto layer = network.layer_of(static_cast<TensorId>(tensor));
    const Layer* maker = layer ? &network.layers()[static_cast<std::size_t>(*layer)] : nullptr;
    const bool relu = maker != nullptr && maker->activation != network::Activation::none;
    result.tensors[tensor] =
        first == tensor ? random_quantisation(random, relu) : result.tensors[first];
    if (maker != nullptr)
      result.tensors[tensor] = network::fixed_output(maker->type).value_or(result.tensors[tensor]);
  }
  for (std::size_t i = 0; i < network.layers().size(); ++i)
    result.constants.push_back(random_constants(result, i, random));
  for (const network::State& state : network.states())
    result.initial_states.push_back(random_codes(network.shape(state.tensor).elements(),
                                                 seed + static_cast<std::uint64_t>(state.tensor)));
  return result;
}

std::vector<std::int8_t> random_codes(std::size_t count, std::uint64_t seed) {
  RandomStream random(seed, 1);
  std::vector<std::int8_t> codes(count);
  for (std::int8_t& code : codes) code = static_cast<std::int8_t>(random.next() >> 24);
  return codes;
}

}  // namespace opline::tflite_test
