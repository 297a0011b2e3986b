// src/costmodel/network_request.h - a network to be predicted, as a line of JSON names it.
//
//   {"ops": 12345678}
//   {"name": "a", "architecture": "conv1=84 block1=112 ..."}
//   {"layers": [{"type": "conv2d", "input": [25, 5, 64], "output": [25, 5, 84], "kernel": [1, 1],
//                "stride": [1, 1], "padding": "same", "activation": "relu"}, ...]}
// docs/formats/predictions.md.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sampler/space/space.h"
#include "src/base/result.h"
#include "src/costmodel/cost_model.h"
#include "src/costmodel/prediction.h"
#include "src/network/network.h"

namespace opline::costmodel {

/// One of ops, architecture and layers.
struct NetworkRequest {
  std::optional<std::string> name;  ///< Given back with the prediction.
  std::optional<std::uint64_t> ops;
  std::string architecture;  ///< Decisions in the space of the cost model.
  std::vector<network::Layer> layers;
};

/// `where` stands for the line in messages, e.g. "networks.jsonl:12". Throws Error{input}
/// "where: key: what, and what to do".
[[nodiscard]] NetworkRequest read_network_request(const std::string& line,
                                                  const std::string& where);

/// The network's layers; empty where only its ops are known. Throws Error{input} for an
/// architecture that `space` does not have, or without a space.
[[nodiscard]] std::vector<network::Layer> layers_of(const NetworkRequest& request,
                                                    const std::optional<sampler::Space>& space);

/// Ops of the layers. Throws Error{input} where 64 bits do not hold them.
[[nodiscard]] std::uint64_t ops_of(const std::vector<network::Layer>& layers);

}  // namespace opline::costmodel
