#include "src/network/pools.h"

namespace opline::network {

Pools Pools::generate(std::uint32_t weight_bytes, std::uint32_t channel_bytes) {
  Pools pools;
  pools.weights.resize(weight_bytes);
  for (std::uint32_t i = 0; i < weight_bytes; ++i) pools.weights[i] = opline_pool_weight(i);
  pools.channels.resize(channel_bytes / sizeof(opline_channel));
  for (std::uint32_t i = 0; i < pools.channels.size(); ++i)
    pools.channels[i] = opline_pool_channel(i);
  return pools;
}

}  // namespace opline::network
