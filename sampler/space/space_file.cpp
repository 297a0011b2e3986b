// From the text of a space file to a Space: the header, then block after block.
#include <algorithm>
#include <optional>

#include "sampler/space/backbone.h"
#include "sampler/space/block_reader.h"
#include "sampler/space/space.h"
#include "sampler/space/space_mistakes.h"
#include "sampler/space/width_reader.h"
#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/toml.h"

namespace opline::sampler {
namespace {

constexpr int kVersion = 1;

/// A misspelt key is reported before what is missing because of it.
void reject_unknown_keys(const TomlTable& file) {
  for (const char* key : {"format", "version", "title", "description", "input", "block"})
    (void)file.has(key);
  for (const TomlTable& table : file.tables("block")) declare_block_keys(table);
  file.reject_unknown_keys();
}

void check_format(const TomlTable& file) {
  if (file.text("format") != "opline-space") {
    file.fail("format", fmt::format("is `{}`; a search space begins with format = \"opline-space\"",
                                    file.text("format")));
  }
  const std::int64_t version = file.integer("version", 1);
  if (version != kVersion) {
    file.fail("version", fmt::format("is {}, but this opline reads version {}; update opline",
                                     version, kVersion));
  }
}

network::Shape read_input(const TomlTable& file) {
  const std::vector<std::int64_t> extents = file.integers("input");
  if (extents.size() != 3) file.fail("input", "must be [height, width, channels]");
  for (const std::int64_t extent : extents) {
    if (extent < 1 || extent > kMaxExtent) {
      file.fail("input",
                fmt::format("has the extent {}; each must be from 1 to {}", extent, kMaxExtent));
    }
  }
  const network::Shape shape{static_cast<int>(extents[0]), static_cast<int>(extents[1]),
                             static_cast<int>(extents[2])};
  if (shape.elements() > kMaxElements)
    file.fail("input", "has more than 2^31 elements; no device holds it");
  return shape;
}

}  // namespace

std::vector<std::string> space_mistakes(const std::string& text,
                                        const std::filesystem::path& path) {
  std::vector<std::string> mistakes;
  /// Whether `work` found no mistake; a mistake is reported once.
  const Attempt holds = [&mistakes](const std::function<void()>& work) {
    try {
      work();
      return true;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input) throw;
      if (std::find(mistakes.begin(), mistakes.end(), error.what()) == mistakes.end()) {
        mistakes.emplace_back(error.what());
      }
      return false;
    }
  };
  std::optional<TomlTable> file;
  const auto read_head = [&] {
    file = TomlTable::from_text(text, path.string());
    check_format(*file);
  };
  if (!holds(read_head)) return mistakes;
  std::vector<TomlTable> tables;
  holds([&] { (void)file->text("title"); });
  holds([&] { (void)(file->has("description") ? file->text("description") : ""); });
  Space space;  // as far as it can be read
  const bool has_input = holds([&] { space.input = read_input(*file); });
  holds([&] { tables = file->tables("block"); });
  const std::size_t of_the_head = mistakes.size();
  for (const TomlTable& table : tables) check_block(table, holds);
  if (has_input && !tables.empty() && mistakes.size() == of_the_head) {
    holds([&] {
      Backbone backbone(space, holds);
      for (const TomlTable& table : tables) backbone.append(read_block(table));
      backbone.finish(*file);
    });
  }
  holds([&] {
    (void)parse_space(text, path);
  });  // what is left: unknown keys of the head, no block at all
  return mistakes;
}

Space parse_space(std::string text, const std::filesystem::path& path) {
  const TomlTable file = TomlTable::from_text(text, path.string());
  check_format(file);  // before the keys: a file of a later version has others
  reject_unknown_keys(file);
  Space space;
  space.name = path.stem().string();
  space.title = file.text("title");
  if (file.has("description")) space.description = file.text("description");
  space.input = read_input(file);
  const std::vector<TomlTable> tables = file.tables("block");
  if (tables.empty())
    file.fail("block", "is missing; describe the backbone by one [[block]] after the other");
  Backbone backbone(space);
  for (const TomlTable& table : tables) backbone.append(read_block(table));
  backbone.finish(file);
  space.text = std::move(text);
  space.id = digest(space.canonical_text());
  return space;
}

}  // namespace opline::sampler
