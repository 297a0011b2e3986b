#include "sampler/space/space.h"

#include <algorithm>

#include "src/base/data_files.h"
#include "src/base/error.h"
#include "src/base/files.h"

namespace opline::sampler {
namespace {

constexpr const char* kFolder = "data/spaces";

std::string list(const Decision& decision) {
  std::vector<std::string> options;
  for (std::size_t i = 0; i < decision.options.size(); ++i)
    options.push_back(option_text(decision, i));
  return fmt::format("{}", fmt::join(options, ","));
}

std::string width_text(const Space& space, const Width& width) {
  std::string text = "same";
  if (width.kind == Width::Kind::fixed) text = std::to_string(width.value);
  if (width.kind == Width::Kind::ratio) text = fmt::format("x{}%", width.value);
  if (width.kind == Width::Kind::decided) text = list(space.decisions[width.decision]);
  if (width.kind == Width::Kind::decided_ratio)
    text = fmt::format("x{}%", fmt::join(space.decisions[width.decision].options, ","));
  if (width.is_ratio() && width.multiple_of > 1) text += fmt::format(" of {}", width.multiple_of);
  if (width.multiplier) text += " times " + space.decisions[*width.multiplier].name;
  if (width.percent != 100) text += fmt::format(" {}%", width.percent);
  return text;
}

std::string window_text(const Space& space, const Block& block) {
  const network::Window& window = block.window;
  std::string kernel = fmt::format("{}x{}", window.kernel_h, window.kernel_w);
  std::string stride = fmt::format("{}x{}", window.stride_h, window.stride_w);
  for (const BlockChoice& choice : block.choices) {
    if (choice.kind == DecisionKind::kernel) kernel = list(space.decisions[choice.decision]);
    if (choice.kind == DecisionKind::stride) stride = list(space.decisions[choice.decision]);
  }
  return fmt::format(" {} s{} {}", kernel, stride, network::to_string(window.padding));
}

/// What a convolution has beyond window and width.
std::string extras_text(const Space& space, const Block& block) {
  std::string text;
  const auto add = [&](DecisionKind kind, std::string value, bool is_used) {
    for (const BlockChoice& choice : block.choices) {
      if (choice.kind != kind) continue;
      value = list(space.decisions[choice.decision]);
      is_used = true;
    }
    if (is_used) text += fmt::format(" {} {}", to_string(kind), value);
    return is_used;
  };
  const network::Window& window = block.window;
  add(DecisionKind::dilation, fmt::format("{}x{}", window.dilation_h, window.dilation_w),
      window.dilation_h != 1 || window.dilation_w != 1);
  add(DecisionKind::groups, std::to_string(block.groups), block.groups != 1);
  add(DecisionKind::depth_multiplier, std::to_string(block.depth_multiplier),
      block.depth_multiplier != 1);
  const SqueezeExcite& se = block.squeeze_excite;
  if (add(DecisionKind::squeeze_excite, std::to_string(se.percent), se.percent != 0))
    text +=
        fmt::format("% of {} {} {}", se.multiple_of, to_string(se.activation), to_string(se.gate));
  return text;
}

std::string block_text(const Space& space, const Block& block) {
  std::string type(to_string(block.type));
  std::string activation(to_string(block.activation));
  for (const BlockChoice& choice : block.choices) {
    if (choice.kind == DecisionKind::type) type = list(space.decisions[choice.decision]);
    if (choice.kind == DecisionKind::activation)
      activation = list(space.decisions[choice.decision]);
  }
  std::string text = fmt::format("{} {}", block.name, type);
  if (has_window(block.type)) text += window_text(space, block);
  text += " " + activation + extras_text(space, block);
  if (block.expansion) text += fmt::format(" expansion {}", width_text(space, *block.expansion));
  if (block.type == BlockType::branches)
    text += block.join == Join::add ? " add" : " concatenate";
  else
    text += fmt::format(" width {}", width_text(space, block.width));
  if (!block.tie.empty()) text += fmt::format(" tie {}", block.tie);
  if (block.residual == Residual::identity) text += " residual";
  if (block.residual > Residual::identity)
    text += fmt::format(" residual {}", to_string(block.residual));
  if (block.skip) text += " skip";
  if (block.depth)
    text +=
        fmt::format(" {} {}", space.decisions[block.depth->decision].name, block.depth->at_least);
  for (const std::vector<Block>& branch : block.branches) {
    text += "\n  branch";
    for (const Block& inner : branch) text += "\n    " + block_text(space, inner);
  }
  return text;
}

}  // namespace

bool has_window(BlockType type) {
  return type != BlockType::fully_connected && type != BlockType::softmax &&
         type != BlockType::branches;
}

std::string_view to_string(Residual residual) {
  switch (residual) {
    case Residual::none:
      return "none";
    case Residual::identity:
      return "identity";
    case Residual::projection:
      return "projection";
    case Residual::if_same_shape:
      return "if_same_shape";
  }
  OPLINE_ASSERT(false, "residual {}", static_cast<int>(residual));
  return {};
}

std::string_view to_string(BlockActivation activation) {
  if (activation == BlockActivation::hard_swish) return "hard_swish";
  return network::to_string(static_cast<network::Activation>(activation));
}

std::string_view to_string(Gate gate) {
  return gate == Gate::logistic ? "logistic" : "hard_sigmoid";
}

std::string_view to_string(BlockType type) {
  switch (type) {
    case BlockType::conv2d:
      return "conv2d";
    case BlockType::depthwise_conv2d:
      return "depthwise_conv2d";
    case BlockType::depthwise_separable:
      return "depthwise_separable";
    case BlockType::inverted_bottleneck:
      return "inverted_bottleneck";
    case BlockType::average_pool_2d:
      return "average_pool_2d";
    case BlockType::max_pool_2d:
      return "max_pool_2d";
    case BlockType::fully_connected:
      return "fully_connected";
    case BlockType::softmax:
      return "softmax";
    case BlockType::resnet_basic:
      return "resnet_basic";
    case BlockType::resnet_bottleneck:
      return "resnet_bottleneck";
    case BlockType::branches:
      return "branches";
  }
  OPLINE_ASSERT(false, "block type {}", static_cast<int>(type));
  return {};
}

std::string_view to_string(DecisionKind kind) {
  switch (kind) {
    case DecisionKind::width:
      return "width";
    case DecisionKind::skip:
      return "skip";
    case DecisionKind::input:
      return "input";
    case DecisionKind::multiplier:
      return "multiplier";
    case DecisionKind::repeat:
      return "repeat";
    case DecisionKind::type:
      return "type";
    case DecisionKind::kernel:
      return "kernel";
    case DecisionKind::stride:
      return "stride";
    case DecisionKind::activation:
      return "activation";
    case DecisionKind::ratio:
      return "ratio";
    case DecisionKind::dilation:
      return "dilation";
    case DecisionKind::groups:
      return "groups";
    case DecisionKind::depth_multiplier:
      return "depth_multiplier";
    case DecisionKind::squeeze_excite:
      return "squeeze_excite";
  }
  OPLINE_ASSERT(false, "decision kind {}", static_cast<int>(kind));
  return {};
}

std::string Space::canonical_text() const {
  std::string canonical =
      fmt::format("opline-space 1\ninput {}x{}x{}\n", input.h, input.w, input.c);
  if (bits.weights != 8) canonical += fmt::format("weight_bits {}\n", bits.weights);
  if (bits.activations != 8) canonical += fmt::format("activation_bits {}\n", bits.activations);
  for (const Decision& decision : decisions) {
    if (decision.kind == DecisionKind::input) canonical += "inputs " + list(decision) + "\n";
    if (decision.kind == DecisionKind::multiplier)
      canonical +=
          fmt::format("{} {} of {}\n", decision.name, list(decision), decision.multiple_of);
    if (decision.kind == DecisionKind::repeat)
      canonical += fmt::format("{} {}\n", decision.name, list(decision));
  }
  for (const Block& block : blocks) canonical += block_text(*this, block) + "\n";
  return canonical;
}

bool Space::is_version_1() const {
  const auto is_plain = [](const Width& width) {
    return !width.is_ratio() && !width.multiplier && width.percent == 100;
  };
  const auto block_is_plain = [&](const Block& block) {
    const network::Window& window = block.window;
    return block.type <= BlockType::softmax && block.choices.empty() && !block.depth &&
           block.activation <= BlockActivation::relu6 && block.groups == 1 &&
           block.depth_multiplier == 1 && block.squeeze_excite.percent == 0 &&
           window.dilation_h == 1 && window.dilation_w == 1 &&
           block.residual <= Residual::identity && is_plain(block.width) &&
           (!block.expansion || is_plain(*block.expansion));
  };
  return inputs.size() == 1 && std::all_of(blocks.begin(), blocks.end(), block_is_plain);
}

std::string option_text(const Decision& decision, std::size_t option) {
  return decision.labels.empty() ? std::to_string(decision.options[option])
                                 : decision.labels[option];
}

std::string options_text(const Decision& decision) {
  return decision.labels.empty() ? options_text(decision.options)
                                 : fmt::format("{}", fmt::join(decision.labels, ", "));
}

std::string options_text(const std::vector<int>& options) {
  bool even = options.size() > 2;
  for (std::size_t i = 2; even && i < options.size(); ++i) {
    even = options[i] - options[i - 1] == options[1] - options[0];
  }
  if (even)
    return fmt::format("{}..{} step {}", options.front(), options.back(), options[1] - options[0]);
  return fmt::format("{}", fmt::join(options, ", "));
}

std::vector<std::string> space_names() { return data_names(kFolder); }

Space load_space(const std::string& name_or_path) {
  const bool is_path =
      name_or_path.ends_with(".toml") || name_or_path.find('/') != std::string::npos;
  const std::filesystem::path path = is_path ? std::filesystem::path(name_or_path)
                                             : data_file(kFolder, "search space", name_or_path,
                                                         "; or give the path of a .toml file");
  return parse_space(read_file(path), path);
}

}  // namespace opline::sampler
