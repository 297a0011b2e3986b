// sampler/space/block_types.h - the types of blocks as files name them.
//
// Internal to the module.
#pragma once
#include <string_view>
#include <vector>

#include "sampler/space/window_reader.h"

namespace opline::sampler {

[[nodiscard]] bool is_resnet(BlockType type);
[[nodiscard]] bool is_convolution(BlockType type);
[[nodiscard]] bool is_pool(BlockType type);
/// Whether the file chooses the block's output channels.
[[nodiscard]] bool has_width(BlockType type);

/// The options of `key` = { choices = ["a", "b"] }, each read by `of`; one where it is a text.
template <class Of>
[[nodiscard]] std::vector<int> read_texts(const TomlTable& table, std::string_view key,
                                          const Dialect& dialect, const Of& of) {
  if (dialect.version == 1 || table.kind(key) != TomlKind::table)
    return {static_cast<int>(of(table, key, table.text(key)))};
  const TomlTable choice = table.table(key);
  const std::vector<std::string> texts = choice.texts("choices");
  std::vector<int> options;
  options.reserve(texts.size());
  for (const std::string& text : texts)
    options.push_back(static_cast<int>(of(choice, "choices", text)));
  check_choices(choice, options, texts);
  return options;
}

/// Values of BlockType that `type` of a block names: one, or those of a choice. Throws Error{input}
/// that lists the types that are legal.
[[nodiscard]] std::vector<int> read_types(const TomlTable& table, const Dialect& dialect);
/// The first of them.
[[nodiscard]] BlockType read_type(const TomlTable& table, const Dialect& dialect);

}  // namespace opline::sampler
