#include "src/network/host_execution.h"

#include <cstring>

#include "firmware/include/opline_plan.h"
#include "firmware/kernels/opline_kernels.h"
#include "src/base/error.h"

namespace opline::network {
namespace {

std::vector<std::uint32_t> execute(const std::vector<std::uint8_t>& plan,
                                   const opline_pools& constants) {
  opline_plan_header header{};
  OPLINE_ASSERT(plan.size() >= sizeof header, "a plan of {} bytes", plan.size());
  std::memcpy(&header, plan.data(), sizeof header);
  OPLINE_ASSERT(plan.size() == sizeof header + header.layer_count * sizeof(opline_layer),
                "a plan of {} bytes", plan.size());
  std::vector<opline_layer> layers(header.layer_count);
  std::memcpy(layers.data(), plan.data() + sizeof header, layers.size() * sizeof(opline_layer));
  std::vector<std::int8_t> activations(header.activation_bytes);
  opline_fill_input(header.input_seed, activations.data() + layers[0].input, header.input_bytes);
  std::vector<std::uint32_t> digests;
  for (const opline_layer& layer : layers) {
    opline_run_layer(&layer, &constants, activations.data());
    digests.push_back(
        opline_crc32(0, activations.data() + layer.output, opline_output_bytes(&layer)));
  }
  return digests;
}

}  // namespace

std::vector<std::uint32_t> execute_on_host(const std::vector<std::uint8_t>& plan,
                                           const Pools& pools) {
  return execute(plan, opline_pools{pools.weights.data(), pools.channels.data()});
}

std::vector<std::uint32_t> execute_on_host(const std::vector<std::uint8_t>& plan,
                                           const std::vector<std::uint8_t>& tensors) {
  // operator new aligns for every fundamental type, so table entries are aligned where their
  // offsets are.
  return execute(plan, opline_pools{reinterpret_cast<const std::int8_t*>(tensors.data()),
                                    reinterpret_cast<const opline_channel*>(tensors.data())});
}

}  // namespace opline::network
