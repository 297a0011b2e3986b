// src/report/network_view.h - one network layer by layer: as text and as JSON.
//
//     layer                   input      output        macs    params      SRAM       cycles  per
//     mac
//   0 conv2d                49x10x1    49x10x84     1646400      3444   40.8 KB 5312847     3.23
#pragma once
#include <iosfwd>
#include <optional>
#include <string>

#include "src/base/json.h"
#include "src/measure/outcome.h"
#include "src/network/compile.h"

namespace opline::report {

/// What is shown of a network. References live as long as the view.
struct NetworkView {
  std::string name;          ///< Of a known network or a file; empty without.
  std::string architecture;  ///< Its decisions; empty for an imported network.
  const network::Network& network;
  const network::Layout& layout;
  const measure::Measurement* measured = nullptr;  ///< With the cycles of every layer, or none.
  /// CRC-32 of each layer's output, or none.
  const std::vector<std::uint32_t>* digests = nullptr;
};

void print(const NetworkView& view, std::ostream& out);

/// Keys: name and architecture where there are, network, inputs (shapes), states and outputs
/// (shape, and the layer that makes it or the state's next value; null: the state keeps its value),
/// layers (type, kernel, input, output, macs, ops, parameters, bytes touched, live_bytes,
/// activation; window of those that have one: kernel, stride, padding, dilation, groups; digest and
/// cycles where known), macs, ops, parameters, flash_bytes, activation_bytes, sram_bytes, cycles
/// where measured.
[[nodiscard]] Json to_json(const NetworkView& view);

}  // namespace opline::report
