// From the text of a space file to a Space: the header, then block after block.
#include <algorithm>
#include <optional>
#include <sstream>

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

constexpr int kLatestVersion = 2;

void check_format(const TomlTable& file) {
  if (file.text("format") != "opline-space") {
    file.fail("format", fmt::format("is `{}`; a search space begins with format = \"opline-space\"",
                                    file.text("format")));
  }
  const std::int64_t version = file.integer("version", 1);
  if (version > kLatestVersion) {
    file.fail("version",
              fmt::format("is {}, but this opline reads versions 1 and {}; update opline", version,
                          kLatestVersion));
  }
}

/// Before the input was checked.
Dialect dialect_of(const TomlTable& file) {
  Dialect dialect;
  dialect.version = static_cast<int>(file.integer("version", 1));
  if (dialect.version == 1) return dialect;
  std::size_t extents = 0;
  if (file.kind("input") == TomlKind::table) {
    const TomlTable input = file.table("input");
    if (input.item_kind("choices") != TomlKind::list) return dialect;
    extents = input.lists_of_integers("choices").front().size();
  } else if (file.item_kind("input") == TomlKind::integer) {
    extents = file.integers("input").size();
  }
  dialect.one_d = extents == 2;
  return dialect;
}

/// A misspelt key is reported before what is missing because of it.
void reject_unknown_keys(const TomlTable& file, const Dialect& dialect) {
  for (const char* key : {"format", "version", "title", "description", "input", "weight_bits",
                          "activation_bits", "block"})
    (void)file.has(key);
  if (dialect.version > 1) {
    for (const TomlTable& table : file.tables("multiplier")) declare_multiplier_keys(table);
    for (const char* key : {"input", "weight_bits", "activation_bits"}) {
      if (file.kind(key) == TomlKind::table) (void)file.table(key).has("choices");
    }
  }
  for (const TomlTable& table : file.tables("block")) declare_block_keys(table, dialect);
  file.reject_unknown_keys();
}

/// [height, width, channels], or [length, channels] in a 1-D space.
network::Shape shape_of(const TomlTable& table, std::string_view key,
                        std::vector<std::int64_t> extents, const Dialect& dialect) {
  if (dialect.one_d && extents.size() == 2) extents.insert(extents.begin() + 1, 1);
  if (extents.size() != 3)
    table.fail(key, dialect.version == 1 ? "must be [height, width, channels]"
                    : dialect.one_d      ? "must be [length, channels]"
                                    : "must be [height, width, channels] or [length, channels]");
  for (const std::int64_t extent : extents) {
    if (extent < 1 || extent > kMaxExtent) {
      table.fail(key,
                 fmt::format("has the extent {}; each must be from 1 to {}", extent, kMaxExtent));
    }
  }
  const network::Shape shape{static_cast<int>(extents[0]), static_cast<int>(extents[1]),
                             static_cast<int>(extents[2])};
  if (shape.elements() > kMaxElements)
    table.fail(key, "has more than 2^31 elements; no device holds it");
  return shape;
}

void read_input(const TomlTable& file, const Dialect& dialect, Space& space) {
  space.one_d = dialect.one_d;
  if (dialect.version == 1 || file.kind("input") != TomlKind::table) {
    space.inputs = {shape_of(file, "input", file.integers("input"), dialect)};
  } else {
    const TomlTable table = file.table("input");
    std::vector<int> options;
    std::vector<std::string> texts;
    for (const std::vector<std::int64_t>& extents : table.lists_of_integers("choices")) {
      const network::Shape shape = shape_of(table, "choices", extents, dialect);
      const auto known = std::find(space.inputs.begin(), space.inputs.end(), shape);
      options.push_back(static_cast<int>(known - space.inputs.begin()));
      texts.push_back(fmt::format("{}", fmt::join(extents, "x")));
      space.inputs.push_back(shape);
    }
    check_choices(table, options, texts);
    if (options.size() > kMaxBranches)
      table.fail("choices", fmt::format("has {} options; at most {} are supported", options.size(),
                                        kMaxBranches));
  }
  space.input = space.inputs.front();
}

std::vector<MultiplierEntry> read_multipliers(const TomlTable& file, const Dialect& dialect) {
  std::vector<MultiplierEntry> entries;
  if (dialect.version == 1) return entries;
  for (const TomlTable& table : file.tables("multiplier")) {
    entries.push_back(read_multiplier(table));
    for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
      if (entries[i].name == entries.back().name)
        table.fail("name",
                   fmt::format("`{}` is also the multiplier at {}; give it a name of its own",
                               entries[i].name, entries[i].table.where()));
    }
  }
  return entries;
}

/// The multipliers, then block after block.
void build(const TomlTable& file, const Dialect& dialect, const Attempt& attempt, Space& space) {
  Backbone backbone(space, attempt);
  for (const MultiplierEntry& entry : read_multipliers(file, dialect))
    backbone.add_multiplier(entry);
  for (const TomlTable& table : file.tables("block")) backbone.append(read_block(table, dialect));
  backbone.finish(file);
}

int read_width_of_code(const TomlTable& file, const char* key) {
  if (!file.has(key)) return 8;
  if (file.kind(key) == TomlKind::table)
    file.fail(key,
              "can't be a decision: all networks of a space have the same; write 8 or 4, and a "
              "space for each");
  const std::int64_t bits = file.integer(key);
  if (bits != 8 && bits != 4) file.fail(key, fmt::format("is {}; it must be 8 or 4", bits));
  return static_cast<int>(bits);
}

network::Bits read_bits(const TomlTable& file) {
  const network::Bits bits{read_width_of_code(file, "weight_bits"),
                           read_width_of_code(file, "activation_bits")};
  if (bits.activations < bits.weights)
    file.fail("activation_bits",
              "is 4 with weights of 8 bits, which no kernel has; add weight_bits = 4");
  return bits;
}

}  // namespace

std::vector<std::string> space_mistakes(const std::string& text,
                                        const std::filesystem::path& path) {
  std::vector<std::string> mistakes;
  /// Whether `work` found no mistake; a mistake is reported once, each unknown key as its own.
  const Attempt holds = [&mistakes](const std::function<void()>& work) {
    try {
      work();
      return true;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input) throw;
      std::istringstream lines(error.what());
      for (std::string line; std::getline(lines, line);) {
        if (std::find(mistakes.begin(), mistakes.end(), line) == mistakes.end())
          mistakes.push_back(line);
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
  holds([&] { (void)read_bits(*file); });
  Space space;  // as far as it can be read
  Dialect dialect;
  const bool has_input = holds([&] {
    dialect = dialect_of(*file);
    read_input(*file, dialect, space);
  });
  holds([&] { tables = file->tables("block"); });
  holds([&] { (void)read_multipliers(*file, dialect); });
  const std::size_t of_the_head = mistakes.size();
  for (const TomlTable& table : tables) check_block(table, dialect, holds);
  if (has_input && !tables.empty() && mistakes.size() == of_the_head)
    holds([&] { build(*file, dialect, holds, space); });
  holds([&] {
    (void)parse_space(text, path);
  });  // what is left: unknown keys of the head, no block at all
  return mistakes;
}

Space parse_space(std::string text, const std::filesystem::path& path) {
  const TomlTable file = TomlTable::from_text(text, path.string());
  check_format(file);  // before the keys: a file of a later version has others
  const Dialect dialect = dialect_of(file);
  reject_unknown_keys(file, dialect);
  Space space;
  space.name = path.stem().string();
  space.title = file.text("title");
  if (file.has("description")) space.description = file.text("description");
  read_input(file, dialect, space);
  space.bits = read_bits(file);
  if (file.tables("block").empty())
    file.fail("block", "is missing; describe the backbone by one [[block]] after the other");
  build(file, dialect, {}, space);
  space.text = std::move(text);
  space.id = digest(space.canonical_text());
  return space;
}

}  // namespace opline::sampler
