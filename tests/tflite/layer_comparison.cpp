#include "tests/tflite/layer_comparison.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "firmware/kernels/opline_kernels.h"
#include "src/base/error.h"
#include "src/tflite/to_tflite.h"
#include "tests/tflite/half_up.h"

namespace opline::tflite_test {
namespace {

using network::CompiledNetwork;
using network::LayerType;
using network::QuantisedNetwork;

constexpr double kShareOfOneStep = 0.003;
constexpr std::string_view kLinear = "linear";

/// A compiled network, to execute single layers of.
class Plan {
 public:
  explicit Plan(const CompiledNetwork& compiled)
      : tensors_(compiled.tensors), plan_(compiled.plan) {
    opline_plan_header header{};
    std::memcpy(&header, compiled.plan.data(), sizeof header);
    layers_.resize(header.layer_count);
    std::memcpy(layers_.data(), compiled.plan.data() + sizeof header,
                layers_.size() * sizeof(opline_layer));
    activations_.resize(header.activation_bytes);
  }

  /// What layer `i` makes of these tensors.
  Oracle::Codes run(std::size_t i, const std::vector<const Oracle::Codes*>& inputs) {
    const opline_layer& layer = layers_[i];
    const bool first_is_constant = layer.constant == OPLINE_CONSTANT_INPUT;
    std::copy(inputs[0]->begin(), inputs[0]->end(),
              activations_.begin() + (first_is_constant ? layer.input2 : layer.input));
    if (inputs.size() > 1)
      std::copy(inputs[1]->begin(), inputs[1]->end(), activations_.begin() + layer.input2);
    const opline_pools own = pools();
    opline_run_layer(&layer, &own, activations_.data());
    const auto output = activations_.begin() + layer.output;
    return {output, output + opline_output_bytes(&layer)};
  }

  [[nodiscard]] const opline_layer& layer(std::size_t i) const { return layers_[i]; }
  [[nodiscard]] opline_pools pools() const {
    return {reinterpret_cast<const std::int8_t*>(tensors_.data()),
            reinterpret_cast<const opline_channel*>(tensors_.data()),
            plan_.data() + opline_tables_offset(static_cast<std::uint32_t>(layers_.size()))};
  }

 private:
  const std::vector<std::uint8_t>& tensors_;
  const std::vector<std::uint8_t>& plan_;
  std::vector<opline_layer> layers_;
  std::vector<std::int8_t> activations_;
};

Tally tally(const Oracle::Codes& ours, const Oracle::Codes& theirs) {
  OPLINE_ASSERT(ours.size() == theirs.size(), "{} and {} outputs", ours.size(), theirs.size());
  Tally result{1, ours.size()};
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const int steps = std::abs(ours[i] - theirs[i]);
    result.different += steps != 0 ? 1 : 0;
    result.most = std::max(result.most, steps);
  }
  return result;
}

}  // namespace

double Tally::share() const {
  return static_cast<double>(different) / static_cast<double>(outputs);
}

void Tally::add(const Tally& other) {
  layers += other.layers;
  outputs += other.outputs;
  different += other.different;
  unexplained += other.unexplained;
  most = std::max(most, other.most);
}

void add(Comparison& sum, const Comparison& other) {
  for (const auto& [what, one] : other) sum[what].add(one);
}

std::string to_text(const Comparison& comparison) {
  std::string text = fmt::format("{:26} {:>7} {:>10} {:>9} {:>9} {:>11}\n", "layers", "number",
                                 "outputs", "different", "share", "most steps");
  for (const auto& [what, one] : comparison)
    text += fmt::format("{:26} {:>7} {:>10} {:>9} {:>8.4f}% {:>11}\n", what, one.layers,
                        one.outputs, one.different, 100 * one.share(), one.most);
  return text;
}

std::string kind(const QuantisedNetwork& network, network::LayerId layer) {
  const auto i = static_cast<std::size_t>(layer);
  const network::Layer& what = network.network.layers()[i];
  std::string type(to_string(what.type));
  if (what.type != LayerType::conv2d && what.type != LayerType::fully_connected) return type;
  const bool relu =
      what.activation != network::Activation::none && network.tensors[i + 1].zero_point == -128;
  return relu ? type : fmt::format("{} {}", type, kLinear);
}

Comparison compare(const Oracle& oracle, const QuantisedNetwork& network,
                   const Oracle::Codes& input) {
  tflite::TfliteOptions options;
  options.intermediate_outputs = true;
  const std::vector<Oracle::Codes> theirs = oracle.run(tflite::to_tflite(network, options), input);
  const CompiledNetwork compiled = network::compile(network);
  Plan plan(compiled);
  Comparison result;
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    std::vector<const Oracle::Codes*> inputs;
    for (const network::TensorId tensor : network.network.layers()[i].inputs)
      inputs.push_back(tensor == 0 ? &input : &theirs[static_cast<std::size_t>(tensor) - 1]);
    const std::string what = kind(network, static_cast<network::LayerId>(i));
    Tally one = tally(plan.run(i, inputs), theirs[i]);
    if (one.different != 0 && what.ends_with(kLinear))
      one.unexplained =
          tally(half_up(plan.layer(i), plan.pools(), *inputs[0]), theirs[i]).different;
    result[what].add(one);
  }
  return result;
}

void expect_as_documented(const Comparison& comparison) {
  Tally linear;
  for (const auto& [what, one] : comparison) {
    SCOPED_TRACE(what);
    if (what.ends_with(kLinear)) {
      linear.add(one);
      EXPECT_EQ(one.unexplained, 0U);
    } else if (what == "softmax") {
      EXPECT_LE(one.share(), kShareOfOneStep);
    } else if (what != "mean") {
      EXPECT_EQ(one.different, 0U);
    }
    EXPECT_LE(one.most, 1);
  }
  if (linear.outputs != 0) {
    EXPECT_LE(linear.share(), kShareOfOneStep) << "of all linear layers";
  }
}

}  // namespace opline::tflite_test
