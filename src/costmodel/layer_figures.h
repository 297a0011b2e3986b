// src/costmodel/layer_figures.h - macs, outputs and bytes of a layer as polynomials in its
// channels.
//
//   figure = constant + in x input + out x output + in_out x input x output channels
// Two codes of four bits share a byte, and an odd one has a byte of its own: in spaces with such
// codes there are four polynomials, one for each parity of input and output channels.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sampler/space/place.h"
#include "src/network/network.h"

namespace opline::costmodel {

/// The layer with these channels of its input (that is BlockLayer::from) and its output.
[[nodiscard]] network::Layer layer_of(const sampler::BlockLayer& layer, int in, int out);

/// A figure of one layer, by its input and output channels.
struct BilinearCost {
  double constant = 0, in = 0, out = 0, in_out = 0;
  [[nodiscard]] double at(double input, double output) const {
    return constant + in * input + (out + in_out * input) * output;
  }
  bool operator==(const BilinearCost&) const = default;
};

/// Which of four polynomials, by channels.
[[nodiscard]] constexpr std::size_t parity(std::int64_t in, std::int64_t out) {
  return static_cast<std::size_t>((in & 1) * 2 + (out & 1));
}

/// Figures of network::LayerWork, one polynomial of each or four; of parities that the layer cannot
/// have, any.
struct LayerFigures {
  network::LayerType type = network::LayerType::conv2d;
  std::string form;  ///< network::form_name_of() the layer.
  std::vector<BilinearCost> macs, output_elements, bytes;
  bool operator==(const LayerFigures&) const = default;
};

/// `bits`: a layer that has those of `layer`. Asserts that figures are such polynomials.
[[nodiscard]] LayerFigures figures_of(const sampler::BlockLayer& layer, const network::Layer& bits,
                                      std::size_t polynomials);

/// Whether the output has the channels of the input, whatever is decided, and figures are linear in
/// them: not of a convolution.
[[nodiscard]] bool keeps_channels(const sampler::BlockLayer& layer);

/// Of one that keeps channels, as figures of the layer that makes its input.
[[nodiscard]] LayerFigures behind(LayerFigures figures);

}  // namespace opline::costmodel
