#include "src/network/host_execution.h"

#include <cstring>

#include "firmware/include/opline_plan.h"
#include "firmware/kernels/opline_kernels.h"
#include "src/base/error.h"
#include "src/network/memory_plan.h"

namespace opline::network {
namespace {

/// Header and layers of a plan, and the memory it runs in.
class Execution {
 public:
  explicit Execution(const std::vector<std::uint8_t>& plan) : plan_(plan) {
    OPLINE_ASSERT(plan.size() >= sizeof header_, "a plan of {} bytes", plan.size());
    std::memcpy(&header_, plan.data(), sizeof header_);
    OPLINE_ASSERT(plan.size() == opline_plan_bytes(header_.layer_count, header_.table_bytes),
                  "a plan of {} bytes", plan.size());
    layers_.resize(header_.layer_count);
    std::memcpy(layers_.data(), plan.data() + sizeof header_,
                layers_.size() * sizeof(opline_layer));
    activations_.resize(header_.activation_bytes);
  }

  void fill_input() {
    opline_fill_input(header_.input_seed, activations_.data() + header_.input, header_.input_bytes);
  }
  /// `at` bytes behind the start of the first input.
  void set_input(std::uint64_t at, const std::vector<std::int8_t>& input) {
    OPLINE_ASSERT(at + input.size() <= header_.input_bytes, "{} B of input", input.size());
    std::memcpy(activations_.data() + header_.input + at, input.data(), input.size());
  }

  /// The digest of every layer.
  std::vector<std::uint32_t> run(opline_pools constants) {
    constants.tables = plan_.data() + opline_tables_offset(header_.layer_count);
    std::vector<std::uint32_t> digests;
    for (const opline_layer& layer : layers_) {
      opline_run_layer(&layer, &constants, activations_.data());
      digests.push_back(
          opline_crc32(0, activations_.data() + layer.output, opline_output_bytes(&layer)));
    }
    return digests;
  }

  /// After run(): what `layer` has made.
  [[nodiscard]] std::vector<std::int8_t> output_of(LayerId layer) const {
    const opline_layer& one = layers_[static_cast<std::size_t>(layer)];
    const auto first = activations_.begin() + one.output;
    return {first, first + opline_output_bytes(&one)};
  }

 private:
  const std::vector<std::uint8_t>& plan_;
  opline_plan_header header_{};
  std::vector<opline_layer> layers_;
  std::vector<std::int8_t> activations_;
};

/// operator new aligns for every fundamental type, so table entries are aligned where their offsets
/// are.
opline_pools pools_in(const std::vector<std::uint8_t>& tensors) {
  return {reinterpret_cast<const std::int8_t*>(tensors.data()),
          reinterpret_cast<const opline_channel*>(tensors.data()), nullptr};
}

}  // namespace

std::vector<std::uint32_t> execute_on_host(const std::vector<std::uint8_t>& plan,
                                           const Pools& pools) {
  Execution execution(plan);
  execution.fill_input();
  return execution.run({pools.weights.data(), pools.channels.data(), nullptr});
}

std::vector<std::uint32_t> execute_on_host(const std::vector<std::uint8_t>& plan,
                                           const std::vector<std::uint8_t>& tensors) {
  Execution execution(plan);
  execution.fill_input();
  return execution.run(pools_in(tensors));
}

std::uint32_t output_digest(const HostRun& run) {
  std::uint32_t digest = 0;
  for (const std::vector<std::int8_t>& output : run.outputs)
    digest = opline_crc32(digest, output.data(), output.size());
  return digest;
}

HostRun run_on_host(const QuantisedNetwork& network, const CompiledNetwork& compiled,
                    const std::vector<std::vector<std::int8_t>>& inputs) {
  const Network& shapes = network.network;
  OPLINE_ASSERT(inputs.size() == shapes.inputs().size(), "{} inputs", inputs.size());
  Execution execution(compiled.plan);
  const std::vector<std::uint64_t> offsets = input_offsets(shapes);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    OPLINE_ASSERT(inputs[i].size() == shapes.inputs()[i].elements(), "{} B of input {}",
                  inputs[i].size(), i);
    execution.set_input(offsets[i], inputs[i]);
  }
  HostRun result;
  result.digests = execution.run(pools_in(compiled.tensors));
  for (const TensorId output : shapes.outputs())
    result.outputs.push_back(execution.output_of(*shapes.layer_of(output)));
  for (const State& state : shapes.states())
    result.states.push_back(state.next == state.tensor
                                ? inputs[static_cast<std::size_t>(state.tensor)]
                                : execution.output_of(*shapes.layer_of(state.next)));
  return result;
}

HostRun run_first(const QuantisedNetwork& network, const CompiledNetwork& compiled,
                  std::uint32_t input_seed) {
  const Network& shapes = network.network;
  const std::vector<std::uint64_t> offsets = input_offsets(shapes);
  std::vector<std::vector<std::int8_t>> inputs;
  for (std::size_t i = 0; i < shapes.input_count(); ++i) {
    std::vector<std::int8_t>& codes = inputs.emplace_back(shapes.inputs()[i].elements());
    for (std::size_t at = 0; at < codes.size(); ++at)
      codes[at] = opline_input_byte(input_seed, static_cast<std::uint32_t>(offsets[i] + at));
  }
  inputs.insert(inputs.end(), network.initial_states.begin(), network.initial_states.end());
  return run_on_host(network, compiled, inputs);
}

}  // namespace opline::network
