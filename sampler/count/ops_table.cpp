#include "sampler/count/ops_table.h"

namespace opline::sampler {
namespace {

std::uint64_t area(const Map& map) {
  return static_cast<std::uint64_t>(map.h) * static_cast<std::uint64_t>(map.w);
}

std::uint64_t taps_of(const network::Window& window) {
  return static_cast<std::uint64_t>(window.kernel_h) * static_cast<std::uint64_t>(window.kernel_w);
}

}  // namespace

OpsTable::OpsTable(const Space& space)
    : input_channels_(static_cast<std::uint64_t>(space.input.c)),
      value_of_(space.decisions.size()) {
  for (const Block& block : space.blocks) {
    const std::uint64_t in = area(block.in);
    const std::uint64_t out = area(block.out);
    const std::uint64_t taps = taps_of(block.window);
    Step step;
    step.width = channels_of(space, block.width);
    if (block.skip) step.skip = static_cast<std::int32_t>(*block.skip);
    switch (block.type) {
      case BlockType::conv2d:
        step.macs.cw = out * taps;
        step.parameters = {.cw = taps, .w = 1};
        break;
      case BlockType::depthwise_conv2d:
        step.macs.c = out * taps;
        step.parameters.c = taps + 1;
        break;
      case BlockType::inverted_bottleneck:
        if (block.expansion) {
          step.expansion = channels_of(space, *block.expansion);
          step.macs = {.ce = in, .e = out * taps, .ew = out};
          step.parameters = {.ce = 1, .e = taps + 2, .ew = 1, .w = 1};
          break;
        }
        [[fallthrough]];  // without an expansion its layers are those of
      case BlockType::depthwise_separable:
        step.macs = {.c = out * taps, .cw = out};
        step.parameters = {.c = taps + 1, .cw = 1, .w = 1};
        break;
      case BlockType::fully_connected:
        step.macs.cw = in;
        step.parameters = {.cw = in, .w = 1};
        break;
      case BlockType::average_pool_2d:
      case BlockType::max_pool_2d:
      case BlockType::softmax:
        break;
    }
    steps_.push_back(step);
  }
}

OpsTable::Channels OpsTable::channels_of(const Space& space, const Width& width) {
  if (width.kind == Width::Kind::same) return {Channels::kSame, 0};
  if (width.kind == Width::Kind::fixed)
    return {Channels::kFixed, static_cast<std::uint32_t>(width.value)};
  std::optional<std::uint32_t>& first = value_of_[width.decision];
  if (!first) {
    first = static_cast<std::uint32_t>(values_.size());
    for (const int option : space.decisions[width.decision].options) {
      values_.push_back(static_cast<std::uint32_t>(option));
    }
  }
  return {static_cast<std::int32_t>(width.decision), *first};
}

network::NetworkOps OpsTable::count(std::span<const std::uint16_t> options) const {
  network::NetworkOps total;
  std::uint64_t in = input_channels_;
  for (const Step& step : steps_) {
    if (step.skip >= 0 && options[static_cast<std::size_t>(step.skip)] == kSkip) continue;
    const std::uint64_t expansion = channels(step.expansion, in, options);
    const std::uint64_t width = channels(step.width, in, options);
    total.macs += step.macs.at(in, expansion, width);
    total.parameters += step.parameters.at(in, expansion, width);
    in = width;
  }
  return total;
}

}  // namespace opline::sampler
