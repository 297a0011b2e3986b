#include "src/campaign/layer_grid.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::campaign {
namespace {

using network::Activation;
using network::NetworkBuilder;
using network::Padding;
using network::Shape;
using network::TensorId;

/// Coarse steps, and every count around two multiples of four.
constexpr int kWidths[] = {8,  16, 24,  32,  48,  62,  63,  64,  65,  66,  67,
                           68, 96, 112, 128, 136, 137, 138, 139, 140, 141, 142};

std::string text(const Shape& shape) { return fmt::format("{}x{}x{}", shape.h, shape.w, shape.c); }

template <typename Build>
LayerCase make(const std::string& kind, const Shape& input, int channels, const Build& build) {
  NetworkBuilder builder(input);
  const TensorId output = build(builder);
  LayerCase one;
  one.kind = kind;
  one.name = fmt::format("{} {} -> {}", kind, text(input), text(builder.shape(output)));
  one.channels = channels;
  one.network = std::move(builder).build();
  return one;
}

void add_convolutions(std::vector<LayerCase>& grid) {
  for (const int c : kWidths) {
    grid.push_back(make("conv2d 1x1", {25, 5, c}, c, [&](NetworkBuilder& builder) {
      return builder.conv2d(0, c, {}, Activation::relu);
    }));
  }
  for (const int c : kWidths) {
    grid.push_back(make("conv2d 3x3", {6, 6, c}, c, [&](NetworkBuilder& builder) {
      return builder.conv2d(0, c, {3, 3, 1, 1, Padding::same}, Activation::relu);
    }));
  }
  for (const int c : kWidths) {
    grid.push_back(make("conv2d 10x4, 1 channel", {49, 10, 1}, c, [&](NetworkBuilder& builder) {
      return builder.conv2d(0, c, {10, 4, 1, 1, Padding::same}, Activation::relu);
    }));
  }
  for (const int c : kWidths) {
    grid.push_back(make("conv2d 3x3, 1 channel", {50, 50, 1}, c, [&](NetworkBuilder& builder) {
      return builder.conv2d(0, c, {3, 3, 2, 2, Padding::same}, Activation::relu);
    }));
  }
}

}  // namespace

std::vector<LayerCase> layer_grid() {
  std::vector<LayerCase> grid;
  add_convolutions(grid);
  for (const int c : kWidths) {
    grid.push_back(make("depthwise 3x3", {25, 5, c}, c, [](NetworkBuilder& builder) {
      return builder.depthwise_conv2d(0, {3, 3, 1, 1, Padding::same}, Activation::relu);
    }));
  }
  for (const int c : kWidths) {
    grid.push_back(make("fully connected", {1, 1, 8 * c}, c, [&](NetworkBuilder& builder) {
      return builder.fully_connected(0, c, Activation::none);
    }));
  }
  return grid;
}

Drawn GridSource::draw(std::uint64_t first, std::uint64_t size) const {
  Drawn drawn;
  for (std::uint64_t i = first; i < first + size; ++i) {
    drawn.architectures.push_back(grid_[i].name);
    drawn.network_of.push_back(drawn.networks.size());
    drawn.networks.push_back(candidate(grid_[i].name));
  }
  drawn.tries = size;
  return drawn;
}

Candidate GridSource::candidate(const std::string& name) const {
  const auto found = std::ranges::find(grid_, name, &LayerCase::name);
  if (found == grid_.end())
    throw Error(ErrorCode::input, "`{}` is not a layer of this grid; start a new study",
                printable(name));
  return {found->network.id(), name, found->network, network::total_ops(found->network),
          network::lay_out(found->network)};
}

}  // namespace opline::campaign
