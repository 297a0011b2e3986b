#include "src/network/compile.h"

#include "src/network/pool_quantiser.h"

namespace opline::network {

CompiledNetwork compile(const Network& network, const Pools& pools, std::uint32_t input_seed) {
  PoolQuantisation quantisation = quantise_from_pools(network, pools, input_seed);
  CompiledNetwork compiled;
  compiled.plan = plan_bytes(quantisation.layout);
  compiled.footprint = quantisation.layout.footprint;
  compiled.digests = std::move(quantisation.digests);
  compiled.spread = std::move(quantisation.spread);
  compiled.output = std::move(quantisation.output);
  return compiled;
}

std::uint64_t weight_bytes_at_most(const Layout& layout) {
  return layout.footprint.weight_bytes + layout.layers.size() * kNudges * OPLINE_ALIGNMENT;
}

}  // namespace opline::network
