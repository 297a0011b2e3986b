#include "src/network/host_execution.h"

#include <cstring>

#include "firmware/include/opline_plan.h"
#include "firmware/kernels/opline_kernels.h"
#include "src/base/error.h"

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
  void set_input(std::span<const std::int8_t> input) {
    OPLINE_ASSERT(input.size() == header_.input_bytes, "{} B of input", input.size());
    std::memcpy(activations_.data() + header_.input, input.data(), input.size());
  }

  HostRun run(opline_pools constants) {
    constants.tables = plan_.data() + opline_tables_offset(header_.layer_count);
    HostRun result;
    for (const opline_layer& layer : layers_) {
      opline_run_layer(&layer, &constants, activations_.data());
      const std::int8_t* const output = activations_.data() + layer.output;
      result.digests.push_back(opline_crc32(0, output, opline_output_bytes(&layer)));
      if (&layer == &layers_.back())
        result.output.assign(output, output + opline_output_bytes(&layer));
    }
    return result;
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
  return execution.run({pools.weights.data(), pools.channels.data(), nullptr}).digests;
}

std::vector<std::uint32_t> execute_on_host(const std::vector<std::uint8_t>& plan,
                                           const std::vector<std::uint8_t>& tensors) {
  Execution execution(plan);
  execution.fill_input();
  return execution.run(pools_in(tensors)).digests;
}

HostRun run_on_host(const std::vector<std::uint8_t>& plan, const std::vector<std::uint8_t>& tensors,
                    std::span<const std::int8_t> input) {
  Execution execution(plan);
  execution.set_input(input);
  return execution.run(pools_in(tensors));
}

}  // namespace opline::network
