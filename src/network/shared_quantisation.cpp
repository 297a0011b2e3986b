#include "src/network/shared_quantisation.h"

#include <numeric>
#include <string>

#include "src/base/error.h"
#include "src/network/lookup_table.h"

namespace opline::network {
namespace {
constexpr int kLinearZeroPoint = 4;
}

SharedQuantisation::SharedQuantisation(const Network& network, const TensorQuantisation& input)
    : parent_(network.tensor_count()), classes_(parent_.size()) {
  std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  const std::vector<Layer>& layers = network.layers();
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!passes_quantisation(layers[i].type)) continue;
    for (const TensorId tensor : layers[i].inputs)
      unite(tensor, network.output_of(static_cast<LayerId>(i)));
  }
  for (const State& state : network.states()) unite(state.next, state.tensor);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    Class& one = classes_[find(network.output_of(static_cast<LayerId>(i)))];
    one.shared = one.shared || layers[i].type == LayerType::concatenation;
    const bool linear =
        layers[i].activation == Activation::none && !passes_quantisation(layers[i].type);
    if (linear) one.quantisation.zero_point = kLinearZeroPoint;
  }
  for (const State& state : network.states()) classes_[find(state.tensor)].shared = true;
  std::vector<std::string> fixed_by(classes_.size());  // by root
  for (std::size_t i = 0; i < network.inputs().size(); ++i) {
    const std::size_t of_input = find(static_cast<TensorId>(i));
    if (!classes_[of_input].shared) continue;
    classes_[of_input].quantisation = input;
    classes_[of_input].chosen = false;
    fixed_by[of_input] = "the network's input";
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::size_t root = find(network.output_of(static_cast<LayerId>(i)));
    const std::optional<TensorQuantisation> fixed = fixed_output(layers[i].type);
    if (!fixed || !classes_[root].shared) continue;
    if (!fixed_by[root].empty() && classes_[root].quantisation != *fixed) {
      throw Error(
          ErrorCode::input,
          "layer {}: a concatenation{} joins a {} with {}, whose scales differ; put a layer "
          "between",
          i, network.states().empty() ? "" : " or a state", to_string(layers[i].type),
          fixed_by[root]);
    }
    classes_[root].quantisation = *fixed;
    classes_[root].chosen = false;
    fixed_by[root] = "a " + std::string(to_string(layers[i].type));
  }
}

std::size_t SharedQuantisation::find(TensorId tensor) const {
  auto at = static_cast<std::size_t>(tensor);
  while (parent_[at] != at) at = parent_[at];
  return at;
}

void SharedQuantisation::unite(TensorId a, TensorId b) { parent_[find(a)] = find(b); }

const TensorQuantisation* SharedQuantisation::required(TensorId tensor) const {
  const Class& one = classes_[find(tensor)];
  return one.shared ? &one.quantisation : nullptr;
}

void SharedQuantisation::choose(TensorId tensor, float scale) {
  Class& one = classes_[find(tensor)];
  if (one.quantisation.scale == 0) one.quantisation.scale = scale;
}

bool SharedQuantisation::raise(TensorId tensor, float scale) {
  Class& one = classes_[find(tensor)];
  if (one.chosen) one.quantisation.scale = scale;
  return one.chosen;
}

}  // namespace opline::network
