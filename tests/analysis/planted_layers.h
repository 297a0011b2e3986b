// tests/analysis/planted_layers.h - networks of known layers and known prices, for tests of models
// of layers.
#pragma once
#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/layers/layer_model.h"
#include "tests/random_data.h"

namespace opline::analysis {

/// Networks like those of a small space: a convolution, blocks of depthwise and pointwise layers, a
/// pool, a classifier.
struct Planted {
  std::vector<LayerObservation> layers;
  std::vector<double> seconds;  ///< Of the networks: sums of their layers.
};

/// What a variant's layers take: a + b macs + c output elements + d bytes.
struct Price {
  double a = 0, b = 0, c = 0, d = 0;
};

struct Prices {
  Price first{2e-5, 4e-9, 2e-8, 1e-9};
  Price pointwise{1e-5, 5e-9, 3e-8, 2e-9};
  Price depthwise{3e-5, 2e-8, 1e-8, 3e-9};
  Price pool{5e-6, 0, 1e-7, 4e-9};
  Price dense{4e-6, 6e-9, 0, 0};
};

class PlantedLayers {
 public:
  /// `noise`: layers take (1 + noise u) times their price, u uniform in [-1, 1].
  PlantedLayers(std::uint64_t seed, double noise, Prices prices = {})
      : random_(seed, 0), noise_(noise), prices_(prices) {}

  Planted draw(std::size_t networks, std::uint32_t most_blocks = 4) {
    Planted result;
    for (std::size_t i = 0; i < networks; ++i) {
      network_ = i;
      result.seconds.push_back(0);
      const double channels = 8 * (1 + random_.below(8));
      add(result, "conv2d", "conv_im2col", {25, 5, 1, channels, 40}, prices_.first);
      double width = channels;
      for (std::uint32_t block = 0, blocks = 1 + random_.below(most_blocks); block < blocks;
           ++block) {
        const double next = 8 * (1 + random_.below(8));
        add(result, "depthwise_conv2d", "depthwise_3x3", {25, 5, 1, width, 9}, prices_.depthwise);
        add(result, "conv2d", "conv_1x1", {25, 5, width, next, 1}, prices_.pointwise);
        width = next;
      }
      add(result, "average_pool_2d", "average_pool", {1, 1, 0, width, 125}, prices_.pool);
      add(result, "fully_connected", "fully_connected", {1, 1, width, 12, 1}, prices_.dense);
    }
    return result;
  }

 private:
  struct Shape {
    double out_h, out_w, in_c, out_c, taps;
  };

  void add(Planted& to, const std::string& type, const std::string& variant, Shape shape,
           Price price) {
    LayerObservation layer;
    layer.network = network_;
    layer.type = type;
    layer.variant = variant;
    layer.signature = fmt::format("{} {} {}", variant, shape.in_c, shape.out_c);
    layer.output_elements = shape.out_h * shape.out_w * shape.out_c;
    layer.macs = layer.output_elements * shape.taps * shape.in_c;
    layer.bytes = layer.output_elements + shape.taps * shape.in_c * shape.out_c + shape.out_c * 12 +
                  (shape.in_c == 0 ? shape.taps * shape.out_c : 125 * shape.in_c);
    layer.seconds =
        (price.a + price.b * layer.macs + price.c * layer.output_elements + price.d * layer.bytes) *
        (1 + noise_ * testing_data::uniform(random_, -1, 1));
    to.seconds.back() += *layer.seconds;
    to.layers.push_back(layer);
  }

  RandomStream random_;
  double noise_;
  Prices prices_;
  std::size_t network_ = 0;
};

}  // namespace opline::analysis
