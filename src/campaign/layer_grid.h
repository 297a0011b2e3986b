// src/campaign/layer_grid.h - single layers over a grid of sizes: what figure 3 of MicroNets shows.
//
// Each network of the grid is one layer, so its latency is that layer's. Channels run through the
// neighbourhood of multiples of four, where some kernels have a step. Cost per op differs by layer
// type; that is why whole networks of one backbone, not layers, are linear in ops.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "src/campaign/draw.h"

namespace opline::campaign {

/// One layer of the grid.
struct LayerCase {
  std::string kind;  ///< "conv2d 1x1", "conv2d 3x3", "conv2d 10x4, 1 channel", "depthwise 3x3",
                     ///< "fully connected".
  std::string name;  ///< Unique: kind, map and channels, as "conv2d 1x1 25x5x138 -> 138".
  int channels = 0;  ///< That are varied: of the output, and of the input where both go together.
  network::Network network;
};

/// The whole grid, in the order it is reported.
[[nodiscard]] std::vector<LayerCase> layer_grid();

/// The grid as a campaign: every case drawn once, its name in place of an architecture.
class GridSource : public NetworkSource {
 public:
  explicit GridSource(std::vector<LayerCase> grid) : grid_(std::move(grid)) {}

  [[nodiscard]] std::uint64_t count() const override { return grid_.size(); }
  [[nodiscard]] bool constrained() const override { return false; }
  [[nodiscard]] Drawn draw(std::uint64_t first, std::uint64_t size) const override;
  [[nodiscard]] Candidate candidate(const std::string& name) const override;

 private:
  std::vector<LayerCase> grid_;
};

}  // namespace opline::campaign
