#include "src/costmodel/layer_figures.h"

#include <array>

#include "sampler/space/decode.h"
#include "src/base/error.h"
#include "src/network/layer_work.h"

namespace opline::costmodel {
namespace {

using network::LayerType;
using sampler::BlockLayer;

bool has_four_bits(const network::Layer& layer) {
  return layer.weight_bits == 4 || layer.input_bits == 4 || layer.output_bits == 4;
}

/// Whether the output has as many channels as the input, or a multiple, whatever is decided: then
/// there is but one variable.
bool follows_input(LayerType type) {
  return type != LayerType::conv2d && type != LayerType::fully_connected &&
         type != LayerType::concatenation;
}

/// Two numbers of channels for a polynomial and one to verify it.
struct Samples {
  std::array<int, 3> in{}, out{};
};

/// Numbers that the layer can have; of these parities where codes have four bits.
Samples samples_of(const BlockLayer& layer, bool four_bits, int odd_in, int odd_out) {
  Samples at;
  for (int i = 0; i < 3; ++i) {
    const auto index = static_cast<std::size_t>(i);
    at.in[index] = four_bits ? 2 * (i + 1) - odd_in : layer.groups * (i + 1);
    at.out[index] = four_bits ? 2 * (i + 1) - odd_out : layer.groups * (i + 1);
    if (follows_input(layer.type)) at.out[index] = at.in[index];
    if (layer.type == LayerType::concatenation) at.out[index] += 4;  // more than its input
  }
  return at;
}

/// A figure at the samples: at (in, out) 00, 10, 01, 11, 22.
using Values = std::array<double, 5>;

/// The polynomial through a figure. Coefficients are whole numbers, or halves and quarters of them,
/// so that it is exact.
BilinearCost polynomial(bool follows_input, const Samples& at, const Values& value) {
  const auto [v00, v10, v01, v11, v22] = value;
  const double in = at.in[0], d_in = at.in[1] - at.in[0];
  const double out = at.out[0], d_out = at.out[1] - at.out[0];
  BilinearCost cost;
  if (follows_input) {
    cost.in = (v11 - v00) / d_in;
  } else {
    cost.in_out = (v11 - v10 - v01 + v00) / (d_in * d_out);
    cost.in = (v10 - v00) / d_in - cost.in_out * out;
    cost.out = (v01 - v00) / d_out - cost.in_out * in;
  }
  cost.constant = v00 - cost.at(in, out);
  OPLINE_ASSERT(cost.at(at.in[2], at.out[2]) == v22, "not a polynomial of channels");
  return cost;
}

}  // namespace

network::Layer layer_of(const sampler::BlockLayer& layer, int in, int out) {
  network::NetworkBuilder builder({layer.in.h, layer.in.w, in});
  network::TensorId other = 0;
  if (layer.joins()) {
    const int channels = layer.type == LayerType::concatenation ? out - in : in;
    other = builder.add_input({layer.out.h, layer.out.w, channels});
  }
  (void)sampler::append_layer(builder, layer, 0, other, out);
  return std::move(builder).build().layers().front();
}

LayerFigures figures_of(const BlockLayer& layer, const network::Layer& bits,
                        std::size_t polynomials) {
  LayerFigures figures{layer.type, {}, {}, {}, {}};
  for (std::size_t i = 0; i < polynomials; ++i) {
    const Samples at =
        samples_of(layer, has_four_bits(bits), static_cast<int>(i / 2), static_cast<int>(i % 2));
    Values macs{}, elements{}, bytes{};
    constexpr std::array<std::array<std::size_t, 2>, 5> kPoints{
        {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {2, 2}}};
    for (std::size_t point = 0; point < kPoints.size(); ++point) {
      network::Layer sample = layer_of(layer, at.in[kPoints[point][0]], at.out[kPoints[point][1]]);
      sample.weight_bits = bits.weight_bits;
      sample.input_bits = bits.input_bits;
      sample.output_bits = bits.output_bits;
      const network::LayerWork known = network::work_of(sample);
      macs[point] = static_cast<double>(known.macs);
      elements[point] = static_cast<double>(known.output_elements);
      bytes[point] = static_cast<double>(known.bytes);
      figures.form = network::form_name_of(sample);
    }
    const bool follows = follows_input(layer.type);
    figures.macs.push_back(polynomial(follows, at, macs));
    figures.output_elements.push_back(polynomial(follows, at, elements));
    figures.bytes.push_back(polynomial(follows, at, bytes));
  }
  return figures;
}

bool keeps_channels(const BlockLayer& layer) {
  return follows_input(layer.type) && layer.width.percent == 100;
}

LayerFigures behind(LayerFigures figures) {
  for (auto* some : {&figures.macs, &figures.output_elements, &figures.bytes}) {
    const std::vector<BilinearCost> by_input = *some;
    for (std::size_t i = 0; i < by_input.size(); ++i) {
      const BilinearCost& one = by_input[i % 2 * 2];  // the input's parity is now the output's
      (*some)[i] = {one.constant, 0, one.in, 0};
    }
  }
  return figures;
}

}  // namespace opline::costmodel
