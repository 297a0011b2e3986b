#include "sampler/space/space.h"

#include "src/base/data_files.h"
#include "src/base/error.h"
#include "src/base/files.h"

namespace opline::sampler {
namespace {

constexpr const char* kFolder = "data/spaces";

std::string width_text(const Space& space, const Width& width) {
  switch (width.kind) {
    case Width::Kind::same:
    case Width::Kind::block_input:  // never the width of a block
      return "same";
    case Width::Kind::fixed:
      return std::to_string(width.value);
    case Width::Kind::decided:
      return fmt::format("{}", fmt::join(space.decisions[width.decision].options, ","));
  }
  return {};
}

bool slides(BlockType type) {
  return type != BlockType::fully_connected && type != BlockType::softmax;
}

std::string block_text(const Space& space, const Block& block) {
  std::string text = fmt::format("{} {}", block.name, to_string(block.type));
  if (slides(block.type)) {
    const network::Window& window = block.window;
    text += fmt::format(" {}x{} s{}x{} {}", window.kernel_h, window.kernel_w, window.stride_h,
                        window.stride_w, network::to_string(window.padding));
  }
  text += fmt::format(" {}", network::to_string(block.activation));
  if (block.expansion) text += fmt::format(" expansion {}", width_text(space, *block.expansion));
  text += fmt::format(" width {}", width_text(space, block.width));
  if (!block.tie.empty()) text += fmt::format(" tie {}", block.tie);
  if (block.residual) text += " residual";
  if (block.skip) text += " skip";
  return text;
}

}  // namespace

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
  }
  OPLINE_ASSERT(false, "block type {}", static_cast<int>(type));
  return {};
}

std::string Space::canonical_text() const {
  std::string canonical =
      fmt::format("opline-space 1\ninput {}x{}x{}\n", input.h, input.w, input.c);
  for (const Block& block : blocks) canonical += block_text(*this, block) + "\n";
  return canonical;
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
