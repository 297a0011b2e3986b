#include "sampler/space/block_types.h"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace opline::sampler {
namespace {

/// A type as a file names it.
struct TypeName {
  std::string_view name;
  BlockType type;
  int version = 1;
  std::optional<bool> one_d;  ///< Only in spaces that are so, or are not.
};
constexpr std::array kTypes = {
    TypeName{"conv2d", BlockType::conv2d, 1, false},
    TypeName{"depthwise_conv2d", BlockType::depthwise_conv2d, 1, false},
    TypeName{"conv1d", BlockType::conv2d, 2, true},
    TypeName{"depthwise_conv1d", BlockType::depthwise_conv2d, 2, true},
    TypeName{"depthwise_separable", BlockType::depthwise_separable, 1, {}},
    TypeName{"inverted_bottleneck", BlockType::inverted_bottleneck, 1, {}},
    TypeName{"resnet_basic", BlockType::resnet_basic, 2, {}},
    TypeName{"resnet_bottleneck", BlockType::resnet_bottleneck, 2, {}},
    TypeName{"branches", BlockType::branches, 2, {}},
    TypeName{"average_pool_2d", BlockType::average_pool_2d, 1, false},
    TypeName{"max_pool_2d", BlockType::max_pool_2d, 1, false},
    TypeName{"average_pool_1d", BlockType::average_pool_2d, 2, true},
    TypeName{"max_pool_1d", BlockType::max_pool_2d, 2, true},
    TypeName{"fully_connected", BlockType::fully_connected, 1, {}},
    TypeName{"softmax", BlockType::softmax, 1, {}}};

BlockType type_of(const TomlTable& table, std::string_view key, std::string_view text,
                  const Dialect& dialect) {
  std::vector<std::string_view> known;
  const TypeName* elsewhere = nullptr;
  for (const TypeName& type : kTypes) {
    const bool legal =
        type.version <= dialect.version && type.one_d.value_or(dialect.one_d) == dialect.one_d;
    if (legal && type.name == text) return type.type;
    if (legal) known.push_back(type.name);
    if (type.name == text) elsewhere = &type;
  }
  std::string why = "is not a block type";
  if (elsewhere != nullptr && elsewhere->version > dialect.version)
    why = fmt::format("is a block type of version {}", elsewhere->version);
  else if (elsewhere != nullptr)
    why = dialect.one_d ? "is not for an input [length, channels]"
                        : "is for an input [length, channels]";
  table.fail(key, fmt::format("`{}` {}; known: {}", text, why, fmt::join(known, ", ")));
}

}  // namespace

bool is_resnet(BlockType type) {
  return type == BlockType::resnet_basic || type == BlockType::resnet_bottleneck;
}

bool is_convolution(BlockType type) {
  return type == BlockType::conv2d || type == BlockType::depthwise_conv2d ||
         type == BlockType::depthwise_separable || type == BlockType::inverted_bottleneck ||
         is_resnet(type);
}

bool has_width(BlockType type) {
  return type == BlockType::fully_connected ||
         (is_convolution(type) && type != BlockType::depthwise_conv2d);
}

bool is_pool(BlockType type) {
  return type == BlockType::average_pool_2d || type == BlockType::max_pool_2d;
}

std::vector<int> read_types(const TomlTable& table, const Dialect& dialect) {
  const auto of = [&](const TomlTable& where, std::string_view key, std::string_view text) {
    const BlockType type = type_of(where, key, text, dialect);
    if (key == "choices" && !is_pool(type))
      where.fail(key, fmt::format("has `{}`; only poolings can be a choice", text));
    return type;
  };
  return read_texts(table, "type", dialect, of);
}

BlockType read_type(const TomlTable& table, const Dialect& dialect) {
  return static_cast<BlockType>(read_types(table, dialect).front());
}

}  // namespace opline::sampler
